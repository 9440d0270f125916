//! Which units are meant: named by code, or by a name that only one unit has; and the tree as a period has it.

use crate::{
    domain::{BranchCode, PeriodId},
    protocol::Level,
    server::database::{Database, DatabaseError, Ended, Tree, Unit},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Why nothing can be said of what was named.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// No unit has this code or name.
    #[error("no unit is called {0:?}")]
    UnknownUnit(String),
    /// Several units have this name: the first codes of theirs.
    #[error("several units are called {0:?}")]
    AmbiguousUnit(String, Vec<BranchCode>),
    /// The unit of this name is none, where a branch is needed.
    #[error("{0:?} is not a branch")]
    NotABranch(String),
    /// Below what was named lies no branch.
    #[error("no branch lies below {0:?}")]
    NoBranches(String),
    /// No version has the period; these they have.
    #[error("no version has the period {0}")]
    NoPeriod(PeriodId, BTreeSet<PeriodId>),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// The unit that is meant.
pub(crate) fn find<'a>(units: &'a [Unit], text: &str) -> Result<&'a Unit, Refusal> {
    if let Some(unit) = units.iter().find(|unit| unit.code.as_str() == text) {
        return Ok(unit);
    }
    let named: Vec<&Unit> = units.iter().filter(|unit| unit.name == text).collect();
    match named[..] {
        [] => Err(Refusal::UnknownUnit(text.into())),
        [unit] => Ok(unit),
        [..] => {
            let codes = named.iter().take(5).map(|unit| unit.code.clone()).collect();
            Err(Refusal::AmbiguousUnit(text.into(), codes))
        }
    }
}

/// The branch that is meant.
pub(crate) fn branch<'a>(units: &'a [Unit], text: &str) -> Result<&'a Unit, Refusal> {
    let unit = find(units, text)?;
    if unit.level == Level::Branch { Ok(unit) } else { Err(Refusal::NotABranch(unit.name.clone())) }
}

/// The branches below a unit (itself, if it is one), or all, in the order of their codes: those that have ended too.
pub(crate) async fn branches(database: &Database, under: Option<&str>) -> Result<Vec<Unit>, Refusal> {
    let root = root(database, under).await?.map(|unit| unit.code);
    let tree = database.tree_of(root.as_ref(), None).await?;
    let branches: Vec<Unit> = branches_in(&tree, root.as_ref()).cloned().collect();
    match under {
        Some(under) if branches.is_empty() => Err(Refusal::NoBranches(under.into())),
        _ => Ok(branches),
    }
}

/// The unit below which everything has to lie, if there is one, found without reading the others.
pub(crate) async fn root(database: &Database, under: Option<&str>) -> Result<Option<Unit>, Refusal> {
    let Some(text) = under else { return Ok(None) };
    find(&database.units_called(text).await?, text).map(|unit| Some(unit.clone()))
}

/// The branches of a tree below a unit or what was merged into it, or all.
pub(crate) fn branches_in<'a>(
    tree: &'a Tree,
    above: Option<&'a BranchCode>,
) -> impl Iterator<Item = &'a Unit> {
    let branches = tree.all().map(|member| &member.unit).filter(|unit| unit.level == Level::Branch);
    branches.filter(move |unit| above.is_none_or(|above| tree.is_answered_by(&unit.code, above)))
}

/// The day on which a period takes the tree as it stands: the one that was set, or the period's last; `None` of a period that no
/// version has.
pub(crate) async fn freeze_day(
    database: &Database,
    period: &PeriodId,
) -> Result<Option<Date>, DatabaseError> {
    if let Some(day) = database.freeze(period).await? {
        return Ok(Some(day));
    }
    let lists = database.ever_published().await?;
    Ok(lists.iter().find_map(|list| list.period(period)).map(|period| period.ends))
}

/// The last period that has taken the tree before a day, and when.
pub(crate) async fn last_frozen(
    database: &Database,
    today: Date,
) -> Result<Option<(PeriodId, Date)>, DatabaseError> {
    let lists = database.ever_published().await?;
    let ids: BTreeSet<&PeriodId> =
        lists.iter().flat_map(|list| &list.periods).map(|period| &period.id).collect();
    let mut last: Option<(PeriodId, Date)> = None;
    for id in ids {
        let Some(day) = freeze_day(database, id).await?.filter(|day| *day < today) else { continue };
        if last.as_ref().is_none_or(|(_, before)| *before < day) {
            last = Some((id.clone(), day));
        }
    }
    Ok(last)
}

/// The tree as a period has it.
pub(crate) struct Frozen {
    /// With the names and places of that day.
    pub(crate) tree: Tree,
    /// The day; `None` of a period that no version has.
    pub(crate) day: Option<Date>,
}

/// The trees of periods, each worked out once.
pub(crate) struct Trees<'a> {
    database: &'a Database,
    root: Option<BranchCode>,
    frozen: BTreeMap<PeriodId, Frozen>,
}

impl<'a> Trees<'a> {
    /// Of all units, or no more of them than what lies below one is shown with ([`Database::tree_of`]).
    pub(crate) fn below(database: &'a Database, root: Option<BranchCode>) -> Self {
        Self { database, root, frozen: BTreeMap::new() }
    }

    /// The tree of a period.
    pub(crate) async fn of(&mut self, period: &PeriodId) -> Result<&Frozen, DatabaseError> {
        let frozen = match self.frozen.remove(period) {
            Some(frozen) => frozen,
            None => {
                let day = freeze_day(self.database, period).await?;
                let tree = self.database.tree_of(self.root.as_ref(), day).await?;
                Frozen { tree, day }
            }
        };
        Ok(self.frozen.entry(period.clone()).or_insert(frozen))
    }
}

/// How a unit ended, with the name of what it was merged into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gone {
    /// From this day on it is not there any more.
    pub(crate) on: Date,
    /// The name of the unit that it was merged into.
    pub(crate) into: Option<String>,
}

impl Gone {
    /// Of a unit of this tree.
    pub(crate) fn of(ended: &Ended, tree: &Tree) -> Self {
        let into = ended.into.as_ref().and_then(|code| tree.get(code));
        Self { on: ended.on, into: into.map(|whole| whole.unit.name.clone()) }
    }
}

/// Every unit's name by its code.
pub(crate) fn names(units: &[Unit]) -> BTreeMap<BranchCode, String> {
    units.iter().map(|unit| (unit.code.clone(), unit.name.clone())).collect()
}
