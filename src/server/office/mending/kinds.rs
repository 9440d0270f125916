//! 归类: kinds of problems (共性, 个性), which last over years. They are made and given by hand; that something is found at many branches
//! only suggests one.

pub(crate) use crate::server::database::{
    kinds::{Kind, KindId, Sort},
    pages::Often,
};

use super::Refusal;
use crate::{
    domain::{BranchCode, FindingId, answer::MAX_TEXT_CHARS, check::is_plain_text, period::shanghai_date},
    server::{
        database::{Database, DatabaseError},
        office::{
            actor::Actor,
            clock::Clock,
            log::Deed,
            people::{Act, Denied, authority::must},
        },
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The longest name of a kind, in characters: it stands in a column.
pub(crate) const MAX_NAME_CHARS: usize = 40;

/// The kinds that are given at a unit: its own, and those of the units above it, by name; those that are given no more come last.
pub(crate) async fn of_unit(database: &Database, unit: &BranchCode) -> Result<Vec<Kind>, DatabaseError> {
    let mut units = database.units_above(unit).await?;
    units.push(unit.clone());
    database.kinds(&units).await
}

/// A unit has kinds where somebody may sort problems of what lies below it.
fn must_keep(actor: &Actor, unit: &BranchCode, today: Date) -> Result<(), Denied> {
    let may = match actor {
        Actor::Operator { .. } => true,
        Actor::Phone(_) => false,
        Actor::Person(person) => person.reaches(Act::Rule, today).contains(unit),
    };
    if may { Ok(()) } else { Err(Denied { act: Act::Rule, unit: unit.clone() }) }
}

/// Makes a kind of a unit; one of this name that is there stays as it is, one that was ended is given again. Whether anything changed.
pub(crate) async fn make(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    unit: &BranchCode,
    name: &str,
    sort: Sort,
) -> Result<bool, Refusal> {
    let (now, name) = (clock.now_ms(), name.trim());
    let made = shanghai_date(now);
    must_keep(actor, unit, made)?;
    if name.is_empty() || !is_plain_text(name, MAX_NAME_CHARS, false) {
        return Err(Refusal::KindName);
    }
    let id = KindId::of(unit, name);
    let record = actor.record(now, Deed::KindChanged, Some(unit), id.as_str());
    let kind = Kind { id, unit: unit.clone(), name: name.into(), sort, made, ended: None };
    Ok(database.make_kind(&kind, record).await?)
}

/// Ends a kind: it is given no more. Whether anything changed.
pub(crate) async fn end(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    unit: &BranchCode,
    kind: &KindId,
) -> Result<bool, Refusal> {
    let now = clock.now_ms();
    must_keep(actor, unit, shanghai_date(now))?;
    let kinds = database.kinds(std::slice::from_ref(unit)).await?;
    let kind = kinds.into_iter().find(|one| one.id == *kind).ok_or(Refusal::NoKind)?;
    let record = actor.record(now, Deed::KindChanged, Some(unit), kind.id.as_str());
    Ok(database.end_kind(&kind, shanghai_date(now), record).await?)
}

/// Says of which kind problems are, or that they are of none; all or none. Answers how many were not so before.
pub(crate) async fn give(
    database: &Database,
    clock: &dyn Clock,
    actor: &Actor,
    findings: &BTreeSet<(BranchCode, FindingId)>,
    kind: Option<&KindId>,
) -> Result<usize, Refusal> {
    let now = clock.now_ms();
    let today = shanghai_date(now);
    let branches: BTreeSet<BranchCode> = findings.iter().map(|(branch, _)| branch.clone()).collect();
    for branch in &branches {
        must(database, actor, Act::Rule, branch, today).await?;
        let known = match kind {
            Some(kind) => {
                of_unit(database, branch).await?.iter().any(|one| one.id == *kind && one.ended.is_none())
            }
            None => true,
        };
        if !known {
            return Err(Refusal::NoKind);
        }
    }
    let branches: Vec<BranchCode> = branches.into_iter().collect();
    let standing = database.standing(Some(&branches)).await?;
    let is_there = |key: &(BranchCode, FindingId)| {
        standing.iter().any(|one| one.branch == key.0 && one.finding.id == key.1)
    };
    if let Some((_, lost)) = findings.iter().find(|key| !is_there(key)) {
        return Err(Refusal::Unknown(lost.to_string()));
    }
    let known = database.kinds_of(Some(&branches)).await?;
    let new: Vec<(BranchCode, FindingId)> =
        findings.iter().filter(|key| known.get(*key).map(|kind| &kind.id) != kind).cloned().collect();
    if new.is_empty() {
        return Ok(0);
    }
    let speaker = match new.first() {
        Some((branch, _)) => actor.speaker(database, branch).await?,
        None => String::new(),
    };
    let records: Vec<_> = new
        .iter()
        .map(|(branch, finding)| actor.record(now, Deed::FindingSorted, Some(branch), finding))
        .collect();
    database.sort_findings(&new, kind, (now, &speaker), &records).await?;
    Ok(new.len())
}

/// Of which kind the problems of these branches are, or everybody's; one of none has no entry.
pub(crate) async fn of_findings(
    database: &Database,
    branches: Option<&[BranchCode]>,
) -> Result<BTreeMap<(BranchCode, FindingId), Kind>, DatabaseError> {
    database.kinds_of(branches).await
}

/// What is found at so many branches below a unit at least: it may be a kind, which somebody says.
pub(crate) async fn often(
    database: &Database,
    actor: &Actor,
    under: &BranchCode,
    branches: u32,
    today: Date,
) -> Result<Vec<Often>, Refusal> {
    must(database, actor, Act::See, under, today).await?;
    Ok(database.found_often(under, branches.max(2)).await?)
}

const _: () = assert!(MAX_NAME_CHARS <= MAX_TEXT_CHARS, "every text keeps the bound of texts");
