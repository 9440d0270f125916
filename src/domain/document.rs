//! 一编一册: the chapters of the handbook and the institution documents, as a phone reads them without a network.
//!
//! Authors write a small Markdown; what is published is this structure, so that the phone needs no Markdown reader, nothing in
//! a document can be markup, and a table can be laid out for a narrow screen. Like a checklist, a document is known by the
//! [`ContentHash`] of its canonical JSON, and new fields must be optional and skipped when empty.
//!
//! A phone fetches the documents one by one, by hash, after the checklists: an interrupted fetch goes on, a new version brings only what
//! changed, and the first self-check never waits.

use super::{
    checklist::{Citation, Mark},
    ids::{ContentHash, DocumentId, ItemId, SectionId, SectorId},
};
use crate::json::FromJson;
use serde::{Deserialize, Serialize};

/// Which of the two books a document belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// 一册: a chapter of the handbook.
    Handbook,
    /// 一编: one of the institution documents.
    Compilation,
}

/// One chapter or one institution document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Document {
    /// Opaque, stable from version to version.
    pub id: DocumentId,
    /// Which book.
    pub collection: Collection,
    /// Its place in its book, from 1.
    pub number: u16,
    /// Its title without the number: 支部组织生活.
    pub title: String,
    /// The sectors it is meant for; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<SectorId>,
    /// In order; at least one.
    pub sections: Vec<Section>,
}

/// A piece that is read, linked to and found by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Section {
    /// No other section of the standard has the same.
    pub id: SectionId,
    /// Its title: 党员大会.
    pub title: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// The items it helps with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemId>,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
    /// What in it is suggested, assumed or local.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// A piece of a section. All texts are plain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// Its text.
        text: String,
    },
    /// A list without order.
    List {
        /// Its entries.
        entries: Vec<String>,
    },
    /// A procedure.
    Steps {
        /// In order, numbered from 1.
        steps: Vec<Step>,
    },
    /// A table.
    Table {
        /// The column heads.
        head: Vec<String>,
        /// The rows, each as wide as the head.
        rows: Vec<Vec<String>>,
    },
    /// 样表: a record to fill in, to be copied, shared or saved.
    Template {
        /// What it is called: 支部党员大会会议记录.
        title: String,
        /// Its fields from top to bottom.
        fields: Vec<TemplateField>,
    },
}

/// One step of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Step {
    /// What is done.
    pub text: String,
    /// 谁
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub who: String,
    /// 何时
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: String,
    /// 记什么: what is recorded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub record: String,
}

/// One field of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TemplateField {
    /// 应到
    pub name: String,
    /// How it is filled in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

impl Document {
    /// The hash of the canonical JSON.
    ///
    /// # Errors
    /// When the document cannot be written as JSON, which no value of these types should cause.
    pub fn hash(&self) -> Result<ContentHash, serde_json::Error> {
        self.canonical_json().map(|bytes| ContentHash::of(&bytes))
    }

    /// The bytes that are hashed, stored and served.
    ///
    /// # Errors
    /// As [`Document::hash`].
    pub fn canonical_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}
