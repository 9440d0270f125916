//! The documents of 一编一册 on this phone: fetched, read, and dropped when their version is over.

use super::{
    backend::{Backend, Batch, Table},
    error::StoreError,
    repository::{Repository, STANDARD},
};
use crate::{
    domain::{ContentHash, Document},
    json,
    sync::{Shelf, StandardCopy},
};
use std::collections::BTreeSet;

impl<B: Backend> Repository<B> {
    /// Every document that is here and can be read, with its hash, in no particular order. One that is spoilt is removed, so that
    /// it is fetched again; one that a newer app wrote stays for that app. The others are read all the same.
    pub async fn documents(&self) -> Result<Vec<(ContentHash, Document)>, StoreError> {
        Ok(self.shelved().await?.0)
    }

    /// The same with the hashes of those that only a newer app can read. Both from one look at the shelf: a document that arrives
    /// between two looks would pass for a newer one.
    pub async fn shelved(&self) -> Result<(Vec<(ContentHash, Document)>, BTreeSet<ContentHash>), StoreError> {
        let (mut read, mut newer, mut spoilt) = (Vec::new(), BTreeSet::new(), Batch::default());
        for (key, text) in self.backend().scan(Table::Documents, "").await? {
            let is_whole = || ContentHash::of(text.as_bytes()).as_str() == key;
            match (ContentHash::try_from(key.clone()), json::from_str(&text)) {
                (Ok(hash), Ok(document)) => read.push((hash, document)),
                (Ok(hash), _) if is_whole() => drop(newer.insert(hash)),
                _ => spoilt.delete(Table::Documents, &key),
            }
        }
        if !spoilt.writes.is_empty() {
            self.backend().commit(spoilt).await?;
        }
        Ok((read, newer))
    }
}

impl<B: Backend> Shelf for Repository<B> {
    type Error = StoreError;

    async fn published(&self) -> Result<Option<StandardCopy>, StoreError> {
        self.standard().await
    }

    async fn save_published(&self, standard: &StandardCopy) -> Result<(), StoreError> {
        self.put(Table::Settings, STANDARD, standard).await
    }

    async fn held(&self) -> Result<BTreeSet<ContentHash>, StoreError> {
        let keys = self.backend().keys(Table::Documents).await?;
        Ok(keys.into_iter().filter_map(|key| ContentHash::try_from(key).ok()).collect())
    }

    async fn place(&self, hash: &ContentHash, body: &str) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        batch.put_text(Table::Documents, hash.as_str(), body);
        self.backend().commit(batch).await
    }

    async fn keep_only(&self, wanted: &BTreeSet<ContentHash>) -> Result<(), StoreError> {
        // An edition that only a newer app can read does not take the place of the one that can be read.
        let read = self.documents().await?;
        if wanted.iter().any(|hash| read.iter().all(|(known, _)| known != hash)) {
            return Ok(());
        }
        let keys = self.backend().keys(Table::Documents).await?;
        let mut batch = Batch::default();
        for key in keys.iter().filter(|key| !wanted.iter().any(|hash| hash.as_str() == key.as_str())) {
            batch.delete(Table::Documents, key);
        }
        self.backend().commit(batch).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Collection, testing::document},
        store::Memory,
    };
    use pollster::block_on;

    #[test]
    fn documents_are_kept_by_content_and_only_those_wanted_stay() {
        let repository = Repository::new(Memory::default());
        let all: Vec<Document> = (1..=3).map(|number| document(Collection::Compilation, number)).collect();
        block_on(async {
            for document in &all {
                let body = String::from_utf8(document.canonical_json().unwrap()).unwrap();
                repository.place(&document.hash().unwrap(), &body).await.unwrap();
            }
            assert_eq!(repository.held().await.unwrap().len(), 3);
            let wanted = BTreeSet::from([all[1].hash().unwrap()]);
            repository.keep_only(&wanted).await.unwrap();
            assert_eq!(repository.held().await.unwrap(), wanted);
            let one = (all[1].hash().unwrap(), all[1].clone());
            // One that is spoilt is fetched again; one that only a newer app can read is kept for it.
            repository.place(&all[0].hash().unwrap(), "{\"id\":").await.unwrap();
            let newer = ContentHash::of(b"{}");
            repository.place(&newer, "{}").await.unwrap();
            assert_eq!(*repository.documents().await.unwrap(), *std::slice::from_ref(&one));
            let (read, only_newer) = repository.shelved().await.unwrap();
            assert_eq!((read, only_newer), (vec![one.clone()], BTreeSet::from([newer.clone()])));
            let both: BTreeSet<ContentHash> = wanted.into_iter().chain([newer.clone()]).collect();
            assert_eq!(repository.held().await.unwrap(), both);
            repository.keep_only(&BTreeSet::from([newer])).await.unwrap();
            assert_eq!(repository.documents().await.unwrap(), [one], "until the newer one can be read");
        });
    }
}
