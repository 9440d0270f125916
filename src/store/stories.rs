//! Stories: the real sending engine over the real repository, with an endpoint in memory whose line can be cut.

use super::{
    LocalSubmission, Memory, Repository, StoreError,
    testing::{assessment, binding, draft, edit, lost, note, phone, report, repository, run, stored},
};
use crate::{
    domain::{AnswerKey, ContentHash},
    protocol::{Review, ReviewState},
    sync::{
        BindingState, Delivery, OutboxRequest, OutboxState, RoundOutcome, Store as _, round,
        testing::{FakeEndpoint, Line, NOON, branch, checklist_body, row, submission_id, token},
    },
};

fn bound(memory: &Memory, byte: u8) -> Repository<Memory> {
    let tab = repository(memory);
    let binding = super::Binding { token: token(byte), ..binding(1) };
    run(tab.bind(&binding, &phone())).unwrap();
    tab
}

fn send(tab: &Repository<Memory>, api: &FakeEndpoint) -> Result<RoundOutcome, StoreError> {
    run(round(tab, api, || NOON, || 0, &RoundOutcome::default()))
}

/// Answers, and reports what is answered.
fn answer_and_report(tab: &Repository<Memory>, number: u8, by: u8) -> LocalSubmission {
    run(tab.save_edits(&draft(1), &[edit(note("yes", &format!("第{by}部"), NOON + u64::from(by), by))]))
        .unwrap();
    let (mut submission, _, mut request) = report(number, 1, by);
    submission.answers = assessment(tab, 1).winners().into();
    let body = serde_json::to_string(&submission).unwrap();
    request.request = OutboxRequest::submit(submission.id, body.clone());
    let local = LocalSubmission::made_here(&submission, body);
    run(tab.submit(&draft(1), &stored(tab, 1), &local, &request, &[])).unwrap();
    local
}

#[test]
fn a_report_arrives_and_a_second_phone_merges_it() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let (first, second) = (Memory::default(), Memory::default());
    let (one, two) = (bound(&first, 1), bound(&second, 2));
    let sent = answer_and_report(&one, 1, 1);
    assert!(send(&one, &api).unwrap().changed);
    let known = run(one.submission(&branch(1), sent.id)).unwrap().unwrap();
    let receipt = known.receipt.clone().unwrap();
    assert_eq!(receipt.sha256, ContentHash::of(sent.body.as_deref().unwrap().as_bytes()));
    assert_eq!(known.body, sent.body);
    assert!(run(one.outbox()).unwrap().records.is_empty());
    let hash = ContentHash::of(checklist_body().as_bytes());
    assert!(run(one.checklist(&hash)).unwrap().is_some() && run(one.standard()).unwrap().is_some());

    let theirs = note("facts", "第2部", NOON + 2, 2);
    run(two.save_edits(&draft(1), &[edit(theirs.clone())])).unwrap();
    send(&two, &api).unwrap();
    let merged = stored(&two, 1);
    assert!(merged.contains(&theirs) && merged.contains(&note("yes", "第1部", NOON + 1, 1)));
    assert_eq!(lost(&two, 1).answers, 1, "its own; the other phone's is where it came from");

    api.review(
        1,
        Review {
            state: ReviewState::Returned,
            at: NOON,
            by: "镇党委".into(),
            reason: "缺签到表".into(),
            items: Vec::new(),
            due: None,
        },
    );
    for tab in [&one, &two] {
        send(tab, &api).unwrap();
        let known = run(tab.submission(&branch(1), sent.id)).unwrap().unwrap();
        assert_eq!((known.reviews.len(), known.body.as_ref()), (1, sent.body.as_ref()));
        let outcome = send(tab, &api).unwrap();
        assert!(outcome.reached_server && !outcome.changed, "a second round changes nothing");
    }
}

#[test]
fn two_phones_that_report_apart_end_up_with_the_same_answers() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let (first, second) = (Memory::default(), Memory::default());
    let (one, two) = (bound(&first, 1), bound(&second, 2));
    answer_and_report(&one, 1, 1);
    answer_and_report(&two, 2, 2);
    for tab in [&one, &two, &one, &two] {
        send(tab, &api).unwrap();
    }
    assert_eq!(stored(&one, 1), stored(&two, 1));
    let key = AnswerKey::Note { item: crate::domain::ItemId::new("yes").unwrap() };
    let work = assessment(&one, 1);
    assert_eq!(work.current(&key), Some(&note("yes", "第2部", NOON + 2, 2)));
    assert_eq!(work.history(&key).count(), 2, "what was overwritten stays visible");
}

#[test]
fn a_crash_while_sending_leaves_the_row_and_the_same_bytes_give_the_same_receipt() {
    let api = FakeEndpoint::with(&[(1, 1)]);
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let sent = answer_and_report(&tab, 1, 1);
    // The request left and the endpoint has it; then the page was killed.
    let id = run(tab.outbox()).unwrap().records[0].id;
    run(tab.mark_sending(id)).unwrap();
    api.store(sent.id, sent.body.as_deref().unwrap());
    let first = api.stored.borrow()[&sent.id].1.receipt.clone();
    let reopened = repository(&memory);
    assert_eq!(run(reopened.outbox()).unwrap().records[0].state, OutboxState::Sending);
    send(&reopened, &api).unwrap();
    assert!(run(reopened.outbox()).unwrap().records.is_empty());
    assert_eq!(run(reopened.submission(&branch(1), sent.id)).unwrap().unwrap().receipt, Some(first));
    assert_eq!((api.stored.borrow().len(), api.heard("PUT")), (1, 1));
}

#[test]
fn a_full_phone_stops_the_round_and_loses_nothing() {
    let api = FakeEndpoint::with(&[(1, 1)]);
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let sent = answer_and_report(&tab, 1, 1);
    let before = super::testing::everything(&memory);
    memory.refuse(Some(StoreError::Full));
    assert_eq!(send(&tab, &api), Err(StoreError::Full));
    assert_eq!((super::testing::everything(&memory), api.heard("PUT")), (before, 0));
    memory.refuse(None);
    send(&tab, &api).unwrap();
    assert!(run(tab.submission(&branch(1), sent.id)).unwrap().unwrap().receipt.is_some());
}

#[test]
fn a_revoked_phone_keeps_filling_and_heals() {
    let api = FakeEndpoint::with(&[(1, 1)]);
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    api.revoke(1);
    let sent = answer_and_report(&tab, 1, 1);
    send(&tab, &api).unwrap();
    assert_eq!(run(tab.bindings()).unwrap().records[0].state, BindingState::Revoked);
    assert_eq!(run(tab.outbox()).unwrap().records[0].state, OutboxState::Queued { not_before: None });
    run(tab.save_edits(&draft(1), &[edit(note("facts", "还能填", NOON + 9, 1))])).unwrap();
    api.reinstate(1);
    send(&tab, &api).unwrap();
    assert_eq!(run(tab.bindings()).unwrap().records[0].state, BindingState::Bound);
    assert!(run(tab.submission(&branch(1), sent.id)).unwrap().unwrap().receipt.is_some());
}

#[test]
fn a_withdrawal_waits_for_its_report_and_takes_it_back() {
    let api = FakeEndpoint::with(&[(1, 1)]);
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let sent = answer_and_report(&tab, 1, 1);
    run(tab.save_outbox(&row(2, 1, OutboxRequest::Withdraw { submission: submission_id(1) }))).unwrap();
    api.next("PUT", Line::Cut);
    assert!(!send(&tab, &api).unwrap().reached_server);
    assert_eq!(run(tab.outbox()).unwrap().records.len(), 2);
    send(&tab, &api).unwrap();
    let known = run(tab.submission(&branch(1), sent.id)).unwrap().unwrap();
    assert!(known.withdrawn && known.receipt.is_some() && known.body == sent.body);
    assert!(run(tab.outbox()).unwrap().records.is_empty());
    // Recorded twice, as after a crash between the answer and its record: nothing new comes of it.
    run(tab.record_delivery(crate::sync::testing::outbox_id(2), &Delivery::Withdrawn(sent.id))).unwrap();
}
