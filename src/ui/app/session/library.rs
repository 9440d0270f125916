//! 一编一册 on this phone: read when a page wants it, fetched in the background after everything else.

use super::Session;
use crate::{
    phone::library::Library,
    sync::{Fetched, Progress, library},
};
use leptos::prelude::*;
use std::sync::Arc;

/// How fetching stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shelf {
    /// Not tried in this visit.
    #[default]
    Untried,
    /// Under way.
    Fetching(Progress),
    /// Interrupted; it goes on when there is a network.
    Waiting(Progress),
    /// All of the version in force is here.
    Complete,
    /// The standard in force has no documents, or none is published.
    Nothing,
}

impl Session {
    /// Reads the documents that are here, for a page that only points to them.
    pub async fn read_library(self) {
        let Some(repository) = self.repository() else { return };
        // What cannot be read now can be fetched again: the pages then say that nothing is here yet.
        let (held, newer) = repository.shelved().await.unwrap_or_default();
        let (library, is_newer) = self.standard.with_untracked(|copy| {
            let published = copy.as_ref().map(|copy| copy.published.documents.as_slice()).unwrap_or_default();
            let is_newer = published.iter().any(|one| newer.contains(&one.hash));
            (Library::new(published, held), is_newer)
        });
        self.note_outdated(|outdated| outdated.documents = is_newer);
        // The same again must not draw the pages and build the search anew.
        if self.library.with_untracked(|shown| shown.as_deref() != Some(&library)) {
            self.library.set(Some(Arc::new(library)));
        }
    }

    /// Fetches what is missing. `alone`: the phone looks after no branch, so that no round asks for the standard.
    pub(in crate::ui) async fn fetch_library(self, alone: bool) {
        let Some(repository) = self.repository() else { return };
        if matches!(self.shelf.get_untracked(), Shelf::Fetching(_)) {
            return;
        }
        let mut came = 0;
        let mut last = Progress::default();
        self.shelf.set(Shelf::Fetching(last));
        let client = self.client();
        let fetched = library::fetch(&repository, &client, alone, |progress| {
            came += 1;
            last = progress;
            self.shelf.set(Shelf::Fetching(progress));
        })
        .await;
        // The first word only says how far it was before.
        let changed = came > 1;
        if alone {
            self.reload().await;
        }
        if changed || self.library.with_untracked(Option::is_some) {
            self.read_library().await;
        }
        self.shelf.set(match fetched {
            Ok(Fetched::Complete) if last.wanted == 0 => Shelf::Nothing,
            Ok(Fetched::Complete) => Shelf::Complete,
            Ok(Fetched::NothingPublished) => Shelf::Nothing,
            // A full disk is told where answers are saved; documents can wait.
            Ok(Fetched::Interrupted(_)) | Err(_) => Shelf::Waiting(last),
        });
    }
}
