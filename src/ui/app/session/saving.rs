//! Saving: every change is one strict transaction, and the light says so only when it is on disk.
//!
//! A change is shown at once and queued; one writer empties the queue, so that fast taps become one transaction and no tap is
//! lost to a slow disk. What could not be written stays in the queue, on the screen and in every backup, and is tried again.

use super::{Saving, Session};
use crate::{
    browser,
    domain::{AnswerKey, AnswerValue, Entry, Stamp},
    phone::work::Work,
    store::Written,
};
use leptos::prelude::*;
use std::sync::Arc;

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
        self.put(Written::Answer(draft, edit));
    }

    /// Has it on its way to the disk before the screen is drawn anew: the one goes on during the other.
    pub(super) fn put(self, written: Written) {
        let shown = written.clone();
        self.engine().put(written);
        self.write();
        self.take(&shown);
    }

    /// Shows what was written, where it belongs to what is on the screen.
    pub(super) fn take(self, written: &Written) {
        match written {
            Written::Answer(draft, _) => {
                let is_shown =
                    |work: &Result<Work, _>| work.as_ref().is_ok_and(|work| work.draft.key() == draft.key());
                if self.work.with_untracked(is_shown) {
                    self.work.update(|work| {
                        if let Ok(work) = work {
                            work.take(written);
                        }
                    });
                }
            }
            Written::Record(..) => self.ledger.update(|held| Arc::make_mut(held).take(written)),
            Written::Word(..) => self.mending.update(|mending| Arc::make_mut(mending).take(written)),
        }
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
        let engine = self.engine();
        if !engine.begin(has_failed) {
            return;
        }
        leptos::task::spawn_local(async move {
            let phone = self.phone.get_untracked();
            match engine.write(phone, |written| self.is_on_disk(written), async || self.reload().await).await
            {
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

    /// What follows from it that this is on disk.
    pub(super) fn is_on_disk(self, written: &Written) {
        let draft = match written {
            Written::Answer(draft, _) => draft,
            Written::Record(..) => return,
            Written::Word(..) => return self.send_soon(),
        };
        let is_first = |work: &Result<Work, _>| {
            work.as_ref().is_ok_and(|work| !work.stored && work.draft.key() == draft.key())
        };
        if self.work.with_untracked(is_first) {
            self.work.update(|work| {
                if let Ok(work) = work {
                    work.draft.begun_at = draft.begun_at;
                    work.stored = true;
                }
            });
        }
    }
}
