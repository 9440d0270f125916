//! Photos on the phone: stored with what attaches them, sent once, and never let go of while they are here alone.

use super::{
    Count, Memory, Phone, PhotoRecord, Repository, StoreError, Table, Written,
    photos::NewPhoto,
    testing::{answer, attach, binding, draft, lost, phone, photo, report, repository, run},
};
use crate::{
    domain::{
        ContentHash, LedgerRecord,
        assessment::Edit,
        ledger::testing::{meeting, record},
        submission::Attachment,
    },
    protocol::ProblemKind,
    sync::{
        Client, ClockOffset, OutboxRequest, RoundOutcome, round,
        testing::{FakeEndpoint, NOON, branch, token},
        uploads::{Pile as _, Uploaded, upload},
    },
};

fn hash(of: &[u8]) -> ContentHash {
    ContentHash::of(of)
}

/// A phone with one answer to which one photo belongs, reported.
fn reported(memory: &Memory, picture: &[u8]) -> Repository<Memory> {
    let repository = repository(memory);
    run(repository.bind(&binding(1), &phone())).unwrap();
    run(repository.save_photo(&answer(attach("yes", picture, true, NOON)), &photo(1, picture))).unwrap();
    let (mut sent, ..) = report(1, 1, 1);
    sent.answers = run(repository.entries(&draft(1).key())).unwrap().records.into();
    sent.attachments = vec![photo(1, picture).record.facts.into()];
    let body = serde_json::to_string(&sent).unwrap();
    let (_, mut local, mut row) = report(1, 1, 1);
    local.body = Some(body.clone());
    row.request = OutboxRequest::submit(sent.id, body);
    let carried = sent.answers;
    run(repository.submit(&draft(1), &carried, &local, &row, &[])).unwrap();
    repository
}

fn upload_now(repository: &Repository<Memory>, endpoint: &FakeEndpoint) -> Uploaded {
    let client = Client::new(endpoint, || NOON, ClockOffset::default());
    run(upload(repository, &client, |_| {})).unwrap()
}

#[test]
fn an_entry_of_the_ledger_has_photos_as_an_item_does() {
    let memory = Memory::default();
    let repository = repository(&memory);
    run(repository.bind(&binding(1), &phone())).unwrap();
    let day = jiff::civil::date(2026, 11, 20);
    let with = |count, attached| LedgerRecord {
        photos: [(hash(b"one"), attached)].into(),
        ..record(1, meeting(day), day, count)
    };
    memory.refuse(Some(StoreError::Full));
    let save = || run(repository.save_photo(&Written::Record(branch(1), with(0, true)), &photo(1, b"one")));
    assert_eq!(save(), Err(StoreError::Full));
    assert_eq!(run(repository.ledger(&branch(1))).unwrap().records, []);
    assert_eq!(run(repository.photo_bytes(&branch(1), &hash(b"one"))), Ok(None));
    memory.refuse(None);
    assert_eq!(save(), Ok(false));
    assert_eq!(run(repository.unused_photos(&branch(1))), Ok(Vec::new()));
    let alone = Count { ledger: 1, photos: 1, ..Count::default() };
    assert_eq!(lost(&repository, 1), alone);
    run(repository.save_ledger(&branch(1), &[with(1, false)])).unwrap();
    assert_eq!(lost(&repository, 1).photos, 0);
    assert_eq!(run(repository.drop_unused_photos(&branch(1))), Ok(1));
}

#[test]
fn a_start_reads_what_is_known_of_photos_and_not_their_bytes() {
    let memory = Memory::default();
    let repository = repository(&memory);
    run(repository.save_photo(&answer(attach("yes", b"one", true, NOON)), &photo(1, b"one"))).unwrap();
    let excerpt = run(repository.excerpt_of(Some(&branch(1)))).unwrap();
    assert_eq!(excerpt.photos(&branch(1)), run(repository.photos(&branch(1))).unwrap());
    assert!(
        excerpt.texts(Table::PhotoBytes, "").is_empty() && excerpt.texts(Table::Thumbnails, "").is_empty()
    );
}

#[test]
fn photo_and_answer_are_stored_together_or_not_at_all() {
    let memory = Memory::default();
    let repository = repository(&memory);
    let (edit, new) = (attach("yes", b"one", true, NOON), photo(1, b"one"));
    memory.refuse(Some(StoreError::Full));
    assert_eq!(run(repository.save_photo(&answer(edit.clone()), &new)), Err(StoreError::Full));
    assert_eq!(run(repository.photos(&branch(1))).unwrap().records, []);
    assert_eq!(run(repository.photo_bytes(&branch(1), &hash(b"one"))), Ok(None));
    assert_eq!(run(repository.entries(&draft(1).key())).unwrap().records, []);
    memory.refuse(None);
    assert_eq!(run(repository.save_photo(&answer(edit.clone()), &new)), Ok(false));
    assert_eq!(run(repository.photos(&branch(1))).unwrap().records, [new.record]);
    assert_eq!(run(repository.photo_bytes(&branch(1), &hash(b"one"))), Ok(Some(b"one".to_vec())));
    assert_eq!(run(repository.thumbnails(&branch(1), &[hash(b"one")])), Ok(vec![Some(b"small".to_vec())]));
    assert_eq!(run(repository.entries(&draft(1).key())).unwrap().records, [edit.put]);
    assert!(run(repository.draft(&draft(1).key())).unwrap().is_some());
}

#[test]
fn one_photo_for_two_items_is_one_record_and_goes_only_when_nothing_names_it() {
    let memory = Memory::default();
    let repository = repository(&memory);
    let save = |edit: Edit| run(repository.save_photo(&answer(edit), &photo(1, b"one"))).unwrap();
    save(attach("yes", b"one", true, NOON));
    run(repository.date_photo(&branch(1), &hash(b"one"), Some(jiff::civil::date(2026, 11, 19)))).unwrap();
    save(attach("facts", b"one", true, NOON));
    let records = run(repository.photos(&branch(1))).unwrap().records;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].facts.happened_on, Some(jiff::civil::date(2026, 11, 19)), "kept");
    for item in ["yes", "facts"] {
        assert_eq!(run(repository.drop_unused_photos(&branch(1))), Ok(0), "{item} still names it");
        run(repository.save_edits(&draft(1), &[attach(item, b"one", false, NOON + 1)])).unwrap();
    }
    assert_eq!(run(repository.unused_photos(&branch(1))).unwrap().len(), 1);
    assert_eq!(run(repository.drop_unused_photos(&branch(1))), Ok(1));
    assert_eq!(run(repository.photo_bytes(&branch(1), &hash(b"one"))), Ok(None));
    assert_eq!(run(repository.thumbnails(&branch(1), &[hash(b"one")])), Ok(vec![None]));
}

#[test]
fn nothing_is_freed_before_the_endpoint_has_it_and_a_small_picture_stays() {
    let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
    let memory = Memory::default();
    let (repository, endpoint) = (reported(&memory, &picture), FakeEndpoint::with(&[(1, 1)]));
    assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
    assert!(endpoint.photos.borrow().is_empty(), "not before its submission has arrived");
    assert_eq!(run(repository.free_photos(&branch(1))), Ok(0));
    let unbind = || run(repository.unbind(&branch(1), &phone()));
    let stuck = Count { answers: 1, requests: 1, photos: 1, ..Count::default() };
    assert_eq!(unbind(), Err(StoreError::OnlyHere(stuck)), "queued is not delivered");

    let sent = || run(repository.submissions(&branch(1))).unwrap().records.remove(0);
    run(round(&repository, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    assert_eq!(sent().missing, [hash(&picture)], "delivered, but not complete");
    assert_eq!(unbind(), Err(StoreError::OnlyHere(Count { photos: 1, ..Count::default() })));
    assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
    assert_eq!(sent().missing, []);
    assert_eq!(lost(&repository, 1), Count::default());

    assert_eq!(run(repository.free_photos(&branch(1))), Ok(1));
    assert_eq!(run(repository.photo_bytes(&branch(1), &hash(&picture))), Ok(None));
    assert_eq!(run(repository.thumbnails(&branch(1), &[hash(&picture)])), Ok(vec![Some(b"small".to_vec())]));
    let client = Client::new(&endpoint, || NOON, ClockOffset::default());
    assert_eq!(run(client.photo(&token(1), &hash(&picture))), Ok(picture.clone()));
    let record = PhotoRecord { uploaded: false, ..photo(1, &picture).record };
    run(repository.place_photo(&NewPhoto { record, ..photo(1, &picture) })).unwrap();
    let records = run(repository.photos(&branch(1))).unwrap().records;
    assert!(records[0].here && records[0].uploaded, "{records:?}");
    unbind().unwrap();
    assert_eq!(run(repository.thumbnails(&branch(1), &[hash(&picture)])), Ok(vec![None]));
}

#[test]
fn of_a_branch_that_has_ended_what_was_delivered_before_is_made_whole_and_nothing_else_goes() {
    let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
    let (repository, endpoint) = (reported(&Memory::default(), &picture), FakeEndpoint::with(&[(1, 1)]));
    let next = || run(round(&repository, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    let ended = Some(crate::protocol::BranchEnded { on: jiff::civil::date(2026, 11, 15), merged_into: None });
    next();
    let say = |ended| endpoint.tokens.borrow_mut().get_mut(token(1).secret()).unwrap().0.ended = ended;
    say(ended);
    next();
    // Attached after the report: it belongs to nothing that was delivered.
    let later = crate::domain::photo::tests::jpeg_with(50, 30, &[]);
    run(repository.save_photo(&answer(attach("yes", &later, true, NOON + 1)), &photo(1, &later))).unwrap();
    assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
    let there: Vec<ContentHash> = endpoint.photos.borrow().keys().map(|(_, sha256)| sha256.clone()).collect();
    assert_eq!(there, [hash(&picture)]);
    assert_eq!(run(repository.waiting()).unwrap(), []);
}

#[test]
fn another_phone_hears_of_photos_and_fetches_none_by_itself() {
    let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
    let endpoint = FakeEndpoint::with(&[(1, 1)]);
    let first = reported(&Memory::default(), &picture);
    run(round(&first, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    let second = Repository::new(Memory::default());
    run(second.bind(&binding(1), &Phone::new(crate::domain::testing::device(2)))).unwrap();
    run(round(&second, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    let records = run(second.photos(&branch(1))).unwrap().records;
    let expected: Attachment = photo(1, &picture).record.facts.into();
    assert_eq!(Attachment::from(records[0].facts.clone()), expected);
    assert!(!records[0].here && endpoint.heard("GET /api/v1/photos/") == 0);
    assert_eq!(run(second.waiting()).unwrap(), [], "it cannot send what it has not");
    assert_eq!(lost(&second, 1).photos, 0);
}

#[test]
fn what_a_restored_endpoint_lacks_is_not_freed_and_goes_up_again() {
    let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
    let (repository, endpoint) = (reported(&Memory::default(), &picture), FakeEndpoint::with(&[(1, 1)]));
    run(round(&repository, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
    run(round(&repository, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    assert_eq!(lost(&repository, 1), Count::default());
    // Restored from a backup that holds the submission and not yet the photo.
    endpoint.photos.borrow_mut().clear();
    run(round(&repository, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    assert_eq!(run(repository.free_photos(&branch(1))), Ok(0), "it is the only one there is");
    assert_eq!(run(repository.photo_bytes(&branch(1), &hash(&picture))), Ok(Some(picture.clone())));
    assert_eq!(lost(&repository, 1).photos, 1);
    assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
    assert_eq!(endpoint.photos.borrow().len(), 1);
    run(repository.is_not_there(&branch(1), &hash(&picture))).unwrap();
    assert_eq!(run(repository.free_photos(&branch(1))), Ok(0), "asked for it, the endpoint had it not");
    assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
    assert_eq!(run(repository.free_photos(&branch(1))), Ok(1));
}

#[test]
fn a_photo_fetched_from_the_endpoint_is_known_to_be_there() {
    let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
    let endpoint = FakeEndpoint::with(&[(1, 1)]);
    let first = reported(&Memory::default(), &picture);
    run(round(&first, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    upload_now(&first, &endpoint);
    let second = Repository::new(Memory::default());
    run(second.bind(&binding(1), &Phone::new(crate::domain::testing::device(2)))).unwrap();
    run(round(&second, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    let record = PhotoRecord { uploaded: true, ..photo(1, &picture).record };
    run(second.place_photo(&NewPhoto { record, ..photo(1, &picture) })).unwrap();
    assert_eq!(run(second.waiting()).unwrap(), [], "it came from there");
    assert_eq!(lost(&second, 1).photos, 0);
    assert_eq!(run(second.free_photos(&branch(1))), Ok(1));
}

#[test]
fn a_pause_in_one_tab_is_heard_by_the_tab_that_sends() {
    let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
    let memory = Memory::default();
    let (sends, endpoint) = (reported(&memory, &picture), FakeEndpoint::with(&[(1, 1)]));
    run(round(&sends, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    let other = repository(&memory);
    let pause = |paused| run(other.change_phone(&phone(), |phone| phone.uploads_paused = paused)).unwrap();
    pause(true);
    assert_eq!(upload_now(&sends, &endpoint), Uploaded::Paused);
    assert!(endpoint.photos.borrow().is_empty());
    pause(false);
    assert_eq!(upload_now(&sends, &endpoint), Uploaded::Complete);
    assert_eq!(endpoint.photos.borrow().len(), 1);
}

#[test]
fn what_the_endpoint_refuses_waits_for_her_word() {
    let picture = crate::domain::photo::tests::jpeg_with(40, 30, &[]);
    let (repository, endpoint) = (reported(&Memory::default(), &picture), FakeEndpoint::with(&[(1, 1)]));
    run(round(&repository, &endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
    let refusal = crate::sync::testing::refusal(ProblemKind::TooManyPhotos);
    endpoint.next("PUT /api/v1/photos/", crate::sync::testing::Line::Says(refusal));
    assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
    let record = || run(repository.photos(&branch(1))).unwrap().records.remove(0);
    assert_eq!(record().refused, Some(ProblemKind::TooManyPhotos));
    assert_eq!(run(repository.waiting()).unwrap(), []);
    run(repository.retry_photos(&branch(1))).unwrap();
    assert_eq!(upload_now(&repository, &endpoint), Uploaded::Complete);
    assert!(record().uploaded && record().refused.is_none());
}
