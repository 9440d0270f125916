//! The engine under the screen: what waits to be written, how it reaches the disk, and what is read for the screen meanwhile. It knows
//! neither screen nor browser: its races (a reading against the queue, another tab, a killed page) are told natively.

use super::{
    darkroom::Target,
    ledger::HeldLedger,
    reading::{self, Reading, Readings, Wanted},
    unsaved::Queue,
    work::Work,
};
use crate::{
    domain::{
        AnswerKey, AnswerValue, Assessment, BranchCode, ContentHash, Entry, FindingEntry, FindingValue,
        ItemId, Ledger, LedgerId, LedgerRecord, Stamp,
    },
    store::{Backend, Draft, Phone, Reached, Repository, StoreError, Written, photos::NewPhoto},
    sync::KnownTime,
};
use jiff::civil::Date;
use std::cell::{OnceCell, RefCell};

/// Over any storage. What it holds is the page's: a killed page leaves what is on disk, and nothing else was said to be saved.
#[derive(Debug)]
pub struct Engine<B> {
    repository: OnceCell<Repository<B>>,
    queue: RefCell<Queue>,
    readings: RefCell<Readings>,
}

impl<B> Default for Engine<B> {
    fn default() -> Self {
        Self { repository: OnceCell::new(), queue: RefCell::default(), readings: RefCell::default() }
    }
}

/// What is on the screen when a photo is stored: it may know more than the disk.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The work.
    pub work: Option<&'a Work>,
    /// The ledger.
    pub ledger: &'a HeldLedger,
    /// The stamp of what attaches the photo.
    pub stamp: Stamp,
    /// Milliseconds since 1970-01-01 UTC.
    pub now: u64,
}

impl<B: Backend + Clone> Engine<B> {
    /// The storage is open. A second one changes nothing.
    pub fn open(&self, repository: Repository<B>) {
        let _first = self.repository.set(repository);
    }

    /// The storage in our words; `None` before it is open.
    pub fn repository(&self) -> Option<Repository<B>> {
        self.repository.get().cloned()
    }

    /// What waits to be written.
    pub fn queue<R>(&self, look: impl FnOnce(&Queue) -> R) -> R {
        look(&self.queue.borrow())
    }

    /// Adds a change that is on the screen.
    pub fn put(&self, written: Written) {
        self.queue.borrow_mut().push(written);
    }

    /// Something reached the disk by another way than the queue: a reading that began before is out of date.
    pub fn saved_beside(&self) {
        self.queue.borrow_mut().saved_beside();
    }

    /// Whether the one writer shall start now: something waits (or `even_if_empty`) and none is at work.
    pub fn begin(&self, even_if_empty: bool) -> bool {
        self.queue.borrow_mut().begin(even_if_empty)
    }

    /// Empties the queue, for whoever has begun; `on_disk` hears of each change. Where another tab came between, what is on the screen
    /// is not quite what is on disk: `read_again` is waited for before anything counts as settled. Where nothing waits, but the last
    /// attempt failed, whether the storage works is found out by writing what is there of the `phone`.
    ///
    /// # Errors
    /// When the storage fails; what is not on disk waits on.
    pub async fn write(
        &self,
        phone: Option<Phone>,
        on_disk: impl Fn(&Written),
        read_again: impl AsyncFn(),
    ) -> Result<(), StoreError> {
        let emptied = self.empty(phone, on_disk, read_again).await;
        self.queue.borrow_mut().end();
        emptied
    }

    async fn empty(
        &self,
        phone: Option<Phone>,
        on_disk: impl Fn(&Written),
        read_again: impl AsyncFn(),
    ) -> Result<(), StoreError> {
        let Some(repository) = self.repository() else { return Ok(()) };
        if let Some(phone) = phone.filter(|_| self.queue(|queue| queue.waiting().is_empty())) {
            repository.change_phone(&phone, |stored| *stored = phone.clone()).await?;
        }
        loop {
            let batch = self.queue(|queue| queue.waiting().to_vec());
            if batch.is_empty() {
                return Ok(());
            }
            let differs = repository.save(&batch).await?;
            self.queue.borrow_mut().written(batch.len());
            batch.iter().for_each(&on_disk);
            if differs {
                read_again().await;
            }
        }
    }

    /// Reads what is wanted, with what may not be on disk yet laid over it: once more where a change has reached the disk meanwhile, or
    /// something else is wanted by now. `None` where a reading that was begun later was faster, or there is nothing to read from.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn read(
        &self,
        wanted: impl Fn() -> Wanted,
        today: impl Fn(KnownTime) -> Date,
    ) -> Result<Option<Reading>, StoreError> {
        let Some(repository) = self.repository() else { return Ok(None) };
        let number = self.readings.borrow_mut().begin();
        loop {
            let (saved, now_wanted) = (self.queue(Queue::saved), wanted());
            let (branch, period) = (now_wanted.branch.clone(), now_wanted.period.clone());
            let mut read = reading::read(&repository, now_wanted, &today).await?;
            let still = wanted();
            if saved != self.queue(Queue::saved) || (branch, period) != (still.branch, still.period) {
                continue;
            }
            if !self.readings.borrow_mut().is_newest(number) {
                return Ok(None);
            }
            if let Some(of_branch) = &mut read.of_branch {
                self.queue(|queue| queue.lay_over(of_branch));
            }
            return Ok(Some(read));
        }
    }

    /// Stores a photo with what attaches it, in one transaction, and says what that is: it is shown only when it is on disk. Of an
    /// entry of the ledger that was struck out meanwhile it is kept with those that nothing uses. Says also whether what is on the
    /// screen must be read again.
    ///
    /// # Errors
    /// When the storage fails; then nothing of either is stored.
    pub async fn attach(
        &self,
        target: Target,
        photo: &NewPhoto,
        shown: Shown<'_>,
    ) -> Result<(Option<Written>, bool), StoreError> {
        let closed = || StoreError::Unavailable("not open".into());
        let repository = self.repository().ok_or_else(closed)?;
        let sha256 = photo.record.facts.sha256.clone();
        let written = match target {
            Target::Item { draft, item } => Some(of_item(&repository, &shown, draft, item, sha256).await?),
            Target::Entry { branch, entry } => {
                self.of_entry(&repository, &shown, branch, entry, sha256).await?
            }
            Target::Finding { branch, finding, taken } => {
                let (field, value) = (taken.field(sha256), FindingValue::Attached { attached: true });
                Some(Written::Word(branch, FindingEntry { finding, field, stamp: shown.stamp, value }))
            }
        };
        let differs = match &written {
            Some(written) => repository.save_photo(written, photo).await?,
            None => {
                repository.place_photo(photo).await?;
                false
            }
        };
        self.saved_beside();
        Ok((written, differs))
    }

    /// The version that attaches a photo to an entry of the ledger; `None` of one that was struck out.
    async fn of_entry(
        &self,
        repository: &Repository<B>,
        shown: &Shown<'_>,
        branch: BranchCode,
        id: LedgerId,
        sha256: ContentHash,
    ) -> Result<Option<Written>, StoreError> {
        let of = |held: &HeldLedger| held.ledger.find(id).map(|live| live.entry.clone());
        let entry = if shown.ledger.branch.as_ref() == Some(&branch) {
            of(shown.ledger)
        } else {
            let kept = repository.ledger(&branch).await?;
            let ledger = Ledger::new(kept.records.into_iter().map(|kept| kept.record));
            let mut held = HeldLedger::new(&branch, ledger, &Reached::default());
            self.queue(|queue| queue.waiting().iter().for_each(|written| held.take(written)));
            of(&held)
        };
        let (stamp, photos) = (shown.stamp, [(sha256, true)].into());
        let record = |entry| Written::Record(branch, LedgerRecord { id, stamp, entry: Some(entry), photos });
        Ok(entry.map(record))
    }
}

/// The answer that attaches a photo to an item.
async fn of_item<B: Backend>(
    repository: &Repository<B>,
    shown: &Shown<'_>,
    taken: Draft,
    item: ItemId,
    sha256: ContentHash,
) -> Result<Written, StoreError> {
    let on_screen = shown.work.filter(|work| work.draft.key() == taken.key());
    let (mut draft, stored, assessment) = match on_screen {
        Some(work) => (work.draft.clone(), work.stored, work.assessment.clone()),
        // Another branch or period is on the screen by now.
        None => {
            let stored = repository.draft(&taken.key()).await?;
            let entries = repository.entries(&taken.key()).await?.records;
            let shared = stored.as_ref().and_then(|draft| draft.shared_until);
            let is_stored = stored.is_some();
            (stored.unwrap_or(taken), is_stored, Assessment::new(entries, shared))
        }
    };
    if !stored && draft.begun_at == 0 {
        draft.begun_at = shown.now;
    }
    let key = AnswerKey::Photo { item, sha256 };
    let (value, under) = (AnswerValue::Attached { attached: true }, Some(draft.checklist.clone()));
    let edit = assessment.edit(Entry { key, stamp: shown.stamp, value, under });
    Ok(Written::Answer(draft, edit))
}
