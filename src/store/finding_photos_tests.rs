//! Photos of findings: stored with the word that attaches them, sent after it, never lost.

use super::{
    Count, Memory, Phone, Repository, StoreError, Written,
    testing::{answer, attach, binding, draft, lost, phone, photo, repository, run},
};
use crate::{
    domain::{
        ContentHash, FindingEntry, FindingField, FindingValue, Findings, Stamp, finding::endpoint_device,
        photo::tests::jpeg_with, testing::device,
    },
    sync::{
        Client, ClockOffset, HeardFindings, RoundOutcome, Store as _, round,
        testing::{FakeEndpoint, Line, NOON, branch, finding_word, token},
        uploads::{Pile as _, Uploaded, upload},
    },
};

/// A phone whose endpoint has told of the finding: words on it wait for no report.
fn bound(memory: &Memory) -> Repository<Memory> {
    let repository = repository(memory);
    run(repository.bind(&binding(1), &phone())).unwrap();
    let stamp = Stamp { ms: NOON, count: 0, device: endpoint_device() };
    let told = FindingEntry { stamp, ..finding_word(1, "门牌脱落", NOON, 1) };
    let all = Findings::new([told], []).into();
    run(repository.save_findings(&branch(1), &HeardFindings { etag: None, all })).unwrap();
    repository
}

fn picture(number: u16) -> Vec<u8> {
    jpeg_with(40 + number, 30, &[])
}

fn hash(number: u16) -> ContentHash {
    ContentHash::of(&picture(number))
}

fn before(number: u16, attached: bool, ms: u64) -> FindingEntry {
    let field = FindingField::Before { sha256: hash(number) };
    FindingEntry { field, value: FindingValue::Attached { attached }, ..finding_word(1, "", NOON + ms, 1) }
}

fn after(number: u16, attached: bool, ms: u64) -> FindingEntry {
    let field = FindingField::After { sha256: hash(number) };
    FindingEntry { field, ..before(number, attached, ms) }
}

fn save(repository: &Repository<Memory>, word: &FindingEntry, number: u16) {
    run(repository.save_photo(&Written::Word(branch(1), word.clone()), &photo(1, &picture(number)))).unwrap();
}

fn say(repository: &Repository<Memory>, word: &FindingEntry) {
    run(repository.save_finding_words(&branch(1), std::slice::from_ref(word))).unwrap();
}

fn send(repository: &Repository<Memory>, endpoint: &FakeEndpoint) {
    run(round(repository, endpoint, || NOON, || 0, &RoundOutcome::default())).unwrap();
}

fn upload_now(repository: &Repository<Memory>, endpoint: &FakeEndpoint) {
    let client = Client::new(endpoint, || NOON, ClockOffset::default());
    assert_eq!(run(upload(repository, &client, |_| {})), Ok(Uploaded::Complete));
}

fn waiting(repository: &Repository<Memory>) -> Vec<ContentHash> {
    run(repository.waiting()).unwrap().into_iter().map(|waiting| waiting.sha256).collect()
}

#[test]
fn photo_and_word_are_stored_together_or_not_at_all() {
    let memory = Memory::default();
    let repository = bound(&memory);
    let (word, new) = (before(1, true, 1), photo(1, &picture(1)));
    memory.refuse(Some(StoreError::Full));
    assert_eq!(
        run(repository.save_photo(&Written::Word(branch(1), word.clone()), &new)),
        Err(StoreError::Full)
    );
    memory.refuse(None);
    let words = || run(repository.findings(&branch(1))).unwrap().0.unsent();
    assert_eq!(words(), []);
    assert_eq!(run(repository.photos(&branch(1))).unwrap().records, []);
    assert_eq!(run(repository.photo_bytes(&branch(1), &hash(1))), Ok(None));
    run(repository.save_photo(&Written::Word(branch(1), word.clone()), &new)).unwrap();
    assert_eq!(words(), [word]);
    assert_eq!(run(repository.photos(&branch(1))).unwrap().records, [new.record]);
    assert_eq!(run(repository.photo_bytes(&branch(1), &hash(1))), Ok(Some(picture(1))));
    let small = run(repository.thumbnails(&branch(1), &[hash(1)]));
    assert_eq!(small, Ok(vec![Some(b"small".to_vec())]));
}

#[test]
fn a_photo_goes_up_once_and_only_after_its_word() {
    let (repository, endpoint) = (bound(&Memory::default()), FakeEndpoint::with(&[(1, 1)]));
    save(&repository, &before(1, true, 1), 1);
    save(&repository, &after(2, true, 2), 2);
    upload_now(&repository, &endpoint);
    assert_eq!((waiting(&repository), endpoint.photos.borrow().len()), (vec![], 0), "no word has arrived");

    // The answer is lost: whether the words arrived is not known, so nothing goes up.
    endpoint.next("PUT", Line::AnswerLost);
    send(&repository, &endpoint);
    assert_eq!(waiting(&repository), []);
    send(&repository, &endpoint);
    // Attached after that: its word waits, the others' photos do not wait for it.
    save(&repository, &after(3, true, 3), 3);
    let mut now = waiting(&repository);
    now.sort();
    let mut both = vec![hash(1), hash(2)];
    both.sort();
    assert_eq!(now, both);
    upload_now(&repository, &endpoint);
    assert_eq!((waiting(&repository), endpoint.photos.borrow().len()), (vec![], 2));
    send(&repository, &endpoint);
    upload_now(&repository, &endpoint);
    upload_now(&repository, &endpoint);
    assert_eq!((endpoint.photos.borrow().len(), endpoint.heard("PUT /api/v1/photos/")), (3, 3));
    assert_eq!(lost(&repository, 1), Count::default());
}

#[test]
fn what_was_taken_off_does_not_go_up_and_what_was_put_back_waits_for_its_new_word() {
    let (repository, endpoint) = (bound(&Memory::default()), FakeEndpoint::with(&[(1, 1)]));
    save(&repository, &before(1, true, 1), 1);
    send(&repository, &endpoint);
    assert_eq!(waiting(&repository), [hash(1)]);
    say(&repository, &before(1, false, 2));
    assert_eq!(waiting(&repository), [], "at once, whether that has arrived or not");
    send(&repository, &endpoint);
    say(&repository, &before(1, true, 3));
    assert_eq!(waiting(&repository), []);
    send(&repository, &endpoint);
    assert_eq!(waiting(&repository), [hash(1)]);
}

#[test]
fn it_is_in_use_and_not_let_go_of_while_it_is_here_alone() {
    let (repository, endpoint) = (bound(&Memory::default()), FakeEndpoint::with(&[(1, 1)]));
    save(&repository, &before(1, true, 1), 1);
    assert_eq!(run(repository.drop_unused_photos(&branch(1))), Ok(0));
    let unbind = || run(repository.unbind(&branch(1), &phone()));
    let both = Count { findings: 1, photos: 1, ..Count::default() };
    assert_eq!(unbind(), Err(StoreError::OnlyHere(both)));
    send(&repository, &endpoint);
    let alone = Count { photos: 1, ..Count::default() };
    assert_eq!(unbind(), Err(StoreError::OnlyHere(alone)), "the word has arrived, the photo has not");
    // Another item has it too: taken off the finding, it is still in use.
    let both = attach("yes", &picture(1), true, NOON);
    run(repository.save_photo(&answer(both), &photo(1, &picture(1)))).unwrap();
    say(&repository, &before(1, false, 2));
    assert_eq!(lost(&repository, 1).photos, 1);
    run(repository.save_edits(&draft(1), &[attach("yes", &picture(1), false, NOON + 1)])).unwrap();
    assert_eq!(lost(&repository, 1).photos, 0);
    assert_eq!(run(repository.drop_unused_photos(&branch(1))), Ok(1));

    save(&repository, &after(2, true, 3), 2);
    send(&repository, &endpoint);
    upload_now(&repository, &endpoint);
    assert_eq!(run(repository.free_photos(&branch(1))), Ok(1));
    assert_eq!(run(repository.drop_unused_photos(&branch(1))), Ok(0), "freed, but in use");
    assert_eq!(lost(&repository, 1).photos, 0);
}

#[test]
fn an_endpoint_that_forgot_the_word_is_asked_for_the_photo_again() {
    let (repository, endpoint) = (bound(&Memory::default()), FakeEndpoint::with(&[(1, 1)]));
    save(&repository, &before(1, true, 1), 1);
    send(&repository, &endpoint);
    upload_now(&repository, &endpoint);
    // Restored from a backup of the day before.
    let restored = FakeEndpoint::with(&[(1, 1)]);
    send(&repository, &restored);
    assert_eq!(lost(&repository, 1).photos, 1);
    send(&repository, &restored);
    upload_now(&repository, &restored);
    assert_eq!(restored.photos.borrow().len(), 1);
    assert_eq!(lost(&repository, 1), Count::default());
}

#[test]
fn another_phone_hears_of_it_and_fetches_it_when_it_is_wanted() {
    let endpoint = FakeEndpoint::with(&[(1, 1)]);
    let first = bound(&Memory::default());
    save(&first, &before(1, true, 1), 1);
    send(&first, &endpoint);
    upload_now(&first, &endpoint);
    let second = Repository::new(Memory::default());
    run(second.bind(&binding(1), &Phone::new(device(2)))).unwrap();
    send(&second, &endpoint);
    let found = run(second.findings(&branch(1))).unwrap().0.all();
    assert_eq!(found.find(before(1, true, 1).finding).unwrap().before, [hash(1)]);
    assert_eq!((waiting(&second), endpoint.heard("GET /api/v1/photos/")), (vec![], 0));
    let client = Client::new(&endpoint, || NOON, ClockOffset::default());
    assert_eq!(run(client.photo(&token(1), &hash(1))), Ok(picture(1)));
    let mut fetched = photo(1, &picture(1));
    fetched.record.uploaded = true;
    run(second.place_photo(&fetched)).unwrap();
    assert_eq!(run(second.drop_unused_photos(&branch(1))), Ok(0));
    assert_eq!(lost(&second, 1), Count::default());
}
