//! Who is signed in. Only the hash of what a browser shows is kept.

use super::{
    Database, DatabaseError,
    accounts::{AccountsWriter, key},
    int, stored,
};
use crate::domain::ContentHash;
use sqlx::{Row as _, any::AnyRow};
use uuid::Uuid;

/// Somebody who is signed in with a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of what the browser shows.
    pub hash: ContentHash,
    /// Whose.
    pub account: Uuid,
    /// Since when, milliseconds since 1970-01-01 UTC.
    pub begun_at: u64,
    /// When it was last used, to the minute.
    pub seen_at: u64,
    /// When the password was last given.
    pub proved_at: u64,
}

impl Database {
    /// The session that a browser shows; none of an account that is closed.
    pub async fn session(&self, hash: &ContentHash) -> Result<Option<Session>, DatabaseError> {
        let row = sqlx::query(
            "SELECT s.hash, s.account, s.begun_at, s.seen_at, s.proved_at FROM sessions s
             JOIN accounts a ON a.id = s.account WHERE s.hash = $1 AND a.closed_at IS NULL",
        );
        let row = row.bind(hash.as_str().to_owned()).fetch_optional(&self.pool).await?;
        row.as_ref().map(session).transpose()
    }

    /// The sessions of an account that were used since an instant, the newest first.
    pub async fn sessions_of(&self, account: Uuid, since: u64) -> Result<Vec<Session>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT hash, account, begun_at, seen_at, proved_at FROM sessions WHERE account = $1 AND seen_at >= $2
             ORDER BY begun_at DESC, hash",
        );
        let rows = rows.bind(account.to_string()).bind(int(since)).fetch_all(&self.pool).await?;
        rows.iter().map(session).collect()
    }

    /// Notes that a session was used.
    pub async fn see_session(&self, hash: &ContentHash, now: u64) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE sessions SET seen_at = $1 WHERE hash = $2 AND seen_at < $1")
            .bind(int(now))
            .bind(hash.as_str().to_owned())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes that the password was given once more.
    pub async fn prove_session(&self, hash: &ContentHash, now: u64) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE sessions SET proved_at = $1, seen_at = $1 WHERE hash = $2")
            .bind(int(now))
            .bind(hash.as_str().to_owned())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl AccountsWriter {
    /// Ends every session, and tells how many there were.
    pub(crate) async fn end_all_sessions(&mut self) -> Result<u64, DatabaseError> {
        Ok(sqlx::query("DELETE FROM sessions").execute(&mut *self.tx).await?.rows_affected())
    }

    /// Makes every link by which a password is set open nothing any more.
    pub(crate) async fn void_all_links(&mut self, now: u64) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE welcomes SET used_at = $1 WHERE used_at IS NULL")
            .bind(int(now))
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Begins a session. Those that nobody used since an instant are forgotten.
    pub async fn begin_session(&mut self, session: &Session, idle_since: u64) -> Result<(), DatabaseError> {
        sqlx::query("DELETE FROM sessions WHERE seen_at < $1")
            .bind(int(idle_since))
            .execute(&mut *self.tx)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (hash, account, begun_at, seen_at, proved_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(session.hash.as_str().to_owned())
        .bind(session.account.to_string())
        .bind(int(session.begun_at))
        .bind(int(session.seen_at))
        .bind(int(session.proved_at))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Ends the sessions of an account but for one, and tells how many there were.
    pub async fn end_other_sessions(
        &mut self,
        account: Uuid,
        but: &ContentHash,
    ) -> Result<u64, DatabaseError> {
        let done = sqlx::query("DELETE FROM sessions WHERE account = $1 AND hash <> $2")
            .bind(account.to_string())
            .bind(but.as_str().to_owned());
        Ok(done.execute(&mut *self.tx).await?.rows_affected())
    }

    /// Ends one session; whose it was, if it was there.
    pub async fn end_session(&mut self, hash: &ContentHash) -> Result<Option<Uuid>, DatabaseError> {
        let row = sqlx::query("SELECT account FROM sessions WHERE hash = $1").bind(hash.as_str().to_owned());
        let Some(row) = row.fetch_optional(&mut *self.tx).await? else { return Ok(None) };
        sqlx::query("DELETE FROM sessions WHERE hash = $1")
            .bind(hash.as_str().to_owned())
            .execute(&mut *self.tx)
            .await?;
        key(&row, "account").map(Some)
    }
}

fn session(row: &AnyRow) -> Result<Session, DatabaseError> {
    let instant = |column| u64::try_from(row.try_get::<i64, _>(column)?).map_err(stored);
    Ok(Session {
        hash: ContentHash::try_from(row.try_get::<String, _>("hash")?).map_err(stored)?,
        account: key(row, "account")?,
        begun_at: instant("begun_at")?,
        seen_at: instant("seen_at")?,
        proved_at: instant("proved_at")?,
    })
}
