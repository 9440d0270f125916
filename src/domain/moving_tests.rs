//! What moving to another version promises, by properties over random versions, answers and orders.

use super::{
    difference::{Effect, item_changes},
    moving::{Pinned, Versions},
    random_edits::{Change, any_edits, edited},
    testing::{checklist, device, full, part_entry, period, stamp, stance_entry},
    *,
};
use proptest::prelude::*;
use std::sync::Arc;

/// A version with its hash, as a phone has it.
struct Version(ContentHash, Arc<Checklist>);

impl Version {
    fn of(list: Checklist) -> Self {
        Self(list.hash().unwrap(), Arc::new(list))
    }

    fn after(&self, edits: &[Change]) -> Self {
        Self::of(edited(&self.1, edits))
    }

    /// The answers stand in this version's period.
    fn pin<R>(&self, then: impl FnOnce(&Pinned<'_>) -> R) -> R {
        then(&Pinned { hash: &self.0, checklist: &self.1, period: &period() })
    }
}

fn versions(all: &[&Version]) -> Versions {
    all.iter().map(|version| (version.0.clone(), version.1.clone())).collect()
}

/// A random answer to everything: which phone, when, what.
#[derive(Debug, Clone)]
struct Said {
    item: usize,
    stance: Option<u8>,
    ms: u64,
    by: u8,
}

fn any_said() -> impl Strategy<Value = Vec<Said>> {
    let one = (0_usize..16, proptest::option::of(0_u8..3), 1_u64..60, 1_u8..4)
        .prop_map(|(item, stance, ms, by)| Said { item, stance, ms, by });
    proptest::collection::vec(one, 0..24)
}

/// What was said of a version's items.
fn entries(said: &[Said], version: &Version) -> Vec<Entry> {
    let items: Vec<&Item> = version.1.items().map(|(_, item)| item).collect();
    let mut all = Vec::new();
    for one in said {
        let Some(item) = items.get(one.item % items.len().max(1)) else { continue };
        let at = stamp(one.ms, one.by);
        match one.stance {
            Some(0) => all.push(stance_entry(&item.id, Stance::Unsure, at)),
            Some(1) => {
                let reason = NotApplicable::AbsentHere;
                all.push(stance_entry(&item.id, Stance::NotApplicable { reason }, at));
            }
            Some(_) => all.push(stance_entry(&item.id, Stance::Applies, at)),
            None => {
                all.extend(item.parts.iter().map(|part| part_entry(item, part, full(part, &period()), at)));
            }
        }
    }
    let pinned = &version.0;
    let given = |entry: Entry| entry.under_or(pinned);
    version.pin(|now| all.into_iter().map(given).filter(|entry| now.fits(entry)).collect())
}

fn assessment(all: impl IntoIterator<Item = Entry>) -> Assessment {
    Assessment::new(all, None)
}

fn faults(now: &Pinned<'_>, assessment: &Assessment) -> Vec<check::AnswerFault> {
    let mut sent = check::tests::submission();
    sent.answers = Submission::packed(now.fitting(assessment).winners(), now.hash).into();
    check::submission_faults(now.checklist, now.period, &sent)
}

proptest! {
    #[test]
    fn untouched_items_score_the_same_and_are_not_doubtful(edits in any_edits(), said in any_said()) {
        let old = Version::of(checklist());
        let new = old.after(&edits);
        let answers = assessment(entries(&said, &old));
        let before = old.pin(|now| score(now.checklist, now.period, &now.fitting(&answers)));
        let after = new.pin(|now| score(now.checklist, now.period, &now.fitting(&answers)));
        let doubtful = new.pin(|now| now.doubtful(&answers, &versions(&[&old])));
        for scored in after.items() {
            let (_, _, item) = new.1.find(&scored.item).unwrap();
            let Some((_, _, earlier)) = old.1.find(&scored.item) else {
                prop_assert!(doubtful.iter().all(|key| key.item() != Some(&scored.item)));
                continue;
            };
            let effect = item_changes(earlier, item).iter().map(ItemChange::effect).max();
            if effect.is_none_or(|effect| effect == Effect::None) {
                prop_assert_eq!(Some(scored), before.items().find(|was| was.item == scored.item));
            }
            if effect != Some(Effect::Answer) {
                prop_assert!(doubtful.iter().all(|key| key.item() != Some(&scored.item)));
            }
        }
    }

    #[test]
    fn a_submission_made_after_a_move_has_no_fault(
        first in any_edits(), second in any_edits(), said in any_said(), later in any_said()
    ) {
        let old = Version::of(checklist());
        let (mid, new) = (old.after(&first), old.after(&first).after(&second));
        let answers = assessment(entries(&said, &old).into_iter().chain(entries(&later, &mid)));
        let all = answers.winners();
        new.pin(|now| {
            prop_assert_eq!(faults(now, &answers), []);
            // Whatever was said counts or is shown as what was said before.
            let counted = now.fitting(&answers).winners();
            let left_out = now.left_out(&answers);
            for entry in all.iter().filter(|entry| entry.value.says_something()) {
                prop_assert!(counted.contains(entry) != left_out.contains(entry));
            }
            Ok(())
        })?;
    }

    #[test]
    fn confirming_ends_the_doubt_changes_no_score_and_what_cannot_be_confirmed_counts_for_nothing(
        edits in any_edits(), said in any_said()
    ) {
        let old = Version::of(checklist());
        let new = old.after(&edits);
        let mut answers = assessment(entries(&said, &old));
        let known = versions(&[&old, &new]);
        new.pin(|now| {
            let doubtful = now.doubtful(&answers, &known);
            let counted = now.fitting(&answers).winners();
            let before = score(now.checklist, now.period, &now.fitting(&answers));
            let fits = |key: &AnswerKey| counted.iter().any(|entry| &entry.key == key);
            let confirmed = now.confirmed(&answers, doubtful.iter().filter(|key| fits(key)));
            for (key, value) in confirmed {
                let put = Entry { key, stamp: stamp(100, 1), value, under: Some(now.hash.clone()) };
                prop_assert!(now.fits(&put));
                answers.apply(answers.edit(put));
            }
            prop_assert_eq!(before, score(now.checklist, now.period, &now.fitting(&answers)));
            let left: Vec<AnswerKey> = now.doubtful(&answers, &known).into_iter().collect();
            prop_assert!(left.iter().all(|key| !fits(key)), "{:?}", left);
            prop_assert_eq!(faults(now, &answers), []);
            Ok(())
        })?;
    }

    /// Two phones: whatever each answers under its version, in whatever order they move and merge, they see the same.
    #[test]
    fn moving_then_merging_is_merging_then_moving(
        edits in any_edits(), mine in any_said(), theirs in any_said()
    ) {
        let old = Version::of(checklist());
        let new = old.after(&edits);
        let known = versions(&[&old, &new]);
        let (a, b) = (entries(&mine, &old), entries(&theirs, &new));
        let mut there = assessment(b.clone());
        there.merge(a.clone());
        let mut here = assessment(a);
        here.merge(b.clone());
        here.merge(b);
        prop_assert_eq!(&here, &there);
        for version in [&old, &new] {
            version.pin(|now| {
                prop_assert_eq!(now.doubtful(&here, &known), now.doubtful(&there, &known));
                prop_assert_eq!(now.left_out(&here), now.left_out(&there));
                prop_assert_eq!(faults(now, &here), []);
                Ok(())
            })?;
        }
    }

    #[test]
    fn going_back_brings_everything_back(edits in any_edits(), said in any_said()) {
        let old = Version::of(checklist());
        let new = old.after(&edits);
        let answers = assessment(entries(&said, &old));
        let before = old.pin(|now| score(now.checklist, now.period, &answers));
        let known = versions(&[&old, &new]);
        new.pin(|now| now.doubtful(&answers, &known));
        old.pin(|now| {
            prop_assert_eq!(now.doubtful(&answers, &known).len(), 0);
            prop_assert_eq!(now.left_out(&answers), []);
            prop_assert_eq!(score(now.checklist, now.period, &now.fitting(&answers)), before);
            Ok(())
        })?;
    }
}

fn facts() -> (Version, Version, AnswerKey) {
    let old = Version::of(checklist());
    let mut list = checklist();
    let item = &mut list.aspects[0].items[1];
    if let Rule::Facts { facts } = &mut item.parts[0].rule {
        facts.remove(0);
    }
    let key = AnswerKey::Part { item: item.id.clone(), part: item.parts[0].id.clone() };
    (old, Version::of(list), key)
}

#[test]
fn an_answer_that_fits_no_longer_keeps_what_is_left_of_it() {
    let (old, new, key) = facts();
    let item = &old.1.aspects[0].items[1];
    let said =
        part_entry(item, &item.parts[0], full(&item.parts[0], &period()), stamp(1, 1)).under_or(&old.0);
    let mut answers = assessment([said.clone()]);
    new.pin(|now| {
        assert_eq!(now.left_out(&answers), [said]);
        assert!(
            now.fitting(&answers).part(&item.id, &item.parts[0].id).is_none(),
            "left out of score and report"
        );
        let doubtful = now.doubtful(&answers, &versions(&[&old]));
        assert_eq!(doubtful.iter().collect::<Vec<_>>(), [&key]);
        let confirmed = now.confirmed(&answers, &doubtful);
        let left = PartAnswer::Facts { met: [FactId::new("f2").unwrap()].into() };
        assert_eq!(confirmed, [(key.clone(), AnswerValue::part(Some(left)))]);
        let (key, value) = confirmed[0].clone();
        answers.apply(answers.edit(Entry { key, stamp: stamp(2, 1), value, under: Some(now.hash.clone()) }));
        assert_eq!(answers.entries().len(), 2, "what was said before is never replaced, even at once");
        assert_eq!(now.doubtful(&answers, &versions(&[&old])).len(), 0);
        assert_eq!(now.left_out(&answers), []);
    });
}

#[test]
fn an_answer_under_a_version_that_is_not_at_hand_is_doubtful() {
    let (old, new, key) = facts();
    let item = &new.1.aspects[0].items[1];
    let said =
        part_entry(item, &item.parts[0], full(&item.parts[0], &period()), stamp(1, 1)).under_or(&old.0);
    let answers = assessment([said]);
    new.pin(|now| assert_eq!(now.doubtful(&answers, &Versions::new()), [key].into()));
}

#[test]
fn an_item_that_does_not_apply_is_doubtful_in_one_register_only() {
    let old = Version::of(checklist());
    let mut list = checklist();
    list.aspects[0].items[1].requirement = "另一个要求".into();
    let new = Version::of(list);
    let item = &old.1.aspects[0].items[1];
    let reason = NotApplicable::NoOccurrence;
    let part = part_entry(item, &item.parts[0], full(&item.parts[0], &period()), stamp(1, 1));
    let stance = stance_entry(&item.id, Stance::NotApplicable { reason }, stamp(2, 1));
    let answers = assessment([part, stance.clone()].map(|entry| entry.under_or(&old.0)));
    new.pin(|now| {
        let doubtful = now.doubtful(&answers, &versions(&[&old]));
        assert_eq!(doubtful, [stance.key.clone()].into());
        assert_eq!(now.confirmed(&answers, &doubtful), [(stance.key.clone(), stance.value.clone())]);
    });
}

#[test]
fn a_submission_says_the_version_only_where_it_is_another() {
    let (old, new, _) = facts();
    let mut sent = check::tests::submission();
    sent.checklist = new.0.clone();
    let given = [stamp(1, 1), stamp(2, 1)]
        .map(|at| stance_entry(&checklist().aspects[0].items[0].id, Stance::Unsure, at));
    let [first, second] = given;
    let given = vec![first.under_or(&old.0), second.under_or(&new.0)];
    sent.answers = Submission::packed(given.clone(), &new.0).into();
    assert_eq!((&sent.answers[0].under, &sent.answers[1].under), (&Some(old.0.clone()), &None));
    assert_eq!(sent.entries(), given);
    assert_eq!(sent.checklists(), [old.0, new.0].into());
    assert_eq!(sent.device, device(1));
}

/// The period may end earlier in the new version: the counts of its months are kept, and asked again once.
#[test]
fn counts_of_a_month_that_is_no_longer_judged_are_trimmed() {
    let old = Version::of(checklist());
    let mut list = checklist();
    list.periods[0].ends = jiff::civil::date(2026, 10, 31);
    let (new, now_period) = (Version::of(list.clone()), list.periods[0].clone());
    let item = &old.1.aspects[1].items[0];
    let said =
        part_entry(item, &item.parts[0], full(&item.parts[0], &period()), stamp(1, 1)).under_or(&old.0);
    let answers = assessment([said.clone()]);
    let now = Pinned { hash: &new.0, checklist: &new.1, period: &now_period };
    assert_eq!(now.left_out(&answers), std::slice::from_ref(&said));
    let doubtful = now.doubtful(&answers, &versions(&[&old]));
    assert_eq!(doubtful, [said.key].into());
    let confirmed = now.confirmed(&answers, &doubtful);
    let AnswerValue::Part { answer: Some(answer), .. } = &confirmed[0].1 else { panic!("{confirmed:?}") };
    assert_eq!(answer, &full(&item.parts[0], &now_period));
}

/// Of an answer nothing may be left. That is no answer, not one that says that nothing happened.
#[test]
fn an_answer_of_which_nothing_is_left_is_not_confirmed() {
    let list = checklist();
    let of = |id: &str| list.find(&ItemId::new(id).unwrap()).unwrap().2.parts[0].clone();
    let gone = PartAnswer::Occurrences { counts: [(OccurrenceId::new("gone").unwrap(), 2)].into() };
    let ticked = PartAnswer::Facts { met: [FactId::new("gone").unwrap()].into() };
    Version::of(list.clone()).pin(|pinned| {
        assert_eq!(pinned.trimmed(&of("offence"), &gone), None);
        assert_eq!(pinned.trimmed(&of("facts"), &ticked), None);
        let none = PartAnswer::Occurrences { counts: [].into() };
        assert_eq!(pinned.trimmed(&of("offence"), &none), Some(none), "said to have never happened");
    });
}

/// A phone of before texts were filtered holds a profile with a tab that was pasted into it: it counts, and goes up without.
#[test]
fn a_text_that_was_pasted_before_there_was_a_filter_leaves_nothing_out() {
    let version = Version::of(checklist());
    let profile = BranchProfile {
        full_members: 20,
        themed_day: "每月\t5日\u{200b}".into(),
        ..BranchProfile::default()
    };
    let profile = testing::profile_entry(profile);
    let item = version.1.aspects[0].items[0].id.clone();
    let value = AnswerValue::Text { text: "见\u{feff}铁柜".into() };
    let note = Entry { key: AnswerKey::Note { item }, stamp: stamp(1, 1), value, under: None };
    let answers = assessment([profile, note]);
    version.pin(|now| {
        assert_eq!(now.left_out(&answers), []);
        assert_eq!(now.fitting(&answers).profile().map(|profile| profile.full_members), Some(20));
        let sent = Submission::packed(answers.winners(), now.hash);
        let texts: Vec<&str> = sent
            .iter()
            .map(|entry| match &entry.value {
                AnswerValue::Profile { profile } => profile.themed_day.as_str(),
                AnswerValue::Text { text } => text,
                _ => "",
            })
            .collect();
        assert_eq!(texts, ["每月 5日", "见铁柜"]);
        assert!(sent.iter().all(|entry| check::entry_fault(now.checklist, now.period, entry).is_none()));
    });
}
