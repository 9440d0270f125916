//! Changes that are on the screen and not on disk yet. None is forgotten, whatever the disk says and however fast she taps.

use super::reading::OfBranch;
use crate::{
    domain::{BranchCode, FindingId},
    store::Written,
};

/// The changes of all kinds, oldest first.
#[derive(Debug, Default)]
pub struct Queue {
    /// What is just being written stays here as well: it may be on disk or not.
    waiting: Vec<Written>,
    writing: bool,
    saved: u64,
}

impl Queue {
    /// Whether everything is on disk.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && !self.writing
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
    pub fn push(&mut self, change: Written) {
        self.waiting.push(change);
    }

    /// Whether the one writer shall start now: something waits (or `even_if_empty`) and none is at work.
    pub fn begin(&mut self, even_if_empty: bool) -> bool {
        let start = !self.writing && (even_if_empty || !self.waiting.is_empty());
        self.writing |= start;
        start
    }

    /// The writer has stopped.
    pub fn end(&mut self) {
        self.writing = false;
    }

    /// All that waits, to be written as one.
    pub fn waiting(&self) -> &[Written] {
        &self.waiting
    }

    /// The oldest of them, as many as were taken to be written, are on disk.
    pub fn written(&mut self, many: usize) {
        self.waiting.drain(..many.min(self.waiting.len()));
        self.saved += 1;
    }

    /// Carries out on what was read from the disk what may not be there yet.
    pub fn lay_over(&self, read: &mut OfBranch) {
        for written in &self.waiting {
            read.ledger.take(written);
            read.mending.take(written);
            if let Ok(work) = &mut read.work {
                work.take(written);
            }
        }
    }

    /// Whether a word on a finding of the branch, on this one or on any, may not be on disk.
    pub fn has_word(&self, branch: &BranchCode, on: Option<FindingId>) -> bool {
        self.waiting.iter().any(|written| match written {
            Written::Word(of, word) => of == branch && on.is_none_or(|on| on == word.finding),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            Assessment, Entry, Findings, Ledger,
            ledger::testing::{meeting, record},
        },
        phone::{ledger::HeldLedger, mending::Mending, reading::Elsewhere, testing::work},
        store::testing::{draft, edit, note},
        sync::testing::{NOON, branch, finding_word},
    };

    fn change(of: u8, text: &str, ms: u64) -> Written {
        Written::Answer(draft(of), edit(note("yes", text, NOON + ms, 1)))
    }

    fn entry(change: &Written) -> Entry {
        let Written::Answer(_, edit) = change else { panic!("no answer") };
        edit.put.clone()
    }

    fn read(of: u8, entries: &[Entry]) -> OfBranch {
        let code = branch(of);
        OfBranch {
            submissions: Vec::new(),
            ledger: HeldLedger { branch: Some(code.clone()), ..HeldLedger::default() },
            mending: Mending { branch: Some(code.clone()), ..Mending::default() },
            elsewhere: Elsewhere::default(),
            work: Ok(work(of, Assessment::new(entries.iter().cloned(), None))),
            code,
        }
    }

    fn shown(queue: &Queue, of: u8, entries: &[Entry]) -> Vec<Entry> {
        let mut read = read(of, entries);
        queue.lay_over(&mut read);
        read.work.unwrap().assessment.entries().to_vec()
    }

    #[test]
    fn what_was_read_never_hides_what_waits_or_is_just_being_written() {
        let mut queue = Queue::default();
        let (first, second) = (change(1, "甲", 1), change(1, "乙", 2));
        let both = [entry(&first), entry(&second)];
        queue.push(first.clone());
        assert!(queue.begin(false) && !queue.begin(true), "one writer");
        let taken = queue.waiting().len();
        queue.push(second.clone());
        assert_eq!(shown(&queue, 1, &[]), both, "read before it was written");
        assert_eq!(shown(&queue, 1, &both[..1]), both, "read after it was written");
        assert!(shown(&queue, 2, &[]).is_empty(), "another branch's");
        let before = queue.saved();
        queue.written(taken);
        assert_ne!(queue.saved(), before, "what was read before is out of date");
        assert_eq!(queue.waiting(), [second]);
        queue.written(1);
        assert!(!queue.is_empty(), "until the writer stops");
        queue.end();
        assert!(queue.is_empty() && !queue.begin(false) && queue.begin(true));
    }

    #[test]
    fn what_could_not_be_written_waits_before_what_came_since_whatever_it_is() {
        let day = jiff::civil::date(2026, 11, 20);
        let (record, word) = (record(1, meeting(day), day, 0), finding_word(1, "缺签到表", 1, 1));
        let all = [
            change(1, "甲", 1),
            Written::Record(branch(1), record.clone()),
            Written::Word(branch(2), word.clone()),
            change(2, "乙", 2),
        ];
        let mut queue = Queue::default();
        all[..3].iter().for_each(|change| queue.push(change.clone()));
        assert!(queue.begin(false));
        queue.end();
        queue.push(all[3].clone());
        assert_eq!(queue.waiting(), all);
        let [one, two] = [1, 2].map(|of| {
            let mut read = read(of, &[]);
            queue.lay_over(&mut read);
            (read.ledger.ledger, read.mending.findings)
        });
        assert_eq!(one, (Ledger::new([record]), Findings::default()));
        assert_eq!(two, (Ledger::default(), Findings::new([word.clone()], [])));
        assert!(queue.has_word(&branch(2), Some(word.finding)) && !queue.has_word(&branch(1), None));
        queue.written(3);
        assert_eq!((queue.waiting(), queue.has_word(&branch(2), None)), (&all[3..], false));
    }
}
