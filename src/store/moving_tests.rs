//! Moving a draft to another version: one step, nothing lost, whatever another tab or another phone does meanwhile.

use super::{
    Draft, LocalSubmission, Memory, Repository, StoreError,
    testing::{
        Shared, assessment, binding, draft, edit, everything, note, phone, report, repository, run, stored,
    },
};
use crate::{
    domain::{
        Checklist, ContentHash, Entry, PartAnswer, Submission,
        moving::{Pinned, Versions},
        testing::{checklist, part_entry, period, stamp},
    },
    store::Backend,
    sync::{
        OutboxRequest, RoundOutcome, round,
        testing::{FakeEndpoint, NOON, branch, checklist_body, token},
    },
};
use std::sync::Arc;

/// The next version asks something else in its first item.
fn newer() -> Checklist {
    let mut list = Checklist { version: "2".into(), ..checklist() };
    list.aspects[0].items[0].requirement = "另一个要求".into();
    list
}

fn text(list: &Checklist) -> String {
    String::from_utf8(list.canonical_json().unwrap()).unwrap()
}

/// On the newer version.
fn moved() -> Draft {
    Draft { checklist: newer().hash().unwrap(), ..draft(1) }
}

/// The first item, answered under a version.
fn answered(under: &Draft, ms: u64, by: u8) -> Entry {
    let item = &checklist().aspects[0].items[0];
    let yes = PartAnswer::YesNo { yes: by == 1 };
    part_entry(item, &item.parts[0], yes, stamp(NOON + ms, by)).under_or(&under.checklist)
}

fn with_both<B: Backend>(tab: &Repository<B>) {
    run(tab.bind(&binding(1), &phone())).unwrap();
    for list in [checklist(), newer()] {
        run(tab.save_checklist(&list.hash().unwrap(), &text(&list))).unwrap();
    }
}

fn move_it<B: Backend>(tab: &Repository<B>) -> Result<bool, StoreError> {
    let (from, to) = (draft(1), moved());
    run(tab.move_draft(&from.key(), &from.checklist, (&to.sector, &to.checklist)))
}

/// What the phone holds doubtful under the version that its draft pins.
fn doubtful<B: Backend>(tab: &Repository<B>) -> usize {
    let pinned = run(tab.draft(&draft(1).key())).unwrap().unwrap().checklist;
    let mut versions = Versions::new();
    for hash in run(tab.checklist_hashes()).unwrap() {
        let list = run(tab.checklist(&hash)).unwrap().unwrap();
        versions.insert(hash, Arc::new(list));
    }
    let list = versions[&pinned].clone();
    let now = Pinned { hash: &pinned, checklist: &list, period: &period() };
    now.doubtful(&assessment(tab, 1), &versions).len()
}

#[test]
fn moving_keeps_every_answer_both_checklists_and_is_done_once() {
    let memory = Memory::default();
    let tab = repository(&memory);
    with_both(&tab);
    assert_eq!(move_it(&tab), Ok(false), "what is not begun is not moved");
    let old = Entry { under: None, ..note("yes", "旧应用存的", NOON, 1) };
    let said = answered(&draft(1), 1, 1);
    run(tab.save_edits(&draft(1), &[edit(old.clone()), edit(said.clone())])).unwrap();
    assert_eq!(doubtful(&tab), 0);
    assert_eq!(move_it(&tab), Ok(true));
    assert_eq!(run(tab.draft(&draft(1).key())), Ok(Some(moved())));
    let kept = stored(&tab, 1);
    assert_eq!(kept.len(), 2);
    assert!(kept.contains(&said) && kept.contains(&old.under_or(&draft(1).checklist)));
    assert_eq!(doubtful(&tab), 1);
    assert_eq!(run(tab.checklist_hashes()).unwrap().len(), 2, "the old one is still needed");
    let before = everything(&memory);
    assert_eq!(move_it(&tab), Ok(true), "the same again is success");
    assert_eq!(everything(&memory), before);
}

#[test]
fn a_refused_move_moves_nothing() {
    let memory = Memory::default();
    let tab = repository(&memory);
    with_both(&tab);
    run(tab.save_edits(&draft(1), &[edit(Entry { under: None, ..answered(&draft(1), 1, 1) })])).unwrap();
    let before = everything(&memory);
    memory.refuse(Some(StoreError::Full));
    assert_eq!(move_it(&tab), Err(StoreError::Full));
    assert_eq!(everything(&memory), before);
    memory.refuse(None);
    let elsewhere = ContentHash::of(b"not here");
    let to = (&draft(1).sector, &elsewhere);
    assert_eq!(run(tab.move_draft(&draft(1).key(), &draft(1).checklist, to)), Ok(false));
    assert_eq!(run(tab.move_draft(&draft(1).key(), &elsewhere, to)), Ok(false), "moved elsewhere meanwhile");
    assert_eq!(everything(&memory), before);
}

#[test]
fn what_another_tab_saves_meanwhile_stays_and_is_doubtful_when_its_question_differs() {
    let tab = Repository::new(Shared::default());
    with_both(&tab);
    run(tab.save_edits(&draft(1), &[edit(note("facts", "铁柜", NOON, 1))])).unwrap();
    let late = answered(&draft(1), 5, 1);
    let saved = late.clone();
    tab.backend().then(move |memory| {
        run(repository(memory).save_edits(&draft(1), &[edit(saved.clone())])).unwrap();
    });
    assert_eq!(move_it(&tab), Ok(true));
    assert!(stored(&tab, 1).contains(&late));
    assert_eq!(doubtful(&tab), 1);
    // And what that tab still saves under the old version does not move the draft back.
    let last = answered(&draft(1), 9, 1);
    run(tab.save_edits(&draft(1), &[edit(last.clone())])).unwrap();
    assert_eq!(run(tab.draft(&draft(1).key())), Ok(Some(moved())));
    assert_eq!((assessment(&tab, 1).current(&last.key), doubtful(&tab)), (Some(&last), 1));
    run(tab.save_edits(&moved(), &[edit(answered(&moved(), 10, 1))])).unwrap();
    assert_eq!(doubtful(&tab), 0, "answered under the new version");
}

fn send(tab: &Repository<Memory>, api: &FakeEndpoint) {
    run(round(tab, api, || NOON, || 0, &RoundOutcome::default())).unwrap();
}

/// Reports what is answered, as the session does it.
fn submit(tab: &Repository<Memory>, number: u8, by: u8, under: &Draft) {
    let (mut sent, _, mut request) = report(number, 1, by);
    sent.checklist = under.checklist.clone();
    sent.answers = Submission::packed(assessment(tab, 1).winners(), &under.checklist).into();
    let body = serde_json::to_string(&sent).unwrap();
    request.request = OutboxRequest::submit(sent.id, body.clone());
    let local = LocalSubmission::made_here(&sent, body);
    run(tab.submit(under, &stored(tab, 1), &local, &request, &[])).unwrap();
}

/// Two phones of one branch stand on different versions. What the one answered or did not look at again is the same on the other,
/// also on the version on which the other still stands, and nothing is answered twice.
#[test]
fn two_phones_on_different_versions_agree_on_what_is_doubtful() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let (one, two) = (repository(&Memory::default()), repository(&Memory::default()));
    for (tab, byte) in [(&one, 1), (&two, 2)] {
        run(tab.bind(&crate::store::Binding { token: token(byte), ..binding(1) }, &phone())).unwrap();
        send(tab, &api);
    }
    run(one.save_edits(&draft(1), &[edit(answered(&draft(1), 1, 1))])).unwrap();
    submit(&one, 1, 1, &draft(1));
    send(&one, &api);
    send(&two, &api);
    api.publish(text(&newer()));
    send(&two, &api);
    assert_eq!(doubtful(&two), 0, "the draft stays on its version until it is moved");
    assert_eq!(move_it(&two), Ok(true));
    assert_eq!(doubtful(&two), 1);
    // Reported without having looked again.
    submit(&two, 2, 2, &moved());
    send(&two, &api);
    send(&one, &api);
    assert_eq!(run(one.draft(&draft(1).key())).unwrap().unwrap().checklist, draft(1).checklist);
    assert_eq!(doubtful(&one), 0, "it was said under this version");
    assert_eq!(move_it(&one), Ok(true));
    assert_eq!(doubtful(&one), 1, "nobody has looked at it again yet");
    // The second looks; the first hears of it.
    run(two.save_edits(&moved(), &[edit(answered(&moved(), 7, 2))])).unwrap();
    submit(&two, 3, 2, &moved());
    send(&two, &api);
    send(&one, &api);
    assert_eq!((doubtful(&two), doubtful(&one)), (0, 0));
    assert_eq!(stored(&one, 1), stored(&two, 1));
}

/// A phone that joins later gets the versions it needs, also those that no draft pins any more.
#[test]
fn a_phone_that_joins_later_can_compare_as_well() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let (one, two) = (repository(&Memory::default()), repository(&Memory::default()));
    for (tab, byte) in [(&one, 1), (&two, 2)] {
        run(tab.bind(&crate::store::Binding { token: token(byte), ..binding(1) }, &phone())).unwrap();
    }
    send(&one, &api);
    run(one.save_edits(&draft(1), &[edit(answered(&draft(1), 1, 1)), edit(note("facts", "铁柜", NOON, 1))]))
        .unwrap();
    api.publish(text(&newer()));
    send(&one, &api);
    assert_eq!(move_it(&one), Ok(true));
    submit(&one, 1, 1, &moved());
    send(&one, &api);
    send(&two, &api);
    let here = run(two.checklist_hashes()).unwrap();
    assert!(
        here.contains(&ContentHash::of(checklist_body().as_bytes())) && here.contains(&moved().checklist)
    );
    assert_eq!(run(two.drafts(&branch(1))).unwrap().records[0].checklist, moved().checklist);
    assert_eq!(doubtful(&two), 1);
    assert_eq!(stored(&one, 1), stored(&two, 1));
}
