//! Rules (赋分办法): how an answer becomes points.
//!
//! What takes from the total (倒扣) is a rule of its own kind rather than a mark on a deduction, so that a program which does not know it
//! cannot overlook it.

use super::{
    ids::{ChoiceId, FactId, OccurrenceId},
    points::{Exact, Points},
    profile::ProfileNumber,
    proportion::Proportion,
};
use crate::json::FromJson;
use serde::{Deserialize, Serialize};

/// How one part is scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// 是/否: all points or none.
    YesNo,
    /// 次数: a count in each judged window against a minimum.
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
    /// 倒扣: each occurrence costs its own amount, of what the part is worth first (mostly nothing) and then of the total.
    FromTotal {
        /// The kinds of occurrence.
        occurrences: Vec<Occurrence>,
    },
    /// 做到几个勾几个: several facts, each missing one costs its own amount; never below zero.
    Facts {
        /// The facts to tick.
        facts: Vec<Fact>,
    },
}

/// What a count below the minimum is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CountCredit {
    /// Count ÷ minimum in its window; the windows are averaged.
    Proportional,
    /// Nothing in its window; the windows are averaged.
    AllOrNothing,
    /// 每缺一次扣…，扣完为止: each one that is missing, in whichever judged window, costs the same; never below zero.
    EachMissing {
        /// What one costs.
        costs: Points,
    },
}

/// What a share is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShareCredit {
    /// points × min(1, share ÷ target); nothing below the floor.
    Proportional {
        /// From here on all points; more than nothing.
        target: Proportion,
        /// Below this nothing is earned.
        floor: Proportion,
    },
    /// 每低…个百分点扣…，扣完为止: each whole step below the target costs the same, what is less than a step costs nothing;
    /// never below zero, and nothing below the floor.
    EachBelow {
        /// From here on all points; more than nothing.
        target: Proportion,
        /// Below this nothing is earned.
        floor: Proportion,
        /// Percentage points of one step, 1 to 100.
        step: u8,
        /// What one step costs.
        costs: Points,
    },
    /// The first band that is reached; below all of them nothing.
    Bands {
        /// Highest first.
        bands: Vec<ShareBand>,
    },
}

/// From this share on, these points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ShareBand {
    /// The least share.
    pub at_least: Proportion,
    /// What it earns.
    pub points: Points,
}

/// One choice of a level rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Fact {
    /// Stable within the part.
    pub id: FactId,
    /// What must be so.
    pub text: String,
    /// What it costs when it is not.
    pub deducts: Points,
}

impl Rule {
    /// The kinds of occurrence that are counted, where that is what is asked.
    pub fn occurrences(&self) -> Option<&[Occurrence]> {
        match self {
            Self::Deduction { occurrences } | Self::FromTotal { occurrences } => Some(occurrences),
            _ => None,
        }
    }
}

/// How many whole steps a share lies below the target: 每低5个百分点 of 90%, at 83%, is one.
pub fn steps_below(target: Proportion, step: u8, share: Exact) -> u32 {
    let below = (target.exact() - share) * Exact::from_integer(100) / Exact::from_integer(step.max(1).into());
    u32::try_from(below.floor().to_integer()).unwrap_or(0)
}
