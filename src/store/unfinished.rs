//! What was typed and is not entered yet: a text for each field, so that no way out of a page loses a word.
//!
//! Table [`Table::Unfinished`], by branch, period (`-` where a field belongs to none) and place; see [`crate::phone::typing`] for
//! what the places are called. **It exists on this phone alone**: it belongs into every backup, and counts among what would be lost
//! with the phone. It is never part of what is sent, and goes when it is saved, when its form is entered, or when she lets it go.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    error::StoreError,
    repository::{Repository, unless_spoilt},
};
use crate::json::{self, FromJson};
use serde::{Deserialize, Serialize};

/// The text of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct Unfinished {
    /// As it was typed.
    pub text: String,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at: u64,
}

/// What becomes of a field's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    Put(Unfinished),
    /// It was entered or let go of. What another tab has typed since stays.
    Gone {
        /// When the text was typed that is gone.
        at: u64,
    },
}

/// A name of what was typed, which no other text of this field has: for what backups held.
pub(super) fn name(key: &str, unfinished: &Unfinished) -> String {
    format!("{key}#{}", unfinished.at)
}

/// By key; what cannot be read is passed over.
pub(super) fn readable(texts: &[(&str, &str)]) -> Vec<(String, Unfinished)> {
    let read = |(key, text): &(&str, &str)| Some(((*key).to_owned(), json::from_str(text).ok()?));
    texts.iter().filter_map(read).collect()
}

impl<B: Backend> Repository<B> {
    /// Carries changes out, all or none.
    pub async fn keep_unfinished(&self, changes: &[(String, Kept)]) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            for (key, kept) in changes {
                match kept {
                    Kept::Put(unfinished) => change.put(Table::Unfinished, key, unfinished)?,
                    Kept::Gone { at } => {
                        let stored = change.one::<Unfinished>(Table::Unfinished, key).await;
                        if unless_spoilt(stored)?.is_none_or(|stored| stored.at <= *at) {
                            change.delete(Table::Unfinished, key);
                        }
                    }
                }
            }
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        Memory,
        testing::{binding, everything, phone, repository, run},
    };

    fn typed(text: &str, at: u64) -> Unfinished {
        Unfinished { text: text.into(), at }
    }

    #[test]
    fn what_is_typed_is_kept_for_each_place_and_goes_with_its_branch() {
        let memory = Memory::default();
        let tab = repository(&memory);
        let keep = |of: &str, text| [(format!("{of}/-/ledger/new#topic"), Kept::Put(typed(text, 1)))];
        run(tab.bind(&binding(2), &phone())).unwrap();
        run(tab.keep_unfinished(&keep("branch-2", "乙"))).unwrap();
        let before = everything(&memory);
        run(tab.bind(&binding(1), &phone())).unwrap();
        run(tab.keep_unfinished(&keep("branch-1", "甲"))).unwrap();
        let all = run(tab.excerpt_of(None)).unwrap().unfinished();
        let [first, second] = ["branch-1", "branch-2"].map(|of| format!("{of}/-/ledger/new#topic"));
        assert_eq!(all, [(first, typed("甲", 1)), (second, typed("乙", 1))]);
        let backup = run(tab.backup(&crate::sync::testing::branch(1), 0)).unwrap().unwrap();
        run(tab.mark_carried(&backup, crate::store::carried::Became::SentAway)).unwrap();
        run(tab.unbind(&crate::sync::testing::branch(1), &phone())).unwrap();
        assert_eq!(everything(&memory), before);
    }

    #[test]
    fn what_is_entered_here_does_not_take_away_what_another_tab_has_typed_since() {
        let tab = repository(&Memory::default());
        let key = "branch-1/2026-H2/check/yes/note".to_owned();
        let put = |text, at| [(key.clone(), Kept::Put(typed(text, at)))];
        run(tab.keep_unfinished(&put("甲", 5))).unwrap();
        run(tab.keep_unfinished(&put("乙", 7))).unwrap();
        run(tab.keep_unfinished(&[(key.clone(), Kept::Gone { at: 5 })])).unwrap();
        assert_eq!(run(tab.excerpt_of(None)).unwrap().unfinished(), [(key.clone(), typed("乙", 7))]);
        run(tab.keep_unfinished(&[(key.clone(), Kept::Gone { at: 7 })])).unwrap();
        assert_eq!(run(tab.excerpt_of(None)).unwrap().unfinished(), []);
    }

    #[test]
    fn what_lies_on_phones_stays_readable() {
        let old = r#"{"text":"研究低保","at":1764000000000}"#;
        let read: Unfinished = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), old);
    }
}
