//! What happens to units: they change from a day on, end, are merged, and an ending that was entered by mistake is taken back.
//! Nothing is removed: how a unit stood until that day stays.
//!
//! A unit that ended keeps its row, its reports and its findings; a merged one names the new code.

use super::{
    Database, DatabaseError, Scope, Tree, Unit, derived,
    devices::{revoke_all, void},
    findings::{FromAbove, Said, of_branches, speak},
    log::{Deed, Record},
    moves, stored,
    tree::is_still,
};
use crate::domain::{BranchCode, Findings, day};
use jiff::civil::Date;
use sqlx::{AnyConnection, Row as _};
use std::collections::BTreeMap;

/// From when on what is written counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// From this day; until then it was as it was.
    Day(Date),
    /// It was always so: what stood there was a mistake.
    Ever,
}

impl Database {
    /// Ends a unit from a day on. Whether the tree was still the one that was looked at; if not, nothing has happened.
    ///
    /// # Errors
    /// When it is unknown, or the database fails.
    pub async fn end_unit(
        &self,
        seen: &Tree,
        code: &BranchCode,
        on: Date,
        record: &Record,
    ) -> Result<bool, DatabaseError> {
        // Nobody is given an account there meanwhile.
        let mut tx = self.write(&Scope::WholeAndPeople).await?;
        if !is_still(&mut tx, seen).await? {
            return Ok(false);
        }
        end(&mut tx, code, on, None).await?;
        moves::end_those_of(&mut tx, code, record.at).await?;
        self.append(&mut tx, std::slice::from_ref(record)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Takes an ending back, as if it had not been entered. Whether the tree was still the one that was looked at; if not, nothing has
    /// happened.
    pub async fn revive_unit(
        &self,
        seen: &Tree,
        code: &BranchCode,
        record: &Record,
    ) -> Result<bool, DatabaseError> {
        let mut tx = self.write(&Scope::Whole).await?;
        if !is_still(&mut tx, seen).await? {
            return Ok(false);
        }
        sqlx::query("UPDATE lifetimes SET ended_day = NULL, successor = NULL WHERE code = $1")
            .bind(code.as_str().to_owned())
            .execute(&mut *tx)
            .await?;
        self.append(&mut tx, std::slice::from_ref(record)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// 不用本系统: notes since when a branch hands everything in on paper, or that it does not. Its codes that nobody used and the tokens of
    /// its phones end with it; gives how many of these. `None` when the tree is not the one that was looked at any more.
    pub async fn set_off_system(
        &self,
        seen: &Tree,
        code: &BranchCode,
        since: Option<Date>,
        now: u64,
        record: &Record,
    ) -> Result<Option<u64>, DatabaseError> {
        let mut tx = self.write(&Scope::Whole).await?;
        if !is_still(&mut tx, seen).await? {
            return Ok(None);
        }
        sqlx::query(
            "INSERT INTO lifetimes (code, off_system_day) VALUES ($1, $2)
             ON CONFLICT (code) DO UPDATE SET off_system_day = excluded.off_system_day",
        )
        .bind(code.as_str().to_owned())
        .bind(since.map(day::text))
        .execute(&mut *tx)
        .await?;
        let mut phones = 0;
        if since.is_some() {
            void(&mut tx, code, now, 0).await?;
            phones = revoke_all(&mut tx, code, now).await?;
        }
        self.append(&mut tx, std::slice::from_ref(record)).await?;
        tx.commit().await?;
        Ok(Some(phones))
    }

    /// Makes one new unit out of several, in one transaction: they end on the day on which it begins, what lies right below them
    /// goes over to it, and so do accounts and what is entrusted there; it is told what it takes over: that is worked out of what is stored of them at that moment. `None` when
    /// the tree is not the one that was looked at any more.
    ///
    /// # Errors
    /// When one is unknown, the new one is not new, or the database fails; then nothing has happened, as where it is not
    /// [`Said::Stored`].
    pub async fn merge_units(
        &self,
        seen: &Tree,
        parts: &[BranchCode],
        (whole, on): (&Unit, Date),
        below: &[Unit],
        (now, records): (u64, &[Record]),
        passed: impl FnOnce(&BTreeMap<BranchCode, Findings>) -> Vec<FromAbove>,
    ) -> Result<Option<Said>, DatabaseError> {
        let mut tx = self.write(&Scope::WholeAndPeople).await?;
        if !is_still(&mut tx, seen).await? {
            return Ok(None);
        }
        let passed = passed(&of_branches(&mut tx, &parts.iter().collect()).await?);
        sqlx::query(
            "INSERT INTO units (code, parent, level, name, sector, telephone) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(whole.code.as_str().to_owned())
        .bind(whole.parent.as_ref().map(|code| code.as_str().to_owned()))
        .bind(serde_json::to_string(&whole.level).map_err(stored)?)
        .bind(whole.name.clone())
        .bind(whole.sector.clone())
        .bind(whole.telephone.clone())
        .execute(&mut *tx)
        .await?;
        begin(&mut tx, &whole.code, on).await?;
        for part in parts {
            end(&mut tx, part, on, Some(&whole.code)).await?;
            moves::end_those_of(&mut tx, part, now).await?;
        }
        let mut records = records.to_vec();
        for part in parts {
            // What it was told to mend, the whole answers for.
            sqlx::query("UPDATE orders SET unit = $1 WHERE unit = $2")
                .bind(whole.code.as_str().to_owned())
                .bind(part.as_str().to_owned())
                .execute(&mut *tx)
                .await?;
            moves::go_along(&mut tx, part, (&whole.code, on), now).await?;
            for account in move_people(&mut tx, part, &whole.code).await? {
                let Some(merged) = records.first().cloned() else { break };
                let unit = Some(whole.code.clone());
                records.push(Record { deed: Deed::AccountChanged, unit, subject: account, ..merged });
            }
        }
        for unit in below {
            remember(&mut tx, unit, on).await?;
            sqlx::query("UPDATE units SET parent = $1 WHERE code = $2")
                .bind(whole.code.as_str().to_owned())
                .bind(unit.code.as_str().to_owned())
                .execute(&mut *tx)
                .await?;
        }
        let said = speak(&mut tx, &passed, now).await?;
        if said == Said::Stored {
            derived::pass_on(&mut tx).await?;
            self.append(&mut tx, &records).await?;
            tx.commit().await?;
        }
        Ok(Some(said))
    }
}

/// Notes since when a unit is there.
pub(super) async fn begin(tx: &mut AnyConnection, code: &BranchCode, on: Date) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO lifetimes (code, since_day) VALUES ($1, $2)
         ON CONFLICT (code) DO UPDATE SET since_day = excluded.since_day",
    )
    .bind(code.as_str().to_owned())
    .bind(day::text(on))
    .execute(tx)
    .await?;
    Ok(())
}

async fn end(
    tx: &mut AnyConnection,
    code: &BranchCode,
    on: Date,
    into: Option<&BranchCode>,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO lifetimes (code, ended_day, successor) VALUES ($1, $2, $3)
         ON CONFLICT (code) DO UPDATE SET ended_day = excluded.ended_day, successor = excluded.successor",
    )
    .bind(code.as_str().to_owned())
    .bind(day::text(on))
    .bind(into.map(|code| code.as_str().to_owned()))
    .execute(tx)
    .await?;
    Ok(())
}

/// The accounts of a unit go along into what it became a part of, with what anybody is entrusted with there; which accounts those are.
async fn move_people(
    tx: &mut AnyConnection,
    part: &BranchCode,
    whole: &BranchCode,
) -> Result<Vec<String>, DatabaseError> {
    let bound = |text: &'static str| sqlx::query(text).bind(part.as_str().to_owned());
    let moved = bound(
        "SELECT id FROM accounts WHERE unit = $1 UNION SELECT account FROM grants WHERE unit = $1 ORDER BY 1",
    );
    let moved = moved.fetch_all(&mut *tx).await?;
    let into = |text: &'static str| bound(text).bind(whole.as_str().to_owned());
    into("UPDATE accounts SET unit = $2 WHERE unit = $1").execute(&mut *tx).await?;
    // Of one role at several parts, the one that ends last counts.
    into(
        "INSERT INTO grants (account, unit, role, until_day) SELECT account, $2, role, until_day FROM grants WHERE unit = $1
         ON CONFLICT (account, unit, role) DO UPDATE SET until_day = CASE
             WHEN grants.until_day IS NULL OR excluded.until_day IS NULL THEN NULL
             WHEN grants.until_day < excluded.until_day THEN excluded.until_day ELSE grants.until_day END",
    )
    .execute(&mut *tx)
    .await?;
    bound("DELETE FROM grants WHERE unit = $1").execute(&mut *tx).await?;
    moved.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Keeps how a unit stood until a day. Of several changes on one day the first tells that.
pub(super) async fn remember(tx: &mut AnyConnection, old: &Unit, until: Date) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO unit_history (code, until_day, parent, level, name, sector) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (code, until_day) DO NOTHING",
    )
    .bind(old.code.as_str().to_owned())
    .bind(day::text(until))
    .bind(old.parent.as_ref().map(|code| code.as_str().to_owned()))
    .bind(serde_json::to_string(&old.level).map_err(stored)?)
    .bind(old.name.clone())
    .bind(old.sector.clone())
    .execute(tx)
    .await?;
    Ok(())
}

/// Mends what was written wrongly wherever it stands, before this unit changed in earnest and after.
pub(super) async fn correct(tx: &mut AnyConnection, old: &Unit, new: &Unit) -> Result<(), DatabaseError> {
    let level = |unit: &Unit| serde_json::to_string(&unit.level).map_err(stored);
    let parent = |unit: &Unit| unit.parent.as_ref().map(|code| code.as_str().to_owned()).unwrap_or_default();
    sqlx::query(
        "UPDATE unit_history SET
             parent = CASE WHEN coalesce(parent, '') = $1 THEN nullif($2, '') ELSE parent END,
             level = CASE WHEN level = $3 THEN $4 ELSE level END, name = CASE WHEN name = $5 THEN $6 ELSE name END,
             sector = CASE WHEN sector = $7 THEN $8 ELSE sector END
         WHERE code = $9",
    )
    .bind(parent(old))
    .bind(parent(new))
    .bind(level(old)?)
    .bind(level(new)?)
    .bind(old.name.clone())
    .bind(new.name.clone())
    .bind(old.sector.clone())
    .bind(new.sector.clone())
    .bind(old.code.as_str().to_owned())
    .execute(tx)
    .await?;
    Ok(())
}
