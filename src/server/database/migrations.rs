//! Brings the database's schema along: numbered files, a folder for each kind of database with the same names, each run once, in their order, in a transaction of its own.
//!
//! The table `migrations` remembers which ran, by the SHA-256 of its text: a file whose schema was made by another text is not
//! guessed at. In SQLite, beside it the number of the last one is kept in the file's `user_version`
//! (<https://www.sqlite.org/pragma.html#pragma_user_version>), which is what programs from before there were migrations look at: they
//! refuse a file that was brought along, and so does this one where a newer program did it. Files of the first version say 0 or 1
//! and have no such table; the first migration finds its tables there and leaves them as they are.
//!
//! A migration is never changed once it was released; what was wrong in one is mended by the next.

use super::{
    DatabaseError,
    backend::{Backend, MIGRATIONS, Place},
};
use crate::domain::ContentHash;
use sqlx::{AnyConnection, Connection as _, Row as _};
use std::collections::BTreeSet;

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        /// What is done to a file.
        pub(super) const SQLITE: &[(&str, &str)] = &[$(($name, include_str!(concat!("migrations/sqlite/", $name, ".sql")))),+];
        /// The same in PostgreSQL.
        pub(super) const POSTGRES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("migrations/postgres/", $name, ".sql")))),+];
    };
}

migrations![
    "0001_first_version",
    "0002_units_in_time",
    "0003_values_above",
    "0004_narrow_rows",
    "0005_log",
    "0006_off_system",
    "0007_people",
    "0008_paper_reports",
    "0009_kinds_orders",
    "0010_more_time",
    "0011_moves",
    "0012_to_whom",
    "0013_modules",
    "0014_declined_moves",
];

/// Makes the database or brings it along.
///
/// # Errors
/// When it cannot be opened or written, or a newer or another program made it; then it is as it was. When one step fails,
/// it is as the step before left it.
pub(super) async fn bring_along(place: &Place) -> Result<(), DatabaseError> {
    let mut connection = place.connect(true).await?;
    place.backend().prepare(place, &mut connection).await?;
    let done = run(&mut connection, place, place.backend().migrations()).await;
    connection.close().await.map_err(|error| place.unopened(&error))?;
    done
}

async fn run(
    connection: &mut AnyConnection,
    place: &Place,
    migrations: &[(&str, &'static str)],
) -> Result<(), DatabaseError> {
    // Nothing is written, not even the lock taken, when there is nothing to do.
    while let Some((name, _)) = migrations.get(how_many_ran(connection, place, migrations).await?) {
        let failed = |why: String| DatabaseError::Migration(place.clone(), (*name).to_owned(), why);
        let begun = place.backend().begin_step(connection).await;
        let mut tx = begun.map_err(|why| failed(why.to_string()))?;
        // Another process may have been quicker.
        let ran = how_many_ran(&mut tx, place, migrations).await?;
        if let Some((name, text)) = migrations.get(ran) {
            step(&mut tx, place.backend(), ran + 1, name, text).await.map_err(failed)?;
            tx.commit().await.map_err(|why| failed(why.to_string()))?;
        }
    }
    Ok(())
}

/// How many ran, each by the very text that it has here.
async fn how_many_ran(
    connection: &mut AnyConnection,
    place: &Place,
    migrations: &[(&str, &'static str)],
) -> Result<usize, DatabaseError> {
    let failed = |error| place.unopened(&error);
    let tables = place.backend().tables(connection).await.map_err(failed)?;
    if !is_ours(connection, place.backend(), &tables).await {
        return Err(DatabaseError::NotADatabase(place.clone()));
    }
    let version = place.backend().schema_number(connection).await.map_err(failed)?;
    if usize::try_from(version).map_or(true, |version| version > migrations.len()) {
        return Err(DatabaseError::Newer(place.clone(), version));
    }
    if !tables.contains(MIGRATIONS) {
        return Ok(0);
    }
    let rows = sqlx::query("SELECT name, sha256 FROM migrations ORDER BY number");
    let rows = rows.fetch_all(&mut *connection).await.map_err(failed)?;
    for (index, row) in rows.iter().enumerate() {
        let name: String = row.try_get("name").map_err(failed)?;
        let ran: String = row.try_get("sha256").map_err(failed)?;
        match migrations.get(index) {
            None => {
                return Err(DatabaseError::Newer(
                    place.clone(),
                    i64::try_from(rows.len()).unwrap_or(i64::MAX),
                ));
            }
            Some((_, text)) if hash(text).as_str() != ran => {
                return Err(DatabaseError::OtherMigration(place.clone(), name));
            }
            Some(_) => {}
        }
    }
    Ok(rows.len())
}

/// Whether a database with these tables is empty or one of ours: somebody else's is not made into one. Those of the first version have
/// no table of migrations, and some or all of its tables.
async fn is_ours(connection: &mut AnyConnection, backend: Backend, tables: &BTreeSet<String>) -> bool {
    let mut answers = async |question| sqlx::query(question).fetch_optional(&mut *connection).await.is_ok();
    if tables.contains(MIGRATIONS) {
        return answers("SELECT number, name, sha256 FROM migrations").await;
    }
    let first = SQLITE.first().map_or("", |(_, text)| text);
    let made = first.split("CREATE TABLE IF NOT EXISTS ").skip(1);
    let of_first: BTreeSet<&str> = made.filter_map(|text| text.split_whitespace().next()).collect();
    let is_first = backend == Backend::Sqlite && tables.iter().all(|table| of_first.contains(table.as_str()));
    tables.is_empty() || is_first && answers("SELECT code, parent, level, name, sector FROM units").await
}

async fn step(
    tx: &mut AnyConnection,
    backend: Backend,
    number: usize,
    name: &str,
    text: &'static str,
) -> Result<(), String> {
    let why = |error: sqlx::Error| error.to_string();
    sqlx::raw_sql(text).execute(&mut *tx).await.map_err(why)?;
    let noted = "CREATE TABLE IF NOT EXISTS migrations (
        number BIGINT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)";
    sqlx::raw_sql(noted).execute(&mut *tx).await.map_err(why)?;
    sqlx::query("INSERT INTO migrations (number, name, sha256) VALUES ($1, $2, $3)")
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .bind(name.to_owned())
        .bind(hash(text).as_str().to_owned())
        .execute(&mut *tx)
        .await
        .map_err(why)?;
    backend.end_step(tx, number).await
}

/// The text's hash, whatever ends its lines where the program was built.
fn hash(text: &str) -> ContentHash {
    ContentHash::of(text.replace("\r\n", "\n").as_bytes())
}

#[cfg(test)]
mod tests {
    //! These are about the file itself, and so about SQLite alone; what is PostgreSQL's is in `backend.rs`.

    use super::*;
    use crate::server::database::Database;
    use std::path::Path;

    /// A backup that the last program without migrations made of a township at work, and the list of what it held.
    const FIRST_VERSION: &[u8] = include_bytes!("../../../tests/fixtures/database/version-1.sqlite");

    async fn ask(file: &Path, question: &'static str) -> String {
        let mut connection = open(file).await;
        let answer = sqlx::query_scalar(question).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        answer
    }

    async fn open(file: &Path) -> AnyConnection {
        let place = Place::from(file);
        let mut connection = place.connect(true).await.unwrap();
        Backend::Sqlite.prepare(&place, &mut connection).await.unwrap();
        connection
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
        || (SELECT summary FROM standards)
        || (SELECT group_concat(hash || hex(body)) FROM checklists) || (SELECT group_concat(body) FROM profiles)
        || (SELECT group_concat(token_hash || coalesce(revoked_at, '')) FROM devices)";

    /// Where a submission's bytes were, and where they are.
    const SENT_BEFORE: &str =
        "SELECT group_concat(id || hex(body) || receipt || sheet || coalesce(withdrawn_at, ''))
        FROM (SELECT * FROM submissions ORDER BY id)";
    const SENT: &str =
        "SELECT group_concat(id || hex(body) || receipt || sheet || coalesce(withdrawn_at, ''))
        FROM (SELECT * FROM submissions JOIN submission_bodies ON submission = id ORDER BY id)";

    #[test]
    fn the_files_are_numbered_and_none_is_forgotten() {
        let known: Vec<String> = SQLITE.iter().map(|(name, _)| format!("{name}.sql")).collect();
        for kind in ["sqlite", "postgres"] {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/server/database/migrations");
            let mut files: Vec<String> = std::fs::read_dir(Path::new(folder).join(kind))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            assert_eq!(files, known, "{kind}");
        }
        for (number, name) in (1..).zip(&known) {
            assert!(name.starts_with(&format!("{number:04}_")), "{name}");
        }
    }

    /// What was released is never changed: a file in the field was made by that very text.
    #[test]
    fn what_was_released_stays_as_it_is() {
        let hashes = |migrations: &[(&str, &str)]| -> Vec<String> {
            migrations.iter().map(|(_, text)| hash(text).as_str()[..8].to_owned()).collect()
        };
        assert_eq!(hashes(&SQLITE[..3]), ["7c41892a", "517e25b4", "217ff24e"]);
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
            let (content, sent) = (ask(&old, CONTENT).await, ask(&old, SENT_BEFORE).await);
            for _ in 0..2 {
                opened(&old).await.unwrap();
                assert_eq!(
                    (ask(&old, CONTENT).await, ask(&old, SENT).await),
                    (content.clone(), sent.clone())
                );
                assert_eq!(ask(&old, SCHEMA).await, ask(&new, SCHEMA).await);
            }
            let ran = "SELECT group_concat(number || name) FROM migrations";
            assert_eq!(ask(&old, ran).await, ask(&new, ran).await);
            let version = "SELECT CAST(user_version AS TEXT) FROM pragma_user_version";
            assert_eq!(ask(&old, version).await, SQLITE.len().to_string(), "what older programs look at");
        }
    }

    #[tokio::test]
    async fn a_program_of_before_that_still_runs_is_not_thanked_for_what_lists_would_not_show() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.sqlite");
        std::fs::write(&file, FIRST_VERSION).unwrap();
        let mut before = open(&file).await;
        opened(&file).await.unwrap();
        // The statement of the last program without `submission_bodies`.
        let word =
            "INSERT INTO finding_entries (branch, sha256, body) SELECT code, 'a', '{}' FROM units LIMIT 1
                    ON CONFLICT (branch, sha256) DO NOTHING";
        let refused = sqlx::query(word).execute(&mut before).await.unwrap_err();
        assert!(refused.to_string().contains("newer version"), "{refused}");
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

    /// Other programs call their tables so, too.
    #[tokio::test]
    async fn somebody_elses_file_is_refused_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        for (number, tables) in [
            "CREATE TABLE customers (id INTEGER PRIMARY KEY)",
            "CREATE TABLE migrations (id INTEGER PRIMARY KEY, migration TEXT, batch INTEGER)",
            "CREATE TABLE units (id INTEGER PRIMARY KEY, title TEXT)",
            "CREATE TABLE devices (id INTEGER PRIMARY KEY)",
            "CREATE TABLE customers (id INTEGER PRIMARY KEY); PRAGMA user_version = 99",
        ]
        .into_iter()
        .enumerate()
        {
            let file = folder.path().join(format!("{number}.sqlite"));
            let mut theirs = open(&file).await;
            sqlx::raw_sql(tables).execute(&mut theirs).await.unwrap();
            theirs.close().await.unwrap();
            let before = std::fs::read(&file).unwrap();
            let refused = opened(&file).await.unwrap_err();
            assert!(matches!(refused, DatabaseError::NotADatabase(_)), "{tables}: {refused}");
            assert_eq!(std::fs::read(&file).unwrap(), before, "{tables}");
        }
    }

    #[tokio::test]
    async fn a_file_of_another_text_is_refused_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.sqlite");
        let mut connection = open(&file).await;
        run(
            &mut connection,
            &(&file).into(),
            &[SQLITE[0], ("0002_of_somebody_else", "CREATE TABLE other (id TEXT)")],
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
        run(&mut connection, &(&file).into(), &SQLITE[..1]).await.unwrap();
        sqlx::raw_sql(unit).execute(&mut connection).await.unwrap();
        let before = ask(&file, tables).await;
        for (text, why) in [
            ("CREATE TABLE more (id TEXT); INSERT INTO nowhere VALUES (1)", "nowhere"),
            (
                "CREATE TABLE more (id TEXT); PRAGMA foreign_keys = OFF; UPDATE units SET parent = 'x'",
                "refer",
            ),
        ] {
            let refused =
                run(&mut connection, &(&file).into(), &[SQLITE[0], ("0002", text)]).await.unwrap_err();
            assert!(
                matches!(&refused, DatabaseError::Migration(_, name, told) if name == "0002" && told.contains(why)),
                "{refused}"
            );
            assert_eq!(ask(&file, tables).await, before);
        }
        let good = [SQLITE[0], ("0002", "CREATE TABLE more (id TEXT)")];
        run(&mut connection, &(&file).into(), &good).await.unwrap();
        assert_ne!(ask(&file, tables).await, before);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_programs_that_start_together_do_it_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("b.sqlite");
        std::fs::write(&file, FIRST_VERSION).unwrap();
        let starts = [(); 4].map(|()| {
            let file = file.clone();
            tokio::spawn(async move { bring_along(&(&file).into()).await })
        });
        for start in starts {
            start.await.unwrap().unwrap();
        }
        opened(&file).await.unwrap();
    }
}
