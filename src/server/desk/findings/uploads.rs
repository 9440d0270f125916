//! Tables that were sent and looked at, and wait for somebody to confirm them. They are kept in memory, bounded, and for their sender
//! alone; nothing of them is stored before that.

use crate::{domain::ContentHash, server::office::people::PersonId};
use axum::body::Bytes;
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// So many tables are kept: of more the oldest is forgotten, and has to be chosen again.
const MOST: usize = 32;
/// So long one is kept, in milliseconds.
const KEPT_MS: u64 = 3_600_000;

/// Tables that wait.
#[derive(Default)]
pub(crate) struct Uploads(Mutex<VecDeque<Upload>>);

struct Upload {
    whose: PersonId,
    hash: ContentHash,
    bytes: Bytes,
    at: u64,
}

impl Uploads {
    /// Keeps a table, and says by what it is found again.
    pub(super) fn keep(&self, whose: PersonId, bytes: Bytes, now: u64) -> ContentHash {
        let hash = ContentHash::of(&bytes);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One for each, so that nobody's throw out another's.
        kept.retain(|one| now.saturating_sub(one.at) < KEPT_MS && one.whose != whose);
        while kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Upload { whose, hash: hash.clone(), bytes, at: now });
        hash
    }

    /// The table, if it is this person's and still kept.
    pub(super) fn find(&self, whose: PersonId, hash: &str, now: u64) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |one: &&Upload| {
            one.whose == whose && one.hash.as_str() == hash && now.saturating_sub(one.at) < KEPT_MS
        };
        kept.iter().find(is_it).map(|one| one.bytes.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_table_is_found_by_whoever_sent_it_for_an_hour_and_not_many_are_kept() {
        let uploads = Uploads::default();
        let (one, other) = (PersonId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
        let hash = uploads.keep(one, Bytes::from_static(b"table"), 0);
        assert!(uploads.find(one, hash.as_str(), KEPT_MS - 1).is_some());
        assert!(uploads.find(one, hash.as_str(), KEPT_MS).is_none(), "too late");
        assert!(uploads.find(other, hash.as_str(), 1).is_none(), "somebody else's");
        for number in 0..MOST {
            uploads.keep(other, Bytes::from(number.to_string()), 1);
        }
        assert!(uploads.find(one, hash.as_str(), 1).is_some(), "nobody else's throw it out");
        for number in 0..MOST {
            uploads.keep(PersonId(Uuid::from_u128(3 + number as u128)), Bytes::from_static(b"x"), 1);
        }
        assert!(uploads.find(one, hash.as_str(), 1).is_none(), "the oldest is forgotten");
        assert_eq!(uploads.0.lock().unwrap().len(), MOST);
    }
}
