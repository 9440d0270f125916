//! The search, over what is on this phone.

use crate::{
    phone::searchable::{Group, Searchable},
    ui::app::session::Session,
};
use leptos::prelude::*;
use std::sync::Arc;

impl Session {
    /// Makes the index ready, so that the first letter is answered as fast as the others.
    pub fn prepare_search(self) {
        let library = self.library.get_untracked();
        let checklist =
            self.work.with_untracked(|work| work.as_ref().ok().map(|work| Arc::clone(&work.checklist)));
        let is_ready = self.searchable.with_value(|known| {
            known.as_ref().is_some_and(|known| known.is_of(library.as_ref(), checklist.as_ref()))
        });
        if !is_ready {
            self.searchable.set_value(Some(Searchable::new(library, checklist)));
        }
    }

    /// What this finds, in groups, of each the best.
    pub fn find(self, query: &str) -> Vec<Group> {
        self.prepare_search();
        self.searchable.with_value(|known| known.as_ref().map(|known| known.find(query)).unwrap_or_default())
    }
}
