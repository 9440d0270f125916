//! What was published, put together again: the version in force, and every checklist that ever was.

use super::{Database, DatabaseError, stored};
use crate::{
    domain::{Checklist, ContentHash, Document, StandardId},
    protocol::PublishedStandard,
};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use std::{collections::BTreeSet, sync::Arc};

/// A whole version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What phones are told of it.
    pub summary: PublishedStandard,
    /// Its checklists, in the order of the summary.
    pub checklists: Vec<Checklist>,
    /// Its documents, in the order of the summary.
    pub documents: Vec<Document>,
}

impl Database {
    /// The version that was published last, if there is one.
    ///
    /// # Errors
    /// When a piece of it is missing or cannot be read, or the database fails.
    pub async fn version_in_force(&self) -> Result<Option<Published>, DatabaseError> {
        let Some(summary) = self.standard().await? else { return Ok(None) };
        let summary: PublishedStandard = serde_json::from_str(&summary).map_err(stored)?;
        self.whole(summary).await.map(Some)
    }

    /// What was ever published under this version of this standard.
    ///
    /// # Errors
    /// When the database fails, or a summary in it cannot be read.
    pub async fn published_as(
        &self,
        standard: &StandardId,
        version: &str,
    ) -> Result<Vec<PublishedStandard>, DatabaseError> {
        let rows = sqlx::query("SELECT summary FROM standards").fetch_all(&self.pool).await?;
        let mut found = Vec::new();
        for row in rows {
            let summary: PublishedStandard =
                serde_json::from_str(&row.try_get::<String, _>(0)?).map_err(stored)?;
            if &summary.standard == standard && summary.version == version {
                found.push(summary);
            }
        }
        Ok(found)
    }

    /// How many checklists the version in force has.
    pub async fn how_many_in_force(&self) -> Result<usize, DatabaseError> {
        let Some(summary) = self.standard().await? else { return Ok(0) };
        Ok(serde_json::from_str::<PublishedStandard>(&summary).map_err(stored)?.checklists.len())
    }

    /// Every checklist of every version that was ever published, each once, the newest version's first.
    ///
    /// # Errors
    /// When one is missing or cannot be read, or the database fails.
    pub async fn ever_published(&self) -> Result<Vec<Arc<Checklist>>, DatabaseError> {
        let rows =
            sqlx::query("SELECT summary FROM standards ORDER BY number DESC").fetch_all(&self.pool).await?;
        let (mut seen, mut checklists) = (BTreeSet::new(), Vec::new());
        for row in rows {
            let summary: PublishedStandard =
                serde_json::from_str(&row.try_get::<String, _>(0)?).map_err(stored)?;
            for hash in summary.checklists.iter().map(|one| one.hash.clone()) {
                if seen.insert(hash.clone()) {
                    checklists.push(self.named_checklist(&hash).await?);
                }
            }
        }
        Ok(checklists)
    }
}

/// What was published under a hash. That it is not there is a fault of the file, never a version without it.
pub(super) fn read<T: DeserializeOwned>(
    hash: &ContentHash,
    body: Option<Vec<u8>>,
) -> Result<T, DatabaseError> {
    let body = body.ok_or_else(|| DatabaseError::Missing(hash.clone()))?;
    serde_json::from_slice(&body).map_err(stored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::checklist;

    #[tokio::test]
    async fn every_version_is_remembered_and_each_checklist_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        assert_eq!(database.version_in_force().await.unwrap(), None);
        assert_eq!(database.ever_published().await.unwrap(), []);
        assert_eq!(database.how_many_in_force().await.unwrap(), 0);
        let (first, second) = (checklist(), Checklist { version: "2".into(), ..checklist() });
        for list in [&first, &second] {
            database.publish(std::slice::from_ref(list), &[], &[]).await.unwrap();
        }
        assert_eq!(
            database.ever_published().await.unwrap(),
            [&second, &first].map(|list| Arc::new(list.clone()))
        );
        assert_eq!(database.how_many_in_force().await.unwrap(), 1);
        database.publish(std::slice::from_ref(&first), &[], &[]).await.unwrap();
        assert_eq!(
            database.ever_published().await.unwrap(),
            [&first, &second].map(|list| Arc::new(list.clone()))
        );
        assert_eq!(database.version_in_force().await.unwrap().unwrap().checklists, [first]);
    }

    #[tokio::test]
    async fn a_piece_that_is_missing_is_a_failure_and_not_a_smaller_version() {
        for table in ["checklists", "documents"] {
            let folder = tempfile::tempdir().unwrap();
            let database = crate::server::database::testing::database(&folder).await;
            let package = crate::authoring::builtin().unwrap();
            database.publish(&package.checklists, &package.documents, &[]).await.unwrap();
            let whole = database.version_in_force().await.unwrap().unwrap();
            assert_eq!((whole.checklists, whole.documents), (package.checklists, package.documents));
            let remove = match table {
                "checklists" => "DELETE FROM checklists WHERE hash = (SELECT max(hash) FROM checklists)",
                _ => "DELETE FROM documents WHERE hash = (SELECT max(hash) FROM documents)",
            };
            sqlx::query(remove).execute(&database.pool).await.unwrap();
            assert!(matches!(database.version_in_force().await, Err(DatabaseError::Missing(_))), "{table}");
            assert_eq!(database.ever_published().await.is_err(), table == "checklists");
        }
    }
}
