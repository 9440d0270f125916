//! The organisation tree.

use super::{
    Database, DatabaseError, Scope, Tree, Unit,
    changes::{self, From},
    log::Record,
    many,
    moves::{self, Move},
    stored,
    tree::is_still,
};
use crate::domain::BranchCode;
use jiff::civil::Date;
use sqlx::{
    AnyConnection, Row as _,
    any::{AnyExecutor, AnyRow},
};
use std::collections::{BTreeMap, BTreeSet};

/// What an import changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Imported {
    /// Units that were not there before.
    pub new: usize,
    /// Units of which something changed.
    pub changed: usize,
    /// Units that were there just so.
    pub same: usize,
}

impl Database {
    /// All units in the order of their codes.
    pub async fn units(&self) -> Result<Vec<Unit>, DatabaseError> {
        all(&self.pool).await
    }

    /// The names of the units right above these, where there are any.
    pub async fn names_above<'a>(
        &self,
        units: impl IntoIterator<Item = &'a BranchCode>,
    ) -> Result<BTreeMap<BranchCode, String>, DatabaseError> {
        let keys: BTreeSet<String> = units.into_iter().map(|unit| unit.as_str().to_owned()).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let mut connection = self.pool.acquire().await?;
        let statement =
            "SELECT b.code, p.name FROM units b JOIN units p ON p.code = b.parent WHERE b.code IN";
        let rows = many::select(&mut connection, statement, &[], &keys, "").await?;
        let read = |row: &AnyRow| {
            Ok((BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored)?, row.try_get(1)?))
        };
        rows.iter().map(read).collect()
    }

    /// How many branches that have not ended each sector has; a sector without any is left out.
    pub async fn branches_by_sector(&self) -> Result<BTreeMap<String, usize>, DatabaseError> {
        // Only branches have a sector.
        let rows = sqlx::query(
            "SELECT sector, count(*) FROM units WHERE sector <> ''
             AND code NOT IN (SELECT code FROM lifetimes WHERE ended_day IS NOT NULL) GROUP BY sector",
        );
        let count = |row: &AnyRow| {
            let branches = usize::try_from(row.try_get::<i64, _>(1)?).map_err(stored)?;
            Ok((row.try_get(0)?, branches))
        };
        rows.fetch_all(&self.pool).await?.iter().map(count).collect()
    }

    /// The branches that have a code, a phone or a submission: their codes cannot become another kind of unit.
    pub async fn branches_in_use(&self) -> Result<BTreeSet<BranchCode>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT branch FROM codes UNION SELECT branch FROM devices UNION SELECT branch FROM submissions
             UNION SELECT branch FROM finding_entries",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored)).collect()
    }

    /// Stores a roster in one transaction, all or nothing. Every unit has to come after the unit above it. Units that are
    /// not in it stay as they are. How a unit stood until the day from which on it is otherwise is kept; a unit that is new is there
    /// from that day on, when it is a day that was named. `None` when the tree is not the one that was looked at any more.
    ///
    /// # Errors
    /// When a parent is unknown, or the database fails; then nothing of it is stored.
    pub async fn import_units(
        &self,
        seen: &Tree,
        units: &[Unit],
        changed: From,
        founded: Option<Date>,
        records: &[Record],
    ) -> Result<Option<Imported>, DatabaseError> {
        let mut tx = self.write(&Scope::Roster).await?;
        if !is_still(&mut tx, seen).await? {
            return Ok(None);
        }
        let imported = write(&mut tx, units, (changed, founded), records).await?;
        self.append(&mut tx, records).await?;
        tx.commit().await?;
        Ok(Some(imported))
    }

    /// Has a unit stand where a move that waits leads, from its day on; the move is over with it. Whether it waited still; `None` when
    /// the tree is not the one that was looked at any more.
    pub(crate) async fn take_move(
        &self,
        seen: &Tree,
        asked: &Move,
        unit: &Unit,
        record: &Record,
    ) -> Result<Option<bool>, DatabaseError> {
        let mut tx = self.write(&Scope::Roster).await?;
        if !moves::answer(&mut tx, asked.number, record.at, None).await? {
            return Ok(Some(false));
        }
        if !is_still(&mut tx, seen).await? {
            return Ok(None);
        }
        let records = std::slice::from_ref(record);
        write(&mut tx, std::slice::from_ref(unit), (From::Day(asked.on), None), records).await?;
        self.append(&mut tx, records).await?;
        tx.commit().await?;
        Ok(Some(true))
    }
}

/// Writes units, each after the one above it; what waits of one that stands elsewhere since is over.
async fn write(
    tx: &mut AnyConnection,
    units: &[Unit],
    (changed, founded): (From, Option<Date>),
    records: &[Record],
) -> Result<Imported, DatabaseError> {
    let known = all(&mut *tx).await?;
    let known: BTreeMap<&BranchCode, &Unit> = known.iter().map(|unit| (&unit.code, unit)).collect();
    let mut imported = Imported::default();
    for unit in units {
        let old = known.get(&unit.code).copied();
        match old {
            Some(old) if old == unit => {
                imported.same += 1;
                continue;
            }
            Some(_) => imported.changed += 1,
            None => imported.new += 1,
        }
        sqlx::query(
            "INSERT INTO units (code, parent, level, name, sector, telephone) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (code) DO UPDATE SET parent = excluded.parent, level = excluded.level,
                 name = excluded.name, sector = excluded.sector, telephone = excluded.telephone",
        )
        .bind(unit.code.as_str().to_owned())
        .bind(unit.parent.as_ref().map(|code| code.as_str().to_owned()))
        .bind(serde_json::to_string(&unit.level).map_err(stored)?)
        .bind(unit.name.clone())
        .bind(unit.sector.clone())
        .bind(unit.telephone.clone())
        .execute(&mut *tx)
        .await?;
        match (old, changed, founded) {
            (Some(old), From::Ever, _) => changes::correct(tx, old, unit).await?,
            // Whom to phone is no history.
            (Some(old), From::Day(on), _)
                if (Unit { telephone: unit.telephone.clone(), ..old.clone() }) != *unit =>
            {
                changes::remember(tx, old, on).await?;
            }
            (None, _, Some(on)) => changes::begin(tx, &unit.code, on).await?,
            _ => {}
        }
        if old.is_some_and(|old| old.parent != unit.parent) {
            moves::end_those_of(tx, &unit.code, records.first().map_or(0, |record| record.at)).await?;
        }
    }
    Ok(imported)
}

async fn all(from: impl AnyExecutor<'_>) -> Result<Vec<Unit>, DatabaseError> {
    let rows = sqlx::query("SELECT code, parent, level, name, sector, telephone FROM units ORDER BY code");
    rows.fetch_all(from).await?.iter().map(unit).collect()
}

pub(super) fn unit(row: &AnyRow) -> Result<Unit, DatabaseError> {
    let parent: Option<String> = row.try_get("parent")?;
    Ok(Unit {
        code: BranchCode::new(row.try_get::<String, _>("code")?).map_err(stored)?,
        parent: parent.map(|code| BranchCode::new(code).map_err(stored)).transpose()?,
        level: serde_json::from_str(&row.try_get::<String, _>("level")?).map_err(stored)?,
        name: row.try_get("name")?,
        sector: row.try_get("sector")?,
        telephone: row.try_get("telephone")?,
    })
}
