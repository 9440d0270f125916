//! The ledger of the branch on the screen: entering, correcting, striking out. Shown at once, queued, written as one strict
//! transaction, exactly as answers are.

use super::Session;
use crate::{
    browser,
    domain::{
        AnswerKey, AnswerValue, ContentHash, LedgerEntry, LedgerId, LedgerRecord, PartAnswer, ledger::derive,
    },
    store::Written,
};
use leptos::prelude::*;
use std::collections::BTreeMap;

impl Session {
    /// Writes a new entry and says under which id.
    pub fn enter(self, entry: LedgerEntry) -> Option<LedgerId> {
        let random = browser::random::bytes().ok()?;
        let id = LedgerId::from_parts(self.now(), &random);
        self.rewrite(id, Some(entry)).then_some(id)
    }

    /// Writes a new version of an entry; `None` strikes it out. Says whether it was taken.
    pub fn rewrite(self, id: LedgerId, entry: Option<LedgerEntry>) -> bool {
        self.write_record(id, entry, BTreeMap::new())
    }

    /// Attaches a photo that is known to an entry of the ledger, or takes it off. The photo itself stays.
    pub fn attach_to_entry(self, id: LedgerId, sha256: ContentHash, attached: bool) {
        let entry = self.ledger.with_untracked(|held| held.ledger.find(id).map(|live| live.entry.clone()));
        if entry.is_some() {
            self.write_record(id, entry, [(sha256, attached)].into());
        }
    }

    fn write_record(
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

    /// Writes an answer that stands against the ledger, with its reason.
    pub fn answer_against(self, key: AnswerKey, answer: PartAnswer, reason: String) {
        self.answer(key, AnswerValue::Part { answer: Some(answer), counted: None, own: None, reason });
    }

    /// Lets the ledger count again; what it knows nothing of stays as it was said.
    pub fn count_again(self, key: &AnswerKey) {
        let left = self.work.with_untracked(|work| {
            let work = work.as_ref().ok()?;
            let AnswerValue::Part { answer: Some(answer), .. } = work.usable(key)? else { return None };
            let ledger = &self.ledger.read_untracked().ledger;
            derive::left_beside(&answer, key, &work.assessment, ledger, &work.pinned())
        });
        self.answer(key.clone(), AnswerValue::part(left));
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
