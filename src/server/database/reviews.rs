//! What the upper level says, written in one go.

use super::{Backend, Database, DatabaseError, Scope, derived, log::Record, stored};
use crate::{
    domain::{BranchCode, SubmissionId},
    protocol::Review,
};
use sqlx::{Any, Row as _, Transaction};
use std::collections::BTreeSet;

/// A review that is to be written, if nothing was said since the clerk looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Of which submission.
    pub submission: SubmissionId,
    /// How many reviews it had when the clerk looked.
    pub after: usize,
    /// What is said now.
    pub review: Review,
    /// What is noted of it.
    pub record: Record,
}

impl Database {
    /// What is locked for writing reviews of these submissions: their branches, which never change.
    async fn write_reviews(
        &self,
        submissions: &[SubmissionId],
    ) -> Result<Transaction<'static, Any>, DatabaseError> {
        if self.backend == Backend::Sqlite || submissions.len() > Scope::MANY {
            return self.write(&Scope::Whole).await;
        }
        let mut branches = BTreeSet::new();
        for id in submissions {
            let row = sqlx::query_scalar::<_, String>("SELECT branch FROM submissions WHERE id = $1");
            if let Some(branch) = row.bind(id.to_string()).fetch_optional(&self.pool).await? {
                branches.insert(BranchCode::new(branch).map_err(stored)?);
            }
        }
        self.write(&Scope::Branches(branches.iter().collect())).await
    }

    /// Writes reviews in one transaction, each an act of its own, and gives back the submissions that were withdrawn, followed by
    /// another, or reviewed by somebody else, since the clerk looked: of these nothing was written. A branch that withdraws at the same moment wins or
    /// loses as a whole: what was withdrawn is not reviewed.
    ///
    /// # Errors
    /// When the database fails; then nothing of it is stored.
    pub async fn decide(&self, decisions: &[Decision]) -> Result<Vec<SubmissionId>, DatabaseError> {
        let (mut overtaken, mut records) = (Vec::new(), Vec::new());
        let ids: Vec<SubmissionId> = decisions.iter().map(|decision| decision.submission).collect();
        let mut tx = self.write_reviews(&ids).await?;
        for Decision { submission, after, review, record } in decisions {
            let row = sqlx::query(
                "SELECT (SELECT count(*) FROM reviews WHERE submission = submissions.id) FROM submissions
                 WHERE id = $1 AND heads > 0",
            )
            .bind(submission.to_string())
            .fetch_optional(&mut *tx)
            .await?;
            let count = row.map(|row| row.try_get::<i64, _>(0)).transpose()?;
            if count.and_then(|count| usize::try_from(count).ok()) != Some(*after) {
                overtaken.push(*submission);
                continue;
            }
            sqlx::query("INSERT INTO reviews (submission, body) VALUES ($1, $2)")
                .bind(submission.to_string())
                .bind(serde_json::to_string(review).map_err(stored)?)
                .execute(&mut *tx)
                .await?;
            derived::stands(&mut tx, &submission.to_string(), review).await?;
            records.push(record.clone());
        }
        self.append(&mut tx, &records).await?;
        tx.commit().await?;
        Ok(overtaken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::ReviewState, server::database::testing::noted};

    fn decision(number: u8, after: usize) -> Decision {
        let review = Review {
            state: ReviewState::InReview,
            at: 1,
            by: "镇安镇党委".into(),
            reason: String::new(),
            items: Vec::new(),
            due: None,
        };
        let submission = SubmissionId::from_parts(0, &[number; 10]);
        Decision { submission, after, review, record: noted() }
    }

    #[tokio::test]
    async fn what_was_withdrawn_or_reviewed_meanwhile_is_left_out_and_named() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        sqlx::raw_sql("INSERT INTO units VALUES ('b', NULL, '\"branch\"', '支部', 'rural', '')")
            .execute(&database.pool)
            .await
            .unwrap();
        for (number, period, heads) in [(1, "2026", 1), (2, "2025", 1), (3, "2024", 1), (4, "2024", 0)] {
            sqlx::query(
                "INSERT INTO submissions (id, branch, period, receipt, device, parents, checklist, heads)
                 VALUES ($1, 'b', $3, '', '', '[]', $2, $4)",
            )
            .bind(decision(number, 0).submission.to_string())
            .bind("0".repeat(64))
            .bind(period)
            .bind(heads)
            .execute(&database.pool)
            .await
            .unwrap();
        }
        assert_eq!(database.decide(&[decision(1, 0)]).await.unwrap(), []);
        let withdrawn = decision(2, 0).submission;
        let branch = BranchCode::new("b").unwrap();
        assert_eq!(database.withdraw(&branch, withdrawn, 1).await.unwrap(), Some(true));
        let all = [decision(3, 0), decision(1, 0), decision(2, 0), decision(4, 0)];
        assert_eq!(
            database.decide(&all).await.unwrap(),
            [all[1].submission, withdrawn, all[3].submission],
            "the last was followed by another"
        );
        let count = async |number| {
            let id = decision(number, 0).submission;
            database.known_of(&[id]).await.unwrap()[&id].reviews.len()
        };
        assert_eq!((count(3).await, count(1).await, count(2).await), (1, 1, 0));
        assert_eq!(database.decide(&[decision(3, 1), decision(1, 1)]).await.unwrap(), []);
    }
}
