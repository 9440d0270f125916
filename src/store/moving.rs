//! Moving a draft to another version of the checklist, or to the checklist of another sector.

use super::{
    atomic::Change,
    backend::{Backend, Table},
    error::StoreError,
    records::{Draft, DraftKey},
    repository::{Repository, draft_key, unless_spoilt},
};
use crate::{
    domain::{ContentHash, Entry, SectorId},
    json,
};

impl<B: Backend> Repository<B> {
    /// Pins the draft to another checklist. Every answer stays, and says from now on under which version it was given; what that
    /// means for it is worked out in [`crate::domain::moving`]. Returns whether the draft stands on `to` now: not when it was moved
    /// elsewhere meanwhile, or when the checklist is not here. The old checklist stays.
    ///
    /// # Errors
    /// When the storage fails; then nothing was moved.
    pub async fn move_draft(
        &self,
        key: &DraftKey,
        from: &ContentHash,
        to: (&SectorId, &ContentHash),
    ) -> Result<bool, StoreError> {
        let at = draft_key(key);
        let (sector, checklist) = to;
        self.atomically(async |change: &mut Change<'_, B>| {
            let Some(draft) = unless_spoilt(change.one::<Draft>(Table::Drafts, &at).await)? else {
                return Ok(false);
            };
            if draft.checklist != *from {
                return Ok(draft.checklist == *checklist);
            }
            if change.text(Table::Checklists, checklist.as_str()).await?.is_none() {
                return Ok(false);
            }
            for (key, text) in change.texts(Table::Entries, &format!("{at}/")).await? {
                if let Ok(entry @ Entry { under: None, .. }) = json::from_str(&text) {
                    change.put(Table::Entries, &key, &entry.under_or(from))?;
                }
            }
            let moved = Draft { sector: sector.clone(), checklist: checklist.clone(), ..draft };
            change.put(Table::Drafts, &at, &moved)?;
            Ok(true)
        })
        .await
    }
}
