//! What arrives from the endpoint: it takes nothing away that is here.

use super::{carry_away, receipt_and_summary};
use crate::store::{
    Backend, Batch, Binding, Draft, LocalSubmission, Memory, Repository, Table,
    testing::{Shared, binding, draft, edit, everything, note, phone, report, repository, run, stored},
};
use crate::{
    domain::ContentHash,
    protocol::ProblemKind,
    sync::{
        BindingState, Delivery, OutboxState, Pulled, Rejection, Store as _,
        testing::{NOON, branch, outbox_id, submission_id, token},
    },
};

#[test]
fn a_delivery_stores_the_receipt_and_removes_the_row_even_if_the_record_is_spoilt() {
    for spoilt in [false, true] {
        let memory = Memory::default();
        let tab = repository(&memory);
        let (sent, local, request) = report(1, 1, 1);
        run(tab.submit(&draft(1), &[], &local, &request, &[])).unwrap();
        if spoilt {
            let mut batch = Batch::default();
            batch.put_text(Table::Submissions, &format!("branch-1/{}", sent.id), "{");
            run(memory.commit(batch)).unwrap();
        }
        let (receipt, _) = receipt_and_summary(1, 1, 1);
        run(tab.record_delivery(request.id, &Delivery::Submitted(receipt.clone()))).unwrap();
        assert!(run(tab.outbox()).unwrap().records.is_empty());
        let known = run(tab.submission(&branch(1), sent.id)).unwrap().unwrap();
        assert_eq!(known, LocalSubmission { receipt: Some(receipt), ..local });
        run(tab.record_delivery(request.id, &Delivery::Withdrawn(sent.id))).unwrap();
        assert!(!run(tab.submission(&branch(1), sent.id)).unwrap().unwrap().withdrawn, "its row is gone");
    }
}

#[test]
fn the_list_from_above_never_loses_a_body_nor_a_mark() {
    let memory = Memory::default();
    let tab = repository(&memory);
    run(tab.bind(&binding(1), &phone())).unwrap();
    let (_, local, request) = report(1, 1, 1);
    run(tab.submit(&draft(1), &[], &local, &request, &[])).unwrap();
    carry_away(&tab, 1);
    let (receipt, mine) = receipt_and_summary(1, 1, 1);
    let (_, theirs) = receipt_and_summary(2, 1, 2);
    run(tab.save_summaries(&branch(1), &[mine, theirs])).unwrap();
    let known = run(tab.submissions(&branch(1))).unwrap().records;
    assert_eq!(known[0], LocalSubmission { receipt: Some(receipt), ..local });
    assert_eq!((known[1].id, known[1].body.as_ref()), (submission_id(2), None));
    run(tab.save_summaries(&branch(1), &[])).unwrap();
    let lacking = known.iter().map(|known| LocalSubmission { unlisted: true, ..known.clone() });
    let now = run(tab.submissions(&branch(1))).unwrap().records;
    assert_eq!(now, lacking.collect::<Vec<_>>(), "what the list lacks stays");
}

#[test]
fn what_another_phone_sent_is_merged_under_the_draft_that_is_here() {
    let tab = Repository::new(Shared::default());
    run(tab.bind(&binding(1), &phone())).unwrap();
    let mine = note("yes", "我的", NOON, 1);
    let pinned = Draft { checklist: ContentHash::of(b"older"), ..draft(1) };
    run(tab.save_edits(&pinned, &[edit(mine.clone())])).unwrap();
    let (theirs, local, _) = report(2, 1, 2);
    run(tab.save_summaries(&branch(1), &[receipt_and_summary(2, 1, 2).1])).unwrap();
    // Meanwhile another tab reports: its mark must not be overwritten.
    let carried = mine.clone();
    tab.backend().then(move |memory| {
        let (_, local, request) = report(1, 1, 1);
        let carried = std::slice::from_ref(&carried);
        run(repository(memory).submit(&draft(1), carried, &local, &request, &[])).unwrap();
    });
    let pulled = Pulled { body: local.body.unwrap(), submission: theirs.clone() };
    run(tab.save_pulled(&pulled)).unwrap();
    let kept = run(tab.draft(&draft(1).key())).unwrap().unwrap();
    assert_eq!((kept.checklist, kept.shared_until), (pinned.checklist, Some(mine.stamp)));
    let entries = stored(&tab, 1);
    assert!(entries.contains(&mine) && theirs.entries().iter().all(|answer| entries.contains(answer)));
    assert_eq!(run(tab.submission(&branch(1), theirs.id)).unwrap().unwrap().body, Some(pulled.body));
}

#[test]
fn what_arrives_for_a_branch_that_was_unbound_is_passed_over() {
    let memory = Memory::default();
    let tab = repository(&memory);
    let (theirs, local, request) = report(2, 1, 2);
    let (receipt, summary) = receipt_and_summary(2, 1, 2);
    let before = everything(&memory);
    let pulled = Pulled { body: local.body.unwrap(), submission: theirs };
    run(tab.save_summaries(&branch(1), &[summary])).unwrap();
    run(tab.save_pulled(&pulled)).unwrap();
    run(tab.save_branch(&binding(1).branch)).unwrap();
    run(tab.record_revoked(&branch(1), &token(1))).unwrap();
    run(tab.record_accepted(&branch(1))).unwrap();
    run(tab.mark_sending(request.id)).unwrap();
    run(tab.record_delivery(request.id, &Delivery::Submitted(receipt))).unwrap();
    assert_eq!(everything(&memory), before);
}

#[test]
fn a_verdict_on_an_old_token_does_not_touch_a_new_one_and_a_dropped_row_stays_dropped() {
    let tab = Repository::new(Shared::default());
    run(tab.bind(&binding(1), &phone())).unwrap();
    let (_, local, refused) = report(1, 1, 1);
    run(tab.submit(&draft(1), &[], &local, &refused, &[])).unwrap();
    run(tab.mark_sending(refused.id)).unwrap();
    // Activated anew just before the refusal of the old token is recorded.
    tab.backend().then(|memory| {
        let anew = Binding { token: token(9), ..binding(1) };
        run(repository(memory).bind(&anew, &phone())).unwrap();
    });
    run(tab.record_revoked(&branch(1), &token(1))).unwrap();
    let bound = run(tab.bindings()).unwrap().records;
    assert_eq!((&bound[0].token, bound[0].state), (&token(9), BindingState::Bound));
    assert_eq!(run(tab.outbox()).unwrap().records[0].state, OutboxState::Queued { not_before: None });
    let dropped = refused.id;
    tab.backend().then(move |memory| {
        let (_, local, request) = report(2, 1, 1);
        run(repository(memory).submit(&draft(1), &[], &local, &request, &[dropped])).unwrap();
    });
    let rejection =
        Rejection { kind: ProblemKind::DifferentBytes, detail: String::new(), faults: Vec::new() };
    run(tab.record_rejection(refused.id, &rejection)).unwrap();
    let rows = run(tab.outbox()).unwrap().records;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [outbox_id(2)]);
}
