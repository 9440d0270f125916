//! 问题类别, and which problem is of which: given by hand, the last one counts.

use super::{
    Database, DatabaseError, Scope, int,
    log::Record,
    many::{self, Value},
    stored,
    tree::some_day,
};
use crate::domain::{BranchCode, ContentHash, FindingId, day};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row as _, any::AnyRow};
use std::collections::{BTreeMap, BTreeSet};

/// The key of a kind. It follows from whose it is and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindId(String);

impl KindId {
    /// Of a unit's kind of this name.
    pub fn of(unit: &BranchCode, name: &str) -> Self {
        // No code holds a zero byte.
        let hash = ContentHash::of(format!("biaochi kind\0{}\0{name}", unit.as_str()).as_bytes());
        Self(hash.as_str().chars().take(32).collect())
    }

    /// As it was written into an address or a form; whatever else it is, no kind has it.
    pub fn read(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a kind is a matter of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// 共性
    Common,
    /// 个性
    Individual,
}

/// A kind of problems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Its key.
    pub id: KindId,
    /// Whose.
    pub unit: BranchCode,
    /// What it is called.
    pub name: String,
    /// 共性 or 个性.
    pub sort: Sort,
    /// Since when.
    pub made: Date,
    /// Until when it was given, if it is given no more.
    pub ended: Option<Date>,
}

const KIND: &str = "SELECT id, unit, name, sort, made_day, ended_day FROM finding_kinds";

fn kind(row: &AnyRow) -> Result<Kind, DatabaseError> {
    let made = some_day(Some(row.try_get("made_day")?))?;
    Ok(Kind {
        id: KindId(row.try_get("id")?),
        unit: BranchCode::new(row.try_get::<String, _>("unit")?).map_err(stored)?,
        name: row.try_get("name")?,
        sort: serde_json::from_str(&row.try_get::<String, _>("sort")?).map_err(stored)?,
        made: made.ok_or_else(|| stored("a kind without a day"))?,
        ended: some_day(row.try_get("ended_day")?)?,
    })
}

impl Database {
    /// The kinds of these units: those that are given still first, by name.
    pub async fn kinds(&self, units: &[BranchCode]) -> Result<Vec<Kind>, DatabaseError> {
        let keys: Vec<String> = units.iter().map(|unit| unit.as_str().to_owned()).collect();
        let mut connection = self.pool.acquire().await?;
        let rows = many::select(&mut connection, &format!("{KIND} WHERE unit IN"), &[], &keys, "").await?;
        let mut kinds: Vec<Kind> = rows.iter().map(kind).collect::<Result<_, _>>()?;
        kinds.sort_by(|one, other| {
            (one.ended, one.sort, &one.name, &one.unit).cmp(&(
                other.ended,
                other.sort,
                &other.name,
                &other.unit,
            ))
        });
        Ok(kinds)
    }

    /// Makes a kind, or gives one again that was given no more; whether anything changed.
    pub async fn make_kind(&self, kind: &Kind, record: Record) -> Result<bool, DatabaseError> {
        let mut tx = self.write(&Scope::branch(&kind.unit)).await?;
        let done = sqlx::query(
            "INSERT INTO finding_kinds (id, unit, name, sort, made_day) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET ended_day = NULL, sort = excluded.sort
             WHERE finding_kinds.ended_day IS NOT NULL",
        )
        .bind(kind.id.0.clone())
        .bind(kind.unit.as_str().to_owned())
        .bind(kind.name.clone())
        .bind(serde_json::to_string(&kind.sort).map_err(stored)?)
        .bind(day::text(kind.made))
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.append(&mut tx, &[record]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Ends a kind: it is given no more, and stays where it was given. Whether anything changed.
    pub async fn end_kind(&self, kind: &Kind, on: Date, record: Record) -> Result<bool, DatabaseError> {
        let mut tx = self.write(&Scope::branch(&kind.unit)).await?;
        let done = sqlx::query("UPDATE finding_kinds SET ended_day = $1 WHERE id = $2 AND ended_day IS NULL")
            .bind(day::text(on))
            .bind(kind.id.0.clone())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.append(&mut tx, &[record]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Says of which kind findings are, or that they are of none; each with what is noted of it.
    pub async fn sort_findings(
        &self,
        findings: &[(BranchCode, FindingId)],
        kind: Option<&KindId>,
        (at, speaker): (u64, &str),
        records: &[Record],
    ) -> Result<(), DatabaseError> {
        let branches: BTreeSet<&BranchCode> = findings.iter().map(|(branch, _)| branch).collect();
        let mut tx = self.write(&Scope::Branches(branches)).await?;
        let row = |(branch, finding): &(BranchCode, FindingId)| {
            let kind = kind.map(|kind| kind.0.clone());
            [
                Value::from(branch.as_str()),
                finding.to_string().into(),
                kind.into(),
                int(at).into(),
                speaker.into(),
            ]
        };
        let rows: Vec<[Value; 5]> = findings.iter().map(row).collect();
        many::insert(&mut tx, "findings_sorted (branch, finding, kind, at, speaker)", "", rows).await?;
        self.append(&mut tx, records).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Of which kind the findings of these branches are, or everybody's; of none has no entry.
    pub async fn kinds_of(
        &self,
        branches: Option<&[BranchCode]>,
    ) -> Result<BTreeMap<(BranchCode, FindingId), Kind>, DatabaseError> {
        const SELECT: &str =
            "SELECT s.branch, s.finding, k.id, k.unit, k.name, k.sort, k.made_day, k.ended_day
             FROM findings_sorted s JOIN finding_kinds k ON k.id = s.kind
             WHERE NOT EXISTS (SELECT 1 FROM findings_sorted later
                 WHERE later.branch = s.branch AND later.finding = s.finding AND later.number > s.number)";
        let mut connection = self.pool.acquire().await?;
        let rows = match branches {
            None => sqlx::query(AssertSqlSafe(SELECT.to_owned())).fetch_all(&mut *connection).await?,
            Some(branches) => {
                let keys: Vec<String> = branches.iter().map(|branch| branch.as_str().to_owned()).collect();
                many::select(&mut connection, &format!("{SELECT} AND s.branch IN"), &[], &keys, "").await?
            }
        };
        let read = |row: &AnyRow| {
            let branch = BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?;
            let finding = row.try_get::<String, _>("finding")?.parse().map_err(stored)?;
            Ok(((branch, finding), kind(row)?))
        };
        rows.iter().map(read).collect()
    }
}
