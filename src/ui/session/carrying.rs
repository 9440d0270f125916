//! Carrying data away and back: the backup file, and text to copy where files cannot be saved.

use super::Session;
use crate::{
    domain::{Assessment, BranchCode, Entry},
    store::{
        StoreError,
        backup::{self, Backup, BackupError, FORMAT, KIND, SavedDraft},
    },
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
        let mut drafts = Vec::new();
        for draft in repository.drafts(&branch).await?.records {
            let entries = repository.entries(&draft.key()).await?.records;
            drafts.push(SavedDraft { draft, entries });
        }
        if let Ok(work) = self.work.read_untracked().as_ref() {
            let shown: Vec<Entry> = work.assessment.entries().iter().cloned().collect();
            match drafts.iter_mut().find(|saved| saved.draft.key() == work.draft.key()) {
                Some(saved) => saved.entries = shown,
                None if shown.is_empty() => {}
                None => drafts.push(SavedDraft { draft: work.draft.clone(), entries: shown }),
            }
        }
        let submissions = repository.submissions(&branch).await?.records;
        let (branch_name, made_at) = (binding.branch.name, self.now());
        Ok(Backup { kind: KIND.into(), format: FORMAT, branch, branch_name, made_at, drafts, submissions })
    }

    /// A backup has left the phone: what it holds is no longer on this phone alone.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn backed_up(self, backup: &Backup) -> Result<(), StoreError> {
        let Some(repository) = self.repository() else { return Ok(()) };
        for saved in &backup.drafts {
            let mut draft = saved.draft.clone();
            let latest = saved.entries.iter().map(|entry| entry.stamp).max();
            draft.shared_until = draft.shared_until.max(latest);
            repository.merge(&draft, &[]).await?;
        }
        let at = backup.made_at;
        self.change_phone(move |phone| phone.backed_up_at = Some(at));
        self.reload().await;
        Ok(())
    }

    /// Merges a backup into what is here; nothing here is overwritten or lost. Returns how many answers were new.
    ///
    /// # Errors
    /// [`NotRestored`].
    pub async fn restore(self, text: &str) -> Result<usize, NotRestored> {
        let closed = || StoreError::Unavailable("not open".into());
        let repository = self.repository().ok_or_else(closed)?;
        let bound: Vec<BranchCode> =
            self.bindings.read_untracked().iter().map(|binding| binding.branch.code.clone()).collect();
        let backup = backup::parse(text, &bound).map_err(NotRestored::Backup)?;
        let mut new = 0;
        for saved in &backup.drafts {
            let key = saved.draft.key();
            let mine = repository.draft(&key).await?;
            let known = Assessment::new(repository.entries(&key).await?.records, None);
            let fresh: Vec<Entry> =
                saved.entries.iter().filter(|entry| !known.entries().contains(entry)).cloned().collect();
            new += fresh.len();
            repository.merge(&mine.unwrap_or_else(|| saved.draft.clone()), &fresh).await?;
        }
        for submission in backup.submissions {
            if repository.submission(&submission.branch, submission.id).await?.is_none() {
                repository.save_submission(&submission).await?;
            }
        }
        self.reload().await;
        self.tell_other_tabs();
        leptos::task::spawn_local(self.send_now());
        Ok(new)
    }
}
