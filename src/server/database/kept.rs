//! Published checklists, each read once: a hundred kilobytes of JSON would cost more than all the rest of a submission, or of a page.
//! They never change under their hash.

use super::{Database, DatabaseError, history};
use crate::domain::{Checklist, ContentHash};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// So many are kept in memory: those of a dozen versions.
const MAX_KEPT: usize = 96;

/// What was read. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(Arc<Mutex<HashMap<ContentHash, Arc<Checklist>>>>);

impl Database {
    /// A published checklist.
    ///
    /// # Errors
    /// When it cannot be read, or the database fails.
    pub async fn published_checklist(
        &self,
        hash: &ContentHash,
    ) -> Result<Option<Arc<Checklist>>, DatabaseError> {
        let kept = || self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().get(hash).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(body) = self.checklist(hash).await? else { return Ok(None) };
        let list: Arc<Checklist> = Arc::new(history::read(hash, Some(body))?);
        let mut kept = kept();
        if kept.len() >= MAX_KEPT {
            kept.clear();
        }
        kept.insert(hash.clone(), list.clone());
        Ok(Some(list))
    }

    /// A checklist that was published because something stored names it.
    ///
    /// # Errors
    /// When it is not there or cannot be read, or the database fails.
    pub async fn named_checklist(&self, hash: &ContentHash) -> Result<Arc<Checklist>, DatabaseError> {
        self.published_checklist(hash).await?.ok_or_else(|| DatabaseError::Missing(hash.clone()))
    }
}
