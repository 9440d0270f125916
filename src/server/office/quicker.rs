//! Who was quicker, by what the log says: whoever is told that something became otherwise meanwhile is told by whom.

use super::log::{Deed, told};
use crate::{
    domain::BranchCode,
    server::database::{Database, DatabaseError, log::Wanted},
};

/// What is told was done not so many acts of its kind ago.
const MOST: usize = 200;

/// Somebody who did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quicker {
    /// What.
    pub(crate) deed: Deed,
    /// When, milliseconds since 1970-01-01 UTC.
    pub(crate) at: u64,
    /// Unit and name; none of whoever sits at the server.
    pub(crate) by: Option<String>,
}

/// Who changed a field of a unit last.
pub(crate) async fn changed(
    database: &Database,
    unit: &BranchCode,
    field: &str,
) -> Result<Option<Quicker>, DatabaseError> {
    let deeds = [Deed::UnitChanged];
    newest(database, unit, &deeds, |subject| subject.split(' ').any(|name| name == field)).await
}

/// The newest of these acts to a unit that was of such a subject.
pub(crate) async fn newest(
    database: &Database,
    unit: &BranchCode,
    deeds: &[Deed],
    is_it: impl Fn(&str) -> bool,
) -> Result<Option<Quicker>, DatabaseError> {
    let wanted = Wanted { under: Some(unit.clone()), deeds: deeds.to_vec(), ..Wanted::default() };
    let noted = database.logged(&wanted, MOST).await?;
    let it = noted.into_iter().map(|entry| (entry.record.unit.as_ref() == Some(unit), entry));
    let it = it.filter(|(is_own, _)| *is_own).map(|(_, entry)| entry);
    let Some(entry) = it.into_iter().find(|entry| is_it(&entry.record.subject)) else { return Ok(None) };
    let (deed, at) = (entry.record.deed, entry.record.at);
    let by = told(database, vec![entry]).await?.pop().and_then(|told| told.person);
    Ok(Some(Quicker { deed, at, by }))
}
