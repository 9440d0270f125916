//! Builders for the tests of the storage, and a storage in which something else writes at the worst moment.

use super::{
    Backend, Batch, Binding, Count, Draft, LocalSubmission, Memory, Phone, PhotoRecord, Repository,
    StoreError, Table, Written, backup::Backup, carried::Became, photos::NewPhoto,
};
use crate::{
    domain::{
        AnswerKey, AnswerValue, Assessment, BranchCode, ContentHash, Entry, FindingEntry, ItemId,
        LedgerRecord, Stamp, Submission,
        assessment::Edit,
        photo::PhotoFacts,
        testing::{device, period},
    },
    sync::{
        BindingState, OutboxEntry, OutboxRequest,
        testing::{NOON, branch, info, outbox_id, submission as full_submission, token},
    },
};
use std::{cell::RefCell, collections::VecDeque, rc::Rc};

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    pollster::block_on(future)
}

pub(crate) fn repository(memory: &Memory) -> Repository<Memory> {
    Repository::new(memory.clone())
}

pub(crate) fn phone() -> Phone {
    Phone::new(device(1))
}

pub(crate) fn binding(of: u8) -> Binding {
    Binding { branch: info(of), token: token(of), bound_at: NOON, state: BindingState::Bound }
}

/// The draft of the tests' period.
pub(crate) fn draft(of: u8) -> Draft {
    let submission = full_submission(1, of, 1);
    Draft {
        branch: branch(of),
        period: period().id,
        sector: submission.sector,
        checklist: submission.checklist,
        begun_at: NOON,
        shared_until: None,
    }
}

/// A note under the drafts' checklist.
pub(crate) fn note(item: &str, text: &str, ms: u64, by: u8) -> Entry {
    let note = Entry {
        key: AnswerKey::Note { item: ItemId::new(item).unwrap() },
        stamp: Stamp { ms, count: 0, device: device(by) },
        value: AnswerValue::Text { text: text.into() },
        under: None,
    };
    note.under_or(&draft(1).checklist)
}

pub(crate) fn edit(put: Entry) -> Edit {
    Edit { put, drop: Vec::new() }
}

/// What is written into the draft.
pub(crate) fn answer(edit: Edit) -> Written {
    Written::Answer(draft(1), edit)
}

/// A photo of a branch, as the camera component hands it over.
pub(crate) fn photo(of: u8, bytes: &[u8]) -> NewPhoto {
    let facts = PhotoFacts {
        sha256: ContentHash::of(bytes),
        bytes: bytes.len() as u64,
        media_type: "image/jpeg".into(),
        width: 1600,
        height: 1200,
        captured_on: Some(jiff::civil::date(2026, 11, 20)),
        happened_on: None,
    };
    let record =
        PhotoRecord { branch: branch(of), facts, added_at: NOON, here: true, uploaded: false, refused: None };
    NewPhoto { record, bytes: bytes.into(), thumbnail: b"small".into() }
}

/// The edit that attaches a photo to an item, or takes it off.
pub(crate) fn attach(item: &str, bytes: &[u8], attached: bool, ms: u64) -> Edit {
    edit(Entry {
        key: AnswerKey::Photo { item: ItemId::new(item).unwrap(), sha256: ContentHash::of(bytes) },
        stamp: Stamp { ms, count: 0, device: device(1) },
        value: AnswerValue::Attached { attached },
        under: None,
    })
}

/// 上报 as the session does it.
pub(crate) fn report(number: u8, of: u8, phone: u8) -> (Submission, LocalSubmission, OutboxEntry) {
    let submission = full_submission(number, of, phone);
    let body = serde_json::to_string(&submission).unwrap();
    let local = LocalSubmission::made_here(&submission, body.clone());
    let row = OutboxEntry::new(
        outbox_id(number),
        branch(of),
        OutboxRequest::submit(submission.id, body),
        NOON + u64::from(number),
    );
    (submission, local, row)
}

impl<B: Backend> Repository<B> {
    /// Answers of one draft, as the queue saves them.
    pub(crate) async fn save_edits(&self, draft: &Draft, edits: &[Edit]) -> Result<bool, StoreError> {
        let written = edits.iter().map(|edit| Written::Answer(draft.clone(), edit.clone()));
        self.save(&written.collect::<Vec<_>>()).await
    }

    /// Versions of ledger entries.
    pub(crate) async fn save_ledger(
        &self,
        branch: &BranchCode,
        records: &[LedgerRecord],
    ) -> Result<bool, StoreError> {
        let written = records.iter().map(|record| Written::Record(branch.clone(), record.clone()));
        self.save(&written.collect::<Vec<_>>()).await
    }

    /// Words on findings.
    pub(crate) async fn save_finding_words(
        &self,
        branch: &BranchCode,
        words: &[FindingEntry],
    ) -> Result<(), StoreError> {
        let written = words.iter().map(|word| Written::Word(branch.clone(), word.clone()));
        self.save(&written.collect::<Vec<_>>()).await.map(drop)
    }
}

/// What would be lost with the phone.
pub(super) fn lost<B: Backend>(repository: &Repository<B>, of: u8) -> Count {
    run(repository.whereabouts(&branch(of))).unwrap().lost_with_the_phone()
}

/// A backup is made, and she says that she has sent it away.
pub(super) fn carry_away<B: Backend>(repository: &Repository<B>, of: u8) -> Backup {
    let backup = run(repository.backup(&branch(of), NOON)).unwrap().unwrap();
    run(repository.mark_carried(&backup, Became::SentAway)).unwrap();
    backup
}

pub(super) fn stored<B: Backend>(repository: &Repository<B>, of: u8) -> Vec<Entry> {
    run(repository.entries(&draft(of).key())).unwrap().records
}

pub(super) fn assessment<B: Backend>(repository: &Repository<B>, of: u8) -> Assessment {
    let shared = run(repository.draft(&draft(of).key())).unwrap().and_then(|draft| draft.shared_until);
    Assessment::new(stored(repository, of), shared)
}

/// Everything in all tables: to see that nothing has changed.
pub(super) fn everything(memory: &Memory) -> Vec<Vec<(String, String)>> {
    Table::ALL.iter().map(|table| run(memory.scan(*table, "")).unwrap()).collect()
}

/// What happens at the worst moment, one thing at each.
pub(crate) type Others = Rc<RefCell<VecDeque<Box<dyn Fn(&Memory)>>>>;

/// A storage that another tab shares, and writes to at the worst moment: between our reading and our writing.
#[derive(Default, Clone)]
pub(crate) struct Shared {
    pub(crate) memory: Memory,
    others: Others,
    meanwhile: Others,
}

impl Shared {
    pub(crate) fn over(memory: Memory) -> Self {
        Self { memory, ..Self::default() }
    }

    /// Just before one of our commits.
    pub(crate) fn then(&self, other: impl Fn(&Memory) + 'static) {
        self.others.borrow_mut().push_back(Box::new(other));
    }

    /// After one of our readings of several runs, before it has come back.
    pub(crate) fn meanwhile(&self, other: impl Fn(&Memory) + 'static) {
        self.meanwhile.borrow_mut().push_back(Box::new(other));
    }
}

impl Backend for Shared {
    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        self.memory.get(table, key).await
    }

    async fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.memory.scan(table, prefix).await
    }

    async fn bytes(&self, table: Table, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.memory.bytes(table, keys).await
    }

    async fn scan_all(&self, runs: &[(Table, String)]) -> Result<Vec<Vec<(String, String)>>, StoreError> {
        let read = self.memory.scan_all(runs).await;
        let other = self.meanwhile.borrow_mut().pop_front();
        if let Some(other) = other {
            other(&self.memory);
        }
        read
    }

    async fn keys(&self, table: Table) -> Result<Vec<String>, StoreError> {
        self.memory.keys(table).await
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let other = self.others.borrow_mut().pop_front();
        if let Some(other) = other {
            other(&self.memory);
        }
        self.memory.commit(batch).await
    }
}

/// A storage that counts its transactions.
#[derive(Default)]
pub(crate) struct Counting {
    pub(crate) memory: Memory,
    pub(crate) transactions: std::cell::Cell<usize>,
}

impl Counting {
    fn counted(&self) -> &Memory {
        self.transactions.set(self.transactions.get() + 1);
        &self.memory
    }
}

impl Backend for Counting {
    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        self.counted().get(table, key).await
    }

    async fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.counted().scan(table, prefix).await
    }

    async fn bytes(&self, table: Table, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.counted().bytes(table, keys).await
    }

    async fn scan_all(&self, runs: &[(Table, String)]) -> Result<Vec<Vec<(String, String)>>, StoreError> {
        self.counted().scan_all(runs).await
    }

    async fn keys(&self, table: Table) -> Result<Vec<String>, StoreError> {
        self.counted().keys(table).await
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.counted().commit(batch).await
    }
}
