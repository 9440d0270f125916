//! What is done with photos: taking them, attaching and taking off, dating, fetching, making room.

use crate::{
    browser::{
        files::{self, Choosing},
        image::{self, Made, MakeError, Shown},
    },
    domain::{
        AnswerKey, AnswerValue, ContentHash, FindingState, FindingValue, ItemId,
        photo::{PhotoFault, finished},
    },
    phone::{
        darkroom::{Standing, Target},
        reported_photos,
        work::Work,
    },
    protocol::ProblemKind,
    store::StoreError,
    sync::ApiError,
    ui::app::session::{
        Session,
        photos::{closed, new_photo},
    },
};
use jiff::civil::Date;
use leptos::prelude::*;
use std::collections::BTreeSet;

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

impl Session {
    /// Has her take or choose photos, makes them and stores them, wherever she goes meanwhile.
    pub fn take_photos(self, target: Target, choosing: Choosing) {
        self.in_darkroom(|room| room.forget_fault(&target));
        leptos::task::spawn_local(async move {
            let files = files::choose("image/*", choosing).await.unwrap_or_default();
            let of = files.len();
            for (place, file) in files.into_iter().enumerate() {
                self.in_darkroom(|room| room.begin_making(&target, place + 1, of));
                match image::make(&file).await {
                    Ok(made) => {
                        self.in_darkroom(|room| room.push(target.clone(), made));
                        self.store_made().await;
                    }
                    Err(MakeError::Photo(fault)) => {
                        self.in_darkroom(|room| room.refuse(&target, fault));
                    }
                    Err(MakeError::Browser(_)) => {
                        self.in_darkroom(|room| room.refuse(&target, PhotoFault::Undecodable));
                    }
                }
            }
            self.in_darkroom(|room| room.end_making(&target));
        });
    }

    /// How the photos of something stand that are not on disk.
    pub fn photos_standing(self, target: &Target) -> Standing {
        self.darkroom.with(|room| room.standing(target))
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
        reported_photos::reported(photos, &self.submissions.read(), &self.outbox.read())
    }

    /// Whether the work, the ledger or a finding on the screen names this photo.
    pub fn is_drafted(self, sha256: &ContentHash) -> bool {
        let of_work = |work: &Work| work.assessment.photos().any(|(_, attached)| attached == sha256);
        self.work.read().as_ref().is_ok_and(of_work)
            || self.ledger.read().ledger.photos().contains(sha256)
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
        for id in self.ledger.with_untracked(|held| held.ledger.with_photo(sha256)) {
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
