//! Evidence photos that are stored: attached and taken off, sent up after the answers, fetched when wanted. How they are taken
//! is in [`super::darkroom`].

use super::Session;
use crate::{
    browser::{
        self,
        image::{self, Made, Shown},
    },
    domain::{
        AnswerKey, AnswerValue, BranchCode, ContentHash, FindingState, FindingValue, ItemId,
        photo::{PhotoFacts, finished},
    },
    phone::going,
    protocol::ProblemKind,
    store::{PhotoRecord, StoreError, photos::NewPhoto},
    sync::{
        ApiError, backoff,
        uploads::{Progress, Uploaded, upload},
    },
};
use jiff::civil::Date;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// How uploading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Uploads {
    /// Nothing waits, or nothing was tried yet.
    #[default]
    Quiet,
    /// Under way.
    Sending(Progress),
    /// Interrupted; it goes on when there is a network.
    Waiting(Progress),
}

/// Why a photo could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFetched {
    /// The endpoint, or the way to it.
    Api(ApiError),
    /// It is no photo, or this phone cannot store it.
    Store(StoreError),
}

impl From<StoreError> for NotFetched {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub(super) fn closed() -> StoreError {
    StoreError::Unavailable("not open".into())
}

pub(super) fn new_photo(branch: BranchCode, made: Made, added_at: u64) -> NewPhoto {
    let facts = PhotoFacts {
        sha256: ContentHash::of(&made.jpeg),
        bytes: made.jpeg.len() as u64,
        media_type: made.finished.media_type.into(),
        width: made.finished.width,
        height: made.finished.height,
        captured_on: made.taken_on,
        happened_on: None,
    };
    let record = PhotoRecord { branch, facts, added_at, here: true, uploaded: false, refused: None };
    NewPhoto { record, bytes: made.jpeg, thumbnail: made.thumbnail }
}

impl Session {
    /// For a page that shows photos: reads what is known of them.
    pub fn open_photos(self) {
        if self.photos.with_untracked(Option::is_none) {
            leptos::task::spawn_local(self.read_photos());
        }
    }

    pub(super) async fn read_photos(self) {
        let (Some(repository), Some(branch)) = (self.repository(), self.shown_branch()) else { return };
        if let Ok(found) = repository.photos(&branch).await
            && self.photos.try_with_untracked(|known| known.as_ref() != Some(&found.records)) == Some(true)
        {
            self.photos.try_set(Some(found.records));
        }
    }

    /// What is known of a photo of the branch on the screen.
    pub fn photo(self, sha256: &ContentHash) -> Option<PhotoRecord> {
        self.photos.read().as_ref()?.iter().find(|photo| &photo.facts.sha256 == sha256).cloned()
    }

    /// The photos of findings that go up without another report.
    pub fn going_with_findings(self) -> BTreeSet<ContentHash> {
        let mending = self.mending.read();
        let going = mending.findings.attached().filter(|(word, _)| !mending.waits_for_report(word.finding));
        going.map(|(_, sha256)| sha256.clone()).collect()
    }

    /// Those of these photos that were reported: they go up by themselves.
    pub fn reported_of(self, photos: &[ContentHash]) -> BTreeSet<ContentHash> {
        if photos.is_empty() {
            return BTreeSet::new();
        }
        going::reported(photos, &self.submissions.read(), &self.outbox.read())
    }

    /// Whether the work, the ledger or a finding on the screen names this photo.
    pub fn is_drafted(self, sha256: &ContentHash) -> bool {
        let of_work = |work: &super::Work| work.assessment.photos().any(|(_, attached)| attached == sha256);
        self.work.read().as_ref().is_ok_and(of_work)
            || self.book.read().ledger.photos().contains(sha256)
            || self.mending.read().findings.attached().any(|(_, attached)| attached == sha256)
    }

    /// Attaches a photo that is known to another item too, or takes it off one. The photo itself stays.
    pub fn attach_photo(self, item: ItemId, sha256: ContentHash, attached: bool) {
        self.answer(AnswerKey::Photo { item, sha256 }, AnswerValue::Attached { attached });
    }

    /// Takes a photo off everything that names it: items that the pinned checklist no longer has, too. What was accepted in a closed
    /// finding stays as it was. The photo itself stays.
    pub fn detach_everywhere(self, sha256: &ContentHash) {
        let items = self.work.with_untracked(|work| {
            let photos = work.as_ref().map(|work| work.assessment.photos());
            let of = photos.into_iter().flatten().filter(|(_, photo)| *photo == sha256);
            of.map(|(item, _)| item.clone()).collect::<Vec<_>>()
        });
        for item in items {
            self.attach_photo(item, sha256.clone(), false);
        }
        for id in self.book.with_untracked(|book| book.ledger.with_photo(sha256)) {
            self.attach_to_entry(id, sha256.clone(), false);
        }
        let of_findings = self.mending.with_untracked(|mending| {
            let open = |id| mending.findings.find(id).is_some_and(|of| of.state != FindingState::Closed);
            let of = mending.findings.attached().filter(|(word, of)| *of == sha256 && open(word.finding));
            of.map(|(word, _)| (word.finding, word.field.clone())).collect::<Vec<_>>()
        });
        for (finding, field) in of_findings {
            self.write_finding(finding, vec![(field, FindingValue::Attached { attached: false })]);
        }
    }

    /// 事情是哪天的
    pub async fn date_photo(self, sha256: &ContentHash, day: Option<Date>) -> Result<(), StoreError> {
        let (repository, branch) = self.repository().zip(self.shown_branch()).ok_or_else(closed)?;
        repository.date_photo(&branch, sha256, day).await?;
        self.read_photos().await;
        self.tell_other_tabs();
        Ok(())
    }

    /// The small pictures of photos, to be shown, in their order; `None` where there is none on this phone.
    pub async fn thumbnails(self, photos: &[ContentHash]) -> Vec<Option<Shown>> {
        let Some((repository, branch)) = self.repository().zip(self.shown_branch()) else {
            return Vec::new();
        };
        let found = repository.thumbnails(&branch, photos).await.unwrap_or_default();
        found.into_iter().map(|bytes| image::show(&bytes?).ok()).collect()
    }

    /// The photo itself, to be shown; `None` when it is not on this phone.
    pub async fn whole_photo(self, sha256: &ContentHash) -> Option<Shown> {
        let (repository, branch) = self.repository().zip(self.shown_branch())?;
        image::show(&repository.photo_bytes(&branch, sha256).await.ok()??).ok()
    }

    /// Fetches a photo that another phone made, or that was freed here.
    pub async fn fetch_photo(self, sha256: &ContentHash) -> Result<(), NotFetched> {
        let repository = self.repository().ok_or_else(closed)?;
        let binding = untrack(|| self.active()).ok_or_else(closed)?;
        let client = self.client();
        let bytes = match client.photo(&binding.token, sha256).await {
            Ok(bytes) => bytes,
            Err(error) => {
                if error.kind() == Some(ProblemKind::NotFound) {
                    repository.is_not_there(&binding.branch.code, sha256).await?;
                    self.read_photos().await;
                }
                return Err(NotFetched::Api(error));
            }
        };
        let unusable =
            |error: &dyn std::fmt::Display| NotFetched::Store(StoreError::Failed(error.to_string()));
        let thumbnail = image::thumbnail(&bytes).await.map_err(|error| unusable(&error))?;
        let finished = finished(&bytes).map_err(|error| unusable(&error))?;
        let known = untrack(|| self.photo(sha256));
        let made = Made { jpeg: bytes, finished, thumbnail, taken_on: None };
        let mut photo = new_photo(binding.branch.code, made, self.now());
        photo.record.uploaded = true;
        if let Some(known) = known {
            photo.record.facts.captured_on = known.facts.captured_on;
            photo.record.facts.happened_on = known.facts.happened_on;
        } else {
            // A finding says of a photo only its hash, and by its stamp when it was put in.
            let put_in = self.mending.with_untracked(|mending| {
                let of_it = mending.findings.attached().filter(|(_, attached)| *attached == sha256);
                of_it.map(|(word, _)| word.stamp.ms).min()
            });
            photo.record.added_at = put_in.unwrap_or(photo.record.added_at);
        }
        repository.place_photo(&photo).await?;
        self.read_photos().await;
        self.tell_other_tabs();
        Ok(())
    }

    /// Sends up what waits, one at a time, unless she has paused it. Only the tab that sends does this.
    pub(super) async fn upload_photos(self) {
        let Some(repository) = self.repository() else { return };
        if matches!(self.uploads.get_untracked(), Uploads::Sending(_)) {
            // What has arrived meanwhile may let more photos go than those that are on their way.
            self.sender.update_value(|sender| sender.upload_again = true);
            return;
        }
        let mut last = Progress::default();
        self.uploads.set(Uploads::Sending(last));
        let client = self.client();
        let uploaded = upload(&repository, &client, |progress| {
            last = progress;
            self.uploads.set(Uploads::Sending(progress));
        })
        .await;
        let done = matches!(uploaded, Ok(Uploaded::Complete | Uploaded::Paused));
        self.uploads.set(if done { Uploads::Quiet } else { Uploads::Waiting(last) });
        self.sender.update_value(|sender| {
            // What has arrived shows that the way is good.
            sender.interruptions =
                if done || last.done > 0 { 0 } else { sender.interruptions.saturating_add(1) };
            let wait = backoff::delay_ms(sender.interruptions.max(1), None, browser::random::jitter());
            let again = || browser::timer::after(wait, move || leptos::task::spawn_local(self.send_now()));
            sender.upload_timer = (!done).then(again);
        });
        if last.wanted > 0 {
            self.reload().await;
            self.tell_other_tabs();
        }
        let again = self.sender.try_update_value(|sender| std::mem::take(&mut sender.upload_again));
        if again == Some(true) && done {
            leptos::task::spawn_local(self.upload_photos());
        }
    }

    /// 暂停上传, or lets it go on.
    pub fn pause_uploads(self, paused: bool) {
        self.change_phone(move |phone| phone.uploads_paused = paused);
        if !paused {
            leptos::task::spawn_local(self.send_now());
        }
    }

    /// What the endpoint would not have is tried again.
    pub async fn retry_photos(self) -> Result<(), StoreError> {
        let (repository, branch) = self.repository().zip(self.shown_branch()).ok_or_else(closed)?;
        repository.retry_photos(&branch).await?;
        self.read_photos().await;
        self.send_now().await;
        Ok(())
    }

    /// Makes room: of the photos that the endpoint has, only the small pictures stay. Returns how many went.
    pub async fn free_photos(self) -> Result<usize, StoreError> {
        let (repository, branch) = self.repository().zip(self.shown_branch()).ok_or_else(closed)?;
        let freed = repository.free_photos(&branch).await?;
        self.read_photos().await;
        self.tell_other_tabs();
        Ok(freed)
    }

    /// The photos that nothing names any more.
    pub async fn unused_photos(self) -> BTreeSet<ContentHash> {
        let Some((repository, branch)) = self.repository().zip(self.shown_branch()) else {
            return BTreeSet::new();
        };
        let unused = repository.unused_photos(&branch).await.unwrap_or_default();
        unused.into_iter().map(|photo| photo.facts.sha256).collect()
    }

    /// Removes the photos that nothing names any more.
    pub async fn drop_unused_photos(self) -> Result<usize, StoreError> {
        let (repository, branch) = self.repository().zip(self.shown_branch()).ok_or_else(closed)?;
        let dropped = repository.drop_unused_photos(&branch).await?;
        self.read_photos().await;
        self.tell_other_tabs();
        Ok(dropped)
    }
}
