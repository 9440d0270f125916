//! Accounts of people at desks, what they are entrusted with, and the links by which they set their passwords. Of what opens anything
//! only hashes are here.

use super::{Database, DatabaseError, Scope, int, many, stored};
use crate::domain::{BranchCode, ContentHash, day};
use jiff::civil::Date;
use sqlx::{AnyConnection, Row as _, any::AnyRow};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Somebody's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its key.
    pub id: Uuid,
    /// The unit it belongs to.
    pub unit: BranchCode,
    /// The unit's name.
    pub unit_name: String,
    /// 姓名
    pub name: String,
    /// 职务
    pub post: String,
    /// Empty where none was told.
    pub telephone: String,
    /// What one signs in with.
    pub login: String,
    /// Whether a password was set.
    pub has_password: bool,
    /// Since when it is closed, milliseconds since 1970-01-01 UTC.
    pub closed_at: Option<u64>,
}

/// What an account is entrusted with, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Granted {
    /// The unit.
    pub unit: BranchCode,
    /// The role's word.
    pub role: String,
    /// The last day.
    pub until: Option<Date>,
}

/// What came of a link by which a password is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Welcome {
    /// It opens this account.
    Good(Uuid),
    /// It was used, or another was made since.
    Used,
    /// Too late.
    Expired,
    /// There is no such link.
    Unknown,
}

const ACCOUNTS: &str = "SELECT a.id, a.unit, u.name AS unit_name, a.name, a.post, a.telephone, a.login,
     CASE WHEN a.password IS NULL THEN 0 ELSE 1 END AS has_password, a.closed_at
     FROM accounts a JOIN units u ON u.code = a.unit";

impl Database {
    /// The account with this key.
    pub async fn account(&self, id: Uuid) -> Result<Option<Account>, DatabaseError> {
        self.account_where("a.id", id.to_string()).await
    }

    /// The account with this login name.
    pub async fn account_called(&self, login: &str) -> Result<Option<Account>, DatabaseError> {
        self.account_where("a.login", login.to_owned()).await
    }

    async fn account_where(&self, column: &str, is: String) -> Result<Option<Account>, DatabaseError> {
        let text = sqlx::AssertSqlSafe(format!("{ACCOUNTS} WHERE {column} = $1"));
        let row = sqlx::query(text).bind(is).fetch_optional(&self.pool).await?;
        row.as_ref().map(account).transpose()
    }

    /// The accounts of these units, by unit and then by when they were added.
    pub async fn accounts_of(&self, units: &[BranchCode]) -> Result<Vec<Account>, DatabaseError> {
        let keys: Vec<String> = units.iter().map(|unit| unit.as_str().to_owned()).collect();
        let mut connection = self.pool.acquire().await?;
        let statement = format!("{ACCOUNTS} WHERE a.unit IN");
        let order = "ORDER BY a.unit, a.added_at, a.id";
        many::select(&mut connection, &statement, &[], &keys, order).await?.iter().map(account).collect()
    }

    /// All accounts, by unit and then by when they were added.
    pub async fn accounts(&self) -> Result<Vec<Account>, DatabaseError> {
        let text = sqlx::AssertSqlSafe(format!("{ACCOUNTS} ORDER BY a.unit, a.added_at, a.id"));
        sqlx::query(text).fetch_all(&self.pool).await?.iter().map(account).collect()
    }

    /// What these accounts are entrusted with.
    pub async fn granted_to(&self, accounts: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Granted>>, DatabaseError> {
        granted(&mut *self.pool.acquire().await?, accounts).await
    }

    /// The hash of an account's password, where one was set and the account is open; with its key.
    pub async fn password_of(&self, login: &str) -> Result<Option<(Uuid, String)>, DatabaseError> {
        let row = sqlx::query(
            "SELECT id, password FROM accounts WHERE login = $1 AND password IS NOT NULL AND closed_at IS NULL",
        );
        let Some(row) = row.bind(login.to_owned()).fetch_optional(&self.pool).await? else { return Ok(None) };
        Ok(Some((key(&row, "id")?, row.try_get("password")?)))
    }

    /// What a link opens at this instant.
    pub async fn welcome(&self, link: &ContentHash, now: u64) -> Result<Welcome, DatabaseError> {
        welcome(&mut *self.pool.acquire().await?, link, now).await
    }
}

/// What accounts are entrusted with.
async fn granted(
    from: &mut AnyConnection,
    accounts: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<Granted>>, DatabaseError> {
    let keys: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    let statement = "SELECT account, unit, role, until_day FROM grants WHERE account IN";
    let mut all: BTreeMap<Uuid, Vec<Granted>> = BTreeMap::new();
    for row in many::select(from, statement, &[], &keys, "ORDER BY account, unit, role").await? {
        let until = super::tree::some_day(row.try_get("until_day")?)?;
        let unit = BranchCode::new(row.try_get::<String, _>("unit")?).map_err(stored)?;
        all.entry(key(&row, "account")?).or_default().push(Granted {
            unit,
            role: row.try_get("role")?,
            until,
        });
    }
    Ok(all)
}

async fn welcome(from: &mut AnyConnection, link: &ContentHash, now: u64) -> Result<Welcome, DatabaseError> {
    let row = sqlx::query(
        "SELECT w.account, w.expires_at, w.used_at, a.closed_at FROM welcomes w JOIN accounts a ON a.id = w.account
         WHERE w.hash = $1",
    );
    let row = row.bind(link.as_str().to_owned()).fetch_optional(from).await?;
    let Some(row) = row else { return Ok(Welcome::Unknown) };
    if row.try_get::<Option<i64>, _>("closed_at")?.is_some() {
        return Ok(Welcome::Unknown);
    }
    Ok(match row.try_get::<Option<i64>, _>("used_at")? {
        Some(_) => Welcome::Used,
        None if row.try_get::<i64, _>("expires_at")? < int(now) => Welcome::Expired,
        None => Welcome::Good(key(&row, "account")?),
    })
}

/// What is changed of accounts, all of it in one transaction: nobody else changes any meanwhile.
pub struct AccountsWriter(pub(super) sqlx::Transaction<'static, sqlx::Any>);

impl Database {
    /// Begins to change accounts. Nothing is kept unless it ends with [`AccountsWriter::commit`].
    pub async fn change_accounts(&self) -> Result<AccountsWriter, DatabaseError> {
        Ok(AccountsWriter(self.write(&Scope::People).await?))
    }
}

impl AccountsWriter {
    /// Keeps all that was changed.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        Ok(self.0.commit().await?)
    }

    /// An open account.
    pub async fn account(&mut self, id: Uuid) -> Result<Option<Account>, DatabaseError> {
        let text = sqlx::AssertSqlSafe(format!("{ACCOUNTS} WHERE a.id = $1 AND a.closed_at IS NULL"));
        let row = sqlx::query(text).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.as_ref().map(account).transpose()
    }

    /// What an account is entrusted with.
    pub async fn granted(&mut self, id: Uuid) -> Result<Vec<Granted>, DatabaseError> {
        Ok(granted(&mut self.0, &[id]).await?.remove(&id).unwrap_or_default())
    }

    /// The open accounts that hold a role at one of these units.
    pub async fn holders(
        &mut self,
        role: &str,
        units: &[BranchCode],
    ) -> Result<Vec<(Uuid, BranchCode)>, DatabaseError> {
        let keys: Vec<String> = units.iter().map(|unit| unit.as_str().to_owned()).collect();
        let statement = "SELECT g.account, g.unit FROM grants g JOIN accounts a ON a.id = g.account
             WHERE a.closed_at IS NULL AND g.until_day IS NULL AND g.role = $1 AND g.unit IN";
        let rows = many::select(&mut self.0, statement, &[role.into()], &keys, "").await?;
        let read = |row: &AnyRow| {
            Ok((key(row, "account")?, BranchCode::new(row.try_get::<String, _>("unit")?).map_err(stored)?))
        };
        rows.iter().map(read).collect()
    }

    /// Adds an account; `false` when its login name is taken.
    pub async fn add(&mut self, account: &Account, now: u64) -> Result<bool, DatabaseError> {
        let done = sqlx::query(
            "INSERT INTO accounts (id, unit, name, post, telephone, login, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (login) DO NOTHING",
        )
        .bind(account.id.to_string())
        .bind(account.unit.as_str().to_owned())
        .bind(account.name.clone())
        .bind(account.post.clone())
        .bind(account.telephone.clone())
        .bind(account.login.clone())
        .bind(int(now))
        .execute(&mut *self.0)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Entrusts an account with something; once more only sets its last day.
    pub async fn grant(&mut self, id: Uuid, granted: &Granted) -> Result<(), DatabaseError> {
        sqlx::query(
            "INSERT INTO grants (account, unit, role, until_day) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account, unit, role) DO UPDATE SET until_day = excluded.until_day",
        )
        .bind(id.to_string())
        .bind(granted.unit.as_str().to_owned())
        .bind(granted.role.clone())
        .bind(granted.until.map(day::text))
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }

    /// Takes it back; whether there was any.
    pub async fn take_back(
        &mut self,
        id: Uuid,
        unit: &BranchCode,
        role: &str,
    ) -> Result<bool, DatabaseError> {
        let done = sqlx::query("DELETE FROM grants WHERE account = $1 AND unit = $2 AND role = $3")
            .bind(id.to_string())
            .bind(unit.as_str().to_owned())
            .bind(role.to_owned())
            .execute(&mut *self.0)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Makes a link for an account; those of before open nothing any more.
    pub async fn make_link(
        &mut self,
        id: Uuid,
        link: &ContentHash,
        now: u64,
        expires_at: u64,
    ) -> Result<(), DatabaseError> {
        self.void_links(id, now).await?;
        sqlx::query("INSERT INTO welcomes (hash, account, expires_at) VALUES ($1, $2, $3)")
            .bind(link.as_str().to_owned())
            .bind(id.to_string())
            .bind(int(expires_at))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    async fn void_links(&mut self, id: Uuid, now: u64) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE welcomes SET used_at = $1 WHERE account = $2 AND used_at IS NULL")
            .bind(int(now))
            .bind(id.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// What a link opens, seen where nobody else can use it meanwhile.
    pub async fn welcome(&mut self, link: &ContentHash, now: u64) -> Result<Welcome, DatabaseError> {
        welcome(&mut self.0, link, now).await
    }

    /// Sets an account's password; its links and sessions end.
    pub async fn set_password(&mut self, id: Uuid, hash: &str, now: u64) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE accounts SET password = $1 WHERE id = $2")
            .bind(hash.to_owned())
            .bind(id.to_string())
            .execute(&mut *self.0)
            .await?;
        self.void_links(id, now).await?;
        self.end_sessions(id).await.map(drop)
    }

    /// Closes an account; its links and sessions end, and what it was entrusted with stays as it was, to be read.
    pub async fn close(&mut self, id: Uuid, now: u64) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE accounts SET closed_at = $1, password = NULL WHERE id = $2 AND closed_at IS NULL",
        )
        .bind(int(now))
        .bind(id.to_string())
        .execute(&mut *self.0)
        .await?;
        self.void_links(id, now).await?;
        self.end_sessions(id).await.map(drop)
    }

    /// Ends all sessions of an account, and tells how many there were.
    pub async fn end_sessions(&mut self, id: Uuid) -> Result<u64, DatabaseError> {
        let done = sqlx::query("DELETE FROM sessions WHERE account = $1").bind(id.to_string());
        Ok(done.execute(&mut *self.0).await?.rows_affected())
    }
}

fn account(row: &AnyRow) -> Result<Account, DatabaseError> {
    let closed_at: Option<i64> = row.try_get("closed_at")?;
    Ok(Account {
        id: key(row, "id")?,
        unit: BranchCode::new(row.try_get::<String, _>("unit")?).map_err(stored)?,
        unit_name: row.try_get("unit_name")?,
        name: row.try_get("name")?,
        post: row.try_get("post")?,
        telephone: row.try_get("telephone")?,
        login: row.try_get("login")?,
        has_password: super::backend::yes(row, "has_password")?,
        closed_at: closed_at.map(|at| u64::try_from(at).map_err(stored)).transpose()?,
    })
}

pub(super) fn key(row: &AnyRow, column: &str) -> Result<Uuid, DatabaseError> {
    row.try_get::<String, _>(column)?.parse().map_err(stored)
}
