//! The storage in the browser: IndexedDB (<https://developer.mozilla.org/docs/Web/API/IndexedDB_API>).
//!
//! - Every batch is one transaction with strict durability, committed explicitly and awaited: Chrome's default is *relaxed*,
//!   which may lose the last writes with the battery.
//! - Nothing but requests of the transaction is awaited between its start and its commit. What a batch rests on is compared
//!   inside of it, so that no other tab can come between; where it has changed, the transaction is taken back.
//! - Browsers close connections of background pages; a call that finds the connection dead reopens it once.
//! - A browser that was killed may hold its files for a moment after the app is opened again; opening waits for it.

use super::{
    backend::{Backend, Batch, Seen, Table, Write},
    error::StoreError,
};
use gloo_timers::future::TimeoutFuture;
use indexed_db_futures::{
    Build as _, BuildPrimitive as _, KeyRange,
    database::Database,
    error::{DomException, Error, OpenDbError, UnexpectedDataError},
    query_source::QuerySource as _,
    transaction::{Transaction, TransactionDurability, TransactionMode, TransactionOptions},
};
use js_sys::Uint8Array;
use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
};
use wasm_bindgen::JsValue;

/// The database's name in the browser.
const NAME: &str = "biaochi";
/// Raised with every change of the tables; [`upgrade`] then brings older ones along.
const VERSION: u32 = 6;

/// How long opening waits before each further attempt, in milliseconds: longer than a killed browser's last write takes.
const OPENED_AGAIN_AFTER_MS: [u32; 4] = [100, 400, 1_000, 2_000];

/// One of the connections that were opened one after the other.
struct Connection {
    number: u32,
    database: Database,
}

/// The storage; clones share its connection.
#[derive(Clone, Default)]
pub struct IndexedDb {
    open: Rc<RefCell<Option<Connection>>>,
    /// How many connections were opened.
    opened: Rc<Cell<u32>>,
    newer: Rc<Cell<bool>>,
}

impl IndexedDb {
    /// Opens the database, making its tables at the first time. What may pass by itself is tried again for a few seconds: whoever
    /// is told that there is no storage sees an app without her branch.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the browser has no usable IndexedDB.
    pub async fn open() -> Result<Self, StoreError> {
        let this = Self::default();
        for wait in OPENED_AGAIN_AFTER_MS {
            match this.database().await {
                Ok(_) => return Ok(this),
                Err(StoreError::Stale(_) | StoreError::Full) => TimeoutFuture::new(wait).await,
                Err(error) => return Err(error),
            }
        }
        match this.database().await {
            Ok(_) => Ok(this),
            Err(StoreError::Stale(reason)) => Err(StoreError::Unavailable(reason)),
            Err(error) => Err(error),
        }
    }

    /// Whether the connection still answers; if not, the next call opens a new one. Asked when the page becomes visible.
    pub async fn probe(&self) {
        if self.get(Table::Settings, "probe").await.is_err() {
            self.forget();
        }
    }

    fn forget(&self) {
        if let Some(connection) = self.open.borrow_mut().take() {
            connection.database.close();
        }
    }

    async fn database(&self) -> Result<Database, StoreError> {
        if self.newer.get() {
            return Err(StoreError::Newer);
        }
        if let Some(connection) = self.open.borrow().as_ref() {
            return Ok(connection.database.clone());
        }
        let database = Database::open(NAME)
            .with_version(VERSION)
            .with_on_upgrade_needed(|event, database| upgrade(event.old_version(), &database))
            .await
            .map_err(open_error)?;
        // Two calls may have opened one each: a second one left open would keep a newer version waiting for ever.
        if let Some(first) = self.open.borrow().as_ref() {
            database.close();
            return Ok(first.database.clone());
        }
        let number = self.opened.get().wrapping_add(1);
        self.opened.set(number);
        self.yield_to_newer(number, database.clone());
        *self.open.borrow_mut() = Some(Connection { number, database: database.clone() });
        Ok(database)
    }

    /// A newer version of the app in another tab wants to change the tables: let go, or it waits forever.
    fn yield_to_newer(&self, number: u32, database: Database) {
        let Ok(mut changes) = database.version_changes() else { return };
        let this = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if changes.recv().await.is_some() {
                this.newer.set(true);
            }
            // Either way this connection is of no more use; a later one may have taken its place.
            if this.open.borrow().as_ref().is_some_and(|open| open.number == number) {
                this.open.borrow_mut().take();
            }
            database.close();
        });
    }

    /// Runs `action`, and once more on a new connection when the old one turns out to be dead. (A connection that is closed
    /// during a transaction aborts it, which looks like a full disk at first.) `action` may have been carried out already: the
    /// same writes again change nothing.
    async fn with_reopening<T, F>(&self, action: F) -> Result<T, StoreError>
    where
        F: AsyncFn(&Database) -> Result<T, StoreError>,
    {
        match action(&self.database().await?).await {
            Err(StoreError::Stale(_) | StoreError::Full) => {
                self.forget();
                action(&self.database().await?).await
            }
            result => result,
        }
    }
}

/// Brings the tables from an older version to [`VERSION`]. Tables are only ever added.
fn upgrade(from: f64, database: &Database) -> indexed_db_futures::Result<()> {
    for table in Table::ALL {
        if from < f64::from(table.since()) {
            database.create_object_store(table.name()).build()?;
        }
    }
    Ok(())
}

fn open_error(error: OpenDbError) -> StoreError {
    match error {
        OpenDbError::VersionZero => StoreError::Unavailable("version zero".into()),
        OpenDbError::UnsupportedEnvironment | OpenDbError::NullFactory => {
            StoreError::Unavailable("no IndexedDB".into())
        }
        OpenDbError::Base(error) => match store_error(&error) {
            StoreError::Failed(reason) if reason.contains("VersionError") => StoreError::Newer,
            StoreError::Failed(reason) => StoreError::Unavailable(reason),
            other => other,
        },
    }
}

fn store_error(error: &Error) -> StoreError {
    let told = |name: &str, exception: &DomException| format!("{name}: {}", exception.message());
    match error {
        // The connection is closing or closed: https://www.w3.org/TR/IndexedDB/#dom-idbdatabase-transaction
        Error::DomException(exception @ DomException::InvalidStateError(_)) => {
            StoreError::Stale(told("InvalidStateError", exception))
        }
        Error::DomException(exception @ DomException::TransactionInactiveError(_)) => {
            StoreError::Stale(told("TransactionInactiveError", exception))
        }
        Error::DomException(DomException::Other(exception)) => match exception.name().as_str() {
            "QuotaExceededError" => StoreError::Full,
            // Safari says this of a connection that it closed behind the page's back, Chrome of files that it cannot open yet.
            "UnknownError" => StoreError::Stale(format!("UnknownError: {}", exception.message())),
            name => StoreError::Failed(format!("{name}: {}", exception.message())),
        },
        Error::DomException(DomException::AbortError(_))
        | Error::MissingData(UnexpectedDataError::TransactionAborted) => StoreError::Full,
        other => StoreError::Failed(other.to_string()),
    }
}

impl Backend for IndexedDb {
    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        self.with_reopening(async |database: &Database| {
            let read = async {
                let transaction = database.transaction(table.name()).build()?;
                let found = one(&transaction, table, key).await?;
                transaction.commit().await?;
                Ok(found)
            };
            read.await.map_err(|error: Error| store_error(&error))
        })
        .await
    }

    async fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let mut found = self.scan_all(&[(table, prefix.to_owned())]).await?;
        Ok(found.pop().unwrap_or_default())
    }

    async fn scan_all(&self, runs: &[(Table, String)]) -> Result<Vec<Vec<(String, String)>>, StoreError> {
        let names: Vec<String> = runs.iter().map(|(table, _)| table.name().to_owned()).collect();
        self.with_reopening(async |database: &Database| {
            let read = async {
                let transaction = database.transaction(names.clone()).build()?;
                let sent = runs.iter().map(|(table, prefix)| run(&transaction, *table, prefix));
                let mut found = Vec::new();
                for answer in sent.collect::<Result<Vec<_>, Error>>()? {
                    found.push(answer.await?);
                }
                transaction.commit().await?;
                Ok(found)
            };
            read.await.map_err(|error: Error| store_error(&error))
        })
        .await
    }

    async fn bytes(&self, table: Table, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        self.with_reopening(async |database: &Database| {
            let read = async {
                let transaction = database.transaction(table.name()).build()?;
                let store = transaction.object_store(table.name())?;
                // All requests leave before the first is awaited.
                let sent = keys.iter().map(|key| store.get(key.clone()).primitive());
                let mut found = Vec::new();
                for answer in sent.collect::<Result<Vec<_>, Error>>()? {
                    let value: Option<JsValue> = answer.await?;
                    found.push(value.map(|value| Uint8Array::new(&value).to_vec()));
                }
                transaction.commit().await?;
                Ok(found)
            };
            read.await.map_err(|error: Error| store_error(&error))
        })
        .await
    }

    async fn keys(&self, table: Table) -> Result<Vec<String>, StoreError> {
        self.with_reopening(async |database: &Database| {
            let read = async {
                let transaction = database.transaction(table.name()).build()?;
                let keys = transaction.object_store(table.name())?.get_all_keys::<String>().primitive()?;
                let keys: Vec<String> = keys.await?.collect::<Result<_, Error>>()?;
                transaction.commit().await?;
                Ok(keys)
            };
            read.await.map_err(|error: Error| store_error(&error))
        })
        .await
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        if batch.writes.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = batch.tables().iter().map(|table| table.name().to_owned()).collect();
        let still_so = self
            .with_reopening(async |database: &Database| {
                let write = async {
                    let strict = TransactionOptions::new().with_durability(TransactionDurability::Strict);
                    let transaction = database
                        .transaction(names.clone())
                        .with_mode(TransactionMode::Readwrite)
                        .with_options(strict)
                        .build()?;
                    // All leave before the first is answered: each answer that is waited for takes a slow phone a frame or two. What
                    // was asked first is answered first, and as long as an answer is outstanding nothing is committed.
                    let asked = batch.seen.iter().map(|seen| is_still_so(&transaction, seen));
                    let asked = asked.collect::<Result<Vec<_>, Error>>()?;
                    for write in &batch.writes {
                        match write {
                            Write::Put(table, key, value) => {
                                let store = transaction.object_store(table.name())?;
                                let _sent = store.put(value.clone()).with_key(key.clone()).primitive()?;
                            }
                            Write::PutBytes(table, key, bytes) => {
                                let value = JsValue::from(Uint8Array::from(bytes.as_slice()));
                                let store = transaction.object_store(table.name())?;
                                let _sent = store.put(value).with_key(key.clone()).primitive()?;
                            }
                            Write::Delete(table, key) => {
                                let _sent = transaction
                                    .object_store(table.name())?
                                    .delete(key.clone())
                                    .primitive()?;
                            }
                        }
                    }
                    for answer in asked {
                        if !answer.await? {
                            transaction.abort().await?;
                            return Ok(false);
                        }
                    }
                    transaction.commit().await?;
                    Ok(true)
                };
                write.await.map_err(|error: Error| store_error(&error))
            })
            .await?;
        if still_so { Ok(()) } else { Err(StoreError::Changed) }
    }
}

async fn one(transaction: &Transaction<'_>, table: Table, key: &str) -> Result<Option<String>, Error> {
    transaction.object_store(table.name())?.get(key).primitive()?.await
}

/// Sends the requests for a run at once; its answer may be awaited later, while those of others are on their way.
fn run(
    transaction: &Transaction<'_>,
    table: Table,
    prefix: &str,
) -> Result<impl Future<Output = Result<Vec<(String, String)>, Error>> + use<>, Error> {
    // U+FFFF sorts after every character of a key.
    let end = format!("{prefix}\u{ffff}");
    let range = || KeyRange::Bound(prefix.to_owned(), false, end.clone(), true);
    let store = transaction.object_store(table.name())?;
    // Both requests leave before either is awaited: the transaction stays alive and both see one state.
    let keys = store.get_all_keys::<String>().with_query::<String, _>(range()).primitive()?;
    let values = store.get_all::<String>().with_query::<String, _>(range()).primitive()?;
    Ok(async move {
        let keys: Vec<String> = keys.await?.collect::<Result<_, Error>>()?;
        let values: Vec<String> = values.await?.collect::<Result<_, Error>>()?;
        Ok(keys.into_iter().zip(values).collect())
    })
}

/// An answer that is on its way.
type Coming<'s, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + 's>>;

/// Asks at once; the answer may be awaited later.
fn is_still_so<'s>(transaction: &Transaction<'_>, seen: &'s Seen) -> Result<Coming<'s, bool>, Error> {
    Ok(match seen {
        Seen::One(table, key, value) => {
            let now = transaction.object_store(table.name())?.get::<String, _, _>(key).primitive()?;
            Box::pin(async move { Ok(now.await? == *value) })
        }
        Seen::Run(table, prefix, values) => {
            let now = run(transaction, *table, prefix)?;
            Box::pin(async move { Ok(now.await? == *values) })
        }
    })
}
