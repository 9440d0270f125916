//! Where what was written on findings is.

use crate::{
    domain::FindingId,
    phone::mending::Reached,
    ui::app::session::{Saving, Session},
};
use leptos::prelude::*;

impl Session {
    /// Where the newest words are, of one finding or of all: nothing is said to be stored that may not be on disk.
    pub fn words_reached(self, is_unsent: bool, waits: bool, of: Option<FindingId>) -> Reached {
        // Whenever the queue is emptied, or cannot be, this changes.
        let is_refused = matches!(*self.saving.read(), Saving::Failed(_));
        let branch = self.mending.with_untracked(|mending| mending.branch.clone());
        let is_unwritten =
            branch.is_some_and(|branch| self.engine().queue(|queue| queue.has_word(&branch, of)));
        Reached::of(is_unsent, waits, is_unwritten, is_refused)
    }
}
