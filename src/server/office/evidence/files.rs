//! The bytes of evidence photos: files named by their hash, one folder for each branch, beside the database.
//!
//! Written through `object_store`, so that another store can take the folder's place when there is more than one server. In a
//! folder its `fsync` option makes a write durable: the bytes go to a file of another name, both file and folders are synchronised,
//! and the file is renamed. The row in the database follows. What is killed in between leaves a file without a row, which harms
//! nothing: the phone sends the photo again.

use crate::domain::{BranchCode, ContentHash};
use object_store::{ObjectStore, ObjectStoreExt as _, local::LocalFileSystem, path::Path as Place};
use std::{collections::HashSet, io, path::Path, path::PathBuf, sync::Arc};
use tokio::sync::{Semaphore, SemaphorePermit};

/// So many photos are received at once. Each takes at most [`MAX_BYTES`](crate::domain::photo::MAX_BYTES) in memory, also while a
/// larger body is read to its end (and dropped): 256 MB at the very worst, some 40 MB of photos as phones make them.
const AT_ONCE: usize = 128;

/// Why photos cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum PhotoStoreError {
    /// The folder cannot be used.
    #[error("the folder {0} cannot be made or opened: {1}; name another")]
    Folder(PathBuf, io::Error),
    /// Reading or writing failed.
    #[error(
        "the photos' folder failed: {0}; check that its disk has room and that the process may write there"
    )]
    Store(#[from] object_store::Error),
}

/// The store of the photos' bytes; clones share it.
#[derive(Debug, Clone)]
pub struct Photos {
    store: Arc<dyn ObjectStore>,
    places: Arc<Semaphore>,
}

impl Photos {
    /// In this folder, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made or opened.
    pub fn in_folder(folder: &Path) -> Result<Self, PhotoStoreError> {
        let failed = |error| PhotoStoreError::Folder(folder.to_owned(), error);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), places: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Waits until there is room to receive one more. `None` when the endpoint stops.
    pub(super) async fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.acquire().await.ok()
    }

    /// Writes a photo; when this returns it is on disk. The same again is success.
    ///
    /// # Errors
    /// When the store fails; then nothing of it is there under its name.
    pub async fn put(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
        bytes: Vec<u8>,
    ) -> Result<(), PhotoStoreError> {
        self.store.put(&at(branch, sha256), bytes.into()).await?;
        Ok(())
    }

    /// Whether it is there.
    pub async fn has(&self, branch: &BranchCode, sha256: &ContentHash) -> Result<bool, PhotoStoreError> {
        match self.store.head(&at(branch, sha256)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// All photos of a branch that are there: its folder is read once, however many there are.
    pub async fn of_branch(&self, branch: &BranchCode) -> Result<HashSet<ContentHash>, PhotoStoreError> {
        let found = self.store.list_with_delimiter(Some(&Place::from_iter([branch.as_str()]))).await?;
        let names = found.objects.iter().filter_map(|object| object.location.filename());
        Ok(names.filter_map(|name| ContentHash::try_from(name.to_owned()).ok()).collect())
    }

    /// Its bytes; `None` when it is not there.
    pub async fn get(
        &self,
        branch: &BranchCode,
        sha256: &ContentHash,
    ) -> Result<Option<Vec<u8>>, PhotoStoreError> {
        match self.store.get(&at(branch, sha256)).await {
            Ok(found) => Ok(Some(found.bytes().await?.into())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Without an ending, so that nothing that should ever serve the folder takes it for a page or a script. A code like `..` is
/// written out by the store's own rules.
fn at(branch: &BranchCode, sha256: &ContentHash) -> Place {
    Place::from_iter([branch.as_str(), sha256.as_str()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_photo_lies_in_its_branch_s_folder_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let photos = Photos::in_folder(&folder.path().join("deep/photos")).unwrap();
        let sha256 = ContentHash::of(b"photo");
        for code in ["branch-1", "..", "."] {
            let branch = BranchCode::new(code).unwrap();
            assert!(!photos.has(&branch, &sha256).await.unwrap());
            assert!(photos.of_branch(&branch).await.unwrap().is_empty());
            assert_eq!(photos.get(&branch, &sha256).await.unwrap(), None);
            for _ in 0..2 {
                photos.put(&branch, &sha256, b"photo".to_vec()).await.unwrap();
            }
            assert_eq!(photos.get(&branch, &sha256).await.unwrap().unwrap(), b"photo");
            assert!(photos.has(&branch, &sha256).await.unwrap());
            assert_eq!(photos.of_branch(&branch).await.unwrap(), [sha256.clone()].into());
        }
        let mut inside: Vec<_> = std::fs::read_dir(folder.path().join("deep/photos")).unwrap().collect();
        assert_eq!(inside.len(), 3, "{inside:?}");
        inside.clear();
        assert_eq!(std::fs::read_dir(folder.path().join("deep")).unwrap().count(), 1, "nothing beside it");
    }
}
