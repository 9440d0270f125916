//! 今天要办: what waits, each with the way to its list; how far the period is, and how each unit right below stands.

use super::{
    Desk,
    failure::Failure,
    frame,
    kit::{Column, choice, filter, nothing, table},
    links,
    reports::Query,
    visitor::Visitor,
};
use crate::{
    domain::{BranchCode, Period, PeriodId},
    server::office::{
        mending,
        orders::{self, Waiting},
        people::Act,
        roster::moving::{self, Moves},
        today::{self, Refusal, Row, Today},
    },
    words::dates,
};
use axum::{
    Router,
    extract::{self, State},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route(links::TODAY, get(show))
}

/// Before its last so many days nobody has to be asked why a branch has not reported.
const UNREPORTED_DAYS: i32 = 30;

/// What stands in the address.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    period: String,
    under: String,
}

async fn show(
    visitor: Visitor,
    State(desk): State<Desk>,
    extract::Query(asked): extract::Query<Asked>,
) -> Result<Response, Failure> {
    let own = visitor.person.reaches(Act::See, visitor.today);
    if own.is_empty() {
        // Whoever reads the log alone has another page to begin with.
        return Ok(Redirect::to(visitor.home()).into_response());
    }
    let unit = BranchCode::new(asked.under).ok().or_else(|| own.first().cloned()).ok_or(Failure::NotHere)?;
    let period = PeriodId::new(asked.period).ok();
    let (database, actor) = (&desk.database, visitor.actor());
    let period = period.as_ref();
    let today = today::today(database, &actor, &unit, period, visitor.today).await?;
    let waiting = orders::waiting(database, &visitor.person, visitor.today).await?;
    let moves = moving::moves(database, &visitor.person, visitor.today).await?;
    Ok(page(&visitor, &today, waiting, &moves).into_response())
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(_) => Self::NotHere,
            Refusal::Reviewing(refusal) => refusal.into(),
            Refusal::Mending(mending::Refusal::Database(error)) | Refusal::Database(error) => error.into(),
            Refusal::Mending(_) => Self::NotHere,
        }
    }
}

fn page(visitor: &Visitor, today: &Today, waiting: Waiting, moves: &Moves) -> Markup {
    let tasks = tasks(today, waiting, moves, visitor.today);
    let body = html! {
        @if today.own.len() > 1 || today.periods.len() > 1 { (chosen(today)) }
        @if tasks.is_empty() {
            (nothing("眼下没有要办的。"))
        } @else {
            ul.tasks {
                @for (count, name, address) in &tasks {
                    li { a href=(address) { span.count { (count) } span { (name) } } }
                }
            }
        }
        @match &today.period {
            Some(period) => { (progress(visitor, today, period)) },
            None => { (nothing("还没有发布标准。标准发布以后，这里看得到各支部报得怎么样。")) },
        }
    };
    let title = format!("今天要办　{}", today.unit.name);
    frame::page(visitor, links::TODAY, &title, &body)
}

fn chosen(today: &Today) -> Markup {
    let periods = today.periods.iter().map(|period| (period.id.to_string(), period.name.clone()));
    let period = today.period.as_ref().map(|period| period.id.to_string()).unwrap_or_default();
    let units: Vec<_> = today.own.iter().map(|unit| (unit.code.to_string(), unit.name.clone())).collect();
    filter(
        links::TODAY,
        &html! {
            @if today.periods.len() > 1 { (choice("考核周期", "period", &periods.collect::<Vec<_>>(), &period)) }
            @if units.len() > 1 { (choice("单位", "under", &units, today.unit.code.as_str())) }
        },
    )
}

/// What waits: how many, what, and where. What is none is left out.
fn tasks(today: &Today, orders: Waiting, moves: &Moves, on: Date) -> Vec<(u32, String, String)> {
    let (unit, reports, problems) = (&today.unit.code, &today.reports, &today.problems);
    let findings = |asked: &str| format!("{}?under={unit}&{asked}", links::FINDINGS);
    let mut tasks = Vec::new();
    if let Some(period) = &today.period {
        let list = |state| Query::of_count(&period.id, unit, state);
        tasks.push((reports.unreviewed + reports.in_review, "待审".into(), list("waiting")));
        tasks.push((reports.overdue, "退回逾期".into(), list("overdue")));
        if days_left(period, on) <= UNREPORTED_DAYS {
            tasks.push((reports.due - reports.reported, "未报".into(), list("unreported")));
        }
    }
    for (period, reports) in &today.left {
        let list = |state| Query::of_count(&period.id, unit, state);
        let name = &period.name;
        tasks.push((reports.unreviewed + reports.in_review, format!("{name}待审"), list("waiting")));
        tasks.push((reports.overdue, format!("{name}退回逾期"), list("overdue")));
    }
    tasks.push((problems.mended, "问题待验收".into(), findings("state=mended")));
    tasks.push((problems.asking, "问题申请延期".into(), findings("state=asking")));
    tasks.push((problems.overdue, "问题逾期".into(), findings("overdue=1")));
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let late =
        if orders.overdue > 0 { "限期整改要报告，有逾期的" } else { "限期整改要报告" };
    tasks.push((count(orders.to_answer), late.into(), links::ORDERS.into()));
    tasks.push((count(orders.to_decide), "限期整改已报告，等答复".into(), links::ORDERS.into()));
    for (moves, name) in [
        (&moves.to_answer, "转隶等您答复"),
        (&moves.declined, "转隶对方没有接收"),
        (&moves.asked, "转隶等对方答复"),
    ] {
        tasks.push((count(moves.len()), name.into(), links::MOVES.into()));
    }
    tasks.retain(|(count, ..)| *count > 0);
    tasks
}

fn progress(visitor: &Visitor, today: &Today, period: &Period) -> Markup {
    let reports = &today.reports;
    let list = |state| Query::of_count(&period.id, &today.unit.code, state);
    html! {
        h2 { (period.name) "，" (left(period, visitor.today)) }
        p {
            "应报" (reports.due) "，"
            a href=(list("")) { "已报" (reports.reported) }
            @if reports.paper > 0 { "（其中纸质" (reports.paper) "）" }
            "，待审" (reports.unreviewed + reports.in_review)
            "，退回" (reports.returned)
            "，通过" (reports.approved)
        }
        @if today.rows.iter().any(|row| row.unit.code != today.unit.code) { (units(today, period)) }
    }
}

/// How many days reports are still in time; below zero for as many as they are late.
fn days_left(period: &Period, today: Date) -> i32 {
    period.submit_by.since(today).map_or(0, |span| span.get_days())
}

/// How long reports are still in time, in words.
fn left(period: &Period, today: Date) -> String {
    let until = dates::day(period.submit_by, today);
    match days_left(period, today) {
        days if days < 0 => format!("{until}截止，已经过了{}天", -days),
        0 => format!("{until}截止，就是今天"),
        days => format!("{until}截止，还有{days}天"),
    }
}

fn units(today: &Today, period: &Period) -> Markup {
    let rows: Vec<&Row> = today.rows.iter().collect();
    let list = |row: &Row, state| Query::of_count(&period.id, &row.unit.code, state);
    let name = |row: &&Row| {
        let own = row.unit.code == today.unit.code;
        html! {
            @if own { "直属支部" } @else { a href=(list(row, "")) { (row.unit.name) } }
            @if let Some(into) = &row.into { "（已并入" (into) "）" }
        }
    };
    let count = |number: u32| html! { span.number { (number) } };
    let way = |row: &Row, number: u32, state| {
        html! { span.number { @if number > 0 && row.unit.code != today.unit.code { a href=(list(row, state)) { (number) } } @else { (number) } } }
    };
    let reported = |row: &&Row| {
        html! {
            span.number { (row.reports.reported) @if row.reports.paper > 0 { "（纸质" (row.reports.paper) "）" } }
        }
    };
    let waiting = |row: &&Row| way(row, row.reports.unreviewed + row.reports.in_review, "waiting");
    let overdue = |row: &&Row| way(row, row.reports.overdue, "overdue");
    let approved = |row: &&Row| way(row, row.reports.approved, "approved");
    let columns: [Column<'_, &Row>; 10] = [
        Column { head: "编号", cell: &|row| html! { (row.unit.code) } },
        Column { head: "单位", cell: &name },
        Column { head: "应报", cell: &|row| count(row.reports.due) },
        Column { head: "已报", cell: &reported },
        Column { head: "待审", cell: &waiting },
        Column { head: "退回", cell: &|row| count(row.reports.returned) },
        Column { head: "退回逾期", cell: &overdue },
        Column { head: "通过", cell: &approved },
        Column { head: "问题待改", cell: &|row| count(row.problems.open) },
        Column { head: "问题待验收", cell: &|row| count(row.problems.mended) },
    ];
    table("下面各单位，按编号排", &columns, &rows)
}
