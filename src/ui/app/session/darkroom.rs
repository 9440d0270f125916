//! Photos that were taken: stored together with what attaches each. The root owns all of it, so that leaving the page on
//! which a photo was taken loses nothing.

use super::{
    Saving, Session,
    photos::{closed, new_photo},
};
use crate::{
    browser::{self, image::Made},
    domain::{
        AnswerKey, AnswerValue, Assessment, BranchCode, ContentHash, Entry, FindingEntry, FindingValue,
        ItemId, Ledger, LedgerId, LedgerRecord,
    },
    phone::{
        darkroom::{Darkroom, Target},
        ledger::HeldLedger,
        unsaved::Queue,
    },
    store::{Draft, Reached, Repository, StoreError, Written, storage::Storage},
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

    /// Stores a photo and attaches it, in one transaction. It is shown only when it is on disk. Of an entry that was struck out
    /// meanwhile it is kept with those that nothing uses.
    async fn store_photo(self, target: Target, made: Made) -> Result<(), StoreError> {
        // Let go of in another tab, with everything that was the branch's: nothing is left to which it could belong.
        if !self.is_bound(target.branch()) {
            return Ok(());
        }
        let repository = self.repository().ok_or_else(closed)?;
        let photo = new_photo(target.branch().clone(), made, self.now());
        let sha256 = photo.record.facts.sha256.clone();
        let written = match target {
            Target::Item { draft, item } => Some(self.photo_of_item(&repository, draft, item, sha256).await?),
            Target::Entry { branch, entry } => {
                self.photo_of_entry(&repository, branch, entry, sha256).await?
            }
            Target::Finding { branch, finding, taken } => {
                let stamp = self.tick().ok_or_else(closed)?;
                let (field, value) = (taken.field(sha256), FindingValue::Attached { attached: true });
                Some(Written::Word(branch, FindingEntry { finding, field, stamp, value }))
            }
        };
        let differs = match &written {
            Some(written) => repository.save_photo(written, &photo).await?,
            None => {
                repository.place_photo(&photo).await?;
                false
            }
        };
        // A reading that began before this is out of date.
        self.queue.update_value(Queue::saved_beside);
        if let Some(written) = written {
            self.is_on_disk(&written);
            self.take(&written);
        }
        self.photo_saved(differs).await;
        Ok(())
    }

    /// The answer that attaches a photo to an item.
    async fn photo_of_item(
        self,
        repository: &Repository<Storage>,
        taken: Draft,
        item: ItemId,
        sha256: ContentHash,
    ) -> Result<Written, StoreError> {
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
        let stamp = self.tick().ok_or_else(closed)?;
        if !stored && draft.begun_at == 0 {
            draft.begun_at = self.now();
        }
        let key = AnswerKey::Photo { item, sha256 };
        let (value, under) = (AnswerValue::Attached { attached: true }, Some(draft.checklist.clone()));
        let edit = assessment.edit(Entry { key, stamp, value, under });
        Ok(Written::Answer(draft, edit))
    }

    /// The version that attaches a photo to an entry of the ledger; `None` of one that was struck out.
    async fn photo_of_entry(
        self,
        repository: &Repository<Storage>,
        branch: BranchCode,
        id: LedgerId,
        sha256: ContentHash,
    ) -> Result<Option<Written>, StoreError> {
        let of = |held: &HeldLedger| held.ledger.find(id).map(|live| live.entry.clone());
        let is_shown = self.ledger.with_untracked(|held| held.branch.as_ref() == Some(&branch));
        let entry = if is_shown {
            self.ledger.with_untracked(|held| of(held))
        } else {
            let kept = repository.ledger(&branch).await?;
            let mut ledger = Ledger::new(kept.records.into_iter().map(|kept| kept.record));
            ledger.keep_unread(kept.unread);
            let mut held = HeldLedger::new(&branch, ledger, &Reached::default());
            self.queue.with_value(|queue| queue.waiting().iter().for_each(|written| held.take(written)));
            of(&held)
        };
        let Some(entry) = entry else { return Ok(None) };
        let stamp = self.tick().ok_or_else(closed)?;
        let photos = [(sha256, true)].into();
        Ok(Some(Written::Record(branch, LedgerRecord { id, stamp, entry: Some(entry), photos })))
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
