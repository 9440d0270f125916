use super::*;
use crate::{
    domain::{
        DeviceId, FindingEntry, FindingField, FindingValue, Open, Points, Progress, Ruling, Stamp, Unread,
        finding::SoFar,
        photo::{Finished, MediaType},
        submission::{Attachment, ConsideredBy, FORMAT},
        testing::{device, stamp},
    },
    protocol::ReviewState,
    server::database::testing::noted,
    server::database::{
        Arrival,
        findings::{FromAbove, Said, Word},
        reviews::Decision,
    },
};
use jiff::civil::date;
use proptest::prelude::*;

fn branch(number: u8) -> BranchCode {
    BranchCode::new(format!("b{}", number % 3)).unwrap()
}

fn hash(number: u8) -> ContentHash {
    ContentHash::of(&[number % 4])
}

fn finding(number: u8) -> FindingId {
    FindingId::from_parts(1, &[number % 4; 10])
}

/// The report that is the so-manieth, which need not be made later than those before it.
fn report(number: u64) -> SubmissionId {
    let mut random = [0; 10];
    random[..8].copy_from_slice(&number.to_be_bytes());
    SubmissionId::from_parts(if number % 5 == 3 { number - 3 } else { number }, &random)
}

/// Something that happens to what a list is read from.
#[derive(Debug, Clone)]
enum Act {
    /// A report, after some of the others, with photos.
    Report {
        branch: u8,
        period: bool,
        after: u8,
        photos: u8,
    },
    /// The one that so many came before.
    Withdraw(u8),
    Review {
        report: u8,
        state: u8,
    },
    Photo {
        branch: u8,
        photo: u8,
    },
    Lost {
        branch: u8,
        photo: u8,
        is_lost: bool,
    },
    /// A phone's word.
    Write {
        branch: u8,
        finding: u8,
        word: u8,
        at: u8,
    },
    /// The upper level's.
    Say {
        branch: u8,
        finding: u8,
        word: u8,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let byte = any::<u8>;
    prop_oneof![
        3 => (byte(), any::<bool>(), byte(), byte())
            .prop_map(|(branch, period, after, photos)| Act::Report { branch, period, after, photos }),
        1 => byte().prop_map(Act::Withdraw),
        2 => (byte(), byte()).prop_map(|(report, state)| Act::Review { report, state }),
        1 => (byte(), byte()).prop_map(|(branch, photo)| Act::Photo { branch, photo }),
        1 => (byte(), byte(), any::<bool>())
            .prop_map(|(branch, photo, is_lost)| Act::Lost { branch, photo, is_lost }),
        3 => (byte(), byte(), byte(), byte())
            .prop_map(|(branch, finding, word, at)| Act::Write { branch, finding, word, at }),
        2 => (byte(), byte(), byte()).prop_map(|(branch, finding, word)| Act::Say { branch, finding, word }),
    ]
}

type Sent = Vec<(BranchCode, PeriodId, SubmissionId)>;

async fn happen(database: &Database, sent: &mut Sent, act: Act) {
    match act {
        Act::Report { branch: of, period, after, photos } => {
            let (of, period) = (branch(of), PeriodId::new(if period { "2026" } else { "2027" }).unwrap());
            let number = sent.len() as u64 + 1;
            let whole: Vec<_> =
                sent.iter().filter(|(branch, of_period, _)| (branch, of_period) == (&of, &period)).collect();
            let parents = match after % 4 {
                0 => Vec::new(),
                // As a phone does that knows the others.
                1 => whole.last().map(|(.., id)| *id).into_iter().collect(),
                // Any of those before it, itself, and what comes after it.
                _ => (1..=number + 2).filter(|other| after >> (other % 8) & 1 == 1).map(report).collect(),
            };
            let arrival = arrival(&of, &period, number, parents, photos);
            let id = arrival.submission.id;
            database.store(&arrival).await.unwrap();
            sent.push((of, period, id));
        }
        Act::Withdraw(which) if !sent.is_empty() => {
            let (branch, _, id) = &sent[usize::from(which) % sent.len()];
            database.withdraw(branch, *id, 1).await.unwrap();
        }
        Act::Review { report, state } if !sent.is_empty() => {
            let (.., id) = sent[usize::from(report) % sent.len()];
            let states = [ReviewState::InReview, ReviewState::Returned, ReviewState::Approved];
            let review = Review {
                state: states[usize::from(state) % 3],
                at: 1,
                by: "镇党委".into(),
                reason: String::new(),
                items: Vec::new(),
                due: (state > 100).then_some(date(2026, 12, 1)),
            };
            if let Some(known) = database.known_of(&[id]).await.unwrap().remove(&id) {
                let after = known.reviews.len();
                let decision = Decision { submission: id, after, review, record: noted() };
                database.decide(&[decision]).await.unwrap();
            }
        }
        Act::Photo { branch: of, photo } => {
            let finished = Finished { media_type: MediaType::Jpeg, width: 1, height: 1 };
            let by = (&branch(of), DeviceId::from_random([1; 16]));
            database.add_photo(by, (&hash(photo), 1), &finished, 1).await.unwrap();
        }
        Act::Lost { branch: of, photo, is_lost } => {
            database.mark_photos(&branch(of), &[(hash(photo), is_lost)]).await.unwrap();
        }
        Act::Write { branch: of, finding: on, word, at } => {
            let entry = entry(finding(on), word, stamp(at.into(), 1));
            let mut entries = Open::from(vec![entry.clone()]);
            if word > 200 {
                let mut later = serde_json::to_value(&entry).unwrap();
                later["field"] = "cost".into();
                entries = entries.with_unread([Unread::new(&later.to_string()).unwrap()]);
            }
            database.add_findings(&branch(of), &entries).await.unwrap();
        }
        Act::Say { branch: of, finding: on, word } => {
            let (branch, id) = (branch(of), finding(on));
            if word % 2 == 0 {
                let ruling = match word % 3 {
                    0 => Ruling::Closed,
                    _ => {
                        Ruling::Returned { reason: "照片看不清".into(), until: Some(date(2026, 12, 20)) }
                    }
                };
                let decide =
                    |_: &BranchCode, _: &_| Ok::<_, ()>(Some(("镇党委".into(), ruling.clone(), noted())));
                database.rule(&[(branch, id)], 5, decide).await.unwrap().unwrap();
            } else {
                let FindingEntry { field, value, .. } = entry(id, word, stamp(1, 1));
                let after = database.findings(&branch).await.unwrap().so_far(id);
                let word = FromAbove { branch, finding: id, after, word: Word::Write(field, value) };
                assert_eq!(database.say_from_above(&[word], 5, &[]).await.unwrap(), Said::Stored);
            }
        }
        Act::Withdraw(_) | Act::Review { .. } => {}
    }
}

fn entry(finding: FindingId, word: u8, at: Stamp) -> FindingEntry {
    let text = |text: &str| FindingValue::Text { text: format!("{text}{word}") };
    let (field, value) = match word % 5 {
        0 => (FindingField::Problem, text("缺签到表")),
        1 => (FindingField::Measure, text("补上")),
        2 => (FindingField::Deadline, FindingValue::Day { day: Some(date(2026, 11, 20)) }),
        3 => {
            let progress = [Progress::Mended, Progress::Withdrawn, Progress::UnderWay][usize::from(word) % 3];
            (FindingField::Progress, FindingValue::Progress { progress, after: None })
        }
        _ => {
            let item = crate::domain::testing::item_id("NC-A1");
            (FindingField::Item, FindingValue::Item { item })
        }
    };
    FindingEntry { finding, field, stamp: at, value }
}

fn arrival(
    branch: &BranchCode,
    period: &PeriodId,
    number: u64,
    parents: Vec<SubmissionId>,
    photos: u8,
) -> Arrival {
    let photos = (0..4).filter(|photo| photos >> photo & 1 == 1).map(|photo| Attachment {
        sha256: hash(photo),
        bytes: 1,
        media_type: "image/jpeg".into(),
        captured_on: None,
        happened_on: None,
    });
    let submission = Submission {
        format: FORMAT,
        id: report(number),
        parents,
        branch: branch.clone(),
        period: period.clone(),
        sector: crate::domain::SectorId::new("rural").unwrap(),
        checklist: ContentHash::of(&number.to_be_bytes()),
        device: device(1),
        made_at: number,
        declaration: Declaration {
            reporter: "王文书".into(),
            reporter_post: "文书".into(),
            considered_on: date(2026, 11, 20),
            considered_by: ConsideredBy::Committee,
            secretary: "李书记".into(),
            claimed_grade: if number.is_multiple_of(2) {
                ClaimedGrade::Excellent
            } else {
                ClaimedGrade::Own(2)
            },
        },
        answers: Vec::new().into(),
        ledger: Vec::new().into(),
        attachments: photos.collect(),
    };
    let bytes = serde_json::to_vec(&submission).unwrap();
    let sha256 = ContentHash::of(&bytes);
    let receipt = Receipt {
        submission: submission.id,
        code: crate::protocol::receipt::receipt_code(&sha256),
        sha256,
        received_at: number,
        score: Points::from_hundredths(u32::try_from(number).unwrap()),
        engine: 1,
        late: number.is_multiple_of(3),
    };
    Arrival { branch: branch.clone(), bytes, submission, receipt, sheet: "{}".into() }
}

/// All that is worked out, row by row.
async fn derived(database: &Database) -> (Vec<String>, Vec<String>) {
    let sent = sqlx::query(
        "SELECT id || ' ' || code || ' ' || score || ' ' || checklist || ' ' || claimed || ' ' || late || ' '
             || heads || ' '
             || coalesce(state, '') || ' ' || coalesce(due, '') || ' ' || missing FROM submissions ORDER BY id",
    );
    let found = sqlx::query(
        "SELECT branch || ' ' || finding || ' ' || backwards || ' ' || begun || ' ' || state || ' ' || coalesce(item, '')
             || ' ' || origin || ' ' || coalesce(due, '') || ' ' || words || ' ' || words_above || ' ' || body
         FROM findings ORDER BY branch, finding",
    );
    let sent = sent.fetch_all(&database.pool).await.unwrap();
    let found = found.fetch_all(&database.pool).await.unwrap();
    (sent.iter().map(|row| row.get(0)).collect(), found.iter().map(|row| row.get(0)).collect())
}

/// Lists say what follows from everything that is stored of a branch.
async fn agrees_with_all_that_is_stored(database: &Database) {
    let (mut counting, mut standing) =
        (database.counting(None).await.unwrap(), database.standing(None).await.unwrap());
    for number in 0..3 {
        let branch = branch(number);
        let mut periods: BTreeMap<PeriodId, Vec<_>> = BTreeMap::new();
        for one in database.submissions(&branch).await.unwrap() {
            if !one.withdrawn {
                periods.entry(one.period.clone()).or_default().push(one);
            }
        }
        for (period, all) in periods {
            let followed: Vec<_> =
                all.iter().map(|one| (one.receipt.submission, one.parents.clone())).collect();
            let heads = heads(&followed);
            // Of those that follow one another in a circle none counts.
            let Some(newest) = heads.iter().max() else { continue };
            let newest = all.iter().find(|one| one.receipt.submission == *newest).unwrap();
            let row = counting.remove(0);
            assert_eq!((row.branch, row.period), (branch.clone(), period));
            assert_eq!((row.receipt, row.heads), (newest.receipt.clone(), heads.len()));
            assert_eq!((row.reviews, row.missing), (newest.reviews.to_vec(), newest.missing.len()));
        }
        let findings = database.findings(&branch).await.unwrap();
        for finding in findings.all() {
            let row = standing.remove(0);
            let so_far: SoFar = findings.so_far(finding.id);
            assert_eq!((row.branch, row.so_far, row.finding), (branch.clone(), so_far, finding));
        }
    }
    assert_eq!((counting.len(), standing.len()), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::server::database::testing::cases(24), ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_lists_say_what_follows_from_it(acts in prop::collection::vec(act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let database = crate::server::database::testing::database(&folder).await;
            for number in 0..3 {
                sqlx::query("INSERT INTO units VALUES ($1, NULL, '\"branch\"', '支部', 'rural', '')")
                    .bind(branch(number).as_str().to_owned())
                    .execute(&database.pool)
                    .await
                    .unwrap();
            }
            let mut sent = Vec::new();
            for act in acts {
                happen(&database, &mut sent, act).await;
            }
            agrees_with_all_that_is_stored(&database).await;
            let before = derived(&database).await;
            database.derive_again().await.unwrap();
            assert_eq!(derived(&database).await, before);
            database.close().await;
        });
    }
}
