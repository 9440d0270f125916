//! The duties of a year: for each part that the ledger counts, what was held in each window, what is due and until when.
//!
//! Judged by today's date, which is passed in. A calendar year, not a period: a branch plans and remembers in years.

use super::{ActivityKind, Ledger, LedgerSource, Live, derive::held};
use crate::domain::{
    answer::Stance,
    assessment::Assessment,
    checklist::Checklist,
    ids::{ItemId, PartId, PeriodId},
    period::{Period, Span, Window},
    rule::Rule,
};
use jiff::civil::{Date, date};
use std::collections::BTreeSet;

/// One duty with its windows in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The item that asks for it.
    pub item: ItemId,
    /// The part.
    pub part: PartId,
    /// Any of these fulfils it.
    pub kinds: BTreeSet<ActivityKind>,
    /// How often it falls due.
    pub window: Window,
    /// How many in each window.
    pub minimum: u32,
    /// The windows of the year in order.
    pub windows: Vec<DutyWindow>,
}

/// One window of a duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyWindow {
    /// Its dates.
    pub span: Span,
    /// How many were held.
    pub held: u32,
    /// How it stands.
    pub standing: Standing,
}

/// How a window of a duty stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// 已办
    Held,
    /// 还能办: until the window's last day.
    StillPossible,
    /// 已错过
    Missed,
    /// 没登记: it lies before the first entry of its kind, so nobody can say that it was missed.
    Unrecorded,
    /// 还没到时候
    NotDue,
}

/// The duties of a calendar year that concern this branch, in the order of the checklist.
pub fn duties(
    checklist: &Checklist,
    assessment: &Assessment,
    ledger: &Ledger,
    year: i16,
    today: Date,
) -> Vec<Duty> {
    let Some(whole) = whole_year(year) else { return Vec::new() };
    let live = ledger.live();
    let profile = assessment.profile();
    let groups = profile.map_or(0, |profile| profile.party_groups);
    let concerned = checklist.items().map(|(_, item)| item).filter(|item| {
        let excluded = item.only_if.zip(profile).is_some_and(|(only, profile)| !only.holds(profile));
        let excused = matches!(assessment.stance(&item.id), Stance::NotApplicable { .. });
        !(item.judged_above || excluded || excused)
    });
    let parts = concerned.flat_map(|item| item.parts.iter().map(move |part| (item, part)));
    let duties = parts.filter_map(|(item, part)| {
        let (Some(LedgerSource::Count { kinds }), Rule::Count { minimum, .. }) =
            (&part.from_ledger, &part.rule)
        else {
            return None;
        };
        if matches!(part.window, Window::Term | Window::PeriodEnd) {
            return None;
        }
        let seen: Vec<&Live<'_>> = live.iter().filter(|live| !live.entry.kinds.is_disjoint(kinds)).collect();
        let begun = seen.iter().map(|live| live.entry.date).min();
        let windows = whole.judged(part.window).into_iter().map(|span| {
            let within = |live: &&&Live<'_>| (span.starts..=span.ends).contains(&live.entry.date);
            let here: Vec<&Live<'_>> = seen.iter().filter(within).copied().collect();
            let held = held(kinds, &here, groups);
            let standing = match () {
                () if held >= *minimum => Standing::Held,
                () if today < span.starts => Standing::NotDue,
                () if today <= span.ends => Standing::StillPossible,
                () if begun.is_some_and(|begun| begun <= span.ends) => Standing::Missed,
                () => Standing::Unrecorded,
            };
            DutyWindow { span, held, standing }
        });
        Some(Duty {
            item: item.id.clone(),
            part: part.id.clone(),
            kinds: kinds.clone(),
            window: part.window,
            minimum: *minimum,
            windows: windows.collect(),
        })
    });
    duties.collect()
}

/// The year as if it were assessed by itself: its windows are those that end in it.
fn whole_year(year: i16) -> Option<Period> {
    if !(1949..=9_998).contains(&year) {
        return None;
    }
    let ends = date(year, 12, 31);
    let id = PeriodId::new(year.to_string()).ok()?;
    Some(Period { id, name: String::new(), starts: date(year, 1, 1), ends, submit_by: ends })
}

#[cfg(test)]
mod tests {
    use super::{super::testing::*, *};
    use crate::domain::testing::{profile_entry, stance_entry};
    use crate::domain::{BranchProfile, NotApplicable};

    fn standings(ledger: &Ledger, assessment: &Assessment, today: Date) -> Vec<Vec<(u32, Standing)>> {
        let all = duties(&checklist(), assessment, ledger, 2026, today);
        let of = |duty: Duty| duty.windows.into_iter().map(|w| (w.held, w.standing)).collect();
        all.into_iter().map(of).collect()
    }

    #[test]
    fn each_window_of_the_year_is_held_due_missed_unrecorded_or_still_to_come() {
        let ledger = ledger(&[date(2026, 2, 10), date(2026, 9, 2)]);
        let today = date(2026, 8, 20);
        let quarters = &standings(&ledger, &Assessment::default(), today)[0];
        use Standing::{Held, NotDue, StillPossible};
        assert_eq!(*quarters, [(1, Held), (0, Standing::Missed), (1, Held), (0, NotDue)]);
        let later = &standings(&ledger, &Assessment::default(), date(2026, 12, 31))[0];
        assert_eq!(later[3], (0, StillPossible), "the last day is still possible");
        let begun_late = self::ledger(&[date(2026, 8, 1)]);
        let quarters = &standings(&begun_late, &Assessment::default(), today)[0];
        assert_eq!(quarters[..2], [(0, Standing::Unrecorded), (0, Standing::Unrecorded)]);
        let nothing = &standings(&Ledger::default(), &Assessment::default(), today)[0];
        assert_eq!(nothing[2], (0, StillPossible));
    }

    #[test]
    fn what_does_not_concern_the_branch_is_no_duty() {
        let before = standings(&Ledger::default(), &Assessment::default(), date(2026, 8, 20)).len();
        let list = checklist();
        let first = &list.aspects[0].items[0].id;
        let stance = Stance::NotApplicable { reason: NotApplicable::AbsentHere };
        let excused =
            Assessment::new([stance_entry(first, stance, crate::domain::testing::stamp(1, 1))], None);
        assert_eq!(standings(&Ledger::default(), &excused, date(2026, 8, 20)).len(), before - 1);
        // The group meetings are for branches with groups.
        let none = Assessment::new([profile_entry(BranchProfile::default())], None);
        assert_eq!(standings(&Ledger::default(), &none, date(2026, 8, 20)).len(), before - 1);
    }

    #[test]
    fn a_year_out_of_the_calendar_has_no_duties() {
        for year in [-9_999, 0, 9_999] {
            let none =
                duties(&checklist(), &Assessment::default(), &Ledger::default(), year, date(2026, 1, 1));
            assert_eq!(none, []);
        }
    }
}
