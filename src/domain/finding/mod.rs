//! 问题和整改: one shortfall against one item, from the day it is seen until it is closed: by the branch what it found itself, from
//! above what was found from above.
//!
//! What people write of a finding (problem, measure, who, until when …) are registers of stamped entries. What the upper level decides (销号, 退回) is a list of verdicts that only the endpoint adds to. How a
//! finding stands is derived from both ([`derive`]), never stored.
//!
//! The endpoint's clock has seen every stamp that it holds of a branch before it gives one of its own, and a phone's clock every
//! stamp that it has pulled: whoever speaks after having read the other speaks under the higher stamp.
//!
//! Nothing is ever deleted, on either side. Of a problem that the upper level found only its own words say what it is.
//!
//! What mending gains is told against the score of the day on which the finding was made, which is written with it: the answers of that
//! day may be overwritten since. What the item scores now is derived, like everything else.

pub mod check;
pub mod derive;
pub mod more_time;
#[cfg(test)]
mod tests;

pub use derive::{Finding, FindingState};

use super::{
    clock::Stamp,
    ids::{ContentHash, DeviceId, FindingId, ItemId, PeriodId},
    open::Unread,
    points::Points,
    register::Registers,
};
use crate::json::FromJson;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The device in whose name the endpoint stamps. No phone may write in it.
pub fn endpoint_device() -> DeviceId {
    DeviceId::from_random(*b"biaochi-endpoint")
}

/// Where a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingOrigin {
    /// 支部自查
    SelfCheck,
    /// 上级检查
    Inspection,
}

/// Which register of a finding an entry writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingField {
    /// 问题来源
    Origin,
    /// The item it is about.
    Item,
    /// What the item had scored when the finding was made. Written once: the answers of that day may be overwritten.
    Score,
    /// 存在问题
    Problem,
    /// 整改措施
    Measure,
    /// 责任人
    Responsible,
    /// 整改时限
    Deadline,
    /// How far the branch has come.
    Progress,
    /// 没有按时完成的原因
    DelayReason,
    /// 答复: what the upper level says to a branch that asked for more time, beside the day; of nobody else does it say anything.
    Reply,
    /// A photo from before the mending.
    Before {
        /// Its hash.
        sha256: ContentHash,
    },
    /// A photo from after it.
    After {
        /// Its hash.
        sha256: ContentHash,
    },
}

impl FindingField {
    /// The photo, when the register is that of one.
    pub fn photo(&self) -> Option<&ContentHash> {
        match self {
            Self::Before { sha256 } | Self::After { sha256 } => Some(sha256),
            _ => None,
        }
    }
}

/// What is written into a register. Which variant fits which field is checked by [`check::finding_fault`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingValue {
    /// For [`FindingField::Origin`].
    Origin {
        /// Where it comes from.
        origin: FindingOrigin,
        /// Which check it was, in words; empty where there is no more to say.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
    },
    /// For [`FindingField::Item`].
    Item {
        /// The item.
        item: ItemId,
    },
    /// For [`FindingField::Score`].
    Score {
        /// The score.
        score: ItemPoints,
    },
    /// For the texts; empty takes one back.
    Text {
        /// At most [`super::answer::MAX_TEXT_CHARS`] characters, no control characters but line feed.
        text: String,
    },
    /// For [`FindingField::Deadline`]; `None` takes it back.
    Day {
        /// The day, Asia/Shanghai.
        #[serde(default, with = "crate::domain::day::option")]
        day: Option<Date>,
    },
    /// For [`FindingField::Progress`].
    Progress {
        /// How far.
        progress: Progress,
        /// The newest verdict that its writer had read. A word that was written without having read a 退回 does not answer it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Stamp>,
    },
    /// For the photos.
    Attached {
        /// Whether it belongs to the finding.
        attached: bool,
    },
}

/// What an item scored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ItemPoints {
    /// In which period.
    pub period: PeriodId,
    /// What it earned.
    pub got: Points,
    /// What it is worth.
    pub of: Points,
}

/// How far the branch has come with mending.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, FromJson,
)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// 待整改
    #[default]
    Open,
    /// 整改中
    UnderWay,
    /// 支部已整改; of what the branch found itself, 支部销号.
    Mended,
    /// 撤掉: written by mistake. Only of what the branch found itself; what the upper level found stays.
    Withdrawn,
}

/// One value in one register of one finding at one moment: the unit that is stored, sent and merged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FindingEntry {
    /// The finding.
    pub finding: FindingId,
    /// The register.
    pub field: FindingField,
    /// When and on which phone.
    pub stamp: Stamp,
    /// The value.
    pub value: FindingValue,
}

impl FindingEntry {
    /// Whether the upper level wrote it, through the endpoint.
    pub fn is_from_above(&self) -> bool {
        self.stamp.device == endpoint_device()
    }
}

/// What even a word of a kind that is not known here says: it is kept and passed on by this alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FindingHead {
    /// The finding.
    pub finding: FindingId,
    /// When and on which phone.
    pub stamp: Stamp,
}

impl FindingHead {
    /// Whether the upper level wrote it, through the endpoint.
    pub fn is_from_above(&self) -> bool {
        self.stamp.device == endpoint_device()
    }
}

/// What the upper level has decided on a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// The finding.
    pub finding: FindingId,
    /// What it comes after.
    pub stamp: Stamp,
    /// When, milliseconds since 1970-01-01 UTC by the endpoint's clock.
    pub given_at: u64,
    /// 验收人
    pub by: String,
    /// What.
    pub ruling: Ruling,
}

/// 验收销号 or 退回.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// 销号
    Closed,
    /// 退回: not mended yet, or opened again.
    Returned {
        /// Why.
        reason: String,
        /// A new deadline.
        #[serde(default, with = "crate::domain::day::option")]
        until: Option<Date>,
    },
}

/// The findings of one branch as far as is known here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// What people have written.
    pub entries: Registers<FindingEntry>,
    /// What the upper level has decided.
    pub verdicts: Registers<Verdict>,
}

/// How much was said of one finding. Words are only ever added: while it is the same, nothing was said since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SoFar {
    /// By anybody.
    pub words: usize,
    /// By the upper level.
    pub from_above: usize,
}

impl Findings {
    /// From stored entries and verdicts.
    pub fn new(
        entries: impl IntoIterator<Item = FindingEntry>,
        verdicts: impl IntoIterator<Item = Verdict>,
    ) -> Self {
        Self { entries: entries.into_iter().collect(), verdicts: verdicts.into_iter().collect() }
    }

    /// Every entry.
    pub fn entries(&self) -> &[FindingEntry] {
        self.entries.words()
    }

    /// Every verdict.
    pub fn verdicts(&self) -> &[Verdict] {
        self.verdicts.words()
    }

    /// Writes into a register.
    pub fn write(&mut self, entry: FindingEntry) {
        self.entries.write(entry);
    }

    /// Adds what another phone, the endpoint or a backup knows.
    pub fn merge(&mut self, other: Self) {
        self.entries.merge_all(other.entries);
        self.verdicts.merge_all(other.verdicts);
    }

    /// How many words there are, readable or not.
    pub fn words(&self) -> usize {
        self.entries().len() + self.entries.unread().len()
    }

    /// How much was said of a finding, whether it can be read here or not.
    pub fn so_far(&self, finding: FindingId) -> SoFar {
        let entries = self.entries().iter().map(|entry| (entry.finding, entry.is_from_above()));
        let verdicts = self.verdicts().iter().map(|verdict| (verdict.finding, true));
        let unread = self.entries.unread().iter().filter_map(Unread::read::<FindingHead>);
        let unread = unread.map(|head| (head.finding, head.is_from_above()));
        let ruled = self.verdicts.unread().iter().filter_map(Unread::read::<FindingHead>);
        let ruled = ruled.map(|head| (head.finding, true));
        let said = entries.chain(verdicts).chain(unread).chain(ruled).filter(|(of, _)| *of == finding);
        said.fold(SoFar::default(), |so_far, (_, from_above)| SoFar {
            words: so_far.words + 1,
            from_above: so_far.from_above + usize::from(from_above),
        })
    }

    /// Every finding that something readable was said of.
    pub fn ids(&self) -> BTreeSet<FindingId> {
        self.entries().iter().map(|entry| entry.finding).collect()
    }

    /// Whether there is anything in it that only a newer version can read.
    pub fn has_unread(&self) -> bool {
        !self.entries.unread().is_empty() || !self.verdicts.unread().is_empty()
    }

    /// The word that says how far a finding has come, by somebody who has read all that is here.
    pub fn progress(&self, finding: FindingId, progress: Progress) -> FindingValue {
        let verdicts = self.verdicts().iter().filter(|verdict| verdict.finding == finding);
        FindingValue::Progress { progress, after: verdicts.map(|verdict| verdict.stamp).max() }
    }

    /// The highest stamp of all, the upper level's among them: a clock that has seen it speaks after everything here.
    pub fn latest(&self) -> Option<Stamp> {
        self.entries.latest(|entry| entry.stamp).max(self.verdicts.latest(|verdict| verdict.stamp))
    }

    /// All that was ever written into a register, oldest first; what counts among it says [`derive`].
    pub fn history<'a>(
        &'a self,
        finding: FindingId,
        field: &'a FindingField,
    ) -> impl DoubleEndedIterator<Item = &'a FindingEntry> {
        self.entries.run(|entry| (entry.finding, &entry.field).cmp(&(finding, field))).iter()
    }
}
