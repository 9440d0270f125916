//! Carrying data away and back: the backup file, and text to copy where files cannot be saved.

use super::Session;
use crate::{
    domain::{Assessment, BranchCode, Entry, Open},
    store::{
        DraftKey, StoreError,
        backup::{self, Backup, BackupError, FORMAT, KIND, SavedDraft},
    },
    ui::{book::Book, mending::Mending},
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
            let stored = repository.entries(&draft.key()).await?;
            let entries =
                Open::from(self.with_unsaved(&draft.key(), stored.records)).with_unread(stored.unread);
            drafts.push(SavedDraft { entries, draft });
        }
        // The one on the screen may not be stored at all.
        if let Ok(work) = self.work.read_untracked().as_ref() {
            let key = work.draft.key();
            let shown = work.assessment.entries();
            match drafts.iter_mut().find(|saved| saved.draft.key() == key) {
                _ if key.branch != branch || shown.is_empty() => {}
                Some(saved) => {
                    let missing = shown.iter().filter(|entry| !saved.entries.contains(entry));
                    let missing: Vec<Entry> = missing.cloned().collect();
                    saved.entries.extend(missing);
                }
                None => drafts.push(SavedDraft {
                    draft: work.draft.clone(),
                    entries: Open::from(shown.to_vec()).with_unread(work.assessment.unread().iter().cloned()),
                }),
            }
        }
        let submissions = repository.submissions(&branch).await?.records;
        let book = self.with_unwritten(&branch, Book::new(repository.ledger(&branch).await?));
        let ledger = Open::from_iter(book.ledger.records().iter().cloned())
            .with_unread(book.ledger.unread().iter().cloned());
        let photos = repository.photos(&branch).await?.records.into();
        let (stored, _) = repository.findings(&branch).await?;
        let findings = self.with_unwritten_words(&branch, Mending::new(&stored)).findings.into();
        let (branch_name, made_at) = (binding.branch.name, self.now());
        Ok(Backup {
            kind: KIND.into(),
            format: FORMAT,
            branch,
            branch_name,
            made_at,
            drafts,
            submissions,
            ledger,
            photos,
            findings,
        })
    }

    fn with_unsaved(self, key: &DraftKey, stored: Vec<Entry>) -> Vec<Entry> {
        let mut assessment = Assessment::new(stored, None);
        self.queue.with_value(|queue| queue.lay_over(key, &mut assessment));
        assessment.entries().to_vec()
    }

    /// A backup has left the phone: what it holds is no longer on this phone alone.
    ///
    /// # Errors
    /// When the storage fails.
    pub async fn backed_up(self, backup: &Backup) -> Result<(), StoreError> {
        let Some(repository) = self.repository() else { return Ok(()) };
        repository.mark_backed_up(backup).await?;
        let at = backup.made_at;
        self.change_phone(move |phone| phone.backed_up_at = Some(at));
        self.reload().await;
        self.tell_other_tabs();
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
        let new = repository.restore(&backup, self.now()).await?;
        self.reload().await;
        self.tell_other_tabs();
        leptos::task::spawn_local(self.send_now());
        Ok(new)
    }
}
