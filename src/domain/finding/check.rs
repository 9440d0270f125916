//! Checks of entries that come from outside: a phone, a backup.

use super::{FindingEntry, FindingField, FindingHead, FindingValue, Ruling, Verdict, endpoint_device};
use crate::domain::{
    day,
    ids::FindingId,
    open::Unread,
    text::{self, Kind, TextFault},
};
use jiff::civil::Date;

/// The most entries that the endpoint keeps of one branch, whoever wrote them (verdicts stand apart): hundreds of findings, each reworded many times.
pub const MAX_FINDING_ENTRIES: usize = 5_000;
/// 2100-01-01, milliseconds since 1970-01-01 UTC. A stamp only orders what one branch wrote, so that a phone whose clock is years
/// off loses nothing by it; beyond this it is no clock any more.
pub const LATEST_STAMP_MS: u64 = 4_102_444_800_000;

/// The longest word of a kind that is not known here, in bytes of JSON: twice the longest that is.
pub const MAX_UNREAD_BYTES: usize = 4_096;

/// Why an entry cannot be taken. The message says which one, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindingFault {
    /// The value does not fit the register.
    #[error("finding {0}: the value is of another kind than its field asks for")]
    WrongKind(FindingId),
    /// A text holds what it must not.
    #[error("finding {0}: a text is {1}")]
    Text(FindingId, TextFault),
    /// No clock is off by so much.
    #[error("finding {0}: its stamp lies beyond the year 2100; correct the phone's clock and write it again")]
    Future(FindingId),
    /// It earned more than it is worth.
    #[error("finding {0}: an item cannot earn more points than it is worth")]
    Points(FindingId),
    /// It answers what had not been said.
    #[error(
        "finding {0}: a word on progress cannot have read a verdict that comes after it; correct its stamps"
    )]
    Unread(FindingId),
    /// The verdict is not the endpoint's.
    #[error("finding {0}: only the endpoint decides; leave the verdict out")]
    NotAbove(FindingId),
}

/// What is wrong with one entry, if anything.
pub fn finding_fault(entry: &FindingEntry) -> Option<FindingFault> {
    let id = entry.finding;
    if entry.stamp.ms > LATEST_STAMP_MS {
        return Some(FindingFault::Future(id));
    }
    let text = |text: &str| Some(FindingFault::Text(id, text::fault(text, Kind::NOTE)?));
    use FindingField as Field;
    match (&entry.field, &entry.value) {
        (
            Field::Problem | Field::Measure | Field::Responsible | Field::DelayReason | Field::Reply,
            FindingValue::Text { text: written },
        ) => text(written),
        (Field::Origin, FindingValue::Origin { detail, .. }) => text(detail),
        (Field::Score, FindingValue::Score { score }) => {
            (score.got > score.of).then_some(FindingFault::Points(id))
        }
        (Field::Progress, FindingValue::Progress { after: Some(after), .. }) => {
            (*after >= entry.stamp).then_some(FindingFault::Unread(id))
        }
        (Field::Item, FindingValue::Item { .. })
        | (Field::Deadline, FindingValue::Day { .. })
        | (Field::Progress, FindingValue::Progress { .. })
        | (Field::Before { .. } | Field::After { .. }, FindingValue::Attached { .. }) => None,
        _ => Some(FindingFault::WrongKind(id)),
    }
}

/// The deadlines that cannot be meant (half a year as it was typed). One that was corrected since is history, and harmless.
pub fn impossible_deadlines(entries: &[FindingEntry]) -> Vec<(&FindingEntry, Date)> {
    let is_corrected = |old: &FindingEntry| {
        let mut others =
            entries.iter().filter(|other| other.finding == old.finding && other.field == old.field);
        others.any(|other| other.stamp > old.stamp)
    };
    let impossible = entries.iter().filter_map(|entry| match entry.value {
        FindingValue::Day { day: Some(day) } if !day::can_be(day) => Some((entry, day)),
        _ => None,
    });
    impossible.filter(|(entry, _)| !is_corrected(entry)).collect()
}

impl FindingEntry {
    /// The same with texts that [`finding_fault`] has nothing against.
    #[must_use]
    pub fn cleaned(mut self) -> Self {
        if let FindingValue::Text { text } | FindingValue::Origin { detail: text, .. } = &mut self.value {
            *text = text::clean(text, Kind::NOTE);
        }
        self
    }
}

/// Whether a word of a phone is to be kept although its kind is not known here: it says what it is about and when it was written,
/// not in the upper level's name, and is not longer than a word can be. What else it says is for whoever can read it to look at.
pub fn is_to_be_kept(word: &Unread) -> bool {
    let may_write = |head: FindingHead| !head.is_from_above() && head.stamp.ms <= LATEST_STAMP_MS;
    word.text().len() <= MAX_UNREAD_BYTES && word.read().is_some_and(may_write)
}

/// What is wrong with a verdict that did not come from the endpoint itself, if anything.
pub fn verdict_fault(verdict: &Verdict) -> Option<FindingFault> {
    let id = verdict.finding;
    if verdict.stamp.device != endpoint_device() {
        return Some(FindingFault::NotAbove(id));
    }
    if verdict.stamp.ms.max(verdict.given_at) > LATEST_STAMP_MS {
        return Some(FindingFault::Future(id));
    }
    let reason = match &verdict.ruling {
        Ruling::Closed => "",
        Ruling::Returned { reason, .. } => reason,
    };
    let fault = text::fault(&verdict.by, Kind::Line(Kind::NOTE.most()));
    fault.or_else(|| text::fault(reason, Kind::NOTE)).map(|fault| FindingFault::Text(id, fault))
}
