//! Answers: what the branch says, one register for each thing that can be said, each value with its stamp.

use super::{
    clock::Stamp,
    ids::{ChoiceId, ContentHash, FactId, ItemId, OccurrenceId, PartId},
    period::WindowKey,
    profile::BranchProfile,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which register an [`Entry`] writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnswerKey {
    /// 支部基本情况 as pinned by this assessment.
    Profile,
    /// Whether the item applies, or is unsure.
    Stance {
        /// The item.
        item: ItemId,
    },
    /// The answer to one part.
    Part {
        /// The item.
        item: ItemId,
        /// Its part.
        part: PartId,
    },
    /// 原件在哪: where the item's originals lie.
    Location {
        /// The item.
        item: ItemId,
    },
    /// A note on the item (自评纪实).
    Note {
        /// The item.
        item: ItemId,
    },
    /// Whether a photo belongs to the item. One register for each photo, so that two phones never lose one another's.
    Photo {
        /// The item.
        item: ItemId,
        /// The photo, by the SHA-256 of its bytes.
        sha256: ContentHash,
    },
}

/// What is written into a register. Which variant fits which key is checked by [`super::check::entry_fault`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnswerValue {
    /// For [`AnswerKey::Profile`].
    Profile {
        /// The figures.
        profile: BranchProfile,
    },
    /// For [`AnswerKey::Stance`].
    Stance {
        /// The stance.
        stance: Stance,
    },
    /// For [`AnswerKey::Part`]; `None` takes an answer back.
    Part {
        /// The answer.
        answer: Option<PartAnswer>,
    },
    /// For [`AnswerKey::Location`] and [`AnswerKey::Note`]; empty takes it back.
    Text {
        /// At most [`MAX_TEXT_CHARS`] characters, no control characters but line feed.
        text: String,
    },
    /// For [`AnswerKey::Photo`].
    Attached {
        /// Whether it belongs to the item; `false` takes it off again.
        attached: bool,
    },
}

/// The longest text an answer may hold, in characters.
pub const MAX_TEXT_CHARS: usize = 500;

/// Whether an item applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// It applies; its parts say how far it is met.
    #[default]
    Applies,
    /// It leaves numerator and denominator.
    NotApplicable {
        /// Why.
        reason: NotApplicable,
    },
    /// 拿不准,问镇党委: unanswered, on the list to phone about.
    Unsure,
}

/// The two different "does not apply".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotApplicable {
    /// 本支部不设
    AbsentHere,
    /// 本期没有此事
    NoOccurrence,
}

/// The answer to one part; the variant must fit the part's rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartAnswer {
    /// For a yes/no rule.
    YesNo {
        /// 做到了
        yes: bool,
    },
    /// For a count rule: how many in each window. A window that is absent has not been answered.
    Counts {
        /// By window.
        counts: BTreeMap<WindowKey, u32>,
    },
    /// For a share rule.
    Share {
        /// How many.
        numerator: u32,
        /// Out of how many.
        denominator: u32,
    },
    /// For a level rule.
    Level {
        /// The choice.
        choice: ChoiceId,
    },
    /// For a deduction rule: how often each thing happened; absent means never.
    Occurrences {
        /// By kind.
        counts: BTreeMap<OccurrenceId, u32>,
    },
    /// For a facts rule: what was ticked.
    Facts {
        /// The facts that hold.
        met: BTreeSet<FactId>,
    },
}

/// One value in one register at one moment: the unit that is stored, sent and merged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Entry {
    /// The register.
    pub key: AnswerKey,
    /// When and on which phone.
    pub stamp: Stamp,
    /// The value.
    pub value: AnswerValue,
}

impl AnswerKey {
    /// The item concerned; `None` for the profile.
    #[must_use]
    pub fn item(&self) -> Option<&ItemId> {
        match self {
            Self::Profile => None,
            Self::Stance { item }
            | Self::Part { item, .. }
            | Self::Location { item }
            | Self::Note { item }
            | Self::Photo { item, .. } => Some(item),
        }
    }

    /// A short text that names the register and no other: `profile`, `part/NC-A1/p1` …
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Profile => "profile".into(),
            Self::Stance { item } => format!("stance/{item}"),
            Self::Part { item, part } => format!("part/{item}/{part}"),
            Self::Location { item } => format!("location/{item}"),
            Self::Note { item } => format!("note/{item}"),
            Self::Photo { item, sha256 } => format!("photo/{item}/{sha256}"),
        }
    }
}
