//! 支部基本情况: the few figures that are asked once and used everywhere.

use super::text::{self, Kind};
use crate::json::FromJson;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a branch says of itself. It gives denominators and decides what does not apply.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BranchProfile {
    /// 正式党员
    pub full_members: u32,
    /// 预备党员
    pub probationary_members: u32,
    /// 流动党员
    pub mobile_members: u32,
    /// 支委人数 (0: no committee, only a secretary)
    pub committee_members: u32,
    /// 党小组数 (0: not divided into groups)
    pub party_groups: u32,
    /// 上次换届日期
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::domain::day::option")]
    pub last_election: Option<Date>,
    /// 主题党日固定日, as the branch says it: "每月5日"
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub themed_day: String,
}

/// A figure of the profile that a standard may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProfileNumber {
    /// 正式党员
    FullMembers,
    /// 预备党员
    ProbationaryMembers,
    /// 党员总数 (正式 + 预备)
    AllMembers,
    /// 流动党员
    MobileMembers,
    /// 支委人数
    CommitteeMembers,
    /// 党小组数
    PartyGroups,
}

/// "This item is for branches with …": an item whose condition fails does not apply (本支部不设).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ProfileCondition {
    /// The figure looked at.
    pub number: ProfileNumber,
    /// The item applies when the figure is at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// The item applies when the figure is at most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
}

impl BranchProfile {
    /// The same with texts that [`super::check::profile_fault`] has nothing against.
    #[must_use]
    pub fn cleaned(self) -> Self {
        Self { themed_day: text::clean(&self.themed_day, Kind::NAME), ..self }
    }

    /// The figure the standard refers to.
    pub fn number(&self, which: ProfileNumber) -> u32 {
        match which {
            ProfileNumber::FullMembers => self.full_members,
            ProfileNumber::ProbationaryMembers => self.probationary_members,
            ProfileNumber::AllMembers => self.full_members.saturating_add(self.probationary_members),
            ProfileNumber::MobileMembers => self.mobile_members,
            ProfileNumber::CommitteeMembers => self.committee_members,
            ProfileNumber::PartyGroups => self.party_groups,
        }
    }
}

impl ProfileCondition {
    /// Whether a branch of this profile is meant.
    pub fn holds(&self, profile: &BranchProfile) -> bool {
        let figure = profile.number(self.number);
        self.at_least.is_none_or(|least| figure >= least) && self.at_most.is_none_or(|most| figure <= most)
    }
}
