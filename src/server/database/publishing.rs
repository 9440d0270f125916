//! What is published: versions of the standard, their checklists and the documents of 一编一册, each by content.

use super::{Database, DatabaseError, stored};
use crate::{
    domain::{Checklist, ContentHash, Document},
    protocol::{PublishedChecklist, PublishedDocument, PublishedStandard},
};
use sqlx::{Row as _, SqliteConnection};

impl Database {
    /// Publishes one version: its checklists and its documents. The same content again changes nothing.
    ///
    /// # Errors
    /// When there is no checklist, one cannot be written, or the database fails.
    pub async fn publish(
        &self,
        checklists: &[Checklist],
        documents: &[Document],
    ) -> Result<PublishedStandard, DatabaseError> {
        let first = checklists.first().ok_or_else(|| stored("a standard has at least one checklist"))?;
        let mut published = PublishedStandard {
            standard: first.standard.clone(),
            version: first.version.clone(),
            title: first.title.clone(),
            checklists: Vec::with_capacity(checklists.len()),
            documents: Vec::with_capacity(documents.len()),
        };
        let mut tx = self.0.begin_with("BEGIN IMMEDIATE").await?;
        for checklist in checklists {
            let body = checklist.canonical_json().map_err(stored)?;
            let (sector, bytes) = (checklist.sector.clone(), body.len() as u64);
            let insert = "INSERT INTO checklists (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING";
            let hash = keep(&mut tx, insert, body).await?;
            published.checklists.push(PublishedChecklist { sector, hash, bytes });
        }
        for document in documents {
            let body = document.canonical_json().map_err(stored)?;
            let bytes = body.len() as u64;
            let insert = "INSERT INTO documents (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING";
            let hash = keep(&mut tx, insert, body).await?;
            let Document { id, collection, number, title, .. } = document.clone();
            published.documents.push(PublishedDocument { id, collection, number, title, hash, bytes });
        }
        sqlx::query("INSERT INTO standards (summary) VALUES (?) ON CONFLICT DO NOTHING")
            .bind(serde_json::to_string(&published).map_err(stored)?)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(published)
    }

    /// The version published last, as JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standard(&self) -> Result<Option<String>, DatabaseError> {
        let row = sqlx::query("SELECT summary FROM standards ORDER BY number DESC LIMIT 1");
        Ok(row.fetch_optional(&self.0).await?.map(|row| row.try_get(0)).transpose()?)
    }

    /// The canonical bytes of a checklist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checklist(&self, hash: &ContentHash) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.kept("SELECT body FROM checklists WHERE hash = ?", hash).await
    }

    /// The canonical bytes of a document.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn document(&self, hash: &ContentHash) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.kept("SELECT body FROM documents WHERE hash = ?", hash).await
    }

    async fn kept(&self, select: &'static str, hash: &ContentHash) -> Result<Option<Vec<u8>>, DatabaseError> {
        let row = sqlx::query(select).bind(hash.as_str().to_owned());
        Ok(row.fetch_optional(&self.0).await?.map(|row| row.try_get(0)).transpose()?)
    }
}

/// Stores a content under its hash.
async fn keep(
    tx: &mut SqliteConnection,
    insert: &'static str,
    body: Vec<u8>,
) -> Result<ContentHash, DatabaseError> {
    let hash = ContentHash::of(&body);
    sqlx::query(insert).bind(hash.as_str().to_owned()).bind(body).execute(tx).await?;
    Ok(hash)
}
