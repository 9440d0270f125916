//! Photos that were taken: stored together with what attaches each. The root owns all of it, so that leaving the page on
//! which a photo was taken loses nothing.

use super::{
    Saving, Session,
    photos::{closed, new_photo},
};
use crate::{
    browser::{self, image::Made},
    phone::{
        darkroom::{Darkroom, Target},
        engine::Shown,
    },
    store::StoreError,
};
use leptos::prelude::*;

impl Session {
    /// Stores what is made, one at a time. What could not be stored waits, and is tried again when this is called again.
    pub async fn store_made(self) {
        if self.in_darkroom(Darkroom::begin) != Some(true) {
            return;
        }
        let mut failed = None;
        while let Some((target, made)) = self.darkroom.try_with_untracked(Darkroom::next).flatten() {
            if let Err(error) = self.store_photo(target, made).await {
                failed = Some(error);
                break;
            }
            self.in_darkroom(Darkroom::stored);
        }
        self.in_darkroom(|room| room.end(failed));
    }

    /// Every change goes through here: while anything waits, the browser asks before the app is left.
    pub(in crate::ui) fn in_darkroom<R>(self, change: impl FnOnce(&mut Darkroom<Made>) -> R) -> Option<R> {
        let done = self.darkroom.try_update(change);
        let waits = self.darkroom.try_with_untracked(|room| !room.is_empty()).unwrap_or_default();
        if waits != self.photo_guard.with_value(Option::is_some) {
            self.photo_guard.set_value(waits.then(browser::leave::guard).flatten());
        }
        done
    }

    async fn store_photo(self, target: Target, made: Made) -> Result<(), StoreError> {
        // Let go of in another tab, with everything that was the branch's: nothing is left to which it could belong.
        if !self.is_bound(target.branch()) {
            return Ok(());
        }
        let stamp = self.tick().ok_or_else(closed)?;
        let now = self.now();
        let photo = new_photo(target.branch().clone(), made, now);
        let (work, ledger) = (self.work.get_untracked().ok(), self.ledger.get_untracked());
        let shown = Shown { work: work.as_ref(), ledger: &ledger, stamp, now };
        let (written, differs) = self.engine().attach(target, &photo, shown).await?;
        if let Some(written) = written {
            self.is_on_disk(&written);
            self.take(&written);
        }
        self.photo_saved(differs).await;
        Ok(())
    }

    /// What follows a photo that is on disk.
    async fn photo_saved(self, differs: bool) {
        if !self.saving.with_untracked(|saving| matches!(saving, Saving::Failed(_) | Saving::Busy)) {
            self.saving.set(Saving::Saved(self.now()));
        }
        self.read_photos().await;
        if differs {
            self.reload().await;
        }
        self.tell_other_tabs();
    }
}
