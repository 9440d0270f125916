//! What lists are read from, worked out of what was sent, written and decided: the columns of `submissions` from `code` on, and the
//! rows of `findings`. They are written in the transaction that changes what they follow from, always by what reads them from
//! scratch too (`domain::submission::heads`, `Findings::find`), never by a second rule in SQL; and they can be thrown away:
//! [`Database::derive_again`] makes them anew. A program that works them out otherwise than the one before raises [`VERSION`]: the
//! next one to open the database makes them anew by itself.

use super::{
    Database, DatabaseError, Scope,
    findings::of_branches,
    many::{self, Value},
    stored,
};
use crate::{
    domain::{
        BranchCode, ClaimedGrade, ContentHash, Declaration, FindingId, Findings, PeriodId, Submission,
        SubmissionId, day, submission::heads,
    },
    protocol::{Receipt, Review},
};
use serde::Deserialize;
use sqlx::{AnyConnection, Row as _};
use std::collections::{BTreeMap, BTreeSet};

/// By which way of working it out.
const VERSION: i64 = 4;
/// So many bodies are read at once.
const BODIES: i64 = 200;
/// So many characters tell a problem from another.
const BRIEF: usize = 40;
/// So many branches' findings.
const BRANCHES: usize = 400;

const MISSING: &str = "UPDATE submissions SET missing = (SELECT count(*) FROM attachments a WHERE a.submission = submissions.id
     AND NOT EXISTS (SELECT 1 FROM photos_here p WHERE p.branch = submissions.branch AND p.sha256 = a.sha256))";

/// What a list says of a submission that never changes.
pub(super) struct Narrow {
    pub(super) code: String,
    pub(super) score: i64,
    pub(super) checklist: String,
    pub(super) claimed: String,
    pub(super) late: bool,
}

impl Narrow {
    pub(super) fn of(submission: &Submission, receipt: &Receipt) -> Result<Self, DatabaseError> {
        Self::new(&submission.checklist, submission.declaration.claimed_grade, receipt)
    }

    fn new(checklist: &ContentHash, claimed: ClaimedGrade, receipt: &Receipt) -> Result<Self, DatabaseError> {
        Ok(Self {
            code: receipt.code.clone(),
            score: receipt.score.hundredths().into(),
            checklist: checklist.as_str().to_owned(),
            claimed: serde_json::to_string(&claimed).map_err(stored)?,
            late: receipt.late,
        })
    }
}

/// Which submission counts for a branch and period, after one was added or withdrawn.
pub(super) async fn count_heads(
    tx: &mut AnyConnection,
    branch: &BranchCode,
    period: &PeriodId,
) -> Result<(), DatabaseError> {
    // In one row: a branch may have sent many, and each row read has its price.
    let all: Option<String> = sqlx::query_scalar(
        "SELECT string_agg(id || ' ' || parents, ';') FROM submissions
         WHERE branch = $1 AND period = $2 AND withdrawn_at IS NULL",
    )
    .bind(branch.as_str().to_owned())
    .bind(period.as_str().to_owned())
    .fetch_one(&mut *tx)
    .await?;
    let mut submissions: Vec<(SubmissionId, Vec<SubmissionId>)> = Vec::new();
    for one in all.as_deref().unwrap_or_default().split(';').filter(|one| !one.is_empty()) {
        let (id, parents) = one.split_once(' ').ok_or_else(|| stored("a submission without parents"))?;
        submissions.push((id.parse().map_err(stored)?, serde_json::from_str(parents).map_err(stored)?));
    }
    let heads = heads(&submissions);
    sqlx::query(
        "UPDATE submissions SET heads = CASE WHEN id = $1 THEN CAST($2 AS BIGINT) ELSE 0 END
         WHERE branch = $3 AND period = $4 AND (heads > 0 OR id = $1)",
    )
    .bind(heads.iter().max().map(ToString::to_string).unwrap_or_default())
    .bind(i64::try_from(heads.len()).unwrap_or(i64::MAX))
    .bind(branch.as_str().to_owned())
    .bind(period.as_str().to_owned())
    .execute(tx)
    .await?;
    Ok(())
}

/// That a submission counts for its branch and period as one of so many that nothing follows; as none, that another one does.
pub(super) async fn counts(
    tx: &mut AnyConnection,
    submission: SubmissionId,
    heads: i64,
) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE submissions SET heads = $1 WHERE id = $2")
        .bind(heads)
        .bind(submission.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// How a submission stands after this review of it.
pub(super) async fn stands(
    tx: &mut AnyConnection,
    submission: &str,
    last: &Review,
) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE submissions SET state = $1, due = $2 WHERE id = $3")
        .bind(serde_json::to_string(&last.state).map_err(stored)?)
        .bind(last.due.map(day::text))
        .bind(submission.to_owned())
        .execute(tx)
        .await?;
    Ok(())
}

/// How many photos a submission misses.
pub(super) async fn misses(tx: &mut AnyConnection, submission: &str) -> Result<(), DatabaseError> {
    sqlx::query(sqlx::AssertSqlSafe(format!("{MISSING} WHERE id = $1")))
        .bind(submission.to_owned())
        .execute(tx)
        .await?;
    Ok(())
}

/// How many photos the submissions miss that name this one, after it came, was lost or was found.
pub(super) async fn photo_changed(
    tx: &mut AnyConnection,
    branch: &BranchCode,
    sha256: &ContentHash,
) -> Result<(), DatabaseError> {
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "{MISSING} WHERE branch = $1
             AND EXISTS (SELECT 1 FROM attachments n WHERE n.submission = submissions.id AND n.sha256 = $2)"
    )))
    .bind(branch.as_str().to_owned())
    .bind(sha256.as_str().to_owned())
    .execute(tx)
    .await?;
    Ok(())
}

/// The digits of a finding's id from the last to the first: what clerks call it by is how its id ends.
pub(super) fn backwards(finding: FindingId) -> String {
    finding.0.simple().to_string().chars().rev().collect()
}

/// How findings of a branch read now.
fn rows(
    branch: &BranchCode,
    findings: &Findings,
    ids: impl IntoIterator<Item = FindingId>,
) -> Result<Vec<[Value; 14]>, DatabaseError> {
    let mut rows = Vec::new();
    for finding in ids.into_iter().filter_map(|id| findings.find(id)) {
        let (begun, so_far) = (finding.begun, findings.so_far(finding.id));
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        rows.push([
            branch.as_str().into(),
            finding.id.to_string().into(),
            backwards(finding.id).into(),
            format!("{:020}-{:05}-{}", begun.ms, begun.count, begun.device).into(),
            serde_json::to_string(&finding.state).map_err(stored)?.into(),
            finding.item.as_ref().map(|item| item.as_str().to_owned()).into(),
            serde_json::to_string(&finding.origin).map_err(stored)?.into(),
            finding.detail.clone().into(),
            finding.problem.chars().take(BRIEF).collect::<String>().into(),
            finding.due().map(day::text).into(),
            finding.asks_until().map(day::text).into(),
            count(so_far.words).into(),
            count(so_far.from_above).into(),
            serde_json::to_string(&finding).map_err(stored)?.into(),
        ]);
    }
    Ok(rows)
}

/// Findings read otherwise, after something was said of them.
pub(super) async fn read_anew<'a>(
    tx: &mut AnyConnection,
    touched: impl IntoIterator<Item = (&'a BranchCode, &'a Findings, BTreeSet<FindingId>)>,
) -> Result<(), DatabaseError> {
    let mut all = Vec::new();
    for (branch, findings, ids) in touched {
        all.append(&mut rows(branch, findings, ids)?);
    }
    many::insert(
        tx,
        "findings (branch, finding, backwards, begun, state, item, origin, detail, brief, due, asks_until, words, words_above, body)",
        "ON CONFLICT (branch, finding) DO UPDATE SET begun = excluded.begun, state = excluded.state, item = excluded.item,
             origin = excluded.origin, detail = excluded.detail, brief = excluded.brief, due = excluded.due,
             asks_until = excluded.asks_until, words = excluded.words, words_above = excluded.words_above,
             body = excluded.body",
        all,
    )
    .await
}

/// What findings of branches that were merged are called there, after some were. Whether they went over is another matter: those that
/// were open did.
pub(super) async fn pass_on(tx: &mut AnyConnection) -> Result<(), DatabaseError> {
    let rows = sqlx::query(
        "SELECT f.branch, f.finding, l.successor FROM findings f JOIN lifetimes l ON l.code = f.branch
         WHERE l.successor IS NOT NULL",
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let successor = BranchCode::new(row.try_get::<String, _>("successor")?).map_err(stored)?;
        let finding: String = row.try_get("finding")?;
        let there = FindingId::passed_on(&successor, finding.parse().map_err(stored)?);
        sqlx::query("UPDATE findings SET passed_on = $1 WHERE branch = $2 AND finding = $3")
            .bind(there.to_string())
            .bind(row.try_get::<String, _>("branch")?)
            .bind(finding)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

impl Database {
    /// Works out anew what lists are read from. It waits for whoever writes, and they for it.
    pub async fn derive_again(&self) -> Result<(), DatabaseError> {
        let mut tx = self.write(&Scope::Whole).await?;
        all(&mut tx).await?;
        sqlx::query("DELETE FROM derived").execute(&mut *tx).await?;
        sqlx::query("INSERT INTO derived (version) VALUES ($1)").bind(VERSION).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The same where it was done otherwise before, or never.
    pub(super) async fn derive_if_other(&self) -> Result<(), DatabaseError> {
        let version: Option<i64> =
            sqlx::query_scalar("SELECT version FROM derived").fetch_optional(&self.pool).await?;
        if version == Some(VERSION) { Ok(()) } else { self.derive_again().await }
    }
}

async fn all(tx: &mut AnyConnection) -> Result<(), DatabaseError> {
    #[derive(Deserialize)]
    struct Said {
        checklist: ContentHash,
        declaration: Declaration,
    }
    sqlx::query("UPDATE submissions SET heads = 0, state = NULL, due = NULL").execute(&mut *tx).await?;
    sqlx::query(MISSING).execute(&mut *tx).await?;
    let mut last = String::new();
    loop {
        let rows = sqlx::query(
            "SELECT s.id, s.receipt, b.body FROM submissions s JOIN submission_bodies b ON b.submission = s.id
             WHERE s.id > $1 ORDER BY s.id LIMIT $2",
        )
        .bind(last.clone())
        .bind(BODIES)
        .fetch_all(&mut *tx)
        .await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            last = row.try_get("id")?;
            let receipt: Receipt =
                serde_json::from_str(&row.try_get::<String, _>("receipt")?).map_err(stored)?;
            let said: Said = serde_json::from_slice(&row.try_get::<Vec<u8>, _>("body")?).map_err(stored)?;
            let narrow = Narrow::new(&said.checklist, said.declaration.claimed_grade, &receipt)?;
            sqlx::query(
                "UPDATE submissions SET code = $1, score = $2, checklist = $3, claimed = $4, late = $5 WHERE id = $6",
            )
            .bind(narrow.code)
            .bind(narrow.score)
            .bind(narrow.checklist)
            .bind(narrow.claimed)
            .bind(i64::from(narrow.late))
            .bind(last.clone())
            .execute(&mut *tx)
            .await?;
        }
    }
    let assessments =
        sqlx::query("SELECT DISTINCT branch, period FROM submissions").fetch_all(&mut *tx).await?;
    for row in assessments {
        let branch = BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?;
        let period = PeriodId::new(row.try_get::<String, _>("period")?).map_err(stored)?;
        count_heads(tx, &branch, &period).await?;
    }
    let mut last: BTreeMap<String, Review> = BTreeMap::new();
    for row in sqlx::query("SELECT submission, body FROM reviews ORDER BY number").fetch_all(&mut *tx).await?
    {
        let review = serde_json::from_str(&row.try_get::<String, _>("body")?).map_err(stored)?;
        last.insert(row.try_get("submission")?, review);
    }
    for (submission, review) in last {
        stands(tx, &submission, &review).await?;
    }
    sqlx::query("DELETE FROM findings").execute(&mut *tx).await?;
    let rows = sqlx::query("SELECT DISTINCT branch FROM finding_entries").fetch_all(&mut *tx).await?;
    let branches = rows.iter().map(|row| BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored));
    let branches: Vec<BranchCode> = branches.collect::<Result<_, DatabaseError>>()?;
    for some in branches.chunks(BRANCHES) {
        let found = of_branches(tx, &some.iter().collect()).await?;
        let each = found.iter().map(|(branch, findings)| (branch, findings, findings.ids()));
        read_anew(tx, each).await?;
    }
    pass_on(tx).await
}

#[cfg(test)]
#[path = "derived_tests.rs"]
mod tests;
