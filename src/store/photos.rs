//! Evidence photos on this phone: what is known of each, its bytes, and a small picture. Nothing is deleted that the endpoint does
//! not have, and then only when she makes room (invariant 2).

use super::{
    atomic::Change,
    backend::{Backend, Table},
    error::StoreError,
    findings,
    ledger::put_records,
    records::{Draft, KeptRecord, LocalSubmission, PhotoRecord},
    repository::{Found, Repository, read_run, unless_spoilt},
    work::{drafts_of, put_edits},
};
use crate::{
    domain::{
        Assessment, BranchCode, ContentHash, FindingEntry, Findings, Ledger, LedgerRecord, Submission,
        assessment::Edit, photo::PhotoFacts,
    },
    protocol::ProblemKind,
    sync::{
        BindingState,
        uploads::{Known, Pile, Sent, Waiting, plan},
    },
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A photo that was just made, or has come from the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPhoto {
    /// What is known of it.
    pub record: PhotoRecord,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The small picture, JPEG too.
    pub thumbnail: Vec<u8>,
}

pub(super) fn photo_key(branch: &BranchCode, sha256: &ContentHash) -> String {
    format!("{branch}/{sha256}")
}

async fn known<B: Backend>(change: &mut Change<'_, B>, key: &str) -> Result<Option<PhotoRecord>, StoreError> {
    unless_spoilt(change.one::<PhotoRecord>(Table::Photos, key).await)
}

/// Stores a photo within the change that attaches it to something: an item, an entry of a ledger, a finding. The same photo
/// again is the same record.
///
/// # Errors
/// When the storage fails.
pub async fn keep<B: Backend>(change: &mut Change<'_, B>, photo: &NewPhoto) -> Result<(), StoreError> {
    let key = photo_key(&photo.record.branch, &photo.record.facts.sha256);
    let record = match known(change, &key).await? {
        Some(known) => PhotoRecord {
            here: true,
            // What another phone's report told of it knows nothing of the endpoint; what comes from there does.
            uploaded: known.uploaded || photo.record.uploaded,
            facts: PhotoFacts { happened_on: known.facts.happened_on, ..photo.record.facts.clone() },
            ..known
        },
        None => photo.record.clone(),
    };
    change.put(Table::Photos, &key, &record)?;
    change.put_bytes(Table::PhotoBytes, &key, &photo.bytes);
    change.put_bytes(Table::Thumbnails, &key, &photo.thumbnail);
    Ok(())
}

/// What a submission of another phone says of its photos; their bytes stay where they are until someone wants to see them.
pub(super) async fn learn<B: Backend>(
    change: &mut Change<'_, B>,
    submission: &Submission,
) -> Result<(), StoreError> {
    for listed in &submission.attachments {
        let key = photo_key(&submission.branch, &listed.sha256);
        if known(change, &key).await?.is_none() {
            let record = PhotoRecord {
                branch: submission.branch.clone(),
                facts: listed.clone().into(),
                added_at: submission.made_at,
                here: false,
                uploaded: false,
                refused: None,
            };
            change.put(Table::Photos, &key, &record)?;
        }
    }
    Ok(())
}

/// The endpoint has lost what attaches these: whether it still has the photos themselves is asked again, of those that are here.
pub(super) async fn doubt<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    photos: impl IntoIterator<Item = &ContentHash>,
) -> Result<(), StoreError> {
    for sha256 in photos {
        let key = photo_key(branch, sha256);
        if let Some(photo) = known(change, &key).await?.filter(|photo| photo.here && photo.uploaded) {
            change.put(Table::Photos, &key, &PhotoRecord { uploaded: false, ..photo })?;
        }
    }
    Ok(())
}

/// The endpoint says that it lacks these, whatever it said before: a server restored from an older backup does. Nothing here is
/// freed on its word any more until it has them again.
pub(super) async fn lacked<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
    photos: impl IntoIterator<Item = &ContentHash>,
) -> Result<(), StoreError> {
    for sha256 in photos {
        let key = photo_key(branch, sha256);
        if let Some(photo) = known(change, &key).await?.filter(|photo| photo.uploaded) {
            change.put(Table::Photos, &key, &PhotoRecord { uploaded: false, ..photo })?;
        }
    }
    Ok(())
}

/// The photos that anything of a branch names. (Whatever else can have photos has to be asked here.)
fn named(
    drafts: &[(Draft, Assessment)],
    submissions: &[LocalSubmission],
    ledger: &Ledger,
    findings: &Findings,
) -> BTreeSet<ContentHash> {
    let drafted = drafts.iter().flat_map(|(_, assessment)| assessment.photos()).map(|(_, sha256)| sha256);
    let sent = submissions.iter().filter_map(LocalSubmission::snapshot).flat_map(|sent| sent.photos());
    let found = findings.attached().map(|(_, sha256)| sha256);
    drafted.chain(ledger.photos()).chain(found).cloned().chain(sent).collect()
}

/// How many photos in use are on this phone alone: the endpoint does not have them, and no backup ever holds them. The
/// submissions are read from their bytes only where there is one.
#[must_use]
pub(super) fn only_here(
    photos: &[PhotoRecord],
    drafts: &[(Draft, Assessment)],
    submissions: &[LocalSubmission],
    ledger: &Ledger,
    findings: &Findings,
) -> usize {
    let mut alone = photos.iter().filter(|photo| photo.here && !photo.uploaded).peekable();
    if alone.peek().is_none() {
        return 0;
    }
    let named = named(drafts, submissions, ledger, findings);
    alone.filter(|photo| named.contains(&photo.facts.sha256)).count()
}

impl<B: Backend> Repository<B> {
    /// What is known of the photos of a branch.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn photos(&self, branch: &BranchCode) -> Result<Found<PhotoRecord>, StoreError> {
        self.run(Table::Photos, &format!("{branch}/")).await
    }

    /// The bytes of one; `None` when they are not on this phone.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn photo_bytes(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.backend().bytes(Table::PhotoBytes, &[photo_key(branch, sha256)]).await?;
        Ok(found.into_iter().flatten().next())
    }

    /// The small pictures of these, in their order; `None` where there is none on this phone. Together, because each transaction
    /// costs a slow phone milliseconds.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn thumbnails(
        &self,
        branch: &BranchCode,
        photos: &[ContentHash],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let keys: Vec<String> = photos.iter().map(|sha256| photo_key(branch, sha256)).collect();
        self.backend().bytes(Table::Thumbnails, &keys).await
    }

    /// Photo and the answer that attaches it become durable together. Returns whether what is on the screen must be read again,
    /// as [`Repository::save_edits`] does.
    ///
    /// # Errors
    /// When the storage fails; then nothing of either is stored.
    pub async fn save_photo(&self, draft: &Draft, edit: &Edit, photo: &NewPhoto) -> Result<bool, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            keep(change, photo).await?;
            put_edits(change, draft, std::slice::from_ref(edit)).await
        })
        .await
    }

    /// Photo and the version of a ledger entry that attaches it become durable together. Returns whether what is on the screen
    /// must be read again, as [`Repository::save_ledger`] does.
    ///
    /// # Errors
    /// When the storage fails; then nothing of either is stored.
    pub async fn save_ledger_photo(
        &self,
        record: &LedgerRecord,
        photo: &NewPhoto,
    ) -> Result<bool, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            keep(change, photo).await?;
            put_records(change, &photo.record.branch, std::slice::from_ref(record)).await
        })
        .await
    }

    /// Photo and the word that attaches it to a finding become durable together.
    ///
    /// # Errors
    /// When the storage fails; then nothing of either is stored.
    pub async fn save_finding_photo(&self, word: &FindingEntry, photo: &NewPhoto) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            keep(change, photo).await?;
            findings::keep(change, &photo.record.branch, [word]).await.map(drop)
        })
        .await
    }

    /// Stores what has come from the endpoint, for something that names it already.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn place_photo(&self, photo: &NewPhoto) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| keep(change, photo).await).await
    }

    /// 事情是哪天的, as the branch says.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn date_photo(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
        happened_on: Option<Date>,
    ) -> Result<(), StoreError> {
        self.change_photo(branch, sha256, |photo| photo.facts.happened_on = happened_on).await
    }

    /// The endpoint was asked for one, and has it not, whatever was known.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn is_not_there(&self, branch: &BranchCode, sha256: &ContentHash) -> Result<(), StoreError> {
        self.change_photo(branch, sha256, |photo| photo.uploaded = false).await
    }

    /// What the endpoint would not have is tried again.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn retry_photos(&self, branch: &BranchCode) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            for photo in change.run::<PhotoRecord>(Table::Photos, &format!("{branch}/")).await?.records {
                if photo.refused.is_some() {
                    let key = photo_key(branch, &photo.facts.sha256);
                    change.put(Table::Photos, &key, &PhotoRecord { refused: None, ..photo })?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Makes room: of the photos that the endpoint has, only the small pictures stay. Returns how many went.
    ///
    /// # Errors
    /// When the storage fails; then none is gone.
    pub async fn free_photos(&self, branch: &BranchCode) -> Result<usize, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let photos = change.run::<PhotoRecord>(Table::Photos, &format!("{branch}/")).await?.records;
            let mut freed = 0;
            for photo in photos.into_iter().filter(|photo| photo.here && photo.uploaded) {
                let key = photo_key(branch, &photo.facts.sha256);
                change.put(Table::Photos, &key, &PhotoRecord { here: false, ..photo })?;
                change.delete(Table::PhotoBytes, &key);
                freed += 1;
            }
            Ok(freed)
        })
        .await
    }

    /// The photos that nothing names any more.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn unused_photos(&self, branch: &BranchCode) -> Result<Vec<PhotoRecord>, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| unused(change, branch).await).await
    }

    /// Removes the photos that nothing names any more. Returns how many went.
    ///
    /// # Errors
    /// When the storage fails; then none is gone.
    pub async fn drop_unused_photos(&self, branch: &BranchCode) -> Result<usize, StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| {
            let unused = unused(change, branch).await?;
            for photo in &unused {
                let key = photo_key(branch, &photo.facts.sha256);
                for table in [Table::Photos, Table::PhotoBytes, Table::Thumbnails] {
                    change.delete(table, &key);
                }
            }
            Ok(unused.len())
        })
        .await
    }

    async fn change_photo(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
        change_it: impl Fn(&mut PhotoRecord),
    ) -> Result<(), StoreError> {
        let key = photo_key(branch, sha256);
        self.atomically(async |change: &mut Change<'_, B>| {
            if let Some(mut photo) = known(change, &key).await? {
                change_it(&mut photo);
                change.put(Table::Photos, &key, &photo)?;
            }
            Ok(())
        })
        .await
    }
}

async fn unused<B: Backend>(
    change: &mut Change<'_, B>,
    branch: &BranchCode,
) -> Result<Vec<PhotoRecord>, StoreError> {
    let drafts = drafts_of(change, branch).await?;
    let submissions = change.run(Table::Submissions, &format!("{branch}/")).await?.records;
    let kept = change.run::<KeptRecord>(Table::Ledger, &format!("{branch}/")).await?.records;
    let ledger = Ledger::new(kept.into_iter().map(|kept| kept.record));
    let findings = findings::stored(change, branch).await?.all();
    let used = named(&drafts, &submissions, &ledger, &findings);
    let photos = change.run::<PhotoRecord>(Table::Photos, &format!("{branch}/")).await?.records;
    Ok(photos.into_iter().filter(|photo| !used.contains(&photo.facts.sha256)).collect())
}

impl<B: Backend> Pile for Repository<B> {
    type Error = StoreError;

    async fn waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        let photos = read_run::<PhotoRecord>(Table::Photos, self.backend().scan(Table::Photos, "").await?);
        if !photos.records.iter().any(|photo| photo.here) {
            return Ok(Vec::new());
        }
        let (mut known, mut sent) = (Vec::new(), Vec::new());
        for PhotoRecord { branch, facts, here, uploaded, refused, .. } in photos.records {
            let PhotoFacts { sha256, media_type, .. } = facts;
            let may_go = here && refused.is_none();
            known.push(Known { branch, sha256, media_type, may_go, uploaded });
        }
        let bound = self.bindings().await?.records;
        for binding in bound.into_iter().filter(|binding| binding.state == BindingState::Bound) {
            let branch = binding.branch.code;
            // A submission that has not arrived, or was taken back, wants no photos.
            let submissions = self.submissions(&branch).await?.records.into_iter();
            let wanting = submissions.filter(|sent| sent.receipt.is_some() && !sent.withdrawn);
            let named = |photos, missing| {
                let (branch, token) = (branch.clone(), binding.token.clone());
                Sent { branch, token, photos, missing }
            };
            sent.extend(wanting.filter_map(|local| {
                Some(named(local.snapshot()?.photos(), local.missing.into_iter().collect()))
            }));
            let photos = self.findings(&branch).await?.0.photos_delivered();
            sent.push(named(photos, BTreeSet::new()));
        }
        Ok(plan(&known, &sent))
    }

    async fn paused(&self) -> Result<bool, StoreError> {
        Ok(unless_spoilt(self.stored_phone().await)?.is_some_and(|phone| phone.uploads_paused))
    }

    async fn bytes(&self, waiting: &Waiting) -> Result<Option<Vec<u8>>, StoreError> {
        self.photo_bytes(&waiting.branch, &waiting.sha256).await
    }

    async fn record_uploaded(&self, waiting: &Waiting) -> Result<(), StoreError> {
        let (branch, sha256) = (&waiting.branch, &waiting.sha256);
        self.atomically(async |change: &mut Change<'_, B>| {
            let key = photo_key(branch, sha256);
            if let Some(photo) = known(change, &key).await? {
                change.put(Table::Photos, &key, &PhotoRecord { uploaded: true, refused: None, ..photo })?;
            }
            for (key, text) in change.texts(Table::Submissions, &format!("{branch}/")).await? {
                // Most of it is a frozen body: looked into only where the hash stands in it.
                if !text.contains(sha256.as_str()) {
                    continue;
                }
                let Ok(mut sent) = serde_json::from_str::<LocalSubmission>(&text) else { continue };
                let before = sent.missing.len();
                sent.missing.retain(|missing| missing != sha256);
                if sent.missing.len() != before {
                    change.put(Table::Submissions, &key, &sent)?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn record_refused(&self, waiting: &Waiting, kind: ProblemKind) -> Result<(), StoreError> {
        self.change_photo(&waiting.branch, &waiting.sha256, |photo| photo.refused = Some(kind)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            ContentHash,
            ledger::testing::{meeting, record},
            submission::Attachment,
        },
        store::{
            Memory, OnlyHere, Phone,
            testing::{attach, binding, draft, phone, photo, report, repository, run},
        },
        sync::{
            Client, ClockOffset, OutboxRequest, round,
            testing::{FakeEndpoint, NOON, branch, token},
            uploads::{Uploaded, upload},
        },
    };

    fn hash(of: &[u8]) -> ContentHash {
        ContentHash::of(of)
    }

    /// A phone with one answer to which one photo belongs, reported.
    fn reported(memory: &Memory, picture: &[u8]) -> Repository<Memory> {
        let repository = repository(memory);
        run(repository.bind(&binding(1), &phone())).unwrap();
        run(repository.save_photo(&draft(1), &attach("yes", picture, true, NOON), &photo(1, picture)))
            .unwrap();
        let (mut sent, ..) = report(1, 1, 1);
        sent.answers = run(repository.entries(&draft(1).key())).unwrap().records;
        sent.attachments = vec![photo(1, picture).record.facts.into()];
        let body = serde_json::to_string(&sent).unwrap();
        let (_, mut local, mut row) = report(1, 1, 1);
        local.body = Some(body.clone());
        row.request = OutboxRequest::submit(sent.id, body);
        let carried = sent.answers;
        run(repository.submit(&draft(1), &carried, &local, &row, &[])).unwrap();
        repository
    }

    fn upload_now(repository: &Repository<Memory>, endpoint: &FakeEndpoint) -> Uploaded {
        let client = Client::new(endpoint, || NOON, ClockOffset::default());
        run(upload(repository, &client, |_| {})).unwrap()
    }

    #[test]
    fn an_entry_of_the_ledger_has_photos_as_an_item_does() {
        let memory = Memory::default();
        let repository = repository(&memory);
        run(repository.bind(&binding(1), &phone())).unwrap();
        let day = jiff::civil::date(2026, 11, 20);
        let with = |count, attached| LedgerRecord {
            photos: [(hash(b"one"), attached)].into(),
            ..record(1, meeting(day), day, count)
        };
        memory.refuse(Some(StoreError::Full));
        let save = || run(repository.save_ledger_photo(&with(0, true), &photo(1, b"one")));
        assert_eq!(save(), Err(StoreError::Full));
        assert_eq!(run(repository.ledger(&branch(1))).unwrap().records, []);
        assert_eq!(run(repository.photo_bytes(&branch(1), &hash(b"one"))), Ok(None));
        memory.refuse(None);
        assert_eq!(save(), Ok(false));
        assert_eq!(run(repository.unused_photos(&branch(1))), Ok(Vec::new()));
        let alone = OnlyHere { answers: 1, photos: 1, ..OnlyHere::default() };
        assert_eq!(run(repository.only_here(&branch(1))), Ok(alone));
        run(repository.save_ledger(&branch(1), &[with(1, false)])).unwrap();
        assert_eq!(run(repository.only_here(&branch(1))).unwrap().photos, 0);
        assert_eq!(run(repository.drop_unused_photos(&branch(1))), Ok(1));
    }

    #[test]
    fn a_start_reads_what_is_known_of_photos_and_not_their_bytes() {
        let memory = Memory::default();
        let repository = repository(&memory);
        run(repository.save_photo(&draft(1), &attach("yes", b"one", true, NOON), &photo(1, b"one"))).unwrap();
        let copy = Repository::new(run(repository.copy_of(Some(&branch(1)))).unwrap());
        assert_eq!(run(copy.photos(&branch(1))), run(repository.photos(&branch(1))));
        assert_eq!(run(copy.photo_bytes(&branch(1), &hash(b"one"))), Ok(None));
        assert_eq!(run(copy.thumbnails(&branch(1), &[hash(b"one")])), Ok(vec![None]));
    }

    #[test]
    fn photo_and_answer_are_stored_together_or_not_at_all() {
        let memory = Memory::default();
        let repository = repository(&memory);
        let (edit, new) = (attach("yes", b"one", true, NOON), photo(1, b"one"));
        memory.refuse(Some(StoreError::Full));
        assert_eq!(run(repository.save_photo(&draft(1), &edit, &new)), Err(StoreError::Full));
        assert_eq!(run(repository.photos(&branch(1))).unwrap().records, []);
        assert_eq!(run(repository.photo_bytes(&branch(1), &hash(b"one"))), Ok(None));
        assert_eq!(run(repository.entries(&draft(1).key())).unwrap().records, []);
        memory.refuse(None);
        assert_eq!(run(repository.save_photo(&draft(1), &edit, &new)), Ok(false));
        assert_eq!(run(repository.photos(&branch(1))).unwrap().records, [new.record]);
        assert_eq!(run(repository.photo_bytes(&branch(1), &hash(b"one"))), Ok(Some(b"one".to_vec())));
        assert_eq!(
            run(repository.thumbnails(&branch(1), &[hash(b"one")])),
            Ok(vec![Some(b"small".to_vec())])
        );
        assert_eq!(run(repository.entries(&draft(1).key())).unwrap().records, [edit.put]);
        assert!(run(repository.draft(&draft(1).key())).unwrap().is_some());
    }

    #[test]
    fn one_photo_for_two_items_is_one_record_and_goes_only_when_nothing_names_it() {
        let memory = Memory::default();
        let repository = repository(&memory);
        let save = |edit: Edit| run(repository.save_photo(&draft(1), &edit, &photo(1, b"one"))).unwrap();
        save(attach("yes", b"one", true, NOON));
        run(repository.date_photo(&branch(1), &hash(b"one"), Some(jiff::civil::date(2026, 11, 19)))).unwrap();
        save(attach("facts", b"one", true, NOON));
        let records = run(repository.photos(&branch(1))).unwrap().records;
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].facts.happened_on, Some(jiff::civil::date(2026, 11, 19)), "kept");
        for item in ["yes", "facts"] {
            assert_eq!(run(repository.drop_unused_photos(&branch(1))), Ok(0), "{item} still names it");
            run(repository.save_edits(&draft(1), &[attach(item, b"one", false, NOON + 1)])).unwrap();
        }
        assert_eq!(run(repository.unused_photos(&branch(1))).unwrap().len(), 1);
        assert_eq!(run(repository.drop_unused_photos(&branch(1))), Ok(1));
        assert_eq!(run(repository.photo_bytes(&branch(1), &hash(b"one"))), Ok(None));
        assert_eq!(run(repository.thumbnails(&branch(1), &[hash(b"one")])), Ok(vec![None]));
    }

    #[test]
    fn nothing_is_freed_before_the_endpoint_has_it_and_a_small_picture_stays() {
        let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
        let memory = Memory::default();
        let (repository, endpoint) = (reported(&memory, &picture), FakeEndpoint::with(&[(1, 1)]));
        assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
        assert!(endpoint.photos.borrow().is_empty(), "not before its submission has arrived");
        assert_eq!(run(repository.free_photos(&branch(1))), Ok(0));
        let unbind = || run(repository.unbind(&branch(1), &phone()));
        let stuck = OnlyHere { answers: 0, requests: 1, photos: 1 };
        assert_eq!(unbind(), Err(stuck.into()));

        let sent = || run(repository.submissions(&branch(1))).unwrap().records.remove(0);
        run(round(&repository, &endpoint, || NOON, || 0, 0)).unwrap();
        assert_eq!(sent().missing, [hash(&picture)], "delivered, but not complete");
        assert_eq!(unbind(), Err(OnlyHere { photos: 1, ..OnlyHere::default() }.into()));
        assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
        assert_eq!(sent().missing, []);
        assert_eq!(run(repository.only_here(&branch(1))), Ok(OnlyHere::default()));

        assert_eq!(run(repository.free_photos(&branch(1))), Ok(1));
        assert_eq!(run(repository.photo_bytes(&branch(1), &hash(&picture))), Ok(None));
        assert_eq!(
            run(repository.thumbnails(&branch(1), &[hash(&picture)])),
            Ok(vec![Some(b"small".to_vec())])
        );
        let client = Client::new(&endpoint, || NOON, ClockOffset::default());
        assert_eq!(run(client.photo(&token(1), &hash(&picture))), Ok(picture.clone()));
        let record = PhotoRecord { uploaded: false, ..photo(1, &picture).record };
        run(repository.place_photo(&NewPhoto { record, ..photo(1, &picture) })).unwrap();
        let records = run(repository.photos(&branch(1))).unwrap().records;
        assert!(records[0].here && records[0].uploaded, "{records:?}");
        unbind().unwrap();
        assert_eq!(run(repository.thumbnails(&branch(1), &[hash(&picture)])), Ok(vec![None]));
    }

    #[test]
    fn another_phone_hears_of_photos_and_fetches_none_by_itself() {
        let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
        let endpoint = FakeEndpoint::with(&[(1, 1)]);
        let first = reported(&Memory::default(), &picture);
        run(round(&first, &endpoint, || NOON, || 0, 0)).unwrap();
        let second = Repository::new(Memory::default());
        run(second.bind(&binding(1), &Phone::new(crate::domain::testing::device(2)))).unwrap();
        run(round(&second, &endpoint, || NOON, || 0, 0)).unwrap();
        let records = run(second.photos(&branch(1))).unwrap().records;
        let expected: Attachment = photo(1, &picture).record.facts.into();
        assert_eq!(Attachment::from(records[0].facts.clone()), expected);
        assert!(!records[0].here && endpoint.heard("GET /api/v1/photos/") == 0);
        assert_eq!(run(second.waiting()).unwrap(), [], "it cannot send what it has not");
        assert_eq!(run(second.only_here(&branch(1))).unwrap().photos, 0);
    }

    #[test]
    fn what_a_restored_endpoint_lacks_is_not_freed_and_goes_up_again() {
        let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
        let (repository, endpoint) = (reported(&Memory::default(), &picture), FakeEndpoint::with(&[(1, 1)]));
        run(round(&repository, &endpoint, || NOON, || 0, 0)).unwrap();
        assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
        run(round(&repository, &endpoint, || NOON, || 0, 0)).unwrap();
        assert_eq!(run(repository.only_here(&branch(1))), Ok(OnlyHere::default()));
        // Restored from a backup that holds the submission and not yet the photo.
        endpoint.photos.borrow_mut().clear();
        run(round(&repository, &endpoint, || NOON, || 0, 0)).unwrap();
        assert_eq!(run(repository.free_photos(&branch(1))), Ok(0), "it is the only one there is");
        assert_eq!(run(repository.photo_bytes(&branch(1), &hash(&picture))), Ok(Some(picture.clone())));
        assert_eq!(run(repository.only_here(&branch(1))).unwrap().photos, 1);
        assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
        assert_eq!(endpoint.photos.borrow().len(), 1);
        run(repository.is_not_there(&branch(1), &hash(&picture))).unwrap();
        assert_eq!(run(repository.free_photos(&branch(1))), Ok(0), "asked for it, the endpoint had it not");
        assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
        assert_eq!(run(repository.free_photos(&branch(1))), Ok(1));
    }

    #[test]
    fn a_photo_fetched_from_the_endpoint_is_known_to_be_there() {
        let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
        let endpoint = FakeEndpoint::with(&[(1, 1)]);
        let first = reported(&Memory::default(), &picture);
        run(round(&first, &endpoint, || NOON, || 0, 0)).unwrap();
        upload_now(&first, &endpoint);
        let second = Repository::new(Memory::default());
        run(second.bind(&binding(1), &Phone::new(crate::domain::testing::device(2)))).unwrap();
        run(round(&second, &endpoint, || NOON, || 0, 0)).unwrap();
        let record = PhotoRecord { uploaded: true, ..photo(1, &picture).record };
        run(second.place_photo(&NewPhoto { record, ..photo(1, &picture) })).unwrap();
        assert_eq!(run(second.waiting()).unwrap(), [], "it came from there");
        assert_eq!(run(second.only_here(&branch(1))).unwrap().photos, 0);
        assert_eq!(run(second.free_photos(&branch(1))), Ok(1));
    }

    #[test]
    fn a_pause_in_one_tab_is_heard_by_the_tab_that_sends() {
        let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
        let memory = Memory::default();
        let (sends, endpoint) = (reported(&memory, &picture), FakeEndpoint::with(&[(1, 1)]));
        run(round(&sends, &endpoint, || NOON, || 0, 0)).unwrap();
        let other = repository(&memory);
        let pause =
            |paused| run(other.change_phone(&phone(), |phone| phone.uploads_paused = paused)).unwrap();
        pause(true);
        assert_eq!(upload_now(&sends, &endpoint), Uploaded::Paused);
        assert!(endpoint.photos.borrow().is_empty());
        pause(false);
        assert_eq!(upload_now(&sends, &endpoint), Uploaded::Complete);
        assert_eq!(endpoint.photos.borrow().len(), 1);
    }

    #[test]
    fn what_the_endpoint_refuses_waits_for_her_word() {
        let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
        let (repository, endpoint) = (reported(&Memory::default(), &picture), FakeEndpoint::with(&[(1, 1)]));
        run(round(&repository, &endpoint, || NOON, || 0, 0)).unwrap();
        let refusal = crate::sync::testing::refusal(ProblemKind::TooManyPhotos);
        endpoint.next("PUT /api/v1/photos/", crate::sync::testing::Line::Says(refusal));
        assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
        let record = || run(repository.photos(&branch(1))).unwrap().records.remove(0);
        assert_eq!(record().refused, Some(ProblemKind::TooManyPhotos));
        assert_eq!(run(repository.waiting()).unwrap(), []);
        run(repository.retry_photos(&branch(1))).unwrap();
        assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
        assert!(record().uploaded && record().refused.is_none());
    }
}
