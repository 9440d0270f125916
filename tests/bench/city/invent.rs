//! An invented city: its roster in the shape of the demonstration roster's, one report a branch as phones send it, and what the
//! upper level has said of some. The same seed gives the same city, byte by byte.

use crate::common::{self, NOON};
use biaochi::{
    authoring::Package,
    domain::{
        AnswerKey, AnswerValue, Assessment, BranchCode, Checklist, ContentHash, DeviceId, FindingEntry,
        FindingField, FindingId, FindingValue, LedgerEntry, LedgerRecord, Part, PartAnswer, Period, Progress,
        Stamp, SubmissionId, ledger::ActivityKind, period::shanghai_date, score,
    },
    protocol::{Receipt, Review, ReviewState, receipt::receipt_code},
    server::database::{
        Arrival, Database, From, Stored, Tree, Unit,
        log::{Deed, Record, Who},
        reviews::Decision,
    },
};
use jiff::{ToSpan as _, civil::Date};
use std::fmt::Write as _;

/// So many branches a town has; the last one has what is left.
const BRANCHES_OF_A_TOWN: usize = 65;
/// So many towns a county has.
const TOWNS_OF_A_COUNTY: usize = 15;
const DAY_MS: u64 = 86_400_000;

/// Numbers that look random and are the same every time (splitmix64, public domain).
pub(crate) struct Dice(u64);

impl Dice {
    /// Beginning here.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Less than this.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// So often of a hundred.
    fn of_a_hundred(&mut self, often: u64) -> bool {
        self.below(100) < often
    }

    fn bytes(&mut self) -> [u8; 10] {
        let (one, other) = (self.next().to_le_bytes(), self.next().to_le_bytes());
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&one);
        bytes[8..].copy_from_slice(&other[..2]);
        bytes
    }
}

/// What was built.
pub(crate) struct City {
    /// Every branch, in the order of codes.
    pub(crate) branches: Vec<Unit>,
    /// One town that is full.
    pub(crate) town: BranchCode,
    /// The city itself.
    pub(crate) root: BranchCode,
    /// The period that everything is about.
    pub(crate) period: Period,
}

fn unit(code: String, parent: Option<&BranchCode>, level: biaochi::protocol::Level, name: String) -> Unit {
    Unit {
        code: BranchCode::new(code).unwrap(),
        parent: parent.cloned(),
        level,
        name,
        sector: String::new(),
        telephone: "0416-0000000".into(),
    }
}

/// The roster, each unit after the one above it, and the branches of it.
fn roster(size: usize, sectors: &[String], dice: &mut Dice) -> (Vec<Unit>, Vec<Unit>) {
    use biaochi::protocol::Level;
    let city = unit("210700".into(), None, Level::City, "某市委".into());
    let root = city.code.clone();
    let (mut units, mut branches) = (vec![city], Vec::with_capacity(size));
    let towns = size.div_ceil(BRANCHES_OF_A_TOWN);
    let mut county = root.clone();
    for number in 0..towns {
        if number % TOWNS_OF_A_COUNTY == 0 {
            let place = number / TOWNS_OF_A_COUNTY + 1;
            let new = unit(format!("2107{place:02}"), Some(&root), Level::County, format!("第{place}县委"));
            county = new.code.clone();
            units.push(new);
        }
        let code = format!("{county}{:03}", number % TOWNS_OF_A_COUNTY + 100);
        let town = unit(code, Some(&county), Level::Township, format!("第{}镇党委", number + 1));
        for place in 0..BRANCHES_OF_A_TOWN.min(size - branches.len()) {
            let name = format!("第{}镇第{}村党支部", number + 1, place + 1);
            let mut branch =
                unit(format!("{}{:03}", town.code, place + 200), Some(&town.code), Level::Branch, name);
            // Most are villages.
            let sector = if dice.of_a_hundred(60) { 0 } else { dice.below(sectors.len() as u64) as usize };
            branch.sector.clone_from(&sectors[sector]);
            branches.push(branch);
        }
        units.push(town);
    }
    units.extend(branches.iter().cloned());
    (units, branches)
}

/// Builds it in an empty database: the standard, the roster, the reports and what was said of them. Findings come later.
pub(crate) async fn build(database: &Database, size: usize) -> City {
    let mut dice = Dice::new(20_261_124);
    let package = biaochi::authoring::builtin().unwrap();
    database.publish(&package.checklists, &package.documents, &[]).await.unwrap();
    let sectors: Vec<String> = package.checklists.iter().map(|list| list.sector.to_string()).collect();
    let (units, branches) = roster(size, &sectors, &mut dice);
    database.import_units(&Tree::default(), &units, From::Ever, None, &[]).await.unwrap().unwrap();
    let today = shanghai_date(NOON);
    let is_now = |period: &&Period| period.starts <= today && today <= period.ends;
    let period = package.checklists[0].periods.iter().find(is_now).unwrap().clone();
    report(database, &package, &branches, &period, &mut dice).await;
    let (town, root) = (branches[0].parent.clone().unwrap(), units[0].code.clone());
    City { branches, town, root, period }
}

/// Every branch reports once; some withdraw it and report again, some report late, and some are told what the upper level says.
async fn report(database: &Database, package: &Package, branches: &[Unit], period: &Period, dice: &mut Dice) {
    let mut waiting = Vec::new();
    let mut decisions = Vec::new();
    for (number, branch) in branches.iter().enumerate() {
        let list = package.checklists.iter().find(|list| list.sector.as_str() == branch.sector).unwrap();
        let period = list.periods.iter().find(|of_list| of_list.id == period.id).unwrap();
        let first = arrival(list, period, branch, number, Vec::new(), dice);
        let id = first.submission.id;
        if dice.of_a_hundred(5) {
            // Withdrawn before anybody looked, and a second one that follows it.
            assert!(matches!(database.store(&first).await, Ok(Stored::New)));
            assert_eq!(database.withdraw(&branch.code, id, NOON).await.unwrap(), Some(true));
            waiting.push(arrival(list, period, branch, number, vec![id], dice));
        } else {
            let said = match dice.below(100) {
                0..30 => Some(ReviewState::Approved),
                30..40 => Some(ReviewState::Returned),
                40..50 => Some(ReviewState::InReview),
                _ => None,
            };
            decisions.extend(said.map(|state| decision(id, state, dice)));
            waiting.push(first);
        }
        if waiting.len() == 64 || number + 1 == branches.len() {
            for outcome in database.store_all(&waiting).await {
                assert!(matches!(outcome, Ok(Stored::New)), "{outcome:?}");
            }
            waiting.clear();
        }
    }
    assert_eq!(database.decide(&decisions).await.unwrap(), []);
}

fn decision(submission: SubmissionId, state: ReviewState, dice: &mut Dice) -> Decision {
    let is_returned = state == ReviewState::Returned;
    let review = Review {
        state,
        at: NOON,
        by: "某镇党委".into(),
        reason: if is_returned { "第31条缺签到表".into() } else { String::new() },
        items: Vec::new(),
        due: is_returned.then(|| day(dice.below(20) as i64 - 10)),
    };
    let (who, deed) = (Who::Operator, Deed::ReviewBegun);
    let record = Record { at: NOON, who, deed, unit: None, subject: submission.to_string() };
    Decision { submission, after: 0, review, record }
}

fn day(from_today: i64) -> Date {
    shanghai_date(NOON).checked_add(from_today.days()).unwrap()
}

fn arrival(
    list: &Checklist,
    period: &Period,
    branch: &Unit,
    number: usize,
    parents: Vec<SubmissionId>,
    dice: &mut Dice,
) -> Arrival {
    let mut submission = common::honest(list, number, 0);
    submission.id = SubmissionId::from_parts(NOON, &dice.bytes());
    submission.branch = branch.code.clone();
    submission.period = period.id.clone();
    submission.parents = parents;
    if dice.of_a_hundred(25) {
        submission.ledger = ledger(period, submission.device, dice).into();
    }
    let with_ledger = !submission.ledger.is_empty();
    let parts: Vec<&Part> = list.items().flat_map(|(_, item)| &item.parts).collect();
    let answers: Vec<_> = submission
        .answers
        .iter()
        .cloned()
        .map(|mut entry| {
            if let (AnswerKey::Part { part, .. }, AnswerValue::Part { answer: Some(answer), reason, .. }) =
                (&entry.key, &mut entry.value)
            {
                let rule = parts.iter().find(|one| &one.id == part);
                if rule.is_some_and(|_| dice.of_a_hundred(15)) {
                    worsen(answer, dice);
                }
                if with_ledger && dice.of_a_hundred(5) {
                    *reason = "有一次会的记录本还在镇里".into();
                }
            }
            entry
        })
        .collect();
    submission.answers = answers.into();
    let sheet = score(list, period, &Assessment::new(submission.answers.iter().cloned(), None));
    let bytes = serde_json::to_vec(&submission).unwrap();
    let sha256 = ContentHash::of(&bytes);
    let receipt = Receipt {
        submission: submission.id,
        code: receipt_code(&sha256),
        sha256,
        received_at: NOON + dice.below(DAY_MS),
        score: sheet.total(),
        engine: list.engine,
        late: dice.of_a_hundred(4),
    };
    let sheet = serde_json::to_string(&sheet).unwrap();
    Arrival { branch: branch.code.clone(), bytes, submission, receipt, sheet }
}

/// An answer that costs points.
fn worsen(answer: &mut PartAnswer, dice: &mut Dice) {
    match answer {
        PartAnswer::YesNo { yes } => *yes = false,
        PartAnswer::Counts { counts } => {
            counts.values_mut().for_each(|count| *count = count.saturating_sub(dice.below(2) as u32));
        }
        PartAnswer::Share { numerator, .. } => *numerator = 5 + dice.below(10) as u32,
        PartAnswer::Facts { met } => drop(met.pop_first()),
        PartAnswer::Level { .. } | PartAnswer::Occurrences { .. } => {}
    }
}

/// What a branch entered of its meetings.
fn ledger(period: &Period, device: DeviceId, dice: &mut Dice) -> Vec<LedgerRecord> {
    (0..3 + dice.below(9))
        .map(|number| {
            let date = period.starts.checked_add((dice.below(120) as i64).days()).unwrap();
            let kind = ActivityKind::ALL[dice.below(6) as usize];
            LedgerRecord {
                id: biaochi::domain::LedgerId::from_parts(NOON - number, &dice.bytes()),
                stamp: Stamp { ms: NOON - 1_000 - number, count: 0, device },
                entry: Some(LedgerEntry {
                    kinds: [kind].into(),
                    date,
                    group: None,
                    place: "村部会议室".into(),
                    host: "李书记".into(),
                    recorder: "王文书".into(),
                    attendance: Some(biaochi::domain::ledger::Attendance {
                        expected: 21,
                        excused: 0,
                        present: 15 + dice.below(6) as u32,
                    }),
                    topic: "学习文件，研究工作".into(),
                    resolution: String::new(),
                    location: "村部铁柜".into(),
                }),
                photos: [].into(),
            }
        })
        .collect()
}

/// So many problems as inspectors write them: a table for `findings import`.
/// They are numbered from here on: with other numbers they are others.
pub(crate) fn table_of_findings(city: &City, count: usize, from: usize) -> String {
    let mut dice = Dice::new(from as u64);
    let mut table = String::from("支部编号,条目,存在问题,整改时限,问题来源\n");
    for number in from..from + count {
        let branch = &city.branches[dice.below(city.branches.len() as u64) as usize];
        let due = day(dice.below(60) as i64 - 20);
        let item = dice.below(30) + 1;
        let _ = writeln!(
            table,
            "{},第{item}条,第{number}处：会议记录缺签到表，决议没有写清谁来办、什么时候办完,{due},市委组织部第二轮检查",
            branch.code
        );
    }
    table
}

/// What phones wrote since of every finding that came from above, in words of their own: some are under way, some mended.
pub(crate) async fn mend(database: &Database, city: &City) {
    let mut dice = Dice::new(7);
    for (number, branch) in city.branches.iter().enumerate() {
        let findings = database.findings(&branch.code).await.unwrap();
        let mut entries = Vec::new();
        for finding in findings.all() {
            let mut write = |field, value| {
                let count = u32::try_from(entries.len()).unwrap();
                let stamp = Stamp { ms: NOON + DAY_MS, count, device: common::device(number) };
                entries.push(FindingEntry { finding: finding.id, field, stamp, value });
            };
            let text = |text: &str| FindingValue::Text { text: text.into() };
            if dice.of_a_hundred(60) {
                write(FindingField::Measure, text("补上签到表，以后会前备好"));
                write(FindingField::Responsible, text("王文书"));
                let far = [Progress::UnderWay, Progress::Mended, Progress::Mended][dice.below(3) as usize];
                write(FindingField::Progress, findings.progress(finding.id, far));
            }
        }
        if !entries.is_empty() {
            database.add_findings(&branch.code, &entries.into()).await.unwrap().unwrap();
        }
    }
}

/// A word of a phone on a finding, one after another.
pub(crate) fn word(finding: FindingId, phone: usize, number: u64) -> FindingEntry {
    FindingEntry {
        finding,
        field: FindingField::Measure,
        stamp: Stamp { ms: NOON + 2 * DAY_MS + number, count: 0, device: common::device(phone) },
        value: FindingValue::Text { text: format!("第{number}次改写：补上签到表") },
    }
}
