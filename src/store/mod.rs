//! What the phone keeps: one key-value table for each kind of record, every write one transaction.
//!
//! Everything but photos is JSON text under a text key, so that one codec (serde_json) serves storage, wire and backups, and so
//! that the double in memory is the same store without a browser. What a change means is decided in [`repository`]; how it becomes
//! durable in [`backend`] and, in the browser, `indexed_db`.
//!
//! Only the bytes of photos lie apart, in tables of their own. What pages show of a branch is read in one transaction as one
//! [`excerpt::Excerpt`]; read once more where the branch that was wanted is not here, or something was written meanwhile. Photos and the documents of 一编一册 are fetched apart, when they are wanted.
//!
//! Whatever answers a `Result` here fails when the storage fails, and then nothing was written; only other reasons are said where
//! they are.

pub mod atomic;
pub mod backend;
pub mod backup;
pub mod carried;
pub mod error;
pub mod excerpt;
pub mod findings;
#[cfg(feature = "web")]
pub mod indexed_db;
pub mod ledger;
pub mod memory;
mod moving;
pub mod paper;
pub mod photos;
pub mod records;
pub mod repository;
mod restamp;
mod shelf;
#[cfg(feature = "web")]
pub mod storage;
mod sync_store;
pub mod unfinished;
pub mod whereabouts;
mod work;
pub mod written;

#[cfg(test)]
mod binding_tests;
#[cfg(test)]
mod carried_tests;
#[cfg(test)]
mod finding_photos_tests;
#[cfg(test)]
mod findings_tests;
#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod later_tests;
#[cfg(test)]
mod moving_tests;
#[cfg(test)]
mod photos_tests;
#[cfg(test)]
mod repository_tests;
#[cfg(test)]
mod stories;
#[cfg(test)]
pub(crate) mod testing;

pub use backend::{Backend, Batch, Table};
pub use error::StoreError;
pub use excerpt::Excerpt;
pub use findings::StoredFindings;
pub use memory::Memory;
pub use paper::PaperTrail;
pub use records::{
    Binding, Display, Draft, DraftKey, KeptFinding, KeptRecord, LocalSubmission, PendingActivation, Phone,
    PhotoRecord, RefusedFindings, TextSize, Theme,
};
pub use repository::{Found, Repository};
pub use unfinished::Unfinished;
pub use whereabouts::{Count, Place, Reached, Stock, Whereabouts};
pub use written::Written;
