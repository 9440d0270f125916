//! How findings read now: which word counts in each register, and how each finding stands. Pure; what is stored of it beside the
//! words is a copy for lists, which can be thrown away.

use super::{
    FindingEntry, FindingField, FindingOrigin, FindingValue, Findings, ItemPoints, Progress, Ruling, Verdict,
};
use crate::domain::{
    clock::Stamp,
    ids::{ContentHash, FindingId, ItemId},
    period::shanghai_date,
};
use crate::json::FromJson;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// 待整改
    Open,
    /// 整改中
    UnderWay,
    /// 支部已整改: the branch says so of what the upper level found; whether it is closed is for the upper level to say.
    Mended,
    /// 退回: the upper level was not content.
    Returned,
    /// 已销号: accepted by the upper level; what the branch found itself, by the branch.
    Closed,
    /// 支部撤掉: written by mistake.
    Withdrawn,
}

impl FindingState {
    /// Whether the branch still has something to do.
    pub fn is_to_be_mended(self) -> bool {
        matches!(self, Self::Open | Self::UnderWay | Self::Returned)
    }
}

/// One finding as it reads now. Its JSON is what the endpoint's lists are read from; it is worked out again whenever its meaning
/// changes, and never sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
    #[serde(with = "crate::domain::day::option")]
    pub deadline: Option<Date>,
    /// The upper level's newest word on it: the one by which overdue is judged, whatever the branch has set itself since.
    #[serde(with = "crate::domain::day::option")]
    pub demanded: Option<Date>,
    /// 没有按时完成的原因
    pub delay_reason: String,
    /// Photos from before, in the order of their hashes.
    pub before: Vec<ContentHash>,
    /// Photos from after.
    pub after: Vec<ContentHash>,
    /// Whether the branch moved its day after that day had passed: then a reason is asked for, whichever is written first.
    pub put_off: bool,
    /// How it stands.
    pub state: FindingState,
    /// When the branch closed it, by its own clock; of what [it found itself](Self::is_own) alone.
    pub settled: Option<u64>,
    /// The newest verdict.
    pub verdict: Option<Verdict>,
}

impl Finding {
    /// Whether the branch found it itself, or another that it took it over from: then it closes it itself, and nobody above decides
    /// on it.
    pub fn is_own(&self) -> bool {
        self.origin == FindingOrigin::SelfCheck
    }

    /// The day on which it was closed, by whomever.
    pub fn closed_on(&self) -> Option<Date> {
        let verdict = self.verdict.as_ref().filter(|verdict| verdict.ruling == Ruling::Closed);
        let at = verdict.map(|verdict| verdict.given_at).or(self.settled)?;
        (self.state == FindingState::Closed).then(|| shanghai_date(at))
    }

    /// By when it is due: what the upper level asked for, or what the branch has set itself.
    pub fn due(&self) -> Option<Date> {
        self.demanded.or(self.deadline)
    }

    /// 申请延期: until when the branch asks for more time than the upper level gave it, which has not answered yet.
    pub fn asks_until(&self) -> Option<Date> {
        let asked = self.deadline.filter(|asked| self.demanded.is_some_and(|demanded| *asked > demanded));
        asked.filter(|_| self.state.is_to_be_mended() && !self.is_own())
    }

    /// Whether that day has passed with work left to do.
    pub fn is_overdue(&self, today: Date) -> bool {
        self.state.is_to_be_mended() && self.due().is_some_and(|due| due < today)
    }

    /// Whether a reason and a new day are asked for.
    pub fn is_late(&self, today: Date) -> bool {
        let is_explained = self.put_off || !self.delay_reason.is_empty();
        self.is_overdue(today) || (self.state.is_to_be_mended() && is_explained)
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
    pub fn all(&self) -> Vec<Finding> {
        // Entries sort by finding first, so each finding's stand together.
        let entries: Vec<&FindingEntry> = self.entries().iter().collect();
        let runs = entries.chunk_by(|one, other| one.finding == other.finding);
        let mut all: Vec<Finding> = runs.filter_map(|run| self.read(run.first()?.finding, run)).collect();
        all.sort_by_key(|finding| (finding.begun, finding.id));
        all
    }

    /// One finding.
    pub fn find(&self, id: FindingId) -> Option<Finding> {
        let entries: Vec<&FindingEntry> = self.entries().iter().filter(|entry| entry.finding == id).collect();
        self.read(id, &entries)
    }

    fn read(&self, id: FindingId, entries: &[&FindingEntry]) -> Option<Finding> {
        let begun = entries.iter().map(|entry| entry.stamp).min()?;
        let verdicts: Vec<&Verdict> =
            self.verdicts().iter().filter(|verdict| verdict.finding == id).collect();
        let verdict = verdicts.iter().copied().max_by_key(|verdict| verdict.stamp);
        let counting: Vec<&FindingEntry> =
            entries.iter().copied().filter(|entry| counts(entry, verdict)).collect();
        let registers = Registers::of(counting.iter().copied());
        let from_above = |field| registers.0.get(field).is_some_and(|entry| entry.is_from_above());
        let is_from_above = from_above(&FindingField::Problem);
        let (origin, detail) = match registers.value(&FindingField::Origin) {
            // What the upper level wrote is not made the branch's own by a word of the branch.
            Some(FindingValue::Origin { origin, detail })
                if !is_from_above || from_above(&FindingField::Origin) =>
            {
                (*origin, detail.clone())
            }
            _ if is_from_above => (FindingOrigin::Inspection, String::new()),
            _ => (FindingOrigin::SelfCheck, String::new()),
        };
        let days = Days::of(&counting, &verdicts);
        let is_own = origin == FindingOrigin::SelfCheck;
        let (state, settled) = state(&counting, verdict, is_from_above, is_own);
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
            deadline: days.newest,
            demanded: days.demanded,
            delay_reason: registers.text(&FindingField::DelayReason),
            before: registers.photos(|field| match field {
                FindingField::Before { sha256 } => Some(sha256),
                _ => None,
            }),
            after: registers.photos(|field| match field {
                FindingField::After { sha256 } => Some(sha256),
                _ => None,
            }),
            put_off: days.put_off,
            state,
            settled,
            verdict: verdict.cloned(),
        })
    }

    /// Every photo that belongs to a finding, with the word that attaches it: of each photo's words the newest counts. A photo
    /// that was attached after the closing is among them: it belongs to the finding again once that is opened again.
    pub fn attached(&self) -> impl Iterator<Item = (&FindingEntry, &ContentHash)> {
        let mut newest: BTreeMap<FindingId, &Verdict> = BTreeMap::new();
        for verdict in self.verdicts() {
            let of = newest.entry(verdict.finding).or_insert(verdict);
            if verdict.stamp > of.stamp {
                *of = verdict;
            }
        }
        // Of each register the newest word that counts, and the newest one.
        type Words<'a> = (Option<&'a FindingEntry>, &'a FindingEntry);
        let mut words: BTreeMap<(FindingId, &ContentHash, &FindingField), Words<'_>> = BTreeMap::new();
        for entry in self.entries() {
            let Some(sha256) = entry.field.photo() else { continue };
            let word = words.entry((entry.finding, sha256, &entry.field)).or_insert((None, entry));
            if counts(entry, newest.get(&entry.finding).copied()) {
                word.0 = Some(entry);
            }
            word.1 = entry;
        }
        let attaches = |word: &&FindingEntry| matches!(word.value, FindingValue::Attached { attached: true });
        words.into_iter().filter_map(move |((_, sha256, _), (counting, last))| {
            let word = counting.filter(attaches).or_else(|| Some(last).filter(attaches))?;
            Some((word, sha256))
        })
    }

    /// The findings that are about this item, the oldest first.
    pub fn about(&self, item: &ItemId) -> Vec<Finding> {
        let is_about = |entry: &&FindingEntry| match &entry.value {
            FindingValue::Item { item: named } => named == item,
            _ => false,
        };
        let ids: BTreeSet<FindingId> =
            self.entries().iter().filter(is_about).map(|entry| entry.finding).collect();
        let mut all: Vec<Finding> = ids.into_iter().filter_map(|id| self.find(id)).collect();
        // What was said to be about it once may be about another one now.
        all.retain(|finding| finding.item.as_ref() == Some(item));
        all.sort_by_key(|finding| (finding.begun, finding.id));
        all
    }
}

/// Whether a word counts. What was accepted stays as it was accepted: while a finding is closed, only what was written before.
fn counts(entry: &FindingEntry, newest: Option<&Verdict>) -> bool {
    newest.is_none_or(|verdict| verdict.ruling != Ruling::Closed || entry.stamp < verdict.stamp)
}

/// How it stands, and when the branch closed it itself. The branch's progress counts over a 退回 that its writer had read; until then the
/// verdict does. Nothing is taken back that the upper level found or has decided on.
fn state(
    counting: &[&FindingEntry],
    verdict: Option<&Verdict>,
    is_from_above: bool,
    is_own: bool,
) -> (FindingState, Option<u64>) {
    let is_withdrawable = !is_from_above && verdict.is_none();
    let said = counting.iter().filter_map(|entry| match entry.value {
        FindingValue::Progress { progress, after } => Some((entry.stamp, progress, after)),
        _ => None,
    });
    let answers = |at: Stamp, after: Option<Stamp>| match verdict {
        Some(verdict) => at > verdict.stamp && after.is_some_and(|after| after >= verdict.stamp),
        None => true,
    };
    let own = said
        .filter(|(_, progress, _)| is_withdrawable || *progress != Progress::Withdrawn)
        .filter(|(at, _, after)| answers(*at, *after))
        .max_by_key(|(at, ..)| *at)
        .map(|(at, progress, _)| match progress {
            Progress::Open => (FindingState::Open, None),
            Progress::UnderWay => (FindingState::UnderWay, None),
            Progress::Mended if is_own => (FindingState::Closed, Some(at.ms)),
            Progress::Mended => (FindingState::Mended, None),
            Progress::Withdrawn => (FindingState::Withdrawn, None),
        });
    match verdict.map(|verdict| &verdict.ruling) {
        None => own.unwrap_or((FindingState::Open, None)),
        // Only the upper level opens again what it has closed.
        Some(Ruling::Closed) => (FindingState::Closed, None),
        Some(Ruling::Returned { .. }) => own.unwrap_or((FindingState::Returned, None)),
    }
}

/// What was said of the deadline, by entries of either side and by every verdict that names a day. A verdict that names none
/// changes nothing.
struct Days {
    /// The newest word.
    newest: Option<Date>,
    /// The upper level's newest.
    demanded: Option<Date>,
    /// See [`Finding::put_off`].
    put_off: bool,
}

impl Days {
    fn of(entries: &[&FindingEntry], verdicts: &[&Verdict]) -> Self {
        let written = entries.iter().filter_map(|entry| match &entry.value {
            FindingValue::Day { day } => Some((entry.stamp, *day)),
            _ => None,
        });
        let asked = verdicts.iter().filter_map(|verdict| match &verdict.ruling {
            Ruling::Returned { until: Some(until), .. } => Some((verdict.stamp, Some(*until))),
            _ => None,
        });
        let mut words: Vec<(Stamp, Option<Date>)> = written.chain(asked).collect();
        words.sort_unstable();
        let mut days = Self { newest: None, demanded: None, put_off: false };
        for (at, day) in words {
            if at.device == super::endpoint_device() {
                // A day that the upper level sets needs no reason of the branch's.
                (days.demanded, days.put_off) = (day, false);
            } else {
                days.put_off |= days.newest.is_some_and(|old| old < shanghai_date(at.ms));
            }
            days.newest = day;
        }
        days
    }
}
