//! Saving: every change is one strict transaction, and the light says so only when it is on disk.
//!
//! A change is shown at once and queued; one writer empties the queue, so that fast taps become one transaction and no tap is
//! lost to a slow disk. What could not be written stays in the queue, on the screen and in every backup, and is tried again.

use super::{Saving, Session};
use crate::{
    browser,
    domain::{AnswerKey, AnswerValue, assessment::Edit},
    store::{Draft, StoreError},
};
use leptos::prelude::*;

/// Changes that are not on disk yet.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: Vec<(Draft, Edit)>,
    writing: bool,
}

impl Queue {
    /// Whether everything is on disk.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && !self.writing
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

    /// Whether the draft on the screen is this one and known to be on disk.
    fn is_stored(self, draft: &Draft) -> bool {
        self.work.with_untracked(|work| {
            work.as_ref().is_ok_and(|work| work.stored && work.draft.key() == draft.key())
        })
    }

    async fn empty_queue(self) -> Result<(), StoreError> {
        let Some(repository) = self.repository() else { return Ok(()) };
        if self.queue.with_value(|queue| queue.waiting.is_empty())
            && let Some(phone) = self.phone.get_untracked()
        {
            repository.save_phone(&phone).await?;
        }
        loop {
            let batch =
                self.queue.try_update_value(|queue| std::mem::take(&mut queue.waiting)).unwrap_or_default();
            let Some((draft, _)) = batch.first() else { return Ok(()) };
            // One draft at a time: switching branches between two taps must not mix them.
            let key = draft.key();
            let (now, later): (Vec<_>, Vec<_>) = batch.into_iter().partition(|(draft, _)| draft.key() == key);
            let draft = now.first().map(|(draft, _)| draft.clone());
            let edits: Vec<Edit> = now.iter().map(|(_, edit)| edit.clone()).collect();
            let result = match draft {
                Some(draft) if self.is_stored(&draft) => repository.save_edits_of(&draft, true, &edits).await,
                Some(draft) => repository.save_edits(&draft, &edits).await,
                None => Ok(()),
            };
            self.queue.update_value(|queue| {
                let newer = std::mem::replace(&mut queue.waiting, later);
                if result.is_err() {
                    queue.waiting.splice(0..0, now);
                }
                queue.waiting.extend(newer);
            });
            result?;
            let newly = self.work.with_untracked(|work| {
                work.as_ref().is_ok_and(|work| !work.stored && work.draft.key() == key)
            });
            // Only when it changes: an update draws everything anew that depends on the work.
            if newly {
                self.work.update(|work| {
                    if let Ok(work) = work {
                        work.stored = true;
                    }
                });
            }
        }
    }
}
