//! Versions of the standard: which there are, which branches answer by which, and one as a whole.

use super::people::{Act, Person};
use crate::{
    protocol::PublishedStandard,
    server::database::{Database, DatabaseError, Edition, Published},
};
use jiff::civil::Date;

/// A version, and how many branches answer by it.
#[derive(Debug)]
pub(crate) struct InUse {
    /// It.
    pub(crate) edition: Edition,
    /// Branches among those that the person sees whose newest report answers it.
    pub(crate) branches: u64,
}

/// Every version that was ever published, the one in force first.
pub(crate) async fn all(
    database: &Database,
    person: &Person,
    today: Date,
) -> Result<Vec<InUse>, DatabaseError> {
    let counts = database.reports_by_checklist(&person.reaches(Act::See, today)).await?;
    let mut versions: Vec<InUse> = Vec::new();
    // A checklist that several versions share is answered by the newest of them.
    let mut told = std::collections::BTreeSet::new();
    for edition in database.editions().await? {
        let lists = edition.summary.checklists.iter().map(|list| list.hash.as_str().to_owned());
        let own: Vec<String> = lists.filter(|hash| told.insert(hash.clone())).collect();
        let branches = own.iter().filter_map(|hash| counts.get(hash)).sum();
        versions.push(InUse { edition, branches });
    }
    Ok(versions)
}

/// The whole version of this key, and the one that was published before it.
pub(crate) async fn one(
    database: &Database,
    key: &str,
) -> Result<Option<(Published, Option<Edition>)>, DatabaseError> {
    let mut editions = database.editions().await?.into_iter();
    let Some(found) = editions.find(|edition| edition.key == key) else { return Ok(None) };
    let before = editions.next();
    Ok(Some((database.whole(found.summary).await?, before)))
}

/// 《名称》版本
pub(crate) fn name(standard: &PublishedStandard) -> String {
    format!("《{}》{}", standard.title, standard.version)
}
