//! Findings: who may change what, which word counts, and that merging loses none.

use super::{
    check::{FindingFault, LATEST_STAMP_MS, finding_fault},
    *,
};
use crate::domain::{answer::MAX_TEXT_CHARS, testing::stamp, text::TextFault};
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn id(number: u8) -> FindingId {
    FindingId::from_parts(1_000 + u64::from(number), &[number; 10])
}

fn entry(number: u8, field: FindingField, value: FindingValue, ms: u64) -> FindingEntry {
    FindingEntry { finding: id(number), field, stamp: stamp(ms, 1), value }
}

fn progress(progress: Progress, ms: u64) -> FindingEntry {
    entry(1, FindingField::Progress, FindingValue::Progress { progress, after: None }, ms)
}

/// What makes finding 1 one of the upper level's.
fn inspected() -> FindingEntry {
    let origin = FindingOrigin::Inspection;
    let value = FindingValue::Origin { origin, detail: String::new() };
    FindingEntry { stamp: above(1), ..entry(1, FindingField::Origin, value, 1) }
}

/// Written after having read the verdict of this moment.
fn answer(progress: Progress, ms: u64, read: u64) -> FindingEntry {
    let after = Some(above(read));
    entry(1, FindingField::Progress, FindingValue::Progress { progress, after }, ms)
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
    let mut findings = Findings::new([inspected()], []);
    let state = |findings: &Findings| findings.find(id(1)).unwrap().state;
    findings.write(entry(1, FindingField::Problem, FindingValue::Text { text: "缺签到表".into() }, 10));
    assert_eq!(state(&findings), FindingState::Open);
    findings.write(progress(Progress::UnderWay, 20));
    assert_eq!(state(&findings), FindingState::UnderWay);
    findings.write(progress(Progress::Mended, 30));
    assert_eq!(state(&findings), FindingState::Mended);
    findings.merge(Findings::new([], [verdict(returned(None), 40)]));
    assert_eq!(state(&findings), FindingState::Returned);
    findings.write(answer(Progress::Mended, 50, 40));
    assert_eq!(state(&findings), FindingState::Mended);
    findings.merge(Findings::new([], [verdict(Ruling::Closed, 60)]));
    findings.write(progress(Progress::UnderWay, 70));
    assert_eq!(state(&findings), FindingState::Closed, "the branch does not open what is closed");
    findings.merge(Findings::new([], [verdict(returned(None), 80)]));
    assert_eq!(state(&findings), FindingState::Returned, "the upper level does");
}

#[test]
fn what_the_branch_found_itself_it_closes_and_opens_again_itself() {
    let text = |text: &str| FindingValue::Text { text: text.into() };
    /// 2026-11-24 in Shanghai.
    const NOON: u64 = 1_795_492_800_000;
    let mut findings = Findings::new([entry(1, FindingField::Problem, text("缺签到表"), 10)], []);
    let read = |findings: &Findings| findings.find(id(1)).unwrap();
    assert!(read(&findings).is_own() && read(&findings).closed_on().is_none());
    findings.write(progress(Progress::Mended, NOON));
    assert_eq!((read(&findings).state, read(&findings).settled), (FindingState::Closed, Some(NOON)));
    assert_eq!(read(&findings).closed_on(), Some(date(2026, 11, 24)));
    findings.write(progress(Progress::UnderWay, NOON + 1));
    assert_eq!((read(&findings).state, read(&findings).settled), (FindingState::UnderWay, None));
    // Whatever was decided on such a one by a version that still did so.
    findings.merge(Findings::new([], [verdict(returned(None), NOON + 2)]));
    findings.write(answer(Progress::Mended, NOON + 3, NOON + 2));
    assert_eq!((read(&findings).state, read(&findings).settled), (FindingState::Closed, Some(NOON + 3)));
    findings.merge(Findings::new([], [verdict(Ruling::Closed, NOON + 4)]));
    assert_eq!((read(&findings).state, read(&findings).settled), (FindingState::Closed, None));
    // None becomes the branch's own by its saying so.
    let theirs =
        FindingEntry { stamp: above(20), ..entry(2, FindingField::Problem, text("门牌脱落"), 20) };
    let own = FindingValue::Origin { origin: FindingOrigin::SelfCheck, detail: String::new() };
    let findings = Findings::new([theirs, entry(2, FindingField::Origin, own, 30)], []);
    assert!(!findings.find(id(2)).unwrap().is_own());
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
    findings.write(answer(Progress::Mended, 40, 25));
    assert!(!now(&findings).is_overdue(date(2027, 12, 31)), "what is mended is not overdue");
}

#[test]
fn more_time_is_asked_for_and_answered_with_a_reason() {
    use super::more_time::Turn;
    let days = [20, 25, 30].map(|day| date(2026, 11, day));
    let theirs = |day, ms| FindingEntry { stamp: above(ms), ..deadline(day, ms) };
    let reply = |ms, text: &str| FindingEntry {
        stamp: Stamp { count: 1, ..above(ms) },
        ..entry(1, FindingField::Reply, FindingValue::Text { text: text.into() }, ms)
    };
    let [first, second, third] = days;
    let words =
        [inspected(), theirs(first, 10), deadline(second, 20), theirs(first, 30), reply(30, "材料早有了")];
    let mut findings = Findings::new(words, []);
    let refused = Turn::Refused { until: first, reply: "材料早有了".into() };
    let turns = |findings: &Findings| findings.turns(id(1)).into_values().collect::<Vec<_>>();
    assert_eq!(turns(&findings), [Turn::Set(Some(first)), Turn::Asked(second), refused.clone()]);
    assert_eq!(findings.answered(id(1)), Some((above(30), refused)));
    findings.write(deadline(third, 40));
    assert_eq!(findings.answered(id(1)), None, "asked again");
    findings.write(theirs(second, 50));
    let granted = Turn::Granted { until: second, reply: String::new() };
    assert_eq!(findings.answered(id(1)), Some((above(50), granted)));
    findings.write(deadline(first, 60));
    assert_eq!(turns(&findings).last(), Some(&Turn::Set(Some(first))), "sooner asks for nothing");
    // Of a return that names a day nothing is asked any more.
    findings.write(deadline(third, 70));
    findings.merge(Findings::new([], [verdict(returned(Some(second)), 80)]));
    findings.write(theirs(third, 90));
    assert_eq!(turns(&findings).last(), Some(&Turn::Set(Some(third))));
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
fn a_word_that_had_not_read_the_return_does_not_answer_it() {
    let mut findings =
        Findings::new([inspected(), progress(Progress::Mended, 10)], [verdict(returned(None), 20)]);
    let state = |findings: &Findings| findings.find(id(1)).unwrap().state;
    // Another phone, without network since before the return.
    findings.write(progress(Progress::Mended, 30));
    assert_eq!(state(&findings), FindingState::Returned);
    assert_eq!(
        findings.progress(id(1), Progress::UnderWay),
        answer(Progress::UnderWay, 40, 20).value,
        "who reads it answers it"
    );
    findings.write(answer(Progress::UnderWay, 40, 20));
    findings.write(progress(Progress::Mended, 50));
    assert_eq!(state(&findings), FindingState::UnderWay, "nor does it hide the answer");
    findings.merge(Findings::new([], [verdict(returned(None), 60)]));
    findings.write(answer(Progress::Mended, 70, 20));
    assert_eq!(state(&findings), FindingState::Returned, "a return of its own each time");
    assert_eq!(
        finding_fault(&answer(Progress::Mended, 10, 10)),
        Some(FindingFault::Unread(id(1))),
        "none reads what is not written yet"
    );
}

#[test]
fn what_was_accepted_stays_as_it_was_accepted_until_it_is_opened_again() {
    let text = |text: &str| FindingValue::Text { text: text.into() };
    let photo = |of: &[u8]| FindingField::After { sha256: ContentHash::of(of) };
    let attached = |attached| FindingValue::Attached { attached };
    let mut findings = Findings::new(
        [
            entry(1, FindingField::Problem, text("缺签到表"), 10),
            entry(1, FindingField::Measure, text("会前备好"), 11),
            deadline(date(2026, 11, 20), 12),
            entry(1, photo(b"one"), attached(true), 13),
            progress(Progress::Mended, 14),
        ],
        [verdict(Ruling::Closed, 20)],
    );
    let read = |findings: &Findings| findings.find(id(1)).unwrap();
    let accepted = read(&findings);
    for word in [
        entry(1, FindingField::Problem, text("没有问题"), 30),
        entry(1, FindingField::Measure, text("不用办"), 31),
        deadline(date(2027, 11, 20), 32),
        entry(1, photo(b"one"), attached(false), 33),
        entry(1, photo(b"two"), attached(true), 34),
        answer(Progress::Withdrawn, 35, 20),
    ] {
        findings.write(word);
    }
    assert_eq!(read(&findings), accepted);
    assert_eq!(findings.attached().count(), 2, "what was accepted is kept, and so is what may count again");
    assert_eq!(findings.history(id(1), &FindingField::Measure).count(), 2, "every word stays");
    findings.merge(Findings::new([], [verdict(returned(None), 40)]));
    let again = read(&findings);
    assert_eq!((again.measure.as_str(), again.state), ("不用办", FindingState::Returned));
    assert_eq!(again.after, [ContentHash::of(b"two")]);
    findings.write(answer(Progress::Withdrawn, 50, 40));
    assert_eq!(read(&findings).state, FindingState::Returned, "what was decided on is not taken back");
}

#[test]
fn a_reason_is_asked_for_whether_it_or_the_new_day_is_written_first() {
    /// 2026-11-24 in Shanghai.
    const NOW: u64 = 1_795_492_800_000;
    let today = date(2026, 11, 24);
    let mut findings = Findings::new([deadline(date(2026, 11, 20), 10)], []);
    let late = |findings: &Findings| findings.find(id(1)).unwrap().is_late(today);
    assert!(late(&findings));
    findings.write(deadline(date(2026, 12, 5), NOW));
    assert!(late(&findings), "the day came first");
    let reason = FindingValue::Text { text: "等镇里盖章".into() };
    findings.write(entry(1, FindingField::DelayReason, reason, NOW + 1));
    assert!(late(&findings));
    findings.write(progress(Progress::Mended, NOW + 2));
    assert!(!late(&findings));
    let moved = Findings::new([deadline(date(2026, 11, 30), 10), deadline(date(2026, 12, 5), NOW)], []);
    assert!(!late(&moved), "moved before it had passed");
    let asked = verdict(returned(Some(date(2026, 12, 9))), NOW + 1);
    let asked = Findings::new([deadline(date(2026, 11, 20), 10), deadline(date(2026, 12, 5), NOW)], [asked]);
    assert!(!late(&asked), "the upper level has set another one");
}

#[test]
fn a_verdict_that_cannot_be_the_endpoints_is_named() {
    let sound = verdict(returned(None), 10);
    assert_eq!(check::verdict_fault(&sound), None);
    let fault = |change: fn(&mut Verdict)| {
        let mut spoilt = sound.clone();
        change(&mut spoilt);
        check::verdict_fault(&spoilt)
    };
    assert_eq!(fault(|verdict| verdict.stamp = stamp(10, 1)), Some(FindingFault::NotAbove(id(1))));
    assert_eq!(fault(|verdict| verdict.stamp.ms = u64::MAX), Some(FindingFault::Future(id(1))));
    assert_eq!(fault(|verdict| verdict.given_at = u64::MAX), Some(FindingFault::Future(id(1))));
    assert_eq!(
        fault(|verdict| verdict.by = "\u{7}".into()),
        Some(FindingFault::Text(id(1), TextFault::Control(7)))
    );
    let long = |verdict: &mut Verdict| {
        verdict.ruling = Ruling::Returned { reason: "长".repeat(MAX_TEXT_CHARS + 1), until: None };
    };
    assert_eq!(fault(long), Some(FindingFault::Text(id(1), TextFault::TooLong(MAX_TEXT_CHARS))));
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
    let too_long = FindingFault::Text(id(1), TextFault::TooLong(MAX_TEXT_CHARS));
    assert_eq!(fault(FindingField::Measure, text(long), 10), Some(too_long));
    let bell = FindingFault::Text(id(1), TextFault::Control(7));
    assert_eq!(fault(FindingField::Measure, text("\u{7}".into()), 10), Some(bell));
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
        (FindingField::Progress, FindingValue::Progress { progress: Progress::Open, after: None }),
        (FindingField::Progress, FindingValue::Progress { progress: Progress::UnderWay, after: None }),
        (FindingField::Progress, FindingValue::Progress { progress: Progress::Mended, after: None }),
        (FindingField::Progress, FindingValue::Progress { progress: Progress::Withdrawn, after: None }),
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
            _ => {
                let after = (device == 1).then(|| above(ms / 2));
                (FindingField::Progress, FindingValue::Progress { progress: Progress::Mended, after })
            }
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
        // While it is closed from above, it reads as it did to whoever closed it.
        let closed = |finding: &Finding| finding.state == FindingState::Closed && finding.settled.is_none();
        for finding in all.all().into_iter().filter(closed) {
            let at = finding.verdict.as_ref().unwrap().stamp;
            let before = all.entries().iter().filter(|entry| entry.stamp < at).cloned();
            let before = Findings::new(before, all.verdicts().iter().cloned());
            if let Some(then) = before.find(finding.id) {
                prop_assert_eq!(then, finding);
            }
        }
    }
}
