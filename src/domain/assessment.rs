//! The assessment of one branch in one period: a set of stamped entries.
//!
//! The value of a register is its entry with the highest stamp. Phones merge when they pull; the endpoint never does.

use super::{
    answer::{AnswerKey, AnswerValue, Entry, PartAnswer, Stance},
    clock::Stamp,
    ids::{ContentHash, ItemId, PartId},
    open::Unread,
    profile::BranchProfile,
    register::Registers,
};
use std::collections::BTreeSet;

/// Within this time a phone's own correction of an unshared entry replaces it instead of growing the history.
pub const SAME_VISIT_MS: u64 = 10 * 60 * 1000;

/// All that was ever said in one assessment, as far as this phone knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assessment {
    registers: Registers<Entry>,
    shared_until: Option<Stamp>,
}

/// What an edit does to the stored set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// To be stored.
    pub put: Entry,
    /// To be removed in the same transaction: this phone's own unshared entries of the same visit.
    pub drop: Vec<Entry>,
}

impl Assessment {
    /// From stored entries. `shared_until` is the highest stamp that has left the phone in a submission or backup.
    pub fn new(entries: impl IntoIterator<Item = Entry>, shared_until: Option<Stamp>) -> Self {
        Self { registers: entries.into_iter().collect(), shared_until }
    }

    /// Every entry, in the order of registers and stamps.
    pub fn entries(&self) -> &[Entry] {
        self.registers.words()
    }

    /// Works out what writing this entry changes; [`Assessment::apply`] carries it out. What was said of another version's
    /// question is never replaced.
    pub fn edit(&self, put: Entry) -> Edit {
        let drop = self
            .history(&put.key)
            .filter(|old| {
                old.stamp.device == put.stamp.device
                    && old.under == put.under
                    && self.shared_until.is_none_or(|shared| old.stamp > shared)
                    && put.stamp.ms.saturating_sub(old.stamp.ms) < SAME_VISIT_MS
            })
            .cloned()
            .collect();
        Edit { put, drop }
    }

    /// Carries an edit out.
    pub fn apply(&mut self, edit: Edit) {
        self.registers.retain(|entry| !edit.drop.contains(entry));
        self.registers.write(edit.put);
    }

    /// Puts an entry in the place of the one that counts in its register, which has the same stamp or none is there: for what
    /// is shown and submitted, not for what is stored.
    pub fn replace(&mut self, entry: Entry) {
        self.registers.retain(|old| old.key != entry.key || old.stamp < entry.stamp);
        self.registers.write(entry);
    }

    /// Adds what another phone, a submission or a backup knows.
    pub fn merge(&mut self, others: impl IntoIterator<Item = Entry>) {
        self.registers.merge(others);
    }

    /// The entries that cannot be read.
    pub fn unread(&self) -> &BTreeSet<Unread> {
        self.registers.unread()
    }

    /// Adds entries that cannot be read.
    pub fn keep_unread(&mut self, unread: impl IntoIterator<Item = Unread>) {
        self.registers.keep_unread(unread);
    }

    /// Marks everything up to now as having left the phone, so that no edit replaces it any more.
    pub fn mark_shared(&mut self) {
        self.shared_until = self.shared_until.max(self.latest());
    }

    /// The highest stamp that has left the phone.
    pub fn shared_until(&self) -> Option<Stamp> {
        self.shared_until
    }

    /// The highest stamp of all.
    pub fn latest(&self) -> Option<Stamp> {
        self.registers.latest(|entry| entry.stamp)
    }

    /// How many registers hold something that has not left the phone.
    pub fn unshared(&self) -> usize {
        let mut registers: Vec<&AnswerKey> = self
            .entries()
            .iter()
            .filter(|entry| Some(entry.stamp) > self.shared_until)
            .map(|entry| &entry.key)
            .collect();
        registers.dedup();
        registers.len()
    }

    /// All entries of one register, oldest first; the last one counts.
    pub fn history(&self, key: &AnswerKey) -> impl DoubleEndedIterator<Item = &Entry> {
        self.registers.run(|entry| entry.key.cmp(key)).iter()
    }

    /// The entry that counts.
    pub fn current(&self, key: &AnswerKey) -> Option<&Entry> {
        self.history(key).next_back()
    }

    /// The entries that count, one for each register: what a submission carries.
    pub fn winners(&self) -> Vec<Entry> {
        let mut winners: Vec<Entry> = Vec::new();
        for entry in self.entries() {
            match winners.last_mut() {
                Some(last) if last.key == entry.key => *last = entry.clone(),
                _ => winners.push(entry.clone()),
            }
        }
        winners
    }

    /// 支部基本情况, once it has been confirmed for this assessment.
    pub fn profile(&self) -> Option<&BranchProfile> {
        match self.current(&AnswerKey::Profile).map(|entry| &entry.value) {
            Some(AnswerValue::Profile { profile }) => Some(profile),
            _ => None,
        }
    }

    /// Whether the item applies.
    pub fn stance(&self, item: &ItemId) -> Stance {
        match self.current(&AnswerKey::Stance { item: item.clone() }).map(|entry| &entry.value) {
            Some(AnswerValue::Stance { stance }) => *stance,
            _ => Stance::Applies,
        }
    }

    /// The answer to a part.
    pub fn part(&self, item: &ItemId, part: &PartId) -> Option<&PartAnswer> {
        let key = AnswerKey::Part { item: item.clone(), part: part.clone() };
        match self.current(&key).map(|entry| &entry.value) {
            Some(AnswerValue::Part { answer, .. }) => answer.as_ref(),
            _ => None,
        }
    }

    /// Every photo that belongs to an item, with its item; in the order in which they were added.
    pub fn photos(&self) -> impl Iterator<Item = (&ItemId, &ContentHash)> {
        let mut photos: Vec<(Stamp, &ItemId, &ContentHash)> = Vec::new();
        for entry in self.entries() {
            let AnswerKey::Photo { item, sha256 } = &entry.key else { continue };
            // Entries of one register follow each other, oldest first: the last one counts.
            let first = match photos.last() {
                Some((_, i, s)) if (*i, *s) == (item, sha256) => photos.pop().map(|(first, ..)| first),
                _ => None,
            };
            if entry.value == (AnswerValue::Attached { attached: true }) {
                photos.push((first.unwrap_or(entry.stamp), item, sha256));
            }
        }
        photos.sort_unstable();
        photos.into_iter().map(|(_, item, sha256)| (item, sha256))
    }

    /// A text register's content; empty when nothing was written.
    pub fn text(&self, key: &AnswerKey) -> &str {
        match self.current(key).map(|entry| &entry.value) {
            Some(AnswerValue::Text { text }) => text,
            _ => "",
        }
    }
}
