//! 由上级评: what the upper level gave, written in one go and never changed.

use super::{Database, DatabaseError, Scope, log::Record, stored};
use crate::domain::{BranchCode, PeriodId, ValueAbove};
use sqlx::Row as _;
use std::collections::BTreeMap;

/// A value that is to be written, if nobody gave one for the item since the clerk looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giving {
    /// To which branch.
    pub branch: BranchCode,
    /// How many values the item had when the clerk looked.
    pub after: usize,
    /// What is given now.
    pub value: ValueAbove,
    /// What is noted of it.
    pub record: Record,
}

impl Database {
    /// Writes values in one transaction, each an act of its own, and gives back the places of those that somebody else was quicker
    /// with: of these nothing was written.
    ///
    /// # Errors
    /// When the database fails; then nothing of it is stored.
    pub async fn give(&self, givings: &[Giving]) -> Result<Vec<usize>, DatabaseError> {
        let (mut overtaken, mut records) = (Vec::new(), Vec::new());
        let mut tx =
            self.write(&Scope::Branches(givings.iter().map(|giving| &giving.branch).collect())).await?;
        for (place, Giving { branch, after, value, record }) in givings.iter().enumerate() {
            let count: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM values_above WHERE branch = $1 AND period = $2 AND item = $3",
            )
            .bind(branch.as_str().to_owned())
            .bind(value.period.as_str().to_owned())
            .bind(value.item.as_str().to_owned())
            .fetch_one(&mut *tx)
            .await?;
            if usize::try_from(count) != Ok(*after) {
                overtaken.push(place);
                continue;
            }
            sqlx::query("INSERT INTO values_above (branch, period, item, body) VALUES ($1, $2, $3, $4)")
                .bind(branch.as_str().to_owned())
                .bind(value.period.as_str().to_owned())
                .bind(value.item.as_str().to_owned())
                .bind(serde_json::to_string(value).map_err(stored)?)
                .execute(&mut *tx)
                .await?;
            records.push(record.clone());
        }
        self.append(&mut tx, &records).await?;
        tx.commit().await?;
        Ok(overtaken)
    }

    /// Everything that was given to a branch, oldest first.
    pub async fn given_to(&self, branch: &BranchCode) -> Result<Vec<ValueAbove>, DatabaseError> {
        let rows = sqlx::query_scalar::<_, String>(
            "SELECT body FROM values_above WHERE branch = $1 ORDER BY number",
        )
        .bind(branch.as_str().to_owned())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|body| serde_json::from_str(body).map_err(stored)).collect()
    }

    /// Everything that was given to anybody for a period, of each branch oldest first.
    pub async fn given_for(
        &self,
        period: &PeriodId,
    ) -> Result<BTreeMap<BranchCode, Vec<ValueAbove>>, DatabaseError> {
        let rows = sqlx::query("SELECT branch, body FROM values_above WHERE period = $1 ORDER BY number")
            .bind(period.as_str().to_owned())
            .fetch_all(&self.pool)
            .await?;
        let mut given: BTreeMap<BranchCode, Vec<ValueAbove>> = BTreeMap::new();
        for row in rows {
            let branch = BranchCode::new(row.try_get::<String, _>("branch")?).map_err(stored)?;
            let body: String = row.try_get("body")?;
            given.entry(branch).or_default().push(serde_json::from_str(&body).map_err(stored)?);
        }
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ItemId, Points},
        server::database::testing::noted,
    };

    fn giving(item: &str, after: usize, hundredths: u32) -> Giving {
        let value = ValueAbove {
            period: PeriodId::new("2026-H2").unwrap(),
            item: ItemId::new(item).unwrap(),
            points: Points::from_hundredths(hundredths),
            of: Points::from_hundredths(500),
            holds: Vec::new(),
            reason: String::new(),
            at: 1,
            by: "镇安镇党委".into(),
        };
        Giving { branch: BranchCode::new("b").unwrap(), after, value, record: noted() }
    }

    #[tokio::test]
    async fn a_correction_stands_beside_what_it_corrects_and_nobodys_later_word_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::server::database::testing::database(&folder).await;
        sqlx::raw_sql("INSERT INTO units VALUES ('b', NULL, '\"branch\"', '支部', 'rural', '')")
            .execute(&database.pool)
            .await
            .unwrap();
        let two = [giving("one", 0, 100), giving("two", 0, 200)];
        assert_eq!(database.give(&two).await.unwrap(), Vec::<usize>::new());
        let next = [giving("one", 0, 150), giving("one", 1, 300), giving("one", 1, 400)];
        assert_eq!(database.give(&next).await.unwrap(), [0, 2]);
        let branch = BranchCode::new("b").unwrap();
        let points: Vec<u32> =
            database.given_to(&branch).await.unwrap().iter().map(|value| value.points.hundredths()).collect();
        assert_eq!(points, [100, 200, 300]);
        assert_eq!(database.given_for(&giving("one", 0, 0).value.period).await.unwrap()[&branch].len(), 3);
    }
}
