//! What the app does with its storage, in its own words. Every method that writes is one transaction.

use super::{
    backend::{Backend, Batch, Table},
    error::StoreError,
    records::{Binding, Draft, DraftKey, LocalSubmission, PendingActivation, Phone},
};
use crate::{
    domain::{BranchCode, Checklist, ContentHash, DeviceId, Entry, SubmissionId, assessment::Edit},
    sync::{ClockOffset, OutboxEntry, StandardCopy},
};
use serde::de::DeserializeOwned;

const PHONE: &str = "phone";
const PENDING_ACTIVATION: &str = "pending-activation";
// Apart from the phone's own facts, because the sender writes them while a person may be changing the others.
pub(super) const CLOCK: &str = "clock";
pub(super) const STANDARD: &str = "standard";

/// The typed face of a [`Backend`].
#[derive(Debug, Clone, Default)]
pub struct Repository<B>(pub(super) B);

/// Records of a table together with what could not be read of it: one spoilt record must not hide the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// What could be read, in the order of keys.
    pub records: Vec<T>,
    /// What could not.
    pub unreadable: Vec<StoreError>,
}

pub(super) fn read<T: DeserializeOwned>(table: Table, key: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Unreadable {
        table: table.name(),
        key: key.to_owned(),
        reason: error.to_string(),
    })
}

// Identifiers hold no '/', so it separates them without ambiguity.

pub(super) fn draft_key(key: &DraftKey) -> String {
    format!("{}/{}", key.branch, key.period)
}

pub(super) fn entry_key(draft: &DraftKey, entry: &Entry) -> String {
    let stamp = entry.stamp;
    let register = entry.key.path();
    format!("{}/{register}/{:015}-{:010}-{}", draft_key(draft), stamp.ms, stamp.count, stamp.device)
}

pub(super) fn submission_key(branch: &BranchCode, id: SubmissionId) -> String {
    format!("{branch}/{id}")
}

impl<B: Backend> Repository<B> {
    /// Over this backend.
    pub fn new(backend: B) -> Self {
        Self(backend)
    }

    /// The backend, for what only it can do.
    pub fn backend(&self) -> &B {
        &self.0
    }

    pub(super) async fn one<T: DeserializeOwned>(
        &self,
        table: Table,
        key: &str,
    ) -> Result<Option<T>, StoreError> {
        self.0.get(table, key).await?.map(|text| read(table, key, &text)).transpose()
    }

    pub(super) async fn run<T: DeserializeOwned>(
        &self,
        table: Table,
        prefix: &str,
    ) -> Result<Found<T>, StoreError> {
        let mut found = Found { records: Vec::new(), unreadable: Vec::new() };
        for (key, text) in self.0.scan(table, prefix).await? {
            match read(table, &key, &text) {
                Ok(record) => found.records.push(record),
                Err(error) => found.unreadable.push(error),
            }
        }
        Ok(found)
    }

    pub(super) async fn put<T: serde::Serialize>(
        &self,
        table: Table,
        key: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put(table, key, value)?;
        self.0.commit(batch).await
    }

    /// The phone's own facts; at the first start they are made with this device id.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn phone(&self, new_device: DeviceId) -> Result<Phone, StoreError> {
        if let Some(phone) = self.one(Table::Settings, PHONE).await? {
            return Ok(phone);
        }
        let phone = Phone::new(new_device);
        self.save_phone(&phone).await?;
        Ok(phone)
    }

    /// The phone's own facts as stored; `None` before the first start.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn stored_phone(&self) -> Result<Option<Phone>, StoreError> {
        self.one(Table::Settings, PHONE).await
    }

    /// Stores the phone's own facts.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn save_phone(&self, phone: &Phone) -> Result<(), StoreError> {
        self.put(Table::Settings, PHONE, phone).await
    }

    /// The branches this phone looks after.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn bindings(&self) -> Result<Found<Binding>, StoreError> {
        self.run(Table::Bindings, "").await
    }

    /// Stores a branch's record.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn save_binding(&self, binding: &Binding) -> Result<(), StoreError> {
        self.put(Table::Bindings, binding.branch.code.as_str(), binding).await
    }

    /// The activation that was begun and not finished.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn pending_activation(&self) -> Result<Option<PendingActivation>, StoreError> {
        self.one(Table::Settings, PENDING_ACTIVATION).await
    }

    /// Stores an activation before the endpoint is asked.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn save_pending_activation(&self, pending: &PendingActivation) -> Result<(), StoreError> {
        self.put(Table::Settings, PENDING_ACTIVATION, pending).await
    }

    /// Forgets an activation that the endpoint refused for good.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn drop_pending_activation(&self) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(Table::Settings, PENDING_ACTIVATION);
        self.0.commit(batch).await
    }

    /// Binds the phone to a branch and shows it; the begun activation is over.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn bind(&self, binding: &Binding, phone: &Phone) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put(Table::Bindings, binding.branch.code.as_str(), binding)?;
        batch.put(Table::Settings, PHONE, phone)?;
        batch.delete(Table::Settings, PENDING_ACTIVATION);
        self.0.commit(batch).await
    }

    /// Remembers which branch a code has bound this phone to. Only the code's hash is kept.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn remember_code(&self, code: &ContentHash, branch: &BranchCode) -> Result<(), StoreError> {
        self.put(Table::Settings, &format!("code/{code}"), branch).await
    }

    /// The branch that a code has bound this phone to before.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn branch_of_code(&self, code: &ContentHash) -> Result<Option<BranchCode>, StoreError> {
        self.one(Table::Settings, &format!("code/{code}")).await
    }

    /// Removes a branch with all that is stored of it. The caller has made sure that nothing is unsent, or that it was
    /// exported.
    ///
    /// # Errors
    /// When the storage fails; then nothing was removed.
    pub async fn unbind(&self, branch: &BranchCode, phone: &Phone) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(Table::Bindings, branch.as_str());
        let prefix = format!("{branch}/");
        for table in [Table::Drafts, Table::Entries, Table::Submissions] {
            for (key, _) in self.0.scan(table, &prefix).await? {
                batch.delete(table, &key);
            }
        }
        for waiting in self.outbox().await?.records.iter().filter(|waiting| &waiting.branch == branch) {
            batch.delete(Table::Outbox, &waiting.id.to_string());
        }
        batch.put(Table::Settings, PHONE, phone)?;
        self.0.commit(batch).await
    }

    /// A checklist that was fetched.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn checklist(&self, hash: &ContentHash) -> Result<Option<Checklist>, StoreError> {
        self.one(Table::Checklists, hash.as_str()).await
    }

    /// The hashes of the checklists that are here.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn checklist_hashes(&self) -> Result<Vec<ContentHash>, StoreError> {
        let found = self.0.scan(Table::Checklists, "").await?;
        Ok(found.into_iter().filter_map(|(key, _)| ContentHash::try_from(key).ok()).collect())
    }

    /// Stores a checklist's canonical bytes, whose hash the caller has verified.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn save_checklist(&self, hash: &ContentHash, canonical: &str) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put_text(Table::Checklists, hash.as_str(), canonical);
        self.0.commit(batch).await
    }

    /// The drafts of a branch, oldest period first.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn drafts(&self, branch: &BranchCode) -> Result<Found<Draft>, StoreError> {
        self.run(Table::Drafts, &format!("{branch}/")).await
    }

    /// One draft.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn draft(&self, key: &DraftKey) -> Result<Option<Draft>, StoreError> {
        self.one(Table::Drafts, &draft_key(key)).await
    }

    /// The answers of a draft.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn entries(&self, key: &DraftKey) -> Result<Found<Entry>, StoreError> {
        self.run(Table::Entries, &format!("{}/", draft_key(key))).await
    }

    /// Stores a draft with answers it begins with or is merged with; what is there already stays.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn merge(&self, draft: &Draft, entries: &[Entry]) -> Result<(), StoreError> {
        let key = draft.key();
        let mut batch = Batch::default();
        batch.put(Table::Drafts, &draft_key(&key), draft)?;
        for entry in entries {
            batch.put(Table::Entries, &entry_key(&key, entry), entry)?;
        }
        self.0.commit(batch).await
    }

    /// Carries edits out. The draft they belong to is stored with the first of them.
    ///
    /// # Errors
    /// When the storage fails; then none of them is stored.
    pub async fn save_edits(&self, draft: &Draft, edits: &[Edit]) -> Result<(), StoreError> {
        let begun = self.draft(&draft.key()).await?.is_some();
        self.save_edits_of(draft, begun, edits).await
    }

    /// As [`Repository::save_edits`], for a caller that knows whether the draft is stored: one transaction less at every tap.
    ///
    /// # Errors
    /// As [`Repository::save_edits`].
    pub async fn save_edits_of(&self, draft: &Draft, begun: bool, edits: &[Edit]) -> Result<(), StoreError> {
        let key = draft.key();
        let mut batch = Batch::default();
        if !begun {
            batch.put(Table::Drafts, &draft_key(&key), draft)?;
        }
        for edit in edits {
            for old in &edit.drop {
                batch.delete(Table::Entries, &entry_key(&key, old));
            }
            batch.put(Table::Entries, &entry_key(&key, &edit.put), &edit.put)?;
        }
        self.0.commit(batch).await
    }

    /// 上报: snapshot, outbox row and the mark on the draft become durable together.
    ///
    /// # Errors
    /// When the storage fails; then nothing was submitted.
    pub async fn submit(
        &self,
        draft: &Draft,
        submission: &LocalSubmission,
        request: &OutboxEntry,
    ) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put(Table::Drafts, &draft_key(&draft.key()), draft)?;
        batch.put(Table::Submissions, &submission_key(&submission.branch, submission.id), submission)?;
        batch.put(Table::Outbox, &request.id.to_string(), request)?;
        self.0.commit(batch).await
    }

    /// The submissions of a branch, oldest first (their ids are ordered by time).
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn submissions(&self, branch: &BranchCode) -> Result<Found<LocalSubmission>, StoreError> {
        self.run(Table::Submissions, &format!("{branch}/")).await
    }

    /// One submission.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn submission(
        &self,
        branch: &BranchCode,
        id: SubmissionId,
    ) -> Result<Option<LocalSubmission>, StoreError> {
        self.one(Table::Submissions, &submission_key(branch, id)).await
    }

    /// Stores a submission's record.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn save_submission(&self, submission: &LocalSubmission) -> Result<(), StoreError> {
        let key = submission_key(&submission.branch, submission.id);
        self.put(Table::Submissions, &key, submission).await
    }

    /// What waits to be sent, of all branches, oldest first.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn outbox(&self) -> Result<Found<OutboxEntry>, StoreError> {
        self.run(Table::Outbox, "").await
    }

    /// Adds or replaces a request that waits to be sent.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn save_outbox(&self, request: &OutboxEntry) -> Result<(), StoreError> {
        self.put(Table::Outbox, &request.id.to_string(), request).await
    }

    /// Removes a request that was refused and that a person has dealt with.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn drop_outbox(&self, request: &OutboxEntry) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(Table::Outbox, &request.id.to_string());
        self.0.commit(batch).await
    }

    /// How far the phone's clock is off.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn clock(&self) -> Result<ClockOffset, StoreError> {
        Ok(self.one(Table::Settings, CLOCK).await?.unwrap_or_default())
    }

    /// The standard in force, as last heard.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn standard(&self) -> Result<Option<StandardCopy>, StoreError> {
        self.one(Table::Settings, STANDARD).await
    }
}
