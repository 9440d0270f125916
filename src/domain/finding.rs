//! 问题和整改: one shortfall against one item, from the day it is seen until it is closed from above.
//!
//! What people write of a finding (problem, measure, who, until when …) are registers of stamped entries, exactly as answers
//! are: merging phones, or phone and endpoint, is the union of the sets, the entry with the highest stamp counts, and what it
//! overwrote stays readable. What the upper level decides (销号, 退回) is a list of verdicts that only the endpoint adds to. How a
//! finding stands is derived from both, never stored.

use super::{
    answer::MAX_TEXT_CHARS,
    check::is_plain_text,
    clock::Stamp,
    ids::{ContentHash, FindingId, ItemId},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where a finding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingOrigin {
    /// 支部自查
    SelfCheck,
    /// 上级检查
    Inspection,
}

/// Which register of a finding an entry writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingField {
    /// 问题来源
    Origin,
    /// The item it is about.
    Item,
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

/// What is written into a register. Which variant fits which field is checked by [`finding_fault`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingValue {
    /// For [`FindingField::Origin`].
    Origin {
        /// Where it comes from.
        origin: FindingOrigin,
    },
    /// For [`FindingField::Item`].
    Item {
        /// The item.
        item: ItemId,
    },
    /// For the texts; empty takes one back.
    Text {
        /// At most [`MAX_TEXT_CHARS`] characters, no control characters but line feed.
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
    },
    /// For the photos.
    Attached {
        /// Whether it belongs to the finding.
        attached: bool,
    },
}

/// How far the branch has come with mending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// 待整改
    #[default]
    Open,
    /// 整改中
    UnderWay,
    /// 支部已整改
    Mended,
}

/// One value in one register of one finding at one moment: the unit that is stored, sent and merged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// What the upper level has decided on a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// The finding.
    pub finding: FindingId,
    /// When, milliseconds since 1970-01-01 UTC by the endpoint's clock.
    pub given_at: u64,
    /// 验收人
    pub by: String,
    /// What.
    pub ruling: Ruling,
}

/// 验收销号 or 退回.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingState {
    /// 待整改
    Open,
    /// 整改中
    UnderWay,
    /// 支部已整改: the branch says so; whether it is closed is for the upper level to say.
    Mended,
    /// 退回: the upper level was not content.
    Returned,
    /// 已销号
    Closed,
}

impl FindingState {
    /// Whether the branch still has something to do.
    #[must_use]
    pub fn is_to_be_mended(self) -> bool {
        matches!(self, Self::Open | Self::UnderWay | Self::Returned)
    }
}

/// The findings of one branch as far as is known here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    entries: BTreeSet<FindingEntry>,
    verdicts: BTreeSet<Verdict>,
}

/// One finding as it reads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub id: FindingId,
    /// 问题来源
    pub origin: FindingOrigin,
    /// The item it is about, when that was said.
    pub item: Option<ItemId>,
    /// 存在问题
    pub problem: String,
    /// 整改措施
    pub measure: String,
    /// 责任人
    pub responsible: String,
    /// 整改时限: the newest word on it, whether the branch's or the upper level's.
    pub deadline: Option<Date>,
    /// 没有按时完成的原因
    pub delay_reason: String,
    /// Photos from before, in the order of their hashes.
    pub before: Vec<ContentHash>,
    /// Photos from after.
    pub after: Vec<ContentHash>,
    /// How it stands.
    pub state: FindingState,
    /// The newest verdict.
    pub verdict: Option<Verdict>,
}

impl Finding {
    /// Whether its deadline has passed with work left to do.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state.is_to_be_mended() && self.deadline.is_some_and(|deadline| deadline < today)
    }
}

impl Findings {
    /// From stored entries and verdicts.
    #[must_use]
    pub fn new(
        entries: impl IntoIterator<Item = FindingEntry>,
        verdicts: impl IntoIterator<Item = Verdict>,
    ) -> Self {
        Self { entries: entries.into_iter().collect(), verdicts: verdicts.into_iter().collect() }
    }

    /// Every entry.
    #[must_use]
    pub fn entries(&self) -> &BTreeSet<FindingEntry> {
        &self.entries
    }

    /// Every verdict.
    #[must_use]
    pub fn verdicts(&self) -> &BTreeSet<Verdict> {
        &self.verdicts
    }

    /// Writes into a register.
    pub fn write(&mut self, entry: FindingEntry) {
        self.entries.insert(entry);
    }

    /// Adds what another phone, the endpoint or a backup knows.
    pub fn merge(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.verdicts.extend(other.verdicts);
    }

    /// The highest stamp of all.
    #[must_use]
    pub fn latest(&self) -> Option<Stamp> {
        self.entries.iter().map(|entry| entry.stamp).max()
    }

    /// All that was ever written into a register, oldest first; the last one counts.
    pub fn history<'a>(
        &'a self,
        finding: FindingId,
        field: &'a FindingField,
    ) -> impl DoubleEndedIterator<Item = &'a FindingEntry> {
        self.entries.iter().filter(move |entry| entry.finding == finding && &entry.field == field)
    }

    /// All findings, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Finding> {
        let mut registers: BTreeMap<FindingId, BTreeMap<&FindingField, &FindingEntry>> = BTreeMap::new();
        // Entries sort by finding, field and stamp, so the last one written into a place is the one that counts.
        for entry in &self.entries {
            registers.entry(entry.finding).or_default().insert(&entry.field, entry);
        }
        registers.into_iter().map(|(id, registers)| self.read(id, &registers)).collect()
    }

    /// One finding.
    #[must_use]
    pub fn find(&self, id: FindingId) -> Option<Finding> {
        let entries = self.entries.iter().filter(|entry| entry.finding == id);
        let registers: BTreeMap<&FindingField, &FindingEntry> =
            entries.map(|entry| (&entry.field, entry)).collect();
        (!registers.is_empty()).then(|| self.read(id, &registers))
    }

    fn read(&self, id: FindingId, registers: &BTreeMap<&FindingField, &FindingEntry>) -> Finding {
        let text = |field: &FindingField| match registers.get(field).map(|entry| &entry.value) {
            Some(FindingValue::Text { text }) => text.clone(),
            _ => String::new(),
        };
        let verdict = self.verdicts.iter().filter(|verdict| verdict.finding == id).max_by_key(|v| v.given_at);
        let progress = registers.get(&FindingField::Progress).copied();
        let deadline = registers.get(&FindingField::Deadline).copied();
        Finding {
            id,
            origin: match registers.get(&FindingField::Origin).map(|entry| &entry.value) {
                Some(FindingValue::Origin { origin }) => *origin,
                _ => FindingOrigin::SelfCheck,
            },
            item: match registers.get(&FindingField::Item).map(|entry| &entry.value) {
                Some(FindingValue::Item { item }) => Some(item.clone()),
                _ => None,
            },
            problem: text(&FindingField::Problem),
            measure: text(&FindingField::Measure),
            responsible: text(&FindingField::Responsible),
            deadline: newest_deadline(deadline, verdict),
            delay_reason: text(&FindingField::DelayReason),
            before: photos(registers, |field| match field {
                FindingField::Before { sha256 } => Some(sha256),
                _ => None,
            }),
            after: photos(registers, |field| match field {
                FindingField::After { sha256 } => Some(sha256),
                _ => None,
            }),
            state: state(progress, verdict),
            verdict: verdict.cloned(),
        }
    }
}

/// The branch's progress counts when it was written after the newest verdict; until then the verdict does.
fn state(progress: Option<&FindingEntry>, verdict: Option<&Verdict>) -> FindingState {
    let said = match progress.map(|entry| &entry.value) {
        Some(FindingValue::Progress { progress }) => *progress,
        _ => Progress::Open,
    };
    let own = match said {
        Progress::Open => FindingState::Open,
        Progress::UnderWay => FindingState::UnderWay,
        Progress::Mended => FindingState::Mended,
    };
    match verdict.map(|verdict| (&verdict.ruling, verdict.given_at)) {
        None => own,
        // Only the upper level opens a closed finding again.
        Some((Ruling::Closed, _)) => FindingState::Closed,
        Some((Ruling::Returned { .. }, at)) if progress.is_some_and(|entry| entry.stamp.ms > at) => own,
        Some((Ruling::Returned { .. }, _)) => FindingState::Returned,
    }
}

fn newest_deadline(written: Option<&FindingEntry>, verdict: Option<&Verdict>) -> Option<Date> {
    let own = written.and_then(|entry| match &entry.value {
        FindingValue::Day { day } => Some((entry.stamp.ms, *day)),
        _ => None,
    });
    let above = verdict.and_then(|verdict| match &verdict.ruling {
        Ruling::Returned { until: Some(until), .. } => Some((verdict.given_at, Some(*until))),
        _ => None,
    });
    own.into_iter().chain(above).max_by_key(|(at, _)| *at).and_then(|(_, day)| day)
}

fn photos(
    registers: &BTreeMap<&FindingField, &FindingEntry>,
    of: impl Fn(&FindingField) -> Option<&ContentHash>,
) -> Vec<ContentHash> {
    let attached = registers
        .iter()
        .filter(|(_, entry)| matches!(entry.value, FindingValue::Attached { attached: true }))
        .filter_map(|(field, _)| of(field).cloned());
    attached.collect()
}

/// Why an entry cannot be taken. The message says which one, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindingFault {
    /// The value does not fit the register.
    #[error("finding {0}: the value is of another kind than its field asks for")]
    WrongKind(FindingId),
    /// Too long, or with control characters.
    #[error("finding {0}: a text has at most {MAX_TEXT_CHARS} characters and no control characters")]
    Text(FindingId),
    /// Further in the future than clocks can be off.
    #[error("finding {0}: its stamp lies in the future; correct the phone's clock and try again")]
    Future(FindingId),
}

/// No clock is off by more once it has been corrected, in milliseconds.
pub(super) const FUTURE_MS: u64 = 24 * 3_600_000;

/// What is wrong with one entry, if anything. `now` in milliseconds since 1970-01-01 UTC.
#[must_use]
pub fn finding_fault(entry: &FindingEntry, now: u64) -> Option<FindingFault> {
    if entry.stamp.ms > now.saturating_add(FUTURE_MS) {
        return Some(FindingFault::Future(entry.finding));
    }
    use FindingField as Field;
    match (&entry.field, &entry.value) {
        (
            Field::Problem | Field::Measure | Field::Responsible | Field::DelayReason,
            FindingValue::Text { text },
        ) => (!is_plain_text(text, MAX_TEXT_CHARS, true)).then_some(FindingFault::Text(entry.finding)),
        (Field::Origin, FindingValue::Origin { .. })
        | (Field::Item, FindingValue::Item { .. })
        | (Field::Deadline, FindingValue::Day { .. })
        | (Field::Progress, FindingValue::Progress { .. })
        | (Field::Before { .. } | Field::After { .. }, FindingValue::Attached { .. }) => None,
        _ => Some(FindingFault::WrongKind(entry.finding)),
    }
}
