//! The ledger of the branch on the screen, as far as other pages than its own write it or ask it. Shown at once, queued, written as one
//! strict transaction, exactly as answers are.

use super::Session;
use crate::{
    domain::{AnswerKey, AnswerValue, ContentHash, LedgerEntry, LedgerId, LedgerRecord},
    store::Written,
};
use leptos::prelude::*;
use std::collections::BTreeMap;

impl Session {
    /// Attaches a photo that is known to an entry of the ledger, or takes it off. The photo itself stays.
    pub fn attach_to_entry(self, id: LedgerId, sha256: ContentHash, attached: bool) {
        let entry = self.ledger.with_untracked(|held| held.ledger.find(id).map(|live| live.entry.clone()));
        if entry.is_some() {
            self.write_record(id, entry, [(sha256, attached)].into());
        }
    }

    /// Writes a version of an entry, or what is attached to it. Says whether it was taken.
    pub(in crate::ui) fn write_record(
        self,
        id: LedgerId,
        entry: Option<LedgerEntry>,
        photos: BTreeMap<ContentHash, bool>,
    ) -> bool {
        // After the last branch is let go of, its ledger is still here: nothing is stored for it any more.
        let branch = self.ledger.with_untracked(|held| held.branch.clone());
        let branch = branch.filter(|branch| self.is_bound(branch));
        let (Some(branch), Some(stamp)) = (branch, self.tick()) else { return false };
        self.put(Written::Record(branch, LedgerRecord { id, stamp, entry, photos }));
        true
    }

    /// What a register says as it stands: counted, or said as far as the pinned checklist can take it.
    pub fn standing(self, key: &AnswerKey) -> Option<AnswerValue> {
        let counted = self.derived.counted.read();
        if let Some(entry) = counted.iter().find(|entry| &entry.key == key) {
            return Some(entry.value.clone());
        }
        self.work.read().as_ref().ok()?.usable(key)
    }

    /// Why the branch answers otherwise than its ledger, as it stands; empty where it does not, or not in a way that the pinned
    /// checklist can take.
    pub fn reason_against(self, key: &AnswerKey) -> String {
        let work = self.work.read();
        match work.as_ref().ok().and_then(|work| work.usable(key)) {
            Some(AnswerValue::Part { answer: Some(_), reason, .. }) => reason,
            _ => String::new(),
        }
    }
}
