//! 转隶 that waits for the unit where it leads to.

use super::{
    Database, DatabaseError, Scope, Tree, int,
    log::Record,
    many, stored,
    tree::{is_still, some_day},
};
use crate::domain::{BranchCode, day};
use jiff::civil::Date;
use sqlx::{AnyConnection, Row as _, any::AnyRow};
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
    /// When and why whoever tends where it leads said no.
    pub declined: Option<(u64, String)>,
}

/// Those of a unit that is there, and stands where it stood.
const MOVES: &str = "SELECT m.number, m.unit, m.comes_from, m.goes_to, m.on_day, m.asked_at, m.asked_by, m.answered_at, m.declined
     FROM moves m JOIN units u ON u.code = m.unit AND u.parent = m.comes_from LEFT JOIN lifetimes l ON l.code = m.unit
     WHERE l.ended_day IS NULL AND";
/// Of these, those that wait.
const WAITS: &str = "m.answered_at IS NULL";
/// Of these, those that were declined, which whoever asked has not read yet.
const DECLINED: &str = "m.declined IS NOT NULL AND m.read_at IS NULL";

fn read(row: &AnyRow) -> Result<Move, DatabaseError> {
    let code = |name: &str| BranchCode::new(row.try_get::<String, _>(name)?).map_err(stored);
    let asked_by: Option<String> = row.try_get("asked_by")?;
    let (answered_at, why): (Option<i64>, Option<String>) =
        (row.try_get("answered_at")?, row.try_get("declined")?);
    let answered_at = u64::try_from(answered_at.unwrap_or_default()).map_err(stored)?;
    Ok(Move {
        number: row.try_get("number")?,
        unit: code("unit")?,
        comes_from: code("comes_from")?,
        goes_to: code("goes_to")?,
        on: some_day(Some(row.try_get("on_day")?))?.ok_or_else(|| stored("a move without its day"))?,
        asked_at: u64::try_from(row.try_get::<i64, _>("asked_at")?).map_err(stored)?,
        asked_by: asked_by.map(|id| id.parse().map_err(stored)).transpose()?,
        declined: why.map(|why| (answered_at, why)),
    })
}

/// What waits of a unit is over: it stands elsewhere from now on, or is not there any more.
pub(super) async fn end_those_of(
    tx: &mut AnyConnection,
    unit: &BranchCode,
    now: u64,
) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE moves SET answered_at = $1 WHERE unit = $2 AND answered_at IS NULL")
        .bind(int(now))
        .bind(unit.as_str().to_owned())
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes that the move of a number waits no more, and why it was declined if it was; whether it did.
pub(super) async fn answer(
    tx: &mut AnyConnection,
    number: i64,
    now: u64,
    declined: Option<&str>,
) -> Result<bool, DatabaseError> {
    let done = sqlx::query(
        "UPDATE moves SET answered_at = $1, declined = $2 WHERE number = $3 AND answered_at IS NULL",
    );
    let done = done.bind(int(now)).bind(declined.map(str::to_owned)).bind(number);
    Ok(done.execute(tx).await?.rows_affected() > 0)
}

/// What waits goes along when a unit becomes a part of another: what was asked of the part is asked of the whole, and what lay below the
/// part and is to go elsewhere still is, no earlier than the whole is there. What would lead from the whole to itself is over.
pub(super) async fn go_along(
    tx: &mut AnyConnection,
    part: &BranchCode,
    (whole, on): (&BranchCode, Date),
    now: u64,
) -> Result<(), DatabaseError> {
    for text in [
        "UPDATE moves SET goes_to = $2, on_day = CASE WHEN on_day < $3 THEN $3 ELSE on_day END WHERE goes_to = $1 AND answered_at IS NULL",
        "UPDATE moves SET comes_from = $2, on_day = CASE WHEN on_day < $3 THEN $3 ELSE on_day END WHERE comes_from = $1 AND (answered_at IS NULL OR declined IS NOT NULL AND read_at IS NULL)",
    ] {
        let moved = sqlx::query(text).bind(part.as_str().to_owned()).bind(whole.as_str().to_owned());
        let moved = moved.bind(day::text(on));
        moved.execute(&mut *tx).await?;
    }
    sqlx::query(
        "UPDATE moves SET answered_at = $1 WHERE goes_to = $2 AND comes_from = $2 AND answered_at IS NULL",
    )
    .bind(int(now))
    .bind(whole.as_str().to_owned())
    .execute(&mut *tx)
    .await?;
    Ok(())
}

impl Database {
    /// Asks for a move; `false` when one of that unit waits already, `None` when the tree is not the one that was looked at any more.
    /// What waited and cannot be any more is over.
    pub async fn ask_for_move(
        &self,
        seen: &Tree,
        asked: &Move,
        record: Record,
    ) -> Result<Option<bool>, DatabaseError> {
        let mut tx = self.write(&Scope::Roster).await?;
        if !is_still(&mut tx, seen).await? {
            return Ok(None);
        }
        // Who asks again has read what was answered.
        sqlx::query(
            "UPDATE moves SET read_at = $1 WHERE unit = $2 AND declined IS NOT NULL AND read_at IS NULL",
        )
        .bind(int(asked.asked_at))
        .bind(asked.unit.as_str().to_owned())
        .execute(&mut *tx)
        .await?;
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
            return Ok(Some(false));
        }
        self.append(&mut tx, &[record]).await?;
        tx.commit().await?;
        Ok(Some(true))
    }

    /// Notes that a move waits no more, and why it was declined if it was; whether it did.
    pub async fn end_move(
        &self,
        ended: &Move,
        now: u64,
        declined: Option<&str>,
        record: Record,
    ) -> Result<bool, DatabaseError> {
        // As it is taken, so that one of both is done.
        let mut tx = self.write(&Scope::Roster).await?;
        if !answer(&mut tx, ended.number, now, declined).await? {
            return Ok(false);
        }
        self.append(&mut tx, &[record]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Notes that whoever asked for a move has read that it was declined.
    pub async fn read_decline(&self, read: &Move, now: u64) -> Result<(), DatabaseError> {
        let mut tx = self.write(&Scope::branch(&read.unit)).await?;
        sqlx::query("UPDATE moves SET read_at = $1 WHERE number = $2 AND read_at IS NULL")
            .bind(int(now))
            .bind(read.number)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// The move of this number, if it waits.
    pub async fn waiting_move(&self, number: i64) -> Result<Option<Move>, DatabaseError> {
        self.move_numbered(number, WAITS).await
    }

    /// The move of this number, if it was declined and that was not read yet.
    pub async fn declined_move(&self, number: i64) -> Result<Option<Move>, DatabaseError> {
        self.move_numbered(number, DECLINED).await
    }

    async fn move_numbered(&self, number: i64, which: &str) -> Result<Option<Move>, DatabaseError> {
        let text = sqlx::AssertSqlSafe(format!("{MOVES} {which} AND m.number = $1"));
        let row = sqlx::query(text).bind(number).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// The one of a unit that waits.
    pub async fn move_of(&self, unit: &BranchCode) -> Result<Option<Move>, DatabaseError> {
        self.move_of_unit(unit, WAITS).await
    }

    /// The one of a unit that was declined, where that was not read yet.
    pub async fn declined_move_of(&self, unit: &BranchCode) -> Result<Option<Move>, DatabaseError> {
        self.move_of_unit(unit, DECLINED).await
    }

    async fn move_of_unit(&self, unit: &BranchCode, which: &str) -> Result<Option<Move>, DatabaseError> {
        let text = sqlx::AssertSqlSafe(format!("{MOVES} {which} AND m.unit = $1"));
        let row = sqlx::query(text).bind(unit.as_str().to_owned()).fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// Those that wait and lead to these units, the oldest first.
    pub async fn moves_to(&self, units: &[BranchCode]) -> Result<Vec<Move>, DatabaseError> {
        self.moves_that(&format!("{WAITS} AND m.goes_to"), units).await
    }

    /// Those that wait of what lies right below these units, the oldest first.
    pub async fn moves_from(&self, units: &[BranchCode]) -> Result<Vec<Move>, DatabaseError> {
        self.moves_that(&format!("{WAITS} AND m.comes_from"), units).await
    }

    /// Those of what lies right below these units that were declined and not read yet, the oldest first.
    pub async fn declined_moves(&self, units: &[BranchCode]) -> Result<Vec<Move>, DatabaseError> {
        self.moves_that(&format!("{DECLINED} AND m.comes_from"), units).await
    }

    async fn moves_that(&self, which: &str, units: &[BranchCode]) -> Result<Vec<Move>, DatabaseError> {
        let keys: Vec<String> = units.iter().map(|unit| unit.as_str().to_owned()).collect();
        let mut connection = self.pool.acquire().await?;
        let statement = format!("{MOVES} {which} IN");
        let rows = many::select(&mut connection, &statement, &[], &keys, "").await?;
        let mut moves: Vec<Move> = rows.iter().map(read).collect::<Result<_, _>>()?;
        moves.sort_by_key(|one| one.number);
        Ok(moves)
    }
}
