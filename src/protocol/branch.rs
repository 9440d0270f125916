//! What the endpoint knows of a branch.

use crate::{
    domain::{BranchCode, Open, SectorId, ValueAbove},
    json::FromJson,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a unit stands in the organisation tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
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

impl Level {
    /// Whether a unit of this level may stand right under one of that level. Committees of a sector stand beside townships: a
    /// development zone has streets below it, a township a school's committee, and a village's 党委 has 党总支.
    pub fn stands_under(self, above: Self) -> bool {
        let beside = matches!(
            (above, self),
            (Self::SystemCommittee, Self::Township | Self::SystemCommittee)
                | (Self::VillageCommittee, Self::VillageCommittee)
        );
        above < self || beside
    }
}

/// A unit's code and name; the code is the key, the name is only shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UnitName {
    /// The roster's code.
    pub code: BranchCode,
    /// The unit's name: 镇安镇党委.
    pub name: String,
}

/// A branch as the roster has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
    /// That it is there no more. Its phones still read; what they send is refused with
    /// [`ProblemKind::BranchEnded`](super::ProblemKind::BranchEnded).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<BranchEnded>,
    /// 由上级评: of each item and period the value that counts. Only where the phone asks for its branch.
    #[serde(default, skip_serializing_if = "Open::is_empty")]
    #[cfg_attr(feature = "server", schema(value_type = Vec<ValueAbove>))]
    pub judged: Open<ValueAbove>,
}

/// How a branch ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BranchEnded {
    /// From this day on.
    #[serde(with = "crate::domain::day")]
    pub on: Date,
    /// The branch that it was merged into, with others; `None` when it was ended (撤销).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<UnitName>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_from_above_may_be_absent_and_of_a_later_kind() {
        let old = r#"{"code":"b","name":"支部","sector":"rural","reports_to":null}"#;
        let info: BranchInfo = serde_json::from_str(old).unwrap();
        assert!(info.judged.is_empty());
        assert_eq!(serde_json::to_string(&info).unwrap(), old, "as an older endpoint says it");
        let value = r#"{"period":"p","item":"i","points":350,"of":400,"at":1,"by":"镇党委"}"#;
        let new = format!("{},\"judged\":[{value},{{\"of_a_later_kind\":1}}]}}", &old[..old.len() - 1]);
        let info: BranchInfo = serde_json::from_str(&new).unwrap();
        assert_eq!((info.judged.len(), info.judged[0].points.to_string()), (1, "3.5".to_owned()));
        assert_eq!(serde_json::to_string(&info).unwrap(), new, "kept as it came");
    }

    #[test]
    fn what_stands_under_what() {
        use Level::{Branch, City, County, SystemCommittee, Township, VillageCommittee};
        let all = [City, County, Township, SystemCommittee, VillageCommittee, Branch];
        let under = |above| all.into_iter().filter(|level| level.stands_under(above)).collect::<Vec<_>>();
        assert_eq!(under(City), [County, Township, SystemCommittee, VillageCommittee, Branch]);
        assert_eq!(under(County), [Township, SystemCommittee, VillageCommittee, Branch]);
        assert_eq!(under(Township), [SystemCommittee, VillageCommittee, Branch]);
        assert_eq!(under(SystemCommittee), [Township, SystemCommittee, VillageCommittee, Branch]);
        assert_eq!(under(VillageCommittee), [VillageCommittee, Branch]);
        assert_eq!(under(Branch), []);
    }
}
