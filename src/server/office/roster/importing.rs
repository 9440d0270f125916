//! A roster brought in: all or nothing, and the same again changes nothing.

use super::{Refusal, Tree, Unit, can_happen, has_come, is_name, is_telephone, tree::Overlay};
use crate::{
    domain::{BranchCode, SectorId, period::shanghai_date},
    protocol::{Level, PublishedStandard},
    server::{
        database::{Database, DatabaseError, From, roster::Imported as Counts},
        office::clock::Clock,
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What a roster is held against.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The tree as it is known now.
    pub(crate) tree: Tree,
    /// The branches that have a code, a phone, a submission or a finding: they stay branches.
    pub(crate) in_use: BTreeSet<BranchCode>,
}

impl Known {
    /// What is known now.
    pub(crate) async fn read(database: &Database) -> Result<Self, DatabaseError> {
        Ok(Self { tree: database.tree().await?, in_use: database.branches_in_use().await? })
    }
}

/// Since when it stands as the roster says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// What stands otherwise does so from today on; what is new was always there.
    Now,
    /// From this day on; what is new began then.
    Since(Date),
    /// It was always so: what is known was a mistake.
    Always,
}

/// What came of a roster.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Imported {
    /// How many units are new, changed, as they were.
    pub(crate) counts: Counts,
    /// How many of its units have a name, a place or a sector that they had not, and from which day on; until then they stay as they
    /// were.
    pub(crate) from_then_on: Option<(usize, Date)>,
    /// How many branches of each sector wait for a standard.
    pub(crate) waiting: BTreeMap<String, usize>,
}

/// Brings the units of a roster in, over what is known. Units that are not in it stay as they are.
pub(crate) async fn import(
    database: &Database,
    clock: &dyn Clock,
    units: &[Unit],
    standing: Standing,
) -> Result<Imported, Refusal> {
    let today = shanghai_date(clock.now_ms());
    let (changed, founded) = match standing {
        Standing::Now => (From::Day(today), None),
        Standing::Since(day) => (From::Day(day), Some(day)),
        Standing::Always => (From::Ever, None),
    };
    let Known { tree: known, in_use } = Known::read(database).await?;
    let rows = units.iter().map(|unit| (unit.code.clone(), Some(unit.clone()))).collect();
    let (units, misplaced) = Overlay::new(&rows, &known, &in_use).in_order();
    if let Some(misplaced) = misplaced.into_iter().next() {
        return Err(Refusal::Misplaced(misplaced));
    }
    could_stand(&units, &known)?;
    let stand_otherwise = stand_otherwise(&known, &units);
    if let From::Day(on) = changed {
        has_come(on, today)?;
        let last_changes = database.last_changes().await?;
        for unit in &stand_otherwise {
            if let Some(member) = known.get(&unit.code) {
                can_happen(member, on, &last_changes)?;
            }
        }
    }
    let counts = database.import_units(&known, &units, changed, founded).await?;
    let counts = counts.ok_or(Refusal::Overtaken)?;
    let from_then_on = match changed {
        From::Day(on) if !stand_otherwise.is_empty() => Some((stand_otherwise.len(), on)),
        _ => None,
    };
    Ok(Imported { counts, from_then_on, waiting: waiting(database, &units).await? })
}

/// Whether each can be called so, and has not ended. Whoever reads a table says more of that, row by row; this is the last door.
fn could_stand(units: &[Unit], known: &Tree) -> Result<(), Refusal> {
    for unit in units {
        if !is_name(&unit.name) {
            return Err(Refusal::Name(unit.name.clone()));
        }
        if !is_telephone(&unit.telephone) {
            return Err(Refusal::Telephone(unit.telephone.clone()));
        }
        if let Some(ended) = known.get(&unit.code).and_then(|member| member.ended.as_ref()) {
            return Err(Refusal::Gone { name: unit.name.clone(), since: ended.on });
        }
    }
    Ok(())
}

/// The units that the roster has elsewhere or under another name than they are known by. Whom to phone is no matter of days.
fn stand_otherwise<'a>(known: &Tree, units: &'a [Unit]) -> Vec<&'a Unit> {
    let is_other = |unit: &&Unit| {
        let old = known.get(&unit.code).map(|member| &member.unit);
        old.is_some_and(|old| Unit { telephone: unit.telephone.clone(), ..old.clone() } != **unit)
    };
    units.iter().filter(is_other).collect()
}

/// How many of these branches no standard is in force for, by sector.
async fn waiting(database: &Database, units: &[Unit]) -> Result<BTreeMap<String, usize>, Refusal> {
    let published = database.standard().await?;
    let published: Option<PublishedStandard> = published
        .map(|summary| serde_json::from_str(&summary))
        .transpose()
        .map_err(|error| DatabaseError::Stored(error.to_string()))?;
    let lists = published.iter().flat_map(|standard| &standard.checklists);
    let covered: BTreeSet<&str> = lists.map(|list| &list.sector).map(SectorId::as_str).collect();
    let mut waiting = BTreeMap::new();
    let branches = units.iter().filter(|unit| unit.level == Level::Branch);
    for branch in branches.filter(|branch| !covered.contains(branch.sector.as_str())) {
        *waiting.entry(branch.sector.clone()).or_default() += 1;
    }
    Ok(waiting)
}
