//! Checks of entries that come from outside: a phone, a backup.

use super::{FindingEntry, FindingField, FindingValue, Ruling, Verdict, endpoint_device};
use crate::domain::{answer::MAX_TEXT_CHARS, check::is_plain_text, ids::FindingId};

/// The most entries that the endpoint keeps of one branch, whoever wrote them (verdicts stand apart): hundreds of findings, each reworded many times.
pub const MAX_FINDING_ENTRIES: usize = 5_000;
/// 2100-01-01, milliseconds since 1970-01-01 UTC. A stamp only orders what one branch wrote, so that a phone whose clock is years
/// off loses nothing by it; beyond this it is no clock any more.
pub const LATEST_STAMP_MS: u64 = 4_102_444_800_000;

/// Why an entry cannot be taken. The message says which one, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindingFault {
    /// The value does not fit the register.
    #[error("finding {0}: the value is of another kind than its field asks for")]
    WrongKind(FindingId),
    /// Too long, or with control characters.
    #[error("finding {0}: a text has at most {MAX_TEXT_CHARS} characters and no control characters")]
    Text(FindingId),
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
#[must_use]
pub fn finding_fault(entry: &FindingEntry) -> Option<FindingFault> {
    let id = entry.finding;
    if entry.stamp.ms > LATEST_STAMP_MS {
        return Some(FindingFault::Future(id));
    }
    let text = |text: &str| (!is_plain_text(text, MAX_TEXT_CHARS, true)).then_some(FindingFault::Text(id));
    use FindingField as Field;
    match (&entry.field, &entry.value) {
        (
            Field::Problem | Field::Measure | Field::Responsible | Field::DelayReason,
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

/// What is wrong with a verdict that did not come from the endpoint itself, if anything.
#[must_use]
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
    let is_plain =
        is_plain_text(&verdict.by, MAX_TEXT_CHARS, false) && is_plain_text(reason, MAX_TEXT_CHARS, true);
    (!is_plain).then_some(FindingFault::Text(id))
}
