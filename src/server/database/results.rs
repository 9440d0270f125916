//! What counts: for each branch and period the newest submission that nothing follows and that was not withdrawn.

use super::{Database, DatabaseError, stored};
use crate::{
    domain::{BranchCode, PeriodId, ScoreSheet, Submission, SubmissionId, submission::heads},
    protocol::{Receipt, Review},
};
use sqlx::Row as _;
use std::collections::BTreeMap;

/// The submission that counts for one branch and period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    /// The branch.
    pub branch: BranchCode,
    /// The period.
    pub period: PeriodId,
    /// Its receipt.
    pub receipt: Receipt,
    /// How many submissions nothing follows: more than one means that two phones reported apart.
    pub heads: usize,
    /// What the upper level said of it, oldest first.
    pub reviews: Vec<Review>,
    /// How many of its photos are not here, or were lost as far as the endpoint has looked: it is complete when there are none.
    pub missing: usize,
}

/// A submission with its score sheet as the endpoint computed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was sent.
    pub submission: Submission,
    /// What it scored.
    pub sheet: ScoreSheet,
}

/// A submission with those it follows.
type Followed = (SubmissionId, Vec<SubmissionId>);

impl Database {
    /// The submissions that count, in the order of branch codes and periods; of one period, or of all.
    pub async fn counting(&self, period: Option<&PeriodId>) -> Result<Vec<Counting>, DatabaseError> {
        let rows =
            sqlx::query("SELECT id, branch, period, parents FROM submissions WHERE withdrawn_at IS NULL")
                .fetch_all(&self.pool)
                .await?;
        let mut assessments: BTreeMap<(BranchCode, PeriodId), Vec<Followed>> = BTreeMap::new();
        for row in rows {
            let branch = BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?;
            let of = PeriodId::new(row.try_get::<String, _>("period")?).map_err(stored)?;
            if period.is_some_and(|wanted| *wanted != of) {
                continue;
            }
            let id = row.try_get::<String, _>("id")?.parse().map_err(stored)?;
            let parents = serde_json::from_str(&row.try_get::<String, _>("parents")?).map_err(stored)?;
            assessments.entry((branch, of)).or_default().push((id, parents));
        }
        let mut list = Vec::with_capacity(assessments.len());
        for ((branch, period), submissions) in assessments {
            let heads = heads(&submissions);
            let Some(newest) = heads.iter().max() else { continue };
            let row = sqlx::query("SELECT receipt FROM submissions WHERE id = $1")
                .bind(newest.to_string())
                .fetch_one(&self.pool)
                .await?;
            list.push(Counting {
                branch,
                period,
                receipt: serde_json::from_str(&row.try_get::<String, _>(0)?).map_err(stored)?,
                heads: heads.len(),
                reviews: self.reviews(&newest.to_string()).await?,
                missing: self.missing_of(newest.to_string()).await?,
            });
        }
        Ok(list)
    }

    /// How many branches have reported for each period, by what is not withdrawn; a period without any is left out.
    pub async fn reports_by_period(&self) -> Result<BTreeMap<PeriodId, usize>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT period, count(DISTINCT branch) FROM submissions WHERE withdrawn_at IS NULL GROUP BY period",
        );
        let count = |row: &sqlx::any::AnyRow| {
            let period = PeriodId::new(row.try_get::<String, _>(0)?).map_err(stored)?;
            Ok((period, usize::try_from(row.try_get::<i64, _>(1)?).map_err(stored)?))
        };
        rows.fetch_all(&self.pool).await?.iter().map(count).collect()
    }

    /// Every submission's id and receipt code, withdrawn ones too: what a clerk may name it by.
    pub async fn receipt_codes(&self) -> Result<Vec<(SubmissionId, String)>, DatabaseError> {
        let rows = sqlx::query("SELECT receipt FROM submissions ORDER BY id").fetch_all(&self.pool).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let receipt: Receipt = serde_json::from_str(&row.try_get::<String, _>(0)?).map_err(stored)?;
            Ok((receipt.submission, receipt.code))
        };
        rows.iter().map(read).collect()
    }

    /// A submission with its score sheet.
    pub async fn report(&self, id: SubmissionId) -> Result<Option<Report>, DatabaseError> {
        let row = sqlx::query("SELECT body, sheet FROM submissions WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Report {
            submission: serde_json::from_slice(&row.try_get::<Vec<u8>, _>("body")?).map_err(stored)?,
            sheet: serde_json::from_str(&row.try_get::<String, _>("sheet")?).map_err(stored)?,
        }))
    }

    /// What the upper level said of a submission, oldest first; `None` when there is no such submission.
    pub async fn reviews_of(&self, id: SubmissionId) -> Result<Option<Vec<Review>>, DatabaseError> {
        let row = sqlx::query("SELECT 1 FROM submissions WHERE id = $1").bind(id.to_string());
        match row.fetch_optional(&self.pool).await? {
            Some(_) => self.reviews(&id.to_string()).await.map(Some),
            None => Ok(None),
        }
    }
}
