use super::*;
use crate::server::database::testing::{cases, database};
use proptest::prelude::*;
use tempfile::TempDir;

fn record(number: u64) -> Record {
    let unit = (!number.is_multiple_of(3)).then(|| BranchCode::new(format!("b{}", number % 3)).unwrap());
    let who = if number.is_multiple_of(2) { Who::Operator } else { Who::Person(Uuid::from_u128(7)) };
    let deed = Deed::ALL[usize::try_from(number).unwrap() % Deed::ALL.len()];
    Record { at: 1_000 + number, who, deed, unit, subject: format!("s{number}") }
}

/// A log of so many entries.
async fn log(entries: u64) -> (TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = database(&folder).await;
    for number in 0..entries {
        database.note(&[record(number)]).await.unwrap();
    }
    (folder, database)
}

async fn sql(database: &Database, text: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&database.pool).await.map(drop)
}

/// As by somebody who may do anything to the database.
async fn by_force(database: &Database, text: String) {
    let names = ["log_is_not_changed", "log_is_not_shortened", "log_has_no_gap"];
    for name in names {
        let on = if database.is_one_file() { "" } else { "ON log" };
        sql(database, format!("DROP TRIGGER IF EXISTS {name} {on}")).await.unwrap();
    }
    sql(database, text).await.unwrap();
}

#[test]
fn every_deed_has_a_code_of_its_own() {
    let codes: std::collections::BTreeSet<&str> = Deed::ALL.iter().map(|deed| deed.code()).collect();
    assert_eq!(codes.len(), Deed::ALL.len());
    for who in [Who::Operator, Who::Person(Uuid::from_u128(1)), Who::Phone(Uuid::from_u128(1))] {
        assert_eq!(Who::read(&who.text()), Some(who));
    }
}

#[tokio::test]
async fn what_is_noted_is_read_again_and_the_whole_fits() {
    let (_folder, database) = log(0).await;
    assert_eq!(database.verify_log(None).await.unwrap(), Verdict::Whole { entries: 0, hash: String::new() });
    let records: Vec<Record> = (0..2_345).map(record).collect();
    database.note(&records[..7]).await.unwrap();
    database.note(&records[7..]).await.unwrap();
    let Verdict::Whole { entries: 2_345, hash } = database.verify_log(None).await.unwrap() else { panic!() };
    let newest = database.logged(&Wanted::default(), 2).await.unwrap();
    assert_eq!((newest[0].number, &newest[0].record, &newest[0].hash), (2_345, &records[2_344], &hash));
    let wanted = Wanted {
        who: Some(Who::Operator),
        from: Some(1_002),
        until: Some(1_005),
        before: Some(2_000),
        ..Wanted::default()
    };
    let found = database.logged(&wanted, 10).await.unwrap();
    assert_eq!(found.iter().map(|entry| entry.record.at).collect::<Vec<_>>(), [1_004, 1_002]);
    let deeds = vec![records[3].deed];
    let found = database.logged(&Wanted { deeds, ..Wanted::default() }, 9_999).await.unwrap();
    assert!(!found.is_empty() && found.iter().all(|entry| entry.record.deed == records[3].deed));
    assert_eq!(
        database.verify_log(Some((2_345, &hash))).await.unwrap(),
        Verdict::Whole { entries: 2_345, hash }
    );
}

#[tokio::test]
async fn what_lies_below_a_unit_is_found_by_it() {
    let (_folder, database) = log(6).await;
    let units = "INSERT INTO units VALUES ('t', NULL, '\"township\"', '镇', '', ''), ('b1', 't', '\"branch\"', '一', 'rural', ''),
        ('b2', NULL, '\"branch\"', '二', 'rural', '')";
    sql(&database, units.into()).await.unwrap();
    let under = Some(BranchCode::new("t").unwrap());
    let found = database.logged(&Wanted { under, ..Wanted::default() }, 10).await.unwrap();
    assert_eq!(found.iter().map(|entry| entry.number).collect::<Vec<_>>(), [5, 2]);
}

/// Whoever writes a whole new log can make it fit; not what somebody else has noted of the old one.
#[tokio::test]
async fn a_log_that_was_put_back_does_not_have_what_was_noted() {
    let (_folder, database) = log(5).await;
    let (_other, other) = log(4).await;
    let newest = database.logged(&Wanted::default(), 1).await.unwrap().remove(0);
    let noted = Some((newest.number, newest.hash.as_str()));
    assert_eq!(other.verify_log(noted).await.unwrap(), Verdict::Broken { number: 5, how: Misfit::Missing });
    other.note(&[record(9)]).await.unwrap();
    assert_eq!(other.verify_log(noted).await.unwrap(), Verdict::Broken { number: 5, how: Misfit::Other });
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_it() {
    let (_folder, database) = log(3).await;
    let mut refused = vec![
        "UPDATE log SET at = 1 WHERE number = 2".to_owned(),
        "DELETE FROM log WHERE number = 3".into(),
        "INSERT INTO log SELECT number + 2, at, who, deed, unit, subject, previous, hash FROM log WHERE number = 3".into(),
    ];
    refused.push(if database.is_one_file() {
        "INSERT OR REPLACE INTO log SELECT * FROM log WHERE number = 2".into()
    } else {
        "TRUNCATE log".into()
    });
    for text in refused {
        assert!(sql(&database, text.clone()).await.is_err(), "{text}");
    }
    assert!(matches!(database.verify_log(None).await.unwrap(), Verdict::Whole { entries: 3, .. }));
}

/// On PostgreSQL many write at once, each in a transaction of its own.
#[tokio::test(flavor = "multi_thread")]
async fn who_writes_at_the_same_time_writes_one_after_the_other() {
    let (_folder, database) = log(0).await;
    let all = (0..40).map(|number| {
        let database = database.clone();
        tokio::spawn(async move { database.note(&[record(number), record(number)]).await.unwrap() })
    });
    for one in all.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    assert!(matches!(database.verify_log(None).await.unwrap(), Verdict::Whole { entries: 80, .. }));
}

/// What somebody does to a log of six entries, and the first that does not fit then.
fn tampering() -> impl Strategy<Value = (String, u64)> {
    let changes = [
        "at = at + 1",
        "who = 'operator:'",
        "deed = 'other'",
        "unit = 'b9'",
        "subject = subject || '?'",
        "hash = previous",
        "previous = 'x'",
    ];
    let changed = (1_u64..=6, proptest::sample::select(changes.to_vec()))
        .prop_map(|(number, change)| (format!("UPDATE log SET {change} WHERE number = {number}"), number));
    let removed = (1_u64..=6).prop_map(|number| (format!("DELETE FROM log WHERE number = {number}"), number));
    // One is taken out, and the others move up.
    let closed = (1_u64..=6).prop_map(|number| {
        let text = format!("DELETE FROM log WHERE number = {number};
            UPDATE log SET number = number - 100 WHERE number > {number}; UPDATE log SET number = number + 99 WHERE number < 0");
        (text, number)
    });
    // One more comes before another, and the others move down.
    let inserted = (1_u64..=6).prop_map(|number| {
        let text = format!("UPDATE log SET number = number + 100 WHERE number >= {number};
            UPDATE log SET number = number - 99 WHERE number > 100;
            INSERT INTO log SELECT {number}, at, who, deed, unit, subject, previous, hash FROM log WHERE number = {number} + 1");
        (text, number + 1)
    });
    let swapped = (1_u64..=5).prop_map(|number| {
        let text = format!("UPDATE log SET number = -1 WHERE number = {number};
            UPDATE log SET number = {number} WHERE number = {number} + 1; UPDATE log SET number = {number} + 1 WHERE number = -1");
        (text, number)
    });
    let before = Just((
        "INSERT INTO log SELECT 0, at, who, deed, unit, subject, previous, hash FROM log WHERE number = 1"
            .to_owned(),
        0,
    ));
    prop_oneof![changed, removed, closed, inserted, swapped, before]
}

#[test]
fn whatever_is_changed_removed_or_put_between_is_found() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ProptestConfig { cases: cases(64), ..ProptestConfig::default() };
    proptest!(config, |((text, first) in tampering())| {
        runtime.block_on(async {
            let (_folder, database) = log(6).await;
            by_force(&database, text.clone()).await;
            let verdict = database.verify_log(None).await.unwrap();
            let Verdict::Broken { number, .. } = verdict else { panic!("{text} was not found") };
            // A copy of an entry looks like the entry; it is found right after it.
            assert_eq!(number, first, "{text}");
        });
    });
}
