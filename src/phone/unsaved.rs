//! Changes that are on the screen and not on disk yet. None is forgotten, whatever the disk says and however fast she taps.

use crate::{
    domain::{Assessment, BranchCode, FindingEntry, LedgerRecord, assessment::Edit},
    store::{Draft, DraftKey},
};

/// The changes, oldest first.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: Vec<(Draft, Edit)>,
    /// Those that are just being written: they may be on disk or not.
    on_their_way: Vec<(Draft, Edit)>,
    /// Versions of ledger entries that are not known to be on disk, oldest first.
    records: Vec<(BranchCode, LedgerRecord)>,
    /// Words on findings that are not known to be on disk, oldest first.
    words: Vec<(BranchCode, FindingEntry)>,
    writing: bool,
    saved: u64,
}

impl Queue {
    /// Whether everything is on disk.
    pub fn is_empty(&self) -> bool {
        !self.has_waiting() && !self.writing
    }

    /// Whether something waits to be written.
    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty() || !self.records.is_empty() || !self.words.is_empty()
    }

    /// How often something has reached the disk. What was read before it rose is out of date.
    pub fn saved(&self) -> u64 {
        self.saved
    }

    /// Something reached the disk by another way than this queue.
    pub fn saved_beside(&mut self) {
        self.saved += 1;
    }

    /// Adds a change.
    pub fn push(&mut self, change: (Draft, Edit)) {
        self.waiting.push(change);
    }

    /// Adds a version of a ledger entry.
    pub fn push_record(&mut self, record: (BranchCode, LedgerRecord)) {
        self.records.push(record);
    }

    /// The versions of a branch's ledger entries that may not be on disk.
    pub fn records(&self, branch: &BranchCode) -> impl Iterator<Item = &LedgerRecord> {
        self.records.iter().filter(move |(of, _)| of == branch).map(|(_, record)| record)
    }

    /// What of the ledger to write next: everything of the branch of the oldest version. It stays here until it is on disk.
    pub fn next_records(&self) -> Option<(BranchCode, Vec<LedgerRecord>)> {
        let branch = self.records.first()?.0.clone();
        let records = self.records(&branch).cloned().collect();
        Some((branch, records))
    }

    /// These are on disk.
    pub fn records_written(&mut self, branch: &BranchCode, records: &[LedgerRecord]) {
        self.records.retain(|(of, record)| of != branch || !records.contains(record));
        self.saved += 1;
    }

    /// Adds words on findings, in the order in which they were written.
    pub fn push_words(&mut self, branch: &BranchCode, words: impl IntoIterator<Item = FindingEntry>) {
        self.words.extend(words.into_iter().map(|word| (branch.clone(), word)));
    }

    /// The words on a branch's findings that may not be on disk.
    pub fn words(&self, branch: &BranchCode) -> impl Iterator<Item = &FindingEntry> {
        self.words.iter().filter(move |(of, _)| of == branch).map(|(_, word)| word)
    }

    /// Which words to write next: all of the branch of the oldest. They stay here until they are on disk.
    pub fn next_words(&self) -> Option<(BranchCode, Vec<FindingEntry>)> {
        let branch = self.words.first()?.0.clone();
        let words = self.words(&branch).cloned().collect();
        Some((branch, words))
    }

    /// These are on disk.
    pub fn words_written(&mut self, branch: &BranchCode, words: &[FindingEntry]) {
        self.words.retain(|(of, word)| of != branch || !words.contains(word));
        self.saved += 1;
    }

    /// Whether the one writer shall start now: something waits (or `even_if_empty`) and none is at work.
    pub fn begin(&mut self, even_if_empty: bool) -> bool {
        let start = !self.writing && (even_if_empty || self.has_waiting());
        self.writing |= start;
        start
    }

    /// The writer has stopped.
    pub fn end(&mut self) {
        self.writing = false;
    }

    /// What to write next: everything that waits for the draft of the oldest change. One draft at a time: switching branches
    /// between two taps must not mix them.
    pub fn take(&mut self) -> Option<Vec<(Draft, Edit)>> {
        let key = self.waiting.first()?.0.key();
        let all = std::mem::take(&mut self.waiting);
        (self.on_their_way, self.waiting) = all.into_iter().partition(|(draft, _)| draft.key() == key);
        Some(self.on_their_way.clone())
    }

    /// What was taken is on disk, or, if not, waits again before everything that came since.
    pub fn written(&mut self, on_disk: bool) {
        let taken = std::mem::take(&mut self.on_their_way);
        if on_disk {
            self.saved += 1;
        } else {
            self.waiting.splice(0..0, taken);
        }
    }

    /// Carries out on what was read from the disk what may not be there yet.
    pub fn lay_over(&self, key: &DraftKey, assessment: &mut Assessment) {
        for (draft, edit) in self.on_their_way.iter().chain(&self.waiting) {
            if &draft.key() == key {
                assessment.apply(edit.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Entry,
        store::testing::{draft, edit, note},
        sync::testing::NOON,
    };

    fn change(of: u8, text: &str, ms: u64) -> (Draft, Edit) {
        (draft(of), edit(note("yes", text, NOON + ms, 1)))
    }

    fn shown(queue: &Queue, of: u8, read: &[Entry]) -> Vec<Entry> {
        let mut assessment = Assessment::new(read.iter().cloned(), None);
        queue.lay_over(&draft(of).key(), &mut assessment);
        assessment.entries().to_vec()
    }

    #[test]
    fn what_was_read_never_hides_what_waits_or_is_just_being_written() {
        let mut queue = Queue::default();
        let (first, second) = (change(1, "甲", 1), change(1, "乙", 2));
        let both = [first.1.put.clone(), second.1.put.clone()];
        queue.push(first.clone());
        assert!(queue.begin(false) && !queue.begin(true), "one writer");
        assert_eq!(queue.take(), Some(vec![first]));
        queue.push(second.clone());
        assert_eq!(shown(&queue, 1, &[]), both, "read before it was written");
        assert_eq!(shown(&queue, 1, &both[..1]), both, "read after it was written");
        assert!(shown(&queue, 2, &[]).is_empty(), "another branch's");
        let before = queue.saved();
        queue.written(true);
        assert_ne!(queue.saved(), before, "what was read before is out of date");
        assert_eq!(queue.take(), Some(vec![second]));
        queue.written(true);
        assert!(!queue.is_empty(), "until the writer stops");
        queue.end();
        assert!(queue.is_empty() && !queue.begin(false) && queue.begin(true));
    }

    #[test]
    fn what_could_not_be_written_waits_before_what_came_since() {
        let mut queue = Queue::default();
        for change in [change(1, "甲", 1), change(2, "乙", 2), change(1, "丙", 3)] {
            queue.push(change);
        }
        assert_eq!(queue.take(), Some(vec![change(1, "甲", 1), change(1, "丙", 3)]), "one draft at a time");
        queue.push(change(1, "丁", 4));
        let before = queue.saved();
        queue.written(false);
        assert_eq!((queue.saved(), queue.has_waiting()), (before, true));
        let again = vec![change(1, "甲", 1), change(1, "丙", 3), change(1, "丁", 4)];
        assert_eq!(queue.take(), Some(again));
        queue.written(true);
        assert_eq!(queue.take(), Some(vec![change(2, "乙", 2)]));
    }

    #[test]
    fn versions_of_the_ledger_wait_until_they_are_on_disk() {
        use crate::{
            domain::ledger::testing::{meeting, record},
            sync::testing::branch,
        };
        let day = jiff::civil::date(2026, 11, 20);
        let (one, two) = (record(1, meeting(day), day, 0), record(2, meeting(day), day, 0));
        let mut queue = Queue::default();
        queue.push_record((branch(1), one.clone()));
        assert!(queue.has_waiting() && !queue.is_empty());
        let (of, batch) = queue.next_records().unwrap();
        assert_eq!((&of, &batch), (&branch(1), &vec![one.clone()]));
        queue.push_record((branch(1), two.clone()));
        assert_eq!(queue.records(&branch(1)).count(), 2, "while the first is being written");
        queue.records_written(&of, &batch);
        assert_eq!(queue.next_records(), Some((branch(1), vec![two])));
        assert_eq!(queue.records(&branch(2)).count(), 0);
    }

    #[test]
    fn words_on_findings_wait_until_they_are_on_disk() {
        use crate::sync::testing::{branch, finding_word};
        let (one, two) = (finding_word(1, "甲", 1, 1), finding_word(1, "乙", 2, 1));
        let mut queue = Queue::default();
        queue.push_words(&branch(1), [one.clone()]);
        queue.push_words(&branch(2), [two.clone()]);
        assert!(queue.has_waiting() && !queue.is_empty());
        let (of, batch) = queue.next_words().unwrap();
        assert_eq!((&of, &batch), (&branch(1), &vec![one]));
        queue.words_written(&of, &batch);
        assert_eq!(queue.words(&branch(1)).count(), 0);
        assert_eq!(queue.next_words(), Some((branch(2), vec![two])));
    }
}
