//! The units that somebody may choose a list's place from.

use super::actor::Actor;
use super::people::{
    Act, Person,
    authority::{Refusal, must},
};
use crate::{
    domain::BranchCode,
    protocol::Level,
    server::database::{Database, Unit},
};
use jiff::civil::Date;

/// Where a list is, and where else it could be.
#[derive(Debug)]
pub(crate) struct Place {
    /// The unit that lies at or above all that is listed.
    pub(crate) unit: Unit,
    /// The units above branches that can be chosen, in the order of codes.
    pub(crate) all: Vec<Unit>,
}

/// The place that was chosen, by its code, or the one that a person begins with: their own unit where they may do this, else the first
/// where they may. `None` where there is none.
pub(crate) async fn chosen(
    database: &Database,
    person: &Person,
    act: Act,
    text: &str,
    today: Date,
) -> Result<Option<Place>, Refusal> {
    let reached = person.reaches(act, today);
    let own = reached.iter().find(|unit| **unit == person.unit).or_else(|| reached.first());
    let code = if text.is_empty() { own.cloned() } else { BranchCode::new(text).ok() };
    let Some(code) = code else { return Ok(None) };
    must(database, &Actor::Person(person.clone()), Act::See, &code, today).await?;
    let Some(member) = database.member(&code).await? else { return Ok(None) };
    let tree = database.upper_units().await?;
    let lies = |unit: &Unit| reached.iter().any(|above| tree.lies_in(&unit.code, above));
    let all = tree.all().filter(|member| member.ended.is_none()).map(|member| &member.unit);
    let all = all.filter(|unit| unit.level != Level::VillageCommittee && lies(unit)).cloned();
    let mut all: Vec<Unit> = all.collect();
    // A branch is come to from its own page; it is what is chosen then.
    if all.iter().all(|unit| unit.code != member.unit.code) {
        all.push(member.unit.clone());
    }
    Ok(Some(Place { unit: member.unit, all }))
}

/// The branches at or below a unit that are there, in the order of codes; `None` above units that have other units of the desk below
/// them: there are too many to choose from.
pub(crate) async fn branches(
    database: &Database,
    unit: &Unit,
) -> Result<Option<Vec<Unit>>, crate::server::database::DatabaseError> {
    if matches!(unit.level, Level::City | Level::County) {
        return Ok(None);
    }
    let tree = database.tree_of(Some(&unit.code), None).await?;
    let there = tree.all().filter(|member| member.ended.is_none()).map(|member| &member.unit);
    let below = there.filter(|one| one.level == Level::Branch && tree.lies_in(&one.code, &unit.code));
    Ok(Some(below.cloned().collect()))
}
