//! 限期整改: orders to units above branches, and what was said of each. What was said only grows; an order goes
//! along with a unit that is merged.

use super::{
    Database, DatabaseError, Scope, Tree, activation::has_ended, int, log::Record, stored, tree::upper,
};
use crate::domain::{
    BranchCode,
    order::{Order, OrderWord},
};
use sqlx::{AnyConnection, AssertSqlSafe, Row as _, any::AnyRow};

const ORDERS: &str = "SELECT o.id, o.unit, o.given_by, s.at, s.speaker, s.body
     FROM orders o JOIN order_steps s ON s.order_id = o.id";

impl Database {
    /// The units that are no branches, as the tree is known now.
    pub async fn upper_units(&self) -> Result<Tree, DatabaseError> {
        let mut tx = self.read().await?;
        upper(&mut tx, None).await
    }

    /// The orders to a unit and to those below it, by unit, the oldest first.
    pub async fn orders_below(&self, root: &BranchCode) -> Result<Vec<Order>, DatabaseError> {
        // The tree has no circles; a file that somebody changed by hand must not hang the page.
        let statement = format!(
            "WITH RECURSIVE down (code, depth) AS (
                 SELECT code, 1 FROM units WHERE code = $1
                 UNION ALL SELECT units.code, down.depth + 1 FROM units JOIN down ON units.parent = down.code
                     WHERE down.depth < 20)
             {ORDERS} WHERE o.unit IN (SELECT code FROM down) ORDER BY o.unit, o.id, s.number"
        );
        let rows = sqlx::query(AssertSqlSafe(statement)).bind(root.as_str().to_owned());
        let mut orders = grouped(&rows.fetch_all(&self.pool).await?)?;
        orders.sort_by_key(|order| (order.unit.clone(), order.words.first().map(|word| word.at)));
        Ok(orders)
    }

    /// One order.
    pub async fn order(&self, id: &str) -> Result<Option<Order>, DatabaseError> {
        let mut connection = self.pool.acquire().await?;
        of_id(&mut connection, id).await
    }

    /// Gives an order with its first word; whether it was not given before, and `None` where the unit has ended.
    pub async fn give_order(&self, order: &Order, record: Record) -> Result<Option<bool>, DatabaseError> {
        let mut tx = self.write(&Scope::branch(&order.unit)).await?;
        if has_ended(&mut tx, &order.unit).await? {
            return Ok(None);
        }
        let done = sqlx::query(
            "INSERT INTO orders (id, unit, given_by) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
        )
        .bind(order.id.clone())
        .bind(order.unit.as_str().to_owned())
        .bind(order.given_by.as_str().to_owned())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(Some(false));
        }
        for word in &order.words {
            put(&mut tx, &order.id, word).await?;
        }
        self.append(&mut tx, &[record]).await?;
        tx.commit().await?;
        Ok(Some(true))
    }

    /// Says something more of an order, if so many words as are told are still all; otherwise answers how it reads now.
    pub async fn say_of_order(
        &self,
        order: &Order,
        word: &OrderWord,
        record: Record,
    ) -> Result<Result<(), Order>, DatabaseError> {
        let mut tx = self.write(&Scope::branch(&order.unit)).await?;
        let now = of_id(&mut tx, &order.id).await?.unwrap_or_else(|| order.clone());
        if now.words.len() != order.words.len() {
            return Ok(Err(now));
        }
        put(&mut tx, &order.id, word).await?;
        self.append(&mut tx, &[record]).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }
}

async fn put(tx: &mut AnyConnection, order: &str, word: &OrderWord) -> Result<(), DatabaseError> {
    sqlx::query("INSERT INTO order_steps (order_id, at, speaker, body) VALUES ($1, $2, $3, $4)")
        .bind(order.to_owned())
        .bind(int(word.at))
        .bind(word.by.clone())
        .bind(serde_json::to_string(&word.step).map_err(stored)?)
        .execute(tx)
        .await?;
    Ok(())
}

async fn of_id(from: &mut AnyConnection, id: &str) -> Result<Option<Order>, DatabaseError> {
    let rows = sqlx::query(AssertSqlSafe(format!("{ORDERS} WHERE o.id = $1 ORDER BY s.number")));
    let rows = rows.bind(id.to_owned()).fetch_all(from).await?;
    Ok(grouped(&rows)?.pop())
}

/// Rows of one order stand together, the oldest first.
fn grouped(rows: &[AnyRow]) -> Result<Vec<Order>, DatabaseError> {
    let code = |row: &AnyRow, name: &str| BranchCode::new(row.try_get::<String, _>(name)?).map_err(stored);
    let mut orders: Vec<Order> = Vec::new();
    for row in rows {
        let id: String = row.try_get("id")?;
        let word = OrderWord {
            at: u64::try_from(row.try_get::<i64, _>("at")?).map_err(stored)?,
            by: row.try_get("speaker")?,
            step: serde_json::from_str(&row.try_get::<String, _>("body")?).map_err(stored)?,
        };
        match orders.last_mut().filter(|order| order.id == id) {
            Some(order) => order.words.push(word),
            None => {
                let (unit, given_by) = (code(row, "unit")?, code(row, "given_by")?);
                orders.push(Order { id, unit, given_by, words: vec![word] });
            }
        }
    }
    Ok(orders)
}
