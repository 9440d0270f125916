//! Which units a command is about: named by code, or by a name that only one unit has.

use crate::server::cli::error::CliError;
use crate::{
    domain::{BranchCode, PeriodId},
    protocol::Level,
    server::database::{Database, Ended, Tree, Unit},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The unit that is meant.
pub(crate) fn find<'a>(units: &'a [Unit], text: &str) -> Result<&'a Unit, CliError> {
    if let Some(unit) = units.iter().find(|unit| unit.code.as_str() == text) {
        return Ok(unit);
    }
    let named: Vec<&Unit> = units.iter().filter(|unit| unit.name == text).collect();
    match named[..] {
        [] => Err(CliError::UnknownUnit(text.into())),
        [unit] => Ok(unit),
        [..] => {
            let codes: Vec<&str> = named.iter().take(5).map(|unit| unit.code.as_str()).collect();
            Err(CliError::AmbiguousUnit(text.into(), codes.join("、")))
        }
    }
}

/// The branch that is meant.
pub(crate) fn branch<'a>(units: &'a [Unit], text: &str) -> Result<&'a Unit, CliError> {
    let unit = find(units, text)?;
    if unit.level == Level::Branch { Ok(unit) } else { Err(CliError::NotABranch(unit.name.clone())) }
}

/// The branches below a unit (itself, if it is one), or all, in the order of their codes: those that have ended too.
pub(crate) async fn branches(database: &Database, under: Option<&str>) -> Result<Vec<Unit>, CliError> {
    let tree = database.tree().await?;
    let above = above(&tree, under)?;
    let branches: Vec<Unit> = branches_in(&tree, above.as_ref()).cloned().collect();
    match under {
        Some(under) if branches.is_empty() => Err(CliError::NoBranches(under.into())),
        _ => Ok(branches),
    }
}

/// The unit that a command is limited to, if it is.
pub(crate) fn above(tree: &Tree, under: Option<&str>) -> Result<Option<BranchCode>, CliError> {
    let Some(text) = under else { return Ok(None) };
    let units: Vec<Unit> = tree.all().map(|member| member.unit.clone()).collect();
    find(&units, text).map(|unit| Some(unit.code.clone()))
}

/// The branches of a tree below a unit, or all.
pub(crate) fn branches_in<'a>(
    tree: &'a Tree,
    above: Option<&'a BranchCode>,
) -> impl Iterator<Item = &'a Unit> {
    let branches = tree.all().map(|member| &member.unit).filter(|unit| unit.level == Level::Branch);
    branches.filter(move |unit| above.is_none_or(|above| tree.lies_in(&unit.code, above)))
}

/// The day on which a period takes the tree as it stands: the one that was set, or the period's last; `None` of a period that no
/// version has.
pub(crate) async fn freeze_day(database: &Database, period: &PeriodId) -> Result<Option<Date>, CliError> {
    if let Some(day) = database.freeze(period).await? {
        return Ok(Some(day));
    }
    let lists = database.ever_published().await?;
    Ok(lists.iter().find_map(|list| list.period(period)).map(|period| period.ends))
}

/// That there is no such period, with those that there are.
pub(crate) fn no_period<'a>(period: &PeriodId, known: impl IntoIterator<Item = &'a PeriodId>) -> CliError {
    let known: BTreeSet<&str> = known.into_iter().map(PeriodId::as_str).collect();
    let remedy = if known.is_empty() {
        "先发布标准".into()
    } else {
        format!("改用这里面的一个：{}", known.into_iter().collect::<Vec<_>>().join("、"))
    };
    CliError::refused(format!("没有“{period}”这个考核周期"), remedy)
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
    frozen: BTreeMap<PeriodId, Frozen>,
}

impl<'a> Trees<'a> {
    /// Of this database.
    pub(crate) fn new(database: &'a Database) -> Self {
        Self { database, frozen: BTreeMap::new() }
    }

    /// The tree of a period.
    pub(crate) async fn of(&mut self, period: &PeriodId) -> Result<&Frozen, CliError> {
        let frozen = match self.frozen.remove(period) {
            Some(frozen) => frozen,
            None => {
                let day = freeze_day(self.database, period).await?;
                let tree = match day {
                    Some(day) => self.database.tree_on(day).await?,
                    None => self.database.tree().await?,
                };
                Frozen { tree, day }
            }
        };
        Ok(self.frozen.entry(period.clone()).or_insert(frozen))
    }
}

/// 从2026-11-15起撤销, or into what it was merged.
pub(crate) fn gone(ended: &Ended, tree: &Tree) -> String {
    let into = ended.into.as_ref().and_then(|code| tree.get(code));
    match into {
        Some(whole) => format!("{}并入{}", ended.on, whole.unit.name),
        None => format!("{}撤销", ended.on),
    }
}

/// Every unit's name by its code.
pub(crate) fn names(units: &[Unit]) -> BTreeMap<BranchCode, String> {
    units.iter().map(|unit| (unit.code.clone(), unit.name.clone())).collect()
}
