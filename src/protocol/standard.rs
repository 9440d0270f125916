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
    /// The modules beyond the self-check that are on; whoever is told nothing of them has them all, as before there were any to switch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(value_type = Option<Vec<Module>>))]
    pub modules: Option<Open<Module>>,
}

impl PublishedStandard {
    /// Whether a module is on.
    pub fn is_on(&self, module: Module) -> bool {
        self.modules.as_ref().is_none_or(|on| on.contains(&module))
    }
}

/// A part of the product that branches are asked to use beyond the self-check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// 台账
    Ledger,
    /// 照片
    Photos,
    /// 问题和整改
    Mending,
}

impl Module {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Ledger, Self::Photos, Self::Mending];

    /// As it is written, in what is told and kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Photos => "photos",
            Self::Mending => "mending",
        }
    }

    /// The one that is written so.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|module| module.word() == word)
    }

    /// What it is called.
    pub fn term(self) -> &'static str {
        match self {
            Self::Ledger => "台账",
            Self::Photos => "照片",
            Self::Mending => "问题和整改",
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_of_a_newer_endpoint_is_passed_over_and_none_told_are_all() {
        let told = |modules: &str| -> PublishedStandard {
            let text = format!(r#"{{"standard":"s","version":"1","title":"t","checklists":[]{modules}}}"#);
            let read = crate::json::from_str(&text).unwrap();
            assert_eq!(serde_json::from_str::<PublishedStandard>(&text).unwrap(), read);
            assert_eq!(serde_json::to_string(&read).unwrap().contains("modules"), !modules.is_empty());
            read
        };
        let on = |standard: &PublishedStandard| Module::ALL.map(|module| standard.is_on(module));
        assert_eq!(on(&told("")), [true; 3]);
        assert_eq!(on(&told(r#","modules":[]"#)), [false; 3]);
        assert_eq!(on(&told(r#","modules":["ledger","later",{"x":1}]"#)), [true, false, false]);
        for module in Module::ALL {
            assert_eq!(serde_json::to_value(module).unwrap(), module.word());
            assert_eq!(Module::of_word(module.word()), Some(module));
        }
    }
}
