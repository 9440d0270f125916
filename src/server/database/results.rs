//! What counts: for each branch and period the newest submission that nothing follows and that was not withdrawn.

use super::{
    Database, DatabaseError,
    many::{self, Value},
    stored,
};
use crate::{
    domain::{BranchCode, ClaimedGrade, ContentHash, PeriodId, ScoreSheet, Submission, SubmissionId},
    protocol::{Receipt, Review},
};
use sqlx::{AnyConnection, AssertSqlSafe, Row as _, any::AnyRow};
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
    /// The checklist that it answers.
    pub checklist: ContentHash,
    /// 申报等次
    pub claimed: ClaimedGrade,
}

/// A submission with its score sheet as the endpoint computed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was sent.
    pub submission: Submission,
    /// What it scored.
    pub sheet: ScoreSheet,
}

/// What is known of a submission without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// 回执码
    pub code: String,
    /// The branch.
    pub branch: BranchCode,
    /// The period.
    pub period: PeriodId,
    /// The checklist that it answers.
    pub checklist: ContentHash,
    /// What the upper level said of it, oldest first.
    pub reviews: Vec<Review>,
    /// Whether it is the one that counts for its branch and period.
    pub counts: bool,
}

impl Database {
    /// The submissions that count, in the order of branch codes and periods; of one period, or of all.
    pub async fn counting(&self, period: Option<&PeriodId>) -> Result<Vec<Counting>, DatabaseError> {
        let mut tx = self.read().await?;
        let (which, bound) = match period {
            Some(period) => ("s.heads > 0 AND s.period = $1", vec![Value::from(period.as_str())]),
            None => ("s.heads > 0", Vec::new()),
        };
        let fetch = async |tx: &mut AnyConnection, select: &str, order: &str| {
            let mut query = sqlx::query(AssertSqlSafe(format!("{select} WHERE {which} {order}")));
            for value in bound.iter().cloned() {
                query = many::bind(query, value);
            }
            query.fetch_all(tx).await
        };
        let rows = fetch(&mut tx, COUNTING, "ORDER BY s.branch, s.period").await?;
        let reviews = fetch(&mut tx, REVIEWS, "ORDER BY r.number").await?;
        read(&rows, &reviews)
    }

    /// Those of these branches that count for a period, in the order of their codes.
    pub async fn counting_of(
        &self,
        period: &PeriodId,
        branches: &[BranchCode],
    ) -> Result<Vec<Counting>, DatabaseError> {
        let mut keys: Vec<String> = branches.iter().map(|branch| branch.as_str().to_owned()).collect();
        keys.sort();
        let which = "s.heads > 0 AND s.period = $1 AND s.branch";
        self.counting_where(which, &[Value::from(period.as_str())], &keys, "ORDER BY s.branch").await
    }

    async fn counting_where(
        &self,
        which: &str,
        bound: &[Value],
        keys: &[String],
        order: &str,
    ) -> Result<Vec<Counting>, DatabaseError> {
        let mut tx = self.read().await?;
        let rows = many::select(&mut tx, &format!("{COUNTING} WHERE {which} IN"), bound, keys, order).await?;
        let reviews =
            many::select(&mut tx, &format!("{REVIEWS} WHERE {which} IN"), bound, keys, "ORDER BY r.number")
                .await?;
        read(&rows, &reviews)
    }

    /// How many branches have reported for each period, by what is not withdrawn; a period without any is left out.
    pub async fn reports_by_period(&self) -> Result<BTreeMap<PeriodId, usize>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT period, count(DISTINCT branch) FROM submissions WHERE withdrawn_at IS NULL GROUP BY period",
        );
        let count = |row: &AnyRow| {
            let period = PeriodId::new(row.try_get::<String, _>(0)?).map_err(stored)?;
            Ok((period, usize::try_from(row.try_get::<i64, _>(1)?).map_err(stored)?))
        };
        rows.fetch_all(&self.pool).await?.iter().map(count).collect()
    }

    /// The submissions, withdrawn ones too, that have this receipt code, or whose ids begin like this.
    pub async fn submissions_called(
        &self,
        code: &str,
        beginning: Option<&str>,
    ) -> Result<Vec<SubmissionId>, DatabaseError> {
        let beginning = beginning.map(str::to_owned);
        let rows =
            sqlx::query("SELECT id FROM submissions WHERE code = $1 OR (id >= $2 AND id < $3) ORDER BY id")
                .bind(code.to_owned())
                .bind(beginning.clone())
                // After every digit and dash.
                .bind(beginning.map(|text| text + "g"))
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(|row| row.try_get::<String, _>(0)?.parse().map_err(stored)).collect()
    }

    /// Those of these submissions that are there, withdrawn ones too.
    pub async fn known_of(
        &self,
        ids: &[SubmissionId],
    ) -> Result<BTreeMap<SubmissionId, Known>, DatabaseError> {
        let keys: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let mut tx = self.read().await?;
        let statement =
            "SELECT s.id, s.code, s.branch, s.period, s.checklist, s.heads FROM submissions s WHERE s.id IN";
        let rows = many::select(&mut tx, statement, &[], &keys, "").await?;
        let statement = format!("{REVIEWS} WHERE s.id IN");
        let mut said = said(&many::select(&mut tx, &statement, &[], &keys, "ORDER BY r.number").await?)?;
        let mut known = BTreeMap::new();
        for row in rows {
            let id: String = row.try_get("id")?;
            let one = Known {
                code: row.try_get("code")?,
                branch: BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?,
                period: PeriodId::new(row.try_get::<String, _>("period")?).map_err(stored)?,
                checklist: ContentHash::try_from(row.try_get::<String, _>("checklist")?).map_err(stored)?,
                reviews: said.remove(&id).unwrap_or_default(),
                counts: row.try_get::<i64, _>("heads")? > 0,
            };
            known.insert(id.parse().map_err(stored)?, one);
        }
        Ok(known)
    }

    /// A submission with its score sheet.
    pub async fn report(&self, id: SubmissionId) -> Result<Option<Report>, DatabaseError> {
        Ok(self.reports(&[id]).await?.remove(&id))
    }

    /// Submissions with their score sheets; those that are not there are left out. What they are is large: ask for some at a time.
    pub async fn reports(
        &self,
        ids: &[SubmissionId],
    ) -> Result<BTreeMap<SubmissionId, Report>, DatabaseError> {
        let keys: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let mut connection = self.pool.acquire().await?;
        let statement = "SELECT body, sheet FROM submission_bodies WHERE submission IN";
        let mut reports = BTreeMap::new();
        for row in many::select(&mut connection, statement, &[], &keys, "").await? {
            let submission: Submission =
                serde_json::from_slice(&row.try_get::<Vec<u8>, _>("body")?).map_err(stored)?;
            let sheet = serde_json::from_str(&row.try_get::<String, _>("sheet")?).map_err(stored)?;
            reports.insert(submission.id, Report { submission, sheet });
        }
        Ok(reports)
    }

    /// What submissions scored; those that are not there are left out.
    pub async fn sheets(
        &self,
        ids: &[SubmissionId],
    ) -> Result<BTreeMap<SubmissionId, ScoreSheet>, DatabaseError> {
        let keys: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let mut connection = self.pool.acquire().await?;
        let statement = "SELECT submission, sheet FROM submission_bodies WHERE submission IN";
        let mut sheets = BTreeMap::new();
        for row in many::select(&mut connection, statement, &[], &keys, "").await? {
            let id = row.try_get::<String, _>("submission")?.parse().map_err(stored)?;
            sheets.insert(id, serde_json::from_str(&row.try_get::<String, _>("sheet")?).map_err(stored)?);
        }
        Ok(sheets)
    }
}

const COUNTING: &str = "SELECT s.id, s.branch, s.period, s.receipt, s.heads, s.missing, s.checklist, s.claimed FROM submissions s";
pub(super) const REVIEWS: &str =
    "SELECT r.submission, r.body FROM reviews r JOIN submissions s ON s.id = r.submission";

/// What was said of each submission, oldest first.
pub(super) fn said(rows: &[AnyRow]) -> Result<BTreeMap<String, Vec<Review>>, DatabaseError> {
    let mut said: BTreeMap<String, Vec<Review>> = BTreeMap::new();
    for row in rows {
        let review = serde_json::from_str(&row.try_get::<String, _>("body")?).map_err(stored)?;
        said.entry(row.try_get("submission")?).or_default().push(review);
    }
    Ok(said)
}

fn read(rows: &[AnyRow], reviews: &[AnyRow]) -> Result<Vec<Counting>, DatabaseError> {
    let mut said = said(reviews)?;
    rows.iter()
        .map(|row| counting(row, said.remove(&row.try_get::<String, _>("id")?).unwrap_or_default()))
        .collect()
}

/// One that counts, of which this was said.
pub(super) fn counting(row: &AnyRow, reviews: Vec<Review>) -> Result<Counting, DatabaseError> {
    let count = |number: i64| usize::try_from(number).map_err(stored);
    Ok(Counting {
        branch: BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?,
        period: PeriodId::new(row.try_get::<String, _>("period")?).map_err(stored)?,
        receipt: serde_json::from_str(&row.try_get::<String, _>("receipt")?).map_err(stored)?,
        heads: count(row.try_get("heads")?)?,
        reviews,
        missing: count(row.try_get("missing")?)?,
        checklist: ContentHash::try_from(row.try_get::<String, _>("checklist")?).map_err(stored)?,
        claimed: serde_json::from_str(&row.try_get::<String, _>("claimed")?).map_err(stored)?,
    })
}
