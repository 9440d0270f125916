//! Accounts of people at desks, what they are entrusted with, and the links by which they set their passwords. Of what opens anything
//! only hashes are here.

use super::{
    Database, DatabaseError, Rows, Scope,
    activation::has_ended,
    int,
    log::{Deed, Of, Record, noted_since},
    many::{self, Value},
    stored,
};
use crate::domain::{BranchCode, ContentHash, day};
use jiff::civil::Date;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _, any::AnyRow};
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

/// What somebody is called whose name was erased.
const ERASED: &str = "已删除的人员";

impl Account {
    /// Whether it was erased who it is: then one signs in by its key, which nobody can, being longer than any login name.
    pub fn is_erased(&self) -> bool {
        self.login == self.id.to_string()
    }
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
        let text = AssertSqlSafe(format!("{ACCOUNTS} WHERE {column} = $1"));
        let row = sqlx::query(text).bind(is).fetch_optional(&self.pool).await?;
        row.as_ref().map(account).transpose()
    }

    /// The accounts of a unit, in the order in which they were added.
    pub async fn accounts_of(&self, unit: &BranchCode) -> Result<Vec<Account>, DatabaseError> {
        let text = AssertSqlSafe(format!("{ACCOUNTS} WHERE a.unit = $1 ORDER BY a.added_at, a.id"));
        let rows = sqlx::query(text).bind(unit.as_str().to_owned()).fetch_all(&self.pool).await?;
        rows.iter().map(account).collect()
    }

    /// A part of the accounts of these units and those below, and of those that are lent something there, by unit; and how many there
    /// are. Of those alone whose name, login name, unit's code or unit's name has the text in it.
    pub async fn accounts_under(
        &self,
        roots: &[BranchCode],
        text: &str,
        with_closed: bool,
        rows: Rows,
    ) -> Result<(Vec<Account>, u64), DatabaseError> {
        if roots.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let places: Vec<String> = (2..2 + roots.len()).map(|place| format!("${place}")).collect();
        // From the few units that anybody has to do with upwards, not from the whole tree down. The tree has no circles, and UNION would
        // end one.
        let with = "WITH RECURSIVE up (unit, code) AS (
                 SELECT unit, unit FROM accounts UNION SELECT unit, unit FROM grants
                 UNION SELECT up.unit, units.parent FROM up JOIN units ON units.code = up.code
                     WHERE units.parent IS NOT NULL)";
        let within = format!("(SELECT unit FROM up WHERE code IN ({}))", places.join(","));
        let closed = if with_closed { "" } else { "AND a.closed_at IS NULL" };
        let filter = format!(
            "WHERE (a.unit IN {within} OR a.id IN (SELECT account FROM grants WHERE unit IN {within})) {closed}
             AND (a.name LIKE $1 ESCAPE '!' OR a.login LIKE lower($1) ESCAPE '!'
                 OR lower(a.unit) LIKE lower($1) ESCAPE '!' OR u.name LIKE $1 ESCAPE '!')"
        );
        let literal = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let mut bound: Vec<Value> = vec![format!("%{literal}%").into()];
        bound.extend(roots.iter().map(|root| root.as_str().into()));
        let ask = |text: String| bound.iter().cloned().fold(sqlx::query(AssertSqlSafe(text)), many::bind);
        let mut tx = self.read().await?;
        let count =
            format!("{with} SELECT count(*) FROM accounts a JOIN units u ON u.code = a.unit {filter}");
        let total: i64 = ask(count).fetch_one(&mut *tx).await?.try_get(0)?;
        let Rows { size, after } = rows;
        let page = format!(
            "{with} {ACCOUNTS} {filter} ORDER BY a.unit, a.added_at, a.id LIMIT {size} OFFSET {after}"
        );
        let page = ask(page).fetch_all(&mut *tx).await?.iter().map(account).collect::<Result<_, _>>()?;
        Ok((page, u64::try_from(total).map_err(stored)?))
    }

    /// All accounts, by unit and then by when they were added.
    pub async fn accounts(&self) -> Result<Vec<Account>, DatabaseError> {
        let text = AssertSqlSafe(format!("{ACCOUNTS} ORDER BY a.unit, a.added_at, a.id"));
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
pub struct AccountsWriter {
    pub(super) tx: sqlx::Transaction<'static, sqlx::Any>,
    database: Database,
}

impl Database {
    /// Begins to change accounts. Nothing is kept unless it ends with [`AccountsWriter::commit`].
    pub async fn change_accounts(&self) -> Result<AccountsWriter, DatabaseError> {
        Ok(AccountsWriter { tx: self.write(&Scope::People).await?, database: self.clone() })
    }
}

impl AccountsWriter {
    /// Keeps all that was changed, and notes it in the log.
    pub(crate) async fn commit(mut self, records: &[Record]) -> Result<(), DatabaseError> {
        self.database.append(&mut self.tx, records).await?;
        Ok(self.tx.commit().await?)
    }

    /// An open account.
    pub async fn account(&mut self, id: Uuid) -> Result<Option<Account>, DatabaseError> {
        let text = AssertSqlSafe(format!("{ACCOUNTS} WHERE a.id = $1 AND a.closed_at IS NULL"));
        let row = sqlx::query(text).bind(id.to_string()).fetch_optional(&mut *self.tx).await?;
        row.as_ref().map(account).transpose()
    }

    /// Whether a unit has ended: until the accounts are written it does not.
    pub async fn has_ended(&mut self, unit: &BranchCode) -> Result<bool, DatabaseError> {
        has_ended(&mut self.tx, unit).await
    }

    /// What an account is entrusted with.
    pub async fn granted(&mut self, id: Uuid) -> Result<Vec<Granted>, DatabaseError> {
        Ok(granted(&mut self.tx, &[id]).await?.remove(&id).unwrap_or_default())
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
        let rows = many::select(&mut self.tx, statement, &[role.into()], &keys, "").await?;
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
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// What is told of a person, otherwise than before.
    pub async fn change(&mut self, account: &Account) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE accounts SET name = $1, post = $2, telephone = $3 WHERE id = $4")
            .bind(account.name.clone())
            .bind(account.post.clone())
            .bind(account.telephone.clone())
            .bind(account.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Opens a closed account again; whether it was closed. It has no password until one is set.
    pub async fn reopen(&mut self, id: Uuid) -> Result<bool, DatabaseError> {
        let done = sqlx::query(
            "UPDATE accounts SET closed_at = NULL WHERE id = $1 AND closed_at IS NOT NULL AND login <> id",
        );
        Ok(done.bind(id.to_string()).execute(&mut *self.tx).await?.rows_affected() > 0)
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
        .execute(&mut *self.tx)
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
            .execute(&mut *self.tx)
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
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// Whether a link was made for an account after the entry of the log of this number.
    pub(crate) async fn was_linked_since(&mut self, id: Uuid, seen: u64) -> Result<bool, DatabaseError> {
        let of = id.to_string();
        Ok(noted_since(&mut self.tx, seen, Deed::LinkMade, Of::Subject(&of)).await?.is_some())
    }

    /// Whether an account was entrusted with a role at a unit after the entry of the log of this number.
    pub(crate) async fn was_given_since(
        &mut self,
        id: Uuid,
        granted: &Granted,
        seen: u64,
    ) -> Result<bool, DatabaseError> {
        let of = format!("{id} {}", granted.role);
        let given = noted_since(&mut self.tx, seen, Deed::RoleGiven, Of::Subject(&of)).await?;
        Ok(given.is_some_and(|given| given.unit.as_ref() == Some(&granted.unit)))
    }

    /// What an account's links open is nothing from now on.
    pub(crate) async fn void_links(&mut self, id: Uuid, now: u64) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE welcomes SET used_at = $1 WHERE account = $2 AND used_at IS NULL")
            .bind(int(now))
            .bind(id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }

    /// What a link opens, seen where nobody else can use it meanwhile.
    pub async fn welcome(&mut self, link: &ContentHash, now: u64) -> Result<Welcome, DatabaseError> {
        welcome(&mut self.tx, link, now).await
    }

    /// Sets an account's password; its links and sessions end.
    pub async fn set_password(&mut self, id: Uuid, hash: &str, now: u64) -> Result<(), DatabaseError> {
        sqlx::query("UPDATE accounts SET password = $1 WHERE id = $2")
            .bind(hash.to_owned())
            .bind(id.to_string())
            .execute(&mut *self.tx)
            .await?;
        self.void_links(id, now).await?;
        self.end_sessions(id).await.map(drop)
    }

    /// The hash of an account's password, as [`Database::password_of`] answers it.
    pub async fn password(&mut self, id: Uuid) -> Result<Option<String>, DatabaseError> {
        let row = sqlx::query("SELECT password FROM accounts WHERE id = $1 AND closed_at IS NULL");
        let row = row.bind(id.to_string()).fetch_optional(&mut *self.tx).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.flatten())
    }

    /// Closes an account; its links and sessions end, and what it is entrusted with stays, for when it is opened again.
    pub async fn close(&mut self, id: Uuid, now: u64) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE accounts SET closed_at = $1, password = NULL WHERE id = $2 AND closed_at IS NULL",
        )
        .bind(int(now))
        .bind(id.to_string())
        .execute(&mut *self.tx)
        .await?;
        self.void_links(id, now).await?;
        self.end_sessions(id).await.map(drop)
    }

    /// Erases who a closed account is; what it was entrusted with goes along. Whether it was closed, and told still.
    pub async fn erase(&mut self, id: Uuid) -> Result<bool, DatabaseError> {
        let done = sqlx::query(
            "UPDATE accounts SET name = '', post = '', telephone = '', login = id
             WHERE id = $1 AND closed_at IS NOT NULL AND login <> id",
        );
        if done.bind(id.to_string()).execute(&mut *self.tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM grants WHERE account = $1")
            .bind(id.to_string())
            .execute(&mut *self.tx)
            .await?;
        Ok(true)
    }

    /// Ends all sessions of an account, and tells how many there were.
    pub async fn end_sessions(&mut self, id: Uuid) -> Result<u64, DatabaseError> {
        let done = sqlx::query("DELETE FROM sessions WHERE account = $1").bind(id.to_string());
        Ok(done.execute(&mut *self.tx).await?.rows_affected())
    }
}

fn account(row: &AnyRow) -> Result<Account, DatabaseError> {
    let closed_at: Option<i64> = row.try_get("closed_at")?;
    let mut account = Account {
        id: key(row, "id")?,
        unit: BranchCode::new(row.try_get::<String, _>("unit")?).map_err(stored)?,
        unit_name: row.try_get("unit_name")?,
        name: row.try_get("name")?,
        post: row.try_get("post")?,
        telephone: row.try_get("telephone")?,
        login: row.try_get("login")?,
        has_password: super::backend::yes(row, "has_password")?,
        closed_at: closed_at.map(|at| u64::try_from(at).map_err(stored)).transpose()?,
    };
    if account.is_erased() {
        account.name = ERASED.into();
    }
    Ok(account)
}

pub(super) fn key(row: &AnyRow, column: &str) -> Result<Uuid, DatabaseError> {
    row.try_get::<String, _>(column)?.parse().map_err(stored)
}
