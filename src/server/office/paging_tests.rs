//! Pages put together are the whole list, filtered: over a county in which units moved, ended and became one while reports and problems
//! came in.

use super::{
    Page, Paged,
    mending::{self, adding},
    results, reviewing,
    roster::{changes, importing},
    testing::{NOW, OPERATOR, code, unit},
};
use crate::{
    domain::{
        Assessment, BranchCode, Checklist, ClaimedGrade, ContentHash, Finding, FindingEntry, FindingField,
        FindingId, FindingOrigin, FindingState, FindingValue, PeriodId, Progress, Ruling, SectorId,
        SubmissionId,
        check::tests::submission,
        period::shanghai_date,
        score,
        submission::Attachment,
        testing::{checklist, device, item_id, stamp},
    },
    protocol::{Level, Receipt, Review, ReviewState, receipt::receipt_code},
    server::database::{
        Arrival, Database, From, Stored, Tree, Unit,
        reviews::Decision,
        testing::{self, noted},
    },
};
use jiff::civil::{Date, date};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
};

const SECTORS: [&str; 2] = ["rural", "community"];
/// Of these the first took the tree before units moved, the second after.
const PERIODS: [&str; 2] = ["2026-H1", "2026-H2"];
/// Roots of every level, those that branches came to or left, one that became part of another, and one that nobody knows.
const ROOTS: [&str; 12] =
    ["1", "11", "12", "111", "112", "1121", "121", "111-01", "112-02", "121-03", "121-09", "nobody"];

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn one<T: Copy, const N: usize>(&mut self, of: [T; N]) -> T {
        of[usize::try_from(self.below(N as u64)).unwrap()]
    }
}

fn today() -> Date {
    shanghai_date(NOW.0)
}

fn period(text: &str) -> PeriodId {
    PeriodId::new(text).unwrap()
}

fn branches() -> Vec<Unit> {
    let towns = [("111", 5), ("112", 4), ("1121", 3), ("121", 8)];
    let all = towns.into_iter().flat_map(|(town, count)| (1..=count).map(move |number| (town, number)));
    let named = all.enumerate().map(|(place, (town, number))| {
        let name = format!("第{place}支部");
        let branch = unit(&format!("{town}-{number:02}"), Some(town), Level::Branch, &name);
        Unit { sector: SECTORS[place % 2].into(), ..branch }
    });
    named.collect()
}

/// Two counties with towns, in which things have happened.
async fn county(database: &Database) {
    let upper = [
        unit("1", None, Level::City, "示例市委"),
        unit("11", Some("1"), Level::County, "示例县委"),
        unit("12", Some("1"), Level::County, "样板县委"),
        unit("111", Some("11"), Level::Township, "东镇党委"),
        unit("112", Some("11"), Level::Township, "西镇党委"),
        unit("1121", Some("112"), Level::VillageCommittee, "大村党委"),
        unit("121", Some("12"), Level::Township, "南镇党委"),
    ];
    let units: Vec<Unit> = upper.into_iter().chain(branches()).collect();
    database.import_units(&Tree::default(), &units, From::Ever, None, &[]).await.unwrap().unwrap();
    database.set_freeze(&period(PERIODS[0]), date(2026, 6, 30), &[]).await.unwrap();
    database.set_freeze(&period(PERIODS[1]), date(2026, 12, 31), &[]).await.unwrap();
    let mut dice = Dice(1);
    for period in PERIODS {
        report(database, period, &mut dice).await;
    }
    find(database, &mut dice).await;
    // One goes to another county with its sector changed, a whole town goes, one ends, two become one.
    let moved = [
        Unit { sector: SECTORS[1].into(), ..unit("111-01", Some("121"), Level::Branch, "第〇支部") },
        unit("112", Some("12"), Level::Township, "西镇党委"),
    ];
    importing::import(database, &NOW, &OPERATOR, &moved, importing::Standing::Since(date(2026, 9, 1)))
        .await
        .unwrap();
    changes::end(database, &NOW, &OPERATOR, "111-02", date(2026, 10, 1)).await.unwrap();
    let units = ["121-03".to_owned(), "121-04".to_owned()];
    let merging = changes::Merging {
        units: &units,
        code: "121-09",
        name: "新支部",
        on: date(2026, 10, 8),
        under: None,
        sector: Some("rural"),
        telephone: None,
    };
    assert!(changes::merge(database, &NOW, &OPERATOR, &merging).await.unwrap().passed > 1);
}

/// Three of four branches report: late or not, with or without photos, with one grade or another; some twice, some take it back.
async fn report(database: &Database, of: &str, dice: &mut Dice) {
    let list: Checklist = checklist();
    database.publish(std::slice::from_ref(&list), &[], &[]).await.unwrap();
    let answered = Assessment::new(submission().answers.iter().cloned(), None);
    let sheet = serde_json::to_string(&score(&list, &list.periods[0], &answered)).unwrap();
    for branch in branches() {
        if dice.below(4) == 0 {
            continue;
        }
        let mut before = Vec::new();
        for _ in 0..=dice.below(2) {
            let id = SubmissionId::from_parts(NOW.0, &[(); 10].map(|()| dice.below(256) as u8));
            let photo = Attachment {
                sha256: ContentHash::of(&[1]),
                bytes: 1,
                media_type: "image/jpeg".into(),
                captured_on: None,
                happened_on: None,
            };
            let mut submission = submission();
            submission.id = id;
            submission.parents.clone_from(&before);
            submission.branch = branch.code.clone();
            submission.period = period(of);
            submission.checklist = list.hash().unwrap();
            submission.attachments = if dice.below(3) == 0 { vec![photo] } else { Vec::new() };
            submission.declaration.claimed_grade =
                dice.one([ClaimedGrade::Qualified, ClaimedGrade::Excellent, ClaimedGrade::Own(1)]);
            let bytes = serde_json::to_vec(&submission).unwrap();
            let sha256 = ContentHash::of(&bytes);
            let receipt = Receipt {
                submission: id,
                code: receipt_code(&sha256),
                sha256,
                received_at: NOW.0,
                score: crate::domain::Points::ZERO,
                engine: 1,
                late: dice.below(3) == 0,
            };
            let arrival =
                Arrival { branch: branch.code.clone(), bytes, submission, receipt, sheet: sheet.clone() };
            assert_eq!(database.store(&arrival).await.unwrap(), Stored::New);
            before = vec![id];
        }
        let state = match dice.below(6) {
            0 => {
                database.withdraw(&branch.code, before[0], NOW.0).await.unwrap();
                continue;
            }
            1 => continue,
            2 => ReviewState::InReview,
            3 => ReviewState::Approved,
            4 => ReviewState::Incomplete,
            _ => ReviewState::Returned,
        };
        let due = dice.one([None, Some(date(2026, 11, 20)), Some(date(2026, 12, 20))]);
        let (by, reason) = ("东镇党委".into(), "缺签到表".into());
        let review = Review { state, at: NOW.0, by, reason, items: Vec::new(), due };
        let decision = Decision { submission: before[0], after: 0, review, record: noted() };
        assert_eq!(database.decide(&[decision]).await.unwrap(), []);
    }
}

/// Up to three problems of each branch, found from above or by the branch itself, further or less far on.
async fn find(database: &Database, dice: &mut Dice) {
    let mut found = Vec::new();
    for branch in branches() {
        for number in 0..dice.below(3) {
            found.push(adding::Found {
                branch: branch.code.clone(),
                item: dice.one([None, Some("yes"), Some("any")]).map(item_id),
                problem: format!("第{number}处缺签到表"),
                deadline: dice.one([None, Some(date(2026, 11, 20)), Some(date(2026, 12, 20))]),
                source: String::new(),
            });
        }
        let own = FindingId::from_parts(NOW.0, &[(); 10].map(|()| dice.below(256) as u8));
        let at = |ms| stamp(NOW.0 + ms, 1);
        let text = FindingValue::Text { text: "自己查出来的".into() };
        let word = FindingEntry { finding: own, field: FindingField::Problem, stamp: at(1), value: text };
        database.add_findings(&branch.code, &vec![word].into()).await.unwrap().unwrap();
    }
    adding::add(database, &NOW, &OPERATOR, &found).await.unwrap();
    for branch in branches() {
        for finding in database.findings(&branch.code).await.unwrap().all() {
            let progress =
                dice.one([Progress::Open, Progress::UnderWay, Progress::Mended, Progress::Withdrawn]);
            let value = FindingValue::Progress { progress, after: None };
            let stamp = crate::domain::Stamp { ms: NOW.0 + 9, count: 0, device: device(1) };
            let word = FindingEntry { finding: finding.id, field: FindingField::Progress, stamp, value };
            let mut words = vec![word];
            words.extend(dice.one([None, Some(date(2026, 12, 10)), Some(date(2026, 12, 30))]).map(|day| {
                let value = FindingValue::Day { day: Some(day) };
                FindingEntry { finding: finding.id, field: FindingField::Deadline, stamp, value }
            }));
            database.add_findings(&branch.code, &words.into()).await.unwrap().unwrap();
            let ruling = match dice.below(4) {
                0 => Ruling::Closed,
                1 => Ruling::Returned { reason: "照片看不清".into(), until: None },
                _ => continue,
            };
            let decide =
                |_: &BranchCode, _: &Finding| Ok::<_, ()>(Some(("东镇党委".into(), ruling.clone(), noted())));
            let key = (branch.code.clone(), finding.id);
            database.rule(&[key], NOW.0 + 20, decide).await.unwrap().unwrap();
        }
    }
}

/// All pages of this size, one after another.
async fn all<T, E: Debug>(size: u32, page: impl AsyncFn(Page) -> Result<Paged<T>, E>) -> Vec<T> {
    let (mut rows, mut number) = (Vec::new(), 1);
    loop {
        let paged = page(Page { number, size }).await.unwrap();
        let (got, pages, total) = (paged.rows.len(), paged.pages(), paged.total);
        rows.extend(paged.rows);
        assert!(got == size as usize || number as usize >= pages, "page {number} of {pages} has {got}");
        if number as usize > pages {
            assert_eq!((got, rows.len()), (0, total));
            return rows;
        }
        number += 1;
    }
}

/// The names of branches that lie below a unit, as the table of results has them.
async fn below(database: &Database, of: &str, root: Option<&str>) -> BTreeSet<BranchCode> {
    match results::of(database, &period(of), root).await {
        Ok(results) => results.branches.into_iter().map(|branch| branch.code).collect(),
        Err(_) => BTreeSet::new(),
    }
}

fn wanted(filter: &reviewing::Filter, sector: &str, row: Option<&reviewing::Row>) -> bool {
    let state = row.map(reviewing::Row::state);
    let stage = match state {
        None => reviewing::Stage::Unreported,
        Some(None) => reviewing::Stage::Unreviewed,
        Some(Some(state)) => reviewing::Stage::Reviewed(state),
    };
    let counting = row.map(|row| &row.counting);
    let last = counting.and_then(|counting| counting.reviews.last());
    let overdue = |on| {
        last.is_some_and(|last| {
            matches!(last.state, ReviewState::Returned | ReviewState::Incomplete)
                && last.due.is_some_and(|due| due < on)
        })
    };
    filter.sector.as_ref().is_none_or(|one| one.as_str() == sector)
        && filter.stage.is_none_or(|one| match one {
            reviewing::Stage::Waiting => matches!(state, Some(None | Some(ReviewState::InReview))),
            other => other == stage,
        })
        && filter.claimed.is_none_or(|one| counting.is_some_and(|counting| counting.claimed == one))
        && filter.late.is_none_or(|one| counting.is_some_and(|counting| counting.receipt.late == one))
        && filter
            .photos_missing
            .is_none_or(|one| counting.is_some_and(|counting| (counting.missing > 0) == one))
        && filter.overdue_on.is_none_or(overdue)
}

/// What a page says of a branch, and what the whole list does.
type Told = (Unit, String, PeriodId, Option<super::scope::Gone>, Option<(SubmissionId, usize, String)>);

fn told(
    branch: &Unit,
    above: &str,
    of: &PeriodId,
    gone: Option<&super::scope::Gone>,
    row: Option<&reviewing::Row>,
) -> Told {
    let counting =
        row.map(|row| (row.counting.receipt.submission, row.counting.reviews.len(), row.claimed.clone()));
    (branch.clone(), above.into(), of.clone(), gone.cloned(), counting)
}

async fn reports_agree(database: &Database, scope: Option<&str>, filter: &reviewing::Filter, size: u32) {
    let under = filter.under.as_ref().map(BranchCode::as_str);
    let mut expected = Vec::new();
    for of in PERIODS {
        if filter.period.as_ref().is_some_and(|one| one.as_str() != of) {
            continue;
        }
        let Ok(results) = results::of(database, &period(of), scope).await else { continue };
        let under = below(database, of, under).await;
        for branch in results.branches.iter().filter(|branch| under.contains(&branch.code)) {
            let row = results.reported.get(&branch.code);
            if wanted(filter, &branch.sector, row) && (filter.period.is_some() || row.is_some()) {
                let above = results.above.get(&branch.code).map_or("", String::as_str);
                expected.push(told(branch, above, &period(of), results.gone.get(&branch.code), row));
            }
        }
    }
    expected.sort_by(|one, other| (&one.0.code, &one.2).cmp(&(&other.0.code, &other.2)));
    let root = scope.map(code);
    let page = async |page| reviewing::page(database, root.as_ref(), filter, page).await;
    let rows = all(size, page).await;
    let paged: Vec<Told> = rows
        .iter()
        .map(|due| told(&due.branch, &due.above, &due.period, due.gone.as_ref(), due.reported.as_ref()))
        .collect();
    assert_eq!(paged, expected, "{scope:?} {filter:?}");
}

async fn findings_agree(database: &Database, scope: Option<&str>, filter: &mending::Filter, size: u32) {
    let under = filter.under.as_ref().map(BranchCode::as_str);
    // Of what went over to another branch, the old one tells if it is asked for itself.
    let of_branch = |root: &&str| branches().iter().any(|branch| branch.code.as_str() == *root);
    let first = under.filter(|root| of_branch(root)).or(scope.filter(|root| of_branch(root))).or(scope);
    let list = mending::list(database, first).await.unwrap_or_default();
    let tree = database.tree().await.unwrap();
    let lies_in = |row: &mending::Row, root: Option<&str>| {
        root.is_none_or(|root| tree.lies_in(&row.branch.code, &code(root)))
    };
    let wanted = |row: &&mending::Row| {
        let finding = &row.finding;
        lies_in(row, scope)
            && lies_in(row, under)
            && filter.sector.as_ref().is_none_or(|one| one.as_str() == row.branch.sector)
            && filter.state.is_none_or(|one| one == finding.state)
            && filter.open.is_none_or(|one| one == finding.state.is_to_be_mended())
            && (filter.items.is_empty()
                || finding.item.as_ref().is_some_and(|one| filter.items.contains(one)))
            && filter.origin.is_none_or(|one| one == finding.origin)
            && filter.overdue_on.is_none_or(|on| finding.is_overdue(on))
            && (!filter.asks_for_time || finding.asks_until().is_some())
    };
    let expected: Vec<String> = list.iter().filter(wanted).map(|row| format!("{row:?}")).collect();
    let root = scope.map(code);
    let page = async |page| mending::page(database, root.as_ref(), filter, page).await;
    let paged: Vec<String> = all(size, page).await.iter().map(|row| format!("{row:?}")).collect();
    assert_eq!(paged, expected, "{scope:?} {filter:?}");
}

/// One of these, or nothing at all.
fn maybe<T: Clone + Debug + 'static>(of: Vec<T>) -> BoxedStrategy<Option<T>> {
    prop_oneof![3 => Just(None), 2 => prop::sample::select(of).prop_map(Some)].boxed()
}

fn reports() -> impl Strategy<Value = reviewing::Filter> {
    use reviewing::Stage;
    let stages = [
        Stage::Unreported,
        Stage::Unreviewed,
        Stage::Waiting,
        Stage::Reviewed(ReviewState::InReview),
        Stage::Reviewed(ReviewState::Returned),
        Stage::Reviewed(ReviewState::Approved),
    ];
    let period = prop::option::weighted(0.8, prop::sample::select(PERIODS.map(period).to_vec()));
    let grades = vec![ClaimedGrade::Qualified, ClaimedGrade::Own(1)];
    let said = (maybe(vec![true, false]), maybe(vec![true, false]), maybe(vec![today()]));
    let sectors = SECTORS.map(|one| SectorId::new(one).unwrap()).to_vec();
    (period, maybe(ROOTS.map(code).to_vec()), maybe(sectors), maybe(stages.to_vec()), maybe(grades), said)
        .prop_map(|(period, under, sector, stage, claimed, (late, photos_missing, overdue_on))| {
            reviewing::Filter {
                period,
                under,
                sector,
                stage,
                claimed,
                late,
                photos_missing,
                overdue_on,
                on_paper: None,
            }
        })
}

fn findings() -> impl Strategy<Value = mending::Filter> {
    let states =
        vec![FindingState::Open, FindingState::Mended, FindingState::Closed, FindingState::Withdrawn];
    let origins = vec![FindingOrigin::SelfCheck, FindingOrigin::Inspection];
    let (items, open) = (maybe(vec![item_id("yes"), item_id("any")]), maybe(vec![true, false]));
    let sectors = SECTORS.map(|one| SectorId::new(one).unwrap()).to_vec();
    let asks = prop::bool::weighted(0.2);
    let rest = (items, maybe(origins), maybe(vec![today(), date(2027, 1, 1)]), asks);
    (maybe(ROOTS.map(code).to_vec()), maybe(sectors), maybe(states), open, rest).prop_map(
        |(under, sector, state, open, (item, origin, overdue_on, asks_for_time))| mending::Filter {
            under,
            sector,
            state,
            open,
            items: item.into_iter().collect(),
            origin,
            overdue_on,
            asks_for_time,
            source: None,
            kind: None,
        },
    )
}

#[test]
fn pages_put_together_are_the_whole_list_filtered() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let database = runtime.block_on(async {
        let database = testing::database(&folder).await;
        county(&database).await;
        database
    });
    // Half of it is tried as it was written, half as it is worked out anew.
    let (cases, tried) = (testing::cases(160), Cell::new(0));
    let scope = maybe(ROOTS.to_vec());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let asked = (scope, reports(), findings(), 1_u32..9);
    let run = TestRunner::new(config).run(&asked, |(scope, reports, findings, size)| {
        runtime.block_on(async {
            if tried.replace(tried.get() + 1) == cases / 2 {
                database.derive_again().await.unwrap();
            }
            reports_agree(&database, scope, &reports, size).await;
            findings_agree(&database, scope, &findings, size).await;
        });
        Ok(())
    });
    run.unwrap();
    runtime.block_on(database.close());
}

#[tokio::test]
async fn counts_of_units_are_what_their_lists_have() {
    let folder = tempfile::tempdir().unwrap();
    let database = testing::database(&folder).await;
    county(&database).await;
    let only = Page { number: 1, size: 1 };
    for scope in [None, Some("1"), Some("11"), Some("112"), Some("1121"), Some("121-05"), Some("nobody")] {
        let root = scope.map(code);
        for of in PERIODS.map(period) {
            let counted = reviewing::by_unit(&database, root.as_ref(), &of, today()).await.unwrap();
            let mut all = 0;
            for (unit, counts) in counted {
                let count = async |filter: reviewing::Filter| {
                    let filter = reviewing::Filter {
                        period: Some(of.clone()),
                        under: Some(unit.code.clone()),
                        ..filter
                    };
                    reviewing::page(&database, root.as_ref(), &filter, only).await.unwrap().total as u32
                };
                let staged = async |stage| {
                    count(reviewing::Filter { stage: Some(stage), ..reviewing::Filter::default() }).await
                };
                let state = async |state| staged(reviewing::Stage::Reviewed(state)).await;
                let overdue = reviewing::Filter { overdue_on: Some(today()), ..reviewing::Filter::default() };
                let due = count(reviewing::Filter::default()).await;
                let expected = reviewing::Counts {
                    due,
                    reported: due - staged(reviewing::Stage::Unreported).await,
                    paper: 0,
                    unreviewed: staged(reviewing::Stage::Unreviewed).await,
                    in_review: state(ReviewState::InReview).await,
                    returned: state(ReviewState::Returned).await + state(ReviewState::Incomplete).await,
                    overdue: count(overdue).await,
                    approved: state(ReviewState::Approved).await,
                };
                assert_eq!(counts, expected, "{scope:?} {of} {}", unit.name);
                all += counts.due;
            }
            let filter = reviewing::Filter { period: Some(of.clone()), ..reviewing::Filter::default() };
            let paged = reviewing::page(&database, root.as_ref(), &filter, only).await.unwrap();
            assert_eq!(paged.total, all as usize, "{scope:?} {of}");
        }
        let mut by_unit: BTreeMap<BranchCode, mending::FindingCounts> = BTreeMap::new();
        for (unit, counts) in mending::by_unit(&database, root.as_ref(), today()).await.unwrap() {
            by_unit.insert(unit.code, counts);
        }
        let every = Page { number: 1, size: 1_000 };
        let rows = mending::page(&database, root.as_ref(), &mending::Filter::from_above(), every)
            .await
            .unwrap()
            .rows;
        let mut expected: BTreeMap<BranchCode, mending::FindingCounts> = BTreeMap::new();
        for row in rows {
            let mut unit = row.branch.parent.unwrap();
            if unit.as_str() == "1121" && scope != Some("1121") {
                unit = code("112");
            }
            let counts = expected.entry(unit).or_default();
            counts.open += u32::from(row.finding.state.is_to_be_mended());
            counts.overdue += u32::from(row.finding.is_overdue(today()));
            counts.asking += u32::from(row.finding.asks_until().is_some());
            counts.mended += u32::from(row.finding.state == FindingState::Mended);
            counts.closed += u32::from(row.finding.state == FindingState::Closed);
        }
        assert_eq!(by_unit, expected, "{scope:?}");
    }
}
