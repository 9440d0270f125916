//! Which units a command is about: named by code, or by a name that only one unit has.

use super::error::CliError;
use crate::{
    domain::BranchCode,
    protocol::Level,
    server::database::{Database, Unit},
};
use std::collections::BTreeMap;

/// The unit that is meant.
pub(super) fn find<'a>(units: &'a [Unit], text: &str) -> Result<&'a Unit, CliError> {
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
pub(super) fn branch<'a>(units: &'a [Unit], text: &str) -> Result<&'a Unit, CliError> {
    let unit = find(units, text)?;
    if unit.level == Level::Branch { Ok(unit) } else { Err(CliError::NotABranch(unit.name.clone())) }
}

/// The branches below a unit (itself, if it is one), or all, in the order of their codes.
pub(super) async fn branches(database: &Database, under: Option<&str>) -> Result<Vec<Unit>, CliError> {
    let mut units = database.units().await?;
    if let Some(under) = under {
        let code = find(&units, under)?.code.clone();
        units = database.units_under(&code).await?;
    }
    units.retain(|unit| unit.level == Level::Branch);
    match under {
        Some(under) if units.is_empty() => Err(CliError::NoBranches(under.into())),
        _ => Ok(units),
    }
}

/// Every unit's name by its code.
pub(super) fn names(units: &[Unit]) -> BTreeMap<BranchCode, String> {
    units.iter().map(|unit| (unit.code.clone(), unit.name.clone())).collect()
}
