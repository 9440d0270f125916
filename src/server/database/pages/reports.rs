//! Who was to report for a period, and what came of it.

use super::{Conditions, Page, Paged, Within};
use crate::{
    domain::{BranchCode, ClaimedGrade, PeriodId, SectorId, SubmissionId, day},
    protocol::ReviewState,
    server::database::{
        Database, DatabaseError, many,
        papers::{Paper, numbered},
        results::{Counting, REVIEWS, counting, said},
        stored,
    },
};
use jiff::civil::Date;
use sqlx::{AnyConnection, Row as _};
use std::collections::BTreeMap;

/// How far a branch has come with a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// 未上报: neither by phone nor on paper.
    Unreported,
    /// 待审: nothing was said of its report.
    Unreviewed,
    /// 待审 or 审核中: somebody has still to say what comes of it.
    Waiting,
    /// What was said last.
    Reviewed(ReviewState),
}

/// Which branches of a period are asked for; by what is not said, none is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// The period. Without one, whoever has reported for any.
    pub period: Option<PeriodId>,
    /// Below this unit, or this branch.
    pub under: Option<BranchCode>,
    /// 领域
    pub sector: Option<SectorId>,
    /// How far it has come.
    pub stage: Option<Stage>,
    /// 申报等次
    pub claimed: Option<ClaimedGrade>,
    /// Whether its report came after the period's last day for it.
    pub late: Option<bool>,
    /// Whether photos of its report are not here.
    pub photos_missing: Option<bool>,
    /// Its report went back to it, to be answered before this day.
    pub overdue_on: Option<Date>,
    /// Whether it has something on paper, beside a report or alone.
    pub on_paper: Option<bool>,
}

/// A branch that was to report for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The branch.
    pub branch: BranchCode,
    /// The period.
    pub period: PeriodId,
    /// What counts of what it reported.
    pub counting: Option<Counting>,
    /// What it handed in on paper.
    pub paper: Option<Paper>,
}

/// That a branch has reported, by phone or on paper.
pub(super) const REPORTED: &str = "(s.id IS NOT NULL OR p.number IS NOT NULL)";

/// Later than every day: of a period without one, the tree is as it stands now.
const NEVER: &str = "9999-12-31";

/// Branches as they stood on the day `a.day`, of which `h` is what has changed since, with what they reported.
const FROM: &str = "FROM units u CROSS JOIN asked a LEFT JOIN lifetimes l ON l.code = u.code
     LEFT JOIN unit_history h ON h.code = u.code AND h.until_day =
         (SELECT min(n.until_day) FROM unit_history n WHERE n.code = u.code AND n.until_day > a.day)
     LEFT JOIN submissions s ON s.period = a.period AND s.branch = u.code AND s.heads > 0
     LEFT JOIN paper_reports p ON p.score IS NOT NULL AND p.number =
         (SELECT max(q.number) FROM paper_reports q WHERE q.branch = u.code AND q.period = a.period)";
/// The unit right above a branch, on that day.
pub(super) const PARENT: &str = "CASE WHEN h.code IS NULL THEN u.parent ELSE h.parent END";

/// A statement about those who were to report, as far as it is the same for all.
pub(super) struct Asked {
    /// Before `SELECT`.
    pub(super) with: String,
    /// From where.
    pub(super) from: &'static str,
    /// Which.
    pub(super) conditions: Conditions,
}

/// Those of these periods, each of which takes the tree as it stood on its day, that lie within the roots. Who was there on that day was
/// to report; who reported and was not is not left out either.
pub(super) async fn asked(
    tx: &mut AnyConnection,
    days: &BTreeMap<PeriodId, Option<Date>>,
    roots: &[&BranchCode],
    filter: &ReportFilter,
) -> Result<Asked, DatabaseError> {
    let mut conditions = Conditions::default();
    let (mut rows, mut places) = (Vec::new(), Vec::new());
    let roots: Vec<&BranchCode> = roots.iter().copied().chain(&filter.under).collect();
    for (period, on) in days {
        let upper = super::super::tree::upper(tx, *on).await?;
        let period = conditions.place(period.as_str());
        let on = conditions.place(on.map_or_else(|| NEVER.to_owned(), day::text));
        let within = Within::all_of(&upper, &roots).holds(&mut conditions, "u.code", PARENT);
        places.push(format!("(a.period = {period} AND {within})"));
        rows.push(format!("({period},{on})"));
    }
    conditions.must(format!("({})", places.join(" OR ")));
    conditions.must("CASE WHEN h.code IS NULL THEN u.level ELSE h.level END = '\"branch\"'".into());
    conditions.must(
        "(s.id IS NOT NULL OR p.number IS NOT NULL OR (coalesce(l.since_day, '') <= a.day AND a.day < coalesce(l.ended_day, '9999-12-32')))".into(),
    );
    filtered(&mut conditions, filter)?;
    Ok(Asked {
        with: format!("WITH asked (period, day) AS (VALUES {})", rows.join(",")),
        from: FROM,
        conditions,
    })
}

fn filtered(conditions: &mut Conditions, filter: &ReportFilter) -> Result<(), DatabaseError> {
    let ReportFilter { period, under: _, sector, stage, claimed, late, photos_missing, overdue_on, on_paper } =
        filter;
    let json = |state: ReviewState| serde_json::to_string(&state).map_err(stored);
    if period.is_none() {
        conditions.must(REPORTED.into());
    }
    if let Some(sector) = sector {
        let sector = conditions.place(sector.as_str());
        conditions.must(format!("CASE WHEN h.code IS NULL THEN u.sector ELSE h.sector END = {sector}"));
    }
    match stage {
        None => {}
        Some(Stage::Unreported) => conditions.must(format!("NOT {REPORTED}")),
        Some(Stage::Unreviewed) => conditions.must("s.id IS NOT NULL AND s.state IS NULL".into()),
        Some(Stage::Waiting) => {
            let begun = conditions.place(json(ReviewState::InReview)?);
            conditions.must(format!("s.id IS NOT NULL AND (s.state IS NULL OR s.state = {begun})"));
        }
        Some(Stage::Reviewed(state)) => {
            let state = conditions.place(json(*state)?);
            conditions.must(format!("s.state = {state}"));
        }
    }
    if let Some(claimed) = claimed {
        let claimed = conditions.place(serde_json::to_string(claimed).map_err(stored)?);
        // Where both came, the phone's counts.
        conditions.must(format!("coalesce(s.claimed, p.claimed) = {claimed}"));
    }
    if let Some(late) = late {
        conditions.must(format!("s.late = {}", i64::from(*late)));
    }
    if let Some(missing) = photos_missing {
        conditions.must(format!("s.missing {} 0", if *missing { ">" } else { "=" }));
    }
    if let Some(on_paper) = on_paper {
        conditions.must(format!("p.number IS {} NULL", if *on_paper { "NOT" } else { "" }));
    }
    if let Some(day) = overdue_on {
        let (asking, day) = (asking(conditions)?, conditions.place(day::text(*day)));
        conditions.must(format!("{asking} AND s.due < {day}"));
    }
    Ok(())
}

/// That the branch is asked for something.
pub(super) fn asking(conditions: &mut Conditions) -> Result<String, DatabaseError> {
    let json = |state: ReviewState| serde_json::to_string(&state).map_err(stored);
    let states = [json(ReviewState::Returned)?, json(ReviewState::Incomplete)?];
    Ok(format!("s.state IN {}", conditions.places(states.iter().map(String::as_str))))
}

impl Database {
    /// A page of those who were to report for these periods, in the order of branch codes and periods; of each period as its tree stood
    /// on its day, and below all these units.
    pub async fn reports_page(
        &self,
        days: &BTreeMap<PeriodId, Option<Date>>,
        roots: &[&BranchCode],
        filter: &ReportFilter,
        page: Page,
    ) -> Result<Paged<Due>, DatabaseError> {
        if days.is_empty() {
            return Ok(Paged { rows: Vec::new(), total: 0, page });
        }
        let mut tx = self.read().await?;
        let Asked { with, from, mut conditions } = asked(&mut tx, days, roots, filter).await?;
        let total = conditions.count(&mut tx, &with, from).await?;
        let only = conditions.only(page);
        let statement = format!(
            "{with} SELECT u.code AS due, a.period AS of_period, s.id, s.branch, s.period, s.receipt, s.heads, s.missing,
                 s.checklist, s.claimed, p.number AS paper {from} WHERE {} ORDER BY u.code, a.period {only}",
            conditions.holds()
        );
        let rows = conditions.rows(&mut tx, statement).await?;
        let ids: Vec<Option<String>> = rows.iter().map(|row| row.try_get("id")).collect::<Result<_, _>>()?;
        let known: Vec<String> = ids.iter().flatten().cloned().collect();
        let reviews = format!("{REVIEWS} WHERE s.id IN");
        let reviews = many::select(&mut tx, &reviews, &[], &known, "ORDER BY r.number").await?;
        let mut said = said(&reviews)?;
        let papers: Vec<Option<i64>> =
            rows.iter().map(|row| row.try_get("paper")).collect::<Result<_, _>>()?;
        let mut papers = numbered(&mut tx, &papers).await?;
        let read = |(row, id): (&sqlx::any::AnyRow, Option<String>)| {
            Ok(Due {
                branch: BranchCode::new(row.try_get::<String, _>("due")?).map_err(stored)?,
                period: PeriodId::new(row.try_get::<String, _>("of_period")?).map_err(stored)?,
                counting: id.map(|id| counting(row, said.remove(&id).unwrap_or_default())).transpose()?,
                paper: row.try_get::<Option<i64>, _>("paper")?.and_then(|number| papers.remove(&number)),
            })
        };
        let rows: Result<Vec<Due>, DatabaseError> = rows.iter().zip(ids).map(read).collect();
        Ok(Paged { rows: rows?, total, page })
    }

    /// The report that comes next after a branch's in the order of codes, or before it, of those that are asked for.
    pub async fn report_beside(
        &self,
        days: &BTreeMap<PeriodId, Option<Date>>,
        roots: &[&BranchCode],
        filter: &ReportFilter,
        (branch, is_after): (&BranchCode, bool),
    ) -> Result<Option<SubmissionId>, DatabaseError> {
        if days.is_empty() {
            return Ok(None);
        }
        let mut tx = self.read().await?;
        let Asked { with, from, mut conditions } = asked(&mut tx, days, roots, filter).await?;
        let (past, order) = if is_after { (">", "ASC") } else { ("<", "DESC") };
        let branch = conditions.place(branch.as_str());
        conditions.must(format!("s.id IS NOT NULL AND u.code {past} {branch}"));
        let holds = conditions.holds();
        let statement = format!("{with} SELECT s.id {from} WHERE {holds} ORDER BY u.code {order} LIMIT 1");
        let rows = conditions.rows(&mut tx, statement).await?;
        rows.first().map(|row| row.try_get::<String, _>(0)?.parse().map_err(stored)).transpose()
    }
}
