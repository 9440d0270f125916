//! Which period comes first: the one that is not done with, before a newer one.

use crate::{
    domain::{AnswerValue, Assessment, PeriodId},
    protocol::ReviewState,
    store::{Draft, LocalSubmission},
    sync::{OutboxEntry, OutboxRequest},
};

/// The oldest draft with answers that were never reported, were refused, or that the upper level wants mended: nothing of it must
/// be overlooked. A draft in which nothing is answered holds nobody up. `submissions` are in the order of their ids.
#[must_use]
pub fn unfinished(
    drafts: &[(Draft, Assessment)],
    submissions: &[LocalSubmission],
    outbox: &[OutboxEntry],
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
    let waiting = drafts.iter().find(|(draft, answers)| is_answered(answers) && !is_done(draft));
    waiting.map(|(draft, _)| draft.period.clone())
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
        domain::{AnswerKey, BranchProfile, Entry, testing::stamp},
        protocol::Review,
        store::testing::{draft, note, report},
        sync::{
            OutboxState,
            testing::{FakeEndpoint, NOON},
        },
    };

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
            assert_eq!(unfinished(&[(old(), empty)], &[], &[]), None);
        }
        assert_eq!(unfinished(&[(old(), answered())], &[], &[]), Some(old().period));
    }

    #[test]
    fn a_report_is_done_with_while_it_waits_or_has_arrived_unless_more_is_asked() {
        let drafts = [(draft(1), answered())];
        let first =
            |submissions: &[LocalSubmission], rows: &[OutboxEntry]| unfinished(&drafts, submissions, rows);
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
