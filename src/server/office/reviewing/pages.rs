//! What came in, by pages: who was to report, who has, and how far that has come.

use super::{Refusal, Row, claimed};
use crate::{
    domain::{BranchCode, PeriodId},
    server::{
        database::{
            Database, DatabaseError, Unit,
            pages::{Due as Found, Page, Paged, ReportCounts, ReportFilter},
        },
        office::{
            scope::{Gone, freeze_day},
            standards::Checklists,
        },
    },
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A branch that was to report, with what is needed to show it; with the name and the superior that it had on the period's day.
pub(crate) struct Due {
    /// The branch.
    pub(crate) branch: Unit,
    /// The name of the unit it reports to.
    pub(crate) above: String,
    /// The period.
    pub(crate) period: PeriodId,
    /// That the branch has ended since.
    pub(crate) gone: Option<Gone>,
    /// What it reported, if it has.
    pub(crate) reported: Option<Row>,
}

/// A page of those who were to report, in the order of branch codes, of what lies below a unit, or of all.
pub(crate) async fn page(
    database: &Database,
    scope: Option<&BranchCode>,
    filter: &ReportFilter,
    page: Page,
) -> Result<Paged<Due>, Refusal> {
    let periods = match &filter.period {
        Some(period) => vec![period.clone()],
        None => database.reports_by_period().await?.into_keys().collect(),
    };
    let mut days = BTreeMap::new();
    for period in periods {
        let day = freeze_day(database, &period).await?;
        days.insert(period, day);
    }
    let scope: Vec<&BranchCode> = scope.into_iter().collect();
    let Paged { rows, total, page } = database.reports_page(&days, &scope, filter, page).await?;
    Ok(Paged { rows: shown(database, &days, rows).await?, total, page })
}

async fn shown(
    database: &Database,
    days: &BTreeMap<PeriodId, Option<Date>>,
    found: Vec<Found>,
) -> Result<Vec<Due>, DatabaseError> {
    let mut branches: BTreeMap<&PeriodId, Vec<BranchCode>> = BTreeMap::new();
    for one in &found {
        branches.entry(&one.period).or_default().push(one.branch.clone());
    }
    let mut trees = BTreeMap::new();
    for (period, branches) in branches {
        let day = days.get(period).copied().flatten();
        trees.insert(period.clone(), database.tree_around(&branches, day).await?);
    }
    let checklists = Checklists::new(database.clone());
    let mut rows = Vec::with_capacity(found.len());
    for Found { branch, period, counting } in found {
        let Some(tree) = trees.get(&period) else { continue };
        let Some(member) = tree.get(&branch) else { continue };
        let above = tree.above(&member.unit).map(|unit| unit.name.clone()).unwrap_or_default();
        let gone = member.ended.as_ref().map(|ended| Gone::of(ended, tree));
        let branch = member.unit.clone();
        let reported = match counting {
            Some(counting) => Some(Row {
                branch: branch.clone(),
                above: above.clone(),
                claimed: claimed(&checklists, &counting).await?,
                counting,
                gone: gone.clone(),
            }),
            None => None,
        };
        rows.push(Due { branch, above, period, gone, reported });
    }
    Ok(rows)
}

/// How far the branches below a unit, or all, have come with a period: a row for each unit that branches report to, in the order of
/// codes. 党总支 and the like count with the unit above them.
pub(crate) async fn by_unit(
    database: &Database,
    scope: Option<&BranchCode>,
    period: &PeriodId,
    today: Date,
) -> Result<Vec<(Unit, ReportCounts)>, Refusal> {
    let (day, scope) = (freeze_day(database, period).await?, scope.into_iter().collect::<Vec<_>>());
    Ok(database.report_counts(period, day, &scope, today).await?)
}
