//! 收到纸质: what branches handed in on paper, as the unit above typed it in. Appended, never changed; the last one counts.

use super::{
    Database, DatabaseError, Scope, int,
    log::Record,
    many::{self, Value},
    stored,
    tree::some_day,
};
use crate::domain::{BranchCode, ClaimedGrade, PeriodId, Points, day};
use jiff::civil::Date;
use sqlx::{AnyConnection, Row as _, any::AnyRow};
use std::collections::BTreeMap;

/// What was typed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Of which branch.
    pub branch: BranchCode,
    /// For which period.
    pub period: PeriodId,
    /// 自评得分 and 申报等次; `None` says that nothing was handed in after all.
    pub said: Option<(Points, ClaimedGrade)>,
    /// The day on which it came.
    pub received_on: Date,
    /// A remark of the unit above.
    pub note: String,
    /// When it was typed in, milliseconds since 1970-01-01 UTC.
    pub at: u64,
    /// By whom, as a name to show.
    pub by: String,
}

const COLUMNS: &str =
    "SELECT number, branch, period, score, claimed, received_on, note, written_at, written_by
     FROM paper_reports";

impl Database {
    /// Adds one, unless so many are not all that there were when its writer looked; whether it was added.
    pub(crate) async fn add_paper(
        &self,
        paper: &Paper,
        after: usize,
        record: &Record,
    ) -> Result<bool, DatabaseError> {
        let mut tx = self.write(&Scope::branch(&paper.branch)).await?;
        let there: i64 =
            sqlx::query_scalar("SELECT count(*) FROM paper_reports WHERE branch = $1 AND period = $2")
                .bind(paper.branch.as_str().to_owned())
                .bind(paper.period.as_str().to_owned())
                .fetch_one(&mut *tx)
                .await?;
        if usize::try_from(there) != Ok(after) {
            return Ok(false);
        }
        add(&mut tx, paper).await?;
        self.append(&mut tx, std::slice::from_ref(record)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// All that was typed in of a branch for a period, oldest first: the last one counts.
    pub async fn papers(&self, branch: &BranchCode, period: &PeriodId) -> Result<Vec<Paper>, DatabaseError> {
        let statement = format!("{COLUMNS} WHERE branch = $1 AND period = $2 ORDER BY number");
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(branch.as_str().to_owned())
            .bind(period.as_str().to_owned())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(paper).collect()
    }

    /// What counts of these branches for a period; who handed nothing in is left out.
    pub async fn papers_of(
        &self,
        period: &PeriodId,
        branches: &[BranchCode],
    ) -> Result<BTreeMap<BranchCode, Paper>, DatabaseError> {
        let keys: Vec<String> = branches.iter().map(|branch| branch.as_str().to_owned()).collect();
        let mut connection = self.pool.acquire().await?;
        let statement = format!("{COLUMNS} WHERE period = $1 AND branch IN");
        let bound = [Value::from(period.as_str())];
        let rows = many::select(&mut connection, &statement, &bound, &keys, "ORDER BY number").await?;
        let mut papers = BTreeMap::new();
        for row in rows {
            let paper = paper(&row)?;
            papers.insert(paper.branch.clone(), paper);
        }
        papers.retain(|_, paper| paper.said.is_some());
        Ok(papers)
    }
}

/// Entries by their numbers.
pub(super) async fn numbered(
    from: &mut AnyConnection,
    numbers: &[Option<i64>],
) -> Result<BTreeMap<i64, Paper>, DatabaseError> {
    let numbers: Vec<i64> = numbers.iter().flatten().copied().collect();
    let mut papers = BTreeMap::new();
    if numbers.is_empty() {
        return Ok(papers);
    }
    // Numbers of our own: nothing of them is anybody's text.
    let list = numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let statement = format!("{COLUMNS} WHERE number IN ({list})");
    for row in sqlx::query(sqlx::AssertSqlSafe(statement)).fetch_all(from).await? {
        papers.insert(row.try_get("number")?, paper(&row)?);
    }
    Ok(papers)
}

async fn add(tx: &mut AnyConnection, paper: &Paper) -> Result<(), DatabaseError> {
    let claimed = paper.said.map(|(_, claimed)| serde_json::to_string(&claimed)).transpose();
    sqlx::query(
        "INSERT INTO paper_reports (branch, period, score, claimed, received_on, note, written_at, written_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(paper.branch.as_str().to_owned())
    .bind(paper.period.as_str().to_owned())
    .bind(paper.said.map(|(score, _)| i64::from(score.hundredths())))
    .bind(claimed.map_err(stored)?)
    .bind(day::text(paper.received_on))
    .bind(paper.note.clone())
    .bind(int(paper.at))
    .bind(paper.by.clone())
    .execute(tx)
    .await?;
    Ok(())
}

fn paper(row: &AnyRow) -> Result<Paper, DatabaseError> {
    let score = row.try_get::<Option<i64>, _>("score")?;
    let score = score.map(|score| u32::try_from(score).map(Points::from_hundredths)).transpose();
    let claimed = row.try_get::<Option<String>, _>("claimed")?;
    let claimed = claimed.map(|text| serde_json::from_str::<ClaimedGrade>(&text)).transpose();
    Ok(Paper {
        branch: BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?,
        period: PeriodId::new(row.try_get::<String, _>("period")?).map_err(stored)?,
        said: score.map_err(stored)?.zip(claimed.map_err(stored)?),
        received_on: some_day(Some(row.try_get("received_on")?))?.ok_or_else(|| stored("a day"))?,
        note: row.try_get("note")?,
        at: u64::try_from(row.try_get::<i64, _>("written_at")?).map_err(stored)?,
        by: row.try_get("written_by")?,
    })
}
