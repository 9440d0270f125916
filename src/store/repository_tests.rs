//! What the phone promises to keep: saved means saved, together or not at all, whatever another tab or the sender does meanwhile.

mod arriving;
mod backups;

use super::{
    Backend, Batch, Memory, Phone, Repository, StoreError, Table, TextSize,
    testing::{
        Shared, assessment, binding, carry_away, draft, edit, everything, lost, note, phone, report,
        repository, run, stored,
    },
};
use crate::{
    domain::{AnswerValue, Assessment, ContentHash, Entry, Stamp, assessment::Edit, testing::device},
    protocol::{BranchFindings, Receipt, SubmissionSummary},
    sync::{
        Delivery, HeardFindings, Pulled, Store as _,
        testing::{FakeEndpoint, NOON, branch, checklist_body, finding_word, outbox_id},
    },
};

/// What the endpoint says of a report.
fn receipt_and_summary(number: u8, of: u8, phone: u8) -> (Receipt, SubmissionSummary) {
    let endpoint = FakeEndpoint::with(&[(1, of)]);
    let (sent, local, _) = report(number, of, phone);
    endpoint.store(sent.id, local.body.as_deref().unwrap());
    let summary = endpoint.stored.borrow()[&sent.id].1.clone();
    (summary.receipt.clone(), summary)
}

type Step<'a> = Box<dyn Fn() -> Result<(), StoreError> + 'a>;

#[test]
fn what_was_saved_is_there_after_reopening() {
    let memory = Memory::default();
    let first = note("yes", "铁柜", NOON, 1);
    run(repository(&memory).save_edits(&draft(1), &[edit(first.clone())])).unwrap();
    let reopened = repository(&memory);
    assert_eq!(stored(&reopened, 1), [first]);
    assert_eq!(run(reopened.drafts(&branch(1))).unwrap().records, [draft(1)]);
}

#[test]
fn a_correction_of_the_same_visit_replaces_its_rows_and_a_later_one_does_not() {
    let memory = Memory::default();
    let tab = repository(&memory);
    let at = |ms| Stamp { ms, count: 0, device: device(1) };
    let mut work = Assessment::default();
    for (ms, text) in [(NOON, "铁"), (NOON + 1_000, "铁柜"), (NOON + 2_000_000, "木柜")] {
        let change = work.edit(Entry { stamp: at(ms), ..note("yes", text, ms, 1) });
        work.apply(change.clone());
        run(tab.save_edits(&draft(1), &[change])).unwrap();
    }
    assert_eq!(
        stored(&tab, 1),
        [note("yes", "铁柜", NOON + 1_000, 1), note("yes", "木柜", NOON + 2_000_000, 1)]
    );
    assert_eq!(work, assessment(&tab, 1));
}

#[test]
fn a_refused_commit_leaves_nothing_half_written_and_the_same_call_succeeds_afterwards() {
    let memory = Memory::default();
    let tab = repository(&memory);
    run(tab.bind(&binding(1), &phone())).unwrap();
    run(tab.save_edits(&draft(1), &[edit(note("yes", "旧", NOON, 1))])).unwrap();
    let (sent, local, request) = report(1, 1, 1);
    let (receipt, summary) = receipt_and_summary(2, 1, 2);
    let pulled = report(2, 1, 2);
    let pulled = Pulled { body: pulled.1.body.unwrap(), submission: pulled.0 };
    let carried = stored(&tab, 1);
    let replacing = Edit { put: note("yes", "新", NOON + 1, 1), drop: carried.clone() };
    let backup = run(tab.backup(&branch(1), NOON)).unwrap().unwrap();
    let mine = report(1, 1, 1).0.id;
    let word = finding_word(1, "缺签到表", NOON, 1);
    let heard = HeardFindings { etag: None, all: BranchFindings::default() };
    let steps: [(&str, Step<'_>); 8] = [
        ("edits", Box::new(|| run(tab.save_edits(&draft(1), std::slice::from_ref(&replacing))).map(|_| ()))),
        ("submit", Box::new(|| run(tab.submit(&draft(1), &carried, &local, &request, &[])))),
        (
            "delivery",
            Box::new(|| {
                let receipt = Receipt { submission: sent.id, ..receipt.clone() };
                run(tab.record_delivery(outbox_id(1), &Delivery::Submitted(receipt)))
            }),
        ),
        ("summaries", Box::new(|| run(tab.save_summaries(&branch(1), std::slice::from_ref(&summary))))),
        ("pulled", Box::new(|| run(tab.save_pulled(&pulled)))),
        ("restore", Box::new(|| run(tab.restore(&backup, NOON)).map(|_| ()))),
        ("findings", Box::new(|| run(tab.save_finding_words(&branch(1), std::slice::from_ref(&word))))),
        ("heard findings", Box::new(|| run(tab.save_findings(&branch(1), &heard)))),
    ];
    for (name, step) in steps {
        let before = everything(&memory);
        memory.refuse(Some(StoreError::Full));
        assert_eq!(step(), Err(StoreError::Full), "{name}");
        assert_eq!(everything(&memory), before, "{name}");
        memory.refuse(None);
        assert_eq!(step(), Ok(()), "{name}");
        assert_ne!(everything(&memory), before, "{name}");
    }
    assert!(run(tab.submission(&branch(1), mine)).unwrap().unwrap().receipt.is_some());
}

#[test]
fn a_report_is_snapshot_row_and_mark_in_one_and_replaces_what_was_refused() {
    let memory = Memory::default();
    let tab = repository(&memory);
    let answer = note("yes", "铁柜", NOON, 1);
    run(tab.save_edits(&draft(1), &[edit(answer.clone())])).unwrap();
    let (_, first, refused) = report(1, 1, 1);
    run(tab.submit(&draft(1), std::slice::from_ref(&answer), &first, &refused, &[])).unwrap();
    let (_, local, request) = report(2, 1, 1);
    run(tab.submit(&draft(1), std::slice::from_ref(&answer), &local, &request, &[refused.id])).unwrap();
    assert_eq!(run(tab.submissions(&branch(1))).unwrap().records, [first, local], "the history stays");
    assert_eq!(run(tab.outbox()).unwrap().records, [request]);
    let marked = run(tab.draft(&draft(1).key())).unwrap().unwrap();
    assert_eq!(marked.shared_until, Some(answer.stamp));
}

#[test]
fn an_answer_given_while_the_report_is_written_is_not_counted_as_reported() {
    let shared = Shared::default();
    let tab = Repository::new(shared);
    let reported = note("yes", "铁柜", NOON + 5, 1);
    run(tab.save_edits(&draft(1), &[edit(reported.clone())])).unwrap();
    // Another tab whose clock lags behind ours saves between our reading and our writing.
    let late = note("facts", "木柜", NOON + 3, 1);
    let saved = late.clone();
    tab.backend().then(move |memory| {
        run(repository(memory).save_edits(&draft(1), &[edit(saved.clone())])).unwrap();
    });
    let (_, local, request) = report(1, 1, 1);
    run(tab.submit(&draft(1), &[reported], &local, &request, &[])).unwrap();
    assert!(stored(&tab, 1).contains(&late));
    let unshared = lost(&tab, 1).answers;
    assert!(unshared >= 1, "what is not in the report still counts as being here alone");
}

#[test]
fn an_answer_saved_after_a_report_counts_as_new_whatever_its_stamp_says() {
    let memory = Memory::default();
    let tab = repository(&memory);
    let reported = note("yes", "铁柜", NOON + 5, 1);
    run(tab.save_edits(&draft(1), &[edit(reported.clone())])).unwrap();
    let (_, local, request) = report(1, 1, 1);
    run(tab.submit(&draft(1), std::slice::from_ref(&reported), &local, &request, &[])).unwrap();
    assert_eq!(assessment(&tab, 1).unshared(), 0);
    // The other tab knew nothing of the report: its stamp is earlier, and it would drop what was reported.
    let behind = Edit { put: note("yes", "木柜", NOON + 3, 1), drop: vec![reported.clone()] };
    assert_eq!(run(repository(&memory).save_edits(&draft(1), &[behind])), Ok(true), "to be read again");
    let work = assessment(&tab, 1);
    assert_eq!(work.unshared(), 1);
    let history: Vec<&Entry> = work.history(&reported.key).collect();
    assert_eq!(history.len(), 2, "what was reported stays in the history");
    assert_eq!(history[0], &reported);
    assert_eq!(history[1].value, AnswerValue::Text { text: "木柜".into() });
}

#[test]
fn two_tabs_that_edit_at_once_lose_nothing_not_even_under_one_stamp() {
    let tab = Repository::new(Shared::default());
    for (number, item) in ["yes", "facts", "yes"].into_iter().enumerate() {
        // The other tab gives the same stamp, to the same register the first and the last time.
        let theirs = note("yes", &format!("乙{number}"), NOON, 1);
        tab.backend().then(move |memory| {
            run(repository(memory).save_edits(&draft(1), &[edit(theirs.clone())])).unwrap();
        });
        let ours = note(item, &format!("甲{number}"), NOON, 1);
        run(tab.save_edits(&draft(1), &[edit(ours)])).unwrap();
    }
    let entries = stored(&tab, 1);
    let mut texts: Vec<String> = entries
        .iter()
        .map(|entry| match &entry.value {
            AnswerValue::Text { text } => text.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    texts.sort_unstable();
    assert_eq!(texts, ["乙0", "乙1", "乙2", "甲0", "甲1", "甲2"]);
    let places: std::collections::BTreeSet<_> =
        entries.iter().map(|entry| (&entry.key, entry.stamp)).collect();
    assert_eq!(places.len(), entries.len(), "a stamp and a register name one value");
}

#[test]
fn the_same_edits_again_change_nothing() {
    let memory = Memory::default();
    let tab = repository(&memory);
    let edits = [edit(note("yes", "铁柜", NOON, 1)), edit(note("facts", "木柜", NOON + 1, 1))];
    assert_eq!(run(tab.save_edits(&draft(1), &edits)), Ok(false));
    let before = everything(&memory);
    assert_eq!(run(tab.save_edits(&draft(1), &edits)), Ok(false), "as after a connection that died");
    assert_eq!(everything(&memory), before);
}

#[test]
fn the_phone_record_takes_changes_of_two_tabs() {
    let tab = Repository::new(Shared::default());
    let first = run(tab.phone(phone().device)).unwrap();
    let shown = first.clone();
    tab.backend().then(move |memory| {
        run(repository(memory).change_phone(&shown, |phone| phone.display.size = TextSize::Huge)).unwrap();
    });
    run(tab.change_phone(&first, |phone| phone.notice_read_at = Some(NOON))).unwrap();
    let phone = run(tab.stored_phone()).unwrap().unwrap();
    assert_eq!((phone.display.size, phone.notice_read_at), (TextSize::Huge, Some(NOON)));
}

#[test]
fn a_spoilt_phone_record_is_made_anew_with_its_device() {
    let memory = Memory::default();
    let spoil = |text: &str| {
        let mut batch = Batch::default();
        batch.put_text(Table::Settings, "phone", text);
        run(memory.commit(batch)).unwrap();
    };
    let device_id = phone().device;
    spoil(&format!(r#"{{"device":"{device_id}","display":{{"size":"gigantic"}}}}"#));
    let tab = repository(&memory);
    assert_eq!(run(tab.phone(device(9))), Ok(Phone::new(device_id)));
    spoil("{");
    assert_eq!(run(tab.phone(device(9))), Ok(Phone::new(device(9))));
    assert_eq!(run(tab.phone(device(8))), Ok(Phone::new(device(9))), "and stays the same from then on");
}

#[test]
fn one_spoilt_record_does_not_hide_the_others_nor_stop_the_saving() {
    let memory = Memory::default();
    let tab = repository(&memory);
    run(tab.bind(&binding(1), &phone())).unwrap();
    run(tab.save_edits(&draft(1), &[edit(note("yes", "铁柜", NOON, 1))])).unwrap();
    let hash = ContentHash::of(checklist_body().as_bytes());
    run(Repository::save_checklist(&tab, &hash, &checklist_body())).unwrap();
    assert!(run(tab.checklist(&hash)).unwrap().is_some());
    let mut batch = Batch::default();
    let entry_key = run(memory.scan(Table::Entries, "")).unwrap()[0].0.replace("yes", "alas");
    for (table, key) in [
        (Table::Bindings, "branch-0"),
        (Table::Entries, entry_key.as_str()),
        (Table::Submissions, "branch-1/x"),
        (Table::Outbox, "x"),
        (Table::Drafts, "branch-1/2026-H2"),
        (Table::Settings, "standard"),
        (Table::Settings, "clock"),
        (Table::Settings, "pending-activation"),
        (Table::Checklists, hash.as_str()),
    ] {
        batch.put_text(table, key, "{\"spoilt\":");
    }
    run(memory.commit(batch)).unwrap();
    let bindings = run(tab.bindings()).unwrap();
    assert_eq!((bindings.records.len(), bindings.unreadable.len()), (1, 1));
    assert!(matches!(&bindings.unreadable[0], StoreError::Unreadable { table: "bindings", .. }));
    let entries = run(tab.entries(&draft(1).key())).unwrap();
    assert_eq!((entries.records.len(), entries.unreadable.len()), (1, 1));
    assert_eq!(run(tab.outbox()).unwrap().unreadable.len(), 1);
    assert_eq!(run(tab.submissions(&branch(1))).unwrap().unreadable.len(), 1);
    assert_eq!((run(tab.standard()), run(tab.pending_activation())), (Ok(None), Ok(None)));
    assert!(run(tab.local()).unwrap().checklists.contains(&hash));
    assert_eq!(run(tab.checklist(&hash)), Ok(None));
    assert!(run(tab.local()).unwrap().checklists.is_empty(), "so that it is fetched again");
    // Saving goes on, and mends the draft.
    run(tab.save_edits(&draft(1), &[edit(note("facts", "木柜", NOON + 1, 1))])).unwrap();
    assert_eq!(run(tab.drafts(&branch(1))).unwrap().records, [draft(1)]);
}

#[test]
fn a_change_that_never_finds_quiet_gives_up_and_says_so() {
    let tab = Repository::new(Shared::default());
    for number in 0..40_u64 {
        tab.backend().then(move |memory| {
            run(repository(memory).change_phone(&phone(), move |phone| phone.backed_up_at = Some(number)))
                .unwrap();
        });
    }
    let tried = run(tab.change_phone(&phone(), |phone| phone.notice_read_at = Some(NOON)));
    assert_eq!(tried, Err(StoreError::Changed));
    assert_eq!(run(tab.stored_phone()).unwrap().unwrap().notice_read_at, None);
}
