//! 还是这样: what was said under another version of the standard is said again under the pinned one.

use super::Session;
use crate::domain::ItemId;
use leptos::prelude::*;

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
