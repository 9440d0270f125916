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
    let readable = Database { pool, backend: Backend::Sqlite, ..database };
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
        let made = folder.path().join(name);
        assert!(made.is_file(), "{name}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o600, "for its owner alone");
        }
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
    change("DELETE FROM migrations WHERE number = 99; UPDATE migrations SET sha256 = 'x' WHERE number = 1")
        .await;
    let refused = Database::open(place(&folder)).await.unwrap_err();
    assert!(matches!(refused, DatabaseError::OtherMigration(..)), "{refused}");
    // Another program calls its tables so, too.
    for theirs in [
        "DROP TABLE migrations; CREATE TABLE migrations (id INTEGER)",
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE customers (id INTEGER)",
    ] {
        change(theirs).await;
        let refused = Database::open(place(&folder)).await.unwrap_err();
        assert!(matches!(refused, DatabaseError::NotADatabase(..)), "{refused}");
    }
    let tables = database.backend.tables(&mut database.pool.acquire().await.unwrap()).await.unwrap();
    assert_eq!(tables, ["customers".to_owned()].into(), "nothing was put beside them");
}

#[tokio::test]
async fn why_postgresql_cannot_be_opened_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let Some(database) = postgres(&folder).await else { return };
    let Place::Postgres(url) = place(&folder) else { return };
    for role in [
        "CREATE ROLE guest LOGIN",
        "CREATE ROLE crowd LOGIN CONNECTION LIMIT 0",
        "ALTER DATABASE postgres OWNER TO postgres",
    ] {
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
        (format!("{}/{name}", server.replace("postgres@", "crowd@")), Unopened::Crowded),
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
    assert!(goes(Scope::branch(&other)).await && goes(Scope::Roster).await && goes(Scope::Standard).await);
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
    let open =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'";
    let none_is_open = async {
        while sqlx::query_scalar::<_, i64>(open).fetch_one(&database.pool).await.unwrap() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), none_is_open).await.unwrap();
}
