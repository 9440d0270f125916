//! What of a part is counted in the ledger, so that it is not typed.

use crate::{
    domain::{AnswerKey, ItemId, LedgerSource, Part, PartAnswer, ledger::derive},
    ui::app::session::Session,
    ui::app::session::erased::memo,
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What of a part the ledger speaks for.
#[derive(Clone, Copy)]
pub struct Spoken {
    /// Whether it speaks at all.
    pub speaks: Memo<bool>,
    /// The windows or occurrences that are counted and not typed.
    pub fixed: Memo<BTreeSet<String>>,
}

impl Spoken {
    /// Of this part. Nothing where the ledger is not asked.
    pub fn of(session: Session, item: &ItemId, part: &Part) -> Self {
        let key = AnswerKey::Part { item: item.clone(), part: part.id.clone() };
        let (window, source) = (part.window, part.from_ledger.clone());
        let fixed = memo(move || {
            let Some(source) = &source else { return BTreeSet::new() };
            let counted = session.derived.counted.read();
            if counted.iter().all(|entry| entry.key != key) {
                return BTreeSet::new();
            }
            match source {
                LedgerSource::Count { kinds } => {
                    let work = session.work.read();
                    let Ok(work) = work.as_ref() else { return BTreeSet::new() };
                    let spoken =
                        derive::spoken(kinds, &session.ledger.read().ledger, &work.period.judged(window));
                    spoken.into_iter().map(|window| window.0).collect()
                }
                LedgerSource::BelowQuorum { occurrence, .. } => [occurrence.to_string()].into(),
                LedgerSource::Attendance { .. } => ["all".into()].into(),
            }
        });
        Self { speaks: memo(move || !fixed.read().is_empty()), fixed }
    }

    /// What is left of an answer that is typed beside what is counted.
    pub fn typed(self, answer: PartAnswer) -> PartAnswer {
        let fixed = self.fixed.read_untracked();
        match answer {
            PartAnswer::Counts { mut counts } => {
                counts.retain(|window, _| !fixed.contains(&window.0));
                PartAnswer::Counts { counts }
            }
            PartAnswer::Occurrences { mut counts } => {
                counts.retain(|occurrence, _| !fixed.contains(occurrence.as_str()));
                PartAnswer::Occurrences { counts }
            }
            other => other,
        }
    }
}
