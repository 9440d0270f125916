//! How findings read now: which word counts in each register, and how each finding stands. Pure; nothing of it is stored.

use super::{
    FindingEntry, FindingField, FindingOrigin, FindingValue, Findings, ItemPoints, Progress, Ruling, Verdict,
};
use crate::domain::{
    clock::Stamp,
    ids::{ContentHash, FindingId, ItemId},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

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
    /// 支部撤掉: written by mistake.
    Withdrawn,
}

impl FindingState {
    /// Whether the branch still has something to do.
    #[must_use]
    pub fn is_to_be_mended(self) -> bool {
        matches!(self, Self::Open | Self::UnderWay | Self::Returned)
    }
}

/// One finding as it reads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub id: FindingId,
    /// Its first word.
    pub begun: Stamp,
    /// 问题来源
    pub origin: FindingOrigin,
    /// Which check it was, in words.
    pub detail: String,
    /// Whether the upper level wrote the problem: then it is not the branch's to reword.
    pub from_above: bool,
    /// The item it is about, when that was said.
    pub item: Option<ItemId>,
    /// What the item had scored when the finding was made, when that was said.
    pub scored: Option<ItemPoints>,
    /// 存在问题
    pub problem: String,
    /// 整改措施
    pub measure: String,
    /// 责任人
    pub responsible: String,
    /// 整改时限: the newest word on it, whether the branch's or the upper level's.
    pub deadline: Option<Date>,
    /// The upper level's newest word on it: the one by which overdue is judged, whatever the branch has set itself since.
    pub demanded: Option<Date>,
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
    /// By when it is due: what the upper level asked for, or what the branch has set itself.
    #[must_use]
    pub fn due(&self) -> Option<Date> {
        self.demanded.or(self.deadline)
    }

    /// Whether that day has passed with work left to do.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state.is_to_be_mended() && self.due().is_some_and(|due| due < today)
    }
}

/// The registers of one finding, in each what counts.
struct Registers<'a>(BTreeMap<&'a FindingField, &'a FindingEntry>);

impl<'a> Registers<'a> {
    /// Entries sort by finding, field and stamp: the last one written into a place is the one that counts. Where the finding
    /// comes from, what it is about and what is wrong is the upper level's to say once it has said it: the branch's words on
    /// that stay in the history.
    fn of(entries: impl Iterator<Item = &'a FindingEntry>) -> Self {
        let mut registers: BTreeMap<&FindingField, &FindingEntry> = BTreeMap::new();
        for entry in entries {
            let place = registers.entry(&entry.field).or_insert(entry);
            let is_settled = matches!(
                entry.field,
                FindingField::Origin | FindingField::Item | FindingField::Problem | FindingField::Score
            );
            if !is_settled || entry.is_from_above() || !place.is_from_above() {
                *place = entry;
            }
        }
        Self(registers)
    }

    fn value(&self, field: &FindingField) -> Option<&'a FindingValue> {
        self.0.get(field).map(|entry| &entry.value)
    }

    fn text(&self, field: &FindingField) -> String {
        match self.value(field) {
            Some(FindingValue::Text { text }) => text.clone(),
            _ => String::new(),
        }
    }

    fn photos(&self, of: impl Fn(&FindingField) -> Option<&ContentHash>) -> Vec<ContentHash> {
        let attached = self
            .0
            .iter()
            .filter(|(_, entry)| matches!(entry.value, FindingValue::Attached { attached: true }))
            .filter_map(|(field, _)| of(field).cloned());
        attached.collect()
    }
}

impl Findings {
    /// All findings, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Finding> {
        // Entries sort by finding first, so each finding's stand together.
        let mut all = Vec::new();
        let mut rest: Vec<&FindingEntry> = self.entries.iter().collect();
        while let Some(first) = rest.first() {
            let id = first.finding;
            let end = rest.iter().position(|entry| entry.finding != id).unwrap_or(rest.len());
            let later = rest.split_off(end);
            all.extend(self.read(id, &rest));
            rest = later;
        }
        all.sort_by_key(|finding| (finding.begun, finding.id));
        all
    }

    /// One finding.
    #[must_use]
    pub fn find(&self, id: FindingId) -> Option<Finding> {
        let entries: Vec<&FindingEntry> = self.entries.iter().filter(|entry| entry.finding == id).collect();
        self.read(id, &entries)
    }

    fn read(&self, id: FindingId, entries: &[&FindingEntry]) -> Option<Finding> {
        let begun = entries.iter().map(|entry| entry.stamp).min()?;
        let registers = Registers::of(entries.iter().copied());
        let verdicts: Vec<&Verdict> = self.verdicts.iter().filter(|verdict| verdict.finding == id).collect();
        let verdict = verdicts.iter().copied().max_by_key(|verdict| verdict.stamp);
        let (origin, detail) = match registers.value(&FindingField::Origin) {
            Some(FindingValue::Origin { origin, detail }) => (*origin, detail.clone()),
            _ => (FindingOrigin::SelfCheck, String::new()),
        };
        let from_above = |field| registers.0.get(field).is_some_and(|entry| entry.is_from_above());
        let (deadline, demanded) = deadlines(entries, &verdicts);
        let is_from_above = from_above(&FindingField::Problem);
        Some(Finding {
            id,
            begun,
            origin,
            detail,
            from_above: is_from_above,
            item: match registers.value(&FindingField::Item) {
                Some(FindingValue::Item { item }) => Some(item.clone()),
                _ => None,
            },
            scored: match registers.value(&FindingField::Score) {
                Some(FindingValue::Score { score }) => Some(score.clone()),
                _ => None,
            },
            problem: registers.text(&FindingField::Problem),
            measure: registers.text(&FindingField::Measure),
            responsible: registers.text(&FindingField::Responsible),
            deadline,
            demanded,
            delay_reason: registers.text(&FindingField::DelayReason),
            before: registers.photos(|field| match field {
                FindingField::Before { sha256 } => Some(sha256),
                _ => None,
            }),
            after: registers.photos(|field| match field {
                FindingField::After { sha256 } => Some(sha256),
                _ => None,
            }),
            state: state(registers.0.get(&FindingField::Progress).copied(), verdict, is_from_above),
            verdict: verdict.cloned(),
        })
    }

    /// Every photo that belongs to a finding, with the word that attaches it: of each photo's words the newest counts.
    pub fn attached(&self) -> impl Iterator<Item = (&FindingEntry, &ContentHash)> {
        // Entries sort by finding, field and stamp: a register's last one is followed by another register.
        let mut entries = self.entries.iter().peekable();
        std::iter::from_fn(move || {
            loop {
                let entry = entries.next()?;
                let is_last = entries
                    .peek()
                    .is_none_or(|next| (next.finding, &next.field) != (entry.finding, &entry.field));
                if let (true, FindingValue::Attached { attached: true }, Some(sha256)) =
                    (is_last, &entry.value, entry.field.photo())
                {
                    return Some((entry, sha256));
                }
            }
        })
    }

    /// The findings that are about this item, the oldest first.
    #[must_use]
    pub fn about(&self, item: &ItemId) -> Vec<Finding> {
        let is_about = |entry: &&FindingEntry| match &entry.value {
            FindingValue::Item { item: named } => named == item,
            _ => false,
        };
        let ids: BTreeSet<FindingId> =
            self.entries.iter().filter(is_about).map(|entry| entry.finding).collect();
        let mut all: Vec<Finding> = ids.into_iter().filter_map(|id| self.find(id)).collect();
        // What was said to be about it once may be about another one now.
        all.retain(|finding| finding.item.as_ref() == Some(item));
        all.sort_by_key(|finding| (finding.begun, finding.id));
        all
    }
}

/// The branch's progress counts when it was written after the newest verdict; until then the verdict does.
fn state(progress: Option<&FindingEntry>, verdict: Option<&Verdict>, is_from_above: bool) -> FindingState {
    let said = match progress.map(|entry| &entry.value) {
        Some(FindingValue::Progress { progress }) => *progress,
        _ => Progress::Open,
    };
    let own = match said {
        Progress::Open => FindingState::Open,
        Progress::UnderWay => FindingState::UnderWay,
        Progress::Mended => FindingState::Mended,
        Progress::Withdrawn if is_from_above => FindingState::Open,
        Progress::Withdrawn => FindingState::Withdrawn,
    };
    match verdict.map(|verdict| (&verdict.ruling, verdict.stamp)) {
        None => own,
        // Only the upper level opens a closed finding again.
        Some((Ruling::Closed, _)) => FindingState::Closed,
        Some((Ruling::Returned { .. }, at)) if progress.is_some_and(|entry| entry.stamp > at) => own,
        Some((Ruling::Returned { .. }, _)) => FindingState::Returned,
    }
}

/// The newest word on the deadline, and the upper level's newest: entries of either, and every verdict that names a day. A
/// verdict that names none changes nothing.
fn deadlines(entries: &[&FindingEntry], verdicts: &[&Verdict]) -> (Option<Date>, Option<Date>) {
    let written = entries.iter().filter_map(|entry| match &entry.value {
        FindingValue::Day { day } => Some((entry.stamp, *day)),
        _ => None,
    });
    let asked = verdicts.iter().filter_map(|verdict| match &verdict.ruling {
        Ruling::Returned { until: Some(until), .. } => Some((verdict.stamp, Some(*until))),
        _ => None,
    });
    let words: Vec<(Stamp, Option<Date>)> = written.chain(asked).collect();
    let newest = words.iter().max_by_key(|(at, _)| *at).and_then(|(_, day)| *day);
    let above = words.iter().filter(|(at, _)| at.device == super::endpoint_device());
    (newest, above.max_by_key(|(at, _)| *at).and_then(|(_, day)| *day))
}
