//! What is known of the photos that are stored, and sending them up after the answers. How they are stored is in
//! [`super::darkroom`].

use super::Session;
use crate::{
    browser::{self, image::Made},
    domain::{BranchCode, ContentHash, photo::PhotoFacts},
    store::{PhotoRecord, StoreError, photos::NewPhoto},
    sync::{
        backoff,
        uploads::{Progress, Uploaded, upload},
    },
};
use leptos::prelude::*;

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

pub(in crate::ui) fn closed() -> StoreError {
    StoreError::Unavailable("not open".into())
}

pub(in crate::ui) fn new_photo(branch: BranchCode, made: Made, added_at: u64) -> NewPhoto {
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

    pub(in crate::ui) async fn read_photos(self) {
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
}
