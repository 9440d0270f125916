//! What somebody above noted beside a word on a problem. It stays here: no phone has it.

use super::{
    Database, DatabaseError, Scope,
    findings::{FromAbove, Said, speak},
    int,
    log::Record,
    stored,
};
use crate::domain::{BranchCode, FindingId};
use sqlx::{Row as _, any::AnyRow};

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Milliseconds since 1970-01-01 UTC: those of the word that it stands beside.
    pub at: u64,
    /// In whose name.
    pub by: String,
    /// What was noted.
    pub text: String,
}

impl Database {
    /// As [`Database::say_from_above`], of one word with what follows it at once, with a note beside it where there is something
    /// to note.
    pub async fn say_with_note(
        &self,
        word: FromAbove,
        then: Option<FromAbove>,
        note: &Note,
        record: Record,
    ) -> Result<Said, DatabaseError> {
        let mut tx = self.write(&Scope::branch(&word.branch)).await?;
        let (branch, finding) = (word.branch.as_str().to_owned(), word.finding.to_string());
        let words: Vec<FromAbove> = std::iter::once(word).chain(then).collect();
        let said = speak(&mut tx, &words, note.at).await?;
        if said != Said::Stored {
            return Ok(said);
        }
        if !note.text.is_empty() {
            sqlx::query(
                "INSERT INTO finding_notes (branch, finding, at, speaker, body) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(branch)
            .bind(finding)
            .bind(int(note.at))
            .bind(note.by.clone())
            .bind(note.text.clone())
            .execute(&mut *tx)
            .await?;
        }
        self.append(&mut tx, &[record]).await?;
        tx.commit().await?;
        Ok(said)
    }

    /// What was noted of a finding, the oldest first.
    pub async fn finding_notes(
        &self,
        branch: &BranchCode,
        finding: FindingId,
    ) -> Result<Vec<Note>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT at, speaker, body FROM finding_notes WHERE branch = $1 AND finding = $2 ORDER BY number",
        )
        .bind(branch.as_str().to_owned())
        .bind(finding.to_string());
        let read = |row: &AnyRow| {
            Ok(Note {
                at: u64::try_from(row.try_get::<i64, _>("at")?).map_err(stored)?,
                by: row.try_get("speaker")?,
                text: row.try_get("body")?,
            })
        };
        rows.fetch_all(&self.pool).await?.iter().map(read).collect()
    }
}
