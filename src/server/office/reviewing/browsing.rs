//! 上报一览: a page of reports for somebody at a desk, with what can be chosen.

use super::{Due, Filter, Refusal as Unlisted, page};
use crate::{
    domain::{BranchCode, Checklist, ClaimedGrade, Period, SectorId, period::current, submission::claimable},
    server::{
        database::{Database, DatabaseError, Unit},
        office::{
            Page, Paged,
            actor::Actor,
            people::{
                Act, Denied,
                authority::{denies, must},
            },
            results::{self, Results},
            standards,
            today::units_below,
        },
    },
    words::terms,
};
use jiff::civil::Date;
use std::{collections::BTreeSet, sync::Arc};

/// So many rows a page has.
pub(crate) const ROWS: u32 = 50;

/// Why nothing is shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Who acts may not see it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// It cannot be listed.
    #[error(transparent)]
    Unlisted(#[from] Unlisted),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// What can be chosen in a list of reports, and what is.
pub(crate) struct Choices {
    /// Below which unit it is.
    pub(crate) unit: BranchCode,
    /// The units that can be chosen.
    pub(crate) units: Vec<Unit>,
    /// The period that is shown.
    pub(crate) period: Option<Period>,
    /// All of them.
    pub(crate) periods: Vec<Period>,
    /// 领域
    pub(crate) sectors: Vec<(SectorId, String)>,
    /// 申报等次
    pub(crate) grades: Vec<(ClaimedGrade, String)>,
    /// What is asked for, with the period that is shown.
    pub(crate) filter: Filter,
}

/// A page, and what can be chosen.
pub(crate) struct Browsed {
    /// What can be chosen.
    pub(crate) choices: Choices,
    /// The page.
    pub(crate) found: Paged<Due>,
}

/// What can be chosen by somebody who looks below a unit: the one that is asked for, or else the first that is entrusted to them.
pub(crate) async fn choices(
    database: &Database,
    actor: &Actor,
    filter: Filter,
    today: Date,
) -> Result<Choices, Refusal> {
    let roots = roots(database, actor, today).await?;
    let unit = match (&filter.under, roots.first()) {
        (Some(unit), _) => unit.clone(),
        (None, Some(unit)) => unit.clone(),
        (None, None) => return Err(nowhere()),
    };
    must(database, actor, Act::See, &unit, today).await?;
    let mut units = Vec::new();
    for root in &roots {
        units.extend(database.units_called(root.as_str()).await?.into_iter().filter(|one| one.code == *root));
        units.extend(units_below(database, root).await?);
    }
    // What is lent may lie below what is one's own.
    let mut known = BTreeSet::new();
    units.retain(|unit| known.insert(unit.code.clone()));
    if units.iter().all(|known| known.code != unit) {
        units.extend(database.units_called(unit.as_str()).await?.into_iter().filter(|one| one.code == unit));
    }
    let lists = standards::in_force(database).await?;
    let periods = standards::periods(&lists);
    let asked = filter.period.as_ref().and_then(|id| periods.iter().find(|period| &period.id == id));
    let period = asked.or_else(|| current(&periods, today)).cloned();
    let filter = Filter { period: period.as_ref().map(|period| period.id.clone()), under: None, ..filter };
    let sectors = lists.iter().map(|list| (list.sector.clone(), list.sector_name.clone())).collect();
    let grades = grades(&lists);
    Ok(Choices { unit, units, period, periods, sectors, grades, filter })
}

/// A page of those who were to report.
pub(crate) async fn browse(
    database: &Database,
    actor: &Actor,
    filter: Filter,
    number: u32,
    today: Date,
) -> Result<Browsed, Refusal> {
    let choices = choices(database, actor, filter, today).await?;
    let wanted = Page { number: number.max(1), size: ROWS };
    let found = match choices.period {
        Some(_) => page(database, Some(&choices.unit), &choices.filter, wanted).await?,
        None => Paged { rows: Vec::new(), total: 0, page: wanted },
    };
    Ok(Browsed { choices, found })
}

/// The results of those who were to report and are asked for: what goes out as a table; with the names of the unit and the period.
pub(crate) async fn results(
    database: &Database,
    actor: &Actor,
    filter: Filter,
    today: Date,
) -> Result<(Results, [String; 2]), Refusal> {
    let Choices { unit, units, period, filter, .. } = choices(database, actor, filter, today).await?;
    let Some(period) = period else { return Err(nowhere()) };
    let mut results = results::of(database, &period.id, Some(unit.as_str())).await?;
    let every = Page { number: 1, size: u32::MAX };
    let wanted = page(database, Some(&unit), &filter, every).await?.rows.into_iter();
    let wanted: BTreeSet<BranchCode> = wanted.map(|due| due.branch.code).collect();
    results.branches.retain(|branch| wanted.contains(&branch.code));
    let unit = units.into_iter().find(|one| one.code == unit).map(|one| one.name).unwrap_or_default();
    Ok((results, [unit, period.name]))
}

/// The units below which somebody may look.
async fn roots(database: &Database, actor: &Actor, today: Date) -> Result<Vec<BranchCode>, DatabaseError> {
    match actor {
        Actor::Person(person) => Ok(person.reaches(Act::See, today)),
        Actor::Operator { .. } => database.tops().await,
        Actor::Phone(_) => Ok(Vec::new()),
    }
}

fn nowhere() -> Refusal {
    Refusal::Unlisted(crate::server::office::scope::Refusal::UnknownUnit(String::new()).into())
}

/// Every grade that can be applied for, each once, the highest first.
fn grades(lists: &[Arc<Checklist>]) -> Vec<(ClaimedGrade, String)> {
    let mut grades: Vec<(ClaimedGrade, String)> = Vec::new();
    for list in lists {
        for claim in claimable(&list.grading).into_iter().rev() {
            let called = terms::grade(&list.grading, claim.into());
            if grades.iter().all(|(known, _)| *known != claim) {
                grades.push((claim, called.to_owned()));
            }
        }
    }
    grades
}
