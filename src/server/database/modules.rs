//! Which parts of the product beyond the self-check are on.

use super::{
    Database, DatabaseError, Scope, int,
    log::{Record, Who},
    stored,
};
use crate::protocol::Module;
use sqlx::Row as _;
use std::collections::BTreeMap;

/// How a module was switched last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switch {
    /// Whether it is on.
    pub is_on: bool,
    /// When, milliseconds since 1970-01-01 UTC, and by whom; not known of what was on before there was anything to switch.
    pub since: Option<(u64, Who)>,
}

impl Database {
    /// Every module that was ever switched; the others are off.
    pub async fn modules(&self) -> Result<BTreeMap<Module, Switch>, DatabaseError> {
        let rows = sqlx::query("SELECT module, is_on, changed_at, changed_by FROM modules");
        let mut modules = BTreeMap::new();
        for row in rows.fetch_all(&self.pool).await? {
            // A newer version's may stand here where it was put back for this one.
            let Some(module) = Module::of_word(row.try_get("module")?) else { continue };
            let at: Option<i64> = row.try_get("changed_at")?;
            let by: Option<String> = row.try_get("changed_by")?;
            let since = match (at, by) {
                (Some(at), Some(by)) => {
                    let who = Who::read(&by).ok_or_else(|| stored("a module switched by nobody known"))?;
                    Some((u64::try_from(at).map_err(stored)?, who))
                }
                _ => None,
            };
            modules.insert(module, Switch { is_on: row.try_get::<i64, _>("is_on")? != 0, since });
        }
        Ok(modules)
    }

    /// Switches a module, with what is noted of it. Whether anything changed.
    pub async fn switch_module(
        &self,
        module: Module,
        is_on: bool,
        record: Record,
    ) -> Result<bool, DatabaseError> {
        let mut tx = self.write(&Scope::Standard).await?;
        let done = sqlx::query(
            "INSERT INTO modules (module, is_on, changed_at, changed_by)
             SELECT $1, $2, $3, $4 WHERE $2 = 1 OR EXISTS (SELECT 1 FROM modules WHERE module = $1)
             ON CONFLICT (module) DO UPDATE
                 SET is_on = excluded.is_on, changed_at = excluded.changed_at, changed_by = excluded.changed_by
                 WHERE modules.is_on <> excluded.is_on",
        )
        .bind(module.word())
        .bind(i64::from(is_on))
        .bind(int(record.at))
        .bind(record.who.text())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.append(&mut tx, &[record]).await?;
        tx.commit().await?;
        Ok(true)
    }
}
