//! The whole of what is asked of a storage: read one, read a run of keys, write a batch or nothing of it.

use super::error::StoreError;

/// A table; its name is the name of the IndexedDB object store, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Facts of the phone, one record each.
    Settings,
    /// The branches this phone looks after, with their tokens, by branch code.
    Bindings,
    /// Checklists as published, by content hash.
    Checklists,
    /// Drafts, by branch and period.
    Drafts,
    /// Stamped answers, by branch, period, register and stamp.
    Entries,
    /// Submissions made here or pulled, by branch and id.
    Submissions,
    /// Requests that wait to be sent, of all branches, by id: in the order in which they were made.
    Outbox,
    /// Documents of 一编一册 as published, by content hash.
    Documents,
    /// Versions of ledger entries, by branch, entry and stamp.
    Ledger,
    /// Evidence photos, by branch and SHA-256.
    Photos,
    /// Their bytes; no text.
    PhotoBytes,
    /// Small pictures of them; no text.
    Thumbnails,
    /// Words on findings written here, and what the endpoint has of them, by branch.
    Findings,
    /// What was typed and is not entered yet, by branch, period and place: see [`super::unfinished`].
    Unfinished,
}

impl Table {
    /// All of them, in the order in which they were introduced.
    pub const ALL: [Self; 14] = [
        Self::Settings,
        Self::Bindings,
        Self::Checklists,
        Self::Drafts,
        Self::Entries,
        Self::Submissions,
        Self::Outbox,
        Self::Documents,
        Self::Ledger,
        Self::Photos,
        Self::PhotoBytes,
        Self::Thumbnails,
        Self::Findings,
        Self::Unfinished,
    ];

    /// The version of the database that introduced it.
    pub const fn since(self) -> u32 {
        match self {
            Self::Settings
            | Self::Bindings
            | Self::Checklists
            | Self::Drafts
            | Self::Entries
            | Self::Submissions
            | Self::Outbox => 1,
            Self::Documents => 2,
            Self::Ledger => 3,
            Self::Photos | Self::PhotoBytes | Self::Thumbnails => 4,
            Self::Findings => 5,
            Self::Unfinished => 6,
        }
    }

    /// The object store's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Bindings => "bindings",
            Self::Checklists => "checklists",
            Self::Drafts => "drafts",
            Self::Entries => "entries",
            Self::Submissions => "submissions",
            Self::Outbox => "outbox",
            Self::Documents => "documents",
            Self::Ledger => "ledger",
            Self::Photos => "photos",
            Self::PhotoBytes => "photo-bytes",
            Self::Thumbnails => "thumbnails",
            Self::Findings => "findings",
            Self::Unfinished => "unfinished",
        }
    }

    /// Whether bytes lie in it instead of texts.
    pub const fn holds_bytes(self) -> bool {
        matches!(self, Self::PhotoBytes | Self::Thumbnails)
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Makes or replaces a record.
    Put(Table, String, String),
    /// Makes or replaces bytes.
    PutBytes(Table, String, Vec<u8>),
    /// Removes a record; nothing happens when there is none.
    Delete(Table, String),
}

/// What was read before a batch was made, and must still be so when it becomes durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The record under a key, or that there is none.
    One(Table, String, Option<String>),
    /// All records whose key starts with a prefix.
    Run(Table, String, Vec<(String, String)>),
}

/// Changes that become durable together or not at all, provided that what they rest on has not changed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// What they rest on.
    pub seen: Vec<Seen>,
    /// The changes.
    pub writes: Vec<Write>,
}

impl Batch {
    /// Adds a record as JSON.
    ///
    /// # Errors
    /// When the value cannot be written as JSON, which no type of ours should cause.
    pub fn put<T: serde::Serialize>(&mut self, table: Table, key: &str, value: &T) -> Result<(), StoreError> {
        let text = serde_json::to_string(value).map_err(|error| StoreError::Failed(error.to_string()))?;
        self.put_text(table, key, &text);
        Ok(())
    }

    /// Adds a text as it is.
    pub fn put_text(&mut self, table: Table, key: &str, text: &str) {
        self.writes.push(Write::Put(table, key.into(), text.into()));
    }

    /// Adds bytes.
    pub fn put_bytes(&mut self, table: Table, key: &str, bytes: &[u8]) {
        self.writes.push(Write::PutBytes(table, key.into(), bytes.into()));
    }

    /// Removes a record.
    pub fn delete(&mut self, table: Table, key: &str) {
        self.writes.push(Write::Delete(table, key.into()));
    }

    /// The tables it touches, each once.
    pub fn tables(&self) -> Vec<Table> {
        let written = self.writes.iter().map(|write| match write {
            Write::Put(table, ..) | Write::PutBytes(table, ..) | Write::Delete(table, _) => *table,
        });
        let seen = self.seen.iter().map(|seen| match seen {
            Seen::One(table, ..) | Seen::Run(table, ..) => *table,
        });
        let mut tables: Vec<Table> = written.chain(seen).collect();
        tables.sort_unstable();
        tables.dedup();
        tables
    }
}

/// A storage. No future of it is `Send`: in the browser everything lives on one thread.
#[expect(async_fn_in_trait, reason = "one thread: neither the browser nor the double needs Send futures")]
pub trait Backend {
    /// The record under this key.
    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError>;

    /// All records whose key starts with `prefix`, in the order of their keys.
    async fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError>;

    /// The bytes under each of these keys, in a table that holds bytes.
    async fn bytes(&self, table: Table, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// Several runs as [`Backend::scan`] answers them, read as one state.
    async fn scan_all(&self, runs: &[(Table, String)]) -> Result<Vec<Vec<(String, String)>>, StoreError>;

    /// The keys of a table, without what lies under them.
    async fn keys(&self, table: Table) -> Result<Vec<String>, StoreError>;

    /// Makes the batch durable: when this returns, a killed process or an empty battery loses nothing of it. What it rests on is
    /// compared in the same transaction; where that has changed, nothing is written and [`StoreError::Changed`] comes back.
    async fn commit(&self, batch: Batch) -> Result<(), StoreError>;
}
