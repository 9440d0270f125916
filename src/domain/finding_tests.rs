//! Findings: who may change what, which word counts, and that merging loses none.

use super::{
    DeviceId,
    answer::MAX_TEXT_CHARS,
    finding::*,
    ids::{ContentHash, FindingId},
    testing::stamp,
};
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

fn verdict(ruling: Ruling, given_at: u64) -> Verdict {
    Verdict { finding: id(1), given_at, by: "镇安镇党委".into(), ruling }
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
    assert_eq!(now(&findings).deadline, Some(second));
    findings.write(deadline(first, 30));
    assert_eq!(now(&findings).deadline, Some(first));
    findings.write(progress(Progress::Mended, 40));
    assert!(!now(&findings).is_overdue(date(2026, 12, 31)), "what is mended is not overdue");
}

#[test]
fn a_photo_may_be_taken_off_again() {
    let sha256 = ContentHash::of(b"photo");
    let field = FindingField::Before { sha256: sha256.clone() };
    let mut findings =
        Findings::new([entry(1, field.clone(), FindingValue::Attached { attached: true }, 10)], []);
    assert_eq!(findings.find(id(1)).unwrap().before, [sha256]);
    findings.write(entry(1, field, FindingValue::Attached { attached: false }, 20));
    assert!(findings.find(id(1)).unwrap().before.is_empty());
}

#[test]
fn what_cannot_be_is_named() {
    let text = |text: String| FindingValue::Text { text };
    let fault = |field, value, ms| finding_fault(&entry(1, field, value, ms), 1_000);
    assert_eq!(fault(FindingField::Problem, text("缺签到表\n两次".into()), 10), None);
    let long = "长".repeat(MAX_TEXT_CHARS + 1);
    assert_eq!(fault(FindingField::Measure, text(long), 10), Some(FindingFault::Text(id(1))));
    assert_eq!(fault(FindingField::Measure, text("\u{7}".into()), 10), Some(FindingFault::Text(id(1))));
    assert_eq!(fault(FindingField::Deadline, text("明天".into()), 10), Some(FindingFault::WrongKind(id(1))));
    let later = 1_000 + FUTURE_MS + 1;
    assert_eq!(fault(FindingField::Problem, text("x".into()), later), Some(FindingFault::Future(id(1))));
}

/// The wire and stored format. Regenerating it is allowed only when an optional field was added that is absent here.
#[test]
fn the_format_is_frozen() {
    let mut written = entry(1, FindingField::Problem, FindingValue::Text { text: "缺".into() }, 10);
    written.stamp.device = DeviceId::from_random([7; 16]);
    let text = serde_json::to_string(&written).unwrap();
    let frozen = r#"{"finding":"00000000-03e9-7101-8101-010101010101","field":"problem","stamp":{"ms":10,"count":0,"device":"07070707-0707-4707-8707-070707070707"},"value":{"text":{"text":"缺"}}}"#;
    assert_eq!(text, frozen);
    let text = serde_json::to_string(&verdict(returned(Some(date(2026, 12, 1))), 5)).unwrap();
    let frozen = r#"{"finding":"00000000-03e9-7101-8101-010101010101","given_at":5,"by":"镇安镇党委","ruling":{"returned":{"reason":"照片看不清","until":"2026-12-01"}}}"#;
    assert_eq!(text, frozen);
}

fn any_findings() -> impl Strategy<Value = Findings> {
    let texts = (0_u8..3, 0_u8..3, 0_u64..20, 0_u8..3).prop_map(|(finding, field, ms, device)| {
        let (field, value) = match field {
            0 => (FindingField::Problem, FindingValue::Text { text: format!("{ms}-{device}") }),
            1 => (FindingField::Measure, FindingValue::Text { text: format!("{device}") }),
            _ => (FindingField::Progress, FindingValue::Progress { progress: Progress::Mended }),
        };
        FindingEntry { finding: id(finding), field, stamp: stamp(ms, device), value }
    });
    let verdicts = (0_u8..3, 0_u64..20, any::<bool>()).prop_map(|(finding, given_at, closed)| Verdict {
        finding: id(finding),
        given_at,
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
