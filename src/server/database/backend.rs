//! What differs between SQLite and PostgreSQL. Everything else in this folder is one SQL text for both, sent through sqlx's Any driver:
//! `$1` for what is bound, `CASE … THEN 1` where a yes or no is read (SQLite has no booleans), a cast around `sum` (PostgreSQL widens
//! it), no collation but that of bytes (in PostgreSQL's migrations each text that is compared says `COLLATE "C"`).
//!
//! **Writing.** What a write looks at must not change under it. SQLite has one writer at a time: `BEGIN IMMEDIATE`. PostgreSQL has
//! many: each takes advisory locks for what it looks at, its [`Scope`], which end with its transaction. They are taken in one order
//! (the whole, then the roster, then branches by their keys) and a transaction takes them once, at its beginning; that of the log comes
//! last, when nothing else is left to be written. So no two wait for each other; with `READ COMMITTED` nothing fails to be serialized either, so nothing is tried again. Who waits longer than [`BUSY`]
//! gives up, on both.
//!
//! **Beginning.** sqlx 0.9.0 forgets a PostgreSQL transaction whose `BEGIN` was given up half-way, as when a phone hangs up, and
//! hands the connection with the open transaction to the next (<https://github.com/launchbadge/sqlx/issues/4385>). So a transaction
//! begins in a task of its own, which nobody gives up.

use super::{BUSY, Database, DatabaseError, stored};
use crate::domain::BranchCode;
use sha2::{Digest as _, Sha256};
use sqlx::{
    Any, AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _,
    Row as _, SqlStr, Transaction,
    any::{AnyConnectOptions, AnyPoolOptions},
};
use std::{
    collections::BTreeSet,
    convert::Infallible,
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// The URL of a PostgreSQL database, which may hold a password: it is shown without.
    Postgres(String),
}

/// The table of the steps that were done.
pub(super) const MIGRATIONS: &str = "migrations";

/// So long whoever asks waits for a connection: longer than a writer waits for a lock, shorter than a request may take, so that a server
/// that is away is told in words.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(15);

/// The two kinds of databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backend {
    Sqlite,
    Postgres,
}

/// Why a PostgreSQL database, or a file, cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// Nobody answers there.
    Unreachable,
    /// The server does not let this user in.
    Refused,
    /// The server has no database of this name.
    NoSuchDatabase,
    /// The user may not make tables in it.
    NotAllowed,
    /// The server, or the user, has as many connections as it may have.
    Crowded,
    /// It is kept in another encoding than UTF-8.
    OtherEncoding,
    /// Anything else.
    Other,
}

/// What a write looks at, so that nobody else may change it until it ends.
pub(super) enum Scope<'a> {
    /// All that is kept of these branches.
    Branches(BTreeSet<&'a BranchCode>),
    /// The units and how they stand to each other.
    Roster,
    /// What is published.
    Standard,
    /// Accounts of people at desks, and who is signed in.
    People,
    /// All branches and the roster.
    Whole,
    /// The same, and accounts.
    WholeAndPeople,
    /// The log alone.
    Log,
}

/// The keys of advisory locks.
const WHOLE: i64 = 0x62_6961_6f63_6869;
const ROSTER: i64 = WHOLE + 1;
const STANDARD: i64 = WHOLE + 2;
const LOG: i64 = WHOLE + 3;
const PEOPLE: i64 = WHOLE + 4;

impl<'a> Scope<'a> {
    /// More branches than this are locked as the whole: the server's table of locks has some thousand places for everybody.
    pub(super) const MANY: usize = 64;

    pub(super) fn branch(branch: &'a BranchCode) -> Self {
        Self::Branches([branch].into())
    }

    /// The statements that lock it in PostgreSQL.
    fn locks(&self) -> String {
        let shared = || format!("SELECT pg_advisory_xact_lock_shared({WHOLE});");
        let alone = |key: i64| format!("SELECT pg_advisory_xact_lock({key});");
        match self {
            Self::Standard => alone(STANDARD),
            Self::Log => alone(LOG),
            Self::People => alone(PEOPLE),
            Self::Roster => shared() + &alone(ROSTER),
            Self::Branches(branches) if branches.len() <= Self::MANY => {
                let keys: BTreeSet<i64> = branches.iter().map(|branch| key(branch)).collect();
                keys.into_iter().fold(shared(), |text, key| text + &alone(key))
            }
            Self::Branches(_) | Self::Whole => alone(WHOLE),
            Self::WholeAndPeople => alone(WHOLE) + &alone(PEOPLE),
        }
    }
}

fn key(branch: &BranchCode) -> i64 {
    let digest = Sha256::digest(branch.as_str());
    digest.iter().take(8).fold(0, |key, byte| (key << 8) | i64::from(*byte))
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Postgres(url) => f.write_str(without_secrets(url).as_deref().unwrap_or("postgres://…")),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The URL without its password and without its parameters, of which one may be a password; `None` when it is none.
fn without_secrets(url: &str) -> Option<String> {
    let mut url = url.parse::<AnyConnectOptions>().ok()?.database_url;
    url.set_query(None);
    url.set_fragment(None);
    // A URL without a host, such as of a socket, takes no password and has none.
    if url.password().is_some() {
        url.set_password(None).ok()?;
    }
    (!url.cannot_be_a_base()).then(|| url.to_string())
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<&PathBuf> for Place {
    fn from(path: &PathBuf) -> Self {
        Self::File(path.clone())
    }
}

impl From<&Self> for Place {
    fn from(place: &Self) -> Self {
        place.clone()
    }
}

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        Ok(match scheme.as_deref() {
            Some("postgres" | "postgresql") => Self::Postgres(text.to_owned()),
            _ => Self::File(text.into()),
        })
    }
}

impl Place {
    pub(super) fn backend(&self) -> Backend {
        match self {
            Self::File(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// Whether there is a database already. One of PostgreSQL without our tables counts as none.
    ///
    /// # Errors
    /// When that cannot be found out, as when the server does not answer.
    pub async fn has_database(&self) -> Result<bool, DatabaseError> {
        if let Self::File(path) = self {
            return Ok(path.exists());
        }
        let failed = |error| self.unopened(&error);
        let mut connection = self.connect(false).await?;
        let tables = Backend::Postgres.tables(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(tables.contains(MIGRATIONS))
    }

    fn options(&self, make: bool) -> Result<AnyConnectOptions, DatabaseError> {
        // Only the first time does it do anything.
        sqlx::any::install_default_drivers();
        let options = match self {
            Self::Postgres(url) => url.parse(),
            Self::File(path) => {
                // Every byte that could mean something else in a URL is escaped, the slashes too: `a/../b` is not ours to shorten.
                let escaped: String =
                    path.as_os_str().as_encoded_bytes().iter().map(|b| format!("%{b:02x}")).collect();
                format!("sqlite:{escaped}?mode={}", if make { "rwc" } else { "rw" }).parse()
            }
        };
        // Slow statements would go to a clerk's terminal and to logs, as SQL.
        options
            .map(AnyConnectOptions::disable_statement_logging)
            .map_err(|error: sqlx::Error| self.unopened(&error))
    }

    /// One connection, outside of the pool; it makes a file that is not there when told so.
    pub(super) async fn connect(&self, make: bool) -> Result<AnyConnection, DatabaseError> {
        let failed = |error| self.unopened(&error);
        if let (Self::File(path), true) = (self, make) {
            make_private(path);
        }
        AnyConnection::connect_with(&self.options(make)?).await.map_err(failed)
    }

    /// Connections that keep what they acknowledge, also over a power cut.
    pub(super) async fn pool(&self) -> Result<AnyPool, DatabaseError> {
        let (set, connections) = match self.backend() {
            Backend::Sqlite => (
                format!(
                    "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
                    BUSY.as_millis()
                ),
                4,
            ),
            // Who waits for a lock holds a connection meanwhile.
            Backend::Postgres => (
                format!(
                    "SET lock_timeout = {}; SELECT set_config('synchronous_commit', 'on', false)
                     WHERE current_setting('synchronous_commit') = 'off'",
                    BUSY.as_millis()
                ),
                12,
            ),
        };
        let set: SqlStr = sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(set));
        let options = AnyPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(PATIENCE)
            // A file does not go away as a server does, and to ask costs what a small statement costs.
            .test_before_acquire(self.backend() == Backend::Postgres)
            .after_connect(move |connection, _| {
                let set = set.clone();
                Box::pin(async move { connection.execute(sqlx::raw_sql(set)).await.map(drop) })
            });
        options.connect_with(self.options(false)?).await.map_err(|error| self.unopened(&error))
    }

    /// Why it cannot be opened.
    pub(super) fn unopened(&self, error: &sqlx::Error) -> DatabaseError {
        let code = error.as_database_error().and_then(|error| error.code());
        let why = match (self, code.as_deref()) {
            // SQLITE_NOTADB (https://www.sqlite.org/rescode.html#notadb)
            (Self::File(_), Some("26")) => return DatabaseError::NotADatabase(self.clone()),
            (Self::File(_), _) => Unopened::Other,
            // https://www.postgresql.org/docs/current/errcodes-appendix.html; a table `migrations` of somebody else
            (Self::Postgres(_), Some("42703")) => return DatabaseError::NotADatabase(self.clone()),
            (Self::Postgres(_), Some("28000" | "28P01")) => Unopened::Refused,
            (Self::Postgres(_), Some("3D000")) => Unopened::NoSuchDatabase,
            (Self::Postgres(_), Some("42501")) => Unopened::NotAllowed,
            (Self::Postgres(_), Some("53300")) => Unopened::Crowded,
            (Self::Postgres(_), _) if matches!(error, sqlx::Error::Io(_)) => Unopened::Unreachable,
            (Self::Postgres(_), _) => Unopened::Other,
        };
        DatabaseError::Open(self.clone(), why, error.to_string())
    }
}

impl Backend {
    /// Name and text of each migration, the first being number 1.
    pub(super) fn migrations(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Sqlite => super::migrations::SQLITE,
            Self::Postgres => super::migrations::POSTGRES,
        }
    }

    /// Prepares a connection for changing the schema, and refuses where that cannot be.
    pub(super) async fn prepare(
        self,
        place: &Place,
        connection: &mut AnyConnection,
    ) -> Result<(), DatabaseError> {
        let failed = |error| place.unopened(&error);
        match self {
            // A step may build a table anew; what refers to what is checked before it is committed.
            Self::Sqlite => {
                let set = format!(
                    "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL",
                    BUSY.as_millis()
                );
                sqlx::raw_sql(AssertSqlSafe(set)).execute(connection).await.map_err(failed)?;
            }
            Self::Postgres => {
                let row = sqlx::query(
                    "SELECT current_setting('server_encoding') AS encoding,
                         CASE WHEN has_schema_privilege(current_schema(), 'CREATE') THEN 1 ELSE 0 END AS may",
                )
                .fetch_one(connection)
                .await
                .map_err(failed)?;
                let encoding: String = row.try_get("encoding").map_err(failed)?;
                if encoding != "UTF8" {
                    return Err(DatabaseError::Open(place.clone(), Unopened::OtherEncoding, encoding));
                }
                if !yes(&row, "may").map_err(failed)? {
                    let why = "its user may not create tables".into();
                    return Err(DatabaseError::Open(place.clone(), Unopened::NotAllowed, why));
                }
            }
        }
        Ok(())
    }

    /// The number that the file itself keeps of its schema; PostgreSQL has none.
    pub(super) async fn schema_number(self, connection: &mut AnyConnection) -> Result<i64, sqlx::Error> {
        match self {
            Self::Sqlite => sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await,
            Self::Postgres => Ok(0),
        }
    }

    /// The tables that are there, as of one moment.
    pub(super) async fn tables(
        self,
        connection: &mut AnyConnection,
    ) -> Result<BTreeSet<String>, sqlx::Error> {
        let names = match self {
            Self::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
            }
            // Not `to_regclass`: until it locks some table it may answer as of before another program's step.
            Self::Postgres => {
                "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()"
            }
        };
        let rows = sqlx::query(names).fetch_all(connection).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    /// Begins a step of the schema; nobody else is at one.
    pub(super) async fn begin_step(
        self,
        connection: &mut AnyConnection,
    ) -> Result<Transaction<'_, Any>, sqlx::Error> {
        match self {
            Self::Sqlite => connection.begin_with("BEGIN IMMEDIATE").await,
            Self::Postgres => {
                let mut tx = connection.begin().await?;
                sqlx::raw_sql(AssertSqlSafe(Scope::Whole.locks())).execute(&mut *tx).await?;
                Ok(tx)
            }
        }
    }

    /// What a step has to do besides its own text, when it is done.
    pub(super) async fn end_step(self, tx: &mut AnyConnection, number: usize) -> Result<(), String> {
        if self == Self::Postgres {
            return Ok(());
        }
        let why = |error: sqlx::Error| error.to_string();
        let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut *tx).await.map_err(why)?;
        if let Some(row) = dangling {
            let table: String = row.try_get("table").map_err(why)?;
            return Err(format!("rows of {table} would refer to what is not there"));
        }
        let version = AssertSqlSafe(format!("PRAGMA user_version = {number}"));
        sqlx::raw_sql(version).execute(tx).await.map_err(why)?;
        Ok(())
    }

    /// Keeps others from adding to the log until the transaction ends: what they add comes after it.
    pub(super) async fn lock_log(self, tx: &mut AnyConnection) -> Result<(), sqlx::Error> {
        if self == Self::Postgres {
            sqlx::raw_sql(AssertSqlSafe(Scope::Log.locks())).execute(tx).await?;
        }
        Ok(())
    }

    /// Whether what failed was one statement, and the transaction can go on as if it had not been.
    pub(super) fn is_one_statements(self, error: &sqlx::Error) -> bool {
        match self {
            // It undoes only the statement that breaks a constraint; a full disk or a failed write may have undone everything.
            Self::Sqlite => error
                .as_database_error()
                .is_some_and(|error| !matches!(error.kind(), sqlx::error::ErrorKind::Other)),
            // Whatever it was, everything back to the savepoint was undone.
            Self::Postgres => error.as_database_error().is_some(),
        }
    }
}

impl Database {
    /// Begins to write; what the scope names cannot change under it.
    pub(super) async fn write(&self, scope: &Scope<'_>) -> Result<Transaction<'static, Any>, DatabaseError> {
        match self.backend {
            Backend::Sqlite => Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?),
            Backend::Postgres => {
                let mut tx = self.begin("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
                sqlx::raw_sql(AssertSqlSafe(scope.locks())).execute(&mut *tx).await?;
                Ok(tx)
            }
        }
    }

    /// Begins to read: all that is asked in it is answered as of one moment.
    pub(super) async fn read(&self) -> Result<Transaction<'static, Any>, DatabaseError> {
        match self.backend {
            Backend::Sqlite => Ok(self.pool.begin().await?),
            Backend::Postgres => self.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await,
        }
    }

    async fn begin(&self, statement: &'static str) -> Result<Transaction<'static, Any>, DatabaseError> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with(statement).await });
        Ok(begun.await.map_err(stored)??)
    }

    /// Whether it is one file, which [`Self::back_up`] can copy.
    pub fn is_one_file(&self) -> bool {
        self.backend == Backend::Sqlite
    }

    /// Writes a consistent copy of everything into a new file, also while the endpoint serves.
    ///
    /// # Errors
    /// When the file exists, cannot be written, or the database fails, as one of PostgreSQL does, which its own tools copy.
    pub async fn back_up(&self, file: &Path) -> Result<(), DatabaseError> {
        let name = file.to_str().ok_or_else(|| stored("the backup's path is not UTF-8"))?;
        sqlx::query("VACUUM INTO $1").bind(name.to_owned()).execute(&self.pool).await?;
        Ok(())
    }
}

/// A yes or no that was read as `CASE … THEN 1 ELSE 0 END`.
pub(super) fn yes<I>(row: &sqlx::any::AnyRow, place: I) -> Result<bool, sqlx::Error>
where
    I: sqlx::ColumnIndex<sqlx::any::AnyRow>,
{
    Ok(row.try_get::<i64, _>(place)? != 0)
}

/// Makes the file of a new database readable for its owner alone; SQLite gives what lies beside it the same rights. Where that cannot be,
/// opening it says why.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}

#[cfg(test)]
#[path = "backend_tests.rs"]
mod tests;
