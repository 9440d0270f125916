//! Saving: every change is one strict transaction, and the light says so only when it is on disk.
//!
//! A change is shown at once and queued; one writer empties the queue, so that fast taps become one transaction and no tap is
//! lost to a slow disk. What could not be written stays in the queue, on the screen and in every backup, and is tried again.

use super::{Saving, Session, Work};
use crate::{
    browser,
    domain::{AnswerKey, AnswerValue, Assessment, assessment::Edit},
    store::{Draft, DraftKey, StoreError},
};
use leptos::prelude::*;

/// Changes that are not on disk yet.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: Vec<(Draft, Edit)>,
    /// Those that are just being written: they may be on disk or not.
    on_their_way: Vec<(Draft, Edit)>,
    writing: bool,
    /// How often something has reached the disk. What was read before it rose is out of date.
    saved: u64,
}

impl Queue {
    /// Whether everything is on disk.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && !self.writing
    }

    /// How often something has reached the disk.
    #[must_use]
    pub fn saved(&self) -> u64 {
        self.saved
    }

    /// Carries out on what was read from the disk what is not there yet.
    pub fn lay_over(&self, key: &DraftKey, assessment: &mut Assessment) {
        for (draft, edit) in self.on_their_way.iter().chain(&self.waiting) {
            if &draft.key() == key {
                assessment.apply(edit.clone());
            }
        }
    }
}

impl Session {
    /// Writes a value into a register of the work on the screen.
    pub fn answer(self, key: AnswerKey, value: AnswerValue) {
        let now = self.now();
        let Some(stamp) =
            self.stamps.try_update_value(|clock| clock.as_mut().map(|clock| clock.tick(now))).flatten()
        else {
            return;
        };
        let mut queued = None;
        self.work.update(|work| {
            if let Ok(work) = work {
                if !work.stored && work.draft.begun_at == 0 {
                    work.draft.begun_at = now;
                }
                let edit = work.assessment.edit(key, value, stamp);
                queued = Some((work.draft.clone(), edit.clone()));
                work.assessment.apply(edit);
            }
        });
        let Some(queued) = queued else { return };
        self.queue.update_value(|queue| queue.waiting.push(queued));
        self.write();
    }

    /// Tries again to write what could not be written.
    pub fn write(self) {
        let start = self.queue.try_update_value(|queue| {
            // After a failure elsewhere an empty queue still tries the storage.
            let start = !queue.writing
                && (!queue.waiting.is_empty()
                    || self.saving.with_untracked(|saving| matches!(saving, Saving::Failed(_))));
            queue.writing |= start;
            start
        });
        if start != Some(true) {
            return;
        }
        self.saving.set(Saving::Busy);
        self.guard.set_value(browser::leave::guard());
        leptos::task::spawn_local(async move {
            let result = self.empty_queue().await;
            self.queue.update_value(|queue| queue.writing = false);
            match result {
                Ok(()) => {
                    self.guard.set_value(None);
                    self.saving.set(Saving::Saved(self.now()));
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
    }

    async fn empty_queue(self) -> Result<(), StoreError> {
        let Some(repository) = self.repository() else { return Ok(()) };
        if self.queue.with_value(|queue| queue.waiting.is_empty())
            && let Some(phone) = self.phone.get_untracked()
        {
            // Nothing waits, but the last attempt failed: whether the storage works is found out by writing what is there.
            repository.change_phone(&phone, |stored| *stored = phone.clone()).await?;
        }
        loop {
            // One draft at a time: switching branches between two taps must not mix them.
            let batch = self.queue.try_update_value(|queue| {
                let key = queue.waiting.first()?.0.key();
                let (now, later) =
                    std::mem::take(&mut queue.waiting).into_iter().partition(|(draft, _)| draft.key() == key);
                (queue.on_their_way, queue.waiting) = (now, later);
                Some(queue.on_their_way.clone())
            });
            let Some(batch) = batch.flatten() else { return Ok(()) };
            let Some((draft, _)) = batch.first() else { return Ok(()) };
            let edits: Vec<Edit> = batch.iter().map(|(_, edit)| edit.clone()).collect();
            let result = repository.save_edits(draft, &edits).await;
            self.queue.update_value(|queue| {
                let written = std::mem::take(&mut queue.on_their_way);
                match result {
                    Ok(_) => queue.saved += 1,
                    Err(_) => drop(queue.waiting.splice(0..0, written)),
                }
            });
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
