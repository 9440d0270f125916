//! Stories of rounds: what a bad line, a crash, a refusal and a second phone do, and do not do.

use super::{
    BindingState, Looks, OutboxRequest, OutboxState, RoundOutcome, round,
    testing::{
        FakeEndpoint, Line, MemoryStore, NOON, branch, finding_word, newer_checklist, outbox_id, refusal,
        reply, row, submission, submission_id, submit, token, withdraw,
    },
};
use crate::{
    domain::ContentHash,
    protocol::{BranchEnded, ProblemKind, Review, ReviewState},
};

fn run_at(
    now: u64,
    failures: u32,
    store: &MemoryStore,
    api: &FakeEndpoint,
) -> Result<RoundOutcome, &'static str> {
    pollster::block_on(round(store, api, || now, || 0, &RoundOutcome { failures, ..RoundOutcome::default() }))
}

fn run(store: &MemoryStore, api: &FakeEndpoint) -> RoundOutcome {
    run_at(NOON, 0, store, api).unwrap()
}

#[test]
fn a_first_round_brings_everything_and_a_second_one_changes_nothing() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(submit(1, 1, 1));
    let profile = OutboxRequest::Profile { body: "{}".into() };
    store.put(row(2, 1, profile));
    let outcome = run(&store, &api);
    assert!(outcome.reached_server && outcome.changed && outcome.has_new_standard);
    assert_eq!((outcome.failures, outcome.next_attempt_at), (0, None));
    assert!(store.states().is_empty());
    assert_eq!(store.receipts.borrow().len(), 1);
    assert_eq!(store.local.borrow().checklists.len(), 1);
    assert!(store.local.borrow().standard.is_some());
    assert_eq!(store.local.borrow().summaries[&branch(1)].len(), 1);
    assert!(store.pulled.borrow().is_empty(), "her own is here already");

    let before = store.local.borrow().clone();
    let outcome = run(&store, &api);
    assert!(outcome.reached_server && !outcome.changed && !outcome.has_new_standard);
    assert_eq!(*store.local.borrow(), before);
    assert_eq!((api.heard("PUT"), api.heard("GET /api/v1/checklists")), (2, 1));
}

#[test]
fn a_lost_answer_is_asked_for_again_and_gives_the_same_receipt() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(submit(1, 1, 1));
    api.next("PUT", Line::AnswerLost);
    let outcome = run(&store, &api);
    assert!(!outcome.reached_server);
    assert_eq!(store.states(), [OutboxState::Queued { not_before: None }]);
    assert_eq!(store.local.borrow().outbox[0].attempts, 1);
    let first = api.stored.borrow()[&submission_id(1)].1.receipt.clone();
    run(&store, &api);
    assert!(store.states().is_empty());
    assert_eq!(store.receipts.borrow()[&submission_id(1)], first);
    assert_eq!((api.heard("PUT"), api.stored.borrow().len()), (2, 1));
}

#[test]
fn a_captive_portal_is_offline_and_does_not_set_the_clock() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(submit(1, 1, 1));
    api.next("PUT", Line::Portal);
    let before = store.local.borrow().clone();
    let outcome = run(&store, &api);
    assert!(!outcome.reached_server);
    assert_eq!(outcome.failures, 1);
    assert_eq!(store.states(), [OutboxState::Queued { not_before: None }]);
    assert_eq!(store.local.borrow().clock, before.clock);
    assert!(store.receipts.borrow().is_empty());

    let empty = MemoryStore::phone(0, &[1]);
    api.next("GET", Line::Portal);
    assert!(!run(&empty, &api).reached_server);
    assert!(empty.local.borrow().standard.is_none());
}

#[test]
fn offline_rounds_wait_longer_each_time_and_start_afresh_after_success() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(submit(1, 1, 1));
    store.put(submit(2, 1, 1));
    let mut waits = Vec::new();
    let mut failures = 0;
    for _ in 0..10 {
        api.next("PUT", Line::Cut);
        let outcome = run_at(NOON, failures, &store, &api).unwrap();
        failures = outcome.failures;
        waits.push(outcome.next_attempt_at.unwrap() - NOON);
    }
    assert_eq!(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 150_000, 150_000]);
    assert!(api.heard.borrow().is_empty(), "after the first failure nothing else is tried");
    let outcome = run_at(NOON, failures, &store, &api).unwrap();
    assert_eq!((outcome.failures, outcome.next_attempt_at), (0, None));
    assert!(store.states().is_empty());
}

#[test]
fn a_revocation_by_mistake_heals_when_it_is_taken_back() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(submit(1, 1, 1));
    api.revoke(1);
    assert_eq!(run(&store, &api).revoked, [branch(1)]);
    let outcome = run(&store, &api);
    assert!(outcome.reached_server && outcome.revoked.is_empty());
    assert_eq!(store.local.borrow().bindings[0].state, BindingState::Revoked);
    assert_eq!(store.local.borrow().outbox.len(), 1);
    api.reinstate(1);
    api.next("GET /api/v1/branch", Line::Cut);
    assert!(!run(&store, &api).reached_server);
    assert_eq!(store.local.borrow().bindings[0].state, BindingState::Revoked, "no answer is no word");
    run(&store, &api);
    assert_eq!(store.local.borrow().bindings[0].state, BindingState::Bound);
    assert!(store.states().is_empty(), "what waited leaves in the same round");
}

#[test]
fn a_crash_at_any_step_loses_nothing_and_doubles_nothing() {
    let steps = [
        "local",
        "mark_sending",
        "record_delivery",
        "save_summaries",
        "save_pulled",
        "save_standard",
        "save_checklist",
        "save_branch",
        "save_clock",
    ];
    for step in steps {
        let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1), (2, 1)]));
        let other = MemoryStore::phone(1, &[1]);
        other.put(submit(5, 1, 2));
        run(&other, &api);
        api.tokens.borrow_mut().get_mut(token(1).secret()).unwrap().0.name = "新名字".into();
        store.put(submit(1, 1, 1));
        store.fails_at.set(Some(step));
        assert_eq!(run_at(NOON - 9_000_000, 0, &store, &api), Err(step));
        if step == "record_delivery" {
            assert_eq!(store.states(), [OutboxState::Sending], "the row says what happened");
        }
        run_at(NOON - 9_000_000, 0, &store, &api).unwrap();
        assert!(store.states().is_empty(), "{step}");
        assert_eq!(store.receipts.borrow().len(), 1, "{step}");
        assert_eq!(store.pulled.borrow().len(), 1, "{step}");
        let local = store.local.borrow();
        assert_eq!(local.bindings[0].info.name, "新名字", "{step}");
        assert_eq!((local.checklists.len(), local.standard.is_some()), (1, true), "{step}");
        assert!(local.clock.offset.correct(NOON - 9_000_000).abs_diff(NOON) < 1_000, "{step}");
        assert_eq!(api.stored.borrow().len(), 2, "{step}");
    }
}

#[test]
fn a_revoked_branch_pauses_and_the_other_goes_on() {
    let (store, api) = (MemoryStore::phone(0, &[1, 2]), FakeEndpoint::with(&[(1, 1), (2, 2)]));
    store.put(submit(1, 1, 1));
    store.put(submit(2, 1, 1));
    store.put(submit(3, 2, 1));
    api.revoke(1);
    let outcome = run(&store, &api);
    assert_eq!(outcome.revoked, [branch(1)]);
    assert_eq!((outcome.failures, outcome.next_attempt_at), (0, None));
    assert_eq!(store.states(), vec![OutboxState::Queued { not_before: None }; 2], "both stay");
    assert_eq!(store.local.borrow().bindings[0].state, BindingState::Revoked);
    assert_eq!(store.local.borrow().bindings[1].state, BindingState::Bound);
    assert!(store.receipts.borrow().contains_key(&submission_id(3)));
    assert_eq!(api.heard("PUT"), 2, "one refusal is enough");
    assert_eq!(store.local.borrow().checklists.len(), 1, "the standard is public");

    run(&store, &api);
    assert_eq!(api.heard("PUT"), 2, "paused until activated again");
    store.local.borrow_mut().bindings[0].state = BindingState::Bound;
    api.tokens.borrow_mut().get_mut(token(1).secret()).unwrap().1 = false;
    run(&store, &api);
    assert!(store.states().is_empty());
}

/// Reading goes on, so that it hears of it, and of its being taken back; nothing is rejected, nothing is lost.
#[test]
fn a_branch_that_has_ended_sends_no_more_and_heals_when_that_was_a_mistake() {
    let (store, api) = (MemoryStore::phone(0, &[1, 2]), FakeEndpoint::with(&[(1, 1), (2, 2)]));
    let ended = BranchEnded { on: jiff::civil::date(2026, 11, 15), merged_into: None };
    let say = |ended: Option<BranchEnded>| {
        api.tokens.borrow_mut().get_mut(token(1).secret()).unwrap().0.ended = ended;
    };
    store.put(submit(1, 1, 1));
    store.put(submit(2, 2, 1));
    store.write_findings(1, &[finding_word(1, "缺签到表", 10, 1)]);
    say(Some(ended.clone()));
    let outcome = run(&store, &api);
    assert_eq!((outcome.failures, outcome.revoked.len(), outcome.next_attempt_at), (0, 0, None));
    assert!(store.receipts.borrow().contains_key(&submission_id(2)), "the other branch's goes");
    {
        let local = store.local.borrow();
        assert_eq!(
            (&local.bindings[0].info.ended, local.bindings[0].state),
            (&Some(ended), BindingState::Bound)
        );
        assert!(local.outbox.len() == 1 && local.outbox[0].is_waiting(), "it waits, and was not rejected");
        assert!(store.findings_refused.borrow().is_empty());
    }
    let heard = api.heard("PUT");
    run(&store, &api);
    assert_eq!(api.heard("PUT"), heard, "not tried again");
    say(None);
    run(&store, &api);
    run_at(NOON + 600_000, 0, &store, &api).unwrap();
    assert!(store.states().is_empty() && store.receipts.borrow().contains_key(&submission_id(1)));
}

#[test]
fn a_token_refused_while_pulling_pauses_too() {
    for kind in [ProblemKind::Revoked, ProblemKind::Unauthorised] {
        let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
        api.next("GET /api/v1/submissions", Line::Says(refusal(kind)));
        assert_eq!(run(&store, &api).revoked, [branch(1)]);
        assert_eq!(store.local.borrow().bindings[0].state, BindingState::Revoked);
    }
}

#[test]
fn a_refused_submission_stays_with_its_reason_and_is_not_sent_again() {
    for kind in [
        ProblemKind::Refused,
        ProblemKind::DifferentBytes,
        ProblemKind::Closed,
        ProblemKind::TooLarge,
        ProblemKind::UnknownFormat,
    ] {
        let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
        store.put(submit(1, 1, 1));
        store.put(submit(2, 1, 1));
        api.next("PUT", Line::Says(refusal(kind)));
        let outcome = run(&store, &api);
        assert_eq!((outcome.failures, outcome.next_attempt_at), (0, None));
        let expected = OutboxState::Rejected { kind, detail: "refused in a test".into(), faults: Vec::new() };
        assert_eq!(store.states(), [expected], "the other one went");
        assert!(store.local.borrow().bodies.contains(&submission_id(1)));
        run(&store, &api);
        assert_eq!(api.heard("PUT"), 2, "{kind:?}");
    }
}

#[test]
fn the_endpoint_is_given_the_time_it_asks_for() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(submit(1, 1, 1));
    let busy = super::Reply { retry_after_s: Some(30), ..refusal(ProblemKind::Internal) };
    api.next("PUT", Line::Says(busy.clone()));
    let outcome = run(&store, &api);
    assert!(outcome.reached_server);
    assert_eq!(outcome.next_attempt_at, Some(NOON + 30_000));
    assert_eq!(store.states(), [OutboxState::Queued { not_before: Some(NOON + 30_000) }]);
    run_at(NOON + 29_999, 0, &store, &api).unwrap();
    assert_eq!(api.heard("PUT"), 1);
    run_at(NOON + 30_000, 0, &store, &api).unwrap();
    assert_eq!((api.heard("PUT"), store.states().len()), (2, 0));

    api.next("GET /api/v1/submissions", Line::Says(busy));
    let outcome = run(&store, &api);
    assert_eq!((outcome.failures, outcome.next_attempt_at), (1, Some(NOON + 30_000)));
}

#[test]
fn a_receipt_for_other_bytes_delivers_nothing() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(submit(1, 1, 1));
    run(&store, &api);
    let mut receipt = store.receipts.borrow()[&submission_id(1)].clone();
    receipt.sha256 = ContentHash::of(b"something else");
    store.receipts.borrow_mut().clear();
    store.put(submit(1, 1, 1));
    api.next("PUT", Line::Says(reply(200, &serde_json::to_string(&receipt).unwrap())));
    run(&store, &api);
    assert!(store.receipts.borrow().is_empty());
    assert!(matches!(store.states()[..], [OutboxState::Queued { not_before: Some(_) }]));
    assert_eq!(store.local.borrow().outbox[0].id, outbox_id(1));
}

#[test]
fn a_withdrawal_follows_its_submission_in_the_same_round() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(withdraw(2, 1, 3));
    store.put(submit(3, 1, 1));
    run(&store, &api);
    assert!(store.states().is_empty());
    assert!(api.stored.borrow()[&submission_id(3)].1.withdrawn);
    assert!(store.local.borrow().summaries[&branch(1)][0].withdrawn);
}

#[test]
fn two_phones_pull_each_other_and_agree() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let (first, second) = (MemoryStore::phone(0, &[1]), MemoryStore::phone(1, &[1]));
    first.put(submit(1, 1, 1));
    run(&first, &api);
    second.put(submit(2, 1, 2));
    run(&second, &api);
    run(&first, &api);
    for (phone, other) in [(&first, submission(2, 1, 2)), (&second, submission(1, 1, 1))] {
        assert_eq!(phone.pulled.borrow()[&other.id], serde_json::to_string(&other).unwrap());
        assert_eq!(phone.local.borrow().bodies.len(), 2);
        for answer in &other.answers {
            assert!(phone.draft.borrow().entries().contains(answer));
        }
    }
    assert_eq!(first.local.borrow().summaries, second.local.borrow().summaries);
    let gets = api.heard("GET /api/v1/submissions/");
    run(&first, &api);
    assert_eq!(api.heard("GET /api/v1/submissions/"), gets, "what is here is not pulled again");
}

#[test]
fn what_was_altered_on_its_way_is_not_stored() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let (first, second) = (MemoryStore::phone(0, &[1]), MemoryStore::phone(1, &[1]));
    first.put(submit(1, 1, 1));
    run(&first, &api);
    let mut altered = submission(1, 1, 1);
    altered.declaration.secretary = "别人".into();
    let altered = serde_json::to_string(&altered).unwrap();
    api.next("GET /api/v1/submissions/", Line::Says(reply(200, &altered)));
    api.next("GET /api/v1/checklists/", Line::Says(reply(200, "{}")));
    let outcome = run(&second, &api);
    assert_eq!((outcome.failures, outcome.needs_update), (1, false));
    assert!(second.pulled.borrow().is_empty());
    assert!(second.local.borrow().checklists.is_empty());
    assert!(second.local.borrow().standard.is_none(), "no standard without its checklist");
    run(&second, &api);
    assert_eq!(second.pulled.borrow().len(), 1);
    assert!(second.local.borrow().standard.is_some());
}

#[test]
fn what_only_a_newer_app_can_read_is_left_alone_and_said() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let (first, second) = (MemoryStore::phone(0, &[1]), MemoryStore::phone(1, &[1]));
    let mut newer = submission(1, 1, 1);
    newer.format += 1;
    let body = serde_json::to_string(&newer).unwrap();
    first.put(row(1, 1, OutboxRequest::submit(newer.id, body)));
    run(&first, &api);
    let outcome = run(&second, &api);
    assert!(outcome.needs_update);
    assert_eq!(outcome.failures, 0);
    assert!(second.pulled.borrow().is_empty());
    assert_eq!(second.local.borrow().summaries[&branch(1)].len(), 1, "that it exists is known");
}

#[test]
fn a_checklist_of_a_later_version_of_scoring_is_left_and_the_phone_stays_with_its_own() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    assert!(!run(&store, &api).needs_update);
    let before = store.local.borrow().standard.clone();
    let mut later = newer_checklist();
    later.engine = crate::domain::ENGINE_VERSION + 1;
    api.publish(serde_json::to_string(&later).unwrap());
    let outcome = run(&store, &api);
    assert_eq!((outcome.needs_update, outcome.failures), (true, 0));
    assert_eq!(store.local.borrow().checklists.len(), 1);
    assert!(before.is_some() && store.local.borrow().standard == before, "stays on its version");
}

#[test]
fn a_new_edition_arrives_with_its_checklist_and_a_return_with_its_reason() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(submit(1, 1, 1));
    run(&store, &api);
    api.publish(serde_json::to_string(&newer_checklist()).unwrap());
    let returned = Review {
        state: ReviewState::Returned,
        at: NOON,
        by: "镇安镇党委".into(),
        reason: "缺签到表".into(),
        items: Vec::new(),
        due: None,
    };
    api.review(1, returned.clone());
    assert!(run(&store, &api).changed);
    assert_eq!(store.local.borrow().checklists.len(), 2, "the old one stays for the draft pinned to it");
    assert_eq!(store.local.borrow().summaries[&branch(1)][0].reviews, [returned]);
    assert_eq!(
        store.local.borrow().standard.as_ref().map(|copy| &copy.published),
        api.published.borrow().as_ref()
    );
}

#[test]
fn a_clock_that_is_a_year_off_is_corrected() {
    let year = 365 * 86_400_000;
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    for device_now in [NOON - year, NOON + year] {
        assert!(run_at(device_now, 0, &store, &api).unwrap().changed);
        let known = store.local.borrow().clock;
        assert!(known.offset.correct(device_now).abs_diff(NOON) < 1_000);
        assert_eq!(known.looks, Looks { confirmed: NOON, seen: device_now }, "what was said, and when");
        assert!(!run_at(device_now + 10, 0, &store, &api).unwrap().changed, "it does not wobble");
    }
}

#[test]
fn a_phone_without_a_branch_asks_nothing() {
    let (store, api) = (MemoryStore::default(), FakeEndpoint::with(&[]));
    assert_eq!(run(&store, &api), RoundOutcome::default());
    assert!(api.heard.borrow().is_empty());
}

#[test]
fn before_anything_is_published_a_phone_is_content() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    api.published.take();
    let outcome = run(&store, &api);
    assert_eq!((outcome.failures, outcome.reached_server), (0, true));
    assert!(store.local.borrow().standard.is_none());
}
