//! A unit that went to another one while somebody who answered for it had a page of it open: whoever did is told where it is.

use crate::server::{
    database::{Database, DatabaseError},
    office::{actor::Actor, people::Denied},
};
use jiff::civil::Date;

/// Where a unit went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    /// The unit, by name.
    pub(crate) unit: String,
    /// What it stands under since, by name.
    pub(crate) to: String,
    /// From which day on.
    pub(crate) on: Date,
}

/// Where the unit went that somebody was denied, if they might have done so while it stood where it stood before.
pub(crate) async fn moved_away(
    database: &Database,
    actor: &Actor,
    denied: &Denied,
    today: Date,
) -> Result<Option<Moved>, DatabaseError> {
    let Actor::Person(person) = actor else { return Ok(None) };
    let Some(member) = database.member(&denied.unit).await? else { return Ok(None) };
    let Some(to) = &member.unit.parent else { return Ok(None) };
    let past = database.unit_past(&denied.unit).await?;
    let moved = past.iter().rev().find(|(_, stood)| stood.parent.as_ref() != Some(to));
    let Some((on, Some(from))) = moved.map(|(on, stood)| (*on, stood.parent.clone())) else {
        return Ok(None);
    };
    let mut above = database.units_answering(&from).await?;
    above.push(from);
    if !person.may(denied.act, &denied.unit, &above, today) {
        return Ok(None);
    }
    let to = database.member(to).await?.map(|above| above.unit.name).unwrap_or_default();
    Ok(Some(Moved { unit: member.unit.name, to, on }))
}
