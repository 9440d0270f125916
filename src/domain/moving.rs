//! Answering another version of the checklist than the one that answers were given under.
//!
//! Moving a draft changes which checklist it pins and nothing else: every entry stays. What follows for the answers is worked out
//! here from the entries themselves, each of which says under which checklist it was given ([`Entry::under`]). So it does not
//! matter in which order phones move, answer and merge, and nothing is typed twice:
//!
//! - an answer **fits** when the pinned checklist could take it as it is; what does not fit stays readable (原来的回答) and is left
//!   out of score and submission;
//! - an answer is **doubtful** (待复核) when it was given under another version in which its question differs. It counts all the
//!   same, until it is answered or confirmed: a new entry, under the pinned version.
//!
//! What the ledger answers ([`super::ledger::derive`]) is counted for the pinned version: it always fits, and is never doubtful.

use super::{
    answer::{AnswerKey, AnswerValue, Entry, NotApplicable, PartAnswer, Stance},
    assessment::Assessment,
    check::{AnswerFault, entry_fault, part_fault},
    checklist::{Checklist, Part},
    difference::item_changes,
    ids::{ContentHash, ItemId},
    period::Period,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Checklists by hash.
pub type Versions = BTreeMap<ContentHash, Arc<Checklist>>;

/// What is answered now.
#[derive(Debug, Clone, Copy)]
pub struct Pinned<'a> {
    /// The hash of the checklist.
    pub hash: &'a ContentHash,
    /// The checklist.
    pub checklist: &'a Checklist,
    /// The period.
    pub period: &'a Period,
}

impl Pinned<'_> {
    /// Whether the checklist can take the entry. A text with what it must not hold (a tab that was pasted before texts were
    /// filtered) is no reason to leave anything out: it is cleaned on its way, see [`super::Submission::packed`].
    pub fn fits(&self, entry: &Entry) -> bool {
        let fault = |entry: &Entry| entry_fault(self.checklist, self.period, entry);
        match fault(entry) {
            Some(AnswerFault::Text(..)) => fault(&entry.clone().cleaned()).is_none(),
            found => found.is_none(),
        }
    }

    /// What counts: the assessment without registers whose value does not fit.
    pub fn fitting<'a>(&self, assessment: &'a Assessment) -> Cow<'a, Assessment> {
        let winners = assessment.winners();
        if winners.iter().all(|entry| self.fits(entry)) {
            return Cow::Borrowed(assessment);
        }
        let fitting = winners.into_iter().filter(|entry| self.fits(entry));
        Cow::Owned(Assessment::new(fitting, assessment.shared_until()))
    }

    /// What was said and does not fit: the latest entry of each such register.
    pub fn left_out(&self, assessment: &Assessment) -> Vec<Entry> {
        let left_out = |entry: &Entry| entry.value.says_something() && !self.fits(entry);
        assessment.winners().into_iter().filter(left_out).collect()
    }

    /// The registers whose value is to be looked at again. `versions` are the checklists at hand; an answer given under one that
    /// is not at hand cannot be compared, and is doubtful.
    pub fn doubtful(&self, assessment: &Assessment, versions: &Versions) -> BTreeSet<AnswerKey> {
        let mut doubtful = BTreeSet::new();
        for entry in assessment.winners() {
            let Some(under) = entry.under.as_ref().filter(|under| *under != self.hash) else { continue };
            let Some((item, (_, _, asked))) =
                entry.key.item().and_then(|item| Some((item, self.checklist.find(item)?)))
            else {
                continue;
            };
            let open = match (&entry.key, &entry.value) {
                (_, AnswerValue::Stance { stance: Stance::NotApplicable { .. } }) => true,
                (AnswerKey::Part { part, .. }, AnswerValue::Part { answer: Some(_), .. }) => {
                    let due = |part: &Part| !self.period.judged(part.window).is_empty();
                    asked.part(part).is_some_and(due) && !self.is_excused(assessment, item)
                }
                _ => false,
            };
            if !open || asked.judged_above {
                continue;
            }
            let before = versions.get(under).and_then(|list| list.find(item));
            let touches =
                |(_, _, before)| item_changes(before, asked).iter().any(|change| change.touches(&entry.key));
            // What fits no longer, for instance because the period has other months by now, is asked again as well.
            if before.is_none_or(touches) || !self.fits(&entry) {
                doubtful.insert(entry.key);
            }
        }
        doubtful
    }

    /// Whether the item was said not to apply, in a way that it still offers: then its parts are not asked.
    fn is_excused(&self, assessment: &Assessment, item: &ItemId) -> bool {
        let Some((_, _, asked)) = self.checklist.find(item) else { return false };
        match assessment.stance(item) {
            Stance::NotApplicable { reason: NotApplicable::AbsentHere } => asked.may_be_absent,
            Stance::NotApplicable { reason: NotApplicable::NoOccurrence } => asked.may_not_occur,
            Stance::Applies | Stance::Unsure => false,
        }
    }

    /// What of an answer the part can still take: choices, facts, occurrences and windows that it no longer has are left out.
    /// `None` when nothing is left.
    pub fn trimmed(&self, part: &Part, answer: &PartAnswer) -> Option<PartAnswer> {
        let fits = |answer: &PartAnswer| part_fault(part, self.period, answer, "").is_none();
        if fits(answer) {
            return Some(answer.clone());
        }
        let mut answer = answer.clone();
        match &mut answer {
            PartAnswer::Counts { counts } => {
                counts.retain(|key, n| fits(&PartAnswer::Counts { counts: [(key.clone(), *n)].into() }));
                if counts.is_empty() {
                    return None;
                }
            }
            PartAnswer::Occurrences { counts } => {
                counts.retain(|id, n| fits(&PartAnswer::Occurrences { counts: [(id.clone(), *n)].into() }));
                // Nothing left is nothing said: an empty answer would claim that nothing happened.
                if counts.is_empty() {
                    return None;
                }
            }
            PartAnswer::Facts { met } => {
                met.retain(|id| fits(&PartAnswer::Facts { met: [id.clone()].into() }));
                if met.is_empty() {
                    return None;
                }
            }
            PartAnswer::YesNo { .. } | PartAnswer::Share { .. } | PartAnswer::Level { .. } => {}
        }
        Some(answer).filter(fits)
    }

    /// 还是这样: what to write so that these registers are doubtful no longer. A register is left out when nothing of its value
    /// fits: it has to be answered.
    pub fn confirmed<'k>(
        &self,
        assessment: &Assessment,
        doubtful: impl IntoIterator<Item = &'k AnswerKey>,
    ) -> Vec<(AnswerKey, AnswerValue)> {
        let confirm = |key: &AnswerKey| {
            let entry = assessment.current(key)?;
            let value = match (key, &entry.value) {
                (AnswerKey::Part { item, part }, AnswerValue::Part { answer: Some(answer), reason, .. }) => {
                    let (_, _, item) = self.checklist.find(item)?;
                    let answer = Some(self.trimmed(item.part(part)?, answer)?);
                    AnswerValue::Part { answer, counted: None, own: None, reason: reason.clone() }
                }
                (_, value) => self.fits(entry).then(|| value.clone())?,
            };
            Some((key.clone(), value))
        };
        doubtful.into_iter().filter_map(confirm).collect()
    }
}
