//! A database of its own for each test of the library.

#[path = "../../../tests/common/place.rs"]
mod place;

use super::{Database, Place};

/// An empty one, for as long as the folder is there.
pub(crate) async fn database(folder: &tempfile::TempDir) -> Database {
    Database::open(place(folder)).await.unwrap()
}

/// Where it is.
pub(crate) fn place(folder: &tempfile::TempDir) -> Place {
    place::of(&folder.path().join("biaochi.sqlite"))
}
