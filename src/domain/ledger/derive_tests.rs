//! What the ledger answers, and what it leaves to the branch.

use super::{
    derive::{derived, fits, lay_over, left_beside, overlay, said, spoken},
    testing::*,
    *,
};
use crate::domain::{
    AnswerKey, AnswerValue, Assessment, BranchProfile, ContentHash, Entry, Outcome, PartAnswer, Submission,
    WindowKey,
    moving::Versions,
    score,
    testing::{item_id, part_entry, period, profile_entry, stamp},
};
use jiff::civil::date;
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

fn answer(ledger: &Ledger, assessment: &Assessment, item: &str) -> Option<(PartAnswer, Vec<LedgerId>)> {
    let list = checklist();
    let of = |entry: Entry| match entry.value {
        AnswerValue::Part { answer, counted, .. } => answer.zip(counted),
        _ => None,
    };
    let wanted = Some(item_id(item));
    let all = derived(assessment, ledger, &pinned(&list, &period()));
    all.into_iter().find(|entry| entry.key.item() == wanted.as_ref()).and_then(of)
}

fn counts(counts: &[(&str, u32)]) -> PartAnswer {
    let counts = counts.iter().map(|(key, n)| (WindowKey((*key).into()), *n)).collect();
    PartAnswer::Counts { counts }
}

fn by_hand(item: &str, answer: PartAnswer, reason: &str) -> Assessment {
    let list = checklist();
    let (_, _, item) = list.find(&item_id(item)).unwrap();
    let mut entry = part_entry(item, &item.parts[0], answer, stamp(5, 2));
    if let AnswerValue::Part { reason: why, .. } = &mut entry.value {
        *why = reason.into();
    }
    Assessment::new([entry], None)
}

#[test]
fn entries_are_counted_in_their_windows_and_named() {
    // Q2 ends in the period and begins before it; Q4 is not judged.
    let ledger = ledger(&[date(2026, 4, 2), date(2026, 8, 1), date(2026, 9, 1), date(2026, 11, 2)]);
    let (answer, counted) = answer(&ledger, &Assessment::default(), "meetings").unwrap();
    assert_eq!(answer, counts(&[("2026-Q2", 1), ("2026-Q3", 2)]));
    assert_eq!(counted, [id(1), id(2), id(3)]);
}

#[test]
fn from_the_first_entry_on_an_empty_window_is_none_held_and_before_it_the_book_says_nothing() {
    let nothing = Assessment::default();
    let of = |days: &[Date]| answer(&ledger(days), &nothing, "meetings").map(|found| found.0);
    assert_eq!(of(&[date(2026, 4, 2)]), Some(counts(&[("2026-Q2", 1), ("2026-Q3", 0)])));
    assert_eq!(of(&[date(2026, 8, 2)]), Some(counts(&[("2026-Q3", 1)])));
    assert_eq!(of(&[date(2026, 11, 2)]), None, "begun after what is judged");
    assert_eq!(of(&[]), None);
    let another = answer(&ledger(&[date(2026, 8, 2)]), &nothing, "groups");
    assert_eq!(another, None, "no group meeting is in the book");
}

#[test]
fn where_the_book_says_nothing_an_answer_given_by_hand_stands() {
    let own = by_hand("meetings", counts(&[("2026-Q2", 3), ("2026-Q3", 3)]), "");
    let (found, counted) = answer(&ledger(&[date(2026, 8, 2)]), &own, "meetings").unwrap();
    assert_eq!(found, counts(&[("2026-Q2", 3), ("2026-Q3", 1)]));
    assert_eq!(counted, [id(1)]);
    assert_eq!(answer(&ledger(&[date(2026, 11, 2)]), &own, "meetings"), None);
    // Once it is kept it speaks for every window, whichever was written first.
    let (found, _) = answer(&ledger(&[date(2026, 4, 2)]), &own, "meetings").unwrap();
    assert_eq!(found, counts(&[("2026-Q2", 1), ("2026-Q3", 0)]));
}

#[test]
fn an_answer_with_a_reason_stands_until_it_is_taken_back() {
    let ledger = ledger(&[date(2026, 8, 2)]);
    let mut own = by_hand("meetings", counts(&[("2026-Q3", 2)]), "有一次记在镇里的本子上");
    assert_eq!(answer(&ledger, &own, "meetings"), None);
    let key = own.entries().first().unwrap().key.clone();
    own.apply(own.edit(Entry { key, stamp: stamp(6, 2), value: AnswerValue::part(None), under: None }));
    assert_eq!(answer(&ledger, &own, "meetings").unwrap().0, counts(&[("2026-Q3", 1)]));
}

#[test]
fn taking_a_reason_back_leaves_what_the_book_does_not_know() {
    let (list, period) = (checklist(), period());
    let ledger = ledger(&[date(2026, 8, 2)]);
    let against = by_hand("meetings", counts(&[("2026-Q2", 1), ("2026-Q3", 4)]), "另有原因");
    let key = &against.entries().first().unwrap().key;
    let said = counts(&[("2026-Q2", 1), ("2026-Q3", 4)]);
    let left = left_beside(&said, key, &against, &ledger, &pinned(&list, &period));
    assert_eq!(left, Some(counts(&[("2026-Q2", 1)])));
    let again = by_hand("meetings", left.clone().unwrap(), "");
    let found = derived(&again, &ledger, &pinned(&list, &period));
    assert_eq!(answer_of(&found), Some(counts(&[("2026-Q2", 1), ("2026-Q3", 1)])));
    let spans = period.judged(crate::domain::Window::Quarter);
    assert_eq!(
        spoken(&[ActivityKind::MemberMeeting].into(), &ledger, &spans),
        [WindowKey("2026-Q3".into())].into()
    );
}

#[test]
fn a_group_meeting_counts_when_every_group_has_met() {
    let of = |number: u8, group: Option<u8>| {
        let day = date(2026, 11, 3);
        let kinds = BTreeSet::from([ActivityKind::GroupMeeting]);
        record(number, LedgerEntry { kinds, group, ..meeting(day) }, day, 0)
    };
    let profile = profile_entry(BranchProfile { party_groups: 2, ..BranchProfile::default() });
    let two = Assessment::new([profile], None);
    let held =
        |records: Vec<LedgerRecord>| answer(&Ledger::new(records), &two, "groups").map(|found| found.0);
    assert_eq!(held(vec![of(1, Some(1))]), Some(counts(&[("2026-11", 0)])));
    assert_eq!(held(vec![of(1, Some(1)), of(2, Some(2))]), Some(counts(&[("2026-11", 1)])));
    assert_eq!(held(vec![of(1, Some(1)), of(2, None)]), Some(counts(&[("2026-11", 1)])));
}

#[test]
fn attendance_is_summed_without_those_who_need_not_come() {
    let of = |number: u8, expected, excused, present| {
        let day = date(2026, 11, 3);
        let attendance = Some(Attendance { expected, excused, present });
        record(number, LedgerEntry { attendance, ..meeting(day) }, day, 0)
    };
    let ledger = Ledger::new([of(1, 20, 2, 16), of(2, 20, 0, 9)]);
    let nothing = Assessment::default();
    let (share, counted) = answer(&ledger, &nothing, "there").unwrap();
    assert_eq!((share, counted.len()), (PartAnswer::Share { numerator: 25, denominator: 38 }, 2));
    let (below, counted) = answer(&ledger, &nothing, "quorum").unwrap();
    let occurrence = |n| PartAnswer::Occurrences { counts: BTreeMap::from([(o("o1"), n)]) };
    assert_eq!((below, counted), (occurrence(1), vec![id(2)]));
    let (none, counted) = answer(&Ledger::new([of(1, 20, 2, 16)]), &nothing, "quorum").unwrap();
    assert_eq!((none, counted), (occurrence(0), vec![]));
}

fn o(id: &str) -> OccurrenceId {
    OccurrenceId::new(id).unwrap()
}

#[test]
fn of_several_occurrences_the_ledger_fills_in_only_its_own() {
    let mut list = checklist();
    let part = &mut list.aspects[0].items[3].parts[0];
    if let crate::domain::Rule::Deduction { occurrences } = &mut part.rule {
        occurrences.push(crate::domain::Occurrence { id: o("o2"), ..occurrences[0].clone() });
    }
    let ledger = ledger(&[date(2026, 8, 2)]);
    let quorum = |own: &Assessment| {
        let all = derived(own, &ledger, &pinned(&list, &period()));
        all.into_iter().find(|entry| entry.key.item() == Some(&item_id("quorum")))
    };
    assert_eq!(quorum(&Assessment::default()), None, "whether anything else happened is not known");
    let own = by_hand("quorum", PartAnswer::Occurrences { counts: BTreeMap::from([(o("o2"), 2)]) }, "");
    let counts = BTreeMap::from([(o("o1"), 0), (o("o2"), 2)]);
    let AnswerValue::Part { answer, .. } = quorum(&own).unwrap().value else { panic!() };
    assert_eq!(answer, Some(PartAnswer::Occurrences { counts }));
}

#[test]
fn the_score_and_what_can_be_done_follow_from_the_ledger() {
    let (list, period) = (checklist(), period());
    let laid = overlay(&Assessment::default(), &ledger(&[date(2026, 4, 2)]), &pinned(&list, &period));
    let sheet = score(&list, &period, &laid);
    let scored = sheet.items().next().unwrap();
    let outcome =
        crate::domain::outcome::judge_item(&list.aspects[0].items[0], scored, &period, date(2026, 9, 1));
    assert_eq!(outcome, Some(Outcome::StillPossible { until: date(2026, 9, 30) }));
}

#[test]
fn what_is_derived_says_so_and_passes_the_checks() {
    let (list, period) = (checklist(), period());
    let own = by_hand("meetings", counts(&[("2026-Q2", 3)]), "");
    for entry in derived(&own, &ledger(&[date(2026, 8, 2)]), &pinned(&list, &period)) {
        assert_eq!(crate::domain::check::entry_fault(&list, &period, &entry), None);
        // A part without a source cannot have been counted.
        let mut stranger = entry;
        stranger.key =
            AnswerKey::Part { item: item_id("counted"), part: crate::domain::PartId::new("p1").unwrap() };
        let fault = crate::domain::check::entry_fault(&list, &period, &stranger);
        assert!(matches!(fault, Some(crate::domain::check::AnswerFault::NotFromLedger(_))), "{fault:?}");
    }
}

/// An answer given under an older version, in which the question had other words.
fn moved(answer: PartAnswer, reason: &str) -> (Assessment, Versions) {
    let mut before = checklist();
    before.aspects[0].items[0].parts[0].text = "从前的问法".into();
    let then = ContentHash::of(b"before");
    let own = by_hand("meetings", answer, reason);
    let own = own.entries().iter().cloned().map(|entry| Entry { under: Some(then.clone()), ..entry });
    (Assessment::new(own, None), [(then, Arc::new(before))].into())
}

#[test]
fn what_is_derived_answers_the_pinned_version_and_is_never_doubtful() {
    let (list, period) = (checklist(), period());
    let pinned = pinned(&list, &period);
    let (own, versions) = moved(counts(&[("2026-Q2", 3), ("2026-Q3", 3)]), "");
    let key = own.entries().first().unwrap().key.clone();
    assert_eq!(pinned.doubtful(&own, &versions), [key.clone()].into());
    let ledger = ledger(&[date(2026, 8, 2)]);
    let laid = overlay(&own, &ledger, &pinned);
    assert!(pinned.doubtful(&laid, &versions).is_empty());
    let counted = laid.current(&key).unwrap();
    assert_eq!(counted.under.as_ref(), Some(pinned.hash));
    // What was said travels beneath it with its own version, and is the same on another phone.
    let mut sent = crate::domain::check::tests::submission();
    sent.checklist = pinned.hash.clone();
    sent.answers = Submission::packed(laid.winners(), &sent.checklist).into();
    assert!(sent.answers.iter().all(|entry| entry.under.is_none()));
    assert_eq!(sent.checklists(), [pinned.hash.clone(), versions.keys().next().unwrap().clone()].into());
    let theirs = Assessment::new(sent.entries().iter().filter_map(said), None);
    assert_eq!(theirs, own);
    // Without the ledger it is doubtful again, there as here.
    assert_eq!(pinned.doubtful(&theirs, &versions), [key].into());
}

#[test]
fn of_what_was_said_in_another_version_only_what_still_fits_is_used() {
    let (list, period) = (checklist(), period());
    let pinned = pinned(&list, &period);
    let ledger = ledger(&[date(2026, 8, 2)]);
    // A window that is not judged any more.
    let (own, _) = moved(counts(&[("2026-Q2", 3), ("2025-Q1", 1)]), "");
    let found = &derived(&own, &ledger, &pinned)[0];
    assert!(pinned.fits(found));
    let AnswerValue::Part { answer, own: beneath, .. } = &found.value else { panic!() };
    assert_eq!(answer, &Some(counts(&[("2026-Q2", 3), ("2026-Q3", 1)])));
    assert_eq!(beneath, &None, "what does not fit stays on the phone");
    // An answer against the ledger stands while anything of it fits, and is confirmed with its reason.
    let (against, versions) = moved(counts(&[("2026-Q3", 2), ("2025-Q1", 1)]), "另有原因");
    assert_eq!(answer_of(&derived(&against, &ledger, &pinned)), None);
    let doubtful = pinned.doubtful(&against, &versions);
    let confirmed = pinned.confirmed(&against, &doubtful);
    let AnswerValue::Part { answer, reason, .. } = &confirmed[0].1 else { panic!() };
    assert_eq!((answer, reason.as_str()), (&Some(counts(&[("2026-Q3", 2)])), "另有原因"));
    let (gone, _) = moved(counts(&[("2025-Q1", 1)]), "另有原因");
    assert_eq!(answer_of(&derived(&gone, &ledger, &pinned)), Some(counts(&[("2026-Q3", 1)])));
}

/// What is derived for the meetings.
fn answer_of(derived: &[Entry]) -> Option<PartAnswer> {
    let found = derived.iter().find(|entry| entry.key.item() == Some(&item_id("meetings")))?;
    match &found.value {
        AnswerValue::Part { answer, .. } => answer.clone(),
        _ => None,
    }
}

proptest! {
    /// What a submission carries, laid under the same ledger on another phone, gives the same answers there.
    #[test]
    fn another_phone_derives_the_same(records in any_records(), hand in 0_u32..4, reason in any::<bool>()) {
        let (list, period) = (checklist(), period());
        let mine = by_hand("meetings", counts(&[("2026-Q3", hand)]), if reason { "另有原因" } else { "" });
        let ledger = Ledger::new(records);
        let pinned = pinned(&list, &period);
        let sent = overlay(&mine, &ledger, &pinned).winners();
        let mut theirs = Assessment::default();
        theirs.merge(sent.iter().filter_map(said));
        prop_assert_eq!(&theirs, &mine);
        let carried = Ledger::new(ledger.reported(&list, &period));
        prop_assert_eq!(overlay(&theirs, &carried, &pinned).winners(), sent);
        let again = derived(&lay_over(&mine, &derived(&mine, &ledger, &pinned)), &Ledger::default(), &pinned);
        prop_assert!(again.is_empty(), "nothing is derived from no ledger");
    }
}

#[test]
fn what_the_ledger_counts_is_what_each_missing_one_is_reckoned_from() {
    let (mut list, period) = (checklist(), period());
    let mut items = list.aspects.iter_mut().flat_map(|aspect| &mut aspect.items);
    let part = &mut items.find(|item| item.id == item_id("meetings")).unwrap().parts[0];
    let credit =
        crate::domain::CountCredit::EachMissing { costs: crate::domain::Points::from_hundredths(50) };
    part.rule = crate::domain::Rule::Count { minimum: 3, credit, unit: "次".into() };
    part.points = crate::domain::Points::from_hundredths(500);
    // One in the second quarter, two in the third: three of six are missing, 1.5 of 5 points.
    let ledger = ledger(&[date(2026, 4, 2), date(2026, 8, 1), date(2026, 9, 1)]);
    let laid = overlay(&Assessment::default(), &ledger, &pinned(&list, &period));
    let sheet = score(&list, &period, &laid);
    let scored = sheet.items().find(|item| item.item == item_id("meetings")).unwrap();
    assert_eq!((scored.got.to_string(), scored.points.to_string()), ("3.5".into(), "5".into()));
    assert!(fits(
        &LedgerSource::BelowQuorum {
            kinds: [ActivityKind::MemberMeeting].into(),
            occurrence: OccurrenceId::new("o1").unwrap(),
        },
        &crate::domain::Rule::FromTotal {
            occurrences: crate::domain::testing::checklist().aspects[2].items[0].parts[0]
                .rule
                .occurrences()
                .unwrap()
                .to_vec(),
        },
    ));
}
