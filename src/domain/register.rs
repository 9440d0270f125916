//! Registers: the one mechanism under answers, ledger and findings.
//!
//! What people write is a word: a value for a register, under the stamp of the moment and the phone. No word is ever changed, and
//! merging is the union of the sets. The word with the highest stamp of a register counts, and what it overwrote stays in its
//! history. Union is commutative, associative and idempotent, so phones agree in whatever order they meet.

use super::{
    clock::Stamp,
    open::{Open, Unread},
};
use std::{cmp::Ordering, collections::BTreeSet};

/// All that was ever written into some registers, as far as is known here. Words sort by register first and by stamp next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registers<W> {
    /// Sorted, each once: the history of a register is one run, and found by halving.
    words: Vec<W>,
    /// Words that only a newer version can read: merged and passed on, and counted for nothing.
    unread: BTreeSet<Unread>,
}

impl<W> Default for Registers<W> {
    fn default() -> Self {
        Self { words: Vec::new(), unread: BTreeSet::new() }
    }
}

impl<W: Ord> FromIterator<W> for Registers<W> {
    fn from_iter<I: IntoIterator<Item = W>>(words: I) -> Self {
        let mut registers = Self::default();
        registers.merge(words);
        registers
    }
}

impl<W: Ord> Registers<W> {
    /// Every word, in the order of registers and stamps.
    pub fn words(&self) -> &[W] {
        &self.words
    }

    /// Whether this word is here.
    pub fn has(&self, word: &W) -> bool {
        self.words.binary_search(word).is_ok()
    }

    /// Adds one.
    pub fn write(&mut self, word: W) {
        if let Err(place) = self.words.binary_search(&word) {
            self.words.insert(place, word);
        }
    }

    /// Takes out those that are not to stay.
    pub fn retain(&mut self, stays: impl FnMut(&W) -> bool) {
        self.words.retain(stays);
    }

    /// Adds what another phone, a submission or a backup knows.
    pub fn merge(&mut self, others: impl IntoIterator<Item = W>) {
        self.words.extend(others);
        self.words.sort_unstable();
        self.words.dedup();
    }

    /// Adds all that is known elsewhere, readable or not.
    pub fn merge_all(&mut self, other: Self) {
        self.merge(other.words);
        self.keep_unread(other.unread);
    }

    /// The words that cannot be read.
    pub fn unread(&self) -> &BTreeSet<Unread> {
        &self.unread
    }

    /// Adds words that cannot be read.
    pub fn keep_unread(&mut self, unread: impl IntoIterator<Item = Unread>) {
        self.unread.extend(unread);
    }

    /// The highest stamp of all, readable or not.
    pub fn latest(&self, of: impl Fn(&W) -> Stamp) -> Option<Stamp> {
        self.words.iter().map(of).chain(self.unread.iter().filter_map(Unread::stamp)).max()
    }

    /// The words of a register, or of several that follow one another, oldest first in each; `place` says whether a word stands
    /// before them, among them or behind.
    pub fn run(&self, place: impl Fn(&W) -> Ordering) -> &[W] {
        let from = self.words.partition_point(|word| place(word).is_lt());
        let (_, rest) = self.words.split_at(from);
        &rest[..rest.partition_point(|word| place(word).is_eq())]
    }
}

impl<W> From<Registers<W>> for Open<W> {
    fn from(registers: Registers<W>) -> Self {
        Self::from(registers.words).with_unread(registers.unread)
    }
}

impl<W: Ord> From<Open<W>> for Registers<W> {
    fn from(list: Open<W>) -> Self {
        let (words, unread) = list.into_parts();
        let mut registers: Self = words.into_iter().collect();
        registers.keep_unread(unread);
        registers
    }
}
