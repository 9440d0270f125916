//! Grades (等次) and what holds them down, vetoes (一票否决) among them.

use super::{
    answer::PartAnswer,
    ids::{ChoiceId, FactId, ItemId, LimitId, PartId},
    points::Points,
};
use serde::{Deserialize, Serialize};

/// 等次, lowest first so that `<` means worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// 不合格
    Unqualified,
    /// 达标
    Qualified,
    /// 优秀
    Excellent,
    /// 标兵: selected from above, so the phone only says that its score line is reached.
    Model,
}

/// The score lines of a standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Grading {
    /// Highest first; a score below all of them is 不合格.
    pub thresholds: Vec<Threshold>,
}

/// From these points on, this grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Threshold {
    /// The grade reached.
    pub grade: Grade,
    /// From this many points on.
    pub at_least: Points,
}

/// A condition on one part's answer that caps the grade. A veto caps it at 不合格.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct GradeLimit {
    /// Stable within the item.
    pub id: LimitId,
    /// What it means, in words.
    pub text: String,
    /// The best grade left when it holds.
    pub at_most: Grade,
    /// The part whose answer is looked at.
    pub part: PartId,
    /// When it holds.
    pub when: LimitTest,
}

/// When a [`GradeLimit`] holds. An unanswered part never triggers it: the branch is not judged by what it has not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitTest {
    /// A yes/no part was answered no.
    No,
    /// A share part lies below this percentage.
    ShareBelow {
        /// 1 to 100.
        percent: u8,
    },
    /// A deduction part counts at least this many occurrences in all.
    Occurrences {
        /// At least 1.
        at_least: u32,
    },
    /// A facts part has this fact not ticked.
    FactMissing {
        /// The fact.
        fact: FactId,
    },
    /// A level part stands at this choice.
    LevelIs {
        /// The choice.
        choice: ChoiceId,
    },
}

impl GradeLimit {
    /// Whether it is a veto (一票否决).
    #[must_use]
    pub fn is_veto(&self) -> bool {
        self.at_most == Grade::Unqualified
    }
}

impl LimitTest {
    /// Whether the condition holds for this answer.
    #[must_use]
    pub fn holds(&self, answer: &PartAnswer) -> bool {
        match (self, answer) {
            (Self::No, PartAnswer::YesNo { yes }) => !yes,
            (Self::ShareBelow { percent }, PartAnswer::Share { numerator, denominator }) => {
                *denominator > 0
                    && u64::from(*numerator) * 100 < u64::from(*denominator) * u64::from(*percent)
            }
            (Self::Occurrences { at_least }, PartAnswer::Occurrences { counts }) => {
                counts.values().fold(0_u32, |sum, n| sum.saturating_add(*n)) >= *at_least
            }
            (Self::FactMissing { fact }, PartAnswer::Facts { met }) => !met.contains(fact),
            (Self::LevelIs { choice }, PartAnswer::Level { choice: given }) => choice == given,
            _ => false,
        }
    }
}

impl Grading {
    /// The grade that a score alone reaches.
    #[must_use]
    pub fn by_score(&self, total: Points) -> Grade {
        let reached = self.thresholds.iter().filter(|t| total >= t.at_least).map(|t| t.grade);
        reached.max().unwrap_or(Grade::Unqualified)
    }
}

/// 自评估算: what the branch's own answers amount to. Not a grade: only the upper level grades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// What the score alone reaches.
    pub by_score: Grade,
    /// The limits that hold, as (item, limit).
    pub limits: Vec<(ItemId, LimitId)>,
    /// What is left.
    pub grade: Grade,
}
