//! Reading, deciding and writing as one step, although two tabs and the sender share the storage.
//!
//! An IndexedDB transaction ends as soon as something else is awaited, so a decision cannot be taken inside of one without
//! binding our code to the browser's callbacks. Instead a [`Change`] remembers what it has read; the batch is written only if
//! all of that is still so, and worked out again if not (optimistic concurrency control: Kung and Robinson, "On Optimistic
//! Methods for Concurrency Control", 1981). Nothing waits for another, and no update is lost.

use super::{
    backend::{Backend, Batch, Seen, Table},
    error::StoreError,
    excerpt::{Excerpt, Run},
    repository::{Found, Repository, read, unread_key},
};
use crate::{domain::Unread, json::FromJson};
use serde::Serialize;

/// Two tabs and a sender do not get in each other's way more often in a row than this.
const MOST_TRIES: usize = 32;

/// What is read and written in one step.
pub struct Change<'a, B> {
    backend: &'a B,
    batch: Batch,
}

impl<B: Backend> Change<'_, B> {
    /// Reads a record that the change rests on.
    ///
    /// # Errors
    /// When the storage fails or the record cannot be read.
    pub async fn one<T: FromJson>(&mut self, table: Table, key: &str) -> Result<Option<T>, StoreError> {
        let text = self.text(table, key).await?;
        text.map(|text| read(table, key, &text)).transpose()
    }

    /// The same as text, for records that may be spoilt.
    pub async fn text(&mut self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        let text = self.backend.get(table, key).await?;
        self.batch.seen.push(Seen::One(table, key.into(), text.clone()));
        Ok(text)
    }

    /// Reads a run of records that the change rests on.
    pub async fn run<T: FromJson>(&mut self, table: Table, prefix: &str) -> Result<Found<T>, StoreError> {
        Ok(self.excerpt(vec![(table, prefix.into())]).await?.run(table, prefix))
    }

    /// Reads several runs that the change rests on, as one state.
    pub async fn excerpt(&mut self, runs: Vec<Run>) -> Result<Excerpt, StoreError> {
        let found = self.backend.scan_all(&runs).await?;
        let tables: Vec<Table> = runs.iter().map(|(table, _)| *table).collect();
        let seen = runs.into_iter().zip(&found);
        self.batch.seen.extend(seen.map(|((table, prefix), run)| Seen::Run(table, prefix, run.clone())));
        Ok(Excerpt::new(tables.into_iter().zip(found)))
    }

    /// The same as keys and texts.
    pub async fn texts(&mut self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let texts = self.backend.scan(table, prefix).await?;
        self.batch.seen.push(Seen::Run(table, prefix.into(), texts.clone()));
        Ok(texts)
    }

    /// Makes or replaces a record.
    ///
    /// # Errors
    /// When the value cannot be written as JSON, which no type of ours should cause.
    pub fn put<T: Serialize>(&mut self, table: Table, key: &str, value: &T) -> Result<(), StoreError> {
        self.batch.put(table, key, value)
    }

    /// Keeps words of later kinds that are not here yet, each as `kept` stores it.
    pub async fn keep_unread<T: Serialize>(
        &mut self,
        table: Table,
        run: &str,
        unread: impl IntoIterator<Item = Unread>,
        kept: impl Fn(Unread) -> T,
    ) -> Result<(), StoreError> {
        for one in unread {
            let key = unread_key(run, &one);
            if self.text(table, &key).await?.is_none() {
                self.put(table, &key, &kept(one))?;
            }
        }
        Ok(())
    }

    /// Makes or replaces a text.
    pub fn put_text(&mut self, table: Table, key: &str, text: &str) {
        self.batch.put_text(table, key, text);
    }

    /// Makes or replaces bytes.
    pub fn put_bytes(&mut self, table: Table, key: &str, bytes: &[u8]) {
        self.batch.put_bytes(table, key, bytes);
    }

    /// Removes a record.
    pub fn delete(&mut self, table: Table, key: &str) {
        self.batch.delete(table, key);
    }
}

impl<B: Backend> Repository<B> {
    /// Carries `work_out` out in one step. It may run several times, and must do nothing but read and write through its
    /// argument.
    ///
    /// # Errors
    /// What `work_out` fails with, or the storage; then nothing was written.
    pub(super) async fn atomically<T, F>(&self, work_out: F) -> Result<T, StoreError>
    where
        F: AsyncFn(&mut Change<'_, B>) -> Result<T, StoreError>,
    {
        for _ in 0..MOST_TRIES {
            let mut change = Change { backend: self.backend(), batch: Batch::default() };
            let result = work_out(&mut change).await?;
            // What only reads promises nothing about the moment after.
            if change.batch.writes.is_empty() {
                return Ok(result);
            }
            match self.backend().commit(change.batch).await {
                Err(StoreError::Changed) => {}
                outcome => return outcome.map(|()| result),
            }
        }
        Err(StoreError::Changed)
    }
}
