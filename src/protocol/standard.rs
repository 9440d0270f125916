//! What is published, so that a phone sees whether anything changed.

use crate::domain::{ContentHash, SectorId, StandardId};
use serde::{Deserialize, Serialize};

/// The version in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PublishedStandard {
    /// Its family.
    pub standard: StandardId,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// One checklist for each sector it covers.
    pub checklists: Vec<PublishedChecklist>,
}

/// One checklist of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PublishedChecklist {
    /// The sector.
    pub sector: SectorId,
    /// The hash to fetch it by.
    pub hash: ContentHash,
    /// Its size in bytes before compression.
    pub bytes: u64,
}
