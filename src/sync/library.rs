//! 一编一册 comes to the phone: document by document, each proven by its hash and stored in a transaction of its own, so that an
//! interrupted fetch goes on where it stopped and a new version brings only what has changed. Runs after the checklists are
//! here; the first self-check never waits for it.

use super::{
    api::{Api, ApiError},
    client::{Client, StandardAnswer},
    store::StandardCopy,
};
use crate::{
    domain::ContentHash,
    protocol::{ProblemKind, PublishedDocument},
};
use std::collections::BTreeSet;

/// Where the documents lie on the phone.
#[expect(async_fn_in_trait, reason = "wasm has one thread: no future needs to be Send")]
pub trait Shelf {
    /// Why storage failed.
    type Error;

    /// The standard in force, as last heard.
    async fn published(&self) -> Result<Option<StandardCopy>, Self::Error>;

    /// The standard in force. Only for a phone that looks after no branch: else the round stores it, with its checklists.
    async fn save_published(&self, standard: &StandardCopy) -> Result<(), Self::Error>;

    /// The documents that are here.
    async fn held(&self) -> Result<BTreeSet<ContentHash>, Self::Error>;

    /// Stores one document under its hash.
    async fn place(&self, hash: &ContentHash, body: &str) -> Result<(), Self::Error>;

    /// Removes every document that is not among these: they can be had again and are of no use without their version.
    async fn keep_only(&self, wanted: &BTreeSet<ContentHash>) -> Result<(), Self::Error>;
}

/// How far the library is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// The documents of the version in force that are here.
    pub held: usize,
    /// All of them.
    pub wanted: usize,
    /// The size of those that are missing, in bytes before compression.
    pub missing_bytes: u64,
}

impl Progress {
    /// How far it is with these documents here.
    pub fn of(documents: &[PublishedDocument], held: &BTreeSet<ContentHash>) -> Self {
        let missing = documents.iter().filter(|document| !held.contains(&document.hash));
        let (count, missing_bytes) = missing
            .fold((0, 0_u64), |(count, bytes), document| (count + 1, bytes.saturating_add(document.bytes)));
        Self { held: documents.len() - count, wanted: documents.len(), missing_bytes }
    }

    /// Whether nothing is missing.
    pub fn is_complete(self) -> bool {
        self.held == self.wanted
    }
}

/// How fetching ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Every document of the version in force is here.
    Complete,
    /// Nothing is published.
    NothingPublished,
    /// The rest is fetched another time; what came is stored.
    Interrupted(ApiError),
}

/// Fetches what is missing, in the order of reading. `alone` says that the phone looks after no branch, so that nobody else
/// asks for the standard. `tell` hears of every document that has come.
///
/// # Errors
/// Whatever storage fails with; what was stored until then stays.
pub async fn fetch<S: Shelf, A: Api, N: Fn() -> u64>(
    shelf: &S,
    client: &Client<'_, A, N>,
    alone: bool,
    mut tell: impl FnMut(Progress),
) -> Result<Fetched, S::Error> {
    let mut standard = shelf.published().await?;
    if alone {
        let etag = standard.as_ref().and_then(|copy| copy.etag.clone());
        match client.standard(etag.as_deref()).await {
            Ok(StandardAnswer::Published(copy)) => {
                shelf.save_published(&copy).await?;
                standard = Some(copy);
            }
            Ok(StandardAnswer::Unchanged | StandardAnswer::NonePublished) => {}
            Err(error) => return Ok(Fetched::Interrupted(error)),
        }
    }
    let Some(standard) = standard else { return Ok(Fetched::NothingPublished) };
    let documents = &standard.published.documents;
    let mut held = shelf.held().await?;
    tell(Progress::of(documents, &held));
    for document in documents {
        if held.contains(&document.hash) {
            continue;
        }
        let body = match client.document(&document.hash).await {
            Ok(body) => body,
            // Withdrawn by a version that the next round will hear of.
            Err(error) if error.kind() == Some(ProblemKind::NotFound) => continue,
            Err(error) => return Ok(Fetched::Interrupted(error)),
        };
        shelf.place(&document.hash, &body).await?;
        held.insert(document.hash.clone());
        tell(Progress::of(documents, &held));
    }
    let wanted: BTreeSet<ContentHash> = documents.iter().map(|document| document.hash.clone()).collect();
    if held != wanted && Progress::of(documents, &held).is_complete() {
        shelf.keep_only(&wanted).await?;
    }
    Ok(Fetched::Complete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Collection, Document, testing::document},
        sync::{
            ClockOffset,
            testing::{FakeEndpoint, Line, NOON, refusal},
        },
    };
    use pollster::block_on;
    use std::{cell::RefCell, collections::BTreeMap};

    #[derive(Default)]
    struct Shelves {
        standard: RefCell<Option<StandardCopy>>,
        documents: RefCell<BTreeMap<ContentHash, String>>,
    }

    impl Shelf for Shelves {
        type Error = &'static str;

        async fn published(&self) -> Result<Option<StandardCopy>, Self::Error> {
            Ok(self.standard.borrow().clone())
        }

        async fn save_published(&self, standard: &StandardCopy) -> Result<(), Self::Error> {
            *self.standard.borrow_mut() = Some(standard.clone());
            Ok(())
        }

        async fn held(&self) -> Result<BTreeSet<ContentHash>, Self::Error> {
            Ok(self.documents.borrow().keys().cloned().collect())
        }

        async fn place(&self, hash: &ContentHash, body: &str) -> Result<(), Self::Error> {
            self.documents.borrow_mut().insert(hash.clone(), body.into());
            Ok(())
        }

        async fn keep_only(&self, wanted: &BTreeSet<ContentHash>) -> Result<(), Self::Error> {
            self.documents.borrow_mut().retain(|hash, _| wanted.contains(hash));
            Ok(())
        }
    }

    fn three() -> Vec<Document> {
        (1..=3).map(|number| document(Collection::Handbook, number)).collect()
    }

    fn fetch_now(shelf: &Shelves, endpoint: &FakeEndpoint, told: &mut Vec<(usize, usize)>) -> Fetched {
        let client = Client::new(endpoint, || NOON, ClockOffset::default());
        let tell = |progress: Progress| told.push((progress.held, progress.wanted));
        block_on(fetch(shelf, &client, true, tell)).unwrap()
    }

    #[test]
    fn an_interrupted_fetch_goes_on_where_it_stopped() {
        let (shelf, endpoint) = (Shelves::default(), FakeEndpoint::with(&[]));
        endpoint.publish_documents(&three());
        let third = three()[2].hash().unwrap();
        endpoint.next(&format!("GET {}", crate::protocol::paths::document(&third)), Line::Cut);
        let mut told = Vec::new();
        let ended = fetch_now(&shelf, &endpoint, &mut told);
        assert!(matches!(ended, Fetched::Interrupted(ApiError::Offline(_))), "{ended:?}");
        assert_eq!(told, [(0, 3), (1, 3), (2, 3)]);
        told.clear();
        assert_eq!(fetch_now(&shelf, &endpoint, &mut told), Fetched::Complete);
        assert_eq!(told, [(2, 3), (3, 3)]);
        assert_eq!(endpoint.heard("GET /api/v1/documents/"), 3, "nothing came twice");
        let stored = shelf.documents.borrow();
        let read: Vec<Document> = stored.values().map(|body| serde_json::from_str(body).unwrap()).collect();
        assert!(three().iter().all(|document| read.contains(document)));
    }

    #[test]
    fn a_new_version_brings_only_what_has_changed_and_drops_the_old_when_it_is_whole() {
        let (shelf, endpoint) = (Shelves::default(), FakeEndpoint::with(&[]));
        endpoint.publish_documents(&three());
        assert_eq!(fetch_now(&shelf, &endpoint, &mut Vec::new()), Fetched::Complete);
        let mut edition = three();
        edition[1].title = "改过的".into();
        edition.remove(2);
        endpoint.publish_documents(&edition);
        let changed = edition[1].hash().unwrap();
        endpoint.next(&format!("GET {}", crate::protocol::paths::document(&changed)), Line::Cut);
        fetch_now(&shelf, &endpoint, &mut Vec::new());
        assert_eq!(
            shelf.documents.borrow().len(),
            3,
            "the old ones stay readable until the new version is whole"
        );
        assert_eq!(fetch_now(&shelf, &endpoint, &mut Vec::new()), Fetched::Complete);
        let held: BTreeSet<ContentHash> = shelf.documents.borrow().keys().cloned().collect();
        assert_eq!(held, edition.iter().map(|document| document.hash().unwrap()).collect());
        assert_eq!(endpoint.heard("GET /api/v1/documents/"), 4);
    }

    #[test]
    fn other_bytes_than_the_hash_says_are_not_stored() {
        let (shelf, endpoint) = (Shelves::default(), FakeEndpoint::with(&[]));
        endpoint.publish_documents(&three());
        endpoint.next("GET /api/v1/documents/", Line::Says(crate::sync::testing::reply(200, "{}")));
        let ended = fetch_now(&shelf, &endpoint, &mut Vec::new());
        assert!(matches!(ended, Fetched::Interrupted(ApiError::Unreadable(_))), "{ended:?}");
        assert!(shelf.documents.borrow().is_empty());
        endpoint.next("GET /api/v1/documents/", Line::Says(refusal(ProblemKind::NotFound)));
        assert_eq!(fetch_now(&shelf, &endpoint, &mut Vec::new()), Fetched::Complete);
        assert_eq!(shelf.documents.borrow().len(), 2, "one that is gone does not hold up the others");
    }
}
