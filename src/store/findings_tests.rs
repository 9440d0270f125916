//! What was written on findings stays, counts as here alone until somebody else has it, and merges whatever comes.

use super::{
    Backend as _, Batch, Count, Memory, Repository, StoreError, Table,
    backup::{Backup, KIND},
    findings::{StoredFindings, own_key},
    records::{KeptFinding, RefusedFindings},
    testing::{binding, carry_away, draft, lost, phone, report, repository, run},
};
use crate::{
    domain::{
        FindingEntry, FindingField, FindingId, FindingState, FindingValue, Findings, Progress, Ruling, Stamp,
        Verdict, finding::endpoint_device,
    },
    protocol::{BranchFindings, ProblemKind},
    sync::{
        HeardFindings, Rejection, RoundOutcome, Store as _, round,
        testing::{FakeEndpoint, Line, NOON, branch, finding_word, token},
    },
};
use serde::{Deserialize, Serialize};

fn bound(memory: &Memory, byte: u8) -> Repository<Memory> {
    let tab = repository(memory);
    run(tab.bind(&super::Binding { token: token(byte), ..binding(1) }, &phone())).unwrap();
    tab
}

fn write(tab: &Repository<Memory>, entry: &FindingEntry) {
    run(tab.save_finding_words(&branch(1), std::slice::from_ref(entry))).unwrap();
}

fn kept(tab: &Repository<Memory>) -> StoredFindings {
    let (found, unreadable) = run(tab.findings(&branch(1))).unwrap();
    assert_eq!(unreadable, []);
    found
}

fn above(ms: u64) -> Stamp {
    Stamp { ms, count: 0, device: endpoint_device() }
}

fn from_above(text: &str, ms: u64) -> FindingEntry {
    FindingEntry { stamp: above(ms), ..finding_word(9, text, ms, 1) }
}

fn closed(ms: u64) -> Verdict {
    let finding = finding_word(9, "", 0, 1).finding;
    Verdict { finding, stamp: above(ms), given_at: ms, by: "镇党委".into(), ruling: Ruling::Closed }
}

fn heard(entries: &[FindingEntry], verdicts: &[Verdict]) -> HeardFindings {
    let all = Findings::new(entries.iter().cloned(), verdicts.iter().cloned()).into();
    HeardFindings { etag: Some("\"e\"".into()), all }
}

fn backup(findings: BranchFindings) -> Backup {
    Backup {
        kind: KIND.into(),
        format: 1,
        branch: branch(1),
        branch_name: "十里村党支部".into(),
        made_at: NOON,
        drafts: Vec::new(),
        submissions: Vec::new(),
        photos: Vec::new().into(),
        ledger: Vec::new().into(),
        heard_of: Vec::new(),
        requests: Vec::new(),
        papers: Vec::new(),
        unfinished: Vec::new(),
        findings,
    }
}

/// Regenerate the golden files only before the first release; afterwards fields are only added, optional ones.
#[test]
fn the_records_the_keys_and_the_backup_are_frozen() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Records {
        kept: KeptFinding,
        heard: HeardFindings,
        refused: RefusedFindings,
        backup: Backup,
    }
    let word = finding_word(1, "缺签到表", NOON, 1);
    let heard = heard(&[word.clone(), from_above("门牌脱落", NOON + 1)], &[closed(NOON + 2)]);
    let refused = RefusedFindings {
        kind: ProblemKind::Refused,
        detail: "see the faults".into(),
        faults: vec!["one".into()],
    };
    let records = Records {
        kept: KeptFinding { entry: word.clone(), backed_up: true },
        backup: backup(heard.all.clone()),
        heard,
        refused,
    };
    let golden = include_str!("golden/findings-1.json");
    assert_eq!(serde_json::to_string_pretty(&records).unwrap(), golden.trim_end());
    assert_eq!(serde_json::from_str::<Records>(golden).unwrap(), records);
    let key = own_key(branch(1).as_str(), &word).unwrap();
    assert_eq!(key, "branch-1/own/de2fe75fc502af80aecae1edccb8ca968c4c9eb47e36244fed4584059a0e65f0");
    let old: KeptFinding =
        serde_json::from_str(&format!("{{\"entry\":{}}}", serde_json::to_string(&word).unwrap())).unwrap();
    assert_eq!(old, KeptFinding { entry: word, backed_up: false });
}

#[test]
fn a_word_is_here_alone_until_the_endpoint_or_a_backup_has_it() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let (one, two) = (finding_word(1, "甲", 10, 1), finding_word(2, "乙", 20, 1));
    write(&tab, &one);
    write(&tab, &two);
    write(&tab, &finding_word(2, "乙二", 21, 1));
    let alone = || lost(&tab, 1).findings;
    assert_eq!((alone(), kept(&tab).unsent().len()), (2, 3), "findings, not words");
    let refused = Err(StoreError::OnlyHere(Count { findings: 2, ..Count::default() }));
    assert_eq!(run(tab.unbind(&branch(1), &phone())), refused);
    run(tab.save_findings(&branch(1), &heard(std::slice::from_ref(&one), &[]))).unwrap();
    assert_eq!((alone(), kept(&tab).unsent().len()), (1, 2));
    carry_away(&tab, 1);
    assert_eq!((alone(), kept(&tab).unsent().len()), (0, 2), "a backup is no delivery");
    run(tab.unbind(&branch(1), &phone())).unwrap();
    assert_eq!(kept(&tab), StoredFindings::default());
}

#[test]
fn what_was_taken_back_before_anybody_heard_of_it_is_no_loss() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let problem = finding_word(1, "甲", 10, 1);
    write(&tab, &problem);
    assert_eq!(lost(&tab, 1).findings, 1);
    let field = FindingField::Progress;
    let value = FindingValue::Progress { progress: Progress::Withdrawn, after: None };
    write(&tab, &FindingEntry { field, value, ..finding_word(1, "", 20, 1) });
    assert_eq!((lost(&tab, 1).findings, kept(&tab).to_report()), (0, vec![]));
    run(tab.unbind(&branch(1), &phone())).unwrap();
    // Of one that the endpoint knows, the taking back has to reach it.
    let tab = bound(&memory, 1);
    run(tab.save_findings(&branch(1), &heard(std::slice::from_ref(&problem), &[]))).unwrap();
    let field = FindingField::Progress;
    let value = FindingValue::Progress { progress: Progress::Withdrawn, after: None };
    write(&tab, &FindingEntry { field, value, ..finding_word(1, "", 20, 1) });
    assert_eq!(lost(&tab, 1).findings, 1);
}

#[test]
fn an_endpoint_that_forgot_gets_again_what_it_lost_and_no_word_is_lost_here() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let (mine, theirs) = (finding_word(1, "甲", 10, 1), finding_word(2, "另一部手机写的", 20, 2));
    write(&tab, &mine);
    let all = [mine.clone(), theirs.clone(), from_above("门牌脱落", 30)];
    run(tab.save_findings(&branch(1), &heard(&all, &[closed(40)]))).unwrap();
    assert_eq!(kept(&tab).unsent(), []);
    let before = kept(&tab).all();
    // Restored from a backup of the day before.
    run(tab.save_findings(&branch(1), &heard(&[], &[]))).unwrap();
    assert_eq!(kept(&tab).all(), before);
    let unsent = kept(&tab).unsent();
    assert!(unsent.len() == 2 && unsent.contains(&mine) && unsent.contains(&theirs));
    assert_eq!(run(tab.local()).unwrap().findings[&branch(1)].unsent.len(), 2);
}

#[test]
fn a_refusal_stands_until_everything_has_arrived_and_a_spoilt_record_hides_nothing() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let word = finding_word(1, "甲", 10, 1);
    write(&tab, &word);
    let rejection = Rejection { kind: ProblemKind::Refused, detail: "x".into(), faults: Vec::new() };
    run(tab.record_findings_refused(&branch(1), &rejection)).unwrap();
    run(tab.save_findings(&branch(1), &heard(&[from_above("门牌脱落", 30)], &[]))).unwrap();
    assert!(kept(&tab).refused.is_some());
    run(tab.save_findings(&branch(1), &heard(std::slice::from_ref(&word), &[]))).unwrap();
    assert_eq!(kept(&tab).refused, None);
    let mut batch = Batch::default();
    batch.put_text(Table::Findings, &own_key(branch(1).as_str(), &word).unwrap(), "{");
    batch.put_text(Table::Findings, "branch-1/heard", "{");
    run(memory.commit(batch)).unwrap();
    let (found, unreadable) = run(tab.findings(&branch(1))).unwrap();
    let only_known = StoredFindings { ever_known: found.ever_known.clone(), ..StoredFindings::default() };
    assert_eq!((found, unreadable.len()), (only_known, 1));
    assert_eq!(run(tab.local()).unwrap().findings[&branch(1)].etag, None, "all of it is asked for again");
    write(&tab, &word);
    assert_eq!(kept(&tab).unsent(), [word]);
}

#[test]
fn a_backup_brings_both_sides_words_once_and_what_cannot_be_is_left_out() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let (mine, theirs) = (finding_word(1, "甲", 10, 1), finding_word(2, "乙", 20, 2));
    write(&tab, &mine);
    let spoilt = finding_word(3, "\u{7}", 30, 2);
    let entries = vec![mine.clone(), theirs.clone(), spoilt, from_above("门牌脱落", 30)];
    let carried = backup(BranchFindings { entries: entries.into(), verdicts: vec![closed(40)].into() });
    assert_eq!(run(tab.restore(&carried, 0)), Ok(2));
    assert_eq!(run(tab.restore(&carried, 0)), Ok(0), "the same again");
    let found = kept(&tab);
    let mut unsent = found.unsent();
    unsent.sort();
    assert_eq!(unsent, [mine, theirs], "nothing is sent in the upper level's name");
    let read = found.all().find(closed(0).finding).unwrap();
    assert_eq!((read.problem.as_str(), read.state), ("门牌脱落", FindingState::Closed));
}

#[test]
fn a_backup_forges_no_verdict() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let word = from_above("门牌脱落", 30);
    run(tab.save_findings(&branch(1), &heard(std::slice::from_ref(&word), &[]))).unwrap();
    let huge = Verdict { stamp: above(u64::MAX), ..closed(50) };
    let phones = Verdict { stamp: finding_word(9, "", 50, 1).stamp, ..closed(50) };
    let worded = Verdict { by: "\u{7}".into(), ..closed(50) };
    let verdicts = vec![huge, phones, worded, closed(40)];
    let entries = vec![from_above("没有问题", u64::MAX)];
    assert_eq!(
        run(tab.restore(&backup(BranchFindings { entries: entries.into(), verdicts: verdicts.into() }), 0)),
        Ok(1)
    );
    let all = || kept(&tab).all();
    assert_eq!(all().latest(), Some(above(40)), "the clock is not pushed");
    assert_eq!(all().verdicts(), [closed(40)]);
    assert_eq!(run(tab.local()).unwrap().findings[&branch(1)].etag, None, "the endpoint is asked");
    // It may have been restored from before the verdict: it has said nothing since.
    run(tab.save_findings(&branch(1), &heard(std::slice::from_ref(&word), &[]))).unwrap();
    assert_eq!(all().verdicts().len(), 1);
    // It has, and does not know of it.
    let later = from_above("门牌脱落了", 60);
    run(tab.save_findings(&branch(1), &heard(&[word, later], &[]))).unwrap();
    assert!(all().verdicts().is_empty());
    assert_eq!(kept(&tab).carried, BranchFindings::default());
}

#[test]
fn what_the_endpoint_itself_said_stays_whatever_it_says_later() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    run(tab.restore(
        &backup(BranchFindings { entries: Vec::new().into(), verdicts: vec![closed(40)].into() }),
        0,
    ))
    .unwrap();
    run(tab.save_findings(&branch(1), &heard(&[from_above("门牌脱落", 30)], &[closed(40)]))).unwrap();
    assert_eq!(kept(&tab).carried, BranchFindings::default(), "confirmed");
    // Restored from an old backup, it speaks again.
    run(tab.save_findings(&branch(1), &heard(&[from_above("门牌脱落了", 60)], &[]))).unwrap();
    assert_eq!(kept(&tab).all().verdicts().len(), 1);
}

fn send(tab: &Repository<Memory>, api: &FakeEndpoint) -> bool {
    run(round(tab, api, || NOON, || 0, &RoundOutcome::default())).unwrap().changed
}

#[test]
fn two_phones_write_on_one_finding_offline_and_end_with_the_same_history() {
    let api = FakeEndpoint::with(&[(1, 1), (2, 1)]);
    let (first, second) = (Memory::default(), Memory::default());
    let (one, two) = (bound(&first, 1), bound(&second, 2));
    write(&one, &finding_word(1, "缺签到表", 10, 1));
    let (_, local, request) = report(1, 1, 1);
    run(one.submit(&draft(1), &[], &local, &request, &[])).unwrap();
    send(&one, &api);
    send(&two, &api);
    write(&one, &finding_word(1, "缺两次签到表", 20, 1));
    write(&two, &finding_word(1, "缺三次签到表", 21, 2));
    api.next("PUT", Line::AnswerLost);
    send(&one, &api);
    for tab in [&two, &one, &two] {
        send(tab, &api);
    }
    assert_eq!(kept(&one).all(), kept(&two).all());
    let id: FindingId = finding_word(1, "", 0, 1).finding;
    let read = kept(&one).all().find(id).unwrap();
    assert_eq!(read.problem, "缺三次签到表");
    assert_eq!(kept(&one).all().entries().len(), 3, "every word stays");
    assert!(!send(&one, &api) && !send(&two, &api), "nothing more to say");
    assert_eq!(lost(&one, 1).findings, 0);
}

/// Written before texts were filtered: the endpoint of today takes it, and has it, only without what cannot be seen.
#[test]
fn a_word_with_what_cannot_be_seen_is_sent_without_and_counts_as_arrived() {
    let memory = Memory::default();
    let tab = bound(&memory, 1);
    let typed = finding_word(9, "缺\u{200b}签到表", 1, 1);
    let sent = finding_word(9, "缺签到表", 1, 1);
    write(&tab, &typed);
    assert_eq!(*kept(&tab).unsent(), *std::slice::from_ref(&sent));
    run(tab.save_findings(&branch(1), &heard(std::slice::from_ref(&sent), &[]))).unwrap();
    assert_eq!(kept(&tab).unsent(), []);
    // An endpoint of before had taken it as it was.
    run(tab.save_findings(&branch(1), &heard(&[typed], &[]))).unwrap();
    assert_eq!(kept(&tab).unsent(), []);
    assert_eq!(lost(&tab, 1).findings, 0);
}
