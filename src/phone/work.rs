//! What is worked on: a branch's answers for a period under a version of the standard, and another version that is offered.

use super::unfinished::Stray;
use crate::{
    domain::{
        AnswerKey, AnswerValue, Assessment, Checklist, ContentHash, Entry, Period, SectorId, SubmissionId,
        moving::{Pinned, Versions},
    },
    store::{Draft, LocalSubmission, Written},
    sync::{OutboxEntry, OutboxRequest},
};
use std::{collections::BTreeSet, sync::Arc};

/// The branch, checklist and period on the screen, with all answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// What it answers. Stored with the first answer, not before.
    pub draft: Draft,
    /// Whether it is stored.
    pub stored: bool,
    /// The pinned checklist.
    pub checklist: Arc<Checklist>,
    /// The pinned period.
    pub period: Period,
    /// All that can be chosen: those of the version in force, and those of drafts that it no longer has.
    pub periods: Vec<Period>,
    /// All answers.
    pub assessment: Assessment,
    /// The other versions that answers were given under, as far as they are here.
    pub versions: Versions,
    /// Another checklist that the draft can be moved to.
    pub offer: Option<Offer>,
    /// What was filled in for periods that have not begun.
    pub strays: Vec<Stray>,
}

/// Why there is nothing to work on yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoWork {
    /// The standard has not been fetched yet: the phone must be online once.
    NotFetched,
    /// The standard in force has no checklist for this sector yet.
    NoChecklist(SectorId),
}

/// A checklist that the draft can be moved to: the one in force for the branch's sector, where the draft pins another.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Its hash.
    pub hash: ContentHash,
    /// The checklist.
    pub checklist: Arc<Checklist>,
}

impl Work {
    /// Takes an answer that was just written, where it is one of these.
    pub fn take(&mut self, written: &Written) {
        if let Written::Answer(draft, edit) = written
            && draft.key() == self.draft.key()
        {
            if !self.stored {
                self.draft.begun_at = draft.begun_at;
            }
            self.assessment.apply(edit.clone());
        }
    }

    /// What is answered now.
    pub fn pinned(&self) -> Pinned<'_> {
        Pinned { hash: &self.draft.checklist, checklist: &self.checklist, period: &self.period }
    }

    /// The version of this hash: the pinned one, or another that answers were given under.
    pub fn version(&self, hash: &ContentHash) -> Option<&Arc<Checklist>> {
        if hash == &self.draft.checklist { Some(&self.checklist) } else { self.versions.get(hash) }
    }

    /// The registers that are to be looked at again (待复核). What the ledger answers (`counted`) is not: it is counted for the
    /// pinned version.
    pub fn doubtful(&self, counted: &[Entry]) -> BTreeSet<AnswerKey> {
        let mut doubtful = self.pinned().doubtful(&self.assessment, &self.versions);
        for entry in counted {
            doubtful.remove(&entry.key);
        }
        doubtful
    }

    /// What a register says, as far as the pinned checklist can take it.
    pub fn usable(&self, key: &AnswerKey) -> Option<AnswerValue> {
        self.pinned().confirmed(&self.assessment, [key]).pop().map(|(_, value)| value)
    }

    /// Whether the offered version has the period; without it the draft cannot be moved.
    pub fn can_move(&self) -> bool {
        self.offer.as_ref().is_some_and(|offer| offer.checklist.period(&self.draft.period).is_some())
    }
}

/// The submissions of the period on the screen that were not taken back, oldest first.
pub fn of_period<'a>(work: &'a Work, all: &'a [LocalSubmission]) -> Vec<&'a LocalSubmission> {
    all.iter().filter(|sent| sent.period == work.draft.period && !sent.withdrawn).collect()
}

/// How the outbox stands on a submission.
pub fn waiting_for(outbox: &[OutboxEntry], id: SubmissionId) -> Option<&OutboxEntry> {
    outbox
        .iter()
        .find(|row| matches!(&row.request, OutboxRequest::Submit { submission, .. } if *submission == id))
}
