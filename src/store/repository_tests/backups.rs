//! What is only here: unbinding never loses it, and a backup brings it back.

use super::{carry_away, lost, receipt_and_summary};
use crate::store::{
    Count, Draft, Memory, Repository, StoreError,
    testing::{
        Shared, assessment, binding, draft, edit, everything, note, phone, report, repository, run, stored,
    },
};
use crate::{
    domain::ContentHash,
    sync::{
        Delivery, OutboxRequest, Store as _,
        testing::{NOON, branch, row, submission_id},
    },
};

#[test]
fn unbinding_is_refused_while_any_period_or_request_is_here_alone() {
    let memory = Memory::default();
    let tab = repository(&memory);
    run(tab.bind(&binding(1), &phone())).unwrap();
    let unbind = || run(tab.unbind(&branch(1), &phone()));
    // A draft of another period than the one on the screen.
    let mut earlier = draft(1);
    earlier.period = crate::domain::PeriodId::new("2026-H1").unwrap();
    run(tab.save_edits(&earlier, &[edit(note("yes", "铁柜", NOON, 1))])).unwrap();
    let (_, local, request) = report(1, 1, 1);
    run(tab.submit(&draft(1), &[], &local, &request, &[])).unwrap();
    let before = everything(&memory);
    let both = Count { answers: 1, requests: 1, ..Count::default() };
    assert_eq!(unbind(), Err(StoreError::OnlyHere(both)));
    assert_eq!(everything(&memory), before);
    carry_away(&tab, 1);
    assert_eq!(lost(&tab, 1), Count::default(), "carried away, it may go");
    // What comes after the backup is not in it.
    let withdrawal = row(3, 1, OutboxRequest::Withdraw { submission: submission_id(1) });
    run(tab.save_outbox(&withdrawal)).unwrap();
    assert_eq!(unbind(), Err(StoreError::OnlyHere(Count { requests: 1, ..Count::default() })));
    run(tab.record_delivery(withdrawal.id, &Delivery::Withdrawn(submission_id(1)))).unwrap();
    unbind().unwrap();
}

#[test]
fn unbinding_removes_everything_of_one_branch_and_nothing_of_another() {
    let memory = Memory::default();
    let alone = Memory::default();
    for (memory, branches) in [(&memory, vec![1, 2]), (&alone, vec![2])] {
        let tab = repository(memory);
        for of in branches {
            run(tab.bind(&binding(of), &phone())).unwrap();
            run(tab.save_edits(&draft(of), &[edit(note("yes", "铁柜", NOON, 1))])).unwrap();
            let (_, local, request) = report(of, of, 1);
            run(tab.submit(&draft(of), &stored(&tab, of), &local, &request, &[])).unwrap();
            carry_away(&tab, of);
        }
    }
    let tab = repository(&memory);
    run(tab.change_phone(&phone(), |phone| phone.active = Some(branch(1)))).unwrap();
    run(tab.unbind(&branch(1), &phone())).unwrap();
    assert_eq!(everything(&memory), everything(&alone));
    assert_eq!(run(tab.stored_phone()).unwrap().unwrap().active, Some(branch(2)));
}

#[test]
fn an_answer_saved_at_the_moment_of_unbinding_is_not_lost() {
    let tab = Repository::new(Shared::default());
    run(tab.bind(&binding(1), &phone())).unwrap();
    tab.backend().then(|memory| {
        run(repository(memory).save_edits(&draft(1), &[edit(note("yes", "铁柜", NOON, 1))])).unwrap();
    });
    let refused = run(tab.unbind(&branch(1), &phone()));
    assert_eq!(refused, Err(StoreError::OnlyHere(Count { answers: 1, ..Count::default() })));
    assert_eq!((run(tab.bindings()).unwrap().records.len(), stored(&tab, 1).len()), (1, 1));
}

#[test]
fn restoring_merges_never_overwrites_and_may_be_done_twice() {
    let (from, to) = (Memory::default(), Memory::default());
    let (old, new) = (repository(&from), repository(&to));
    run(old.bind(&binding(1), &phone())).unwrap();
    let (mine, theirs) = (note("yes", "这部", NOON + 9, 1), note("yes", "那部", NOON, 2));
    run(old.save_edits(&draft(1), &[edit(theirs.clone())])).unwrap();
    let (sent, local, request) = report(1, 1, 2);
    run(old.submit(&draft(1), std::slice::from_ref(&theirs), &local, &request, &[])).unwrap();
    let backup = carry_away(&old, 1);
    run(new.bind(&binding(1), &phone())).unwrap();
    let pinned = Draft { checklist: ContentHash::of(b"older"), ..draft(1) };
    run(new.save_edits(&pinned, &[edit(mine.clone())])).unwrap();
    assert_eq!(run(new.restore(&backup, NOON)), Ok(1));
    assert_eq!(run(new.draft(&draft(1).key())), Ok(Some(pinned)), "the pinned checklist stays");
    assert_eq!(assessment(&new, 1).current(&mine.key), Some(&mine), "the newer answer counts");
    assert_eq!(assessment(&new, 1).history(&mine.key).count(), 2, "the older one stays visible");
    let rows = run(new.outbox()).unwrap().records;
    assert_eq!(rows.len(), 1, "a report that never arrived is sent after all");
    assert_eq!(rows[0].request, request.request, "with the same bytes");
    let before = everything(&to);
    assert_eq!(run(new.restore(&backup, NOON + 1)), Ok(0));
    assert_eq!(everything(&to), before);
    // What has arrived meanwhile is not sent again, and the endpoint's word stays.
    let (receipt, _) = receipt_and_summary(1, 1, 2);
    run(new.record_delivery(rows[0].id, &Delivery::Submitted(receipt.clone()))).unwrap();
    assert_eq!(run(new.restore(&backup, NOON + 2)), Ok(0));
    assert!(run(new.outbox()).unwrap().records.is_empty());
    assert_eq!(run(new.submission(&branch(1), sent.id)).unwrap().unwrap().receipt, Some(receipt));
}

/// Two phones with one device id, as after copying a phone: they still agree in whatever order they meet.
#[test]
fn two_values_under_one_stamp_merge_alike_in_either_order() {
    let with = |text: &str| {
        let tab = repository(&Memory::default());
        run(tab.bind(&binding(1), &phone())).unwrap();
        run(tab.save_edits(&draft(1), &[edit(note("yes", text, NOON, 1))])).unwrap();
        tab
    };
    let (one, two) = (with("甲"), with("乙"));
    let (of_one, of_two) = (carry_away(&one, 1), carry_away(&two, 1));
    run(one.restore(&of_two, NOON)).unwrap();
    run(two.restore(&of_one, NOON)).unwrap();
    assert_eq!((stored(&one, 1), stored(&one, 1).len()), (stored(&two, 1), 1));
}
