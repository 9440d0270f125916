//! The plan as a table of named cases.

use super::{
    BindingState, Local, OutboxState, StandardCopy,
    backoff::LONGEST_ASKED_MS,
    plan::{Operation, Remote, findings, next_send_at, pulls, sends},
    testing::{
        FakeEndpoint, MemoryStore, NOON, branch, checklist_body, finding_word, info, outbox_id, submission,
        submission_id, submit, withdraw,
    },
};
use crate::{
    domain::{
        ContentHash, FindingEntry, FindingField, FindingValue,
        finding::{check::LATEST_STAMP_MS, endpoint_device},
    },
    protocol::{MAX_FINDINGS_PER_REQUEST, ProblemKind, SubmissionSummary},
};

fn phone() -> Local {
    MemoryStore::phone(0, &[1, 2]).local.take()
}

fn with(outbox: Vec<super::OutboxEntry>) -> Local {
    Local { outbox, ..phone() }
}

fn state(mut entry: super::OutboxEntry, state: OutboxState) -> super::OutboxEntry {
    entry.state = state;
    entry
}

#[test]
fn what_is_sent_and_in_which_order() {
    let until = |at| OutboxState::Queued { not_before: Some(at) };
    let rejected =
        || OutboxState::Rejected { kind: ProblemKind::Closed, detail: String::new(), faults: Vec::new() };
    let mut revoked = with(vec![submit(1, 1, 1), submit(2, 2, 1)]);
    revoked.bindings[0].state = BindingState::Revoked;
    let mut unbound = with(vec![submit(1, 1, 1)]);
    unbound.bindings.clear();
    let cases: [(&str, Local, &[u8], Option<u64>); 12] = [
        ("nothing", phone(), &[], None),
        ("oldest first", with(vec![submit(3, 1, 1), submit(2, 1, 1)]), &[2, 3], Some(NOON)),
        ("branch by branch", with(vec![submit(1, 2, 1), submit(2, 1, 1)]), &[2, 1], Some(NOON)),
        ("what a crash left", with(vec![state(submit(1, 1, 1), OutboxState::Sending)]), &[1], Some(NOON)),
        ("a wait", with(vec![state(submit(1, 1, 1), until(NOON + 9))]), &[], Some(NOON + 9)),
        ("a wait that is over", with(vec![state(submit(1, 1, 1), until(NOON))]), &[1], Some(NOON)),
        (
            "a wait by a clock set since",
            with(vec![state(submit(1, 1, 1), until(NOON + 2 * LONGEST_ASKED_MS))]),
            &[1],
            Some(NOON),
        ),
        (
            "a waiting row holds up no other",
            with(vec![state(submit(1, 1, 1), until(NOON + 9)), submit(2, 1, 1)]),
            &[2],
            Some(NOON),
        ),
        (
            "a withdrawal waits for its submission",
            with(vec![withdraw(1, 1, 2), state(submit(2, 1, 1), until(NOON + 9))]),
            &[],
            Some(NOON + 9),
        ),
        (
            "a withdrawal of what was delivered, and a refused row",
            with(vec![withdraw(3, 1, 2), state(submit(4, 1, 1), rejected())]),
            &[3],
            Some(NOON),
        ),
        ("a revoked branch pauses alone", revoked, &[2], Some(NOON)),
        ("an unbound branch", unbound, &[], None),
    ];
    for (name, local, expected, next) in cases {
        let expected: Vec<_> = expected.iter().map(|number| outbox_id(*number)).collect();
        assert_eq!(sends(&local, NOON), expected, "{name}");
        assert_eq!(next_send_at(&local, NOON), next, "{name}");
    }
}

#[test]
fn which_words_on_findings_are_sent() {
    let words = |count: u64| -> Vec<_> { (0..count).rev().map(|ms| finding_word(1, "缺", ms, 1)).collect() };
    let mut above = finding_word(2, "上级写的", 5, 1);
    above.stamp.device = endpoint_device();
    let absurd = finding_word(3, "钟坏了", LATEST_STAMP_MS + 1, 1);
    let mut revoked = MemoryStore::phone(0, &[1, 2]);
    revoked.local.get_mut().bindings[0].state = BindingState::Revoked;
    let most = MAX_FINDINGS_PER_REQUEST;
    let cases = [
        ("nothing", MemoryStore::phone(0, &[1, 2]), vec![], vec![]),
        ("a word", MemoryStore::phone(0, &[1, 2]), words(1), vec![1, 1]),
        ("many, in several requests", MemoryStore::phone(0, &[1]), words(most as u64 + 1), vec![most, 1]),
        (
            "not the upper level's, nor what is refused",
            MemoryStore::phone(0, &[1]),
            vec![above, absurd],
            vec![],
        ),
        ("a revoked branch pauses alone", revoked, words(2), vec![2]),
        ("an unbound branch", MemoryStore::phone(0, &[]), words(2), vec![]),
    ];
    for (name, store, written, expected) in cases {
        store.write_findings(1, &written);
        store.write_findings(2, &written);
        let requests = findings(&store.local.borrow());
        assert_eq!(requests.iter().map(|(_, some)| some.len()).collect::<Vec<_>>(), expected, "{name}");
        let stamps: Vec<_> = requests.iter().map(|(of, some)| (of, some[0].stamp)).collect();
        assert!(stamps.is_sorted(), "{name}: older ones first");
    }
}

#[test]
fn words_on_a_problem_of_the_branchs_own_wait_for_its_report() {
    let store = MemoryStore::phone(0, &[1]);
    store.write_unreported(1, &[finding_word(1, "缺签到表", 1, 1), finding_word(2, "门牌脱落", 2, 1)]);
    assert_eq!(findings(&store.local.borrow()), []);
    // Another word on one that the endpoint has heard of, and on nothing else.
    store.write_findings(1, &[finding_word(2, "门牌又脱落", 3, 1)]);
    let requests = findings(&store.local.borrow());
    let sent: Vec<_> = requests.iter().flat_map(|(_, some)| some).map(|entry| entry.finding).collect();
    assert_eq!(sent, [finding_word(2, "", 0, 1).finding; 2]);
}

fn summary(number: u8) -> SubmissionSummary {
    let endpoint = FakeEndpoint::with(&[]);
    endpoint.store(submission_id(number), &serde_json::to_string(&submission(number, 1, 1)).unwrap());
    endpoint.stored.take().into_values().next().unwrap().1
}

#[test]
fn what_is_stored_and_fetched() {
    let standard = StandardCopy {
        etag: Some("\"e\"".into()),
        published: FakeEndpoint::with(&[]).published.take().unwrap(),
    };
    let hash = ContentHash::of(checklist_body().as_bytes());
    let (older, newer) = (summary(1), summary(2));
    let pull = |summary: &SubmissionSummary| Operation::PullSubmission {
        branch: branch(1),
        submission: summary.receipt.submission,
        sha256: summary.receipt.sha256.clone(),
    };
    let listed =
        |list: Vec<SubmissionSummary>| Remote { summaries: [(branch(1), list)].into(), ..Remote::default() };
    let published = Remote { standard: Some(standard.clone()), ..Remote::default() };
    let with_checklist = Local { checklists: [hash.clone()].into(), ..phone() };
    let knows_standard = Local { standard: Some(standard.clone()), ..phone() };
    let mut complete = with_checklist.clone();
    complete.standard = Some(standard);
    complete.summaries.insert(branch(1), vec![older.clone()]);
    complete.bodies.insert(submission_id(1));
    let mut reviewed = older.clone();
    reviewed.withdrawn = true;
    let mut elsewhere = info(1);
    elsewhere.sector = crate::domain::SectorId::new("school").unwrap();
    let moved = Remote { branches: [(branch(1), elsewhere)].into(), ..published.clone() };
    let mut one_branch = phone();
    one_branch.bindings.truncate(1);
    let same_branch = Remote { branches: [(branch(1), info(1))].into(), ..listed(vec![older.clone()]) };
    let strange = Remote { summaries: [(branch(9), vec![older.clone()])].into(), ..Remote::default() };
    let lost = ContentHash::of(b"lost");
    let pinned = Local { pinned: [lost.clone(), hash.clone()].into(), ..complete.clone() };
    let save = || Operation::SaveSummaries(branch(1));
    let cases = [
        ("the endpoint said nothing", phone(), Remote::default(), vec![]),
        ("nothing new", complete.clone(), same_branch, vec![]),
        ("an empty list to an empty list", phone(), listed(vec![]), vec![]),
        ("a review came", complete.clone(), listed(vec![reviewed]), vec![save()]),
        (
            "two of another phone, older first",
            phone(),
            listed(vec![newer.clone(), older.clone()]),
            vec![save(), pull(&older), pull(&newer)],
        ),
        (
            "one of another phone",
            complete.clone(),
            listed(vec![older.clone(), newer.clone()]),
            vec![save(), pull(&newer)],
        ),
        (
            "listed, but its body never arrived",
            Local { bodies: Default::default(), ..complete.clone() },
            listed(vec![older.clone()]),
            vec![pull(&older)],
        ),
        (
            "the endpoint forgot: nothing is fetched or dropped",
            complete.clone(),
            listed(vec![]),
            vec![save()],
        ),
        ("not our branch", phone(), strange, vec![]),
        (
            "first contact",
            phone(),
            published.clone(),
            vec![Operation::FetchChecklist(hash.clone()), Operation::SaveStandard],
        ),
        ("a new edition with the same checklist", with_checklist, published, vec![Operation::SaveStandard]),
        (
            "known, but the checklist never arrived",
            knows_standard,
            Remote::default(),
            vec![Operation::FetchChecklist(hash)],
        ),
        (
            "moved to a sector without a checklist",
            one_branch,
            moved,
            vec![Operation::SaveBranch(branch(1)), Operation::SaveStandard],
        ),
        ("a draft's checklist is missing", pinned, Remote::default(), vec![Operation::FetchChecklist(lost)]),
    ];
    for (name, local, remote, expected) in cases {
        assert_eq!(pulls(&local, &remote), expected, "{name}");
    }
}

/// Half a year as it was typed would hold up everything else that is written: it waits until it is corrected, and then goes along.
#[test]
fn a_deadline_that_cannot_be_waits_alone_until_it_is_corrected() {
    let store = MemoryStore::phone(0, &[1]);
    let deadline = |ms, day| FindingEntry {
        field: FindingField::Deadline,
        value: FindingValue::Day { day: Some(day) },
        ..finding_word(1, "", ms, 1)
    };
    let half = deadline(1, jiff::civil::date(202, 11, 30));
    let other = finding_word(2, "缺签到表", 2, 1);
    store.write_findings(1, &[half.clone(), other.clone()]);
    assert_eq!(findings(&store.local.borrow()), [(branch(1), vec![other.clone()].into())]);
    let whole = deadline(3, jiff::civil::date(2026, 11, 30));
    store.write_findings(1, std::slice::from_ref(&whole));
    let all = findings(&store.local.borrow());
    let sent = &all[0].1;
    assert!([half, whole].iter().all(|word| sent.contains(word)), "{sent:?}");
}
