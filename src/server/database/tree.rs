//! The organisation tree in time: who is there, who was, and how it stood on a day.

use super::{Database, DatabaseError, Unit, stored};
use crate::domain::{BranchCode, PeriodId, day};
use jiff::civil::Date;
use sqlx::{Row as _, any::AnyRow};
use std::collections::BTreeMap;

/// How a unit ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// From this day on it is not there any more.
    pub on: Date,
    /// The unit that it was merged into.
    pub into: Option<BranchCode>,
}

/// A unit, and since when and until when it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The unit.
    pub unit: Unit,
    /// The first day, where it is known; otherwise it was always there.
    pub since: Option<Date>,
    /// How it ended.
    pub ended: Option<Ended>,
}

impl Member {
    /// Whether it is there on a day.
    pub fn is_there_on(&self, day: Date) -> bool {
        self.since.is_none_or(|since| since <= day) && self.ended.as_ref().is_none_or(|ended| day < ended.on)
    }
}

/// The tree, with the units that have ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree(BTreeMap<BranchCode, Member>);

impl FromIterator<Member> for Tree {
    fn from_iter<T: IntoIterator<Item = Member>>(members: T) -> Self {
        Self(members.into_iter().map(|member| (member.unit.code.clone(), member)).collect())
    }
}

impl Tree {
    /// The unit of this code.
    pub fn get(&self, code: &BranchCode) -> Option<&Member> {
        self.0.get(code)
    }

    /// Every unit that ever was, in the order of codes.
    pub fn all(&self) -> impl Iterator<Item = &Member> {
        self.0.values()
    }

    /// The unit right above.
    pub fn above(&self, unit: &Unit) -> Option<&Unit> {
        unit.parent.as_ref().and_then(|parent| self.get(parent)).map(|member| &member.unit)
    }

    /// Whether a unit is this one, or lies anywhere below it.
    pub fn lies_in(&self, code: &BranchCode, above: &BranchCode) -> bool {
        let mut next = Some(code);
        // The tree has no circles; a file that somebody changed by hand must not hang the command.
        for _ in 0..=self.0.len() {
            let Some(code) = next else { return false };
            if code == above {
                return true;
            }
            next = self.get(code).and_then(|member| member.unit.parent.as_ref());
        }
        false
    }

    /// Those right below a unit that have not ended.
    pub fn below<'a>(&'a self, code: &'a BranchCode) -> impl Iterator<Item = &'a Unit> {
        let right_below = self.all().filter(move |member| member.unit.parent.as_ref() == Some(code));
        right_below.filter(|member| member.ended.is_none()).map(|member| &member.unit)
    }
}

impl Database {
    /// The tree as it is known now.
    pub async fn tree(&self) -> Result<Tree, DatabaseError> {
        let rows = sqlx::query(
            "SELECT u.code, u.parent, u.level, u.name, u.sector, u.telephone, l.since_day, l.ended_day, l.successor
             FROM units u LEFT JOIN lifetimes l ON l.code = u.code",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(member).collect()
    }

    /// The tree as it stood on a day: the names and places of then. Who was there is [`Member::is_there_on`]'s to say.
    pub async fn tree_on(&self, date: Date) -> Result<Tree, DatabaseError> {
        let mut tree = self.tree().await?;
        let rows = sqlx::query(
            "SELECT code, parent, level, name, sector, '' AS telephone FROM unit_history
             WHERE until_day > $1 ORDER BY code, until_day DESC",
        )
        .bind(day::text(date))
        .fetch_all(&self.pool)
        .await?;
        // Of a unit that changed several times since, the first change tells how it stood: it comes last.
        for row in &rows {
            let then = super::roster::unit(row)?;
            if let Some(member) = tree.0.get_mut(&then.code) {
                member.unit = Unit { telephone: member.unit.telephone.clone(), ..then };
            }
        }
        Ok(tree)
    }

    /// The last day on which each unit changed that ever did: what is entered now cannot lie before it.
    pub async fn last_changes(&self) -> Result<BTreeMap<BranchCode, Date>, DatabaseError> {
        let rows = sqlx::query("SELECT code, max(until_day) AS until_day FROM unit_history GROUP BY code");
        let read = |row: &AnyRow| {
            let code = BranchCode::new(row.try_get::<String, _>("code")?).map_err(stored)?;
            Ok((code, some_day(Some(row.try_get("until_day")?))?.unwrap_or(Date::MIN)))
        };
        rows.fetch_all(&self.pool).await?.iter().map(read).collect()
    }

    /// The day that was set for a period to take the tree as it stands.
    pub async fn freeze(&self, period: &PeriodId) -> Result<Option<Date>, DatabaseError> {
        let row =
            sqlx::query("SELECT on_day FROM freezes WHERE period = $1").bind(period.as_str().to_owned());
        let Some(row) = row.fetch_optional(&self.pool).await? else { return Ok(None) };
        some_day(row.try_get("on_day")?)
    }

    /// Sets the day for a period to take the tree as it stands.
    pub async fn set_freeze(&self, period: &PeriodId, on: Date) -> Result<(), DatabaseError> {
        sqlx::query(
            "INSERT INTO freezes (period, on_day) VALUES ($1, $2)
             ON CONFLICT (period) DO UPDATE SET on_day = excluded.on_day",
        )
        .bind(period.as_str().to_owned())
        .bind(day::text(on))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

fn member(row: &AnyRow) -> Result<Member, DatabaseError> {
    let successor: Option<String> = row.try_get("successor")?;
    let into = successor.map(|code| BranchCode::new(code).map_err(stored)).transpose()?;
    Ok(Member {
        unit: super::roster::unit(row)?,
        since: some_day(row.try_get("since_day")?)?,
        ended: some_day(row.try_get("ended_day")?)?.map(|on| Ended { on, into }),
    })
}

pub(super) fn some_day(text: Option<String>) -> Result<Option<Date>, DatabaseError> {
    let read = |text: String| day::parse(&text).ok_or_else(|| stored(format_args!("the day {text:?}")));
    text.map(read).transpose()
}
