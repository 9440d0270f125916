//! What reading in 一编一册 asks for.

use crate::{
    domain::SectionId,
    ui::app::session::{Session, library::Shelf},
};
use leptos::prelude::*;

impl Session {
    /// For a page that shows documents: reads those that are here, then fetches what is missing.
    pub fn open_library(self) {
        leptos::task::spawn_local(async move {
            if self.library.with_untracked(Option::is_none) {
                self.read_library().await;
            }
            // A phone that looks after a branch fetches at the end of each round.
            if self.bindings.with_untracked(Vec::is_empty) {
                self.fetch_library(true).await;
            } else if !matches!(self.shelf.get_untracked(), Shelf::Complete | Shelf::Fetching(_)) {
                self.send_now().await;
            }
        });
    }

    /// This section was opened: reading goes on from here another time.
    pub fn remember_reading(self, section: SectionId) {
        self.change_phone(move |phone| phone.reading = Some(section.clone()));
    }
}
