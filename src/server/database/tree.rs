//! The organisation tree in time: who is there, who was, and how it stood on a day.

use super::{Database, DatabaseError, Scope, Unit, log::Record, many, stored};
use crate::{
    domain::{BranchCode, PeriodId, day},
    protocol::Level,
};
use jiff::civil::Date;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _, any::AnyRow};
use std::collections::{BTreeMap, BTreeSet};

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
    /// Since when it does not use the system (不用本系统), if so: what it reports comes on paper.
    pub off_system: Option<Date>,
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

    /// Whether a unit is this one or lies below it, or below what was merged into it, for which it answers since.
    pub fn is_answered_by(&self, code: &BranchCode, above: &BranchCode) -> bool {
        if self.lies_in(code, above) {
            return true;
        }
        let (mut known, mut open) = (BTreeSet::new(), vec![code]);
        while let Some(code) = open.pop() {
            let Some(member) = self.get(code).filter(|_| known.insert(code)) else { continue };
            open.extend(member.unit.parent.as_ref());
            // What a branch became a part of may lie elsewhere: it does not answer for what the branch was.
            let ended = member.ended.as_ref().filter(|_| member.unit.level != Level::Branch);
            open.extend(ended.and_then(|ended| ended.into.as_ref()));
        }
        known.contains(above)
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
        self.tree_of(None, None).await
    }

    /// The tree, as it is known now or stood on a day with the names and places of then, when [`Member::is_there_on`] says who was
    /// there: all of it, or of one unit no more than what is needed to show what lies
    /// below it. That is what lies below, itself, what lies above it, and what those were merged into that have ended.
    pub async fn tree_of(&self, root: Option<&BranchCode>, on: Option<Date>) -> Result<Tree, DatabaseError> {
        let mut tx = self.read().await?;
        let moved = match on {
            Some(date) => stood_otherwise(&mut tx, date).await?,
            None => BTreeMap::new(),
        };
        let Some(root) = root else {
            let rows = sqlx::query(AssertSqlSafe(MEMBERS.to_owned())).fetch_all(&mut *tx).await?;
            return rows.iter().map(|row| member(row, &moved)).collect();
        };
        let mut tree = Tree::default();
        let mut level = vec![root.clone()];
        while !level.is_empty() {
            tree.add(&mut tx, &level, &moved).await?;
            let keys: Vec<String> = level.iter().map(|code| code.as_str().to_owned()).collect();
            let rows =
                many::select(&mut tx, "SELECT code FROM units WHERE parent IN", &[], &keys, "").await?;
            let below = rows.iter().map(|row| BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored));
            let mut below: Vec<BranchCode> = below.collect::<Result<_, DatabaseError>>()?;
            let merged = "SELECT code FROM lifetimes WHERE successor IN";
            for row in many::select(&mut tx, merged, &[], &keys, "").await? {
                below.push(BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored)?);
            }
            // Who lies there now lay elsewhere then, or the other way about.
            below.retain(|code| !moved.contains_key(code));
            let then =
                moved.values().filter(|unit| unit.parent.as_ref().is_some_and(|above| level.contains(above)));
            below.extend(then.map(|unit| unit.code.clone()));
            // The tree has no circles; a file that somebody changed by hand must not hang the command.
            below.retain(|code| tree.get(code).is_none());
            level = below;
        }
        let mut above = tree.get(root).and_then(|member| member.unit.parent.clone());
        while let Some(code) = above.take().filter(|code| tree.get(code).is_none()) {
            tree.add(&mut tx, std::slice::from_ref(&code), &moved).await?;
            above = tree.get(&code).and_then(|member| member.unit.parent.clone());
        }
        loop {
            let into = tree.all().filter_map(|member| member.ended.as_ref()?.into.clone());
            let into: Vec<BranchCode> = into.filter(|code| tree.get(code).is_none()).collect();
            if into.is_empty() {
                return Ok(tree);
            }
            tree.add(&mut tx, &into, &moved).await?;
        }
    }

    /// What branches are shown with, as the tree is known now or stood on a day: they, the units right above them, and what those were
    /// merged into that have ended.
    pub async fn tree_around(
        &self,
        branches: &[BranchCode],
        on: Option<Date>,
    ) -> Result<Tree, DatabaseError> {
        let mut tx = self.read().await?;
        let moved = match on {
            Some(date) => stood_otherwise(&mut tx, date).await?,
            None => BTreeMap::new(),
        };
        let mut tree = Tree::default();
        tree.add(&mut tx, branches, &moved).await?;
        let above = tree.all().filter_map(|member| member.unit.parent.clone());
        let into = tree.all().filter_map(|member| member.ended.as_ref()?.into.clone());
        let others: BTreeSet<BranchCode> = above.chain(into).collect();
        let others: Vec<BranchCode> = others.into_iter().filter(|code| tree.get(code).is_none()).collect();
        tree.add(&mut tx, &others, &moved).await?;
        Ok(tree)
    }

    /// The units that are no branches, as the tree is known now or stood on a day.
    pub(crate) async fn upper_tree(&self, on: Option<Date>) -> Result<Tree, DatabaseError> {
        let mut tx = self.read().await?;
        upper(&mut tx, on).await
    }

    /// The units that are meant by a text: the one with this code, or else all with this name, in the order of their codes.
    pub async fn units_called(&self, text: &str) -> Result<Vec<Unit>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT code, parent, level, name, sector, telephone FROM units WHERE code = $1 OR name = $1 ORDER BY code",
        );
        let rows = rows.bind(text.to_owned()).fetch_all(&self.pool).await?;
        let mut units: Vec<Unit> = rows.iter().map(super::roster::unit).collect::<Result<_, _>>()?;
        if let Some(place) = units.iter().position(|unit| unit.code.as_str() == text) {
            return Ok(vec![units.swap_remove(place)]);
        }
        Ok(units)
    }

    /// The units above one, from the one right above it on.
    pub async fn units_above(&self, unit: &BranchCode) -> Result<Vec<BranchCode>, DatabaseError> {
        // The tree has no circles; a file that somebody changed by hand must not hang the command.
        let rows = sqlx::query(
            "WITH RECURSIVE up (code, height) AS (
                 SELECT parent, 1 FROM units WHERE code = $1
                 UNION ALL SELECT units.parent, up.height + 1 FROM units JOIN up ON units.code = up.code WHERE up.height < 20)
             SELECT code FROM up WHERE code IS NOT NULL ORDER BY height",
        );
        let rows = rows.bind(unit.as_str().to_owned()).fetch_all(&self.pool).await?;
        rows.iter().map(|row| BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored)).collect()
    }

    /// The units that answer for one: those above it, and what of those was merged into others. That one's own.
    pub async fn units_answering(&self, unit: &BranchCode) -> Result<Vec<BranchCode>, DatabaseError> {
        // The tree has no circles, and UNION would end one.
        let rows = sqlx::query(
            "WITH RECURSIVE up (code) AS (
                 SELECT parent FROM units WHERE code = $1
                 UNION SELECT CASE WHEN way.up = 1 THEN units.parent ELSE l.successor END
                     FROM up JOIN units ON units.code = up.code LEFT JOIN lifetimes l ON l.code = units.code
                         CROSS JOIN (SELECT 1 AS up UNION ALL SELECT 0) way)
             SELECT code FROM up WHERE code IS NOT NULL",
        );
        let rows = rows.bind(unit.as_str().to_owned()).fetch_all(&self.pool).await?;
        rows.iter().map(|row| BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored)).collect()
    }

    /// The units that nothing is above, but for those that have ended.
    pub(crate) async fn tops(&self) -> Result<Vec<BranchCode>, DatabaseError> {
        let rows = sqlx::query(
            "SELECT code FROM units WHERE parent IS NULL
                 AND code NOT IN (SELECT code FROM lifetimes WHERE ended_day IS NOT NULL) ORDER BY code",
        );
        let rows = rows.fetch_all(&self.pool).await?;
        rows.iter().map(|row| BranchCode::new(row.try_get::<String, _>(0)?).map_err(stored)).collect()
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
    pub async fn set_freeze(
        &self,
        period: &PeriodId,
        on: Date,
        records: &[Record],
    ) -> Result<(), DatabaseError> {
        let mut tx = self.write(&Scope::Roster).await?;
        sqlx::query(
            "INSERT INTO freezes (period, on_day) VALUES ($1, $2)
             ON CONFLICT (period) DO UPDATE SET on_day = excluded.on_day",
        )
        .bind(period.as_str().to_owned())
        .bind(day::text(on))
        .execute(&mut *tx)
        .await?;
        self.append(&mut tx, records).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whether the tree is still the one that somebody looked at. Asked inside a write of the roster: until that ends nobody changes it.
pub(super) async fn is_still(tx: &mut AnyConnection, seen: &Tree) -> Result<bool, DatabaseError> {
    let rows = sqlx::query(AssertSqlSafe(MEMBERS.to_owned())).fetch_all(tx).await?;
    let now: Tree = rows.iter().map(|row| member(row, &BTreeMap::new())).collect::<Result<_, _>>()?;
    Ok(now == *seen)
}

pub(super) const MEMBERS: &str =
    "SELECT u.code, u.parent, u.level, u.name, u.sector, u.telephone, l.since_day, l.ended_day, l.successor, l.off_system_day
     FROM units u LEFT JOIN lifetimes l ON l.code = u.code";

impl Tree {
    /// Adds units, of which some may be there already.
    async fn add(
        &mut self,
        from: &mut AnyConnection,
        codes: &[BranchCode],
        moved: &BTreeMap<BranchCode, Unit>,
    ) -> Result<(), DatabaseError> {
        let keys: Vec<String> = codes.iter().map(|code| code.as_str().to_owned()).collect();
        for row in many::select(from, &format!("{MEMBERS} WHERE u.code IN"), &[], &keys, "").await? {
            let member = member(&row, moved)?;
            self.0.insert(member.unit.code.clone(), member);
        }
        Ok(())
    }
}

/// The units that are no branches, as the tree is known now or stood on a day.
pub(super) async fn upper(from: &mut AnyConnection, on: Option<Date>) -> Result<Tree, DatabaseError> {
    const BRANCH: &str = "'\"branch\"'";
    let moved = match on {
        Some(date) => stood_otherwise(from, date).await?,
        None => BTreeMap::new(),
    };
    let which = format!(
        "{MEMBERS} WHERE u.level <> {BRANCH} OR u.code IN (SELECT code FROM unit_history WHERE level <> {BRANCH})"
    );
    let rows = sqlx::query(AssertSqlSafe(which)).fetch_all(from).await?;
    let members: Tree = rows.iter().map(|row| member(row, &moved)).collect::<Result<_, _>>()?;
    Ok(members.all().filter(|member| member.unit.level != Level::Branch).cloned().collect())
}

/// How each unit stood on a day that has changed since.
async fn stood_otherwise(
    from: &mut AnyConnection,
    date: Date,
) -> Result<BTreeMap<BranchCode, Unit>, DatabaseError> {
    let rows = sqlx::query(
        "SELECT code, parent, level, name, sector, '' AS telephone FROM unit_history
         WHERE until_day > $1 ORDER BY code, until_day DESC",
    )
    .bind(day::text(date))
    .fetch_all(from)
    .await?;
    // Of a unit that changed several times since, the first change tells how it stood: it comes last.
    rows.iter().map(|row| super::roster::unit(row).map(|then| (then.code.clone(), then))).collect()
}

pub(super) fn member(row: &AnyRow, moved: &BTreeMap<BranchCode, Unit>) -> Result<Member, DatabaseError> {
    let successor: Option<String> = row.try_get("successor")?;
    let into = successor.map(|code| BranchCode::new(code).map_err(stored)).transpose()?;
    let now = super::roster::unit(row)?;
    let unit = match moved.get(&now.code) {
        // Whom to phone is no history.
        Some(then) => Unit { telephone: now.telephone, ..then.clone() },
        None => now,
    };
    Ok(Member {
        unit,
        since: some_day(row.try_get("since_day")?)?,
        ended: some_day(row.try_get("ended_day")?)?.map(|on| Ended { on, into }),
        off_system: some_day(row.try_get("off_system_day")?)?,
    })
}

pub(super) fn some_day(text: Option<String>) -> Result<Option<Date>, DatabaseError> {
    let read = |text: String| day::parse(&text).ok_or_else(|| stored(format_args!("the day {text:?}")));
    text.map(read).transpose()
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
