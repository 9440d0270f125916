//! The findings of the branch on the screen: writing, saying how far mending has come. Shown at once, queued, written as
//! one strict transaction, and sent soon after.

use super::{Saving, Session};
use crate::{
    browser::timer,
    domain::{BranchCode, FindingEntry, FindingField, FindingId, FindingValue},
    phone::mending::Reached,
    store::Written,
};
use leptos::prelude::*;

/// So many milliseconds after the last word a round is run: who fills in a finding writes several, and each round costs a poor
/// network four requests.
const SEND_AFTER_MS: u64 = 5_000;

impl Session {
    /// Writes into registers of a finding. Says whether it was taken.
    pub fn write_finding(self, id: FindingId, words: Vec<(FindingField, FindingValue)>) -> bool {
        let Some(branch) = self.bound_mending() else { return false };
        for (field, value) in words {
            let Some(stamp) = self.tick() else { return false };
            self.put(Written::Word(branch.clone(), FindingEntry { finding: id, field, stamp, value }));
        }
        true
    }

    /// Where the newest words are, of one finding or of all: nothing is said to be stored that may not be on disk.
    pub fn words_reached(self, is_unsent: bool, waits: bool, of: Option<FindingId>) -> Reached {
        // Whenever the queue is emptied, or cannot be, this changes.
        let is_refused = matches!(*self.saving.read(), Saving::Failed(_));
        let branch = self.mending.with_untracked(|mending| mending.branch.clone());
        let is_unwritten =
            branch.is_some_and(|branch| self.engine().queue(|queue| queue.has_word(&branch, of)));
        Reached::of(is_unsent, waits, is_unwritten, is_refused)
    }

    /// Whose findings are on the screen. After the last branch is let go of, its findings are still here: nothing is stored for
    /// it any more.
    pub(super) fn bound_mending(self) -> Option<BranchCode> {
        let branch = self.mending.with_untracked(|mending| mending.branch.clone())?;
        Some(branch).filter(|branch| self.is_bound(branch))
    }

    /// Words on findings are on disk: they are sent once no more has been written for a while.
    pub(super) fn send_soon(self) {
        let timer = timer::after(SEND_AFTER_MS, move || leptos::task::spawn_local(self.send_now()));
        self.sender.update_value(|sender| sender.soon = Some(timer));
    }
}
