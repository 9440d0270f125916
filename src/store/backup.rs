//! The backup: everything of one branch that only this phone has, as one JSON text (a file, or text to copy inside WeChat).
//!
//! It carries no token: whoever finds it can read the answers, but not report in the branch's name. Restoring merges, so that a
//! backup never overwrites anything newer. Its JSON is frozen by a golden test; the evolution rules are those of
//! [`crate::domain::submission`].

use super::records::{Draft, LocalSubmission};
use crate::domain::{BranchCode, Entry};
use serde::{Deserialize, Serialize};

/// Says what the file is.
pub const KIND: &str = "biaochi-backup";
/// The format this code writes and the newest it reads.
pub const FORMAT: u16 = 1;

/// The whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// [`KIND`].
    pub kind: String,
    /// [`FORMAT`].
    pub format: u16,
    /// Whose.
    pub branch: BranchCode,
    /// What the branch is called, for a person who finds the file.
    pub branch_name: String,
    /// When it was made, milliseconds since 1970-01-01 UTC.
    pub made_at: u64,
    /// The drafts with their answers.
    pub drafts: Vec<SavedDraft>,
    /// The submissions with their frozen bytes.
    pub submissions: Vec<LocalSubmission>,
}

/// One draft with its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDraft {
    /// What it answers.
    pub draft: Draft,
    /// Its answers.
    pub entries: Vec<Entry>,
}

/// Why a text is no backup that can be restored here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// Not ours, or cut off on its way.
    #[error(
        "this is no backup of this app, or a part of it is missing; choose the file again, or copy the whole text"
    )]
    NotABackup,
    /// Written by a newer version.
    #[error("a newer version of the app wrote this backup (format {0}); update the app first")]
    Newer(u16),
    /// Of a branch that this phone does not look after.
    #[error("this backup belongs to {0}; activate this phone for that branch first")]
    OtherBranch(String),
}

/// Reads a backup for one of the branches of this phone.
///
/// # Errors
/// [`BackupError`], each with what helps.
pub fn parse(text: &str, bound: &[BranchCode]) -> Result<Backup, BackupError> {
    #[derive(Deserialize)]
    struct Head {
        kind: String,
        format: u16,
    }
    // What was copied through a chat may have gained blanks or a byte order mark.
    let text = text.trim_start_matches('\u{feff}').trim();
    let head: Head = serde_json::from_str(text).map_err(|_| BackupError::NotABackup)?;
    if head.kind != KIND {
        return Err(BackupError::NotABackup);
    }
    if head.format > FORMAT {
        return Err(BackupError::Newer(head.format));
    }
    let backup: Backup = serde_json::from_str(text).map_err(|_| BackupError::NotABackup)?;
    if bound.contains(&backup.branch) {
        Ok(backup)
    } else {
        Err(BackupError::OtherBranch(backup.branch_name))
    }
}
