//! What the ledger answers, and what it leaves to the branch.

use super::{
    derive::{derived, lay_over, left_beside, overlay, said, spoken},
    testing::*,
    *,
};
use crate::domain::{
    AnswerKey, AnswerValue, Assessment, BranchProfile, Entry, Outcome, PartAnswer, WindowKey, score,
    testing::{item_id, part_entry, period, profile_entry, stamp},
};
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn answer(ledger: &Ledger, assessment: &Assessment, item: &str) -> Option<(PartAnswer, Vec<LedgerId>)> {
    let list = checklist();
    let of = |entry: Entry| match entry.value {
        AnswerValue::Part { answer, counted, .. } => answer.zip(counted),
        _ => None,
    };
    let wanted = Some(item_id(item));
    let all = derived(assessment, ledger, &list, &period());
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
}

#[test]
fn an_answer_with_a_reason_stands_until_it_is_taken_back() {
    let ledger = ledger(&[date(2026, 8, 2)]);
    let mut own = by_hand("meetings", counts(&[("2026-Q3", 2)]), "有一次记在镇里的本子上");
    assert_eq!(answer(&ledger, &own, "meetings"), None);
    let key = own.entries().first().unwrap().key.clone();
    own.apply(own.edit(key, AnswerValue::part(None), stamp(6, 2)));
    assert_eq!(answer(&ledger, &own, "meetings").unwrap().0, counts(&[("2026-Q3", 1)]));
}

#[test]
fn taking_a_reason_back_leaves_what_the_book_does_not_know() {
    let (list, period) = (checklist(), period());
    let ledger = ledger(&[date(2026, 8, 2)]);
    let against = by_hand("meetings", counts(&[("2026-Q2", 1), ("2026-Q3", 4)]), "另有原因");
    let key = &against.entries().first().unwrap().key;
    let said = counts(&[("2026-Q2", 1), ("2026-Q3", 4)]);
    let left = left_beside(&said, key, &against, &ledger, &list, &period);
    assert_eq!(left, Some(counts(&[("2026-Q2", 1)])));
    let again = by_hand("meetings", left.unwrap(), "");
    let found = derived(&again, &ledger, &list, &period);
    let spans = period.judged(crate::domain::Window::Quarter);
    assert_eq!(spoken(&found[0], &ledger, &spans), [WindowKey("2026-Q3".into())].into());
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
        let all = derived(own, &ledger, &list, &period());
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
    let laid = overlay(&Assessment::default(), &ledger(&[date(2026, 4, 2)]), &list, &period);
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
    for entry in derived(&own, &ledger(&[date(2026, 8, 2)]), &list, &period) {
        assert_eq!(crate::domain::check::entry_fault(&list, &period, &entry), None);
        // A part without a source cannot have been counted.
        let mut stranger = entry;
        stranger.key =
            AnswerKey::Part { item: item_id("counted"), part: crate::domain::PartId::new("p1").unwrap() };
        let fault = crate::domain::check::entry_fault(&list, &period, &stranger);
        assert!(matches!(fault, Some(crate::domain::check::AnswerFault::NotFromLedger(_))), "{fault:?}");
    }
}

proptest! {
    /// What a submission carries, laid under the same ledger on another phone, gives the same answers there.
    #[test]
    fn another_phone_derives_the_same(records in any_records(), hand in 0_u32..4, reason in any::<bool>()) {
        let (list, period) = (checklist(), period());
        let mine = by_hand("meetings", counts(&[("2026-Q3", hand)]), if reason { "另有原因" } else { "" });
        let ledger = Ledger::new(records);
        let sent = overlay(&mine, &ledger, &list, &period).winners();
        let mut theirs = Assessment::default();
        theirs.merge(sent.iter().filter_map(said));
        prop_assert_eq!(&theirs, &mine);
        prop_assert_eq!(overlay(&theirs, &ledger, &list, &period).winners(), sent);
        let again = derived(&lay_over(&mine, &derived(&mine, &ledger, &list, &period)), &Ledger::default(), &list, &period);
        prop_assert!(again.is_empty(), "nothing is derived from no ledger");
    }
}
