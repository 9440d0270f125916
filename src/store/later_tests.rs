//! What comes from a later version: nothing beside it is lost, it is kept and passed on untouched, and read once it can be.

use super::{
    Batch, Draft, KeptRecord, LocalSubmission, Memory, Repository, Table,
    backup::{self, Backup},
    carried::Became,
    ledger::ledger_key,
    repository::{draft_key, submission_key, unread_key},
    testing::{binding, draft, lost, note, phone, report, repository, run, stored},
};
use crate::{
    domain::{
        AnswerKey, AnswerValue, Assessment, ContentHash, Entry, ItemId, Open, PartAnswer, PartId, Submission,
        Unread,
        finding::endpoint_device,
        ledger::testing::{meeting, record},
        testing::{device, stamp},
    },
    sync::{
        OutboxRequest, RoundOutcome, round,
        testing::{
            FakeEndpoint, NOON, branch, checklist_body, finding_word, newer_checklist, row, submission_id,
            token,
        },
    },
};
use jiff::civil::{Date, date};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const DAY: Date = date(2026, 11, 20);

fn bound(memory: &Memory, byte: u8) -> Repository<Memory> {
    let tab = repository(memory);
    run(tab.bind(&super::Binding { token: token(byte), ..binding(1) }, &phone())).unwrap();
    tab
}

fn go(tab: &Repository<Memory>, api: &FakeEndpoint, last: &RoundOutcome) -> RoundOutcome {
    run(round(tab, api, || NOON, || 0, last)).unwrap()
}

fn later(value: &Value) -> Unread {
    Unread::new(&value.to_string()).unwrap()
}

fn set(values: impl IntoIterator<Item = Value>) -> BTreeSet<Unread> {
    values.into_iter().map(|value| later(&value)).collect()
}

/// A register of a later kind, written by a phone.
fn opinion(ms: u64) -> Value {
    json!({ "key": { "opinion": { "item": "yes" } }, "stamp": stamp(ms, 2), "value": { "opinion": { "of": [1.50, null] } } })
}

/// A register of today with a value of a later kind.
fn half_met(ms: u64) -> Value {
    json!({ "key": { "part": { "item": "yes", "part": "p1" } }, "stamp": stamp(ms, 2), "value": { "half": {} } })
}

/// An activity of a later kind.
fn online_class(ms: u64) -> Value {
    let mut version = serde_json::to_value(record(7, meeting(DAY), DAY, 0)).unwrap();
    version["stamp"] = json!(stamp(ms, 2));
    version["entry"]["kinds"] = json!(["party_class", "online_class"]);
    version
}

fn finding_in(field: &str, ms: u64, device: crate::domain::DeviceId) -> Value {
    let mut word = serde_json::to_value(finding_word(1, "缺", ms, 2)).unwrap();
    word["field"] = json!(field);
    word["stamp"]["device"] = json!(device);
    word
}

/// A ruling of a later kind.
fn deferred() -> Value {
    let finding = finding_word(1, "", 0, 1).finding;
    let stamp = json!({ "ms": NOON + 3, "count": 0, "device": endpoint_device() });
    json!({ "finding": finding, "stamp": stamp, "given_at": NOON, "by": "镇党委", "ruling": { "deferred": {} } })
}

/// What another phone reports whose app is newer.
fn newer_report(number: u8) -> (Submission, String) {
    let (sent, ..) = report(number, 1, 2);
    let mut body = serde_json::to_value(&sent).unwrap();
    let answers = body["answers"].as_array_mut().unwrap();
    answers.retain(|entry| entry["key"] != json!({ "part": { "item": "yes", "part": "p1" } }));
    answers.insert(1, opinion(NOON));
    answers.push(half_met(NOON + 1));
    body["ledger"] = json!([record(1, meeting(DAY), DAY, 0), online_class(NOON + 2)]);
    (sent, body.to_string())
}

/// An endpoint that has something of a later kind wherever it can have something.
fn endpoint_of_next_year() -> FakeEndpoint {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1), (3, 1)]);
    let (sent, body) = newer_report(1);
    api.store(sent.id, &body);
    let review = json!({ "state": "sent_up", "at": NOON, "by": "县委组织部" });
    {
        let mut stored = api.stored.borrow_mut();
        let (_, summary) = stored.get_mut(&sent.id).unwrap();
        summary.reviews = std::mem::take(&mut summary.reviews).with_unread([later(&review)]);
    }
    {
        let mut published = api.published.borrow_mut();
        let published = published.as_mut().unwrap();
        let sector = json!({ "sector": { "group": ["rural", "community"] }, "hash": "?", "bytes": 1 });
        published.checklists = std::mem::take(&mut published.checklists).with_unread([later(&sector)]);
        let map =
            json!({ "id": "M1", "collection": "map", "number": 1, "title": "地图", "hash": "?", "bytes": 1 });
        published.documents = std::mem::take(&mut published.documents).with_unread([later(&map)]);
    }
    let mut findings = api.findings.borrow_mut();
    let known = findings.entry(branch(1)).or_default();
    known.write(finding_word(1, "缺签到表", NOON, 2));
    known.entries.keep_unread(set([
        finding_in("cost", NOON + 1, device(2)),
        finding_in("weight", NOON + 2, endpoint_device()),
    ]));
    known.verdicts.keep_unread(set([deferred()]));
    drop(findings);
    api
}

/// All that a backup carries.
fn backup_of(tab: &Repository<Memory>) -> Backup {
    run(tab.backup(&branch(1), NOON)).unwrap().unwrap()
}

/// As it lies on the phone: under which checklist an answer was given is said.
fn under(value: Value) -> Value {
    let mut value = value;
    value["under"] = json!(draft(1).checklist);
    value
}

/// These values, whatever the order of their members.
fn said(values: impl IntoIterator<Item = Value>) -> BTreeSet<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

/// What lies on the phone and cannot be read.
#[derive(Debug, PartialEq)]
struct Lies {
    answers: BTreeSet<String>,
    ledger: BTreeSet<String>,
    words: BTreeSet<String>,
    verdicts: BTreeSet<String>,
}

fn unread_of(tab: &Repository<Memory>) -> Lies {
    let values =
        |unread: Vec<Unread>| said(unread.iter().map(|one| serde_json::from_str(one.text()).unwrap()));
    let findings = run(tab.findings(&branch(1))).unwrap().0.all();
    Lies {
        answers: values(run(tab.entries(&draft(1).key())).unwrap().unread),
        ledger: values(run(tab.ledger(&branch(1))).unwrap().unread),
        words: values(findings.entries.unread().iter().cloned().collect()),
        verdicts: values(findings.verdicts.unread().iter().cloned().collect()),
    }
}

#[test]
fn whatever_an_endpoint_of_next_year_says_the_rest_arrives_and_that_is_kept() {
    let api = endpoint_of_next_year();
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let outcome = go(&tab, &api, &RoundOutcome::default());
    assert!(outcome.needs_update && outcome.reached_server);
    assert_eq!(
        (outcome.failures, outcome.left.len()),
        (0, 0),
        "nothing failed, and nothing had to be left there"
    );

    // What can be read is here.
    let (sent, body) = newer_report(1);
    let known = run(tab.submission(&branch(1), sent.id)).unwrap().unwrap();
    assert_eq!(known.body.as_deref(), Some(&*body));
    assert_eq!((known.reviews.len(), known.reviews.unread().count()), (0, 1));
    assert_eq!(stored(&tab, 1).len(), sent.answers.len() - 1);
    let book = run(tab.ledger(&branch(1))).unwrap();
    assert_eq!((book.records.len(), book.unread.len(), book.unreadable.len()), (1, 1, 0));
    let (findings, spoilt) = run(tab.findings(&branch(1))).unwrap();
    assert_eq!((findings.all().all().len(), spoilt.len()), (1, 0));
    let standard = run(tab.standard()).unwrap().unwrap().published;
    assert_eq!((standard.checklists.len(), standard.checklists.unread().count()), (1, 1));
    assert_eq!((standard.documents.len(), standard.documents.unread().count()), (0, 1));
    assert!(run(tab.checklist(&draft(1).checklist)).unwrap().is_some());

    // What cannot is here as well, as it came.
    let expected = Lies {
        answers: said([under(opinion(NOON)), under(half_met(NOON + 1))]),
        ledger: said([online_class(NOON + 2)]),
        words: said([
            finding_in("cost", NOON + 1, device(2)),
            finding_in("weight", NOON + 2, endpoint_device()),
        ]),
        verdicts: said([deferred()]),
    };
    assert_eq!(unread_of(&tab), expected);

    // A second round changes nothing, nor does another look at the whole of it.
    let again = go(&tab, &api, &outcome);
    assert!(!again.changed && again.needs_update);
    assert_eq!(unread_of(&tab), expected);
    assert_eq!(lost(&tab, 1).requests, 0);
}

#[test]
fn it_goes_on_in_this_phones_report_as_it_came_and_what_is_older_in_its_register_does_not() {
    let api = endpoint_of_next_year();
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    go(&tab, &api, &RoundOutcome::default());
    let part = |ms| Entry {
        key: AnswerKey::Part { item: ItemId::new("yes").unwrap(), part: PartId::new("p1").unwrap() },
        stamp: stamp(ms, 1),
        value: AnswerValue::part(Some(PartAnswer::YesNo { yes: true })),
        under: None,
    };
    for (own, goes) in [(part(NOON), false), (part(NOON + 2), true)] {
        let found = run(tab.entries(&draft(1).key())).unwrap();
        let mut work = Assessment::new(found.records.into_iter().chain([own.clone()]), None);
        work.keep_unread(found.unread);
        assert_eq!(work.latest().unwrap().ms, own.stamp.ms.max(NOON + 1), "a clock speaks after it");
        let checklist = &draft(1).checklist;
        let packed = Submission::packed(work.winners(), checklist);
        let answers = Submission::with_unread(packed.clone(), work.unread(), checklist);
        let text: Vec<Value> =
            answers.unread().map(|one| serde_json::from_str(one.text()).unwrap()).collect();
        assert_eq!(answers.contains(&own), goes);
        assert_eq!(text.contains(&half_met(NOON + 1)), !goes, "one of the two");
        assert!(text.contains(&opinion(NOON)), "as it came, without the checklist that the submission pins");
        assert_eq!(answers.len() + text.len(), packed.len() + 1);
    }

    // The phone of next year gets it back.
    let (mut sent, _, _) = report(2, 1, 1);
    let found = run(tab.entries(&draft(1).key())).unwrap();
    sent.answers = Submission::with_unread(
        Submission::packed(found.records, &sent.checklist),
        &found.unread.into_iter().collect(),
        &sent.checklist,
    );
    sent.ledger = Open::default().with_unread(run(tab.ledger(&branch(1))).unwrap().unread);
    let body = serde_json::to_string(&sent).unwrap();
    let local = LocalSubmission::made_here(&sent, body.clone());
    let request = row(2, 1, OutboxRequest::submit(sent.id, body));
    run(tab.submit(&draft(1), &[], &local, &request, &[])).unwrap();
    go(&tab, &api, &RoundOutcome::default());
    let arrived: Value = serde_json::from_str(&api.stored.borrow()[&submission_id(2)].0).unwrap();
    let answers = arrived["answers"].as_array().unwrap();
    assert!(answers.contains(&opinion(NOON)) && answers.contains(&half_met(NOON + 1)));
    assert_eq!(arrived["ledger"], json!([online_class(NOON + 2)]));
}

#[test]
fn it_is_in_the_backup_and_another_phone_has_it_from_there() {
    let api = endpoint_of_next_year();
    let (first, second) = (Memory::default(), Memory::default());
    let (one, two) = (bound(&first, 1), bound(&second, 3));
    go(&one, &api, &RoundOutcome::default());
    let text = serde_json::to_string(&backup_of(&one)).unwrap();
    let carried = backup::parse(&text, &[branch(1)]).unwrap();
    for _ in 0..2 {
        run(two.restore(&carried, NOON)).unwrap();
        assert_eq!(unread_of(&two), unread_of(&one));
    }
    assert_eq!(
        serde_json::to_string(&backup_of(&two).ledger).unwrap(),
        serde_json::to_string(&carried.ledger).unwrap()
    );

    // The endpoint was put back to a day before: it gets the branch's own word again, and keeps what it says itself.
    *api.findings.borrow_mut() = std::collections::BTreeMap::new();
    go(&one, &api, &RoundOutcome::default());
    go(&one, &api, &RoundOutcome::default());
    let there = api.findings.borrow()[&branch(1)].clone();
    assert_eq!(*there.entries.unread(), set([finding_in("cost", NOON + 1, device(2))]));
    assert_eq!(there.entries().len(), 1);
    assert_eq!(unread_of(&one).words.len(), 2, "the upper level's stays as it was said");
    assert_eq!(run(one.findings(&branch(1))).unwrap().0.unsent(), []);
}

#[test]
fn a_backup_that_left_the_phone_counts_for_what_cannot_be_read_too() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let mut carried = backup_of(&tab);
    let word = finding_in("cost", NOON, device(1));
    carried.findings.entries =
        Open::default().with_unread([later(&word), later(&json!({ "field": "cost" }))]);
    run(tab.restore(&carried, NOON)).unwrap();
    let only_here = || lost(&tab, 1).findings;
    assert_eq!(
        (only_here(), unread_of(&tab).words),
        (1, said([word])),
        "what says nothing of itself is left out"
    );
    assert!(run(tab.unbind(&branch(1), &phone())).is_err());
    run(tab.mark_carried(&carried, Became::SentAway)).unwrap();
    assert_eq!(only_here(), 0);
    assert_eq!(run(tab.unbind(&branch(1), &phone())), Ok(()));
}

#[test]
fn a_checklist_with_a_rule_of_next_year_leaves_the_phone_on_its_version_and_nothing_else_is_lost() {
    for changed in [
        ("rule", json!({ "points_table": { "rows": [] } })),
        ("window", json!("fortnight")),
        ("from_ledger", json!({ "photos": {} })),
    ] {
        let api = FakeEndpoint::with(&[(1, 1)]);
        let memory = Memory::default();
        let tab = bound(&memory, 1);
        go(&tab, &api, &RoundOutcome::default());
        let before = run(tab.standard()).unwrap();
        let mut list = serde_json::to_value(newer_checklist()).unwrap();
        list["aspects"][0]["items"][0]["parts"][0][changed.0] = changed.1;
        api.publish(list.to_string());
        api.findings.borrow_mut().entry(branch(1)).or_default().write(finding_word(1, "缺签到表", NOON, 2));
        let outcome = go(&tab, &api, &RoundOutcome::default());
        assert!(outcome.needs_update && outcome.changed);
        assert_eq!((outcome.failures, outcome.left.len()), (0, 1));
        assert_eq!(run(tab.standard()).unwrap(), before);
        assert_eq!(run(tab.findings(&branch(1))).unwrap().0.all().all().len(), 1);
        // Not fetched again and again over a poor network, but said in every round.
        let again = go(&tab, &api, &outcome);
        assert!(again.needs_update && again.left == outcome.left);
        assert_eq!(api.heard("GET /api/v1/checklists/"), 2);
        // A corrected edition that can be read is taken.
        api.publish(serde_json::to_string(&newer_checklist()).unwrap());
        let outcome = go(&tab, &api, &again);
        assert!(!outcome.needs_update);
        assert_ne!(run(tab.standard()).unwrap(), before);
    }
}

#[test]
fn what_could_not_be_read_is_read_by_the_app_that_knows_it() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    // As an app that did not know them would have left them here.
    let entry = note("yes", "在铁柜二层", NOON, 2);
    let version = record(1, meeting(DAY), DAY, 0);
    let kept = |record| KeptRecord { record, shared: false };
    let mut batch = Batch::default();
    let (a, b) =
        (later(&serde_json::to_value(&entry).unwrap()), later(&serde_json::to_value(&version).unwrap()));
    batch.put(Table::Entries, &unread_key(&draft_key(&draft(1).key()), &a), &entry).unwrap();
    batch.put(Table::Ledger, &unread_key(branch(1).as_str(), &b), &kept(version.clone())).unwrap();
    run(super::Backend::commit(&memory, batch)).unwrap();
    assert_eq!(stored(&tab, 1), [entry]);
    let book = || run(tab.ledger(&branch(1))).unwrap();
    assert_eq!((book().records, book().unread), (vec![kept(version.clone())], vec![]));
    assert_eq!((lost(&tab, 1).answers, lost(&tab, 1).ledger), (0, 1), "it has no draft to count it with");
    run(tab.mark_carried(&backup_of(&tab), Became::SentAway)).unwrap();
    assert_eq!(lost(&tab, 1).ledger, 0, "wherever it lies");
    assert_eq!(
        run(super::Backend::get(&memory, Table::Ledger, &ledger_key(branch(1).as_str(), &version))).unwrap(),
        None
    );
}

/// An app from before lists were open stored nothing of an answer that it could not read. Of a report of a later kind it has what
/// the list said, and no bytes; everything else is as it was. It works again after its update.
#[test]
fn what_an_app_from_before_left_behind_is_completed() {
    let api = endpoint_of_next_year();
    let (sent, body) = newer_report(1);
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let begun: Draft = draft(1);
    let own = note("facts", "在铁柜二层", NOON, 1);
    let frozen = json!({
        "id": sent.id, "branch": "branch-1", "period": sent.period, "device": sent.device, "parents": [], "made_at": NOON,
        "body": null, "withdrawn": false, "reviews": [], "backed_up": false,
        "receipt": {
            "submission": sent.id, "code": "1234-5678", "sha256": ContentHash::of(body.as_bytes()), "received_at": NOON,
            "score": 10_000, "engine": 1, "late": false,
        },
    });
    let mut batch = Batch::default();
    batch.put(Table::Submissions, &submission_key(&branch(1), sent.id), &frozen).unwrap();
    batch.put(Table::Drafts, &draft_key(&begun.key()), &begun).unwrap();
    batch.put(Table::Entries, &super::repository::entry_key(&begun.key(), &own), &own).unwrap();
    batch.put_text(Table::Checklists, begun.checklist.as_str(), &checklist_body());
    run(super::Backend::commit(&memory, batch)).unwrap();
    assert_eq!(go(&tab, &api, &RoundOutcome::default()).failures, 0);
    let known = run(tab.submission(&branch(1), sent.id)).unwrap().unwrap();
    assert_eq!((known.body.as_deref(), known.reviews.unread().count()), (Some(&*body), 1));
    let entries = stored(&tab, 1);
    assert!(entries.contains(&own) && entries.len() == sent.answers.len());
    assert_eq!(unread_of(&tab).answers.len(), 2);
}
