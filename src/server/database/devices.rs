//! Activation codes in number, and the phones that are bound.

use super::{
    Database, DatabaseError, Scope,
    accounts::AccountsWriter,
    activation::closed_to_phones,
    int,
    log::{Deed, Of, Record, noted_since},
    many, stored,
};
use crate::{
    domain::{BranchCode, DeviceId},
    protocol::ActivationCode,
};
use sqlx::{AnyConnection, Row as _, any::AnyRow};
use std::collections::BTreeSet;

/// A phone that is, or was, bound to a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundDevice {
    /// The phone.
    pub device: DeviceId,
    /// Its branch.
    pub branch: BranchCode,
    /// The branch's name.
    pub branch_name: String,
    /// Since when, milliseconds since 1970-01-01 UTC.
    pub bound_at: u64,
    /// When its token was revoked.
    pub revoked_at: Option<u64>,
}

/// What came of issuing codes; none is stored unless it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issue {
    /// So many older ones have expired.
    Done(u64),
    /// One of them was given to somebody before.
    Taken,
    /// This branch has ended, or does not use the system.
    Closed(BranchCode),
    /// Some were issued to these branches since whoever issues them looked.
    Before(Record),
}

fn bound(row: &AnyRow) -> Result<BoundDevice, DatabaseError> {
    let instant = |at: i64| u64::try_from(at).map_err(stored);
    Ok(BoundDevice {
        device: row.try_get::<String, _>("device")?.parse().map_err(stored)?,
        branch: BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?,
        branch_name: row.try_get("name")?,
        bound_at: instant(row.try_get("bound_at")?)?,
        revoked_at: row.try_get::<Option<i64>, _>("revoked_at")?.map(instant).transpose()?,
    })
}

/// Lets codes of a branch expire that nobody used, but for those that end within `spared` milliseconds.
pub(super) async fn void(
    tx: &mut AnyConnection,
    branch: &BranchCode,
    now: u64,
    spared: u64,
) -> Result<u64, DatabaseError> {
    let done = sqlx::query(
        "UPDATE codes SET expires_at = $1, given_to = NULL WHERE branch = $2 AND used_token IS NULL AND expires_at >= $3",
    )
    .bind(int(now.saturating_sub(1)))
    .bind(branch.as_str().to_owned())
    .bind(int(now.saturating_add(spared)))
    .execute(tx)
    .await?;
    Ok(done.rows_affected())
}

/// Revokes the tokens of all phones of a branch, and gives the number of those that were still good.
pub(super) async fn revoke_all(
    tx: &mut AnyConnection,
    branch: &BranchCode,
    now: u64,
) -> Result<u64, DatabaseError> {
    let done = sqlx::query("UPDATE devices SET revoked_at = $1 WHERE branch = $2 AND revoked_at IS NULL")
        .bind(int(now))
        .bind(branch.as_str().to_owned())
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}

impl Database {
    /// Which of these codes were ever given to anybody.
    pub async fn codes_taken(
        &self,
        codes: impl IntoIterator<Item = &ActivationCode>,
    ) -> Result<BTreeSet<String>, DatabaseError> {
        let keys: Vec<String> = codes.into_iter().map(|code| String::from(code.hash())).collect();
        let mut connection = self.pool.acquire().await?;
        let rows =
            many::select(&mut connection, "SELECT hash FROM codes WHERE hash IN", &[], &keys, "").await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// Stores codes in one transaction. What was issued to these branches before and nobody used has expired from now on: a slip
    /// that was lost opens nothing. Codes that end within `spared` milliseconds stay, which are those that a phone shows for
    /// another one. Whoever issues them may have `seen` the log up to an entry: nothing is issued then over what was since.
    ///
    /// # Errors
    /// When a branch is unknown, or the database fails; then no code is stored.
    pub(crate) async fn issue_codes(
        &self,
        codes: &[(BranchCode, ActivationCode, Option<String>)],
        expires_at: u64,
        (now, spared): (u64, u64),
        seen: Option<u64>,
        records: &[Record],
    ) -> Result<Issue, DatabaseError> {
        let mut voided = 0;
        let mut tx = self.write(&Scope::Branches(codes.iter().map(|(branch, ..)| branch).collect())).await?;
        let branches: Vec<BranchCode> = codes.iter().map(|(branch, ..)| branch.clone()).collect();
        if let Some(closed) = closed_to_phones(&mut tx, &branches).await? {
            return Ok(Issue::Closed(closed));
        }
        if let Some(seen) = seen {
            let of = Of::Units(&branches);
            if let Some(before) = noted_since(&mut tx, seen, Deed::CodeIssued, of).await? {
                return Ok(Issue::Before(before));
            }
        }
        for (branch, code, given_to) in codes {
            voided += void(&mut tx, branch, now, spared).await?;
            let stored = sqlx::query(
                "INSERT INTO codes (hash, branch, expires_at, given_to) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            )
            .bind(String::from(code.hash()))
            .bind(branch.as_str().to_owned())
            .bind(int(expires_at))
            .bind(given_to.clone())
            .execute(&mut *tx)
            .await?;
            if stored.rows_affected() == 0 {
                return Ok(Issue::Taken);
            }
        }
        self.append(&mut tx, records).await?;
        tx.commit().await?;
        Ok(Issue::Done(voided))
    }

    /// The codes of a branch that can still be used: until when each is good, and to whom it was given; the first to end first.
    pub async fn open_codes(
        &self,
        branch: &BranchCode,
        now: u64,
    ) -> Result<Vec<(u64, Option<String>)>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT expires_at, given_to FROM codes WHERE branch = $1 AND used_token IS NULL AND expires_at >= $2
             ORDER BY expires_at, hash",
        );
        let rows = rows.bind(branch.as_str().to_owned()).bind(int(now)).fetch_all(&self.pool).await?;
        let read = |row: &AnyRow| {
            let expires_at = u64::try_from(row.try_get::<i64, _>("expires_at")?).map_err(stored)?;
            Ok((expires_at, row.try_get("given_to")?))
        };
        rows.iter().map(read).collect()
    }

    /// All phones in the order of their branches, oldest first.
    pub async fn devices(&self) -> Result<Vec<BoundDevice>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT d.device, d.branch, u.name, d.bound_at, d.revoked_at FROM devices d
             JOIN units u ON u.code = d.branch ORDER BY d.branch, d.bound_at, d.token_hash",
        );
        rows.fetch_all(&self.pool).await?.iter().map(bound).collect()
    }

    /// The phones of one branch, oldest first.
    pub async fn devices_of(&self, branch: &BranchCode) -> Result<Vec<BoundDevice>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT d.device, d.branch, u.name, d.bound_at, d.revoked_at FROM devices d
             JOIN units u ON u.code = d.branch WHERE d.branch = $1 ORDER BY d.bound_at, d.token_hash",
        );
        let rows = rows.bind(branch.as_str().to_owned()).fetch_all(&self.pool).await?;
        rows.iter().map(bound).collect()
    }

    /// Revokes the tokens of these phones for one branch in one transaction; what lies on the phones stays. When told so, every code
    /// of the branch that nobody used expires, too. Gives the number of tokens that were still good, and of such codes. What is noted
    /// is asked for each phone, and for the codes.
    pub async fn revoke_of(
        &self,
        branch: &BranchCode,
        devices: &[DeviceId],
        codes_too: bool,
        now: u64,
        record: impl Fn(Option<DeviceId>) -> Record,
    ) -> Result<(u64, u64), DatabaseError> {
        let (mut revoked, mut voided, mut records) = (0, 0, Vec::new());
        let mut tx = self.write(&Scope::branch(branch)).await?;
        for device in devices {
            let done = sqlx::query(
                "UPDATE devices SET revoked_at = $1 WHERE branch = $2 AND device = $3 AND revoked_at IS NULL",
            )
            .bind(int(now))
            .bind(branch.as_str().to_owned())
            .bind(device.to_string())
            .execute(&mut *tx)
            .await?;
            if done.rows_affected() > 0 {
                revoked += done.rows_affected();
                records.push(record(Some(*device)));
            }
        }
        if codes_too {
            voided = void(&mut tx, branch, now, 0).await?;
            records.extend((voided > 0).then(|| record(None)));
        }
        self.append(&mut tx, &records).await?;
        tx.commit().await?;
        Ok((revoked, voided))
    }
}

#[cfg(test)]
impl Database {
    /// Every name that is kept with a code.
    pub(crate) async fn names_on_codes(&self) -> Result<Vec<String>, DatabaseError> {
        let names =
            sqlx::query_scalar("SELECT given_to FROM codes WHERE given_to IS NOT NULL ORDER BY given_to");
        Ok(names.fetch_all(&self.pool).await?)
    }
}

impl AccountsWriter {
    /// Forgets to whom codes were given that are good no more.
    pub async fn forget_to_whom(&mut self, now: u64) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE codes SET given_to = NULL WHERE given_to IS NOT NULL AND expires_at < $1")
            .bind(int(now))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
