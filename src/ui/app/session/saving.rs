//! Saving: every change is one strict transaction, and the light says so only when it is on disk.
//!
//! A change is shown at once and queued; one writer empties the queue, so that fast taps become one transaction and no tap is
//! lost to a slow disk. What could not be written stays in the queue, on the screen and in every backup, and is tried again.

use super::{Saving, Session};
use crate::{
    browser,
    domain::{AnswerKey, AnswerValue, Entry, Stamp, assessment::Edit},
    phone::{unsaved::Queue, work::Work},
    store::StoreError,
};
use leptos::prelude::*;

impl Session {
    /// Writes a value into a register of the work on the screen.
    pub fn answer(self, key: AnswerKey, value: AnswerValue) {
        let Some(stamp) = self.tick() else { return };
        let now = self.now();
        let edited = self.work.with_untracked(|work| {
            let work = work.as_ref().ok()?;
            let mut draft = work.draft.clone();
            if !work.stored && draft.begun_at == 0 {
                draft.begun_at = now;
            }
            let under = Some(draft.checklist.clone());
            let mut edit = work.assessment.edit(Entry { key, stamp, value, under });
            // What another tab wrote is not one's own correction: both stay in the history.
            self.own_stamps.with_value(|own| edit.drop.retain(|old| own.contains(&old.stamp)));
            Some((draft, edit))
        });
        let Some((draft, edit)) = edited else { return };
        // On its way to the disk before the screen is drawn anew: the one goes on during the other.
        self.queue.update_value(|queue| queue.push((draft.clone(), edit.clone())));
        self.write();
        self.work.update(|work| {
            if let Ok(work) = work {
                work.draft = draft;
                work.assessment.apply(edit);
            }
        });
    }

    /// The next stamp of this phone.
    pub(in crate::ui) fn tick(self) -> Option<Stamp> {
        self.look_at_clock();
        let now = self.now();
        let stamp =
            self.stamps.try_update_value(|clock| clock.as_mut().map(|clock| clock.tick(now))).flatten();
        self.own_stamps.update_value(|own| own.extend(stamp));
        stamp
    }

    /// Tries again to write what could not be written.
    pub fn write(self) {
        // After a failure elsewhere an empty queue still tries the storage.
        let has_failed = self.saving.with_untracked(|saving| matches!(saving, Saving::Failed(_)));
        let start = self.queue.try_update_value(|queue| queue.begin(has_failed));
        if start != Some(true) {
            return;
        }
        leptos::task::spawn_local(async move {
            let result = self.empty_queue().await;
            self.queue.update_value(Queue::end);
            match result {
                Ok(()) => {
                    self.guard.set_value(None);
                    self.saving.set(Saving::Saved(self.now()));
                    self.write_typed_soon();
                    self.tell_other_tabs();
                    // Asked upon a save, when the browser sees that the app is used; a no is shown in 我的资料在哪.
                    if !self.asked_to_persist.get_value() {
                        self.asked_to_persist.set_value(true);
                        let _answer = browser::persistence::request().await;
                    }
                }
                Err(error) => self.saving.set(Saving::Failed(error)),
            }
        });
        self.saving.set(Saving::Busy);
        self.guard.set_value(browser::leave::guard());
    }

    async fn empty_queue(self) -> Result<(), StoreError> {
        let Some(repository) = self.repository() else { return Ok(()) };
        if !self.queue.with_value(Queue::has_waiting)
            && let Some(phone) = self.phone.get_untracked()
        {
            // Nothing waits, but the last attempt failed: whether the storage works is found out by writing what is there.
            repository.change_phone(&phone, |stored| *stored = phone.clone()).await?;
        }
        loop {
            let records = self.queue.with_value(Queue::next_records);
            if let Some((branch, records)) = records {
                let differs = repository.save_ledger(&branch, &records).await?;
                self.queue.update_value(|queue| queue.records_written(&branch, &records));
                if differs {
                    self.reload().await;
                }
                continue;
            }
            let words = self.queue.with_value(Queue::next_words);
            if let Some((branch, words)) = words {
                repository.save_finding_words(&branch, &words).await?;
                self.queue.update_value(|queue| queue.words_written(&branch, &words));
                self.send_soon();
                continue;
            }
            let batch = self.queue.try_update_value(Queue::take);
            let Some(batch) = batch.flatten() else { return Ok(()) };
            let Some((draft, _)) = batch.first() else { return Ok(()) };
            let edits: Vec<Edit> = batch.iter().map(|(_, edit)| edit.clone()).collect();
            let result = repository.save_edits(draft, &edits).await;
            self.queue.update_value(|queue| queue.written(result.is_ok()));
            if result? {
                // Another tab came between: what is on the screen is not quite what is on disk.
                self.reload().await;
            }
            let key = draft.key();
            let is_first = |work: &Result<Work, _>| {
                work.as_ref().is_ok_and(|work| !work.stored && work.draft.key() == key)
            };
            if self.work.with_untracked(is_first) {
                self.work.update(|work| {
                    if let Ok(work) = work {
                        work.stored = true;
                    }
                });
            }
        }
    }
}
