//! Grades (等次) and what holds them down, vetoes (一票否决) among them.
//!
//! Grades are data: a checklist has the usual four, or names its own with their score lines, lowest first, and says which are selected from
//! above. Content with the usual four is byte for byte what it was before there were others; so is what says nothing of the whole
//! ([`super::whole`]).

use super::{
    ids::{ChoiceId, FactId, LimitId, PartId},
    points::Points,
    proportion::Proportion,
};
use crate::json::FromJson;
use serde::{Deserialize, Serialize};

/// 等次, lowest first so that `<` means worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
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
    /// One of a standard's own grades (五星级, 较好 …), by its place in [`Grading::names`], 0 being the lowest. A checklist has
    /// either these or the four above.
    Own(u8),
}

impl Grade {
    /// Whether it is the one below all score lines, to which a veto leads.
    pub fn is_lowest(self) -> bool {
        matches!(self, Self::Unqualified | Self::Own(0))
    }
}

/// The score lines of a standard.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Grading {
    /// Highest first; a score below all of them is 不合格, or the lowest of the standard's own grades.
    pub thresholds: Vec<Threshold>,
    /// The standard's own grades, lowest first; empty where it has the usual four.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<GradeName>,
    /// 名额
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<Quota>,
}

/// A grade that a standard names itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct GradeName {
    /// 五星级, 较好 …
    pub name: String,
    /// Selected from above among those that reach its line, as 标兵 is.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub selected: bool,
}

/// From these points on, this grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Threshold {
    /// The grade reached.
    pub grade: Grade,
    /// From this many points on.
    pub at_least: Points,
}

/// 名额: how many branches of a unit can have a grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Quota {
    /// The grade.
    pub grade: Grade,
    /// How many.
    pub most: QuotaSize,
}

/// How many are at most so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuotaSize {
    /// Of the branches that are assessed under the unit, in per cent, 1 to 100.
    Percent(u8),
    /// A number under the unit, at least 1.
    Number(u32),
}

/// A condition on one part's answer that caps the grade. A veto caps it at 不合格.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LimitTest {
    /// A yes/no part was answered no.
    No,
    /// A share part lies below this share.
    ShareBelow {
        /// More than nothing; called as it was when it could only be whole percent.
        percent: Proportion,
    },
    /// A share part lies above this share.
    ShareAbove {
        /// Less than all.
        share: Proportion,
    },
    /// A deduction part counts at least this many occurrences in all; of a count part, all judged windows together.
    Occurrences {
        /// At least 1.
        at_least: u32,
    },
    /// A count part counts fewer than this in all judged windows together.
    CountBelow {
        /// At least 1.
        fewer_than: u32,
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
    pub fn is_veto(&self) -> bool {
        self.at_most.is_lowest()
    }
}

impl Grading {
    /// The grade that a score alone reaches.
    pub fn by_score(&self, total: Points) -> Grade {
        let reached = self.thresholds.iter().filter(|t| total >= t.at_least).map(|t| t.grade);
        reached.max().unwrap_or(self.lowest())
    }

    /// What is below all lines.
    pub fn lowest(&self) -> Grade {
        if self.names.is_empty() { Grade::Unqualified } else { Grade::Own(0) }
    }

    /// Every grade that it knows, lowest first.
    pub fn grades(&self) -> Vec<Grade> {
        if self.names.is_empty() {
            return vec![Grade::Unqualified, Grade::Qualified, Grade::Excellent, Grade::Model];
        }
        (0..u8::try_from(self.names.len()).unwrap_or(u8::MAX)).map(Grade::Own).collect()
    }

    /// Whether it knows a grade.
    pub fn has(&self, grade: Grade) -> bool {
        self.grades().contains(&grade)
    }

    /// Whether a grade is selected from above among those that reach its line.
    pub fn is_selected(&self, grade: Grade) -> bool {
        match grade {
            Grade::Own(place) => self.names.get(usize::from(place)).is_some_and(|named| named.selected),
            grade => grade == Grade::Model,
        }
    }
}
