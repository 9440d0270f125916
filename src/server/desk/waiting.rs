//! Files that were sent and looked at, and wait for a yes: between what a file would change and that it does, nothing of it is stored.
//!
//! They lie in memory, one for each person and purpose, for an hour at most; after a start of the program the file is sent again.

use crate::{domain::ContentHash, server::office::people::PersonId};
use axum::body::Bytes;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// So long a file waits, in milliseconds.
const PATIENCE_MS: u64 = 60 * 60 * 1000;
/// So much lies in memory altogether; beyond it what waits the longest goes.
const MAX_BYTES: usize = 128 << 20;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// 名册
    Roster,
    /// 标准
    Standard,
    /// 问题清单
    Findings,
}

/// A file that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    /// What the sender calls it.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) bytes: Bytes,
    /// By which it is asked for: of what is in it.
    pub(crate) key: String,
    since: u64,
}

/// All that wait.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting(Arc<Mutex<BTreeMap<(PersonId, Purpose), File>>>);

impl Waiting {
    /// Keeps a file of somebody in the place of the one before, and gives the key by which it is asked for.
    pub(crate) fn keep(&self, of: PersonId, purpose: Purpose, name: &str, bytes: Bytes, now: u64) -> String {
        let key: String = ContentHash::of(&bytes).as_str().chars().take(24).collect();
        let file = File { name: name.to_owned(), bytes, key: key.clone(), since: now };
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, file| is_fresh(file, now));
        files.insert((of, purpose), file);
        while files.len() > 1 && files.values().map(|file| file.bytes.len()).sum::<usize>() > MAX_BYTES {
            let longest = files.iter().min_by_key(|(_, file)| file.since).map(|(owner, _)| *owner);
            longest.map(|owner| files.remove(&owner));
        }
        key
    }

    /// The file of somebody that has this key, if it still waits.
    pub(crate) fn get(&self, of: PersonId, purpose: Purpose, key: &str, now: u64) -> Option<File> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.get(&(of, purpose)).filter(|file| file.key == key && is_fresh(file, now)).cloned()
    }
}

fn is_fresh(file: &File, now: u64) -> bool {
    now.saturating_sub(file.since) < PATIENCE_MS
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_file_waits_for_its_sender_alone_and_not_for_ever() {
        let (waiting, me, other) = (Waiting::default(), PersonId(Uuid::nil()), PersonId(Uuid::max()));
        let key = waiting.keep(me, Purpose::Roster, "名册.xlsx", Bytes::from_static(b"a"), 0);
        let get = |who, purpose, key: &str, now| waiting.get(who, purpose, key, now).map(|file| file.name);
        assert_eq!(get(me, Purpose::Roster, &key, 1).as_deref(), Some("名册.xlsx"));
        assert_eq!(get(other, Purpose::Roster, &key, 1), None);
        assert_eq!(get(me, Purpose::Standard, &key, 1), None);
        assert_eq!(get(me, Purpose::Roster, &key, PATIENCE_MS), None);
        let next = waiting.keep(me, Purpose::Roster, "改过.xlsx", Bytes::from_static(b"b"), 2);
        assert_eq!(get(me, Purpose::Roster, &key, 3), None, "another took its place");
        assert_eq!(
            get(me, Purpose::Roster, &next, 4).as_deref(),
            Some("改过.xlsx"),
            "as often as it is asked for"
        );
    }

    #[test]
    fn no_more_lies_in_memory_than_there_is_room_for() {
        let waiting = Waiting::default();
        let person = |number: u128| PersonId(Uuid::from_u128(number));
        let half = Bytes::from(vec![0; MAX_BYTES / 2]);
        let keys: Vec<String> = (0..3)
            .map(|number| waiting.keep(person(number), Purpose::Roster, "x", half.clone(), 5))
            .collect();
        let there = |number: u128, key| waiting.get(person(number), Purpose::Roster, key, 5).is_some();
        assert_eq!((there(1, &keys[1]), there(2, &keys[2])), (true, true));
        assert!(!there(0, &keys[0]));
    }
}
