//! 转隶 that waits for the unit where it leads to.

use super::{Database, DatabaseError, Scope, int, log::Record, many, stored, tree::some_day};
use crate::domain::{BranchCode, day};
use jiff::civil::Date;
use sqlx::{Row as _, any::AnyRow};
use uuid::Uuid;

/// That a unit is to stand under another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// By which it is called.
    pub number: i64,
    /// The unit.
    pub unit: BranchCode,
    /// What it stood under when it was asked for.
    pub comes_from: BranchCode,
    /// What it is to stand under.
    pub goes_to: BranchCode,
    /// From this day on.
    pub on: Date,
    /// When it was asked for, milliseconds since 1970-01-01 UTC.
    pub asked_at: u64,
    /// By whose account; `None` for the operator.
    pub asked_by: Option<Uuid>,
}

/// Those that wait: of a unit that is there, and stands where it stood.
const WAITING: &str = "SELECT m.number, m.unit, m.comes_from, m.goes_to, m.on_day, m.asked_at, m.asked_by
     FROM moves m JOIN units u ON u.code = m.unit AND u.parent = m.comes_from LEFT JOIN lifetimes l ON l.code = m.unit
     WHERE m.answered_at IS NULL AND l.ended_day IS NULL";

fn read(row: &AnyRow) -> Result<Move, DatabaseError> {
    let code = |name: &str| BranchCode::new(row.try_get::<String, _>(name)?).map_err(stored);
    let asked_by: Option<String> = row.try_get("asked_by")?;
    Ok(Move {
        number: row.try_get("number")?,
        unit: code("unit")?,
        comes_from: code("comes_from")?,
        goes_to: code("goes_to")?,
        on: some_day(Some(row.try_get("on_day")?))?.ok_or_else(|| stored("a move without its day"))?,
        asked_at: u64::try_from(row.try_get::<i64, _>("asked_at")?).map_err(stored)?,
        asked_by: asked_by.map(|id| id.parse().map_err(stored)).transpose()?,
    })
}

impl Database {
    /// Asks for a move; `false` when one of that unit waits already. What waited and cannot be any more is over.
    pub async fn ask_for_move(&self, asked: &Move, record: Record) -> Result<bool, DatabaseError> {
        let mut tx = self.write(&Scope::branch(&asked.unit)).await?;
        sqlx::query(
            "UPDATE moves SET answered_at = $1 WHERE unit = $2 AND answered_at IS NULL AND comes_from <> $3",
        )
        .bind(int(asked.asked_at))
        .bind(asked.unit.as_str().to_owned())
        .bind(asked.comes_from.as_str().to_owned())
        .execute(&mut *tx)
        .await?;
        let done = sqlx::query(
            "INSERT INTO moves (unit, comes_from, goes_to, on_day, asked_at, asked_by) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
        )
        .bind(asked.unit.as_str().to_owned())
        .bind(asked.comes_from.as_str().to_owned())
        .bind(asked.goes_to.as_str().to_owned())
        .bind(day::text(asked.on))
        .bind(int(asked.asked_at))
        .bind(asked.asked_by.map(|id| id.to_string()))
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.append(&mut tx, &[record]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Notes that a move waits no more; whether it did.
    pub async fn end_move(
        &self,
        ended: &Move,
        now: u64,
        record: Option<Record>,
    ) -> Result<bool, DatabaseError> {
        let mut tx = self.write(&Scope::branch(&ended.unit)).await?;
        let done = sqlx::query("UPDATE moves SET answered_at = $1 WHERE number = $2 AND answered_at IS NULL")
            .bind(int(now))
            .bind(ended.number)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.append(&mut tx, record.as_slice()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The move of this number, if it waits.
    pub async fn waiting_move(&self, number: i64) -> Result<Option<Move>, DatabaseError> {
        let text = sqlx::AssertSqlSafe(format!("{WAITING} AND m.number = $1"));
        let row = sqlx::query(text).bind(number).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// The one of a unit that waits.
    pub async fn move_of(&self, unit: &BranchCode) -> Result<Option<Move>, DatabaseError> {
        let text = sqlx::AssertSqlSafe(format!("{WAITING} AND m.unit = $1"));
        let row = sqlx::query(text).bind(unit.as_str().to_owned()).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// Those that lead to these units, the oldest first.
    pub async fn moves_to(&self, units: &[BranchCode]) -> Result<Vec<Move>, DatabaseError> {
        let keys: Vec<String> = units.iter().map(|unit| unit.as_str().to_owned()).collect();
        let mut connection = self.pool.acquire().await?;
        let statement = format!("{WAITING} AND m.goes_to IN");
        let rows = many::select(&mut connection, &statement, &[], &keys, "").await?;
        let mut moves: Vec<Move> = rows.iter().map(read).collect::<Result<_, _>>()?;
        moves.sort_by_key(|one| one.number);
        Ok(moves)
    }
}
