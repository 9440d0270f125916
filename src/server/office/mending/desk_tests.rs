//! What is done at a desk to problems: decided on by whoever has read them, told apart by kinds, written down of what one reaches.

use super::{
    Filter, Refusal, Unsaid,
    adding::{Found, Known, add},
    by_unit,
    deciding::{Decision, decide, open},
    kinds::{self, KindId, Sort},
    seen,
};
use crate::{
    domain::{
        BranchCode, FindingEntry, FindingField, FindingId, FindingState, FindingValue, Progress, Ruling,
        finding::SoFar, period::shanghai_date, testing::stamp,
    },
    protocol::Level,
    server::{
        database::{Database, From, Tree},
        office::{
            Page,
            actor::Actor,
            log::{self, Asked, Deed},
            people::Role,
            roster::changes,
            testing::{At, NOW, OPERATOR, code, person, town, unit},
        },
    },
};
use jiff::civil::{Date, date};
use std::collections::BTreeSet;

const TODAY: Date = date(2026, 11, 24);

/// The town, with the same problem found at both branches.
async fn found() -> (tempfile::TempDir, Database, [(BranchCode, FindingId); 2]) {
    let (folder, database) = town().await;
    let found = |branch: &str| Found {
        branch: code(branch),
        item: None,
        problem: "缺签到表".into(),
        deadline: Some(date(2026, 12, 1)),
        source: "11月县里检查".into(),
    };
    let clerk = person(Role::Review, "t");
    add(&database, &NOW, &clerk, &[found("a"), found("b")]).await.unwrap();
    let keys =
        ["a", "b"].map(|branch| (code(branch), FindingId::from_content(&code(branch), None, "缺签到表")));
    (folder, database, keys)
}

fn close(seen: &str) -> Decision {
    Decision::Close { seen: seen.into() }
}

async fn so_far(database: &Database, (branch, finding): &(BranchCode, FindingId)) -> SoFar {
    open(database, &OPERATOR, branch, *finding, TODAY).await.unwrap().so_far
}

async fn mend(database: &Database, (branch, finding): &(BranchCode, FindingId), ms: u64) {
    let value = database.findings(branch).await.unwrap().progress(*finding, Progress::Mended);
    let word =
        FindingEntry { finding: *finding, field: FindingField::Progress, stamp: stamp(NOW.0 + ms, 1), value };
    database.add_findings(branch, &vec![word].into()).await.unwrap().unwrap();
}

#[tokio::test]
async fn who_decides_has_read_all_of_it_says_what_was_seen_and_says_it_once() {
    let (_folder, database, [key, _]) = found().await;
    let of = (&key.0, key.1);
    let clerk = person(Role::Review, "t");
    let read = so_far(&database, &key).await;
    mend(&database, &key, 5).await;
    let late = decide(&database, &NOW, &clerk, of, read, &close("看过现场")).await;
    assert!(matches!(late, Err(Refusal::Unsaid(Unsaid::Overtaken))), "the branch has said something since");
    let read = so_far(&database, &key).await;
    for nothing in ["", " \n", &"长".repeat(501), "响\u{7}"] {
        let refused = decide(&database, &NOW, &clerk, of, read, &close(nothing)).await;
        assert!(matches!(refused, Err(Refusal::Reason)));
    }
    for role in [Role::Manage, Role::Inspect, Role::Read, Role::Audit] {
        let refused = decide(&database, &NOW, &person(role, "t"), of, read, &close("看过现场")).await;
        assert!(matches!(refused, Err(Refusal::Denied(_))), "{role:?}");
    }
    decide(&database, &NOW, &clerk, of, read, &close(" 看过现场 ")).await.unwrap();
    decide(&database, &NOW, &clerk, of, read, &close("看过现场")).await.unwrap();
    let opened = open(&database, &clerk, &key.0, key.1, TODAY).await.unwrap();
    let (finding, verdicts) = (&opened.row.finding, opened.findings.verdicts().len());
    assert_eq!((finding.state, verdicts), (FindingState::Closed, 1), "sent twice is once");
    assert_eq!(finding.verdict.as_ref().unwrap().by, "镇安镇党委 王芳");
    assert_eq!(opened.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["看过现场"]);
    let back = Decision::SendBack { reason: "照片看不清".into(), until: Some(date(2026, 12, 8)) };
    let second = decide(&database, &NOW, &clerk, of, read, &back).await;
    assert!(matches!(second, Err(Refusal::Unsaid(Unsaid::Overtaken))), "who comes second is told");
    let read = so_far(&database, &key).await;
    decide(&database, &NOW, &clerk, of, read, &back).await.unwrap();
    let read = so_far(&database, &key).await;
    let later = Decision::Postpone { until: date(2026, 12, 20), why: "等镇里盖章".into() };
    decide(&database, &NOW, &clerk, of, read, &later).await.unwrap();
    decide(&database, &NOW, &clerk, of, read, &later).await.unwrap();
    let opened = open(&database, &clerk, &key.0, key.1, TODAY).await.unwrap();
    assert_eq!(opened.row.finding.demanded, Some(date(2026, 12, 20)));
    assert!(matches!(opened.row.finding.verdict.unwrap().ruling, Ruling::Returned { .. }));
    let page = log::page(&database, &NOW, &OPERATOR, Asked::default(), 100).await.unwrap();
    let deeds: Vec<Deed> = page.entries.iter().rev().map(|entry| entry.record.deed).collect();
    let expected = [
        Deed::FindingRaised,
        Deed::FindingRaised,
        Deed::FindingClosed,
        Deed::FindingReturned,
        Deed::FindingChanged,
    ];
    assert_eq!(deeds, expected);
}

#[tokio::test]
async fn a_branch_that_asks_for_time_waits_until_it_is_answered_either_way() {
    let (_folder, database, [key, _]) = found().await;
    let clerk = person(Role::Review, "t");
    let asks = async |ms, day| {
        let value = FindingValue::Day { day: Some(day) };
        let stamp = stamp(NOW.0 + ms, 1);
        let word = FindingEntry { finding: key.1, field: FindingField::Deadline, stamp, value };
        database.add_findings(&key.0, &vec![word].into()).await.unwrap().unwrap();
    };
    let asking = async || {
        let filter = Filter { asks_for_time: true, ..Filter::default() };
        let on = Page { number: 1, size: 50 };
        let listed = seen(&database, &clerk, &code("t"), &filter, on, TODAY).await.unwrap().total;
        let counted = by_unit(&database, Some(&code("t")), TODAY).await.unwrap();
        assert_eq!(counted.iter().map(|(_, counts)| counts.asking as usize).sum::<usize>(), listed);
        listed
    };
    let say = async |ms, day| {
        let read = so_far(&database, &key).await;
        let decision = Decision::Postpone { until: day, why: String::new() };
        decide(&database, &At(NOW.0 + ms), &clerk, (&key.0, key.1), read, &decision).await.unwrap();
    };
    assert_eq!(asking().await, 0);
    asks(1, date(2026, 11, 30)).await;
    assert_eq!(asking().await, 0, "sooner is no more time");
    asks(2, date(2026, 12, 20)).await;
    assert_eq!(asking().await, 1);
    database.derive_again().await.unwrap();
    assert_eq!(asking().await, 1);
    say(10, date(2026, 12, 1)).await;
    assert_eq!(asking().await, 0, "the old day again is an answer");
    let opened = open(&database, &clerk, &key.0, key.1, TODAY).await.unwrap();
    assert_eq!(opened.row.finding.due(), Some(date(2026, 12, 1)));
    let words = opened.so_far.words;
    say(11, date(2026, 12, 1)).await;
    assert_eq!(so_far(&database, &key).await.words, words, "the same again is nothing new");
    asks(20, date(2026, 12, 25)).await;
    assert_eq!(asking().await, 1);
    say(30, date(2026, 12, 15)).await;
    assert_eq!(asking().await, 0, "another day is an answer, too");
    asks(40, date(2026, 12, 25)).await;
    mend(&database, &key, 50).await;
    assert_eq!(asking().await, 0, "what is mended needs no time");
}

#[tokio::test]
async fn a_branch_that_was_moved_meanwhile_is_not_decided_on_from_its_old_town() {
    let (_folder, database, [key, _]) = found().await;
    let tree = database.tree().await.unwrap();
    let other = unit("u", None, Level::Township, "邻镇党委");
    database.import_units(&tree, &[other], From::Ever, None, &[]).await.unwrap().unwrap();
    let clerk = person(Role::Review, "t");
    let read = so_far(&database, &key).await;
    let tree = database.tree().await.unwrap();
    let moved = unit("a", Some("u"), Level::Branch, "十里村党支部");
    database.import_units(&tree, &[moved], From::Day(TODAY), None, &[]).await.unwrap().unwrap();
    let refused = decide(&database, &NOW, &clerk, (&key.0, key.1), read, &close("看过现场")).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
    assert!(matches!(open(&database, &clerk, &key.0, key.1, TODAY).await, Err(Refusal::Denied(_))));
    let now = person(Role::Review, "u");
    decide(&database, &NOW, &now, (&key.0, key.1), read, &close("看过现场")).await.unwrap();
}

#[tokio::test]
async fn kinds_are_given_by_hand_the_last_one_counts_and_they_reach_down() {
    let (_folder, database, keys) = found().await;
    let clerk = person(Role::Review, "t");
    let make = async |who: &Actor, name: &str, sort: Sort| {
        kinds::make(&database, &NOW, who, &code("t"), name, sort).await
    };
    assert!(make(&clerk, " 会议记录不全 ", Sort::Common).await.unwrap());
    assert!(!make(&clerk, "会议记录不全", Sort::Individual).await.unwrap(), "it is there");
    assert!(make(&clerk, "其他", Sort::Individual).await.unwrap());
    for name in ["", "两\n行", &"长".repeat(41)] {
        assert!(matches!(make(&clerk, name, Sort::Common).await, Err(Refusal::KindName)));
    }
    let manager = person(Role::Manage, "t");
    assert!(matches!(make(&manager, "别的", Sort::Common).await, Err(Refusal::Denied(_))));
    let all = kinds::of_unit(&database, &code("a")).await.unwrap();
    assert_eq!(all.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>(), ["会议记录不全", "其他"]);
    let (first, second) = (&all[0].id, &all[1].id);
    let both: BTreeSet<_> = keys.iter().cloned().collect();
    let give = async |of: &BTreeSet<_>, kind| kinds::give(&database, &NOW, &clerk, of, kind).await;
    assert_eq!(give(&both, Some(first)).await.unwrap(), 2);
    assert_eq!(give(&both, Some(first)).await.unwrap(), 0, "the same again");
    let one: BTreeSet<_> = [keys[0].clone()].into();
    assert_eq!(give(&one, Some(second)).await.unwrap(), 1);
    let none = KindId::read("x");
    assert!(matches!(give(&both, Some(&none)).await, Err(Refusal::NoKind)));
    let elsewhere = person(Role::Review, "elsewhere");
    let refused = kinds::give(&database, &NOW, &elsewhere, &both, Some(first)).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
    let listed = async |kind: &KindId| {
        let filter = Filter { kind: Some(kind.clone()), ..Filter::default() };
        let on = Page { number: 1, size: 50 };
        let page = seen(&database, &clerk, &code("t"), &filter, on, TODAY).await.unwrap();
        page.rows.iter().map(|row| row.branch.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!((listed(first).await, listed(second).await), (vec!["b".into()], vec!["a".to_owned()]));
    let given = kinds::of_findings(&database, None).await.unwrap();
    assert_eq!((given[&keys[0]].name.as_str(), given[&keys[1]].name.as_str()), ("其他", "会议记录不全"));
    assert_eq!(give(&one, None).await.unwrap(), 1);
    assert!(listed(second).await.is_empty());
    assert!(kinds::end(&database, &NOW, &clerk, &code("t"), first).await.unwrap());
    assert!(!kinds::end(&database, &NOW, &clerk, &code("t"), first).await.unwrap());
    assert!(matches!(give(&one, Some(first)).await, Err(Refusal::NoKind)), "it is given no more");
    assert_eq!(listed(first).await, ["b"], "and stays where it was given");
    let next_year = At(NOW.0 + 31_536_000_000);
    assert!(
        kinds::make(&database, &next_year, &clerk, &code("t"), "会议记录不全", Sort::Common).await.unwrap()
    );
    assert_eq!(kinds::of_unit(&database, &code("t")).await.unwrap().len(), 2, "the same one, given again");
}

#[tokio::test]
async fn what_is_found_at_many_branches_is_suggested_and_filters_find_it() {
    let (_folder, database, _) = found().await;
    let clerk = person(Role::Read, "t");
    let often = kinds::often(&database, &clerk, &code("t"), 2, TODAY).await.unwrap();
    assert_eq!(often.len(), 1);
    assert_eq!((often[0].brief.as_str(), often[0].branches, often[0].findings), ("缺签到表", 2, 2));
    assert!(kinds::often(&database, &clerk, &code("t"), 3, TODAY).await.unwrap().is_empty());
    let total = async |filter: Filter| {
        let on = Page { number: 1, size: 1 };
        seen(&database, &clerk, &code("t"), &filter, on, TODAY).await.unwrap().total
    };
    let source = |text: &str| Filter { source: Some(text.into()), ..Filter::default() };
    assert_eq!(
        (total(source("县里")).await, total(source("%")).await, total(source("11_")).await),
        (2, 0, 0)
    );
    let (stranger, on) = (person(Role::Read, "x"), Page { number: 1, size: 1 });
    let refused = seen(&database, &stranger, &code("t"), &Filter::default(), on, TODAY).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
}

#[tokio::test]
async fn who_writes_down_problems_knows_of_no_more_than_is_reached() {
    let (_folder, database) = town().await;
    let tree = database.tree().await.unwrap();
    let others =
        [unit("u", None, Level::Township, "邻镇党委"), unit("c", Some("u"), Level::Branch, "邻村党支部")];
    database.import_units(&tree, &others, From::Ever, None, &[]).await.unwrap().unwrap();
    let known = async |who: &Actor| Known::reached(&database, who, shanghai_date(NOW.0)).await.unwrap().tree;
    let codes = |tree: Tree| tree.all().map(|member| member.unit.code.to_string()).collect::<Vec<_>>();
    let (inspector, reader) = (person(Role::Inspect, "t"), person(Role::Read, "t"));
    assert_eq!(codes(known(&inspector).await), ["a", "b", "t"]);
    assert!(codes(known(&reader).await).is_empty());
    changes::end(&database, &NOW, &OPERATOR, "b", TODAY).await.unwrap();
    let found = |branch: &str| Found {
        branch: code(branch),
        item: None,
        problem: "灯不亮".into(),
        deadline: None,
        source: String::new(),
    };
    let clerk = person(Role::Inspect, "t");
    let refused = add(&database, &NOW, &clerk, &[found("a"), found("c")]).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
    assert_eq!(add(&database, &NOW, &clerk, &[found("a")]).await.unwrap().new, 1);
}

#[tokio::test]
async fn the_branch_s_own_is_seen_and_not_decided_on() {
    let (_folder, database) = town().await;
    let finding = FindingId::from_parts(1, &[1; 10]);
    let value = FindingValue::Text { text: "灯不亮".into() };
    let word = FindingEntry { finding, field: FindingField::Problem, stamp: stamp(5, 1), value };
    database.add_findings(&code("a"), &vec![word].into()).await.unwrap().unwrap();
    let clerk = person(Role::Review, "t");
    let opened = open(&database, &clerk, &code("a"), finding, TODAY).await.unwrap();
    assert!(opened.row.finding.is_own());
    let refused = decide(&database, &NOW, &clerk, (&code("a"), finding), opened.so_far, &close("看过")).await;
    assert!(matches!(refused, Err(Refusal::Own { .. })));
}
