//! 支部基本情况 of each branch: the one with the highest stamp is kept.

use super::{Database, DatabaseError, Scope, stored};
use crate::{domain::BranchCode, protocol::StampedProfile};
use sqlx::{Row as _, any::AnyExecutor};

impl Database {
    /// The profile that is kept of a branch.
    pub async fn profile(&self, branch: &BranchCode) -> Result<Option<StampedProfile>, DatabaseError> {
        kept(&self.pool, branch).await
    }

    /// Keeps a branch's profile unless a later one is there; returns the one that is kept.
    ///
    /// # Errors
    /// When the branch is unknown, or the database fails.
    pub async fn put_profile(
        &self,
        branch: &BranchCode,
        profile: StampedProfile,
    ) -> Result<StampedProfile, DatabaseError> {
        let mut tx = self.write(&Scope::branch(branch)).await?;
        if let Some(kept) = kept(&mut *tx, branch).await?
            && kept >= profile
        {
            return Ok(kept);
        }
        sqlx::query(
            "INSERT INTO profiles (branch, body) VALUES ($1, $2)
             ON CONFLICT (branch) DO UPDATE SET body = excluded.body",
        )
        .bind(branch.as_str().to_owned())
        .bind(serde_json::to_string(&profile).map_err(stored)?)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(profile)
    }
}

async fn kept(
    from: impl AnyExecutor<'_>,
    branch: &BranchCode,
) -> Result<Option<StampedProfile>, DatabaseError> {
    let row = sqlx::query("SELECT body FROM profiles WHERE branch = $1")
        .bind(branch.as_str().to_owned())
        .fetch_optional(from)
        .await?;
    row.map(|row| serde_json::from_str(&row.try_get::<String, _>(0)?).map_err(stored)).transpose()
}
