//! Photos that are being made, or are made and not on disk yet. None is forgotten: neither when she leaves the page on which she
//! took it, nor when the phone is full.

use crate::{
    domain::{BranchCode, FindingId, ItemId, LedgerId, photo::PhotoFault},
    phone::mending::Taken,
    store::{Draft, StoreError},
};
use std::collections::VecDeque;

/// What a photo will belong to. Named when it is taken: another branch may be on the screen when it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An item.
    Item {
        /// Of this draft, as it was then.
        draft: Draft,
        /// Which.
        item: ItemId,
    },
    /// An entry of the ledger.
    Entry {
        /// Whose.
        branch: BranchCode,
        /// Which.
        entry: LedgerId,
    },
    /// A finding.
    Finding {
        /// Whose.
        branch: BranchCode,
        /// Which.
        finding: FindingId,
        /// Before mending or after.
        taken: Taken,
    },
}

impl Target {
    /// Whose it is.
    pub fn branch(&self) -> &BranchCode {
        match self {
            Self::Item { draft, .. } => &draft.branch,
            Self::Entry { branch, .. } | Self::Finding { branch, .. } => branch,
        }
    }

    /// Whether both are the same thing; a draft may have changed in between.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Item { draft, item }, Self::Item { draft: same, item: wanted }) => {
                item == wanted && draft.key() == same.key()
            }
            (one, other) => one == other,
        }
    }
}

/// How the photos of one target stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Which of how many is being made.
    pub making: Option<(usize, usize)>,
    /// Why those that are made are not on disk.
    pub failed: Option<StoreError>,
    /// Why the last file that became no photo did not.
    pub fault: Option<PhotoFault>,
}

/// The photos, `P` being one that is made; oldest first. One at a time is stored.
#[derive(Debug)]
pub struct Darkroom<P> {
    made: VecDeque<(Target, P)>,
    making: Vec<(Target, (usize, usize))>,
    faults: Vec<(Target, PhotoFault)>,
    storing: bool,
    failed: Option<StoreError>,
}

impl<P> Default for Darkroom<P> {
    fn default() -> Self {
        Self { made: VecDeque::new(), making: Vec::new(), faults: Vec::new(), storing: false, failed: None }
    }
}

impl<P: Clone> Darkroom<P> {
    /// Whether nothing would be lost if the app were closed now.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty() && self.making.is_empty()
    }

    /// How many photos of a branch would be lost, as far as is known: of those that are being made the one that is under way.
    pub fn of_branch(&self, branch: &BranchCode) -> usize {
        let made = self.made.iter().map(|(target, _)| target);
        made.chain(self.making.iter().map(|(target, _)| target)).filter(|of| of.branch() == branch).count()
    }

    /// One of several files is being made into a photo.
    pub fn begin_making(&mut self, target: &Target, place: usize, of: usize) {
        self.end_making(target);
        self.making.push((target.clone(), (place, of)));
    }

    /// All files of a target were made or refused.
    pub fn end_making(&mut self, target: &Target) {
        self.making.retain(|(making, _)| !making.is(target));
    }

    /// A file became no photo.
    pub fn refuse(&mut self, target: &Target, fault: PhotoFault) {
        self.forget_fault(target);
        self.faults.push((target.clone(), fault));
    }

    /// She has read it.
    pub fn forget_fault(&mut self, target: &Target) {
        self.faults.retain(|(of, _)| !of.is(target));
    }

    /// A photo is made: it waits here until it is on disk.
    pub fn push(&mut self, target: Target, photo: P) {
        self.made.push_back((target, photo));
    }

    /// Whether the one that stores shall start now: something waits and none is at work.
    pub fn begin(&mut self) -> bool {
        let start = !self.storing && !self.made.is_empty();
        if start {
            self.storing = true;
            self.failed = None;
        }
        start
    }

    /// What to store next. It stays here until it is on disk.
    pub fn next(&self) -> Option<(Target, P)> {
        self.made.front().cloned()
    }

    /// What was next is on disk. Only the one that stores says so, and what came since stands behind it.
    pub fn stored(&mut self) {
        self.made.pop_front();
    }

    /// The one that stores has stopped, because of this or because nothing is left.
    pub fn end(&mut self, failed: Option<StoreError>) {
        self.storing = false;
        self.failed = failed;
    }

    /// How the photos of a target stand.
    pub fn standing(&self, target: &Target) -> Standing {
        let waits = self.made.iter().any(|(of, _)| of.is(target));
        Standing {
            making: self.making.iter().find(|(of, _)| of.is(target)).map(|(_, making)| *making),
            failed: self.failed.clone().filter(|_| waits),
            fault: self.faults.iter().find(|(of, _)| of.is(target)).map(|(_, fault)| *fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{store::testing::draft, sync::testing::branch};

    fn id(name: &str) -> ItemId {
        ItemId::new(name).unwrap()
    }

    fn item(of: u8, name: &str) -> Target {
        Target::Item { draft: draft(of), item: id(name) }
    }

    #[test]
    fn one_at_a_time_is_stored_and_only_what_was_stored_leaves() {
        let mut room = Darkroom::default();
        assert!(!room.begin(), "nothing waits");
        room.push(item(1, "yes"), "one");
        assert!(room.begin());
        assert_eq!(room.next(), Some((item(1, "yes"), "one")));
        room.push(item(1, "facts"), "two");
        assert!(!room.begin(), "the button and the camera at once: still one");
        room.stored();
        assert_eq!(room.next(), Some((item(1, "facts"), "two")), "never dropped unstored");
        room.end(Some(StoreError::Full));
        assert_eq!(room.next(), Some((item(1, "facts"), "two")));
        assert!(room.begin(), "again");
        room.stored();
        assert_eq!(room.next(), None);
        room.end(None);
        assert!(room.is_empty() && !room.begin());
    }

    #[test]
    fn what_waits_is_told_to_the_row_that_it_belongs_to_when_she_comes_back() {
        let mut room = Darkroom::default();
        room.begin_making(&item(1, "yes"), 1, 2);
        assert!(!room.is_empty(), "leaving now would lose it");
        room.begin_making(&item(1, "yes"), 2, 2);
        assert_eq!(room.standing(&item(1, "yes")).making, Some((2, 2)));
        assert_eq!(room.standing(&item(1, "facts")), Standing::default());
        room.push(item(1, "yes"), "one");
        room.end_making(&item(1, "yes"));
        assert!(room.begin());
        room.end(Some(StoreError::Full));
        // Answered in between: the draft is another record and the same draft.
        let since = Target::Item { draft: Draft { begun_at: 7, ..draft(1) }, item: id("yes") };
        assert_eq!(room.standing(&since).failed, Some(StoreError::Full));
        assert_eq!(room.standing(&item(2, "yes")), Standing::default(), "another branch's");
        assert_eq!((room.of_branch(&branch(1)), room.of_branch(&branch(2))), (1, 0));
        room.refuse(&item(1, "facts"), PhotoFault::Empty);
        assert_eq!(room.standing(&item(1, "facts")).fault, Some(PhotoFault::Empty));
        room.forget_fault(&item(1, "facts"));
        assert_eq!(room.standing(&item(1, "facts")), Standing::default());
    }
}
