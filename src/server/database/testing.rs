//! A database of its own for each test of the library.

#[path = "../../../tests/common/place.rs"]
mod place;

use super::{
    Database, Place,
    log::{Deed, Record, Who},
};

/// An empty one, for as long as the folder is there.
pub(crate) async fn database(folder: &tempfile::TempDir) -> Database {
    Database::open(place(folder)).await.unwrap()
}

/// What is noted of something that a test does.
pub(crate) fn noted() -> Record {
    Record { at: 1, who: Who::Operator, deed: Deed::Approved, unit: None, subject: String::new() }
}

/// How many cases a property is tried with: fewer where each makes a database on a server.
pub(crate) fn cases(number: u32) -> u32 {
    if std::env::var_os("BIAOCHI_TEST_POSTGRES").is_some() { number.div_ceil(4) } else { number }
}

/// Where it is.
pub(crate) fn place(folder: &tempfile::TempDir) -> Place {
    place::of(&folder.path().join("biaochi.sqlite"))
}
