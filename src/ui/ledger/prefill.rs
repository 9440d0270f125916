//! What the form of a ledger entry starts with: what was said last time of an activity of the same kind, and the branch's
//! figures. Pure.

use crate::domain::{ActivityKind, BranchProfile, Ledger, LedgerEntry, ledger::Live};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The newest entry of any of these kinds, by the day it was held.
pub fn last_of<'a>(live: &[Live<'a>], kinds: &BTreeSet<ActivityKind>) -> Option<Live<'a>> {
    let of_kind = live.iter().filter(|live| !live.entry.kinds.is_disjoint(kinds));
    of_kind.max_by_key(|live| (live.entry.date, live.stamp)).copied()
}

/// How many are called to an activity of these kinds, by the branch's figures.
pub fn expected(kinds: &BTreeSet<ActivityKind>, profile: Option<&BranchProfile>) -> Option<u32> {
    let profile = profile?;
    let all = profile.full_members.saturating_add(profile.probationary_members);
    let of = |kind: &ActivityKind| match kind {
        ActivityKind::MemberMeeting
        | ActivityKind::PartyClass
        | ActivityKind::ThemedDay
        | ActivityKind::OrganisationalLifeMeeting
        | ActivityKind::DemocraticAppraisal => Some(all),
        ActivityKind::CommitteeMeeting => Some(profile.committee_members),
        // Nobody is called together as a whole.
        ActivityKind::GroupMeeting
        | ActivityKind::HeartToHeartTalk
        | ActivityKind::Volunteering
        | ActivityKind::Visit
        | ActivityKind::Openness
        | ActivityKind::FinancialOpenness => None,
    };
    kinds.iter().filter_map(of).max().filter(|expected| *expected > 0)
}

/// A new entry of these kinds: where, who leads, who writes and where the book lies as last time; the day is today. What was
/// discussed and who came is new each time.
pub fn like_the_last(ledger: &Ledger, kinds: BTreeSet<ActivityKind>, today: Date) -> LedgerEntry {
    let live = ledger.live();
    let last = last_of(&live, &kinds).map(|live| live.entry.clone());
    // The book usually lies where it lay last time, whatever was held.
    let newest = live.iter().max_by_key(|live| live.stamp).map(|live| live.entry);
    let text = |of: fn(&LedgerEntry) -> &String| {
        let said = last.as_ref().or(newest).map(of);
        said.cloned().unwrap_or_default()
    };
    LedgerEntry {
        date: today,
        group: None,
        place: text(|entry| &entry.place),
        host: last.as_ref().map(|entry| entry.host.clone()).unwrap_or_default(),
        recorder: text(|entry| &entry.recorder),
        attendance: None,
        topic: String::new(),
        resolution: String::new(),
        location: text(|entry| &entry.location),
        kinds,
    }
}

/// Where record books were said to lie, the newest first, each once.
pub fn locations(ledger: &Ledger) -> Vec<String> {
    let mut live = ledger.live();
    live.sort_by_key(|live| core::cmp::Reverse(live.stamp));
    let mut found: Vec<String> = Vec::new();
    for live in live {
        let location = &live.entry.location;
        if !location.is_empty() && !found.contains(location) {
            found.push(location.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::testing::{ledger, meeting, record};
    use jiff::civil::date;

    #[test]
    fn a_new_entry_starts_as_the_last_of_its_kind_without_its_words() {
        let today = date(2026, 11, 24);
        let mut other = meeting(date(2026, 11, 20));
        other.kinds = [ActivityKind::CommitteeMeeting].into();
        other.host = "王副书记".into();
        other.location = "镇党建办".into();
        let mut book = ledger(&[date(2026, 9, 2), date(2026, 8, 2)]);
        book.merge([record(9, other, today, 0)]);
        let entry = like_the_last(&book, [ActivityKind::MemberMeeting].into(), today);
        assert_eq!((entry.date, entry.host.as_str(), entry.location.as_str()), (today, "李书记", "村部铁柜"));
        assert!(entry.topic.is_empty() && entry.attendance.is_none());
        let first = like_the_last(&book, [ActivityKind::Visit].into(), today);
        assert_eq!((first.host.as_str(), first.location.as_str()), ("", "镇党建办"));
        assert_eq!(locations(&book), ["镇党建办", "村部铁柜"]);
    }

    #[test]
    fn the_branch_figures_say_how_many_are_called() {
        let profile = BranchProfile {
            full_members: 20,
            probationary_members: 1,
            committee_members: 3,
            ..BranchProfile::default()
        };
        let of = |kinds: &[ActivityKind]| expected(&kinds.iter().copied().collect(), Some(&profile));
        assert_eq!(of(&[ActivityKind::MemberMeeting]), Some(21));
        assert_eq!(of(&[ActivityKind::CommitteeMeeting]), Some(3));
        assert_eq!(of(&[ActivityKind::PartyClass, ActivityKind::CommitteeMeeting]), Some(21));
        assert_eq!(of(&[ActivityKind::Visit]), None);
        assert_eq!(expected(&[ActivityKind::PartyClass].into(), None), None);
    }
}
