//! Which period comes first: the one that is not done with, before a newer one; and what was filled in for one that has not begun.

use crate::{
    domain::{AnswerValue, Assessment, Entry, Period, PeriodId, period::current},
    protocol::ReviewState,
    store::{Draft, LocalSubmission},
    sync::{OutboxEntry, OutboxRequest},
};
use jiff::civil::Date;

/// The oldest draft with answers that were never reported, were refused, or that the upper level wants mended: nothing of it must
/// be overlooked. A draft in which nothing is answered holds nobody up, nor does one of a period that has not begun: it was filled
/// in while the phone's date was wrong, see [`strays`]. `submissions` are in the order of their ids.
pub fn unfinished(
    drafts: &[(Draft, Assessment)],
    submissions: &[LocalSubmission],
    outbox: &[OutboxEntry],
    has_begun: impl Fn(&PeriodId) -> bool,
) -> Option<PeriodId> {
    let waits = |sent: &LocalSubmission| {
        outbox.iter().any(|row| {
            row.is_waiting()
                && matches!(&row.request, OutboxRequest::Submit { submission, .. } if *submission == sent.id)
        })
    };
    let is_done = |draft: &Draft| {
        let mut of_period = submissions.iter().filter(|sent| sent.period == draft.period && !sent.withdrawn);
        of_period.next_back().is_some_and(|newest| {
            let said = newest.reviews.last().map(|review| review.state);
            let wants_more = matches!(said, Some(ReviewState::Returned | ReviewState::Incomplete));
            waits(newest) || (newest.receipt.is_some() && !wants_more)
        })
    };
    let mut begun = drafts.iter().filter(|(draft, _)| has_begun(&draft.period));
    let waiting = begun.find(|(draft, answers)| is_answered(answers) && !is_done(draft));
    waiting.map(|(draft, _)| draft.period.clone())
}

/// The periods that can be worked on, in the order of their days: those of the version in force, and those of drafts that it no
/// longer has (`left_out`, as the versions that the drafts are pinned to have them). What was filled in for a period does not
/// vanish because another version is published.
pub fn at_hand(in_force: &[Period], left_out: &[Period]) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for period in in_force.iter().chain(left_out) {
        if !periods.iter().any(|known| known.id == period.id) {
            periods.push(period.clone());
        }
    }
    periods.sort_by_key(|period| (period.starts, period.ends));
    periods
}

/// The period that is worked on when nothing is left undone: one that was begun here and runs on though the version in force no
/// longer has it, else the current one of that version, else the last one that was begun.
pub fn worked_on(
    drafts: &[(Draft, Assessment)],
    in_force: &[Period],
    left_out: &[Period],
    today: Date,
) -> Option<PeriodId> {
    let is_begun = |id: &PeriodId| {
        drafts.iter().any(|(draft, assessment)| &draft.period == id && is_answered(assessment))
    };
    let runs = |period: &&Period| period.starts <= today && today <= period.submit_by.max(period.ends);
    let kept = left_out.iter().filter(runs).filter(|period| is_begun(&period.id));
    let period = kept.min_by_key(|period| period.ends).or_else(|| current(in_force, today));
    let period = period.map(|period| period.id.clone());
    period.or_else(|| drafts.last().map(|(draft, _)| draft.period.clone()))
}

/// What was filled in for a period that has not begun: nothing of it is lost, and what also answers the period on the screen can
/// be taken there.
#[derive(Debug, Clone, PartialEq)]
pub struct Stray {
    /// The period.
    pub period: Period,
    /// What was filled in.
    pub assessment: Assessment,
}

impl Stray {
    /// What says something there and nothing has been said of here.
    pub fn missing_in(&self, here: &Assessment) -> Vec<Entry> {
        let mut missing = self.assessment.winners();
        missing.retain(|entry| {
            let known = here.current(&entry.key);
            entry.value.says_something() && !known.is_some_and(|known| known.value.says_something())
        });
        missing
    }
}

/// The drafts of periods that have not begun, but for the one on the screen.
pub fn strays(
    drafts: &[(Draft, Assessment)],
    periods: &[Period],
    today: Date,
    shown: &PeriodId,
) -> Vec<Stray> {
    let stray = |(draft, assessment): &(Draft, Assessment)| {
        let period = periods.iter().find(|period| period.id == draft.period && period.starts > today)?;
        (draft.period != *shown && is_answered(assessment))
            .then(|| Stray { period: period.clone(), assessment: assessment.clone() })
    };
    drafts.iter().filter_map(stray).collect()
}

/// Whether anything is answered: not merely confirmed figures, nor what was all taken back.
fn is_answered(assessment: &Assessment) -> bool {
    let says = |value: &AnswerValue| value.says_something() && !matches!(value, AnswerValue::Profile { .. });
    assessment.winners().iter().any(|entry| says(&entry.value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            AnswerKey, BranchProfile,
            testing::{period, stamp},
        },
        protocol::Review,
        store::testing::{draft, note, report},
        sync::{
            OutboxState,
            testing::{FakeEndpoint, NOON},
        },
    };
    use jiff::civil::date;

    fn old() -> Draft {
        Draft { period: PeriodId::new("2026-H1").unwrap(), ..draft(1) }
    }

    fn answered() -> Assessment {
        Assessment::new([note("yes", "铁柜", NOON, 1)], None)
    }

    #[test]
    fn an_old_draft_that_was_never_answered_holds_nobody_up() {
        let taken_back = [note("yes", "铁柜", NOON, 1), note("yes", "", NOON + 1, 1)];
        let profile = Entry {
            key: AnswerKey::Profile,
            stamp: stamp(NOON, 1),
            value: AnswerValue::Profile { profile: BranchProfile::default() },
            under: None,
        };
        for empty in
            [Assessment::default(), Assessment::new(taken_back, None), Assessment::new([profile], None)]
        {
            assert_eq!(unfinished(&[(old(), empty)], &[], &[], |_| true), None);
        }
        assert_eq!(unfinished(&[(old(), answered())], &[], &[], |_| true), Some(old().period));
    }

    #[test]
    fn what_was_filled_in_under_a_wrong_year_holds_nobody_up_and_is_not_lost() {
        let next = Period { id: PeriodId::new("2027-H2").unwrap(), starts: date(2027, 6, 1), ..period() };
        let (now, ahead) = (draft(1), Draft { period: next.id.clone(), ..draft(1) });
        let filled =
            [note("yes", "铁柜", NOON, 1), note("facts", "木柜", NOON + 1, 1), note("alas", "", NOON + 2, 1)];
        let drafts = [(ahead, Assessment::new(filled, None)), (now.clone(), answered())];
        let has_begun = |id: &PeriodId| *id != next.id;
        assert_eq!(unfinished(&drafts, &[], &[], has_begun), Some(now.period.clone()));
        assert_eq!(unfinished(&drafts[..1], &[], &[], has_begun), None);

        let periods = [period(), next.clone()];
        let found = strays(&drafts, &periods, date(2026, 11, 24), &now.period);
        assert_eq!(found.iter().map(|stray| &stray.period).collect::<Vec<_>>(), [&next]);
        let missing = found[0].missing_in(&answered());
        assert_eq!(
            missing.len(),
            1,
            "what is answered here stays, and what says nothing is nothing: {missing:?}"
        );
        assert_eq!(strays(&drafts, &periods, date(2027, 6, 1), &now.period), [], "its time has come");
        assert_eq!(strays(&drafts, &periods, date(2026, 11, 24), &next.id), [], "it is on the screen");
    }

    #[test]
    fn a_period_that_was_reported_stays_when_a_version_leaves_it_out() {
        let of = |id: &str, starts, ends, submit_by| Period {
            id: PeriodId::new(id).unwrap(),
            name: id.into(),
            starts,
            ends,
            submit_by,
        };
        let running = of("2026-H2", date(2026, 6, 1), date(2026, 11, 30), date(2026, 12, 5));
        // The same half-year under another id, and the next one.
        let renamed = Period { id: PeriodId::new("2026b").unwrap(), ..running.clone() };
        let next = of("2027-H1", date(2026, 12, 1), date(2027, 5, 31), date(2027, 6, 5));
        let drafts = [(Draft { period: running.id.clone(), ..draft(1) }, answered())];
        let (in_force, left_out) = ([next.clone(), renamed.clone()], [running.clone()]);

        let periods = at_hand(&in_force, &left_out);
        let ids: Vec<&str> = periods.iter().map(|period| period.id.as_str()).collect();
        assert_eq!(ids, ["2026b", "2026-H2", "2027-H1"]);
        assert_eq!(at_hand(&in_force, &in_force).len(), 2, "each once");

        let on = |day, drafts: &[(Draft, Assessment)]| worked_on(drafts, &in_force, &left_out, day);
        assert_eq!(on(date(2026, 12, 5), &drafts), Some(running.id.clone()), "until it is over");
        assert_eq!(on(date(2026, 12, 6), &drafts), Some(next.id));
        assert_eq!(on(date(2026, 11, 24), &[]), Some(renamed.id.clone()), "nothing was begun here");
        let empty = [(drafts[0].0.clone(), Assessment::default())];
        assert_eq!(on(date(2026, 11, 24), &empty), Some(renamed.id), "nothing was answered here");
        assert_eq!(
            worked_on(&drafts, &[], &[], date(2026, 11, 24)),
            Some(running.id),
            "nothing else is known"
        );
    }

    #[test]
    fn a_report_is_done_with_while_it_waits_or_has_arrived_unless_more_is_asked() {
        let drafts = [(draft(1), answered())];
        let first = |submissions: &[LocalSubmission], rows: &[OutboxEntry]| {
            unfinished(&drafts, submissions, rows, |_| true)
        };
        let (sent, local, row) = report(1, 1, 1);
        let mine = std::slice::from_ref(&local);
        assert_eq!(first(mine, std::slice::from_ref(&row)), None, "on its way");
        assert!(first(mine, &[]).is_some(), "neither on its way nor there");
        let refused = OutboxEntry {
            state: OutboxState::Rejected {
                kind: crate::protocol::ProblemKind::DifferentBytes,
                detail: String::new(),
                faults: Vec::new(),
            },
            ..row
        };
        assert!(first(mine, &[refused]).is_some(), "refused");
        let endpoint = FakeEndpoint::with(&[(1, 1)]);
        endpoint.store(sent.id, local.body.as_deref().unwrap());
        let receipt = endpoint.stored.borrow()[&sent.id].1.receipt.clone();
        let mut arrived = LocalSubmission { receipt: Some(receipt), ..local };
        assert_eq!(first(std::slice::from_ref(&arrived), &[]), None, "arrived");
        let withdrawn = LocalSubmission { withdrawn: true, ..arrived.clone() };
        assert!(first(&[withdrawn], &[]).is_some(), "taken back");
        arrived.reviews.push(Review {
            state: ReviewState::Returned,
            at: NOON,
            by: "镇党委".into(),
            reason: "缺签到表".into(),
            items: Vec::new(),
            due: None,
        });
        assert!(first(&[arrived.clone()], &[]).is_some(), "returned");
        let (_, again, row) = report(2, 1, 1);
        assert_eq!(first(&[arrived, again], &[row]), None, "reported again");
    }
}
