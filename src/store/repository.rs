//! What the app does with its storage, in its own words. Every method that writes is one transaction.

use super::{
    atomic::Change,
    backend::{Backend, Batch, Table},
    error::StoreError,
    excerpt::{Excerpt, Run},
    records::{Binding, Draft, DraftKey, LocalSubmission, PendingActivation, Phone},
};
use crate::{
    domain::{
        BranchCode, Checklist, ContentHash, DeviceId, Entry, Stamp, SubmissionId, Unread, answer::EntryHead,
    },
    json::{self, FromJson},
    sync::{KnownTime, OutboxEntry, StandardCopy},
};
use serde::Deserialize;

pub(super) const PHONE: &str = "phone";
const PENDING_ACTIVATION: &str = "pending-activation";
/// All remembered codes begin so.
pub(super) const CODES: &str = "code/";
// Apart from the phone's own facts, because the sender writes them while a person may be changing the others.
pub(super) const CLOCK: &str = "clock";
pub(super) const LOOKS: &str = "looks";
pub(super) const STANDARD: &str = "standard";

/// The typed face of a [`Backend`].
#[derive(Debug, Clone, Default)]
pub struct Repository<B>(pub(super) B);

/// Records of a table together with what could not be read of it: one spoilt record must not hide the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// What could be read, in the order of keys.
    pub records: Vec<T>,
    /// What only a newer version of the app can read, of what is merged: it is kept and passed on.
    pub unread: Vec<Unread>,
    /// What could not.
    pub unreadable: Vec<StoreError>,
}

pub(super) fn read<T: FromJson>(table: Table, key: &str, text: &str) -> Result<T, StoreError> {
    json::from_str(text).map_err(|error| StoreError::Unreadable {
        table: table.name(),
        key: key.to_owned(),
        reason: error.to_string(),
    })
}

/// Reads records one by one. One may be a word of a later kind, which `unread` then finds in its text.
pub(super) fn read_words<T: FromJson>(
    table: Table,
    texts: &[(&str, &str)],
    unread: impl Fn(&str) -> Option<Unread>,
) -> Found<T> {
    let mut found = Found { records: Vec::new(), unread: Vec::new(), unreadable: Vec::new() };
    for (key, text) in texts {
        match read(table, key, text) {
            Ok(record) => found.records.push(record),
            Err(error) => match unread(text) {
                Some(one) => found.unread.push(one),
                None => found.unreadable.push(error),
            },
        }
    }
    found
}

/// An answer of a later kind.
pub(super) fn unread_entry(text: &str) -> Option<Unread> {
    Unread::new(text).filter(|one| one.read::<EntryHead>().is_some())
}

/// For what can be had again elsewhere: a spoilt record counts as none.
pub(super) fn unless_spoilt<T>(result: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match result {
        Err(StoreError::Unreadable { .. }) => Ok(None),
        result => result,
    }
}

// Identifiers hold no '/', so it separates them without ambiguity.

pub(super) fn draft_key(key: &DraftKey) -> String {
    format!("{}/{}", key.branch, key.period)
}

pub(super) fn entry_key(draft: &DraftKey, entry: &Entry) -> String {
    format!("{}/{}/{}", draft_key(draft), entry.key.path(), stamp_key(entry.stamp))
}

/// Where a word of a later kind is kept: by its content, as its own key cannot be known.
pub(super) fn unread_key(run: &str, one: &Unread) -> String {
    format!("{run}/unread/{}", ContentHash::of(one.text().as_bytes()))
}

/// Sorts as stamps do.
pub(super) fn stamp_key(stamp: Stamp) -> String {
    format!("{:015}-{:010}-{}", stamp.ms, stamp.count, stamp.device)
}

/// Where the branch that a code has bound is remembered.
fn code_key(code: &ContentHash) -> String {
    format!("{CODES}{code}")
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

    /// Reads these records in one transaction: each costs a slow phone milliseconds.
    pub(super) async fn excerpt(&self, runs: Vec<Run>) -> Result<Excerpt, StoreError> {
        let found = self.0.scan_all(&runs).await?;
        Ok(Excerpt::new(runs.into_iter().map(|(table, _)| table).zip(found)))
    }

    /// What the screen shows of a branch (of all branches without one).
    pub async fn excerpt_of(&self, branch: Option<&BranchCode>) -> Result<Excerpt, StoreError> {
        let of_all = [Table::Settings, Table::Bindings, Table::Outbox, Table::Checklists, Table::Unfinished];
        // Of photos only what is known of them: their bytes and small pictures are fetched one by one when they are shown.
        let of_branch = [
            Table::Drafts,
            Table::Entries,
            Table::Submissions,
            Table::Ledger,
            Table::Photos,
            Table::Findings,
        ];
        let prefix = branch.map_or_else(String::new, |branch| format!("{branch}/"));
        let of_all = of_all.map(|table| (table, String::new())).into_iter();
        self.excerpt(of_all.chain(of_branch.map(|table| (table, prefix.clone()))).collect()).await
    }

    pub(super) async fn one<T: FromJson>(&self, table: Table, key: &str) -> Result<Option<T>, StoreError> {
        self.0.get(table, key).await?.map(|text| read(table, key, &text)).transpose()
    }

    pub(super) async fn run<T: FromJson>(&self, table: Table, prefix: &str) -> Result<Found<T>, StoreError> {
        Ok(self.excerpt(vec![(table, prefix.into())]).await?.run(table, prefix))
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

    /// The phone's own facts; at the first start they are made with this device id. A spoilt record is made anew, with the
    /// device id it had where that can still be read: only the choices of look and branch are to be made again.
    pub async fn phone(&self, new_device: DeviceId) -> Result<Phone, StoreError> {
        #[derive(Deserialize, FromJson)]
        struct OnlyDevice {
            device: DeviceId,
        }
        self.atomically(async |change: &mut Change<'_, B>| {
            let stored = change.text(Table::Settings, PHONE).await?;
            let device = match &stored {
                None => new_device,
                Some(text) => match read::<Phone>(Table::Settings, PHONE, text) {
                    Ok(phone) => return Ok(phone),
                    Err(_) => json::from_str::<OnlyDevice>(text).map_or(new_device, |old| old.device),
                },
            };
            let phone = Phone::new(device);
            change.put(Table::Settings, PHONE, &phone)?;
            Ok(phone)
        })
        .await
    }

    /// The phone's own facts as stored; `None` before the first start.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn stored_phone(&self) -> Result<Option<Phone>, StoreError> {
        self.one(Table::Settings, PHONE).await
    }

    /// Changes the phone's own facts: on top of what is stored, so that a change made in another tab stays. `shown` stands in
    /// where nothing readable is stored.
    pub async fn change_phone(
        &self,
        shown: &Phone,
        change_it: impl Fn(&mut Phone),
    ) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let stored = unless_spoilt(change.one(Table::Settings, PHONE).await)?;
            let mut phone = stored.unwrap_or_else(|| shown.clone());
            change_it(&mut phone);
            change.put(Table::Settings, PHONE, &phone)
        })
        .await
    }

    /// The branches this phone looks after.
    pub async fn bindings(&self) -> Result<Found<Binding>, StoreError> {
        self.run(Table::Bindings, "").await
    }

    /// The activation that was begun and not finished.
    pub async fn pending_activation(&self) -> Result<Option<PendingActivation>, StoreError> {
        unless_spoilt(self.one(Table::Settings, PENDING_ACTIVATION).await)
    }

    /// Stores an activation before the endpoint is asked.
    pub async fn save_pending_activation(&self, pending: &PendingActivation) -> Result<(), StoreError> {
        self.put(Table::Settings, PENDING_ACTIVATION, pending).await
    }

    /// Forgets an activation that the endpoint refused for good.
    pub async fn drop_pending_activation(&self) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.delete(Table::Settings, PENDING_ACTIVATION);
        self.0.commit(batch).await
    }

    /// Binds the phone to a branch and shows it; the begun activation is over, and the hash of its code is remembered, so that the
    /// same slip scanned again redeems nothing.
    pub async fn bind(&self, binding: &Binding, shown: &Phone) -> Result<(), StoreError> {
        let code = &binding.branch.code;
        self.atomically(async |change: &mut Change<'_, B>| {
            let stored = unless_spoilt(change.one(Table::Settings, PHONE).await)?;
            let phone = Phone { active: Some(code.clone()), ..stored.unwrap_or_else(|| shown.clone()) };
            let pending: Option<PendingActivation> =
                unless_spoilt(change.one(Table::Settings, PENDING_ACTIVATION).await)?;
            if let Some(pending) = pending.filter(|pending| pending.token == binding.token) {
                change.put(Table::Settings, &code_key(&pending.code.hash()), code)?;
            }
            change.put(Table::Bindings, code.as_str(), binding)?;
            change.put(Table::Settings, PHONE, &phone)?;
            change.delete(Table::Settings, PENDING_ACTIVATION);
            Ok(())
        })
        .await
    }

    /// The branch that a code has bound this phone to before.
    pub async fn branch_of_code(&self, code: &ContentHash) -> Result<Option<BranchCode>, StoreError> {
        unless_spoilt(self.one(Table::Settings, &code_key(code)).await)
    }

    /// A checklist that was fetched. A spoilt one is removed, so that it is fetched again; one that a newer app has fetched stays
    /// for that app.
    pub async fn checklist(&self, hash: &ContentHash) -> Result<Option<Checklist>, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let Some(text) = change.text(Table::Checklists, hash.as_str()).await? else { return Ok(None) };
            let checklist = json::from_str(&text).ok();
            if checklist.is_none() && ContentHash::of(text.as_bytes()) != *hash {
                change.delete(Table::Checklists, hash.as_str());
            }
            Ok(checklist)
        })
        .await
    }

    /// The hashes of the checklists that are here.
    pub async fn checklist_hashes(&self) -> Result<Vec<ContentHash>, StoreError> {
        let keys = self.0.keys(Table::Checklists).await?;
        Ok(keys.into_iter().filter_map(|key| ContentHash::try_from(key).ok()).collect())
    }

    /// Stores a checklist's canonical bytes, whose hash the caller has verified.
    pub async fn save_checklist(&self, hash: &ContentHash, canonical: &str) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put_text(Table::Checklists, hash.as_str(), canonical);
        self.0.commit(batch).await
    }

    /// The drafts of a branch, oldest period first.
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
    pub async fn entries(&self, key: &DraftKey) -> Result<Found<Entry>, StoreError> {
        let run = format!("{}/", draft_key(key));
        Ok(self.excerpt(vec![(Table::Entries, run)]).await?.entries(key))
    }

    /// The submissions of a branch, oldest first (their ids are ordered by time).
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

    /// What waits to be sent, of all branches, oldest first.
    pub async fn outbox(&self) -> Result<Found<OutboxEntry>, StoreError> {
        self.run(Table::Outbox, "").await
    }

    /// Adds a request that waits to be sent.
    pub async fn save_outbox(&self, request: &OutboxEntry) -> Result<(), StoreError> {
        self.put(Table::Outbox, &request.id.to_string(), request).await
    }

    /// What is known of the time.
    pub async fn clock(&self) -> Result<KnownTime, StoreError> {
        let runs = [CLOCK, LOOKS].map(|key| (Table::Settings, key.to_owned()));
        Ok(self.excerpt(runs.into()).await?.clock())
    }

    /// Writes down a look at the phone's clock, unless somebody else has learned of the time since `read` was.
    pub async fn note_look(&self, read: KnownTime, looked: KnownTime) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let offset = unless_spoilt(change.one(Table::Settings, CLOCK).await)?.unwrap_or_default();
            let looks = unless_spoilt(change.one(Table::Settings, LOOKS).await)?.unwrap_or_default();
            if (KnownTime { offset, looks }) == read {
                change.put(Table::Settings, CLOCK, &looked.offset)?;
                change.put(Table::Settings, LOOKS, &looked.looks)?;
            }
            Ok(())
        })
        .await
    }

    /// The standard in force, as last heard.
    pub async fn standard(&self) -> Result<Option<StandardCopy>, StoreError> {
        unless_spoilt(self.one(Table::Settings, STANDARD).await)
    }
}
