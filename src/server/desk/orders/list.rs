//! The orders below a unit, and giving a new one.

use super::{standing, told};
use crate::{
    domain::{BranchCode, order::OrderStep},
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{
                Column, Tone, area, choice, day_typed, filter, line, note, nothing, post, submit, table,
                typed, typed_line,
            },
            links,
            posted::Posted,
            visitor::Visitor,
        },
        office::{
            orders::{self, Refusal, Row},
            people::Act,
            places,
        },
    },
    words::dates,
};
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use maud::{Markup, html};
use serde::Deserialize;

const NEW: &str = "/desk/orders/new";

pub(super) fn routes() -> Router<Desk> {
    Router::new().route(links::ORDERS, get(list)).route(NEW, get(form).post(give))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    under: String,
}

async fn list(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Failure> {
    let (database, today) = (&desk.database, visitor.today);
    let place = places::chosen(database, &visitor.person, Act::See, &asked.under, today).await?;
    let place = place.ok_or(Failure::NotHere)?;
    let shown = orders::list(database, &visitor.actor(), &place.unit.code, today).await;
    let shown = match shown {
        Ok(shown) => shown,
        Err(refusal) => return Err(told(refusal).map_or_else(|failure| failure, Failure::Refused)),
    };
    let may_give = visitor.may_somewhere(Act::Order)
        && !orders::may_be_told(database, &visitor.person, today).await?.is_empty();
    let places: Vec<(String, String)> =
        place.all.iter().map(|unit| (unit.code.to_string(), unit.name.clone())).collect();
    let unit = |row: &Row| html! { a href=(format!("{}/{}", links::ORDERS, row.order.id)) { (row.unit) } };
    let from = |row: &Row| html! { (row.given_by) };
    let why = |row: &Row| html! { @if let Some(OrderStep::Given { reason, .. }) = first(row) { (reason) } };
    let decision =
        |row: &Row| html! { @if let Some(OrderStep::Given { decision, .. }) = first(row) { (decision) } };
    let due = |row: &Row| html! { @if let Some(due) = row.order.due() { (dates::day(due, today)) } };
    let state = |row: &Row| html! { (standing(row, today)) };
    let columns = [
        Column { head: "单位", cell: &unit },
        Column { head: "下发单位", cell: &from },
        Column { head: "原因", cell: &why },
        Column { head: "文号", cell: &decision },
        Column { head: "期限", cell: &due },
        Column { head: "情况", cell: &state },
    ];
    let body = html! {
        @if may_give {
            div.acts { a.button href=(NEW) { "下达限期整改" } }
        }
        (filter(links::ORDERS, &choice("党组织", "under", &places, place.unit.code.as_str())))
        @if shown.is_empty() { (nothing("这里没有限期整改。")) } @else { (table("限期整改，按单位编号排", &columns, &shown)) }
    };
    Ok(frame::page(&visitor, links::ORDERS, "限期整改", &body))
}

fn first(row: &Row) -> Option<&OrderStep> {
    row.order.words.first().map(|word| &word.step)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    unit: String,
    reason: String,
    decision: String,
    done_when: String,
    due: String,
}

async fn form(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(typed): Query<Typed>,
) -> Result<Markup, Failure> {
    page(&visitor, &desk, &typed, None).await
}

async fn page(
    visitor: &Visitor,
    desk: &Desk,
    form: &Typed,
    wrong: Option<(&str, &str)>,
) -> Result<Markup, Failure> {
    let units = orders::may_be_told(&desk.database, &visitor.person, visitor.today).await?;
    if !visitor.may_somewhere(Act::Order) {
        return Err(Failure::NotHere);
    }
    let told = |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, text)| text);
    let units: Vec<(String, String)> =
        units.into_iter().map(|unit| (unit.code.to_string(), unit.name)).collect();
    let body = html! {
        @if let Some(text) = told("") { (note(Tone::Wrong, text)) }
        p { "限期整改是一个决定：写明原因和期限，对方登录后，“今天要办”里有。" }
        @if units.is_empty() {
            (nothing("下面没有可以下达的单位。"))
        } @else {
            (post(visitor, NEW, &html! {
                (choice("哪个单位", "unit", &units, &form.unit))
                (area("原因", "reason", &form.reason, told("reason")))
                (line("文号（可以不写）", "decision", "text", &form.decision, told("decision")))
                (area("改到什么样算改好", "done_when", &form.done_when, told("done_when")))
                (line("哪天以前", "due", "date", &form.due, told("due")))
                (submit("下达"))
            }))
        }
    };
    Ok(frame::page(visitor, links::ORDERS, "下达限期整改", &body))
}

async fn give(
    State(desk): State<Desk>,
    Posted(visitor, mut form): Posted<Typed>,
) -> Result<Response, Failure> {
    for text in [&mut form.reason, &mut form.done_when] {
        *text = typed(text);
    }
    form.decision = typed_line(&form.decision);
    let unit = BranchCode::new(form.unit.clone()).map_err(|_| Failure::NotHere)?;
    let blank = [("reason", &form.reason), ("done_when", &form.done_when)];
    let wrong = match day_typed(&form.due) {
        Err(text) => ("due", text),
        Ok(_) if blank.iter().any(|(_, text)| text.is_empty()) => {
            let field = blank.iter().find(|(_, text)| text.is_empty()).map_or("", |(field, _)| field);
            (field, "这一栏要写。".to_owned())
        }
        Ok(due) => {
            let Typed { reason, decision, done_when, .. } = form.clone();
            let step = OrderStep::Given { reason, decision, done_when, due };
            match orders::give(&desk.database, &*desk.clock, &visitor.actor(), &unit, step).await {
                Ok(id) => {
                    let address = format!("{}/{id}?said=given", links::ORDERS);
                    return Ok(Redirect::to(&address).into_response());
                }
                Err(refusal) => {
                    let field = if matches!(refusal, Refusal::Day(_)) { "due" } else { "" };
                    (field, told(refusal)?)
                }
            }
        }
    };
    let page = page(&visitor, &desk, &form, Some((wrong.0, &wrong.1))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
