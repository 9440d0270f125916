//! Binding a phone to a branch by its code, and unbinding it.

use super::{Database, DatabaseError, Scope, int, many, stored};
use crate::{
    domain::{BranchCode, DeviceId},
    protocol::{ActivationCode, TokenHash},
};
use sqlx::{AnyConnection, Row as _};

/// How an activation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activation {
    /// Bound now, or bound by the same triple before.
    Bound(BranchCode),
    /// No such code.
    Wrong,
    /// Another phone used it.
    Used,
    /// Too late.
    Expired,
    /// The phone was bound by this very triple and unbound since.
    Revoked,
    /// The token is bound already, by another code.
    TokenTaken,
    /// The branch has ended since the code was issued.
    Ended,
}

/// A phone and what it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The branch.
    pub branch: BranchCode,
    /// The phone.
    pub device: DeviceId,
    /// Whether it was unbound.
    pub is_revoked: bool,
    /// Whether the branch has ended.
    pub has_ended: bool,
}

impl Database {
    /// Stores a code for a branch.
    ///
    /// # Errors
    /// When the branch is unknown, or the database fails.
    pub async fn issue_code(
        &self,
        code: &ActivationCode,
        branch: &BranchCode,
        expires_at: u64,
    ) -> Result<(), DatabaseError> {
        sqlx::query("INSERT INTO codes (hash, branch, expires_at) VALUES ($1, $2, $3)")
            .bind(String::from(code.hash()))
            .bind(branch.as_str().to_owned())
            .bind(int(expires_at))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes codes of a branch that nobody used and that expired before this instant, so that they do not pile up.
    pub async fn forget_expired_codes(&self, branch: &BranchCode, before: u64) -> Result<(), DatabaseError> {
        sqlx::query("DELETE FROM codes WHERE branch = $1 AND used_token IS NULL AND expires_at < $2")
            .bind(branch.as_str().to_owned())
            .bind(int(before))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Binds a phone. The same triple again succeeds whatever happened in between, so that a lost answer burns nothing.
    pub async fn activate(
        &self,
        code: &ActivationCode,
        device: DeviceId,
        token: &TokenHash,
        now: u64,
    ) -> Result<Activation, DatabaseError> {
        let (hash, device) = (String::from(code.hash()), device.to_string());
        let token = String::from(token.clone());
        // A code is never given to another branch.
        let of =
            sqlx::query_scalar::<_, String>("SELECT branch FROM codes WHERE hash = $1").bind(hash.clone());
        let Some(of) = of.fetch_optional(&self.pool).await? else { return Ok(Activation::Wrong) };
        let branch = BranchCode::new(of).map_err(stored)?;
        let mut tx = self.write(&Scope::branch(&branch)).await?;
        let row = sqlx::query("SELECT expires_at, used_by, used_token FROM codes WHERE hash = $1")
            .bind(hash.clone())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(Activation::Wrong) };
        let used: Option<String> = row.try_get("used_token")?;
        let used_by: Option<String> = row.try_get("used_by")?;
        match used {
            Some(used) if used == token && used_by.as_deref() == Some(&device) => {
                let revoked =
                    sqlx::query("SELECT 1 FROM devices WHERE token_hash = $1 AND revoked_at IS NOT NULL")
                        .bind(token)
                        .fetch_optional(&mut *tx)
                        .await?;
                return Ok(revoked.map_or(Activation::Bound(branch), |_| Activation::Revoked));
            }
            Some(_) => return Ok(Activation::Used),
            None if row.try_get::<i64, _>("expires_at")? < int(now) => return Ok(Activation::Expired),
            None => {}
        }
        if has_ended(&mut tx, &branch).await? {
            return Ok(Activation::Ended);
        }
        // Its codes are void since.
        if closed_to_phones(&mut tx, std::slice::from_ref(&branch)).await?.is_some() {
            return Ok(Activation::Expired);
        }
        let taken = sqlx::query("SELECT 1 FROM devices WHERE token_hash = $1").bind(token.clone());
        if taken.fetch_optional(&mut *tx).await?.is_some() {
            return Ok(Activation::TokenTaken);
        }
        sqlx::query("UPDATE codes SET used_by = $1, used_token = $2, given_to = NULL WHERE hash = $3")
            .bind(device.clone())
            .bind(token.clone())
            .bind(hash)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO devices (token_hash, device, branch, bound_at) VALUES ($1, $2, $3, $4)")
            .bind(token)
            .bind(device)
            .bind(branch.as_str().to_owned())
            .bind(int(now))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Activation::Bound(branch))
    }

    /// The branch and phone of a token; `None` when nobody has it.
    pub async fn device(&self, token: &TokenHash) -> Result<Option<Bound>, DatabaseError> {
        let row = sqlx::query(
            "SELECT d.branch, d.device, d.revoked_at, l.ended_day FROM devices d
             LEFT JOIN lifetimes l ON l.code = d.branch WHERE d.token_hash = $1",
        )
        .bind(String::from(token.clone()))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Bound {
            branch: BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?,
            device: row.try_get::<String, _>("device")?.parse().map_err(stored)?,
            is_revoked: row.try_get::<Option<i64>, _>("revoked_at")?.is_some(),
            has_ended: row.try_get::<Option<String>, _>("ended_day")?.is_some(),
        }))
    }

    /// Unbinds a phone from this branch; its other branches and its data stay.
    pub async fn revoke(&self, branch: &BranchCode, device: DeviceId, now: u64) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE devices SET revoked_at = $1 WHERE branch = $2 AND device = $3 AND revoked_at IS NULL",
        )
        .bind(int(now))
        .bind(branch.as_str().to_owned())
        .bind(device.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// The first of these branches that no phone is let in to: it has ended, or does not use the system.
pub(super) async fn closed_to_phones(
    tx: &mut AnyConnection,
    branches: &[BranchCode],
) -> Result<Option<BranchCode>, DatabaseError> {
    let keys: Vec<String> = branches.iter().map(|branch| branch.as_str().to_owned()).collect();
    let statement =
        "SELECT code FROM lifetimes WHERE (ended_day IS NOT NULL OR off_system_day IS NOT NULL) AND code IN";
    let rows = many::select(tx, statement, &[], &keys, "ORDER BY code").await?;
    rows.first().map(|row| BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored)).transpose()
}

/// Whether a unit has ended.
pub(super) async fn has_ended(tx: &mut AnyConnection, branch: &BranchCode) -> Result<bool, DatabaseError> {
    let row = sqlx::query("SELECT 1 FROM lifetimes WHERE code = $1 AND ended_day IS NOT NULL")
        .bind(branch.as_str().to_owned());
    Ok(row.fetch_optional(tx).await?.is_some())
}
