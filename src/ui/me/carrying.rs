//! Carrying data away and back: the backup file, and text to copy where files cannot be saved.

use crate::{
    domain::{BranchCode, Open},
    store::{
        StoreError,
        backup::{self, Backup, BackupError, SavedDraft},
        carried::Became,
    },
    ui::app::session::Session,
};
use leptos::prelude::*;

/// Why a backup was not restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRestored {
    /// The text.
    Backup(BackupError),
    /// The phone's storage.
    Store(StoreError),
}

impl From<StoreError> for NotRestored {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Session {
    /// Everything of the branch on the screen, what is not on disk yet included.
    ///
    /// # Errors
    /// When the storage cannot be read or nothing is bound.
    pub async fn backup(self) -> Result<Backup, StoreError> {
        let closed = || StoreError::Unavailable("not open".into());
        let repository = self.repository().ok_or_else(closed)?;
        let binding = untrack(|| self.active()).ok_or_else(closed)?;
        let branch = binding.branch.code.clone();
        // What was entered a moment ago still lies there as unfinished, and what was typed a moment ago does not yet.
        self.write_typed().await;
        let mut backup = repository.backup(&branch, self.now()).await?.ok_or_else(closed)?;
        // The record of the one on the screen may be spoilt: its answers are still here.
        if let Ok(work) = self.work.read_untracked().as_ref()
            && work.draft.branch == branch
            && !work.assessment.entries().is_empty()
            && backup.drafts.iter().all(|saved| saved.draft.key() != work.draft.key())
        {
            let entries = Open::from(work.assessment.entries().to_vec());
            let entries = entries.with_unread(work.assessment.unread().iter().cloned());
            backup.drafts.push(SavedDraft { draft: work.draft.clone(), entries });
        }
        self.engine().queue(|queue| queue.waiting().iter().for_each(|written| backup.take(written)));
        Ok(backup)
    }

    /// A backup has become a file, or has been sent away.
    pub async fn carried(self, backup: &Backup, became: Became) -> Result<(), StoreError> {
        let Some(repository) = self.repository() else { return Ok(()) };
        repository.mark_carried(backup, became).await?;
        self.reload().await;
        self.tell_other_tabs();
        Ok(())
    }

    /// She says that she has sent the file away.
    pub async fn sent_away(self) -> Result<(), StoreError> {
        let (Some(repository), Some(binding)) = (self.repository(), untrack(|| self.active())) else {
            return Ok(());
        };
        repository.mark_sent_away(&binding.branch.code).await?;
        self.reload().await;
        self.tell_other_tabs();
        Ok(())
    }

    /// Merges a backup into what is here; nothing here is overwritten or lost. Returns how much was new. One that was read from a file is
    /// a file on this phone, which is known by that.
    pub async fn restore(self, text: &str, from_file: bool) -> Result<usize, NotRestored> {
        let closed = || StoreError::Unavailable("not open".into());
        let repository = self.repository().ok_or_else(closed)?;
        let bound: Vec<BranchCode> =
            self.bindings.read_untracked().iter().map(|binding| binding.branch.code.clone()).collect();
        let backup = backup::parse(text, &bound).map_err(NotRestored::Backup)?;
        let new = repository.restore(&backup, self.now()).await?;
        if from_file {
            repository.mark_carried(&backup, Became::File).await?;
        }
        self.reload().await;
        self.tell_other_tabs();
        leptos::task::spawn_local(self.send_now());
        Ok(new)
    }
}
