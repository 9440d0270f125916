//! What a standard says of the whole: limits that no single part decides, quotas of grades, and what periods make up of a year.
//!
//! The system gives no grades. So of these only an aspect's share is worked out; last year's grade, quotas and the year's
//! result are conditions that branch and upper level read in words, and that are checked for sense before they are published.

use super::{
    grade::Grade,
    ids::{AspectId, LimitId, PeriodId},
};
use crate::json::FromJson;
use serde::{Deserialize, Serialize};

/// A condition on the whole that caps the grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WholeLimit {
    /// Stable within the checklist.
    pub id: LimitId,
    /// What it means, in words.
    pub text: String,
    /// The best grade left when it holds.
    pub at_most: Grade,
    /// When it holds.
    pub when: WholeTest,
}

/// When a [`WholeLimit`] holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WholeTest {
    /// 某方面得分率低于60%: of what the aspect is worth in the period less was earned. Never while anything in it is unanswered:
    /// the branch is not judged by what it has not said.
    AspectBelow {
        /// The aspect.
        aspect: AspectId,
        /// 1 to 100.
        percent: u8,
    },
    /// 上年度不合格: last year's grade was this one or worse. Nobody tells the system last year's grade.
    LastYear {
        /// The best grade of last year with which it still holds.
        at_most: Grade,
    },
}

/// What a period makes up of its year's result: 平时50%+年终50%.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct YearShare {
    /// The period; its year is the one in which it ends.
    pub period: PeriodId,
    /// Per cent, 1 to 100.
    pub percent: u8,
}

impl WholeLimit {
    /// Whether it is a veto (一票否决).
    pub fn is_veto(&self) -> bool {
        self.at_most.is_lowest()
    }
}
