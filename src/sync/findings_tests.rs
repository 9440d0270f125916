//! Words on findings on their way: after submissions, again until they have arrived, never holding anything up.

use super::{
    BindingState, RoundOutcome, round,
    testing::{FakeEndpoint, Line, MemoryStore, NOON, branch, finding_word, refusal, reply, submit},
};
use crate::protocol::ProblemKind;

fn run_at(store: &MemoryStore, api: &FakeEndpoint) -> Result<RoundOutcome, &'static str> {
    pollster::block_on(round(store, api, || NOON, || 0, &RoundOutcome::default()))
}

fn run(store: &MemoryStore, api: &FakeEndpoint) -> RoundOutcome {
    run_at(store, api).unwrap()
}

fn unsent(store: &MemoryStore) -> usize {
    store.local.borrow().findings.values().map(|known| known.unsent.len()).sum()
}

#[test]
fn words_on_findings_go_up_after_submissions_and_come_back_from_the_other_phone() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let (mine, theirs) = (MemoryStore::phone(0, &[1]), MemoryStore::phone(1, &[1]));
    mine.put(submit(1, 1, 1));
    mine.write_findings(1, &[finding_word(1, "缺签到表", 10, 1)]);
    assert!(run(&mine, &api).changed);
    assert_eq!(unsent(&mine), 0);
    let puts: Vec<String> =
        api.heard.borrow().iter().filter(|heard| heard.starts_with("PUT")).cloned().collect();
    assert!(puts[0].contains("/submissions/") && puts[1].ends_with("/findings"), "{puts:?}");
    assert!(!run(&mine, &api).changed, "nothing new: asked by the tag");

    theirs.write_findings(1, &[finding_word(2, "门牌脱落", 20, 2)]);
    run(&theirs, &api);
    assert_eq!(theirs.findings.borrow()[&branch(1)].entries.len(), 2);
    assert!(run(&mine, &api).changed);
    assert_eq!(mine.findings.borrow()[&branch(1)], theirs.findings.borrow()[&branch(1)]);
}

#[test]
fn a_word_whose_answer_was_lost_or_not_recorded_waits_and_is_sent_again() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.write_findings(1, &[finding_word(1, "缺签到表", 10, 1)]);
    for line in [Line::Cut, Line::Portal, Line::AnswerLost] {
        api.next("PUT", line);
        assert!(!run(&store, &api).reached_server || unsent(&store) == 1);
        assert_eq!(unsent(&store), 1);
    }
    // It arrived with the last of these; the page is closed before that is recorded.
    store.fails_at.set(Some("save_findings"));
    assert!(run_at(&store, &api).is_err());
    assert_eq!(unsent(&store), 1);
    run(&store, &api);
    assert_eq!((unsent(&store), api.findings.borrow()[&branch(1)].entries().len()), (0, 1));
}

#[test]
fn an_answer_that_lacks_what_was_sent_is_no_acknowledgement() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.write_findings(1, &[finding_word(1, "缺签到表", 10, 1)]);
    api.next("PUT", Line::Says(reply(200, r#"{"entries":[]}"#)));
    let outcome = run(&store, &api);
    assert_eq!((unsent(&store), outcome.failures), (1, 1), "tried again later");
}

#[test]
fn refused_words_stay_with_the_reason_and_hold_up_nothing_else() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.put(submit(1, 1, 1));
    store.write_findings(1, &[finding_word(1, "缺签到表", 10, 1)]);
    api.next("PUT /api/v1/branch/findings", Line::Says(refusal(ProblemKind::Refused)));
    let outcome = run(&store, &api);
    assert_eq!(outcome.failures, 0);
    assert_eq!(*store.findings_refused.borrow(), [(branch(1), ProblemKind::Refused)]);
    assert_eq!((unsent(&store), store.receipts.borrow().len()), (1, 1));
    assert!(store.local.borrow().standard.is_some(), "pulling went on");
    // An endpoint that knows no findings yet: they wait.
    api.next("PUT /api/v1/branch/findings", Line::Says(refusal(ProblemKind::NotFound)));
    assert_eq!((run(&store, &api).failures, unsent(&store)), (0, 1));
}

#[test]
fn a_revoked_token_pauses_findings_and_nothing_is_lost() {
    let (store, api) = (MemoryStore::phone(0, &[1]), FakeEndpoint::with(&[(1, 1)]));
    store.write_findings(1, &[finding_word(1, "缺签到表", 10, 1)]);
    api.revoke(1);
    assert_eq!(run(&store, &api).revoked, [branch(1)]);
    assert_eq!((unsent(&store), store.local.borrow().bindings[0].state), (1, BindingState::Revoked));
    api.reinstate(1);
    run(&store, &api);
    assert_eq!(unsent(&store), 0);
}
