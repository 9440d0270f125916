//! How many stand how, unit by unit.

use super::{Conditions, findings, reports};
use crate::{
    domain::{BranchCode, FindingState, PeriodId, day},
    protocol::{Level, ReviewState},
    server::database::{Database, DatabaseError, Unit, stored},
};
use jiff::civil::Date;
use sqlx::{Row as _, any::AnyRow};
use std::{collections::BTreeMap, ops::AddAssign};

/// How many branches have come how far with a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportCounts {
    /// Those that were to report.
    pub due: u32,
    /// Those that have, by phone or on paper.
    pub reported: u32,
    /// Of these, those that have on paper alone.
    pub paper: u32,
    /// 待审: of these, those of whose report nothing was said.
    pub unreviewed: u32,
    /// 审核中
    pub in_review: u32,
    /// Those that are asked for something: 退回修改, 需补材料.
    pub returned: u32,
    /// Of these, those whose day has passed.
    pub overdue: u32,
    /// 审核通过
    pub approved: u32,
}

/// How many problems stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FindingCounts {
    /// Those that the branch has still to mend.
    pub open: u32,
    /// Of these, those whose day has passed.
    pub overdue: u32,
    /// 待销号: those that the branch has mended.
    pub mended: u32,
    /// 申请延期: of those to be mended, those whose branch asks for more time.
    pub asking: u32,
    /// 已销号
    pub closed: u32,
}

impl AddAssign for ReportCounts {
    fn add_assign(&mut self, other: Self) {
        let Self { due, reported, paper, unreviewed, in_review, returned, overdue, approved } = other;
        self.due += due;
        self.reported += reported;
        self.paper += paper;
        self.unreviewed += unreviewed;
        self.in_review += in_review;
        self.returned += returned;
        self.overdue += overdue;
        self.approved += approved;
    }
}

impl AddAssign for FindingCounts {
    fn add_assign(&mut self, other: Self) {
        let Self { open, overdue, mended, asking, closed } = other;
        self.open += open;
        self.overdue += overdue;
        self.mended += mended;
        self.asking += asking;
        self.closed += closed;
    }
}

impl Database {
    /// How far the branches below all these units have come with a period, which takes the tree as it stood on a day: a row for each unit
    /// that branches report to, in the order of codes; 党总支 and the like count with the unit above them.
    pub async fn report_counts(
        &self,
        period: &PeriodId,
        on: Option<Date>,
        roots: &[&BranchCode],
        today: Date,
    ) -> Result<Vec<(Unit, ReportCounts)>, DatabaseError> {
        let filter =
            reports::ReportFilter { period: Some(period.clone()), ..reports::ReportFilter::default() };
        let mut tx = self.read().await?;
        let days = [(period.clone(), on)].into();
        let reports::Asked { with, from, mut conditions } =
            reports::asked(&mut tx, &days, roots, &filter).await?;
        let mut stands = |state: ReviewState| {
            Ok::<_, DatabaseError>(format!(
                "s.state = {}",
                conditions.place(serde_json::to_string(&state).map_err(stored)?)
            ))
        };
        let (in_review, approved) = (stands(ReviewState::InReview)?, stands(ReviewState::Approved)?);
        let returned = reports::asking(&mut conditions)?;
        let today = conditions.place(day::text(today));
        let overdue = format!("{returned} AND s.due < {today}");
        let counts = [
            ("due", "1 = 1"),
            ("reported", reports::REPORTED),
            ("paper", "s.id IS NULL AND p.number IS NOT NULL"),
            ("unreviewed", "s.id IS NOT NULL AND s.state IS NULL"),
            ("in_review", &in_review),
            ("returned", &returned),
            ("overdue", &overdue),
            ("approved", &approved),
        ];
        let rows = counted(&conditions, &mut tx, &with, (reports::PARENT, from), &counts).await?;
        let read = |row: &AnyRow| {
            Ok(ReportCounts {
                due: count(row, "due")?,
                reported: count(row, "reported")?,
                paper: count(row, "paper")?,
                unreviewed: count(row, "unreviewed")?,
                in_review: count(row, "in_review")?,
                returned: count(row, "returned")?,
                overdue: count(row, "overdue")?,
                approved: count(row, "approved")?,
            })
        };
        by_unit(&rows, &super::super::tree::upper(&mut tx, on).await?, roots, read)
    }

    /// The same of the problems that were found from above at branches below all these units, as the tree stands now; units without any
    /// have no row. What a branch found itself is its own matter.
    pub async fn finding_counts(
        &self,
        roots: &[&BranchCode],
        today: Date,
    ) -> Result<Vec<(Unit, FindingCounts)>, DatabaseError> {
        let mut tx = self.read().await?;
        let mut conditions = findings::asked(&mut tx, roots, &findings::FindingFilter::from_above()).await?;
        let open = findings::to_be_mended(&mut conditions)?;
        let overdue = findings::overdue(&mut conditions, today)?;
        let mended = findings::stands(&mut conditions, FindingState::Mended)?;
        let closed = findings::stands(&mut conditions, FindingState::Closed)?;
        let counts = [
            ("open", &*open),
            ("overdue", &overdue),
            ("mended", &mended),
            ("asking", findings::ASKS_FOR_TIME),
            ("closed", &closed),
        ];
        let rows = counted(&conditions, &mut tx, "", ("u.parent", findings::FROM), &counts).await?;
        let read = |row: &AnyRow| {
            Ok(FindingCounts {
                open: count(row, "open")?,
                overdue: count(row, "overdue")?,
                mended: count(row, "mended")?,
                asking: count(row, "asking")?,
                closed: count(row, "closed")?,
            })
        };
        by_unit(&rows, &super::super::tree::upper(&mut tx, None).await?, roots, read)
    }
}

/// Of each unit right above branches, how many rows fulfil what.
async fn counted(
    conditions: &Conditions,
    tx: &mut sqlx::AnyConnection,
    with: &str,
    (parent, from): (&str, &str),
    counts: &[(&str, &str)],
) -> Result<Vec<AnyRow>, DatabaseError> {
    let counts =
        counts.iter().map(|(name, holds)| format!("count(CASE WHEN {holds} THEN 1 END) AS n_{name}"));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let statement = format!(
        "{with} SELECT {parent} AS place, {counts} {from} WHERE {} GROUP BY {parent}",
        conditions.holds()
    );
    conditions.rows(tx, statement).await
}

fn count(row: &AnyRow, name: &str) -> Result<u32, DatabaseError> {
    u32::try_from(row.try_get::<i64, _>(format!("n_{name}").as_str())?).map_err(stored)
}

fn by_unit<T: Default + AddAssign>(
    rows: &[AnyRow],
    upper: &super::Tree,
    roots: &[&BranchCode],
    read: impl Fn(&AnyRow) -> Result<T, DatabaseError>,
) -> Result<Vec<(Unit, T)>, DatabaseError> {
    let mut counted: BTreeMap<BranchCode, T> = BTreeMap::new();
    for row in rows {
        let Some(code) = row.try_get::<Option<String>, _>("place")? else { continue };
        let code = BranchCode::new(code).map_err(stored)?;
        *counted.entry(whose(&code, upper, roots)).or_default() += read(row)?;
    }
    let unit = |(code, counts)| Some((upper.get(&code)?.unit.clone(), counts));
    Ok(counted.into_iter().filter_map(unit).collect())
}

/// The unit that what lies right below this one is counted with.
fn whose(code: &BranchCode, upper: &super::Tree, roots: &[&BranchCode]) -> BranchCode {
    let mut code = code;
    // A village's committee lies in a township, or at last at the top.
    while let Some(unit) = upper.get(code).map(|member| &member.unit)
        && unit.level == Level::VillageCommittee
        && !roots.contains(&code)
        && let Some(above) = unit.parent.as_ref()
    {
        code = above;
    }
    code.clone()
}
