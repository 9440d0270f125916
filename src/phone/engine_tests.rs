//! Races: a reading against the queue, a second tab that writes in between, a page that is killed.

use super::{
    darkroom::Target,
    engine::{Engine, Shown},
    ledger::HeldLedger,
    reading::{Reading, Wanted},
};
use crate::{
    domain::{
        AnswerValue, BranchCode, ContentHash, LedgerEntry,
        ledger::testing::{meeting, record},
        period::shanghai_date,
        testing::stamp,
    },
    store::{
        Backend, Memory, Repository, StoreError, Written,
        testing::{Shared, answer, binding, draft, edit, note, phone, photo, repository, run},
    },
    sync::{
        RoundOutcome, round,
        testing::{FakeEndpoint, NOON, branch, finding_word},
    },
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// A phone that looks after two branches and has the standard.
fn memory() -> Memory {
    let memory = Memory::default();
    let tab = repository(&memory);
    for of in [2, 1] {
        run(tab.bind(&binding(of), &phone())).unwrap();
    }
    let api = FakeEndpoint::with(&[(1, 1), (2, 2)]);
    run(round(&tab, &api, || NOON, || 0, &RoundOutcome::default())).unwrap();
    memory
}

fn page<B: Backend + Clone>(backend: B) -> Rc<Engine<B>> {
    let engine = Engine::default();
    engine.open(Repository::new(backend));
    Rc::new(engine)
}

fn wanted(of: u8) -> Wanted {
    Wanted { branch: Some(branch(of)), period: None, on_screen: None }
}

fn read<B: Backend + Clone>(engine: &Engine<B>) -> Option<Reading> {
    run(engine.read(|| wanted(1), |_| shanghai_date(NOON))).unwrap()
}

/// The branch that was read, and what it says in the notes.
fn said(read: Option<Reading>) -> (BranchCode, Vec<String>) {
    let of = read.and_then(|read| read.of_branch).unwrap();
    let work = of.work.unwrap();
    let texts = work.assessment.entries().iter().map(|entry| match &entry.value {
        AnswerValue::Text { text } => text.clone(),
        other => format!("{other:?}"),
    });
    (of.code, texts.collect())
}

fn notes(texts: &[&str]) -> (BranchCode, Vec<String>) {
    (branch(1), texts.iter().map(|text| (*text).to_owned()).collect())
}

fn change(text: &str, ms: u64) -> Written {
    answer(edit(note("yes", text, NOON + ms, 1)))
}

/// How often it was read again.
fn write<B: Backend + Clone>(engine: &Engine<B>) -> Result<usize, StoreError> {
    let again = Cell::new(0);
    if !engine.begin(false) {
        return Ok(0);
    }
    run(engine.write(None, |_| {}, async || again.set(again.get() + 1)))?;
    Ok(again.get())
}

#[test]
fn a_reading_shows_what_reached_the_disk_while_it_was_on_its_way() {
    let shared = Shared::over(memory());
    let engine = page(shared.clone());
    engine.put(change("甲", 1));
    let writer = engine.clone();
    // The reading has been answered without the change, and by now the queue does not hold it any more.
    shared.meanwhile(move |_| assert_eq!(write(&writer), Ok(0)));
    assert_eq!(said(read(&engine)), notes(&["甲"]));
    // One that is on the screen and not on disk is laid over whatever is read.
    engine.put(change("乙", 2));
    assert_eq!(said(read(&engine)), notes(&["甲", "乙"]));
    assert_eq!(write(&engine), Ok(0));
    assert_eq!(said(read(&engine)), notes(&["甲", "乙"]));
}

#[test]
fn a_slow_reading_never_takes_the_place_of_a_later_one_nor_of_another_branch() {
    let shared = Shared::over(memory());
    let engine = page(shared.clone());
    let (later, found) = (engine.clone(), Rc::new(RefCell::new(None)));
    let seen = found.clone();
    shared.meanwhile(move |_| *seen.borrow_mut() = read(&later));
    assert!(read(&engine).is_none(), "the later one was faster");
    assert_eq!(said(found.take()), notes(&[]));

    let shown = Rc::new(Cell::new(1));
    let switched = shown.clone();
    shared.meanwhile(move |_| switched.set(2));
    let read = run(engine.read(|| wanted(shown.get()), |_| shanghai_date(NOON))).unwrap();
    assert_eq!(said(read).0, branch(2), "another branch was chosen meanwhile");
}

#[test]
fn what_a_second_tab_writes_in_between_stays_beside_what_is_written_here() {
    let shared = Shared::over(memory());
    let engine = page(shared.clone());
    engine.put(change("甲", 1));
    assert_eq!(write(&engine), Ok(0));
    let day = jiff::civil::date(2026, 11, 20);
    let (mine, mut theirs) = (record(1, meeting(day), day, 0), record(1, meeting(day), day, 0));
    theirs.entry = theirs.entry.map(|entry| LedgerEntry { topic: "别的议题".into(), ..entry });
    engine.put(change("这里", 5));
    engine.put(Written::Record(branch(1), mine));
    engine.put(Written::Word(branch(1), finding_word(1, "缺签到表", NOON, 1)));
    // The same device, so that both give the same stamps.
    shared.then(move |memory| {
        let other = page(memory.clone());
        other.put(change("那里", 5));
        other.put(Written::Record(branch(1), theirs.clone()));
        assert_eq!(write(&other), Ok(0));
    });
    assert_eq!(write(&engine), Ok(1), "what is on the screen is not quite what is on disk");
    let found = read(&engine).unwrap();
    let of = found.of_branch.as_ref().unwrap();
    assert_eq!((of.ledger.ledger.records().len(), of.mending.findings.words()), (2, 1));
    assert_eq!(said(Some(found)), notes(&["甲", "那里", "这里"]));
}

#[test]
fn a_killed_page_leaves_what_was_said_to_be_saved_and_a_full_phone_loses_nothing() {
    let memory = memory();
    let engine = page(memory.clone());
    engine.put(change("甲", 1));
    assert_eq!(write(&engine), Ok(0));
    memory.refuse(Some(StoreError::Full));
    engine.put(change("乙", 2));
    engine.put(Written::Word(branch(2), finding_word(1, "缺签到表", NOON, 1)));
    assert_eq!(write(&engine), Err(StoreError::Full));
    assert!(!engine.queue(|queue| queue.is_empty()), "it is not said to be saved");
    assert_eq!(said(read(&engine)), notes(&["甲", "乙"]), "and stays on the screen");
    // Killed here, the next page has what was on disk.
    assert_eq!(said(read(&page(memory.clone()))), notes(&["甲"]));
    engine.put(change("丙", 3));
    memory.refuse(None);
    assert_eq!(write(&engine), Ok(0));
    let next = page(memory);
    assert_eq!(said(read(&next)), notes(&["甲", "乙", "丙"]));
    let findings = run(next.repository().unwrap().findings(&branch(2))).unwrap().0;
    assert_eq!(findings.unsent().len(), 1);
}

#[test]
fn a_photo_finds_what_it_belongs_to_though_another_branch_is_on_the_screen() {
    let engine = page(memory());
    let day = jiff::civil::date(2026, 11, 20);
    let record = record(1, meeting(day), day, 0);
    let (id, entered) = (record.id, record.stamp.ms);
    // Entered just now, and not on disk yet.
    engine.put(Written::Record(branch(1), record));
    let other = HeldLedger { branch: Some(branch(2)), ..HeldLedger::default() };
    let attach = |target: Target, bytes: &[u8], ms| {
        let shown = Shown { work: None, ledger: &other, stamp: stamp(ms, 1), now: NOON };
        run(engine.attach(target, &photo(1, bytes), shown)).unwrap()
    };
    let saved = engine.queue(|queue| queue.saved());
    let entry = || Target::Entry { branch: branch(1), entry: id };
    let (written, differs) = attach(entry(), b"one", entered + 1);
    assert!(matches!(written, Some(Written::Record(..))) && !differs);
    assert_ne!(engine.queue(|queue| queue.saved()), saved, "a reading that began before is out of date");
    let item = Target::Item { draft: draft(1), item: crate::domain::testing::item_id("yes") };
    assert!(matches!(attach(item, b"two", NOON + 21).0, Some(Written::Answer(..))));
    assert_eq!(write(&engine), Ok(0));
    let tab = engine.repository().unwrap();
    assert_eq!(run(tab.unused_photos(&branch(1))), Ok(Vec::new()));
    // Struck out meanwhile: it is kept with those that nothing uses.
    let struck =
        crate::domain::LedgerRecord { id, stamp: stamp(entered + 2, 1), entry: None, photos: [].into() };
    engine.put(Written::Record(branch(1), struck));
    assert_eq!(write(&engine), Ok(0));
    assert_eq!(attach(entry(), b"three", entered + 3).0, None);
    let unused = run(tab.unused_photos(&branch(1))).unwrap();
    assert!(unused.iter().any(|photo| photo.facts.sha256 == ContentHash::of(b"three")));
}
