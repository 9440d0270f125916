//! Findings: who may change what, which word counts, and that merging loses none.

use super::{
    check::{FindingFault, LATEST_STAMP_MS, finding_fault},
    *,
};
use crate::domain::{answer::MAX_TEXT_CHARS, testing::stamp};
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn id(number: u8) -> FindingId {
    FindingId::from_parts(1_000 + u64::from(number), &[number; 10])
}

fn entry(number: u8, field: FindingField, value: FindingValue, ms: u64) -> FindingEntry {
    FindingEntry { finding: id(number), field, stamp: stamp(ms, 1), value }
}

fn progress(progress: Progress, ms: u64) -> FindingEntry {
    entry(1, FindingField::Progress, FindingValue::Progress { progress }, ms)
}

fn deadline(day: Date, ms: u64) -> FindingEntry {
    entry(1, FindingField::Deadline, FindingValue::Day { day: Some(day) }, ms)
}

/// At this moment, by the endpoint.
fn above(ms: u64) -> Stamp {
    Stamp { ms, count: 0, device: endpoint_device() }
}

fn verdict(ruling: Ruling, ms: u64) -> Verdict {
    Verdict { finding: id(1), stamp: above(ms), given_at: ms, by: "镇安镇党委".into(), ruling }
}

fn returned(until: Option<Date>) -> Ruling {
    Ruling::Returned { reason: "照片看不清".into(), until }
}

#[test]
fn the_branch_mends_and_only_the_upper_level_closes() {
    let mut findings = Findings::default();
    let state = |findings: &Findings| findings.find(id(1)).unwrap().state;
    findings.write(entry(1, FindingField::Problem, FindingValue::Text { text: "缺签到表".into() }, 10));
    assert_eq!(state(&findings), FindingState::Open);
    findings.write(progress(Progress::UnderWay, 20));
    assert_eq!(state(&findings), FindingState::UnderWay);
    findings.write(progress(Progress::Mended, 30));
    assert_eq!(state(&findings), FindingState::Mended);
    findings.merge(Findings::new([], [verdict(returned(None), 40)]));
    assert_eq!(state(&findings), FindingState::Returned);
    findings.write(progress(Progress::Mended, 50));
    assert_eq!(state(&findings), FindingState::Mended);
    findings.merge(Findings::new([], [verdict(Ruling::Closed, 60)]));
    findings.write(progress(Progress::UnderWay, 70));
    assert_eq!(state(&findings), FindingState::Closed, "the branch does not open what is closed");
    findings.merge(Findings::new([], [verdict(returned(None), 80)]));
    assert_eq!(state(&findings), FindingState::Returned, "the upper level does");
}

#[test]
fn the_newest_word_on_the_deadline_counts_and_a_missed_one_shows() {
    let (first, second) = (date(2026, 11, 20), date(2026, 11, 30));
    let mut findings = Findings::new([deadline(first, 10)], []);
    let now = |findings: &Findings| findings.find(id(1)).unwrap();
    assert_eq!(now(&findings).deadline, Some(first));
    assert!(now(&findings).is_overdue(date(2026, 11, 21)) && !now(&findings).is_overdue(first));
    findings.merge(Findings::new([], [verdict(returned(Some(second)), 20)]));
    assert_eq!((now(&findings).deadline, now(&findings).demanded), (Some(second), Some(second)));
    // A later verdict without a day takes none back.
    findings.merge(Findings::new([], [verdict(returned(None), 25)]));
    assert_eq!((now(&findings).deadline, now(&findings).demanded), (Some(second), Some(second)));
    findings.write(deadline(date(2026, 12, 31), 30));
    assert_eq!(now(&findings).deadline, Some(date(2026, 12, 31)));
    assert!(now(&findings).is_overdue(date(2026, 12, 1)), "the branch does not put off what was asked of it");
    findings.write(progress(Progress::Mended, 40));
    assert!(!now(&findings).is_overdue(date(2027, 12, 31)), "what is mended is not overdue");
}

#[test]
fn what_the_upper_level_found_is_its_own_to_word_and_nothing_written_is_lost() {
    let text = |text: &str| FindingValue::Text { text: text.into() };
    let theirs =
        FindingEntry { stamp: above(10), ..entry(1, FindingField::Problem, text("缺签到表"), 10) };
    let ours = entry(1, FindingField::Problem, text("没有问题"), 20);
    let findings = Findings::new([theirs, ours, entry(1, FindingField::Measure, text("补上"), 30)], []);
    let read = findings.find(id(1)).unwrap();
    assert_eq!((read.problem.as_str(), read.from_above, read.measure.as_str()), ("缺签到表", true, "补上"));
    assert_eq!(findings.history(id(1), &FindingField::Problem).count(), 2);
    assert_eq!(read.begun, above(10));
}

#[test]
fn the_branch_takes_back_what_it_wrote_by_mistake_and_nothing_of_the_upper_levels() {
    let text = |text: &str| FindingValue::Text { text: text.into() };
    let own = entry(1, FindingField::Problem, text("按错了"), 10);
    let mut findings = Findings::new([own, progress(Progress::Withdrawn, 20)], []);
    let state = |findings: &Findings| findings.find(id(1)).unwrap().state;
    assert_eq!(state(&findings), FindingState::Withdrawn);
    assert!(!state(&findings).is_to_be_mended());
    let theirs =
        FindingEntry { stamp: above(30), ..entry(1, FindingField::Problem, text("缺签到表"), 30) };
    findings.write(theirs);
    assert_eq!(state(&findings), FindingState::Open);
}

#[test]
fn the_findings_of_an_item_are_those_that_are_about_it_now() {
    let about = |number: u8, item: &str, ms| {
        let item = ItemId::new(item).unwrap();
        entry(number, FindingField::Item, FindingValue::Item { item }, ms)
    };
    let findings =
        Findings::new([about(2, "a", 10), about(1, "a", 20), about(3, "a", 5), about(3, "b", 6)], []);
    let found = |item: &str| -> Vec<FindingId> {
        findings.about(&ItemId::new(item).unwrap()).iter().map(|finding| finding.id).collect()
    };
    assert_eq!((found("a"), found("b"), found("c")), (vec![id(2), id(1)], vec![id(3)], vec![]));
}

#[test]
fn a_photo_may_be_taken_off_again() {
    let sha256 = ContentHash::of(b"photo");
    let field = FindingField::Before { sha256: sha256.clone() };
    let mut findings =
        Findings::new([entry(1, field.clone(), FindingValue::Attached { attached: true }, 10)], []);
    assert_eq!(findings.find(id(1)).unwrap().before, std::slice::from_ref(&sha256));
    // The same photo of another register, and of another finding, is not taken off with it.
    let after = FindingField::After { sha256: sha256.clone() };
    let elsewhere = [
        entry(1, after.clone(), FindingValue::Attached { attached: true }, 15),
        entry(2, field.clone(), FindingValue::Attached { attached: true }, 15),
    ];
    elsewhere.iter().for_each(|entry| findings.write(entry.clone()));
    assert_eq!(findings.attached().count(), 3);
    findings.write(entry(1, field.clone(), FindingValue::Attached { attached: false }, 20));
    assert!(findings.find(id(1)).unwrap().before.is_empty());
    let attached: Vec<_> = findings.attached().collect();
    assert_eq!(attached, elsewhere.iter().map(|entry| (entry, &sha256)).collect::<Vec<_>>());
    assert_eq!(findings.find(id(1)).unwrap().after, std::slice::from_ref(&sha256));
    let again = entry(1, field, FindingValue::Attached { attached: true }, 30);
    findings.write(again.clone());
    assert_eq!(findings.attached().next(), Some((&again, &sha256)), "the newest word");
}

#[test]
fn what_cannot_be_is_named() {
    let text = |text: String| FindingValue::Text { text };
    let fault = |field, value, ms| finding_fault(&entry(1, field, value, ms));
    assert_eq!(fault(FindingField::Problem, text("缺签到表\n两次".into()), 10), None);
    let long = "长".repeat(MAX_TEXT_CHARS + 1);
    assert_eq!(fault(FindingField::Measure, text(long), 10), Some(FindingFault::Text(id(1))));
    assert_eq!(fault(FindingField::Measure, text("\u{7}".into()), 10), Some(FindingFault::Text(id(1))));
    assert_eq!(fault(FindingField::Deadline, text("明天".into()), 10), Some(FindingFault::WrongKind(id(1))));
    let later = LATEST_STAMP_MS + 1;
    assert_eq!(fault(FindingField::Problem, text("x".into()), LATEST_STAMP_MS), None);
    assert_eq!(fault(FindingField::Problem, text("x".into()), later), Some(FindingFault::Future(id(1))));
    let score = |got, of| FindingValue::Score {
        score: ItemPoints {
            period: PeriodId::new("2026-H2").unwrap(),
            got: Points::from_hundredths(got),
            of: Points::from_hundredths(of),
        },
    };
    assert_eq!(fault(FindingField::Score, score(100, 300), 10), None);
    assert_eq!(fault(FindingField::Score, score(301, 300), 10), Some(FindingFault::Points(id(1))));
}

/// The wire and stored format, every field and every value of it. Regenerating it is allowed only when an optional field was
/// added that is absent here.
#[test]
fn the_format_is_frozen() {
    let text = |text: &str| FindingValue::Text { text: text.into() };
    let sha256 = ContentHash::of(b"photo");
    let score = ItemPoints {
        period: PeriodId::new("2026-H2").unwrap(),
        got: Points::from_hundredths(100),
        of: Points::from_hundredths(300),
    };
    let inspection =
        FindingValue::Origin { origin: FindingOrigin::Inspection, detail: "11月县里检查".into() };
    let own = FindingValue::Origin { origin: FindingOrigin::SelfCheck, detail: String::new() };
    let entries: Vec<FindingEntry> = [
        (FindingField::Origin, inspection),
        (FindingField::Origin, own),
        (FindingField::Item, FindingValue::Item { item: ItemId::new("NC-A1").unwrap() }),
        (FindingField::Score, FindingValue::Score { score }),
        (FindingField::Problem, text("缺签到表")),
        (FindingField::Measure, text("以后按月登记")),
        (FindingField::Responsible, text("王文书")),
        (FindingField::Deadline, FindingValue::Day { day: Some(date(2026, 12, 1)) }),
        (FindingField::Deadline, FindingValue::Day { day: None }),
        (FindingField::Progress, FindingValue::Progress { progress: Progress::Open }),
        (FindingField::Progress, FindingValue::Progress { progress: Progress::UnderWay }),
        (FindingField::Progress, FindingValue::Progress { progress: Progress::Mended }),
        (FindingField::Progress, FindingValue::Progress { progress: Progress::Withdrawn }),
        (FindingField::DelayReason, text("等镇里盖章")),
        (FindingField::Before { sha256: sha256.clone() }, FindingValue::Attached { attached: true }),
        (FindingField::After { sha256 }, FindingValue::Attached { attached: false }),
    ]
    .into_iter()
    .map(|(field, value)| entry(1, field, value, 10))
    .collect();
    assert!(entries.iter().all(|entry| finding_fault(entry).is_none()));
    let verdicts = vec![verdict(Ruling::Closed, 5), verdict(returned(Some(date(2026, 12, 1))), 6)];
    let golden = include_str!("../golden/findings-1.json");
    let written = serde_json::to_string_pretty(&(&entries, &verdicts)).unwrap();
    assert_eq!(written, golden.trim_end());
    assert_eq!(
        serde_json::from_str::<(Vec<FindingEntry>, Vec<Verdict>)>(golden).unwrap(),
        (entries, verdicts)
    );
}

fn any_findings() -> impl Strategy<Value = Findings> {
    let texts = (0_u8..3, 0_u8..3, 0_u64..20, 0_u8..3).prop_map(|(finding, field, ms, device)| {
        let (field, value) = match field {
            0 => (FindingField::Problem, FindingValue::Text { text: format!("{ms}-{device}") }),
            1 => (FindingField::Measure, FindingValue::Text { text: format!("{device}") }),
            _ => (FindingField::Progress, FindingValue::Progress { progress: Progress::Mended }),
        };
        let stamp = if device == 2 { above(ms) } else { stamp(ms, device) };
        FindingEntry { finding: id(finding), field, stamp, value }
    });
    let verdicts = (0_u8..3, 0_u64..20, any::<bool>()).prop_map(|(finding, ms, closed)| Verdict {
        finding: id(finding),
        stamp: above(ms),
        given_at: ms,
        by: "镇".into(),
        ruling: if closed { Ruling::Closed } else { returned(None) },
    });
    (proptest::collection::vec(texts, 0..12), proptest::collection::vec(verdicts, 0..4))
        .prop_map(|(entries, verdicts)| Findings::new(entries, verdicts))
}

fn merged(a: &Findings, b: &Findings) -> Findings {
    let mut all = a.clone();
    all.merge(b.clone());
    all
}

proptest! {
    #[test]
    fn merging_is_commutative_associative_and_idempotent_and_loses_no_word(
        a in any_findings(), b in any_findings(), c in any_findings()
    ) {
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(merged(&a, &a), a.clone());
        let all = merged(&a, &b);
        prop_assert!(a.entries().iter().chain(b.entries()).all(|entry| all.entries().contains(entry)));
        for entry in all.entries() {
            prop_assert!(all.history(entry.finding, &entry.field).any(|kept| kept == entry));
        }
        prop_assert_eq!(merged(&a, &b).all(), merged(&b, &a).all());
    }
}
