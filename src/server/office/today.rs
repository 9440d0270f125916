//! 今天要办: what waits for somebody at a desk, by counts alone.

use super::{
    actor::Actor,
    mending::{self, FindingCounts},
    people::{
        Act, Denied,
        authority::{denies, must},
    },
    reviewing::{self, Counts},
    standards,
};
use crate::{
    domain::{BranchCode, Period, PeriodId, period::current},
    protocol::Level,
    server::database::{Database, DatabaseError, Tree, Unit},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Who acts may not see it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// What was asked for is no period or unit.
    #[error(transparent)]
    Reviewing(#[from] reviewing::Refusal),
    /// The same of problems.
    #[error(transparent)]
    Mending(#[from] mending::Refusal),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

denies!(Refusal);

/// A unit, and how it stands.
pub(crate) struct Row {
    /// The unit.
    pub(crate) unit: Unit,
    /// Its reports of the period.
    pub(crate) reports: Counts,
    /// Its problems.
    pub(crate) problems: FindingCounts,
    /// What it was merged into since, by name.
    pub(crate) into: Option<String>,
}

/// How everything below a unit stands.
pub(crate) struct Today {
    /// The unit.
    pub(crate) unit: Unit,
    /// The period that is worked on; `None` where nothing is published.
    pub(crate) period: Option<Period>,
    /// All that can be chosen.
    pub(crate) periods: Vec<Period>,
    /// The units that whoever asks begins from.
    pub(crate) own: Vec<Unit>,
    /// What of other periods waits still: reports that nobody reviewed, and returned ones whose day has passed.
    pub(crate) left: Vec<(Period, Counts)>,
    /// Reports, together.
    pub(crate) reports: Counts,
    /// Problems, together.
    pub(crate) problems: FindingCounts,
    /// Of each unit right below, in the order of codes; and of itself, where branches report to it.
    pub(crate) rows: Vec<Row>,
}

/// How everything below a unit stands today, in the period that is worked on or another.
pub(crate) async fn today(
    database: &Database,
    actor: &Actor,
    unit: &BranchCode,
    period: Option<&PeriodId>,
    today: Date,
) -> Result<Today, Refusal> {
    must(database, actor, Act::See, unit, today).await?;
    let periods = standards::periods(&standards::in_force(database).await?);
    let asked = period.and_then(|id| periods.iter().find(|period| &period.id == id));
    let period = asked.or_else(|| current(&periods, today)).cloned();
    let tree = database.upper_tree(None).await?;
    let problems = mending::by_unit(database, Some(unit), today).await?;
    let reports = match &period {
        Some(period) => reviewing::by_unit(database, Some(unit), &period.id, today).await?,
        None => Vec::new(),
    };
    let mut left = Vec::new();
    // Nobody reports for a period before it begins.
    for other in periods.iter().filter(|other| other.starts <= today && Some(*other) != period.as_ref()) {
        let mut counts = Counts::default();
        for (_, some) in reviewing::by_unit(database, Some(unit), &other.id, today).await? {
            counts += some;
        }
        left.push((other.clone(), counts));
    }
    let mut rows: BTreeMap<BranchCode, (Counts, FindingCounts)> = BTreeMap::new();
    let (mut all, mut all_problems) = (Counts::default(), FindingCounts::default());
    for (below, counts) in reports {
        all += counts;
        rows.entry(right_below(&tree, unit, &below)).or_default().0 += counts;
    }
    for (below, counts) in problems {
        all_problems += counts;
        rows.entry(right_below(&tree, unit, &below)).or_default().1 += counts;
    }
    let named = |code: &BranchCode| tree.get(code).map(|member| member.unit.clone());
    let into = |code: &BranchCode| Some(named(tree.get(code)?.ended.as_ref()?.into.as_ref()?)?.name);
    let rows = rows.into_iter().filter_map(|(code, (reports, problems))| {
        Some(Row { unit: named(&code)?, reports, problems, into: into(&code) })
    });
    let rows = rows.collect();
    let own = match actor {
        Actor::Person(person) => person.reaches(Act::See, today).iter().filter_map(named).collect(),
        _ => Vec::new(),
    };
    let unit = named(unit).ok_or_else(|| Denied { act: Act::See, unit: unit.clone() })?;
    Ok(Today { unit, period, periods, own, left, reports: all, problems: all_problems, rows })
}

/// Which of the units right below one a unit lies in: itself, or one above it; the unit itself for what is right below that, or was right
/// below what was merged into it.
fn right_below(tree: &Tree, above: &BranchCode, unit: &Unit) -> BranchCode {
    let mut unit = unit;
    while unit.code != *above && unit.parent.as_ref() != Some(above) {
        let member = tree.get(&unit.code).filter(|_| !tree.lies_in(&unit.code, above));
        let into = member.and_then(|member| member.ended.as_ref()?.into.as_ref());
        let next = into.and_then(|into| tree.get(into)).map(|whole| &whole.unit);
        // Where neither leads there, it is still one of those that are asked for, and nobody else's.
        let Some(next) = next.or_else(|| tree.above(unit)) else { return above.clone() };
        unit = next;
    }
    unit.code.clone()
}

/// The units right below one that can be chosen in a list: no branches, in the order of codes.
pub(crate) async fn units_below(database: &Database, unit: &BranchCode) -> Result<Vec<Unit>, DatabaseError> {
    let tree = database.upper_tree(None).await?;
    Ok(tree.below(unit).filter(|unit| unit.level != Level::Branch).cloned().collect())
}
