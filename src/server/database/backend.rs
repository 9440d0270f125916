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
        let has = Backend::Postgres.has_migrations(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(has)
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

    /// Whether the table of migrations is there.
    pub(super) async fn has_migrations(self, connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
        let table = match self {
            Self::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'",
            // Not `to_regclass`: until it locks some table it may answer as of before another program's step.
            Self::Postgres => {
                "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'migrations'"
            }
        };
        Ok(sqlx::query(table).fetch_optional(connection).await?.is_some())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::database::testing::{database, place};
    use std::{collections::BTreeMap, time::Duration};

    #[test]
    fn a_place_is_a_path_or_a_url_and_never_tells_a_password() {
        for (text, shown) in [
            ("data/b.sqlite", "data/b.sqlite"),
            ("sqlite:b", "sqlite:b"),
            ("postgres://clerk:geheim@db.example:5433/city", "postgres://clerk@db.example:5433/city"),
            ("PostgreSQL://clerk@db/city?password=geheim&sslmode=disable", "postgresql://clerk@db/city"),
            ("postgres:///city?host=/run/postgresql&password=geheim", "postgres:///city"),
            ("postgres:clerk:geheim@db", "postgres://…"),
            ("postgres://clerk:geheim@db:notaport/city", "postgres://…"),
        ] {
            let place: Place = text.parse().unwrap();
            assert_eq!(place.to_string(), shown);
            assert!(!format!("{place:?}").contains("geheim"));
            assert_eq!(place.backend() == Backend::Postgres, text.to_lowercase().starts_with("postgres"));
        }
    }

    /// As root, which may write whatever its mode says, a test has to open it so.
    #[tokio::test]
    async fn a_file_that_can_only_be_read_is_found_out_before_anything_is_sent() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.sqlite");
        let database = Database::open(&file).await.unwrap();
        database.must_take_writes().await.unwrap();
        let pool = AnyPool::connect(&format!("sqlite:{}?mode=ro", file.display())).await.unwrap();
        let readable = Database { pool, backend: Backend::Sqlite };
        assert_eq!(readable.units().await.unwrap(), []);
        assert!(matches!(readable.must_take_writes().await, Err(DatabaseError::Failed(_))));
    }

    /// What a path may hold, a URL takes for something else.
    #[tokio::test]
    async fn a_file_is_opened_by_its_very_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["数据 库.sqlite", "a?mode=memory", "b#c", "%41", "x:y", ":memory:"] {
            let file = folder.path().join("里").join("..").join(name);
            std::fs::create_dir_all(folder.path().join("里")).unwrap();
            Database::open(&file).await.unwrap().close().await;
            assert!(folder.path().join(name).is_file(), "{name}");
        }
    }

    /// Each connection is asked, not one: the pool opens them as they are needed.
    #[tokio::test]
    async fn every_connection_keeps_what_it_acknowledges() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder).await;
        let wanted: &[(&str, &str)] = match database.backend {
            Backend::Sqlite => &[
                ("SELECT journal_mode FROM pragma_journal_mode", "wal"),
                ("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous", "2"),
                ("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys", "1"),
                ("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout", "10000"),
            ],
            // The server of the tests says off.
            Backend::Postgres => &[
                ("SELECT current_setting('synchronous_commit')", "on"),
                ("SELECT current_setting('lock_timeout')", "10s"),
            ],
        };
        let mut held = Vec::new();
        for _ in 0..3 {
            let mut connection = database.pool.acquire().await.unwrap();
            for (question, answer) in wanted {
                let told: String = sqlx::query_scalar(*question).fetch_one(&mut *connection).await.unwrap();
                assert_eq!(told, *answer, "{question}");
            }
            held.push(connection);
        }
    }

    /// Tables with their columns.
    async fn columns(database: &Database) -> BTreeMap<String, Vec<String>> {
        let question = match database.backend {
            Backend::Sqlite => {
                "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c
                 WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid"
            }
            Backend::Postgres => {
                "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c FROM information_schema.columns
                 WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
            }
        };
        let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in sqlx::query(question).fetch_all(&database.pool).await.unwrap() {
            tables.entry(row.try_get("t").unwrap()).or_default().push(row.try_get("c").unwrap());
        }
        tables
    }

    /// A database of PostgreSQL, where there is a server for it.
    async fn postgres(folder: &tempfile::TempDir) -> Option<Database> {
        let database = database(folder).await;
        (database.backend == Backend::Postgres).then_some(database)
    }

    #[tokio::test]
    async fn both_schemas_have_the_same_tables_and_columns() {
        let folder = tempfile::tempdir().unwrap();
        let Some(postgres) = postgres(&folder).await else { return };
        let file = Database::open(&folder.path().join("b.sqlite")).await.unwrap();
        let tables = columns(&file).await;
        assert!(tables.len() > 15, "{tables:?}");
        assert_eq!(columns(&postgres).await, tables);
        // Without it the order would be the server's, and two texts that differ could be alike.
        let other = sqlx::query_scalar::<_, String>(
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS NULL
                 AND column_name NOT IN ('body', 'receipt', 'sheet', 'parents', 'summary', 'claimed') AND table_name <> 'migrations'",
        );
        assert_eq!(other.fetch_all(&postgres.pool).await.unwrap(), Vec::<String>::new());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_programs_that_start_together_bring_postgresql_along_once() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        let starts = [(); 8].map(|()| tokio::spawn(Database::open(place.clone())));
        for start in starts {
            start.await.unwrap().unwrap().close().await;
        }
        assert!(place.has_database().await.unwrap());
    }

    #[tokio::test]
    async fn what_another_version_made_of_postgresql_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let Some(database) = postgres(&folder).await else { return };
        let change = async |sql: &'static str| sqlx::raw_sql(sql).execute(&database.pool).await.unwrap();
        change("INSERT INTO migrations VALUES (99, '0099_later', 'x')").await;
        let refused = Database::open(place(&folder)).await.unwrap_err();
        assert!(matches!(refused, DatabaseError::Newer(..)), "{refused}");
        change(
            "DELETE FROM migrations WHERE number = 99; UPDATE migrations SET sha256 = 'x' WHERE number = 1",
        )
        .await;
        let refused = Database::open(place(&folder)).await.unwrap_err();
        assert!(matches!(refused, DatabaseError::OtherMigration(..)), "{refused}");
        change("DROP TABLE migrations; CREATE TABLE migrations (id INTEGER)").await;
        let refused = Database::open(place(&folder)).await.unwrap_err();
        assert!(matches!(refused, DatabaseError::NotADatabase(..)), "{refused}");
    }

    #[tokio::test]
    async fn why_postgresql_cannot_be_opened_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let Some(database) = postgres(&folder).await else { return };
        let Place::Postgres(url) = place(&folder) else { return };
        for role in ["CREATE ROLE guest LOGIN", "ALTER DATABASE postgres OWNER TO postgres"] {
            // Another test may have made it.
            let _ = sqlx::raw_sql(role).execute(&database.pool).await;
        }
        let (server, name) = url.rsplit_once('/').unwrap();
        sqlx::raw_sql("DROP TABLE migrations; REVOKE ALL ON SCHEMA public FROM public")
            .execute(&database.pool)
            .await
            .unwrap();
        for (url, why) in [
            ("postgres://postgres@127.0.0.1:1/x".to_owned(), Unopened::Unreachable),
            (format!("{server}/no_such"), Unopened::NoSuchDatabase),
            (url.replace("postgres@", "nobody@"), Unopened::Refused),
            (format!("{}/{name}", server.replace("postgres@", "guest@")), Unopened::NotAllowed),
            (format!("{server}/{name}?sslmode=perhaps"), Unopened::Other),
        ] {
            let refused = Database::open(url.parse::<Place>().unwrap()).await.unwrap_err();
            assert!(matches!(&refused, DatabaseError::Open(_, is, _) if *is == why), "{url}: {refused:?}");
        }
    }

    /// Of one branch the second waits for the first; of another it does not; and the whole waits for all.
    #[tokio::test]
    async fn a_write_keeps_to_itself_what_it_names_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let Some(database) = postgres(&folder).await else { return };
        let [one, other] = ["a", "b"].map(|code| BranchCode::new(code).unwrap());
        let many: Vec<BranchCode> = (0..1_000).map(|n| BranchCode::new(format!("n{n}")).unwrap()).collect();
        let within = async |time, scope: Scope<'_>| {
            tokio::time::timeout(Duration::from_millis(time), database.write(&scope)).await.is_ok()
        };
        let goes = async |scope| within(9_000, scope).await;
        let waits = async |scope| !within(300, scope).await;
        let held = database.write(&Scope::branch(&one)).await.unwrap();
        assert!(
            goes(Scope::branch(&other)).await && goes(Scope::Roster).await && goes(Scope::Standard).await
        );
        assert!(waits(Scope::branch(&one)).await);
        assert!(waits(Scope::Branches([&other, &one].into())).await);
        assert!(waits(Scope::Whole).await);
        assert!(waits(Scope::Branches(many.iter().collect())).await);
        held.rollback().await.unwrap();
        assert!(goes(Scope::Whole).await, "who gave up waiting left nothing behind");
        let held = database.write(&Scope::Roster).await.unwrap();
        assert!(goes(Scope::branch(&one)).await && waits(Scope::Roster).await && waits(Scope::Whole).await);
        held.commit().await.unwrap();
    }

    /// As when a phone hangs up: none of the pool's connections is left within a transaction.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_write_that_is_given_up_at_its_beginning_leaves_no_open_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let Some(database) = postgres(&folder).await else { return };
        let branch = BranchCode::new("a").unwrap();
        for microseconds in (0..2_000).step_by(10) {
            let scope = Scope::branch(&branch);
            let _ = tokio::time::timeout(Duration::from_micros(microseconds), database.write(&scope)).await;
            let _ = tokio::time::timeout(Duration::from_micros(microseconds), database.read()).await;
        }
        let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
        let none_is_open = async {
            while sqlx::query_scalar::<_, i64>(open).fetch_one(&database.pool).await.unwrap() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), none_is_open).await.unwrap();
    }
}
