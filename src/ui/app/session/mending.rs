//! The findings of the branch on the screen: writing, saying how far mending has come. Shown at once, queued, written as
//! one strict transaction, and sent soon after.

use super::Session;
use crate::{
    browser::timer,
    domain::{BranchCode, FindingEntry, FindingField, FindingId, FindingValue},
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

    /// Whose findings are on the screen. After the last branch is let go of, its findings are still here: nothing is stored for
    /// it any more.
    fn bound_mending(self) -> Option<BranchCode> {
        let branch = self.mending.with_untracked(|mending| mending.branch.clone())?;
        Some(branch).filter(|branch| self.is_bound(branch))
    }

    /// Words on findings are on disk: they are sent once no more has been written for a while.
    pub(super) fn send_soon(self) {
        let timer = timer::after(SEND_AFTER_MS, move || leptos::task::spawn_local(self.send_now()));
        self.sender.update_value(|sender| sender.soon = Some(timer));
    }
}
