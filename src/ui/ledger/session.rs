//! What is done in the ledger: entering, correcting, striking out; and answering otherwise than it counts.

use crate::{
    browser,
    domain::{AnswerKey, AnswerValue, LedgerEntry, LedgerId, PartAnswer, ledger::derive},
    ui::app::session::Session,
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
}
