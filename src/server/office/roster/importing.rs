//! A roster brought in: all or nothing, and the same again changes nothing.

use super::{
    Refusal, Tree, Unit, can_happen, changes::is_overtaken, has_come, is_name, is_telephone,
    must_not_be_frozen, tree::Overlay,
};
use crate::{
    domain::{BranchCode, SectorId, period::shanghai_date},
    protocol::{Level, PublishedStandard},
    server::{
        database::{Database, DatabaseError, From, roster::Imported as Counts},
        office::{
            actor::Actor,
            again::anew,
            clock::Clock,
            log::{Deed, Record},
            people::{
                Act,
                authority::{must_each, must_for_all},
            },
        },
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
    actor: &Actor,
    units: &[Unit],
    standing: Standing,
) -> Result<Imported, Refusal> {
    anew(is_overtaken, || bring_in(database, clock, actor, units, standing)).await
}

async fn bring_in(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    units: &[Unit],
    standing: Standing,
) -> Result<Imported, Refusal> {
    let known = Known::read(database).await?;
    enter(database, clock.now_ms(), actor, (&known, units.to_vec()), standing).await
}

/// The same, over the tree that who acts has looked at.
pub(super) async fn enter(
    database: &Database,
    at: u64,
    actor: &Actor,
    (known, units): (&Known, Vec<Unit>),
    standing: Standing,
) -> Result<Imported, Refusal> {
    let today = shanghai_date(at);
    let units = placed(known, units)?;
    let records = changes(database, actor, at, &known.tree, &units).await?;
    must_fit(database, actor, &known.tree, &units, (standing, today)).await?;
    let (changed, founded) = match standing {
        Standing::Now => (From::Day(today), None),
        Standing::Since(day) => (From::Day(day), Some(day)),
        Standing::Always => (From::Ever, None),
    };
    let stand_otherwise = stand_otherwise(&known.tree, &units).len();
    let counts = database.import_units(&known.tree, &units, changed, founded, &records).await?;
    let counts = counts.ok_or(Refusal::Overtaken)?;
    let from_then_on = match changed {
        From::Day(on) if stand_otherwise > 0 => Some((stand_otherwise, on)),
        _ => None,
    };
    Ok(Imported { counts, from_then_on, waiting: waiting(database, &units).await? })
}

/// Fails where units cannot stand so from that day on.
pub(super) async fn must_fit(
    database: &Database,
    actor: &Actor,
    known: &Tree,
    units: &[Unit],
    (standing, today): (Standing, Date),
) -> Result<(), Refusal> {
    could_stand(units, known)?;
    let on = match standing {
        Standing::Now => today,
        Standing::Since(day) => day,
        Standing::Always => return Ok(()),
    };
    has_come(on, today)?;
    let otherwise = stand_otherwise(known, units);
    if otherwise.is_empty() {
        return Ok(());
    }
    must_not_be_frozen(database, actor, on, today).await?;
    let last_changes = database.last_changes().await?;
    for unit in otherwise {
        if let Some(member) = known.get(&unit.code) {
            can_happen(member, on, &last_changes)?;
        }
    }
    Ok(())
}

/// The units, each after the one above it, where they can stand so.
pub(super) fn placed(known: &Known, units: Vec<Unit>) -> Result<Vec<Unit>, Refusal> {
    let rows = units.into_iter().map(|unit| (unit.code.clone(), Some(unit))).collect();
    let (units, misplaced) = Overlay::new(&rows, &known.tree, &known.in_use).in_order();
    match misplaced.into_iter().next() {
        Some(misplaced) => Err(Refusal::Misplaced(misplaced)),
        None => Ok(units),
    }
}

/// What is noted of a roster, where who acts may change the tree in all these places: those where its units stood, and those where they
/// are to stand.
async fn changes(
    database: &Database,
    actor: &Actor,
    at: u64,
    known: &Tree,
    units: &[Unit],
) -> Result<Vec<Record>, Refusal> {
    let new: BTreeSet<&BranchCode> =
        units.iter().map(|unit| &unit.code).filter(|code| known.get(code).is_none()).collect();
    let (mut places, mut records) = (BTreeSet::new(), Vec::new());
    let mut is_for_all = false;
    for unit in units {
        let old = known.get(&unit.code).map(|member| &member.unit);
        match old {
            Some(old) if old == unit => continue,
            Some(old) => {
                records.push(actor.record(at, Deed::UnitChanged, Some(&unit.code), differences(old, unit)));
                places.insert(&unit.code);
            }
            None => records.push(actor.record(at, Deed::UnitEntered, Some(&unit.code), "")),
        }
        if old.is_none_or(|old| old.parent != unit.parent) {
            is_for_all |= unit.parent.is_none();
            // What is new stands below what is known, or at the top.
            places.extend(unit.parent.as_ref().filter(|above| !new.contains(above)));
        }
    }
    let today = shanghai_date(at);
    if is_for_all {
        must_for_all(database, actor, Act::Arrange, today).await?;
    }
    must_each(database, actor, Act::Arrange, places, today).await?;
    Ok(records)
}

/// In what a unit differs from what it was: never what it says, which may be somebody's telephone.
fn differences(old: &Unit, new: &Unit) -> String {
    let fields = [
        ("name", old.name != new.name),
        ("parent", old.parent != new.parent),
        ("level", old.level != new.level),
        ("sector", old.sector != new.sector),
        ("telephone", old.telephone != new.telephone),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect::<Vec<_>>().join(" ")
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
