//! Many submissions at once share a commit, and each has its own outcome.

use crate::common::{self, NOON, builtin, file, honest};
use biaochi::{
    domain::{ContentHash, Points, Submission},
    protocol::{Receipt, Review, ReviewState, receipt::receipt_code},
    server::database::{
        Arrival, Database, Stored, Writer,
        log::{Deed, Record, Who},
        reviews::Decision,
    },
};
use tempfile::TempDir;

async fn database(branches: usize) -> (TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    common::prepare(&file(&folder), branches).await;
    let database = Database::open(&file(&folder)).await.unwrap();
    (folder, database)
}

fn arrival(submission: Submission) -> Arrival {
    let bytes = serde_json::to_vec(&submission).unwrap();
    let sha256 = ContentHash::of(&bytes);
    let receipt = Receipt {
        submission: submission.id,
        code: receipt_code(&sha256),
        sha256,
        received_at: NOON,
        score: Points::ZERO,
        engine: 1,
        late: false,
    };
    Arrival { branch: submission.branch.clone(), bytes, submission, receipt, sheet: "{}".into() }
}

#[tokio::test]
async fn one_that_cannot_be_stored_does_not_hold_up_the_others() {
    let (_folder, database) = database(2).await;
    let checklist = builtin();
    let good = honest(&checklist, 0, 1);
    let mut other_bytes = good.clone();
    other_bytes.declaration.secretary = "另一位书记".into();
    let mut foreign = honest(&checklist, 1, 1);
    foreign.id = good.id;
    let nobody = honest(&checklist, 99, 2);
    let outcomes = database
        .store_all(&[
            arrival(good.clone()),
            arrival(nobody),
            arrival(good.clone()),
            arrival(other_bytes),
            arrival(foreign),
            arrival(honest(&checklist, 1, 3)),
        ])
        .await;
    let first = arrival(good).receipt;
    assert!(outcomes[1].is_err(), "its branch is in no roster");
    let others = outcomes.into_iter().flatten().collect::<Vec<_>>();
    assert_eq!(
        others,
        [Stored::New, Stored::Same(first), Stored::Different, Stored::Foreign, Stored::New],
        "in their order, each by what stood there when its turn came"
    );
    for branch in 0..2 {
        assert_eq!(database.submissions(&common::branch(branch)).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_burst_is_stored_whole() {
    let (_folder, database) = database(50).await;
    let writer = Writer::start(database.clone());
    let checklist = builtin();
    let tasks = (0..200).map(|nonce| {
        let (writer, arrival) = (writer.clone(), arrival(honest(&checklist, nonce % 50, nonce as u64)));
        tokio::spawn(async move { writer.store(arrival).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert_eq!(task.await.unwrap().unwrap(), Stored::New);
    }
    for branch in 0..50 {
        assert_eq!(database.submissions(&common::branch(branch)).await.unwrap().len(), 4);
    }
}

#[tokio::test]
async fn a_sender_that_goes_away_changes_nothing() {
    let (_folder, database) = database(1).await;
    let writer = Writer::start(database);
    let sent = honest(&builtin(), 0, 1);
    {
        let storing = writer.store(arrival(sent.clone()));
        tokio::pin!(storing);
        // Polled once it is in the queue; then nobody waits for it any more.
        assert!(tokio::time::timeout(std::time::Duration::ZERO, &mut storing).await.is_err());
    }
    let again = writer.store(arrival(sent.clone())).await.unwrap();
    assert_eq!(again, Stored::Same(arrival(sent).receipt));
}

#[tokio::test]
async fn an_approval_closes_the_period_for_what_is_stored_after_it() {
    let (_folder, database) = database(1).await;
    let checklist = builtin();
    let first = honest(&checklist, 0, 1);
    assert_eq!(database.store(&arrival(first.clone())).await.unwrap(), Stored::New);
    let said = async |after, state| {
        let (by, reason, items) = ("镇安镇党委".into(), String::new(), Vec::new());
        let review = Review { state, at: NOON, by, reason, items, due: None };
        let (who, deed) = (Who::Operator, Deed::Approved);
        let record = Record { at: NOON, who, deed, unit: None, subject: String::new() };
        database.decide(&[Decision { submission: first.id, after, review, record }]).await.unwrap()
    };
    assert_eq!(said(0, ReviewState::Approved).await, []);
    let next = honest(&checklist, 0, 2);
    assert_eq!(database.store(&arrival(next.clone())).await.unwrap(), Stored::Closed);
    assert!(matches!(database.store(&arrival(first.clone())).await.unwrap(), Stored::Same(_)));
    assert_eq!(said(1, ReviewState::Returned).await, []);
    assert_eq!(database.store(&arrival(next)).await.unwrap(), Stored::New);
}

#[tokio::test]
async fn no_branch_fills_the_disk() {
    let (_folder, database) = database(2).await;
    let checklist = builtin();
    let many: Vec<Arrival> = (0..201).map(|nonce| arrival(honest(&checklist, 0, nonce))).collect();
    let outcomes = database.store_all(&many).await;
    let stored = outcomes.into_iter().flatten().filter(|outcome| *outcome == Stored::New).count();
    assert_eq!(stored, 200);
    let neighbour = database.store(&arrival(honest(&checklist, 1, 1_000))).await.unwrap();
    assert_eq!(neighbour, Stored::New);
}
