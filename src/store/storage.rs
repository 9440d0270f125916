//! The storage the app works on: the browser's, or memory where the browser refuses.

use super::{
    backend::{Backend, Batch, Table},
    error::StoreError,
    indexed_db::IndexedDb,
    memory::Memory,
};

/// Either of the two.
#[derive(Clone)]
pub enum Storage {
    /// Durable.
    Browser(IndexedDb),
    /// Gone when the page closes; the app says so and offers the backup file.
    Memory(Memory),
}

impl Storage {
    /// Opens the browser's storage; where that fails, memory and the reason.
    pub async fn open() -> (Self, Option<StoreError>) {
        match IndexedDb::open().await {
            Ok(browser) => (Self::Browser(browser), None),
            Err(error) => (Self::Memory(Memory::default()), Some(error)),
        }
    }

    /// Makes sure that a connection which died in the background is replaced.
    pub async fn probe(&self) {
        if let Self::Browser(browser) = self {
            browser.probe().await;
        }
    }
}

impl Backend for Storage {
    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        match self {
            Self::Browser(browser) => browser.get(table, key).await,
            Self::Memory(memory) => memory.get(table, key).await,
        }
    }

    async fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        match self {
            Self::Browser(browser) => browser.scan(table, prefix).await,
            Self::Memory(memory) => memory.scan(table, prefix).await,
        }
    }

    async fn bytes(&self, table: Table, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        match self {
            Self::Browser(browser) => browser.bytes(table, keys).await,
            Self::Memory(memory) => memory.bytes(table, keys).await,
        }
    }

    async fn scan_all(&self, runs: &[(Table, String)]) -> Result<Vec<Vec<(String, String)>>, StoreError> {
        match self {
            Self::Browser(browser) => browser.scan_all(runs).await,
            Self::Memory(memory) => memory.scan_all(runs).await,
        }
    }

    async fn keys(&self, table: Table) -> Result<Vec<String>, StoreError> {
        match self {
            Self::Browser(browser) => browser.keys(table).await,
            Self::Memory(memory) => memory.keys(table).await,
        }
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        match self {
            Self::Browser(browser) => browser.commit(batch).await,
            Self::Memory(memory) => memory.commit(batch).await,
        }
    }
}
