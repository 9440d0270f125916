//! Another version of the standard, or another sector's checklist: what is offered, and 还是这样.

use super::{Session, Work};
use crate::domain::{AnswerKey, AnswerValue, Checklist, ContentHash, Entry, ItemId, moving::Pinned};
use leptos::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// A checklist that the draft can be moved to: the one in force for the branch's sector, where the draft pins another.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Its hash.
    pub hash: ContentHash,
    /// The checklist.
    pub checklist: Arc<Checklist>,
}

impl Work {
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

impl Session {
    /// 还是这样: says of the item again, under the pinned version, what was said under another.
    pub fn confirm(self, item: &ItemId) {
        let confirmed = self.work.with_untracked(|work| {
            let Ok(work) = work else { return Vec::new() };
            let doubtful = self.derived.doubtful.read_untracked();
            work.pinned().confirmed(&work.assessment, doubtful.iter().filter(|key| key.item() == Some(item)))
        });
        for (key, value) in confirmed {
            self.answer(key, value);
        }
    }
}
