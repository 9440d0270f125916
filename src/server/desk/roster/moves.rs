//! 转隶 that waits: what is asked of whoever tends where it leads, and the way back for whoever asked.

use super::words::{Done, fault, marked};
use crate::{
    domain::BranchCode,
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Column, Tone, note, nothing, post, table},
            links,
            posted::Posted,
            visitor::Visitor,
        },
        office::{
            people::{Act, authority::must},
            roster::{
                Refusal,
                moving::{self, Row},
            },
        },
    },
    words::dates,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    done: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

fn read(number: &str) -> Result<i64, Failure> {
    number.parse().map_err(|_| Failure::NotHere)
}

fn act(number: i64, act: &str) -> String {
    format!("{}/{number}/{act}", links::MOVES)
}

/// All that wait for the visitor's answer.
pub(super) async fn list(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(shown): Query<Shown>,
) -> Result<Markup, Failure> {
    let said = html! { @if let Some(text) = marked(&shown.done) { (note(Tone::Calm, text)) } };
    page(&visitor, &desk, &said).await
}

async fn page(visitor: &Visitor, desk: &Desk, said: &Markup) -> Result<Markup, Failure> {
    if !visitor.may_somewhere(Act::Arrange) {
        return Err(Failure::NotHere);
    }
    let rows = moving::waiting(&desk.database, &visitor.person, visitor.today).await?;
    let unit = |row: &Row| html! { (row.unit.name) };
    let code = |row: &Row| html! { (row.unit.code) };
    let from = |row: &Row| html! { (row.comes_from) };
    let to = |row: &Row| html! { (row.goes_to) };
    let on = |row: &Row| html! { (dates::day(row.asked.on, visitor.today)) };
    let by = |row: &Row| html! { (asked(visitor, row)) };
    let answer = |row: &Row| {
        html! {
            (post(visitor, &act(row.asked.number, "take"), &html! { button type="submit" { "接收" } }))
            (post(visitor, &act(row.asked.number, "leave"), &html! { button.quiet type="submit" { "不接收" } }))
        }
    };
    let columns = [
        Column { head: "党组织", cell: &unit },
        Column { head: "编号", cell: &code },
        Column { head: "现在的上级", cell: &from },
        Column { head: "转到", cell: &to },
        Column { head: "从哪天起", cell: &on },
        Column { head: "谁提出", cell: &by },
        Column { head: "办理", cell: &answer },
    ];
    let body = html! {
        (said)
        p { "接收以后，它就归转到的单位管：手机、上报、问题都跟着它；以前各期仍算在原来的上级下面。" }
        @if rows.is_empty() { (nothing("没有等您答复的转隶。")) } @else { (table("等您答复的，早提出的在前", &columns, &rows)) }
    };
    Ok(frame::page(visitor, links::ROSTER, "转隶", &body))
}

fn asked(visitor: &Visitor, row: &Row) -> String {
    let at = dates::moment(row.asked.asked_at, visitor.today);
    row.by.as_ref().map_or_else(|| at.clone(), |by| format!("{by}，{at}"))
}

/// What is told at the unit itself, to whoever tends it.
pub(super) fn waits(visitor: &Visitor, row: &Row) -> Markup {
    let on = dates::day(row.asked.on, visitor.today);
    let text = format!("转隶到{}，从{on}起，等对方接收（{}提出）。", row.goes_to, asked(visitor, row));
    html! {
        (note(Tone::Calm, &text))
        (post(visitor, &act(row.asked.number, "leave"), &html! { button.quiet type="submit" { "撤回转隶" } }))
    }
}

/// 接收
pub(super) async fn take(
    State(desk): State<Desk>,
    Path(number): Path<String>,
    Posted(visitor, Nothing {}): Posted<Nothing>,
) -> Result<Response, Failure> {
    match moving::take(&desk.database, &*desk.clock, &visitor.actor(), read(&number)?).await {
        Ok(taken) => led(&visitor, &desk, &taken.unit, Done::Moved).await,
        Err(refusal) => refused(&visitor, &desk, refusal).await,
    }
}

/// 不接收, or taking it back.
pub(super) async fn leave(
    State(desk): State<Desk>,
    Path(number): Path<String>,
    Posted(visitor, Nothing {}): Posted<Nothing>,
) -> Result<Response, Failure> {
    match moving::leave(&desk.database, &*desk.clock, &visitor.actor(), read(&number)?).await {
        Ok(left) => led(&visitor, &desk, &left.unit, Done::Stays).await,
        Err(refusal) => refused(&visitor, &desk, refusal).await,
    }
}

/// To the unit, for whoever sees it; to the list for anybody else.
async fn led(visitor: &Visitor, desk: &Desk, unit: &BranchCode, done: Done) -> Result<Response, Failure> {
    let sees = must(&desk.database, &visitor.actor(), Act::See, unit, visitor.today).await.is_ok();
    let address = if sees { links::unit(unit) } else { links::MOVES.to_owned() };
    Ok(Redirect::to(&format!("{address}?done={}", done.code())).into_response())
}

/// What was answered before, and what is not theirs, is told alike.
async fn refused(visitor: &Visitor, desk: &Desk, refusal: Refusal) -> Result<Response, Failure> {
    if matches!(refusal, Refusal::NoMove | Refusal::Denied(_)) {
        return Ok(Redirect::to(&format!("{}?done={}", links::MOVES, Done::Over.code())).into_response());
    }
    let (_, text) = fault(refusal, visitor.today)?;
    let page =
        page(visitor, desk, &note(Tone::Wrong, &format!("{text}。可以不接收，请对方改了再提。"))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
