//! Lists by pages. What is asked for is filtered, counted and ordered by the database, over rows that are narrow; what is large is
//! read of no more than a page shows.

mod counts;
mod findings;
mod reports;

pub use counts::{FindingCounts, ReportCounts};
pub use findings::{FindingFilter, Often};
pub use reports::{Due, ReportFilter, Stage};

use super::{
    DatabaseError, Tree,
    many::{self, Value},
};
use crate::domain::BranchCode;
use sqlx::{AnyConnection, AssertSqlSafe, any::AnyRow};
use std::collections::BTreeSet;

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: u32,
    /// So many rows a page has.
    pub size: u32,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// What it shows; nothing after the last page.
    pub rows: Vec<T>,
    /// How many rows the whole list has.
    pub total: usize,
    /// Which page it is.
    pub page: Page,
}

impl<T> Paged<T> {
    /// How many pages the list has, one at least.
    pub fn pages(&self) -> usize {
        let size = usize::try_from(self.page.size).unwrap_or(usize::MAX).max(1);
        self.total.div_ceil(size).max(1)
    }
}

/// What has to hold of a row, and what is bound to the places of a statement.
#[derive(Default)]
struct Conditions {
    all: Vec<String>,
    bound: Vec<Value>,
}

impl Conditions {
    /// `$3`: the place that this is bound to.
    fn place(&mut self, value: impl Into<Value>) -> String {
        self.bound.push(value.into());
        format!("${}", self.bound.len())
    }

    /// `($3,$4)`: any of these.
    fn places<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) -> String {
        let places: Vec<String> = values.into_iter().map(|value| self.place(value)).collect();
        // Nothing is one of no values, as nothing equals NULL.
        if places.is_empty() { "(NULL)".into() } else { format!("({})", places.join(",")) }
    }

    fn must(&mut self, condition: String) {
        self.all.push(condition);
    }

    fn holds(&self) -> String {
        self.all.join(" AND ")
    }

    async fn rows(&self, from: &mut AnyConnection, statement: String) -> Result<Vec<AnyRow>, DatabaseError> {
        let query = sqlx::query(AssertSqlSafe(statement));
        Ok(self.bound.iter().cloned().fold(query, many::bind).fetch_all(from).await?)
    }

    /// How many rows there are of a table, or of several that are joined.
    async fn count(&self, from: &mut AnyConnection, with: &str, table: &str) -> Result<usize, DatabaseError> {
        use sqlx::Row as _;
        let statement = format!("{with} SELECT count(*) {table} WHERE {}", self.holds());
        let rows = self.rows(from, statement).await?;
        let count = rows.first().map_or(Ok(0), |row| row.try_get::<i64, _>(0))?;
        usize::try_from(count).map_err(super::stored)
    }

    /// `LIMIT … OFFSET …`
    fn only(&mut self, page: Page) -> String {
        let before = i64::from(page.number.saturating_sub(1)).saturating_mul(page.size.into());
        let (size, before) = (self.place(i64::from(page.size)), self.place(before));
        format!("LIMIT {size} OFFSET {before}")
    }
}

/// Where a branch has to lie.
#[derive(Default)]
struct Within {
    /// Right below one of these.
    above: Option<BTreeSet<BranchCode>>,
    /// It is each of these: at most one, or it lies nowhere.
    branches: BTreeSet<BranchCode>,
}

impl Within {
    /// Anywhere below all of these units or what was merged into them, or to be the one that is a branch itself; `upper` are those that are not.
    fn all_of(upper: &Tree, roots: &[&BranchCode]) -> Self {
        let mut within = Self::default();
        for root in roots {
            if upper.get(root).is_none() {
                within.branches.insert((*root).clone());
                continue;
            }
            let units = upper.all().map(|member| &member.unit.code);
            let below: BTreeSet<BranchCode> =
                units.filter(|code| upper.is_answered_by(code, root)).cloned().collect();
            within.above = Some(match within.above.take() {
                Some(before) => before.intersection(&below).cloned().collect(),
                None => below,
            });
        }
        within
    }

    /// The condition on a branch's code and the unit right above it.
    fn holds(&self, of: &mut Conditions, code: &str, parent: &str) -> String {
        let mut all = Vec::new();
        if let Some(above) = &self.above {
            all.push(format!("{parent} IN {}", of.places(above.iter().map(BranchCode::as_str))));
        }
        for branch in &self.branches {
            all.push(format!("{code} = {}", of.place(branch.as_str())));
        }
        if all.is_empty() { "1 = 1".into() } else { all.join(" AND ") }
    }
}
