//! Problems as they stand now.

use super::{Conditions, Page, Paged, Within};
use crate::{
    domain::{BranchCode, FindingOrigin, FindingState, ItemId, SectorId, day},
    server::database::{
        Database, DatabaseError,
        findings::{Standing, standing},
        kinds::KindId,
        stored,
    },
};
use jiff::civil::Date;
use sqlx::{AnyConnection, Row as _, any::AnyRow};

/// Which problems are asked for; by what is not said, none is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Below this unit, or of this branch.
    pub under: Option<BranchCode>,
    /// 领域 of the branch.
    pub sector: Option<SectorId>,
    /// How it stands.
    pub state: Option<FindingState>,
    /// Whether there is still something to mend.
    pub open: Option<bool>,
    /// The items that it may be about: one number is another item in each sector.
    pub items: Vec<ItemId>,
    /// 问题来源: found from above, or by the branch itself.
    pub origin: Option<FindingOrigin>,
    /// What stands somewhere in 问题来源.
    pub source: Option<String>,
    /// Of which kind it was found to be.
    pub kind: Option<KindId>,
    /// It should have been mended before this day.
    pub overdue_on: Option<Date>,
    /// 申请延期: whether its branch asks for more time.
    pub asks_for_time: bool,
}

impl FindingFilter {
    /// What was found from above.
    pub fn from_above() -> Self {
        Self { origin: Some(FindingOrigin::Inspection), ..Self::default() }
    }
}

/// What is found at many branches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Often {
    /// 领域, which the item belongs to; empty where there is none.
    pub sector: String,
    /// The item that it is about.
    pub item: Option<ItemId>,
    /// How 存在问题 begins, of what is about no item.
    pub brief: String,
    /// At how many branches.
    pub branches: u32,
    /// How many problems.
    pub findings: u32,
}

/// So many suggestions are more than anybody looks through.
const OFTEN: usize = 200;

pub(super) const FROM: &str =
    "FROM findings f JOIN units u ON u.code = f.branch LEFT JOIN lifetimes l ON l.code = f.branch";

/// Those that concern anybody: not what a branch wrote by mistake, nor what went over to another branch, unless this very one is asked for.
pub(super) async fn asked(
    tx: &mut AnyConnection,
    roots: &[&BranchCode],
    filter: &FindingFilter,
) -> Result<Conditions, DatabaseError> {
    let FindingFilter { under, sector, state, open, items, origin, source, kind, overdue_on, asks_for_time } =
        filter;
    let mut conditions = Conditions::default();
    let roots: Vec<&BranchCode> = roots.iter().copied().chain(under).collect();
    let within = Within::all_of(&super::super::tree::upper(tx, None).await?, &roots);
    let place = within.holds(&mut conditions, "u.code", "u.parent");
    conditions.must(place);
    let withdrawn = conditions.place(json(FindingState::Withdrawn)?);
    conditions.must(format!("f.state <> {withdrawn}"));
    if within.branches.is_empty() {
        conditions.must(
            "NOT EXISTS (SELECT 1 FROM findings o WHERE o.branch = l.successor AND o.finding = f.passed_on)"
                .into(),
        );
    }
    if let Some(sector) = sector {
        let sector = conditions.place(sector.as_str());
        conditions.must(format!("u.sector = {sector}"));
    }
    if let Some(state) = state {
        let state = conditions.place(json(*state)?);
        conditions.must(format!("f.state = {state}"));
    }
    if let Some(is_open) = open {
        let (to_be_mended, not) = (to_be_mended(&mut conditions)?, if *is_open { "" } else { "NOT " });
        conditions.must(format!("{not}{to_be_mended}"));
    }
    if !items.is_empty() {
        let items = conditions.places(items.iter().map(ItemId::as_str));
        conditions.must(format!("f.item IN {items}"));
    }
    if let Some(origin) = origin {
        let origin = conditions.place(serde_json::to_string(origin).map_err(stored)?);
        conditions.must(format!("f.origin = {origin}"));
    }
    if let Some(source) = source {
        let escaped = source.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let place = conditions.place(format!("%{escaped}%"));
        conditions.must(format!("f.detail LIKE {place} ESCAPE '\\'"));
    }
    if let Some(kind) = kind {
        let kind = conditions.place(kind.as_str());
        conditions.must(format!(
            "(SELECT s.kind FROM findings_sorted s WHERE s.branch = f.branch AND s.finding = f.finding
              ORDER BY s.number DESC LIMIT 1) = {kind}"
        ));
    }
    if let Some(on) = overdue_on {
        let overdue = overdue(&mut conditions, *on)?;
        conditions.must(overdue);
    }
    if *asks_for_time {
        conditions.must(ASKS_FOR_TIME.into());
    }
    Ok(conditions)
}

/// That its branch asks for more time ([`crate::domain::Finding::asks_until`]).
pub(super) const ASKS_FOR_TIME: &str = "f.asks_until IS NOT NULL";

fn json(state: FindingState) -> Result<String, DatabaseError> {
    serde_json::to_string(&state).map_err(stored)
}

/// That it is [to be mended](FindingState::is_to_be_mended).
pub(super) fn to_be_mended(conditions: &mut Conditions) -> Result<String, DatabaseError> {
    let states = STATES.into_iter().filter(|state| state.is_to_be_mended());
    let states: Vec<String> = states.map(json).collect::<Result<_, _>>()?;
    Ok(format!("f.state IN {}", conditions.places(states.iter().map(String::as_str))))
}

/// That its day has passed ([`crate::domain::Finding::is_overdue`]).
pub(super) fn overdue(conditions: &mut Conditions, on: Date) -> Result<String, DatabaseError> {
    let (to_be_mended, on) = (to_be_mended(conditions)?, conditions.place(day::text(on)));
    Ok(format!("{to_be_mended} AND f.due < {on}"))
}

/// That it stands so.
pub(super) fn stands(conditions: &mut Conditions, state: FindingState) -> Result<String, DatabaseError> {
    Ok(format!("f.state = {}", conditions.place(json(state)?)))
}

const STATES: [FindingState; 6] = [
    FindingState::Open,
    FindingState::UnderWay,
    FindingState::Mended,
    FindingState::Returned,
    FindingState::Closed,
    FindingState::Withdrawn,
];

impl Database {
    /// A page of the problems below all these units, in the order of branch codes, the oldest of each branch first.
    pub async fn findings_page(
        &self,
        roots: &[&BranchCode],
        filter: &FindingFilter,
        page: Page,
    ) -> Result<Paged<Standing>, DatabaseError> {
        let mut tx = self.read().await?;
        let mut conditions = asked(&mut tx, roots, filter).await?;
        let total = conditions.count(&mut tx, "", FROM).await?;
        let only = conditions.only(page);
        // Bodies are read of those alone that are shown.
        let statement = format!(
            "SELECT p.branch, p.words, p.words_above, p.body FROM findings p JOIN (
                 SELECT f.branch, f.finding {FROM} WHERE {} ORDER BY f.branch, f.begun, f.finding {only}
             ) shown ON shown.branch = p.branch AND shown.finding = p.finding ORDER BY p.branch, p.begun, p.finding",
            conditions.holds()
        );
        let rows = conditions.rows(&mut tx, statement).await?;
        let rows: Result<Vec<Standing>, DatabaseError> = rows.iter().map(standing).collect();
        Ok(Paged { rows: rows?, total, page })
    }

    /// What was found from above at so many branches below a unit at least: by item, and what is about none by how it begins; in the
    /// order of sectors and items.
    pub async fn found_often(&self, under: &BranchCode, branches: u32) -> Result<Vec<Often>, DatabaseError> {
        let mut tx = self.read().await?;
        let filter = FindingFilter::from_above();
        let mut conditions = asked(&mut tx, &[under], &filter).await?;
        let least = conditions.place(i64::from(branches));
        let holds = conditions.holds();
        let statement = format!(
            "SELECT u.sector, f.item, '' AS brief, count(DISTINCT f.branch) AS branches, count(*) AS findings {FROM}
                 WHERE {holds} AND f.item IS NOT NULL GROUP BY u.sector, f.item HAVING count(DISTINCT f.branch) >= {least}
             UNION ALL SELECT '' AS sector, NULL AS item, f.brief, count(DISTINCT f.branch) AS branches, count(*) AS findings {FROM}
                 WHERE {holds} AND f.item IS NULL GROUP BY f.brief HAVING count(DISTINCT f.branch) >= {least}
             ORDER BY 1, 2, 3 LIMIT {OFTEN}"
        );
        let count = |row: &AnyRow, name| u32::try_from(row.try_get::<i64, _>(name)?).map_err(stored);
        let read = |row: &AnyRow| {
            let item: Option<String> = row.try_get("item")?;
            Ok(Often {
                sector: row.try_get("sector")?,
                item: item.map(|item| ItemId::new(item).map_err(stored)).transpose()?,
                brief: row.try_get("brief")?,
                branches: count(row, "branches")?,
                findings: count(row, "findings")?,
            })
        };
        conditions.rows(&mut tx, statement).await?.iter().map(read).collect()
    }
}
