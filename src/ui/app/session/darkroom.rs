//! Photos that were taken: stored together with what attaches each. The root owns all of it, so that leaving the page on
//! which a photo was taken loses nothing.

use super::{
    Saving, Session,
    photos::{closed, new_photo},
};
use crate::{
    browser::{self, image::Made},
    domain::{
        AnswerKey, AnswerValue, Assessment, BranchCode, Entry, FindingEntry, FindingId, FindingValue, ItemId,
        Ledger, LedgerId, LedgerRecord,
    },
    phone::{
        darkroom::{Darkroom, Target},
        ledger::HeldLedger,
        mending::Taken,
        unsaved::Queue,
        work::Work,
    },
    store::{Draft, Reached, StoreError, photos::NewPhoto},
};
use leptos::prelude::*;
use std::sync::Arc;

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
        let photo = new_photo(target.branch().clone(), made, self.now());
        match target {
            Target::Item { draft, item } => self.store_item_photo(draft, item, photo).await,
            Target::Entry { branch, entry } => self.store_entry_photo(branch, entry, photo).await,
            Target::Finding { finding, taken, .. } => self.store_finding_photo(finding, taken, photo).await,
        }
    }

    /// Stores a photo and attaches it to an item, in one transaction. It is shown only when it is on disk.
    async fn store_item_photo(self, taken: Draft, item: ItemId, photo: NewPhoto) -> Result<(), StoreError> {
        let repository = self.repository().ok_or_else(closed)?;
        let on_screen = self.work.with_untracked(|work| {
            let work = work.as_ref().ok().filter(|work| work.draft.key() == taken.key())?;
            Some((work.draft.clone(), work.stored, work.assessment.clone()))
        });
        let (mut draft, stored, assessment) = match on_screen {
            Some(shown) => shown,
            // Another branch or period is on the screen by now.
            None => {
                let stored = repository.draft(&taken.key()).await?;
                let entries = repository.entries(&taken.key()).await?.records;
                let shared = stored.as_ref().and_then(|draft| draft.shared_until);
                let is_stored = stored.is_some();
                (stored.unwrap_or(taken), is_stored, Assessment::new(entries, shared))
            }
        };
        let now = self.now();
        let stamp = self.tick().ok_or_else(closed)?;
        if !stored && draft.begun_at == 0 {
            draft.begun_at = now;
        }
        let key = AnswerKey::Photo { item, sha256: photo.record.facts.sha256.clone() };
        let (value, under) = (AnswerValue::Attached { attached: true }, Some(draft.checklist.clone()));
        let edit = assessment.edit(Entry { key, stamp, value, under });
        let differs = repository.save_photo(&draft, &edit, &photo).await?;
        // A reading that began before this is out of date.
        self.queue.update_value(Queue::saved_beside);
        let is_shown =
            |work: &Result<Work, _>| work.as_ref().is_ok_and(|work| work.draft.key() == draft.key());
        if self.work.with_untracked(is_shown) {
            self.work.update(|shown| {
                if let Ok(shown) = shown {
                    shown.stored = true;
                    shown.draft.begun_at = draft.begun_at;
                    shown.assessment.apply(edit);
                }
            });
        }
        self.photo_saved(differs).await;
        Ok(())
    }

    /// Stores a photo and attaches it to an entry of the ledger, in one transaction. It is shown only when it is on disk. Of an
    /// entry that was struck out meanwhile it is kept with those that nothing uses.
    async fn store_entry_photo(
        self,
        branch: BranchCode,
        id: LedgerId,
        photo: NewPhoto,
    ) -> Result<(), StoreError> {
        let repository = self.repository().ok_or_else(closed)?;
        let of = |held: &HeldLedger| held.ledger.find(id).map(|live| live.entry.clone());
        let is_shown = self.ledger.with_untracked(|held| held.branch.as_ref() == Some(&branch));
        let entry = if is_shown {
            self.ledger.with_untracked(|held| of(held))
        } else {
            let kept = repository.ledger(&branch).await?;
            let mut ledger = Ledger::new(kept.records.into_iter().map(|kept| kept.record));
            ledger.keep_unread(kept.unread);
            of(&self.with_unwritten(&branch, HeldLedger::new(&branch, ledger, &Reached::default())))
        };
        let Some(entry) = entry else {
            repository.place_photo(&photo).await?;
            self.photo_saved(false).await;
            return Ok(());
        };
        let stamp = self.tick().ok_or_else(closed)?;
        let photos = [(photo.record.facts.sha256.clone(), true)].into();
        let record = LedgerRecord { id, stamp, entry: Some(entry), photos };
        let differs = repository.save_ledger_photo(&record, &photo).await?;
        self.queue.update_value(Queue::saved_beside);
        self.ledger.update(|held| {
            if held.branch.as_ref() == Some(&branch) {
                Arc::make_mut(held).add([record]);
            }
        });
        self.photo_saved(differs).await;
        Ok(())
    }

    /// Stores a photo and attaches it to a finding, in one transaction. It is shown only when it is on disk, and goes up once the
    /// endpoint has the word that attaches it.
    async fn store_finding_photo(
        self,
        finding: FindingId,
        taken: Taken,
        photo: NewPhoto,
    ) -> Result<(), StoreError> {
        let repository = self.repository().ok_or_else(closed)?;
        let stamp = self.tick().ok_or_else(closed)?;
        let field = taken.field(photo.record.facts.sha256.clone());
        let word = FindingEntry { finding, field, stamp, value: FindingValue::Attached { attached: true } };
        repository.save_finding_photo(&word, &photo).await?;
        self.queue.update_value(Queue::saved_beside);
        self.mending.update(|mending| {
            if mending.branch.as_ref() == Some(&photo.record.branch) {
                Arc::make_mut(mending).add([word]);
            }
        });
        self.photo_saved(false).await;
        self.send_soon();
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
