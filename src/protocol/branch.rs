//! What the endpoint knows of a branch.

use crate::domain::{BranchCode, SectorId};
use serde::{Deserialize, Serialize};

/// Where a unit stands in the organisation tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 市
    City,
    /// 县(市、区)
    County,
    /// 乡镇/街道
    Township,
    /// 系统党(工)委
    SystemCommittee,
    /// 村党委/党总支
    VillageCommittee,
    /// 支部
    Branch,
}

/// A unit's code and name; the code is the key, the name is only shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UnitName {
    /// The roster's code.
    pub code: BranchCode,
    /// The unit's name: 镇安镇党委.
    pub name: String,
}

/// A branch as the roster has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BranchInfo {
    /// The roster's code.
    pub code: BranchCode,
    /// 十里村党支部
    pub name: String,
    /// Which checklist it answers; a sector without a published checklist is possible and said on the phone.
    pub sector: SectorId,
    /// Whom it reports to (上报给…); `None` only at the top of the tree.
    pub reports_to: Option<UnitName>,
    /// The telephone of the unit it reports to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub telephone: String,
}
