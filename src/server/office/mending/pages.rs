//! Problems by pages.

use super::{Refusal, Row, numbers, row};
use crate::{
    domain::BranchCode,
    server::database::{
        Database, Unit,
        pages::{FindingCounts, FindingFilter, Page, Paged},
    },
    server::office::{
        actor::Actor,
        people::{Act, authority::must},
    },
};
use jiff::civil::Date;

/// A page of the problems below a unit, or of all, in the order of branch codes, the oldest of each branch first.
pub(crate) async fn page(
    database: &Database,
    scope: Option<&BranchCode>,
    filter: &FindingFilter,
    page: Page,
) -> Result<Paged<Row>, Refusal> {
    let roots: Vec<&BranchCode> = scope.into_iter().collect();
    let Paged { rows: found, total, page } = database.findings_page(&roots, filter, page).await?;
    let branches: Vec<BranchCode> = found.iter().map(|one| one.branch.clone()).collect();
    let tree = database.tree_around(&branches, None).await?;
    let ids: Vec<_> = found.iter().map(|one| one.finding.id).collect();
    let numbers = numbers(ids.iter().copied().chain(database.that_end_like(&ids).await?));
    let rows = found.into_iter().filter_map(|one| row(&tree, one, &numbers)).collect();
    Ok(Paged { rows, total, page })
}

/// As [`page`], for somebody who has to see that unit.
pub(crate) async fn seen(
    database: &Database,
    actor: &Actor,
    under: &BranchCode,
    filter: &FindingFilter,
    on: Page,
    today: Date,
) -> Result<Paged<Row>, Refusal> {
    must(database, actor, Act::See, under, today).await?;
    page(database, Some(under), filter, on).await
}

/// How many problems that were found from above at branches below a unit, or at all, stand how: a row for each unit that such branches report to, in the order of
/// codes. 党总支 and the like count with the unit above them.
pub(crate) async fn by_unit(
    database: &Database,
    scope: Option<&BranchCode>,
    today: Date,
) -> Result<Vec<(Unit, FindingCounts)>, Refusal> {
    let scope: Vec<&BranchCode> = scope.into_iter().collect();
    Ok(database.finding_counts(&scope, today).await?)
}
