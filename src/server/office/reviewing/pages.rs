//! What came in, by pages: who was to report, who has, and how far that has come.

use super::{Refusal, Row, claimed};
use crate::{
    domain::{BranchCode, Checklist, ClaimedGrade, Grading, PeriodId, SubmissionId},
    server::{
        database::{
            Database, DatabaseError, Unit,
            pages::{Due as Found, Page, Paged, ReportCounts, ReportFilter},
            papers::Paper,
        },
        office::scope::{Gone, freeze_day},
    },
    words::terms,
};
use jiff::civil::Date;
use std::{collections::BTreeMap, sync::Arc};

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
    /// What it handed in on paper, and 申报等次 in words.
    pub(crate) paper: Option<(Paper, String)>,
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
    let lists = claimed_of(database, &found).await?;
    let mut rows = Vec::with_capacity(found.len());
    for Found { branch, period, counting, paper } in found {
        let Some(tree) = trees.get(&period) else { continue };
        let Some(member) = tree.get(&branch) else { continue };
        let above = tree.above(&member.unit).map(|unit| unit.name.clone()).unwrap_or_default();
        let gone = member.ended.as_ref().map(|ended| Gone::of(ended, tree));
        let branch = member.unit.clone();
        let reported = match counting {
            Some(counting) => Some(Row {
                branch: branch.clone(),
                above: above.clone(),
                claimed: claimed(database, &counting).await?,
                counting,
                gone: gone.clone(),
            }),
            None => None,
        };
        let paper = paper.map(|paper| {
            let claimed = paper_claims(&lists, &member.unit, &paper);
            (paper, claimed)
        });
        rows.push(Due { branch, above, period, gone, reported, paper });
    }
    Ok(rows)
}

/// The reports before and after a branch's, in the order of codes, of those that a list shows below a unit; the period takes the tree as
/// of a day.
pub(crate) async fn beside(
    database: &Database,
    scope: &BranchCode,
    filter: &ReportFilter,
    (branch, day): (&BranchCode, Option<Date>),
) -> Result<[Option<SubmissionId>; 2], DatabaseError> {
    let days = filter.period.clone().map(|period| (period, day)).into_iter().collect();
    let find = async |is_after| database.report_beside(&days, &[scope], filter, (branch, is_after)).await;
    Ok([find(false).await?, find(true).await?])
}

/// 申报等次 of what came on paper, as its standard calls it.
fn paper_claims(lists: &[Arc<Checklist>], branch: &Unit, paper: &Paper) -> String {
    let Some((_, claimed)) = paper.said else { return String::new() };
    let mut of_sector = lists.iter().filter(|list| list.sector.as_str() == branch.sector);
    let list = of_sector.find(|list| list.period(&paper.period).is_some());
    let usual = Grading::default();
    terms::grade(list.map_or(&usual, |list| &list.grading), claimed.into()).to_owned()
}

/// The checklists that are needed to say what these claim: none where all claim the usual grades.
async fn claimed_of(database: &Database, found: &[Found]) -> Result<Vec<Arc<Checklist>>, DatabaseError> {
    let is_own = |found: &Found| {
        let said = found.paper.as_ref().and_then(|paper| paper.said);
        matches!(said, Some((_, ClaimedGrade::Own(_))))
    };
    if found.iter().any(is_own) { database.ever_published().await } else { Ok(Vec::new()) }
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
