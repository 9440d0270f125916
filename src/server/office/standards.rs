//! What branches are measured by.

use crate::{
    domain::{Checklist, ContentHash, Period},
    protocol::PublishedStandard,
    server::database::{Database, DatabaseError},
};
use std::{collections::BTreeMap, sync::Arc};

/// What is published by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Checklists.
    Checklist,
    /// Documents of 一编一册.
    Document,
}

/// The canonical bytes of what was published under a hash.
pub async fn published(
    database: &Database,
    of: Content,
    hash: &ContentHash,
) -> Result<Option<Vec<u8>>, DatabaseError> {
    match of {
        Content::Checklist => database.checklist(hash).await,
        Content::Document => database.document(hash).await,
    }
}

/// What phones are told of the version in force and of the modules that are on, as JSON.
pub async fn told(database: &Database) -> Result<Option<String>, DatabaseError> {
    let Some(summary) = database.standard().await? else { return Ok(None) };
    let stored = |error: serde_json::Error| DatabaseError::Stored(error.to_string());
    let mut standard: PublishedStandard = serde_json::from_str(&summary).map_err(stored)?;
    let modules = database.modules().await?;
    let on = modules.iter().filter(|(_, switch)| switch.is_on).map(|(module, _)| *module);
    standard.modules = Some(on.collect());
    serde_json::to_string(&standard).map(Some).map_err(stored)
}

/// The checklists of the version in use, by sector; none where nothing is published.
pub async fn checklists_in_force(database: &Database) -> Result<BTreeMap<String, Checklist>, DatabaseError> {
    let published = database.version_in_force().await?;
    let lists = published.into_iter().flat_map(|published| published.checklists);
    Ok(lists.map(|list| (list.sector.as_str().to_owned(), list)).collect())
}

/// The same in the order of the version.
pub(crate) async fn in_force(database: &Database) -> Result<Vec<Arc<Checklist>>, DatabaseError> {
    let Some(summary) = database.standard().await? else { return Ok(Vec::new()) };
    let summary: PublishedStandard =
        serde_json::from_str(&summary).map_err(|error| DatabaseError::Stored(error.to_string()))?;
    let mut lists = Vec::new();
    for one in &summary.checklists {
        lists.push(database.named_checklist(&one.hash).await?);
    }
    Ok(lists)
}

/// The periods of these checklists, each once, in their order in time.
pub(crate) fn periods<'a>(lists: impl IntoIterator<Item = &'a Arc<Checklist>>) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for period in lists.into_iter().flat_map(|list| &list.periods) {
        if periods.iter().all(|known| known.id != period.id) {
            periods.push(period.clone());
        }
    }
    periods.sort_by_key(|period| period.ends);
    periods
}
