//! What sheets become.

use crate::domain::{Checklist, Mark, Points, SectorId, StandardId, document::Document};

/// A whole standard: what it is called, and a checklist for every sector it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// What it is called.
    pub standard: Standard,
    /// The checklists in the order of 领域.
    pub checklists: Vec<Checklist>,
    /// The handbook and the institution documents, in their order.
    pub documents: Vec<Document>,
}

/// What a standard is called, and what holds for all of its sectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    /// 标准编号: the family of its versions.
    pub id: StandardId,
    /// 版本
    pub version: String,
    /// 名称
    pub title: String,
    /// 声明: said wherever it is shown.
    pub notice: String,
    /// 标记: what holds for all of its items and is suggested, assumed or local.
    pub marks: Vec<Mark>,
    /// 总分: what the items of every sector add up to.
    pub full: Points,
    /// 加分上限
    pub bonus_cap: Points,
}

impl Package {
    /// The checklist of a sector.
    pub fn checklist(&self, sector: &SectorId) -> Option<&Checklist> {
        self.checklists.iter().find(|checklist| &checklist.sector == sector)
    }
}
