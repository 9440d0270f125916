//! The backup: everything of one branch that only this phone has, as one JSON text (a file, or text to copy inside WeChat).
//!
//! It carries no token: whoever finds it can read the answers, but not report in the branch's name. Restoring merges, so that a
//! backup never overwrites anything newer. Its JSON is frozen by a golden test; the evolution rules are those of
//! [`crate::domain::submission`].

use super::{
    paper::PaperTrail,
    records::{Draft, LocalSubmission, PhotoRecord},
    unfinished::Unfinished,
    written::Written,
};
use crate::{
    domain::{BranchCode, Entry, FindingId, LedgerRecord, Open, PeriodId},
    json::{self, FromJson},
    protocol::BranchFindings,
    sync::OutboxEntry,
};
use serde::{Deserialize, Serialize};

/// Says what the file is.
pub const KIND: &str = "biaochi-backup";
/// The format this code writes and the newest it reads. An app that knows only 1 would leave out what is noted of paper, and say
/// that everything is restored: it asks to be updated instead.
pub const FORMAT: u16 = 2;

/// The whole of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
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
    /// The ledger, every version of every entry.
    #[serde(default, skip_serializing_if = "Open::is_empty")]
    pub ledger: Open<LedgerRecord>,
    /// What is known of the photos. Their bytes are not in it: they would make it a hundred times larger.
    #[serde(default, skip_serializing_if = "Open::is_empty")]
    pub photos: Open<PhotoRecord>,
    /// The findings, every word and every verdict.
    #[serde(default, skip_serializing_if = "BranchFindings::is_empty")]
    pub findings: BranchFindings,
    /// The findings of the branch's own that the endpoint has heard of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heard_of: Vec<FindingId>,
    /// What waits to be sent besides submissions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<OutboxEntry>,
    /// The edited report, and what of the paper is signed, stamped and handed in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<SavedPaper>,
    /// What was typed and is not entered yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<SavedText>,
}

/// The text of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct SavedText {
    /// Of which branch, period and place: the key under which it is stored.
    pub key: String,
    /// What was typed.
    pub unfinished: Unfinished,
}

/// What is noted of one period's paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct SavedPaper {
    /// The period.
    pub period: PeriodId,
    /// How far it has come.
    pub trail: PaperTrail,
}

/// One draft with its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct SavedDraft {
    /// What it answers.
    pub draft: Draft,
    /// Its answers.
    pub entries: Open<Entry>,
}

impl Backup {
    /// Adds what was just written, and may not be on disk.
    pub fn take(&mut self, written: &Written) {
        if written.branch() != &self.branch {
            return;
        }
        match written {
            Written::Answer(draft, edit) => {
                let mut known = self.drafts.iter_mut().filter(|saved| saved.draft.key() == draft.key());
                if let Some(saved) = known.next() {
                    saved.entries.retain(|entry| !edit.drop.contains(entry) && *entry != edit.put);
                    saved.entries.push(edit.put.clone());
                } else {
                    let entries = vec![edit.put.clone()].into();
                    self.drafts.push(SavedDraft { draft: draft.clone(), entries });
                }
            }
            Written::Record(_, record) if !self.ledger.contains(record) => self.ledger.push(record.clone()),
            Written::Word(_, word) if !self.findings.entries.contains(word) => {
                self.findings.entries.push(word.clone());
            }
            Written::Record(..) | Written::Word(..) => {}
        }
    }
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
    #[derive(Deserialize, FromJson)]
    struct Head {
        kind: String,
        format: u16,
    }
    // What was copied through a chat may have gained blanks or a byte order mark.
    let text = text.trim_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    let head: Head = json::from_str(text).map_err(|_| BackupError::NotABackup)?;
    if head.kind != KIND {
        return Err(BackupError::NotABackup);
    }
    if head.format > FORMAT {
        return Err(BackupError::Newer(head.format));
    }
    let backup: Backup = json::from_str(text).map_err(|_| BackupError::NotABackup)?;
    let foreign = backup.drafts.iter().any(|saved| saved.draft.branch != backup.branch)
        || backup.submissions.iter().any(|carried| carried.branch != backup.branch)
        || backup.photos.iter().any(|photo| photo.branch != backup.branch)
        || backup.requests.iter().any(|row| row.branch != backup.branch)
        || backup.unfinished.iter().any(|text| !text.key.starts_with(&format!("{}/", backup.branch)));
    if foreign {
        return Err(BackupError::NotABackup);
    }
    if bound.contains(&backup.branch) {
        Ok(backup)
    } else {
        Err(BackupError::OtherBranch(backup.branch_name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = include_str!("golden/backup-1.json");

    fn bound() -> [BranchCode; 1] {
        [BranchCode::new("branch-1").unwrap()]
    }

    #[test]
    fn what_a_chat_adds_does_no_harm() {
        let plain = parse(GOLDEN, &bound()).unwrap();
        for padded in [format!("\u{feff}{GOLDEN}"), format!(" \n\u{feff}\t{GOLDEN}\r\n \u{feff}")] {
            assert_eq!(parse(&padded, &bound()), Ok(plain.clone()));
        }
    }

    #[test]
    fn a_part_of_it_is_refused_as_a_whole() {
        let whole = serde_json::to_string(&parse(GOLDEN, &bound()).unwrap()).unwrap();
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            assert_eq!(parse(&whole[..end], &bound()), Err(BackupError::NotABackup), "{end}");
        }
        assert_eq!(parse(&whole[1..], &bound()), Err(BackupError::NotABackup));
    }

    #[test]
    fn what_is_not_for_this_app_or_this_phone_is_told_apart() {
        let other = GOLDEN.replacen(KIND, "somebody-else's", 1);
        assert_eq!(parse(&other, &bound()), Err(BackupError::NotABackup));
        // A newer format may look quite different: only its head is read.
        let newer = format!(r#"{{"kind":"{KIND}","format":{},"rooms":[]}}"#, FORMAT + 1);
        assert_eq!(parse(&newer, &bound()), Err(BackupError::Newer(FORMAT + 1)));
        assert_eq!(parse(GOLDEN, &[]), Err(BackupError::OtherBranch("十里村党支部".into())));
    }

    #[test]
    fn what_belongs_to_another_branch_inside_is_refused() {
        let mut backup = parse(GOLDEN, &bound()).unwrap();
        backup.drafts[0].draft.branch = BranchCode::new("branch-2").unwrap();
        let mixed = serde_json::to_string(&backup).unwrap();
        assert_eq!(parse(&mixed, &bound()), Err(BackupError::NotABackup));
    }
}
