//! Group commit: submissions that arrive together reach the disk together.
//!
//! A synchronous commit costs the disk's own latency, whatever is in it. So one task does all the storing: it takes what is
//! waiting, up to [`MAX_BATCH`], into one transaction, and tells each sender its own outcome only after the commit.

use super::{
    Backend, Database, DatabaseError, QUARANTINED_PER_BRANCH, Scope,
    derived::{self, Narrow},
    int, stored,
};
use crate::{
    domain::{BranchCode, Submission, SubmissionId},
    protocol::{Receipt, Review, ReviewState},
};
use sqlx::{AnyConnection, Connection as _, Row as _};
use tokio::sync::{mpsc, oneshot};

/// At most so many submissions share one commit.
const MAX_BATCH: usize = 64;
/// So many may wait for the next commit; then senders wait to be heard, which slows their phones down, not the disk.
const MAX_WAITING: usize = 256;
/// No branch can fill the disk: a period takes this many submissions of it. A branch that reports with care needs a handful.
const MAX_PER_PERIOD: i64 = 200;

/// How storing a submission ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// On disk now.
    New,
    /// The same bytes were there already: this is their receipt.
    Same(Receipt),
    /// The id is there with other bytes; the new bytes were put aside.
    Different,
    /// The id belongs to another branch.
    Foreign,
    /// The branch's newest submission of the period was approved, and not returned since.
    Closed,
    /// The branch has sent too many submissions for this period.
    TooMany,
    /// The branch has ended.
    Ended,
}

/// What a submission is stored with.
#[derive(Debug)]
pub struct Arrival {
    /// The branch of the phone that sent it.
    pub branch: BranchCode,
    /// The frozen bytes.
    pub bytes: Vec<u8>,
    /// The parsed bytes.
    pub submission: Submission,
    /// The receipt it gets.
    pub receipt: Receipt,
    /// The score sheet as JSON, to be shown and exported without scoring again.
    pub sheet: String,
}

type Waiting = (Arrival, oneshot::Sender<Result<Stored, DatabaseError>>);

/// Hands submissions to the one task that stores them. The task ends when its last handle is gone and nothing waits.
#[derive(Debug, Clone)]
pub struct Writer(mpsc::Sender<Waiting>);

impl Writer {
    /// Starts the storing task over this database; needs a Tokio runtime.
    pub fn start(database: Database) -> Self {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        tokio::spawn(write(database, receiver));
        Self(sender)
    }

    /// Stores a submission, together with those that arrive at the same time; returns when it is on disk. A caller that goes
    /// away while waiting changes nothing: the submission is stored, and sending it again gives its receipt.
    ///
    /// # Errors
    /// When the database fails; then nothing of it is stored.
    pub async fn store(&self, arrival: Arrival) -> Result<Stored, DatabaseError> {
        let (tell, told) = oneshot::channel();
        self.0.send((arrival, tell)).await.map_err(|_| DatabaseError::Stopped)?;
        told.await.map_err(|_| DatabaseError::Stopped)?
    }
}

async fn write(database: Database, mut receiver: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::with_capacity(MAX_BATCH);
    while receiver.recv_many(&mut waiting, MAX_BATCH).await > 0 {
        let (arrivals, tellers): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
        for (teller, outcome) in tellers.into_iter().zip(database.store_all(&arrivals).await) {
            // Nobody listens any more when the phone hung up; its next try will get the receipt.
            let _ = teller.send(outcome);
        }
    }
}

impl Database {
    /// The receipt of a branch's own submission.
    pub async fn receipt(
        &self,
        branch: &BranchCode,
        id: SubmissionId,
    ) -> Result<Option<Receipt>, DatabaseError> {
        let row =
            sqlx::query_scalar::<_, String>("SELECT receipt FROM submissions WHERE branch = $1 AND id = $2")
                .bind(branch.as_str().to_owned())
                .bind(id.to_string())
                .fetch_optional(&self.pool)
                .await?;
        row.map(|receipt| serde_json::from_str(&receipt).map_err(stored)).transpose()
    }

    /// Stores one submission by itself. The same bytes again are success; other bytes under its id are put aside.
    ///
    /// # Errors
    /// When the database fails; then nothing of it is stored.
    pub async fn store(&self, arrival: &Arrival) -> Result<Stored, DatabaseError> {
        let outcome = self.store_all(std::slice::from_ref(arrival)).await.pop();
        outcome.unwrap_or(Err(DatabaseError::Stopped))
    }

    /// Stores submissions in one transaction, each with its own outcome, in their order. One that cannot be stored does not
    /// hold up the others; when the transaction itself fails, none is stored.
    pub async fn store_all(&self, arrivals: &[Arrival]) -> Vec<Result<Stored, DatabaseError>> {
        match self.try_store_all(arrivals).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                let reason = error.to_string();
                arrivals.iter().map(|_| Err(DatabaseError::Batch(reason.clone()))).collect()
            }
        }
    }

    async fn try_store_all(
        &self,
        arrivals: &[Arrival],
    ) -> Result<Vec<Result<Stored, DatabaseError>>, DatabaseError> {
        let mut tx =
            self.write(&Scope::Branches(arrivals.iter().map(|arrival| &arrival.branch).collect())).await?;
        let mut outcomes = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            let outcome = match self.backend {
                Backend::Sqlite => store_in(&mut tx, arrival).await,
                Backend::Postgres => {
                    let mut savepoint = tx.begin().await?;
                    let outcome = store_in(&mut savepoint, arrival).await;
                    match outcome {
                        Ok(_) => savepoint.commit().await?,
                        Err(_) => savepoint.rollback().await?,
                    }
                    outcome
                }
            };
            match outcome {
                Err(error) if self.fails_all(&error) => return Err(error),
                outcome => outcomes.push(outcome),
            }
        }
        tx.commit().await?;
        Ok(outcomes)
    }

    /// Whether an error is about the transaction, not about one arrival.
    fn fails_all(&self, error: &DatabaseError) -> bool {
        match error {
            DatabaseError::Failed(error) => !self.backend.is_one_statements(error),
            DatabaseError::Open(..) | DatabaseError::Batch(_) | DatabaseError::Stopped => true,
            DatabaseError::Stored(_)
            | DatabaseError::Missing(_)
            | DatabaseError::NotADatabase(_)
            | DatabaseError::Newer(..)
            | DatabaseError::Migration(..)
            | DatabaseError::OtherMigration(..) => false,
        }
    }
}

/// Stores one arrival within a transaction that has the write lock, so that what it looks at cannot change under it.
async fn store_in(tx: &mut AnyConnection, arrival: &Arrival) -> Result<Stored, DatabaseError> {
    let Arrival { branch, bytes, submission, receipt, sheet } = arrival;
    let id = submission.id.to_string();
    let before = Before::of(tx, branch, submission).await?;
    if let Some((owner, first)) = before.same_id {
        if owner != branch.as_str() {
            return Ok(Stored::Foreign);
        }
        let first: Receipt = serde_json::from_str(&first).map_err(stored)?;
        if first.sha256 == receipt.sha256 {
            return Ok(Stored::Same(first));
        }
        sqlx::query(
            "INSERT INTO quarantine (id, sha256, body, branch, received_at)
             SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM quarantine WHERE branch = $6) < $7
             ON CONFLICT DO NOTHING",
        )
        .bind(id)
        .bind(receipt.sha256.as_str().to_owned())
        .bind(bytes.clone())
        .bind(branch.as_str().to_owned())
        .bind(int(receipt.received_at))
        .bind(branch.as_str().to_owned())
        .bind(QUARANTINED_PER_BRANCH)
        .execute(&mut *tx)
        .await?;
        return Ok(Stored::Different);
    }
    if before.has_ended {
        return Ok(Stored::Ended);
    }
    if before.is_approved {
        return Ok(Stored::Closed);
    }
    if before.sent >= MAX_PER_PERIOD {
        return Ok(Stored::TooMany);
    }
    let narrow = Narrow::of(submission, receipt)?;
    let heads = before.heads.with(submission);
    sqlx::query(
        "INSERT INTO submissions
             (id, branch, period, receipt, device, parents, code, score, checklist, claimed, late, heads)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(id.clone())
    .bind(branch.as_str().to_owned())
    .bind(submission.period.as_str().to_owned())
    .bind(serde_json::to_string(receipt).map_err(stored)?)
    .bind(submission.device.to_string())
    .bind(serde_json::to_string(&submission.parents).map_err(stored)?)
    .bind(narrow.code)
    .bind(narrow.score)
    .bind(narrow.checklist)
    .bind(narrow.claimed)
    .bind(i64::from(narrow.late))
    .bind(if let Heads::Own(count) = heads { count } else { 0 })
    .execute(&mut *tx)
    .await?;
    sqlx::query("INSERT INTO submission_bodies (submission, body, sheet) VALUES ($1, $2, $3)")
        .bind(id.clone())
        .bind(bytes.clone())
        .bind(sheet.clone())
        .execute(&mut *tx)
        .await?;
    match (heads, before.heads.newest) {
        (Heads::Own(_), None) => {}
        (Heads::Own(_), Some(other)) => derived::counts(tx, other, 0).await?,
        (Heads::Unknown, _) => derived::count_heads(tx, branch, &submission.period).await?,
    }
    let photos = submission.photos();
    let has_photos = !photos.is_empty();
    for photo in photos {
        sqlx::query("INSERT INTO attachments (submission, sha256) VALUES ($1, $2)")
            .bind(submission.id.to_string())
            .bind(String::from(photo))
            .execute(&mut *tx)
            .await?;
    }
    if has_photos {
        derived::misses(tx, &id).await?;
    }
    Ok(Stored::New)
}

/// What is there before a submission is.
struct Before {
    /// Of what has its id: the branch, and the receipt.
    same_id: Option<(String, String)>,
    has_ended: bool,
    /// Whether the newest of the branch and period that was not withdrawn is.
    is_approved: bool,
    /// How many of the branch and period there are.
    sent: i64,
    heads: HeadsBefore,
}

/// Which submissions of the branch and period nothing follows.
struct HeadsBefore {
    /// The one that counts.
    newest: Option<SubmissionId>,
    /// How many they are.
    count: i64,
    /// All that is followed, as it is written.
    followed: String,
}

/// Which they are with one more.
#[derive(Clone, Copy)]
enum Heads {
    /// The new one counts, of so many.
    Own(i64),
    /// That is not seen at a glance.
    Unknown,
}

impl HeadsBefore {
    /// What most submissions are: newer than the others, followed by none, and following none or all of them.
    fn with(&self, new: &Submission) -> Heads {
        let is_followed = new.parents.contains(&new.id) || self.followed.contains(&new.id.to_string());
        if is_followed || self.newest.is_some_and(|newest| newest > new.id) {
            return Heads::Unknown;
        }
        match (self.newest, &new.parents[..]) {
            (None, _) => Heads::Own(1),
            (_, []) => Heads::Own(self.count + 1),
            (Some(newest), [parent]) if self.count == 1 && *parent == newest => Heads::Own(1),
            _ => Heads::Unknown,
        }
    }
}

impl Before {
    /// In one question: each has its price, whatever it asks.
    async fn of(
        tx: &mut AnyConnection,
        branch: &BranchCode,
        submission: &Submission,
    ) -> Result<Self, DatabaseError> {
        let row = sqlx::query(
            "SELECT (SELECT branch FROM submissions WHERE id = $1) AS owner,
                 (SELECT receipt FROM submissions WHERE id = $1) AS receipt,
                 (SELECT ended_day FROM lifetimes WHERE code = $2) AS ended,
                 (SELECT body FROM reviews WHERE submission =
                     (SELECT id FROM submissions WHERE branch = $2 AND period = $3 AND withdrawn_at IS NULL
                      ORDER BY id DESC LIMIT 1)
                  ORDER BY number DESC LIMIT 1) AS review,
                 (SELECT count(*) FROM submissions WHERE branch = $2 AND period = $3) AS sent,
                 (SELECT id FROM submissions WHERE branch = $2 AND period = $3 AND heads > 0) AS newest,
                 (SELECT heads FROM submissions WHERE branch = $2 AND period = $3 AND heads > 0) AS heads,
                 (SELECT string_agg(parents, '') FROM submissions
                  WHERE branch = $2 AND period = $3 AND parents <> '[]' AND withdrawn_at IS NULL) AS followed",
        )
        .bind(submission.id.to_string())
        .bind(branch.as_str().to_owned())
        .bind(submission.period.as_str().to_owned())
        .fetch_one(tx)
        .await?;
        let review: Option<String> = row.try_get("review")?;
        let review: Option<Review> =
            review.map(|body| serde_json::from_str(&body).map_err(stored)).transpose()?;
        let newest: Option<String> = row.try_get("newest")?;
        Ok(Self {
            same_id: row.try_get::<Option<String>, _>("owner")?.zip(row.try_get("receipt")?),
            has_ended: row.try_get::<Option<String>, _>("ended")?.is_some(),
            is_approved: review.is_some_and(|review| review.state == ReviewState::Approved),
            sent: row.try_get("sent")?,
            heads: HeadsBefore {
                newest: newest.map(|id| id.parse().map_err(stored)).transpose()?,
                count: row.try_get::<Option<i64>, _>("heads")?.unwrap_or_default(),
                followed: row.try_get::<Option<String>, _>("followed")?.unwrap_or_default(),
            },
        })
    }
}
