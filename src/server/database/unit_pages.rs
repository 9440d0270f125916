//! Units by pages, without reading the tree: those right below one, those that are called so, and how one stood before.

use super::{
    Database, DatabaseError, Member, Unit, many,
    many::Value,
    stored,
    tree::{MEMBERS, member, some_day},
};
use crate::domain::BranchCode;
use jiff::civil::Date;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _, any::AnyRow};
use std::collections::BTreeMap;

/// A unit in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// It.
    pub member: Member,
    /// How many units lie right below it that have not ended.
    pub below: usize,
    /// What it was merged into, by name.
    pub into: Option<String>,
}

/// Which rows of a list: so many, after so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// So many at most.
    pub size: u32,
    /// So many come before.
    pub after: u64,
}

impl Database {
    /// The unit of this code.
    pub async fn member(&self, code: &BranchCode) -> Result<Option<Member>, DatabaseError> {
        Ok(self.members(std::slice::from_ref(code)).await?.pop())
    }

    /// The units of these codes, in the order of codes.
    pub async fn members(&self, codes: &[BranchCode]) -> Result<Vec<Member>, DatabaseError> {
        let keys: Vec<String> = codes.iter().map(|code| code.as_str().to_owned()).collect();
        let mut connection = self.pool.acquire().await?;
        let statement = format!("{MEMBERS} WHERE u.code IN");
        let rows = many::select(&mut connection, &statement, &[], &keys, "ORDER BY u.code").await?;
        rows.iter().map(|row| member(row, &BTreeMap::new())).collect()
    }

    /// A part of the units right below one, in the order of codes, and how many there are; with those that have ended, or without.
    pub async fn units_right_below(
        &self,
        above: &BranchCode,
        with_ended: bool,
        rows: Rows,
    ) -> Result<(Vec<Listed>, u64), DatabaseError> {
        let ended = if with_ended { "" } else { "AND l.ended_day IS NULL" };
        let filter = format!("WHERE u.parent = $1 {ended}");
        self.listed("", &filter, vec![above.as_str().into()], rows).await
    }

    /// A part of the units among these and below them whose name contains a text, or whose code begins with it.
    pub async fn units_found(
        &self,
        roots: &[BranchCode],
        text: &str,
        with_ended: bool,
        rows: Rows,
    ) -> Result<(Vec<Listed>, u64), DatabaseError> {
        if roots.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let ended = if with_ended { "" } else { "AND l.ended_day IS NULL" };
        let places: Vec<String> = (3..3 + roots.len()).map(|place| format!("${place}")).collect();
        // The tree has no circles, and UNION would end one.
        let below = format!(
            "WITH RECURSIVE below (code) AS (SELECT code FROM units WHERE code IN ({})
                 UNION SELECT units.code FROM units JOIN below ON units.parent = below.code)",
            places.join(",")
        );
        let filter = format!(
            "WHERE u.code IN (SELECT code FROM below) {ended}
             AND (u.name LIKE $1 ESCAPE '!' OR lower(u.code) LIKE lower($2) ESCAPE '!')"
        );
        let literal = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let mut bound: Vec<Value> = vec![format!("%{literal}%").into(), format!("{literal}%").into()];
        bound.extend(roots.iter().map(|root| root.as_str().into()));
        self.listed(&below, &filter, bound, rows).await
    }

    async fn listed(
        &self,
        with: &str,
        filter: &str,
        bound: Vec<Value>,
        Rows { size, after }: Rows,
    ) -> Result<(Vec<Listed>, u64), DatabaseError> {
        let mut tx = self.read().await?;
        let count =
            format!("{with} SELECT count(*) FROM units u LEFT JOIN lifetimes l ON l.code = u.code {filter}");
        let total: i64 =
            select(&mut tx, count, bound.clone()).await?.first().map_or(Ok(0), |row| row.try_get(0))?;
        let page = format!("{with} {MEMBERS} {filter} ORDER BY u.code LIMIT {size} OFFSET {after}");
        let rows = select(&mut tx, page, bound).await?;
        let members: Vec<Member> =
            rows.iter().map(|row| member(row, &BTreeMap::new())).collect::<Result<_, _>>()?;
        let keys: Vec<String> = members.iter().map(|member| member.unit.code.as_str().to_owned()).collect();
        let statement = "SELECT u.parent, count(*) FROM units u LEFT JOIN lifetimes l ON l.code = u.code
             WHERE l.ended_day IS NULL AND u.parent IN";
        let rows = many::select(&mut tx, statement, &[], &keys, "GROUP BY u.parent").await?;
        let below = |row: &AnyRow| {
            Ok((row.try_get::<String, _>(0)?, usize::try_from(row.try_get::<i64, _>(1)?).map_err(stored)?))
        };
        let below: BTreeMap<String, usize> = rows.iter().map(below).collect::<Result<_, DatabaseError>>()?;
        let into = |member: &Member| Some(member.ended.as_ref()?.into.as_ref()?.as_str().to_owned());
        let keys: Vec<String> = members.iter().filter_map(into).collect();
        let rows =
            many::select(&mut tx, "SELECT code, name FROM units WHERE code IN", &[], &keys, "").await?;
        let name = |row: &AnyRow| Ok((row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?));
        let names: BTreeMap<String, String> = rows.iter().map(name).collect::<Result<_, DatabaseError>>()?;
        let listed = members.into_iter().map(|member| {
            let below = below.get(member.unit.code.as_str()).copied().unwrap_or_default();
            let into = into(&member).and_then(|code| names.get(&code).cloned());
            Listed { member, below, into }
        });
        Ok((listed.collect(), u64::try_from(total).map_err(stored)?))
    }

    /// How a unit stood before, each with the day from which on it was otherwise, the oldest first.
    pub async fn unit_past(&self, code: &BranchCode) -> Result<Vec<(Date, Unit)>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT code, until_day, parent, level, name, sector, '' AS telephone FROM unit_history
             WHERE code = $1 ORDER BY until_day",
        );
        let rows = rows.bind(code.as_str().to_owned()).fetch_all(&self.pool).await?;
        let read = |row: &AnyRow| {
            let until = some_day(Some(row.try_get("until_day")?))?.unwrap_or(Date::MIN);
            Ok((until, super::roster::unit(row)?))
        };
        rows.iter().map(read).collect()
    }
}

async fn select(
    from: &mut AnyConnection,
    statement: String,
    bound: Vec<Value>,
) -> Result<Vec<AnyRow>, DatabaseError> {
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for value in bound {
        query = many::bind(query, value);
    }
    Ok(query.fetch_all(from).await?)
}
