//! A storage in memory: the double that tests use, and what the app falls back on when the browser refuses storage, so that
//! answers can still be given and carried away as a backup file. The app says plainly that it then keeps nothing.

use super::{
    backend::{Backend, Batch, Seen, Table, Write},
    error::StoreError,
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

type Shelf<T> = Rc<RefCell<BTreeMap<(Table, String), T>>>;

/// Clones share their content, as two tabs do.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    records: Shelf<String>,
    bytes: Shelf<Vec<u8>>,
    refusal: Rc<RefCell<Option<StoreError>>>,
}

impl Memory {
    /// From now on every commit fails with this error (`None`: works again).
    pub fn refuse(&self, error: Option<StoreError>) {
        *self.refusal.borrow_mut() = error;
    }
}

impl Backend for Memory {
    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.records.borrow().get(&(table, key.to_owned())).cloned())
    }

    async fn scan(&self, table: Table, prefix: &str) -> Result<Vec<(String, String)>, StoreError> {
        let records = self.records.borrow();
        let from = records.range((table, prefix.to_owned())..);
        let run = from.take_while(|((of, key), _)| *of == table && key.starts_with(prefix));
        Ok(run.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }

    async fn bytes(&self, table: Table, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let bytes = self.bytes.borrow();
        Ok(keys.iter().map(|key| bytes.get(&(table, key.clone())).cloned()).collect())
    }

    async fn scan_all(&self, runs: &[(Table, String)]) -> Result<Vec<Vec<(String, String)>>, StoreError> {
        let mut found = Vec::new();
        for (table, prefix) in runs {
            found.push(self.scan(*table, prefix).await?);
        }
        Ok(found)
    }

    async fn keys(&self, table: Table) -> Result<Vec<String>, StoreError> {
        if table.holds_bytes() {
            let bytes = self.bytes.borrow();
            return Ok(bytes.keys().filter(|(of, _)| *of == table).map(|(_, key)| key.clone()).collect());
        }
        Ok(self.scan(table, "").await?.into_iter().map(|(key, _)| key).collect())
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        if let Some(error) = self.refusal.borrow().clone() {
            return Err(error);
        }
        for seen in &batch.seen {
            let still = match seen {
                Seen::One(table, key, value) => self.get(*table, key).await? == *value,
                Seen::Run(table, prefix, values) => self.scan(*table, prefix).await? == *values,
            };
            if !still {
                return Err(StoreError::Changed);
            }
        }
        let (mut records, mut bytes) = (self.records.borrow_mut(), self.bytes.borrow_mut());
        for write in batch.writes {
            match write {
                Write::Put(table, key, value) => {
                    records.insert((table, key), value);
                }
                Write::PutBytes(table, key, value) => {
                    bytes.insert((table, key), value);
                }
                Write::Delete(table, key) if table.holds_bytes() => {
                    bytes.remove(&(table, key));
                }
                Write::Delete(table, key) => {
                    records.remove(&(table, key));
                }
            }
        }
        Ok(())
    }
}
