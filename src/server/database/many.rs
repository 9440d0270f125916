//! Many rows with few questions: what a list or a table is about is asked for and written some hundred at a time, never one by one.

use super::DatabaseError;
use sqlx::{Any, AnyConnection, AssertSqlSafe, any::AnyArguments, any::AnyRow, query::Query};
use std::fmt::Write as _;

/// So many keys are asked for at once.
pub(super) const KEYS: usize = 400;
/// So many rows are written at once.
const ROWS: usize = 100;

/// What is bound to a place of a statement.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(Option<String>),
    Number(i64),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

pub(super) fn bind(query: Query<'_, Any, AnyArguments>, value: Value) -> Query<'_, Any, AnyArguments> {
    match value {
        Value::Text(text) => query.bind(text),
        Value::Number(number) => query.bind(number),
    }
}

/// The rows of a statement that ends in `… IN` and is asked for these keys; what is bound before them comes first. The rows of one
/// portion of keys come in the statement's order, the portions in the order of the keys.
pub(super) async fn select(
    from: &mut AnyConnection,
    statement: &str,
    bound: &[Value],
    keys: &[String],
    order: &str,
) -> Result<Vec<AnyRow>, DatabaseError> {
    let mut rows = Vec::new();
    for keys in keys.chunks(KEYS) {
        let places = places(bound.len(), keys.len());
        let mut query = sqlx::query(AssertSqlSafe(format!("{statement} {places} {order}")));
        for value in bound.iter().cloned().chain(keys.iter().cloned().map(Value::from)) {
            query = bind(query, value);
        }
        rows.append(&mut query.fetch_all(&mut *from).await?);
    }
    Ok(rows)
}

/// Writes rows into a table, named with its columns; `then` says what becomes of those that are there.
pub(super) async fn insert<const COLUMNS: usize>(
    tx: &mut AnyConnection,
    table: &str,
    then: &str,
    rows: Vec<[Value; COLUMNS]>,
) -> Result<(), DatabaseError> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<_> = rows.by_ref().take(ROWS).collect();
        let places: Vec<String> = (0..some.len()).map(|row| places(row * COLUMNS, COLUMNS)).collect();
        let text = format!("INSERT INTO {table} VALUES {} {then}", places.join(","));
        let mut query = sqlx::query(AssertSqlSafe(text));
        for value in some.into_iter().flatten() {
            query = bind(query, value);
        }
        query.execute(&mut *tx).await?;
    }
    Ok(())
}

/// `($3,$4,$5)`: so many places after so many others.
fn places(after: usize, count: usize) -> String {
    let mut text = String::from("(");
    for place in after + 1..=after + count {
        // Writing to a String cannot fail.
        let _ = write!(text, "${place},");
    }
    text.pop();
    text.push(')');
    text
}
