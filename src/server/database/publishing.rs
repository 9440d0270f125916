//! What is published: versions of the standard, their checklists and the documents of 一编一册, each by content.

use super::{Database, DatabaseError, Scope, log::Record, stored};
use crate::{
    domain::{Checklist, ContentHash, Document},
    protocol::{PublishedChecklist, PublishedDocument, PublishedStandard},
};
use sqlx::{AnyConnection, Row as _};

impl Database {
    /// Publishes one version, which is then in force: its checklists and its documents. The version in force again changes
    /// nothing, and nothing is noted of it.
    ///
    /// # Errors
    /// When there is no checklist, one cannot be written, or the database fails.
    pub async fn publish(
        &self,
        checklists: &[Checklist],
        documents: &[Document],
        records: &[Record],
    ) -> Result<PublishedStandard, DatabaseError> {
        let first = checklists.first().ok_or_else(|| stored("a standard has at least one checklist"))?;
        let mut published = PublishedStandard {
            standard: first.standard.clone(),
            version: first.version.clone(),
            title: first.title.clone(),
            checklists: Vec::with_capacity(checklists.len()).into(),
            documents: Vec::with_capacity(documents.len()).into(),
            modules: None,
        };
        let mut tx = self.write(&Scope::Standard).await?;
        for checklist in checklists {
            let body = checklist.canonical_json().map_err(stored)?;
            let (sector, bytes) = (checklist.sector.clone(), body.len() as u64);
            let insert = "INSERT INTO checklists (hash, body) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let hash = keep(&mut tx, insert, body).await?;
            published.checklists.push(PublishedChecklist { sector, hash, bytes });
        }
        for document in documents {
            let body = document.canonical_json().map_err(stored)?;
            let bytes = body.len() as u64;
            let insert = "INSERT INTO documents (hash, body) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let hash = keep(&mut tx, insert, body).await?;
            let (id, title) = (document.id.clone(), document.title.clone());
            let (collection, number) = (document.collection, document.number);
            published.documents.push(PublishedDocument { id, collection, number, title, hash, bytes });
        }
        let summary = serde_json::to_string(&published).map_err(stored)?;
        let new = sqlx::query(
            "INSERT INTO standards (number, summary)
             SELECT (SELECT coalesce(max(number), 0) + 1 FROM standards), $1
             WHERE NOT EXISTS (SELECT 1 FROM standards WHERE summary = $1)",
        )
        .bind(summary.clone())
        .execute(&mut *tx)
        .await?;
        // An older version that is published again is in force again.
        let again = sqlx::query(
            "UPDATE standards SET number = (SELECT max(number) + 1 FROM standards)
             WHERE summary = $1 AND number < (SELECT max(number) FROM standards)",
        )
        .bind(summary)
        .execute(&mut *tx)
        .await?;
        if new.rows_affected() + again.rows_affected() > 0 {
            self.append(&mut tx, records).await?;
        }
        tx.commit().await?;
        Ok(published)
    }

    /// The version published last, as JSON.
    pub async fn standard(&self) -> Result<Option<String>, DatabaseError> {
        let row = sqlx::query("SELECT summary FROM standards ORDER BY number DESC LIMIT 1");
        Ok(row.fetch_optional(&self.pool).await?.map(|row| row.try_get(0)).transpose()?)
    }

    /// The canonical bytes of a checklist.
    pub async fn checklist(&self, hash: &ContentHash) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.kept("SELECT body FROM checklists WHERE hash = $1", hash).await
    }

    /// The canonical bytes of a document.
    pub async fn document(&self, hash: &ContentHash) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.kept("SELECT body FROM documents WHERE hash = $1", hash).await
    }

    async fn kept(&self, select: &'static str, hash: &ContentHash) -> Result<Option<Vec<u8>>, DatabaseError> {
        let row = sqlx::query(select).bind(hash.as_str().to_owned());
        Ok(row.fetch_optional(&self.pool).await?.map(|row| row.try_get(0)).transpose()?)
    }
}

/// Stores a content under its hash.
async fn keep(
    tx: &mut AnyConnection,
    insert: &'static str,
    body: Vec<u8>,
) -> Result<ContentHash, DatabaseError> {
    let hash = ContentHash::of(&body);
    sqlx::query(insert).bind(hash.as_str().to_owned()).bind(body).execute(tx).await?;
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::checklist;

    #[tokio::test]
    async fn a_version_published_again_is_in_force_again() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        let (first, second) = (checklist(), Checklist { version: "2".into(), ..checklist() });
        let in_force = async || -> String {
            let summary = database.standard().await.unwrap().unwrap();
            serde_json::from_str::<PublishedStandard>(&summary).unwrap().version
        };
        for list in [&first, &second, &second, &first] {
            database.publish(std::slice::from_ref(list), &[], &[]).await.unwrap();
            assert_eq!(in_force().await, list.version);
        }
    }
}
