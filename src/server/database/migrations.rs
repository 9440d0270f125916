//! Brings a file's schema along: numbered files, each run once, in their order, in a transaction of its own.
//!
//! The table `migrations` remembers which ran, by the SHA-256 of its text: a file whose schema was made by another text is not
//! guessed at. Beside it the number of the last one is kept in the file's `user_version`
//! (<https://www.sqlite.org/pragma.html#pragma_user_version>), which is what programs from before there were migrations look at: they
//! refuse a file that was brought along, and so does this one where a newer program did it. Files of the first version say 0 or 1
//! and have no such table; the first migration finds its tables there and leaves them as they are.
//!
//! A migration is never changed once it was released; what was wrong in one is mended by the next.

use super::DatabaseError;
use crate::domain::ContentHash;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};
use std::path::Path;

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => { &[$(($name, include_str!(concat!("migrations/", $name, ".sql")))),+] };
}

/// Name and text of each, the first being number 1.
const MIGRATIONS: &[(&str, &str)] =
    migrations!["0001_first_version", "0002_units_in_time", "0003_values_above"];

/// The schema that this program knows.
pub(super) const SCHEMA_VERSION: usize = MIGRATIONS.len();

/// Makes the file or brings it along.
///
/// # Errors
/// When the file cannot be opened or written, or a newer or another program made it; then it is as it was. When one step fails,
/// it is as the step before left it.
pub(super) async fn bring_along(path: &Path) -> Result<(), DatabaseError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // A step may build a table anew; what refers to what is checked before it is committed.
        .foreign_keys(false)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(super::BUSY)
        .disable_statement_logging();
    let failed = |error| super::unopened(path, error);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    let done = run(&mut connection, path, MIGRATIONS).await;
    connection.close().await.map_err(failed)?;
    done
}

async fn run(
    connection: &mut SqliteConnection,
    path: &Path,
    migrations: &[(&str, &'static str)],
) -> Result<(), DatabaseError> {
    // Nothing is written, not even the lock taken, when there is nothing to do.
    while let Some((name, _)) = migrations.get(how_many_ran(connection, path, migrations).await?) {
        let failed = |why: String| DatabaseError::Migration(path.to_owned(), (*name).to_owned(), why);
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(|why| failed(why.to_string()))?;
        // Another process may have been quicker.
        let ran = how_many_ran(&mut tx, path, migrations).await?;
        if let Some((name, text)) = migrations.get(ran) {
            step(&mut tx, ran + 1, name, text).await.map_err(failed)?;
            tx.commit().await.map_err(|why| failed(why.to_string()))?;
        }
    }
    Ok(())
}

/// How many ran, each by the very text that it has here.
async fn how_many_ran(
    connection: &mut SqliteConnection,
    path: &Path,
    migrations: &[(&str, &'static str)],
) -> Result<usize, DatabaseError> {
    let failed = |error| super::unopened(path, error);
    let version: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await.map_err(failed)?;
    if usize::try_from(version).map_or(true, |version| version > migrations.len()) {
        return Err(DatabaseError::Newer(path.to_owned(), version));
    }
    let table = sqlx::query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'");
    if table.fetch_optional(&mut *connection).await.map_err(failed)?.is_none() {
        return Ok(0);
    }
    let rows = sqlx::query("SELECT name, sha256 FROM migrations ORDER BY number");
    let rows = rows.fetch_all(&mut *connection).await.map_err(failed)?;
    for (index, row) in rows.iter().enumerate() {
        let name: String = row.try_get("name").map_err(failed)?;
        let ran: String = row.try_get("sha256").map_err(failed)?;
        if migrations.get(index).is_none_or(|(_, text)| hash(text).as_str() != ran) {
            return Err(DatabaseError::OtherMigration(path.to_owned(), name));
        }
    }
    Ok(rows.len())
}

async fn step(
    tx: &mut SqliteConnection,
    number: usize,
    name: &str,
    text: &'static str,
) -> Result<(), String> {
    let why = |error: sqlx::Error| error.to_string();
    sqlx::raw_sql(text).execute(&mut *tx).await.map_err(why)?;
    let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_optional(&mut *tx).await.map_err(why)?;
    if let Some(row) = dangling {
        let table: String = row.try_get("table").map_err(why)?;
        return Err(format!("rows of {table} would refer to what is not there"));
    }
    let noted = "CREATE TABLE IF NOT EXISTS migrations (
        number BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)";
    sqlx::raw_sql(noted).execute(&mut *tx).await.map_err(why)?;
    sqlx::query("INSERT INTO migrations (number, name, sha256) VALUES (?, ?, ?)")
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .bind(name.to_owned())
        .bind(hash(text).as_str().to_owned())
        .execute(&mut *tx)
        .await
        .map_err(why)?;
    let version = AssertSqlSafe(format!("PRAGMA user_version = {number}"));
    sqlx::raw_sql(version).execute(&mut *tx).await.map_err(why)?;
    Ok(())
}

/// The text's hash, whatever ends its lines where the program was built.
fn hash(text: &str) -> ContentHash {
    ContentHash::of(text.replace("\r\n", "\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::database::Database;

    /// A backup that the last program without migrations made of a township at work, and the list of what it held.
    const FIRST_VERSION: &[u8] = include_bytes!("../../../tests/fixtures/database/version-1.sqlite");

    async fn ask(file: &Path, question: &'static str) -> String {
        let mut connection = open(file).await;
        let answer = sqlx::query_scalar(question).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        answer
    }

    async fn open(file: &Path) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(false);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    async fn opened(file: &Path) -> Result<(), DatabaseError> {
        Database::open(file).await?.close().await;
        Ok(())
    }

    const SCHEMA: &str = "SELECT group_concat(sql, char(10)) FROM
        (SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'migrations' ORDER BY type, name)";
    const CONTENT: &str = "SELECT (SELECT group_concat(code || name) FROM units) || (SELECT count(*) FROM codes)
        || (SELECT group_concat(hex(sha256)) FROM photos) || (SELECT group_concat(branch || body) FROM finding_entries)
        || (SELECT group_concat(body) FROM finding_verdicts) || (SELECT group_concat(body) FROM reviews)
        || (SELECT group_concat(hex(body) || receipt || sheet) FROM submissions) || (SELECT summary FROM standards)
        || (SELECT group_concat(hash || hex(body)) FROM checklists) || (SELECT group_concat(body) FROM profiles)
        || (SELECT group_concat(token_hash || coalesce(revoked_at, '')) FROM devices)";

    #[test]
    fn the_files_are_numbered_and_none_is_forgotten() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/server/database/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let known: Vec<String> = MIGRATIONS.iter().map(|(name, _)| format!("{name}.sql")).collect();
        assert_eq!(files, known);
        for (number, name) in (1..).zip(&known) {
            assert!(name.starts_with(&format!("{number:04}_")), "{name}");
        }
    }

    /// What was released is never changed: a file in the field was made by that very text.
    #[test]
    fn what_was_released_stays_as_it_is() {
        let hashes: Vec<String> =
            MIGRATIONS.iter().map(|(_, text)| hash(text).as_str()[..8].to_owned()).collect();
        assert_eq!(hashes, ["7c41892a", "517e25b4", "217ff24e"]);
        assert_eq!(hash("a\r\nb\n"), hash("a\nb\n"));
    }

    #[tokio::test]
    async fn a_database_of_the_first_version_is_brought_along_with_all_that_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old.sqlite"), folder.path().join("new.sqlite"));
        opened(&new).await.unwrap();
        let mut before_the_number_was_kept = FIRST_VERSION.to_vec();
        // Where the user version lies: https://www.sqlite.org/fileformat.html#user_version_number
        assert_eq!(FIRST_VERSION[60..64], 1_u32.to_be_bytes());
        before_the_number_was_kept[60..64].copy_from_slice(&[0; 4]);
        for bytes in [FIRST_VERSION, &before_the_number_was_kept] {
            std::fs::write(&old, bytes).unwrap();
            let content = ask(&old, CONTENT).await;
            for _ in 0..2 {
                opened(&old).await.unwrap();
                assert_eq!(ask(&old, CONTENT).await, content);
                assert_eq!(ask(&old, SCHEMA).await, ask(&new, SCHEMA).await);
            }
            let ran = "SELECT group_concat(number || name) FROM migrations";
            assert_eq!(ask(&old, ran).await, ask(&new, ran).await);
            let version = "SELECT CAST(user_version AS TEXT) FROM pragma_user_version";
            assert_eq!(ask(&old, version).await, SCHEMA_VERSION.to_string(), "what older programs look at");
        }
    }

    #[tokio::test]
    async fn what_a_newer_version_wrote_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.sqlite");
        let mut newer = FIRST_VERSION.to_vec();
        newer[60..64].copy_from_slice(&99_u32.to_be_bytes());
        std::fs::write(&file, &newer).unwrap();
        let refused = opened(&file).await.unwrap_err();
        assert!(matches!(refused, DatabaseError::Newer(_, 99)), "{refused}");
        assert!(refused.to_string().contains("install that version again"), "{refused}");
        assert_eq!(std::fs::read(&file).unwrap(), newer, "not even how it is journalled");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_file_of_another_text_is_refused_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.sqlite");
        let mut connection = open(&file).await;
        run(
            &mut connection,
            &file,
            &[MIGRATIONS[0], ("0002_of_somebody_else", "CREATE TABLE other (id TEXT)")],
        )
        .await
        .unwrap();
        connection.close().await.unwrap();
        let before = std::fs::read(&file).unwrap();
        let refused = opened(&file).await.unwrap_err();
        assert!(
            matches!(&refused, DatabaseError::OtherMigration(_, name) if name == "0002_of_somebody_else")
        );
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }

    #[tokio::test]
    async fn a_step_that_fails_leaves_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.sqlite");
        let mut connection = open(&file).await;
        let unit = "INSERT INTO units VALUES ('b', NULL, '\"branch\"', '支部', 'rural', '')";
        let tables = "SELECT group_concat(name) FROM sqlite_master";
        run(&mut connection, &file, &MIGRATIONS[..1]).await.unwrap();
        sqlx::raw_sql(unit).execute(&mut connection).await.unwrap();
        let before = ask(&file, tables).await;
        for (text, why) in [
            ("CREATE TABLE more (id TEXT); INSERT INTO nowhere VALUES (1)", "nowhere"),
            (
                "CREATE TABLE more (id TEXT); PRAGMA foreign_keys = OFF; UPDATE units SET parent = 'x'",
                "refer",
            ),
        ] {
            let refused = run(&mut connection, &file, &[MIGRATIONS[0], ("0002", text)]).await.unwrap_err();
            assert!(
                matches!(&refused, DatabaseError::Migration(_, name, told) if name == "0002" && told.contains(why)),
                "{refused}"
            );
            assert_eq!(ask(&file, tables).await, before);
        }
        let good = [MIGRATIONS[0], ("0002", "CREATE TABLE more (id TEXT)")];
        run(&mut connection, &file, &good).await.unwrap();
        assert_ne!(ask(&file, tables).await, before);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_programs_that_start_together_do_it_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.sqlite");
        std::fs::write(&file, FIRST_VERSION).unwrap();
        let starts = [(); 4].map(|()| {
            let file = file.clone();
            tokio::spawn(async move { bring_along(&file).await })
        });
        for start in starts {
            start.await.unwrap().unwrap();
        }
        opened(&file).await.unwrap();
    }
}
