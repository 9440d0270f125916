//! Moving the draft to the version that is offered.

use crate::{store::StoreError, ui::app::session::Session};
use leptos::prelude::*;

/// Why the draft was not moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotMoved {
    /// Answers are not on disk yet.
    NotSaved,
    /// The phone's storage failed.
    Store(StoreError),
}

impl Session {
    /// Moves the draft on the screen to the offered version. Nothing to do is left where there is none, or another tab was faster.
    ///
    /// # Errors
    /// [`NotMoved`]; then nothing has changed.
    pub async fn move_to_offer(self) -> Result<(), NotMoved> {
        let Some(repository) = self.repository() else { return Ok(()) };
        let wanted = self.work.with_untracked(|work| {
            let work = work.as_ref().ok().filter(|work| work.can_move())?;
            Some((work.draft.clone(), work.offer.clone()?))
        });
        let Some((draft, offer)) = wanted else { return Ok(()) };
        if !self.is_settled() {
            return Err(NotMoved::NotSaved);
        }
        let to = (&offer.checklist.sector, &offer.hash);
        repository.move_draft(&draft.key(), &draft.checklist, to).await.map_err(NotMoved::Store)?;
        self.reload().await;
        self.tell_other_tabs();
        Ok(())
    }
}
