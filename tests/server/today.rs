//! What cannot be yet by the endpoint's clock is refused with the words that mend it; and what was taken once stays taken.

use crate::{
    Stage,
    common::{self, NOON, Program, builtin, device, file, honest},
    receipt, refused,
};
use biaochi::{
    domain::{
        ActivityKind, AnswerKey, AnswerValue, BranchProfile, Entry, FindingEntry, FindingField, FindingId,
        FindingValue, LedgerEntry, LedgerId, LedgerRecord, Points, Stamp, Submission, time_check::TimeCode,
    },
    protocol::{
        NewFindings, ProblemKind, Receipt, StampedProfile, SubmissionSummary, paths, receipt::receipt_code,
    },
    server::database::{Arrival, Database, Stored},
};
use jiff::civil::{Date, date};
use reqwest::{Method, Response, StatusCode};

const DAY: u64 = 24 * 60 * 60 * 1000;
const TODAY: Date = date(2026, 11, 24);
const TOMORROW: Date = date(2026, 11, 25);
const HALF_TYPED: Date = date(206, 11, 20);

async fn put(stage: &Stage, sent: &Submission) -> Response {
    stage.put(0, &paths::submission(sent.id), serde_json::to_vec(sent).unwrap()).await
}

/// Refused for these reasons, each of which the phone can read.
async fn refused_for(answer: Response, codes: &[TimeCode]) {
    let problem = refused(answer, ProblemKind::Refused).await;
    let read: Vec<_> =
        problem.faults.iter().map(|fault| TimeCode::read(fault).map(|(code, _)| code)).collect();
    assert_eq!(read, codes.iter().copied().map(Some).collect::<Vec<_>>(), "{problem:?}");
}

fn held(number: u8, on: Date, count: u32) -> LedgerRecord {
    let entry = LedgerEntry {
        kinds: [ActivityKind::MemberMeeting].into(),
        date: on,
        group: None,
        place: String::new(),
        host: String::new(),
        recorder: String::new(),
        attendance: None,
        topic: String::new(),
        resolution: String::new(),
        location: String::new(),
    };
    // The phone's clock had been months ahead when it was entered.
    let stamp = Stamp { ms: NOON + 200 * DAY, count, device: device(0) };
    LedgerRecord { id: LedgerId::from_parts(1, &[number; 10]), stamp, entry: Some(entry), photos: [].into() }
}

fn profile(last_election: Option<Date>) -> BranchProfile {
    BranchProfile { full_members: 20, committee_members: 3, last_election, ..BranchProfile::default() }
}

#[tokio::test]
async fn what_lies_after_today_is_refused_by_name_and_mended_it_is_taken() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    type Break = fn(&mut Submission);
    let cases: [(Break, TimeCode); 6] = [
        (|sent| sent.declaration.considered_on = TOMORROW, TimeCode::ConsideredLater),
        (|sent| sent.declaration.considered_on = date(2027, 6, 3), TimeCode::ConsideredLater),
        (|sent| sent.made_at = NOON + 40 * DAY, TimeCode::ClockAhead),
        (|sent| sent.answers[0].stamp.ms = u64::MAX, TimeCode::ClockAhead),
        (|sent| sent.ledger = vec![held(1, TOMORROW, 0)].into(), TimeCode::ActivityLater),
        (
            |sent| sent.answers[0].value = AnswerValue::Profile { profile: profile(Some(TOMORROW)) },
            TimeCode::ElectionImpossible,
        ),
    ];
    for ((break_it, code), nonce) in cases.into_iter().zip(1..) {
        let mut sent = honest(&stage.checklist, 0, nonce);
        break_it(&mut sent);
        refused_for(put(&stage, &sent).await, &[code]).await;
    }
    let list = stage.phone(0, Method::GET, paths::SUBMISSIONS).send().await.unwrap();
    assert_eq!(list.json::<Vec<SubmissionSummary>>().await.unwrap(), [], "nothing was stored");

    // Mended as the phone mends it: another report with the right day. What was corrected stays in the history of the ledger.
    let mut mended = honest(&stage.checklist, 0, 20);
    mended.declaration.considered_on = TODAY;
    mended.made_at = NOON;
    mended.ledger = vec![held(1, TOMORROW, 0), held(1, TODAY, 1), held(2, TODAY, 0)].into();
    mended.answers[0].value = AnswerValue::Profile { profile: profile(Some(TODAY)) };
    receipt(put(&stage, &mended).await, StatusCode::CREATED).await;
}

#[tokio::test]
async fn a_period_is_taken_from_its_first_day_on_and_for_ever_after() {
    let folder = tempfile::tempdir().unwrap();
    common::prepare(&file(&folder), 1).await;
    let list = builtin();
    let period = &list.periods[0];
    // Midnight in Shanghai at which the period begins.
    let begins =
        u64::try_from(period.starts.since(date(1970, 1, 1)).unwrap().get_days()).unwrap() * DAY - DAY / 3;
    let mut sent = honest(&list, 0, 1);
    sent.declaration.considered_on = period.starts;
    sent.made_at = begins;
    let mut stage = Stage::of(folder, NOON);
    stage.activate(0).await;
    for (now, taken) in [(begins - 40 * DAY, false), (begins - DAY, false), (begins + 60_000, true)] {
        stage.program = Program::start_at(now, &file(&stage.folder), &[]);
        let answer = put(&stage, &sent).await;
        if taken {
            receipt(answer, StatusCode::CREATED).await;
        } else {
            let clock = (now + DAY < begins).then_some(TimeCode::ClockAhead);
            let codes: Vec<_> =
                clock.into_iter().chain([TimeCode::PeriodNotBegun, TimeCode::ConsideredLater]).collect();
            refused_for(answer, &codes).await;
        }
    }
    // Years later it is late, and taken.
    stage.program = Program::start_at(NOON + 1_000 * DAY, &file(&stage.folder), &[]);
    let mut late = honest(&list, 0, 2);
    late.made_at = NOON + 1_000 * DAY;
    assert!(receipt(put(&stage, &late).await, StatusCode::CREATED).await.late);
}

#[tokio::test]
async fn a_clock_that_is_hours_ahead_makes_nobody_late() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let due = stage.checklist.periods[0].submit_by;
    let midnight =
        u64::try_from(due.since(date(1970, 1, 1)).unwrap().get_days() + 1).unwrap() * DAY - DAY / 3;
    let mut stage = stage;
    stage.program = Program::start_at(midnight - 2 * 60 * 60 * 1000, &file(&stage.folder), &[]);
    let mut sent = honest(&stage.checklist, 0, 1);
    sent.made_at = midnight + 60_000;
    assert!(!receipt(put(&stage, &sent).await, StatusCode::CREATED).await.late);
}

/// An endpoint of before the update had taken what is refused today; the phone never heard, and sends it again.
#[tokio::test]
async fn what_was_taken_before_is_the_same_success_again() {
    let folder = tempfile::tempdir().unwrap();
    common::prepare(&file(&folder), 1).await;
    let list = builtin();
    let mut sent = honest(&list, 0, 1);
    sent.declaration.considered_on = date(2027, 6, 3);
    sent.declaration.reporter = "王\u{200b}文书".into();
    let bytes = serde_json::to_vec(&sent).unwrap();
    let sha256 = biaochi::domain::ContentHash::of(&bytes);
    let first = Receipt {
        submission: sent.id,
        code: receipt_code(&sha256),
        sha256,
        received_at: NOON,
        score: Points::ZERO,
        engine: 1,
        late: false,
    };
    let old_word = deadline(1, 1, HALF_TYPED);
    let old_profile = stamped(5, Some(date(1902, 1, 1)));
    let database = Database::open(&file(&folder)).await.unwrap();
    let arrival = Arrival {
        branch: sent.branch.clone(),
        bytes: bytes.clone(),
        submission: sent.clone(),
        receipt: first.clone(),
        sheet: "{}".into(),
    };
    assert_eq!(database.store(&arrival).await.unwrap(), Stored::New);
    database.add_findings(&sent.branch, &vec![old_word.clone()].into()).await.unwrap();
    database.put_profile(&sent.branch, old_profile.clone()).await.unwrap();
    database.close().await;

    let stage = Stage::of(folder, NOON);
    stage.activate(0).await;
    assert_eq!(receipt(put(&stage, &sent).await, StatusCode::OK).await, first);
    assert_eq!(write(&stage, std::slice::from_ref(&old_word)).await.status(), StatusCode::OK);
    let body = serde_json::to_vec(&old_profile).unwrap();
    assert_eq!(stage.put(0, paths::PROFILE, body).await.status(), StatusCode::OK);
    // The same with one byte changed is another thing.
    sent.declaration.claimed_grade = biaochi::domain::ClaimedGrade::Model;
    refused(put(&stage, &sent).await, ProblemKind::Refused).await;
    refused_for(
        write(&stage, &[old_word, deadline(2, 2, HALF_TYPED)]).await,
        &[TimeCode::DeadlineImpossible],
    )
    .await;
}

fn deadline(finding: u8, ms: u64, day: Date) -> FindingEntry {
    FindingEntry {
        finding: FindingId::from_parts(1, &[finding; 10]),
        field: FindingField::Deadline,
        stamp: Stamp { ms, count: 0, device: device(0) },
        value: FindingValue::Day { day: Some(day) },
    }
}

async fn write(stage: &Stage, entries: &[FindingEntry]) -> Response {
    let body = serde_json::to_vec(&NewFindings { entries: entries.to_vec().into() }).unwrap();
    stage.put(0, paths::FINDINGS, body).await
}

fn stamped(ms: u64, last_election: Option<Date>) -> StampedProfile {
    StampedProfile { stamp: Stamp { ms, count: 0, device: device(0) }, profile: profile(last_election) }
}

#[tokio::test]
async fn deadlines_are_days_that_can_be_meant_and_a_corrected_one_is_history() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    for (number, day) in [(1, HALF_TYPED), (2, date(1948, 12, 31)), (3, date(2101, 1, 1))] {
        let codes = [TimeCode::DeadlineImpossible];
        refused_for(write(&stage, &[deadline(number, 1, day)]).await, &codes).await;
    }
    for (number, day) in [(4, date(1949, 1, 1)), (5, TOMORROW), (6, date(2100, 12, 31))] {
        assert_eq!(write(&stage, &[deadline(number, 1, day)]).await.status(), StatusCode::OK, "{day}");
    }
    // As a phone of before sent each key that was typed.
    let typed = [deadline(7, 1, date(2, 11, 20)), deadline(7, 2, HALF_TYPED), deadline(7, 3, TOMORROW)];
    assert_eq!(write(&stage, &typed).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_last_election_was_between_1949_and_today() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let put = async |profile: &StampedProfile| {
        stage.put(0, paths::PROFILE, serde_json::to_vec(profile).unwrap()).await
    };
    for day in [HALF_TYPED, TOMORROW, date(2027, 11, 24)] {
        refused_for(put(&stamped(5, Some(day))).await, &[TimeCode::ElectionImpossible]).await;
    }
    refused(put(&stamped(u64::MAX, None)).await, ProblemKind::Refused).await;
    for (ms, day) in [(6, Some(TODAY)), (7, Some(date(1949, 10, 1))), (8, None)] {
        assert_eq!(put(&stamped(ms, day)).await.status(), StatusCode::OK);
    }
}

/// What the endpoint refuses in a text is what the app takes out of it.
#[tokio::test]
async fn every_text_goes_through_the_one_filter() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    fn note(sent: &Submission, text: &str) -> Entry {
        let item = sent.answers[1].key.item().unwrap().clone();
        let value = AnswerValue::Text { text: text.into() };
        Entry { key: AnswerKey::Note { item }, stamp: sent.answers[0].stamp, value, under: None }
    }
    type Write = fn(&mut Submission, &str);
    let fields: [(&str, Write); 8] = [
        ("reporter", |sent, text| sent.declaration.reporter = text.into()),
        ("post", |sent, text| sent.declaration.reporter_post = text.into()),
        ("secretary", |sent, text| sent.declaration.secretary = text.into()),
        ("note", |sent, text| {
            let word = note(sent, text);
            sent.answers.push(word);
        }),
        ("themed day", |sent, text| {
            let themed_day = text.into();
            let profile = BranchProfile { themed_day, ..profile(None) };
            sent.answers[0].value = AnswerValue::Profile { profile };
        }),
        ("topic", |sent, text| sent.ledger[0].entry.as_mut().unwrap().topic = text.into()),
        ("host", |sent, text| sent.ledger[0].entry.as_mut().unwrap().host = text.into()),
        ("location", |sent, text| sent.ledger[0].entry.as_mut().unwrap().location = text.into()),
    ];
    let mut nonce = 0;
    for (field, write) in fields {
        for pasted in
            ["王\t文书", "王\u{200b}文书", "\u{202e}王文书", "王\u{7}文书", "王\u{feff}文书", "王文书"]
        {
            nonce += 1;
            let mut sent = honest(&stage.checklist, 0, nonce);
            sent.ledger = vec![held(1, TODAY, 0)].into();
            write(&mut sent, pasted);
            if pasted != "王文书" {
                let problem = refused(put(&stage, &sent).await, ProblemKind::Refused).await;
                assert_eq!(problem.faults.len(), 1, "{field} {pasted:?}: {problem:?}");
                assert!(problem.faults[0].contains("U+"), "{problem:?}");
            }
            // As the app sends it.
            sent.declaration = sent.declaration.cleaned();
            let (answers, _) = sent.answers.into_parts();
            sent.answers = Submission::packed(answers, &sent.checklist).into();
            sent.ledger = sent.ledger.map(LedgerRecord::cleaned);
            receipt(put(&stage, &sent).await, StatusCode::CREATED).await;
        }
    }
    let problem = FindingEntry {
        field: FindingField::Problem,
        value: FindingValue::Text { text: "缺\u{200b}签到表".into() },
        ..deadline(1, 1, TODAY)
    };
    let answer = write(&stage, std::slice::from_ref(&problem)).await;
    assert!(refused(answer, ProblemKind::Refused).await.faults[0].contains("U+200B"));
    assert_eq!(write(&stage, &[problem.cleaned()]).await.status(), StatusCode::OK);
}
