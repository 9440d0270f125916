//! All versions that were ever published, whole or at a glance, and how many branches answer by which.

use super::{Database, DatabaseError, Published, many, many::Value, stored};
use crate::{
    domain::{BranchCode, ContentHash},
    protocol::PublishedStandard,
};
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::BTreeMap;

/// A version at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// By which it is asked for: of all that it says.
    pub key: String,
    /// What phones are told of it.
    pub summary: PublishedStandard,
}

/// The longest key; enough for versions that people write.
const KEY_CHARS: usize = 16;

impl Database {
    /// Every version that was ever published, the one in force first.
    pub async fn editions(&self) -> Result<Vec<Edition>, DatabaseError> {
        let rows = sqlx::query("SELECT summary FROM standards ORDER BY number DESC");
        let mut editions = Vec::new();
        for row in rows.fetch_all(&self.pool).await? {
            let text: String = row.try_get(0)?;
            let key = ContentHash::of(text.as_bytes()).as_str().chars().take(KEY_CHARS).collect();
            editions.push(Edition { key, summary: serde_json::from_str(&text).map_err(stored)? });
        }
        Ok(editions)
    }

    /// How many branches below these units have a newest report that answers each checklist.
    pub async fn reports_by_checklist(
        &self,
        roots: &[BranchCode],
    ) -> Result<BTreeMap<String, u64>, DatabaseError> {
        if roots.is_empty() {
            return Ok(BTreeMap::new());
        }
        let places: Vec<String> = (1..=roots.len()).map(|place| format!("${place}")).collect();
        // The tree has no circles, and UNION would end one.
        let statement = format!(
            "WITH RECURSIVE below (code) AS (SELECT code FROM units WHERE code IN ({})
                 UNION SELECT units.code FROM units JOIN below ON units.parent = below.code),
             newest (id) AS (SELECT max(id) FROM submissions
                 WHERE heads > 0 AND branch IN (SELECT code FROM below) GROUP BY branch)
             SELECT s.checklist, count(*) FROM submissions s JOIN newest ON newest.id = s.id GROUP BY s.checklist",
            places.join(",")
        );
        let query = sqlx::query(AssertSqlSafe(statement));
        let query = roots.iter().fold(query, |query, root| many::bind(query, Value::from(root.as_str())));
        let mut counts = BTreeMap::new();
        for row in query.fetch_all(&self.pool).await? {
            counts.insert(row.try_get(0)?, u64::try_from(row.try_get::<i64, _>(1)?).map_err(stored)?);
        }
        Ok(counts)
    }

    /// All of a version.
    ///
    /// # Errors
    /// When a piece of it is missing or cannot be read, or the database fails.
    pub async fn whole(&self, summary: PublishedStandard) -> Result<Published, DatabaseError> {
        let mut checklists = Vec::with_capacity(summary.checklists.len());
        for one in &summary.checklists {
            checklists.push(super::history::read(&one.hash, self.checklist(&one.hash).await?)?);
        }
        let mut documents = Vec::with_capacity(summary.documents.len());
        for one in &summary.documents {
            documents.push(super::history::read(&one.hash, self.document(&one.hash).await?)?);
        }
        Ok(Published { summary, checklists, documents })
    }
}
