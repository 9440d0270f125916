//! What is published, so that a phone sees whether anything changed.

use crate::{
    domain::{Collection, ContentHash, DocumentId, Open, SectorId, StandardId},
    json::FromJson,
};
use serde::{Deserialize, Serialize};

/// The version in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PublishedStandard {
    /// Its family.
    pub standard: StandardId,
    /// Its version.
    pub version: String,
    /// Its title.
    pub title: String,
    /// One checklist for each sector it covers.
    #[cfg_attr(feature = "server", schema(value_type = Vec<PublishedChecklist>))]
    pub checklists: Open<PublishedChecklist>,
    /// 一编一册, in the order of reading; the handbook first.
    #[serde(default, skip_serializing_if = "Open::is_empty")]
    #[cfg_attr(feature = "server", schema(value_type = Vec<PublishedDocument>))]
    pub documents: Open<PublishedDocument>,
}

/// One checklist of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PublishedChecklist {
    /// The sector.
    pub sector: SectorId,
    /// The hash to fetch it by.
    pub hash: ContentHash,
    /// Its size in bytes before compression.
    pub bytes: u64,
}

/// One document of 一编一册.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PublishedDocument {
    /// The document.
    pub id: DocumentId,
    /// Which book it belongs to.
    pub collection: Collection,
    /// Its place in its book, from 1.
    pub number: u16,
    /// Its title.
    pub title: String,
    /// The hash to fetch it by: a new version brings only the documents whose hash is new.
    pub hash: ContentHash,
    /// Its size in bytes before compression.
    pub bytes: u64,
}
