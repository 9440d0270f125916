//! An SQLite file or a PostgreSQL database; what was acknowledged survives a killed process and a power cut. One SQL text serves
//! both, and what differs between them is in `backend.rs`.
//!
//! Whatever answers a `Result` here fails when the database fails, and then nothing was stored; only other reasons are said where they are.

pub mod accounts;
mod activation;
mod backend;
mod changes;
mod derived;
pub mod devices;
mod editions;
pub mod finding_notes;
pub mod findings;
mod history;
mod kept;
pub mod kinds;
pub mod log;
mod many;
mod migrations;
pub mod modules;
pub mod moves;
mod orders;
pub mod pages;
pub mod papers;
pub mod photos;
mod profile;
mod publishing;
pub mod results;
pub mod reviews;
pub mod roster;
pub mod sessions;
mod store;
#[cfg(test)]
pub(crate) mod testing;
mod tree;
mod unit_pages;
pub mod values_above;

pub use activation::{Activation, Bound};
pub use backend::{Place, Unopened};
pub use changes::From;
pub use editions::Edition;
pub use history::Published;
pub use store::{Arrival, Stored, Writer};
pub use tree::{Ended, Member, Tree};
pub use unit_pages::{Listed, Rows};

use crate::domain::{BranchCode, ContentHash, PeriodId, SubmissionId};
use crate::protocol::{BranchEnded, BranchInfo, Level, Review, SubmissionSummary, UnitName};
use backend::{Backend, Scope};
use sqlx::{AnyPool, Row as _, any::AnyRow};

/// What can go wrong with the database. Nothing here is the phone's fault; trying again later can help.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// It refused or failed.
    #[error("the database failed: {0}; check that its disk has room and that the process may write there")]
    Failed(#[from] sqlx::Error),
    /// It cannot be opened.
    #[error(
        "the database {0} cannot be opened: {2}; name a file that this user may write, or a PostgreSQL database"
    )]
    Open(Place, Unopened, String),
    /// It is something else.
    #[error("{0} is no database of biaochi; name the right one")]
    NotADatabase(Place),
    /// It is of a schema that this version does not know.
    #[error(
        "the database {0} was written by a newer version of biaochi (schema {1}, this one knows {known}); \
             install that version again, or restore a backup from before",
        known = migrations::SQLITE.len()
    )]
    Newer(Place, i64),
    /// It could not be brought along to this version's schema.
    #[error(
        "the database {0} could not be brought along by {1}: {2}; nothing of that step was kept: make room on its disk and \
             start again, or install the version before"
    )]
    Migration(Place, String, String),
    /// A step of the schema was done by another text than this version has.
    #[error(
        "the database {0} was brought along by another {1} than this version has; install the version that did it, or restore \
             a backup from before"
    )]
    OtherMigration(Place, String),
    /// A stored value cannot be read; the file was changed by something else, or a newer version wrote it.
    #[error("a stored value cannot be read: {0}; restore a backup, or start the version that wrote it")]
    Stored(String),
    /// What was published is no longer there.
    #[error("what was published as {0} is not in the database; restore a backup")]
    Missing(ContentHash),
    /// The transaction that several submissions shared failed, so none of them is stored.
    #[error("nothing of this transaction was stored: {0}")]
    Batch(String),
    /// The task that stores submissions is gone.
    #[error("the endpoint is stopping; start it again")]
    Stopped,
}

fn stored(error: impl core::fmt::Display) -> DatabaseError {
    DatabaseError::Stored(error.to_string())
}

/// A unit of the organisation tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its key.
    pub code: BranchCode,
    /// The unit above; `None` at the top.
    pub parent: Option<BranchCode>,
    /// Where it stands.
    pub level: Level,
    /// What it is called.
    pub name: String,
    /// A branch's sector; empty for the units above.
    pub sector: String,
    /// Whom to phone.
    pub telephone: String,
}

/// The database.
#[derive(Debug, Clone)]
pub struct Database {
    pool: AnyPool,
    backend: Backend,
    kept: kept::Kept,
}

/// So long a writer waits for another.
const BUSY: std::time::Duration = std::time::Duration::from_secs(10);

/// No branch can fill the disk with conflicting bytes: this many are kept.
const QUARANTINED_PER_BRANCH: i64 = 20;

fn int(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

impl Database {
    /// Opens or makes the database, and brings it along to this version's schema.
    ///
    /// # Errors
    /// When it cannot be opened or written, or a newer version wrote it.
    pub async fn open(place: impl Into<Place>) -> Result<Self, DatabaseError> {
        let place = place.into();
        migrations::bring_along(&place).await?;
        let database =
            Self { pool: place.pool().await?, backend: place.backend(), kept: kept::Kept::default() };
        database.derive_if_other().await?;
        Ok(database)
    }

    /// Fails where this process may read and not write, as when another user's file is open to all readers: SQLite opens that, too.
    pub async fn must_take_writes(&self) -> Result<(), DatabaseError> {
        // It changes nothing, and asks for all that a change needs.
        sqlx::query("UPDATE units SET name = name WHERE 1 = 0").execute(&self.pool).await?;
        Ok(())
    }

    /// Closes all connections, writing what SQLite has beside its file back into it.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// What the phone is told of its branch.
    pub async fn branch(&self, code: &BranchCode) -> Result<Option<BranchInfo>, DatabaseError> {
        let row = sqlx::query(
            "SELECT b.name, b.sector, p.code AS above, p.name AS above_name, p.telephone, l.ended_day, l.successor,
                 s.name AS successor_name
             FROM units b LEFT JOIN units p ON p.code = b.parent LEFT JOIN lifetimes l ON l.code = b.code
                 LEFT JOIN units s ON s.code = l.successor
             WHERE b.code = $1",
        )
        .bind(code.as_str().to_owned())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let named = |code: &str, name: &str| match row.try_get::<Option<String>, _>(code)? {
            Some(code) => {
                let code = BranchCode::new(code).map_err(stored)?;
                Ok::<_, DatabaseError>(Some(UnitName { code, name: row.try_get(name)? }))
            }
            None => Ok(None),
        };
        let ended = match tree::some_day(row.try_get("ended_day")?)? {
            Some(on) => Some(BranchEnded { on, merged_into: named("successor", "successor_name")? }),
            None => None,
        };
        Ok(Some(BranchInfo {
            code: code.clone(),
            name: row.try_get("name")?,
            sector: crate::domain::SectorId::new(row.try_get::<String, _>("sector")?).map_err(stored)?,
            reports_to: named("above", "above_name")?,
            telephone: row.try_get::<Option<String>, _>("telephone")?.unwrap_or_default(),
            ended,
            judged: crate::domain::Open::default(),
        }))
    }

    /// The frozen bytes of a branch's own submission.
    pub async fn submission(
        &self,
        branch: &BranchCode,
        id: SubmissionId,
    ) -> Result<Option<Vec<u8>>, DatabaseError> {
        let row = sqlx::query(
            "SELECT b.body FROM submission_bodies b JOIN submissions s ON s.id = b.submission
             WHERE s.branch = $1 AND s.id = $2",
        )
        .bind(branch.as_str().to_owned())
        .bind(id.to_string());
        Ok(row.fetch_optional(&self.pool).await?.map(|row| row.try_get(0)).transpose()?)
    }

    /// The frozen bytes of the newest submission of a branch that it has not taken back.
    pub async fn newest_submission(&self, branch: &BranchCode) -> Result<Option<Vec<u8>>, DatabaseError> {
        let row = sqlx::query(
            "SELECT b.body FROM submission_bodies b JOIN submissions s ON s.id = b.submission
             WHERE s.branch = $1 AND s.withdrawn_at IS NULL ORDER BY s.id DESC LIMIT 1",
        )
        .bind(branch.as_str().to_owned());
        Ok(row.fetch_optional(&self.pool).await?.map(|row| row.try_get(0)).transpose()?)
    }

    /// All submissions of a branch with their reviews, oldest first, each with its photos that are not here.
    pub async fn submissions(&self, branch: &BranchCode) -> Result<Vec<SubmissionSummary>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT id, receipt, period, device, parents, withdrawn_at FROM submissions WHERE branch = $1 ORDER BY id",
        )
        .bind(branch.as_str().to_owned())
        .fetch_all(&self.pool)
        .await?;
        let mut missing = self.missing_photos(branch).await?;
        let mut list = Vec::with_capacity(rows.len());
        for row in rows {
            let id: String = row.try_get("id")?;
            let reviews = self.reviews(&id).await?;
            list.push(summary(&row, reviews, missing.remove(&id).unwrap_or_default())?);
        }
        Ok(list)
    }

    async fn reviews(&self, submission: &str) -> Result<Vec<Review>, DatabaseError> {
        let rows = sqlx::query("SELECT body FROM reviews WHERE submission = $1 ORDER BY number")
            .bind(submission.to_owned())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| serde_json::from_str(&row.try_get::<String, _>(0)?).map_err(stored)).collect()
    }

    /// Takes a submission back unless a review has begun; `None` when the branch has no such submission, else whether it
    /// is withdrawn now. Again is success.
    pub async fn withdraw(
        &self,
        branch: &BranchCode,
        id: SubmissionId,
        now: u64,
    ) -> Result<Option<bool>, DatabaseError> {
        let mut tx = self.write(&Scope::branch(branch)).await?;
        let done = sqlx::query(
            "UPDATE submissions SET withdrawn_at = $1 WHERE id = $2 AND branch = $3 AND withdrawn_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM reviews WHERE submission = submissions.id)",
        )
        .bind(int(now))
        .bind(id.to_string())
        .bind(branch.as_str().to_owned())
        .execute(&mut *tx)
        .await?;
        let row = sqlx::query("SELECT period, withdrawn_at FROM submissions WHERE id = $1 AND branch = $2")
            .bind(id.to_string())
            .bind(branch.as_str().to_owned())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        if done.rows_affected() > 0 {
            let period = PeriodId::new(row.try_get::<String, _>("period")?).map_err(stored)?;
            derived::count_heads(&mut tx, branch, &period).await?;
        }
        tx.commit().await?;
        Ok(Some(row.try_get::<Option<i64>, _>("withdrawn_at")?.is_some()))
    }
}

fn summary(
    row: &AnyRow,
    reviews: Vec<Review>,
    missing: Vec<ContentHash>,
) -> Result<SubmissionSummary, DatabaseError> {
    Ok(SubmissionSummary {
        receipt: serde_json::from_str(&row.try_get::<String, _>("receipt")?).map_err(stored)?,
        period: PeriodId::new(row.try_get::<String, _>("period")?).map_err(stored)?,
        device: row.try_get::<String, _>("device")?.parse().map_err(stored)?,
        parents: serde_json::from_str(&row.try_get::<String, _>("parents")?).map_err(stored)?,
        withdrawn: row.try_get::<Option<i64>, _>("withdrawn_at")?.is_some(),
        reviews: reviews.into(),
        missing,
    })
}
