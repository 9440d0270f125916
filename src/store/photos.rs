//! Evidence photos on this phone: what is known of each, its bytes, and a small picture. Nothing is deleted that the endpoint does
//! not have, and then only when she makes room (invariant 2).
//!
//! A photo and what attaches it are one transaction. Each photo of an item, of a ledger entry, and of a finding before and after mending is a
//! register of its own, so that two phones never lose one another's: a version of an entry says only which photos it adds or takes off.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    error::StoreError,
    findings::StoredFindings,
    records::{Draft, LocalSubmission, PhotoRecord},
    repository::{Found, Repository, unless_spoilt},
    work::stock_of,
};
use crate::{
    domain::{
        Assessment, BranchCode, ContentHash, FindingId, Findings, Ledger, Submission, photo::PhotoFacts,
    },
    json,
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

/// The endpoint says that it lacks these, or has lost what attaches them, as a server does that was restored from an older
/// backup. Nothing here is freed on its earlier word any more until it has them again.
pub(super) async fn doubt<B: Backend>(
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

/// The photos that anything of a branch names, findings that are gone left out. (Whatever else can have photos has to be asked here.)
fn named(
    drafts: &[(Draft, Assessment)],
    submissions: &[LocalSubmission],
    ledger: &Ledger,
    findings: &Findings,
    gone: &BTreeSet<FindingId>,
) -> BTreeSet<ContentHash> {
    let drafted = drafts.iter().flat_map(|(_, assessment)| assessment.photos()).map(|(_, sha256)| sha256);
    let sent = submissions.iter().filter_map(LocalSubmission::snapshot).flat_map(|sent| sent.photos());
    let found = findings.attached().filter(|(word, _)| !gone.contains(&word.finding));
    let found = found.map(|(_, sha256)| sha256);
    drafted.chain(ledger.photos()).chain(found).cloned().chain(sent).collect()
}

/// How many photos in use are on this phone alone, for no backup ever holds them; and how many the endpoint has. The submissions are
/// read from their bytes only where there is one.
pub(super) fn in_use(
    photos: &[PhotoRecord],
    drafts: &[(Draft, Assessment)],
    submissions: &[LocalSubmission],
    ledger: &Ledger,
    findings: &StoredFindings,
) -> (usize, usize) {
    let mut counted = photos.iter().filter(|photo| photo.here || photo.uploaded).peekable();
    if counted.peek().is_none() {
        return (0, 0);
    }
    let named = named(drafts, submissions, ledger, &findings.all(), &findings.never_were());
    let used = counted.filter(|photo| named.contains(&photo.facts.sha256));
    used.fold(
        (0, 0),
        |(alone, there), photo| if photo.uploaded { (alone, there + 1) } else { (alone + 1, there) },
    )
}

impl<B: Backend> Repository<B> {
    /// What is known of the photos of a branch.
    pub async fn photos(&self, branch: &BranchCode) -> Result<Found<PhotoRecord>, StoreError> {
        self.run(Table::Photos, &format!("{branch}/")).await
    }

    /// The bytes of one; `None` when they are not on this phone.
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
    pub async fn thumbnails(
        &self,
        branch: &BranchCode,
        photos: &[ContentHash],
    ) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let keys: Vec<String> = photos.iter().map(|sha256| photo_key(branch, sha256)).collect();
        self.backend().bytes(Table::Thumbnails, &keys).await
    }

    /// Stores what has come from the endpoint, for something that names it already.
    pub async fn place_photo(&self, photo: &NewPhoto) -> Result<(), StoreError> {
        self.atomically(async |change: &mut Change<'_, B>| keep(change, photo).await).await
    }

    /// 事情是哪天的, as the branch says.
    pub async fn date_photo(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
        happened_on: Option<Date>,
    ) -> Result<(), StoreError> {
        self.change_photo(branch, sha256, |photo| photo.facts.happened_on = happened_on).await
    }

    /// The endpoint was asked for one, and has it not, whatever was known.
    pub async fn is_not_there(&self, branch: &BranchCode, sha256: &ContentHash) -> Result<(), StoreError> {
        self.change_photo(branch, sha256, |photo| photo.uploaded = false).await
    }

    /// What the endpoint would not have is tried again.
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
    let stock = stock_of(change, branch).await?;
    // Taken back, a finding can still be looked at, with its photos.
    let findings = stock.findings.all();
    let used = named(&stock.drafts, &stock.submissions, &stock.ledger, &findings, &BTreeSet::new());
    Ok(stock.photos.into_iter().filter(|photo| !used.contains(&photo.facts.sha256)).collect())
}

impl<B: Backend> Pile for Repository<B> {
    type Error = StoreError;

    async fn waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        let photos = self.run::<PhotoRecord>(Table::Photos, "").await?;
        if !photos.records.iter().any(|photo| photo.here) {
            return Ok(Vec::new());
        }
        let (mut known, mut sent) = (Vec::new(), Vec::new());
        for PhotoRecord { branch, facts, here, uploaded, refused, .. } in photos.records {
            let PhotoFacts { sha256, media_type, .. } = facts;
            let may_go = here && refused.is_none();
            known.push(Known { branch, sha256, media_type, may_go, uploaded });
        }
        let runs = [Table::Bindings, Table::Submissions, Table::Findings].map(|table| (table, String::new()));
        let excerpt = self.excerpt(runs.into()).await?;
        let bound = excerpt.bindings().records;
        for binding in bound.into_iter().filter(|binding| binding.state == BindingState::Bound) {
            let has_ended = binding.branch.ended.is_some();
            let branch = binding.branch.code;
            // A submission that has not arrived, or was taken back, wants no photos.
            let submissions = excerpt.submissions(&branch).records.into_iter();
            let wanting = submissions.filter(|sent| sent.receipt.is_some() && !sent.withdrawn);
            let named = |photos, missing| {
                let (branch, token) = (branch.clone(), binding.token.clone());
                Sent { branch, token, photos, missing }
            };
            sent.extend(wanting.filter_map(|local| {
                let mut photos = local.snapshot()?.photos();
                let missing: BTreeSet<ContentHash> = local.missing.into_iter().collect();
                // Of a branch that has ended, what was delivered before is made whole, and nothing else goes.
                photos.retain(|photo| !has_ended || missing.contains(photo));
                Some(named(photos, missing))
            }));
            if !has_ended {
                let photos = excerpt.findings(&branch).0.photos_delivered();
                sent.push(named(photos, BTreeSet::new()));
            }
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
                let Ok(mut sent) = json::from_str::<LocalSubmission>(&text) else { continue };
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
