//! Rules (赋分办法): how an answer becomes points.

use super::{
    ids::{ChoiceId, FactId, OccurrenceId},
    points::Points,
    profile::ProfileNumber,
};
use serde::{Deserialize, Serialize};

/// How one part is scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// 是/否: all points or none.
    YesNo,
    /// 次数: a count in each judged window against a minimum; the windows are averaged.
    Count {
        /// How many are asked for in each window; at least 1.
        minimum: u32,
        /// What too few is worth.
        credit: CountCredit,
        /// 次, 学时, 人 …
        unit: String,
    },
    /// 占比: how many of how many.
    Share {
        /// What is counted, for instance 已谈人数.
        numerator: String,
        /// Out of what, for instance 应谈人数.
        denominator: String,
        /// The figure of the branch profile that is offered as denominator.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from_profile: Option<ProfileNumber>,
        /// What a share is worth.
        credit: ShareCredit,
    },
    /// 档次: one of several named choices.
    Level {
        /// Best first.
        choices: Vec<Choice>,
    },
    /// 扣分: each occurrence costs its own amount; never below zero.
    Deduction {
        /// The kinds of occurrence.
        occurrences: Vec<Occurrence>,
    },
    /// 做到几个勾几个: several facts, each missing one costs its own amount; never below zero.
    Facts {
        /// The facts to tick.
        facts: Vec<Fact>,
    },
}

/// What a count below the minimum is worth in its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CountCredit {
    /// Count ÷ minimum.
    Proportional,
    /// Nothing.
    AllOrNothing,
}

/// What a share is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShareCredit {
    /// points × min(1, share ÷ target); nothing below the floor.
    Proportional {
        /// Percent that earns all points, 1 to 100.
        target: u8,
        /// Percent below which nothing is earned.
        floor: u8,
    },
    /// The first band whose percentage is reached; below all of them nothing.
    Bands {
        /// Highest percentage first.
        bands: Vec<ShareBand>,
    },
}

/// From this percentage on, these points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ShareBand {
    /// Percent, 0 to 100.
    pub at_least: u8,
    /// What it earns.
    pub points: Points,
}

/// One choice of a level rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Choice {
    /// Stable within the part.
    pub id: ChoiceId,
    /// What it says.
    pub text: String,
    /// What it earns.
    pub points: Points,
}

/// One kind of occurrence of a deduction rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Occurrence {
    /// Stable within the part.
    pub id: OccurrenceId,
    /// What happened.
    pub text: String,
    /// What each one costs.
    pub each: Points,
}

/// One fact of a facts rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Fact {
    /// Stable within the part.
    pub id: FactId,
    /// What must be so.
    pub text: String,
    /// What it costs when it is not.
    pub deducts: Points,
}
