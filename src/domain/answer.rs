//! Answers: what the branch says, one register for each thing that can be said, each value with its stamp.

pub use super::text::MAX_TEXT_CHARS;

use super::{
    clock::Stamp,
    ids::{ChoiceId, ContentHash, FactId, ItemId, LedgerId, OccurrenceId, PartId},
    open::Unread,
    period::WindowKey,
    profile::BranchProfile,
    text::{self, Kind},
};
use crate::json::FromJson;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Which register an [`Entry`] writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
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
        /// The ledger entries it was counted from, when nobody said it: see [`super::ledger::derive`]. Never stored on a phone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counted: Option<Vec<LedgerId>>,
        /// What the branch itself had said where the ledger speaks now; `None` when it had said nothing, or nothing that the
        /// checklist can still take.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<OwnAnswer>,
        /// Why the branch answers otherwise than its ledger; empty where it does not.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
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

/// An answer that the branch had given itself, beneath one that was counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OwnAnswer {
    /// As given; `None` when it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<PartAnswer>,
    /// The checklist whose question it answers, as [`Entry::under`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<ContentHash>,
}

impl AnswerValue {
    /// A part's answer as somebody gives it; `None` takes one back.
    pub fn part(answer: Option<PartAnswer>) -> Self {
        Self::Part { answer, counted: None, own: None, reason: String::new() }
    }
}

/// No single count or figure of a branch is larger.
pub const MAX_FIGURE: u32 = 99_999;

/// Whether an item applies.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, FromJson,
)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NotApplicable {
    /// 本支部不设
    AbsentHere,
    /// 本期没有此事
    NoOccurrence,
}

/// The answer to one part; the variant must fit the part's rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Entry {
    /// The register.
    pub key: AnswerKey,
    /// When and on which phone.
    pub stamp: Stamp,
    /// The value.
    pub value: AnswerValue,
    /// The checklist whose question it answers. Where it is absent, that is the one which the submission or draft pins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<ContentHash>,
}

/// What even an entry of a kind that is not known here says: it is kept and passed on by this alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct EntryHead {
    /// The register, whatever it is.
    pub key: Unread,
    /// When and on which phone.
    pub stamp: Stamp,
    /// As [`Entry::under`].
    #[serde(default)]
    pub under: Option<ContentHash>,
}

/// How an entry ends that says under which checklist it was given, for that is said last.
fn ending(checklist: &ContentHash) -> String {
    format!(",\"under\":\"{checklist}\"}}")
}

impl Unread {
    /// An [`Entry`] that cannot be read: the same, given under this checklist unless it says another. `None` for what is no entry.
    pub fn under_or(&self, checklist: &ContentHash) -> Option<Self> {
        let EntryHead { under, .. } = self.read()?;
        if under.is_some() {
            return Some(self.clone());
        }
        Self::new(&format!("{}{}", self.text().strip_suffix('}')?, ending(checklist)))
    }

    /// The same as it travels in a submission that pins this checklist, which is then not said.
    pub fn packed(&self, checklist: &ContentHash) -> Self {
        let bare =
            self.text().strip_suffix(&ending(checklist)).and_then(|text| Self::new(&format!("{text}}}")));
        bare.unwrap_or_else(|| self.clone())
    }
}

impl AnswerValue {
    /// Whether it says anything: not an answer that was taken back, nor that an item applies, as it does anyway.
    pub fn says_something(&self) -> bool {
        match self {
            Self::Profile { .. } => true,
            Self::Stance { stance } => *stance != Stance::Applies,
            Self::Part { answer, .. } => answer.is_some(),
            Self::Text { text } => !text.is_empty(),
            Self::Attached { attached } => *attached,
        }
    }
}

impl Entry {
    /// The same with texts that [`super::check::entry_fault`] has nothing against.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        match &mut self.value {
            AnswerValue::Text { text } | AnswerValue::Part { reason: text, .. } => {
                *text = text::clean(text, Kind::NOTE);
            }
            AnswerValue::Profile { profile } => *profile = std::mem::take(profile).cleaned(),
            AnswerValue::Stance { .. } | AnswerValue::Attached { .. } => {}
        }
        self
    }

    /// The same, given under this checklist unless it says another.
    #[must_use]
    pub fn under_or(self, checklist: &ContentHash) -> Self {
        self.map_under(|under| Some(under.unwrap_or_else(|| checklist.clone())))
    }

    /// The same, with another say of the checklist under which it was given, and what lies beneath it.
    pub(super) fn map_under(mut self, map: impl Fn(Option<ContentHash>) -> Option<ContentHash>) -> Self {
        if let AnswerValue::Part { own: Some(own), .. } = &mut self.value {
            own.under = map(own.under.take());
        }
        Self { under: map(self.under), ..self }
    }

    /// The checklists under which it, and what lies beneath it, say that they were given.
    pub(super) fn unders(&self) -> impl Iterator<Item = &ContentHash> {
        let own = match &self.value {
            AnswerValue::Part { own: Some(own), .. } => own.under.as_ref(),
            _ => None,
        };
        self.under.iter().chain(own)
    }
}

impl AnswerKey {
    /// The item concerned; `None` for the profile.
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
