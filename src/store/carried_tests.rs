//! Nothing of a branch is forgotten: every table is carried, counted and taken along, or it is said why not.

use super::{
    Backend as _, Batch, Count, Memory, PaperTrail, Repository, StoreError, Table, Whereabouts,
    backup::{self, Backup, SavedPaper},
    carried::{Became, Fate, fate, of_setting},
    records::PendingActivation,
    testing::{
        answer, assessment, attach, binding, carry_away, draft, edit, everything, lost, note, phone, photo,
        report, repository, run, stored,
    },
    unfinished::{Kept, Unfinished},
};
use crate::{
    domain::{
        ContentHash,
        ledger::testing::{meeting, record},
    },
    protocol::ActivationCode,
    sync::{
        Delivery, KnownTime, OutboxRequest, RoundOutcome, Store as _, round,
        testing::{
            FakeEndpoint, Line, NOON, branch, checklist_body, finding_word, outbox_id, row, submission_id,
        },
    },
};
use jiff::civil::date;
use std::collections::BTreeSet;

/// A phone with something of every kind of record that there is, nothing of it delivered.
fn with_everything(memory: &Memory) -> Repository<Memory> {
    let tab = repository(memory);
    run(tab.phone(phone().device)).unwrap();
    let pending = PendingActivation { code: ActivationCode::from_random([7; 8]), token: binding(1).token };
    run(tab.save_pending_activation(&pending)).unwrap();
    run(tab.bind(&binding(1), &phone())).unwrap();
    run(tab.save_pending_activation(&pending)).unwrap();
    let hash = ContentHash::of(checklist_body().as_bytes());
    run(Repository::save_checklist(&tab, &hash, &checklist_body())).unwrap();
    run(tab.save_clock(KnownTime::default())).unwrap();
    let endpoint = FakeEndpoint::with(&[]);
    let published = endpoint.published.take().unwrap();
    run(tab.save_standard(&crate::sync::StandardCopy { etag: None, published })).unwrap();
    let mut batch = Batch::default();
    batch.put_text(Table::Documents, "document", "{}");
    run(memory.commit(batch)).unwrap();

    run(tab.save_edits(&draft(1), &[edit(note("yes", "铁柜", NOON, 1))])).unwrap();
    run(tab.save_photo(&answer(attach("yes", b"one", true, NOON + 1)), &photo(1, b"one"))).unwrap();
    let day = date(2026, 11, 20);
    run(tab.save_ledger(&branch(1), &[record(1, meeting(day), day, 0)])).unwrap();
    run(tab.save_finding_words(&branch(1), &[finding_word(1, "缺签到表", NOON, 1)])).unwrap();
    let (_, local, request) = report(1, 1, 1);
    run(tab.submit(&draft(1), &stored(&tab, 1), &local, &request, &[])).unwrap();
    run(tab.save_outbox(&row(3, 1, OutboxRequest::Withdraw { submission: submission_id(1) }))).unwrap();
    run(tab.change_paper_trail(&draft(1).key(), |trail| {
        *trail = PaperTrail {
            signed: true,
            stamped: false,
            copies: 2,
            report: Some("改过的".into()),
            other: None,
        };
    }))
    .unwrap();
    let typed = Unfinished { text: "研究低保".into(), at: NOON };
    run(tab.keep_unfinished(&[("branch-1/-/ledger/new#topic".to_owned(), Kept::Put(typed))])).unwrap();
    tab
}

fn keys(memory: &Memory, table: Table) -> BTreeSet<String> {
    run(memory.keys(table)).unwrap().into_iter().collect()
}

#[test]
fn every_table_is_in_the_backup_or_named_with_the_reason_why_not() {
    let (old, new) = (Memory::default(), Memory::default());
    let tab = with_everything(&old);
    let made = run(tab.backup(&branch(1), NOON)).unwrap().unwrap();
    let text = serde_json::to_string(&made).unwrap();
    assert!(!text.contains(binding(1).token.secret()));
    let fresh = repository(&new);
    run(fresh.bind(&binding(1), &phone())).unwrap();
    let read = backup::parse(&text, &[branch(1)]).unwrap();
    assert_eq!(read, made);
    run(fresh.restore(&read, NOON)).unwrap();
    for table in Table::ALL {
        let before = keys(&old, table);
        assert!(!before.is_empty(), "{table:?}: nothing of this kind is tried here");
        match fate(table) {
            // A setting each.
            Fate::Carried if table == Table::Settings => {
                for key in before {
                    let fate = of_setting(&key)
                        .unwrap_or_else(|| panic!("{key}: nobody has said whether it is carried"));
                    let is_there = keys(&new, table).contains(&key);
                    assert!(fate != Fate::Carried || is_there, "{key}");
                }
            }
            // A report's row is made anew from the report.
            Fate::Carried if table == Table::Outbox => assert_eq!(keys(&new, table).len(), before.len()),
            Fate::Carried => assert_eq!(keys(&new, table), before, "{table:?}"),
            Fate::Left(why) => {
                assert!(!why.is_empty());
                assert!(table == Table::Bindings || keys(&new, table).is_empty(), "{table:?}");
            }
        }
    }
    // Under which version an answer was given is said of each from now on.
    let said = |tab: &Repository<Memory>| {
        stored(tab, 1).into_iter().map(|entry| (entry.key, entry.stamp, entry.value)).collect::<Vec<_>>()
    };
    assert_eq!(said(&fresh), said(&tab));
    assert_eq!(run(fresh.paper_trail(&draft(1).key())), run(tab.paper_trail(&draft(1).key())));
    // Once more changes nothing.
    let before = everything(&new);
    assert_eq!(run(fresh.restore(&read, NOON)), Ok(0));
    assert_eq!(everything(&new), before);
}

/// Of each kind alone: what is carried is counted, and keeps the phone bound.
#[test]
fn each_kind_of_record_by_itself_is_counted_and_keeps_the_phone_bound() {
    let day = date(2026, 11, 20);
    type Fill = Box<dyn Fn(&Repository<Memory>)>;
    let cases: [(&str, Count, Fill); 8] = [
        (
            "what is typed and not entered",
            Count { unfinished: 1, ..Count::default() },
            Box::new(|tab| {
                // A form is one, with all of its fields.
                let typed = Kept::Put(Unfinished { text: "研究低保".into(), at: NOON });
                let fields = ["topic", "place"].map(|field| format!("branch-1/-/ledger/new#{field}"));
                run(tab.keep_unfinished(&fields.map(|key| (key, typed.clone())))).unwrap();
            }),
        ),
        (
            "an answer",
            Count { answers: 1, ..Count::default() },
            Box::new(|tab| {
                run(tab.save_edits(&draft(1), &[edit(note("yes", "铁柜", NOON, 1))])).unwrap();
            }),
        ),
        (
            "an entry of the ledger",
            Count { ledger: 1, ..Count::default() },
            Box::new(move |tab| {
                run(tab.save_ledger(&branch(1), &[record(1, meeting(day), day, 0)])).unwrap();
            }),
        ),
        (
            "a finding",
            Count { findings: 1, ..Count::default() },
            Box::new(|tab| {
                run(tab.save_finding_words(&branch(1), &[finding_word(1, "缺", NOON, 1)])).unwrap();
            }),
        ),
        (
            "a report",
            Count { requests: 1, ..Count::default() },
            Box::new(|tab| {
                let (_, local, request) = report(1, 1, 1);
                run(tab.submit(&draft(1), &[], &local, &request, &[])).unwrap();
            }),
        ),
        (
            "a withdrawal",
            Count { requests: 1, ..Count::default() },
            Box::new(|tab| {
                let withdrawal = row(3, 1, OutboxRequest::Withdraw { submission: submission_id(1) });
                run(tab.save_outbox(&withdrawal)).unwrap();
            }),
        ),
        (
            "a tick on paper",
            Count { papers: 1, ..Count::default() },
            Box::new(|tab| {
                run(tab.change_paper_trail(&draft(1).key(), |trail| trail.stamped = true)).unwrap();
            }),
        ),
        (
            "the edited report",
            Count { papers: 1, ..Count::default() },
            Box::new(|tab| {
                run(tab.change_paper_trail(&draft(1).key(), |trail| trail.report = Some("改过".into())))
                    .unwrap();
            }),
        ),
    ];
    for (name, count, fill) in cases {
        let memory = Memory::default();
        let tab = repository(&memory);
        run(tab.bind(&binding(1), &phone())).unwrap();
        fill(&tab);
        let whereabouts = || run(tab.whereabouts(&branch(1))).unwrap();
        let unbind = || run(tab.unbind(&branch(1), &phone()));
        assert_eq!(whereabouts(), Whereabouts { only_here: count, ..Whereabouts::default() }, "{name}");
        assert_eq!(unbind(), Err(StoreError::OnlyHere(count)), "{name}");
        // A file on this phone goes with this phone.
        let made = run(tab.backup(&branch(1), NOON)).unwrap().unwrap();
        assert_eq!(whereabouts().only_here, count, "{name}: made is not saved");
        run(tab.mark_carried(&made, Became::File)).unwrap();
        assert_eq!(whereabouts(), Whereabouts { in_file: count, ..Whereabouts::default() }, "{name}");
        assert_eq!(unbind(), Err(StoreError::OnlyHere(count)), "{name}");
        run(tab.mark_sent_away(&branch(1))).unwrap();
        assert_eq!(whereabouts(), Whereabouts { sent_away: count, ..Whereabouts::default() }, "{name}");
        unbind().unwrap();
        let left = everything(&memory).into_iter().flatten().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(left, ["phone"], "{name}");
    }
}

#[test]
fn a_photo_is_in_no_backup_and_keeps_the_phone_bound() {
    let memory = Memory::default();
    let tab = with_everything(&memory);
    carry_away(&tab, 1);
    let photos = Count { photos: 1, ..Count::default() };
    assert_eq!(lost(&tab, 1), photos);
    assert_eq!(run(tab.unbind(&branch(1), &phone())), Err(StoreError::OnlyHere(photos)));
}

#[test]
fn what_was_queued_without_a_network_is_here_alone_until_it_is_delivered() {
    let memory = Memory::default();
    let tab = repository(&memory);
    run(tab.bind(&binding(1), &phone())).unwrap();
    let api = FakeEndpoint::with(&[(1, 1)]);
    for (place, item) in ["yes", "facts", "counted"].into_iter().enumerate() {
        run(tab.save_edits(&draft(1), &[edit(note(item, "铁柜", NOON + place as u64, 1))])).unwrap();
    }
    let (mut sent, _, mut request) = report(1, 1, 1);
    sent.answers = assessment(&tab, 1).winners().into();
    let body = serde_json::to_string(&sent).unwrap();
    request.request = OutboxRequest::submit(sent.id, body.clone());
    let local = super::LocalSubmission::made_here(&sent, body);
    run(tab.submit(&draft(1), &stored(&tab, 1), &local, &request, &[])).unwrap();
    let all = Count { answers: 3, requests: 1, ..Count::default() };
    assert_eq!(lost(&tab, 1), all);
    api.next("PUT", Line::Cut);
    run(round(&tab, &api, || NOON, || 0, &RoundOutcome::default())).unwrap();
    assert_eq!(lost(&tab, 1), all, "still not there");
    run(round(&tab, &api, || NOON, || 0, &RoundOutcome::default())).unwrap();
    assert_eq!(
        run(tab.whereabouts(&branch(1))),
        Ok(Whereabouts { delivered: all, ..Whereabouts::default() })
    );
    // Changed since: the newest value counts.
    run(tab.save_edits(&draft(1), &[edit(note("facts", "木柜", NOON + 2_000_000, 1))])).unwrap();
    assert_eq!(lost(&tab, 1), Count { answers: 1, ..Count::default() });
    // An endpoint that was restored from before it has it no more, whatever the receipt says.
    run(tab.save_summaries(&branch(1), &[])).unwrap();
    assert_eq!(lost(&tab, 1).answers, 3);
}

#[test]
fn what_changed_since_the_file_was_made_is_here_alone_again() {
    let memory = Memory::default();
    let tab = repository(&memory);
    run(tab.bind(&binding(1), &phone())).unwrap();
    run(tab.save_edits(&draft(1), &[edit(note("yes", "铁柜", NOON, 1))])).unwrap();
    run(tab.change_paper_trail(&draft(1).key(), |trail| trail.report = Some("一稿".into()))).unwrap();
    carry_away(&tab, 1);
    assert!(lost(&tab, 1).is_nothing());
    let again = assessment(&tab, 1).edit(note("yes", "木柜", NOON + 1, 1));
    run(tab.save_edits(&draft(1), &[again])).unwrap();
    run(tab.change_paper_trail(&draft(1).key(), |trail| trail.report = Some("二稿".into()))).unwrap();
    assert_eq!(lost(&tab, 1), Count { answers: 1, papers: 1, ..Count::default() });
    assert_eq!(stored(&tab, 1).len(), 2, "what is in a file is not replaced");
    // A new file that she has not sent away takes nothing from the one that she has.
    let newer = run(tab.backup(&branch(1), NOON)).unwrap().unwrap();
    run(tab.mark_carried(&newer, Became::File)).unwrap();
    let both = run(tab.whereabouts(&branch(1))).unwrap();
    assert_eq!((both.only_here, both.in_file.answers, both.in_file.papers), (Count::default(), 1, 1));
}

/// Of a phone that is updated: what its marks say counts for nothing.
#[test]
fn marks_of_earlier_versions_are_not_believed() {
    let memory = Memory::default();
    let tab = repository(&memory);
    run(tab.bind(&binding(1), &phone())).unwrap();
    let day = date(2026, 11, 20);
    let kept = super::KeptRecord { record: record(1, meeting(day), day, 0), shared: true };
    let word = super::KeptFinding { entry: finding_word(1, "缺", NOON, 1), backed_up: true };
    let answer = note("yes", "铁柜", NOON, 1);
    let mut batch = Batch::default();
    batch.put(Table::Ledger, &super::ledger::ledger_key(branch(1).as_str(), &kept.record), &kept).unwrap();
    batch
        .put(Table::Findings, &super::findings::own_key(branch(1).as_str(), &word.entry).unwrap(), &word)
        .unwrap();
    let marked = super::Draft { shared_until: Some(answer.stamp), ..draft(1) };
    batch.put(Table::Drafts, "branch-1/2026-H2", &marked).unwrap();
    batch.put(Table::Entries, &super::repository::entry_key(&draft(1).key(), &answer), &answer).unwrap();
    run(memory.commit(batch)).unwrap();
    let all = Count { answers: 1, ledger: 1, findings: 1, ..Count::default() };
    assert_eq!(lost(&tab, 1), all);
}

fn heard(api: &FakeEndpoint) -> BTreeSet<String> {
    let findings = api.findings.borrow();
    let words = findings.values().flat_map(|all| all.entries().to_vec());
    words.map(|word| format!("{:?}", word.value)).collect()
}

fn sends(tab: &Repository<Memory>, api: &FakeEndpoint) {
    run(round(tab, api, || NOON, || 0, &RoundOutcome::default())).unwrap();
}

fn reports(tab: &Repository<Memory>, number: u8) {
    let (_, local, request) = report(number, 1, 1);
    run(tab.submit(&draft(1), &[], &local, &request, &[])).unwrap();
}

fn writes(tab: &Repository<Memory>, finding: u8, text: &str, ms: u64) {
    run(tab.save_finding_words(&branch(1), &[finding_word(finding, text, NOON + ms, 1)])).unwrap();
}

#[test]
fn a_problem_of_the_branchs_own_goes_up_with_its_next_report_and_then_by_itself() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let memory = Memory::default();
    let tab = repository(&memory);
    run(tab.bind(&binding(1), &phone())).unwrap();
    let count = |api: &FakeEndpoint| heard(api).len();
    writes(&tab, 1, "缺签到表", 1);
    writes(&tab, 2, "按错了", 2);
    sends(&tab, &api);
    assert_eq!((count(&api), api.heard("PUT")), (0, 0), "no network sends it");
    reports(&tab, 1);
    // Raised after the report was made: with the next one.
    writes(&tab, 3, "门牌脱落", 3);
    sends(&tab, &api);
    assert_eq!(count(&api), 2, "with the report, what was there then");
    writes(&tab, 1, "缺三次签到表", 4);
    sends(&tab, &api);
    assert_eq!(count(&api), 3, "what the endpoint knows goes by itself");
    // Another phone of the branch reports: that says nothing of what is written here.
    let second = repository(&Memory::default());
    let theirs = super::Binding { token: crate::sync::testing::token(2), ..binding(1) };
    run(second.bind(&theirs, &phone())).unwrap();
    let (_, local, request) = report(7, 1, 2);
    run(second.submit(&draft(1), &[], &local, &request, &[])).unwrap();
    sends(&second, &api);
    sends(&tab, &api);
    assert_eq!(count(&api), 3);
    reports(&tab, 2);
    sends(&tab, &api);
    assert_eq!(count(&api), 4);
}

#[test]
fn a_report_that_is_refused_or_taken_back_carries_nothing_up() {
    use crate::{protocol::ProblemKind, sync::testing::refusal};
    let api = FakeEndpoint::with(&[(1, 1)]);
    let tab = repository(&Memory::default());
    run(tab.bind(&binding(1), &phone())).unwrap();
    writes(&tab, 1, "缺签到表", 1);
    reports(&tab, 1);
    api.next("PUT", Line::Says(refusal(ProblemKind::Refused)));
    sends(&tab, &api);
    assert_eq!(heard(&api).len(), 0, "refused");
    reports(&tab, 2);
    run(tab.save_outbox(&row(3, 1, OutboxRequest::Withdraw { submission: submission_id(2) }))).unwrap();
    sends(&tab, &api);
    assert!(run(tab.submission(&branch(1), submission_id(2))).unwrap().unwrap().withdrawn);
    assert_eq!(heard(&api).len(), 0, "taken back before anybody saw it");
    reports(&tab, 4);
    sends(&tab, &api);
    assert_eq!(heard(&api).len(), 1);
    // Taken back after it went up: what went up stays, and goes on.
    run(tab.save_outbox(&row(5, 1, OutboxRequest::Withdraw { submission: submission_id(4) }))).unwrap();
    writes(&tab, 1, "缺两次", 9);
    sends(&tab, &api);
    assert_eq!(heard(&api).len(), 2);
}

#[test]
fn what_was_written_by_mistake_and_taken_back_never_goes_up() {
    use crate::domain::{FindingEntry, FindingField, FindingValue, Progress};
    let api = FakeEndpoint::with(&[(1, 1)]);
    let tab = repository(&Memory::default());
    run(tab.bind(&binding(1), &phone())).unwrap();
    writes(&tab, 1, "按错了", 1);
    let value = FindingValue::Progress { progress: Progress::Withdrawn, after: None };
    let word = FindingEntry { field: FindingField::Progress, value, ..finding_word(1, "", NOON + 2, 1) };
    run(tab.save_finding_words(&branch(1), &[word])).unwrap();
    reports(&tab, 1);
    sends(&tab, &api);
    assert_eq!(heard(&api).len(), 0);
}

#[test]
fn an_endpoint_restored_from_an_old_backup_gets_again_what_was_reported_and_no_more() {
    let api = FakeEndpoint::with(&[(1, 1)]);
    let tab = repository(&Memory::default());
    run(tab.bind(&binding(1), &phone())).unwrap();
    // Up before reports had to be waited for: today's app sends within seconds.
    let word = finding_word(1, "以前送过的", NOON, 1);
    run(tab.save_finding_words(&branch(1), std::slice::from_ref(&word))).unwrap();
    let all = crate::domain::Findings::new([word], []).into();
    run(tab.save_findings(&branch(1), &crate::sync::HeardFindings { etag: None, all })).unwrap();
    writes(&tab, 2, "还没上报的", 2);
    // The first round hears that it is lost, the next one sends it again.
    sends(&tab, &api);
    sends(&tab, &api);
    assert_eq!(heard(&api).len(), 1, "the endpoint had forgotten it");
    // And so does a new phone that has only the backup.
    let carried = carry_away(&tab, 1);
    let (restored, new) = (FakeEndpoint::with(&[(1, 1)]), repository(&Memory::default()));
    run(new.bind(&binding(1), &phone())).unwrap();
    run(new.restore(&carried, NOON)).unwrap();
    sends(&new, &restored);
    assert_eq!(heard(&restored), heard(&api));
}

#[test]
fn paper_of_a_backup_is_laid_beside_what_is_noted_here() {
    let tab = repository(&Memory::default());
    run(tab.bind(&binding(1), &phone())).unwrap();
    let trail = PaperTrail {
        signed: true,
        stamped: false,
        copies: 1,
        report: Some("那部手机的".into()),
        other: None,
    };
    let saved = |trail: PaperTrail| vec![SavedPaper { period: draft(1).period, trail }];
    let backup = Backup { papers: saved(trail), ..run(tab.backup(&branch(1), NOON)).unwrap().unwrap() };
    let mine = |trail: &mut PaperTrail| {
        (trail.stamped, trail.copies, trail.report) = (true, 3, Some("这部手机的".into()));
    };
    run(tab.change_paper_trail(&draft(1).key(), mine)).unwrap();
    assert_eq!((run(tab.restore(&backup, 0)), run(tab.restore(&backup, 0))), (Ok(1), Ok(0)));
    let both = PaperTrail {
        signed: true,
        stamped: true,
        copies: 3,
        report: Some("这部手机的".into()),
        other: Some("那部手机的".into()),
    };
    assert_eq!(run(tab.paper_trail(&draft(1).key())), Ok(both));
}

#[test]
fn a_withdrawal_of_a_backup_is_sent_once_and_not_against_what_is_known_by_now() {
    let old = repository(&Memory::default());
    run(old.bind(&binding(1), &phone())).unwrap();
    reports(&old, 1);
    run(old.save_outbox(&row(3, 1, OutboxRequest::Withdraw { submission: submission_id(1) }))).unwrap();
    let carried = carry_away(&old, 1);
    let (api, new) = (FakeEndpoint::with(&[(1, 1)]), repository(&Memory::default()));
    run(new.bind(&binding(1), &phone())).unwrap();
    run(new.restore(&carried, NOON)).unwrap();
    sends(&new, &api);
    assert!(run(new.submission(&branch(1), submission_id(1))).unwrap().unwrap().withdrawn);
    run(new.restore(&carried, NOON)).unwrap();
    assert_eq!(run(new.outbox()).unwrap().records, [], "it is over");
    run(new.record_delivery(outbox_id(3), &Delivery::Withdrawn(submission_id(1)))).unwrap();
}

#[test]
fn a_body_with_another_hash_than_the_receipts_is_not_delivered_and_not_taken_from_a_backup() {
    let tab = repository(&Memory::default());
    run(tab.bind(&binding(1), &phone())).unwrap();
    run(tab.save_edits(&draft(1), &[edit(note("yes", "铁柜", NOON, 1))])).unwrap();
    let (mut sent, ..) = report(1, 1, 1);
    sent.answers = assessment(&tab, 1).winners().into();
    let api = FakeEndpoint::with(&[(1, 1)]);
    api.store(sent.id, &serde_json::to_string(&report(1, 1, 1).0).unwrap());
    let summary = api.stored.borrow()[&sent.id].1.clone();
    run(tab.save_summaries(&branch(1), &[summary])).unwrap();
    let forged = super::LocalSubmission::made_here(&sent, serde_json::to_string(&sent).unwrap());
    let backup = Backup { submissions: vec![forged], ..run(tab.backup(&branch(1), NOON)).unwrap().unwrap() };
    run(tab.restore(&backup, NOON)).unwrap();
    assert_eq!(run(tab.submission(&branch(1), sent.id)).unwrap().unwrap().body, None);
    assert_eq!(lost(&tab, 1).answers, 1);
}

#[test]
fn what_became_of_backups_is_frozen() {
    let held =
        |names: [&str; 1]| super::carried::Held { made_at: NOON, names: names.map(String::from).into() };
    let carried = super::carried::Carried { file: Some(held(["a"])), away: Some(held(["b"])) };
    let text =
        r#"{"file":{"made_at":1795000000000,"names":["a"]},"away":{"made_at":1795000000000,"names":["b"]}}"#;
    assert_eq!(serde_json::to_string(&carried).unwrap(), text);
    assert_eq!(serde_json::from_str::<super::carried::Carried>(text).unwrap(), carried);
    assert_eq!(
        serde_json::from_str::<super::carried::Carried>("{}").unwrap(),
        super::carried::Carried::default()
    );
}
