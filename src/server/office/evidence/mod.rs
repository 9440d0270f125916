//! Evidence photos as a whole: a row of the database promises a file. Where a promise turns out to be broken, at the start or when
//! the file is read, that is remembered, so that phones which still have the photo are asked for it again; and forgotten when the
//! file is there after all.

pub mod files;

use super::{
    actor::{Ended, Phone},
    clock::Clock,
};
use crate::{
    domain::{
        BranchCode, ContentHash, DeviceId,
        photo::{self, Finished, MediaType, PhotoFault},
    },
    server::database::{
        Database, DatabaseError,
        photos::{Noted, NotedPhoto},
    },
};
use files::{PhotoStoreError, Photos};
use tokio::sync::SemaphorePermit;

/// Why a photo cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The folder of the files failed.
    #[error(transparent)]
    Photos(#[from] PhotoStoreError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Why a photo is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The branch has ended, and no submission of it lacks this photo.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// It is not the one that it was said to be.
    #[error("the bytes are not those of the hash in the address")]
    WrongHash,
    /// It is no photo as the app makes them.
    #[error(transparent)]
    Unfit(#[from] PhotoFault),
    /// It is of another kind than was said.
    #[error("the content type is not that of the bytes")]
    OtherKind,
    /// The branch has too many.
    #[error("the branch has too many photos here; ask the upper level")]
    TooMany,
    /// It cannot be kept.
    #[error(transparent)]
    Failed(#[from] EvidenceError),
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Self {
        Self::Failed(error.into())
    }
}

/// Rows and files of photos; clones share them.
#[derive(Debug, Clone)]
pub struct Evidence {
    database: Database,
    photos: Photos,
}

impl Evidence {
    /// Of this database and this store.
    pub fn new(database: Database, photos: Photos) -> Self {
        Self { database, photos }
    }

    /// Waits until there is room to receive one more. `None` when the endpoint stops.
    pub(crate) async fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.photos.place().await
    }

    /// Looks for the file of every row, a branch's folder at a time, and remembers what is there and what is not. Answers how many
    /// are lost. To be done before anything is served.
    ///
    /// # Errors
    /// When the folder cannot be read, or the database fails.
    pub async fn check(&self) -> Result<usize, EvidenceError> {
        let mut lost = 0;
        for branch in self.database.branches_with_photos().await? {
            let files = self.photos.of_branch(&branch).await?;
            let mut news = Vec::new();
            for (sha256, was_lost) in self.database.noted_photos(&branch).await? {
                let is_lost = !files.contains(&sha256);
                lost += usize::from(is_lost);
                if is_lost != was_lost {
                    news.push((sha256, is_lost));
                }
            }
            if !news.is_empty() {
                self.database.mark_photos(&branch, &news).await?;
            }
        }
        Ok(lost)
    }

    /// What a photo is, by its row alone; `None` when the branch has none of this hash.
    pub(crate) async fn media_type(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
    ) -> Result<Option<MediaType>, EvidenceError> {
        Ok(self.database.photo(branch, sha256).await?.map(|noted| noted.media_type))
    }

    /// Whether a photo is here: its row, and its file.
    pub(crate) async fn has(&self, branch: &BranchCode, sha256: &ContentHash) -> Result<bool, EvidenceError> {
        let Some(noted) = self.database.photo(branch, sha256).await? else { return Ok(false) };
        let is_here = self.photos.has(branch, sha256).await?;
        self.remember(branch, sha256, noted, is_here).await?;
        Ok(is_here)
    }

    /// A photo's bytes; `None` when its row or its file is not here.
    pub(crate) async fn read(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
    ) -> Result<Option<Vec<u8>>, EvidenceError> {
        let Some(noted) = self.database.photo(branch, sha256).await? else { return Ok(None) };
        let bytes = self.photos.get(branch, sha256).await?;
        self.remember(branch, sha256, noted, bytes.is_some()).await?;
        Ok(bytes)
    }

    /// Whether a phone may bring this photo, before its bytes are read. What was delivered before a branch ended may still be made
    /// whole.
    pub(crate) async fn may_bring(&self, phone: &Phone, sha256: &str) -> Result<(), Refusal> {
        let may = !phone.has_ended || self.database.awaits_photo(&phone.branch, sha256).await?;
        if may { Ok(()) } else { Err(Ended.into()) }
    }

    /// Takes a photo that a phone brings, of the hash and of the kind that it said; when this returns, it is on disk. Whether it is
    /// there only now. The same again is success.
    pub(crate) async fn take(
        &self,
        clock: &dyn Clock,
        phone: &Phone,
        (sha256, media_type): (&str, MediaType),
        bytes: Vec<u8>,
    ) -> Result<bool, Refusal> {
        let hash = ContentHash::of(&bytes);
        if hash.as_str() != sha256 {
            return Err(Refusal::WrongHash);
        }
        let finished = photo::finished(&bytes)?;
        if finished.media_type != media_type {
            return Err(Refusal::OtherKind);
        }
        let by = (&phone.branch, phone.device);
        match self.keep(by, (&hash, bytes), &finished, clock.now_ms()).await? {
            Noted::New => Ok(true),
            Noted::Before => Ok(false),
            Noted::TooMany => Err(Refusal::TooMany),
        }
    }

    /// Keeps a photo: when this returns, its file is on disk and its row is written. The same again is success.
    ///
    /// # Errors
    /// When the store or the database fails; then the photo is not noted.
    async fn keep(
        &self,
        (branch, device): (&BranchCode, DeviceId),
        (sha256, bytes): (&ContentHash, Vec<u8>),
        finished: &Finished,
        now: u64,
    ) -> Result<Noted, EvidenceError> {
        if self.has(branch, sha256).await? {
            return Ok(Noted::Before);
        }
        if !self.database.has_room_for_photo(branch, sha256).await? {
            return Ok(Noted::TooMany);
        }
        let length = bytes.len();
        self.photos.put(branch, sha256, bytes).await?;
        Ok(self.database.add_photo((branch, device), (sha256, length), finished, now).await?)
    }

    /// Remembers what a look for the file has shown, where that is news.
    async fn remember(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
        noted: NotedPhoto,
        is_here: bool,
    ) -> Result<(), EvidenceError> {
        if noted.is_lost != is_here {
            return Ok(());
        }
        self.database.mark_photos(branch, &[(sha256.clone(), !is_here)]).await?;
        if !is_here {
            tracing::warn!(photo = %sha256, %branch, "the file of a photo is not there; it is asked for again");
            // A phone may have brought it between the look and the mark; whoever brings it writes the file first.
            if self.photos.has(branch, sha256).await? {
                self.database.mark_photos(branch, &[(sha256.clone(), false)]).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::Level,
        server::{
            database::{From, Tree},
            office::testing::unit,
        },
    };

    #[tokio::test]
    async fn what_is_lost_is_found_out_at_the_start_or_when_it_is_read_and_what_came_back_too() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        let branch = BranchCode::new("b").unwrap();
        let unit = unit("b", None, Level::Branch, "支部");
        database.import_units(&Tree::default(), &[unit], From::Ever, None, &[]).await.unwrap().unwrap();
        let files = folder.path().join("photos");
        let evidence = Evidence::new(database.clone(), Photos::in_folder(&files).unwrap());
        assert_eq!(evidence.check().await.unwrap(), 0);
        let finished = Finished { media_type: MediaType::Webp, width: 1, height: 1 };
        let bytes = [&b"one"[..], b"two"].map(<[u8]>::to_vec);
        let hashes = bytes.clone().map(|bytes| ContentHash::of(&bytes));
        let keep = async |number: usize| {
            let by = (&branch, DeviceId::from_random([1; 16]));
            let photo = (&hashes[number], bytes[number].clone());
            evidence.keep(by, photo, &finished, 1).await.unwrap()
        };
        let is_lost =
            async |number: usize| database.photo(&branch, &hashes[number]).await.unwrap().unwrap().is_lost;
        for number in [0, 1] {
            assert_eq!(keep(number).await, Noted::New);
        }
        assert_eq!(evidence.check().await.unwrap(), 0);
        // The disk is away, at a start.
        let away = folder.path().join("away");
        std::fs::rename(&files, &away).unwrap();
        std::fs::create_dir(&files).unwrap();
        assert_eq!(evidence.check().await.unwrap(), 2);
        assert!(is_lost(0).await && is_lost(1).await);
        // One is brought again; then the disk is back.
        assert_eq!(keep(0).await, Noted::Before);
        assert_eq!(evidence.read(&branch, &hashes[0]).await.unwrap().unwrap(), bytes[0]);
        assert!(!is_lost(0).await && is_lost(1).await);
        std::fs::remove_dir_all(&files).unwrap();
        std::fs::rename(&away, &files).unwrap();
        assert!(evidence.has(&branch, &hashes[1]).await.unwrap());
        assert!(!is_lost(1).await, "seen when it was asked for");
        assert_eq!(evidence.check().await.unwrap(), 0);
        // A file goes while the endpoint serves.
        std::fs::remove_dir_all(&files).unwrap();
        assert_eq!(evidence.read(&branch, &hashes[0]).await.unwrap(), None);
        assert!(!evidence.has(&branch, &hashes[1]).await.unwrap());
        assert!(is_lost(0).await && is_lost(1).await);
        assert_eq!(evidence.media_type(&branch, &hashes[0]).await.unwrap(), Some(MediaType::Webp));
    }
}
