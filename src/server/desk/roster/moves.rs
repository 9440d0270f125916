//! 转隶 that waits: what is asked of whoever tends where it leads, and the way back for whoever asked, who reads why it was declined.

use super::words::{Done, fault, marked};
use crate::{
    domain::BranchCode,
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Column, Tone, hidden, line, note, nothing, post, table, typed_line},
            links,
            posted::Posted,
            visitor::Visitor,
        },
        office::{
            people::{Act, authority::must},
            roster::{
                Refusal,
                moving::{self, Moves, Row},
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

/// Why it is left where it stands; nothing where it is taken back.
#[derive(Deserialize)]
pub(super) struct Left {
    #[serde(default)]
    why: String,
}

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
    let Moves { to_answer, asked, declined } =
        moving::moves(&desk.database, &visitor.person, visitor.today).await?;
    let unit = |row: &Row| html! { (row.unit.name) };
    let code = |row: &Row| html! { (row.unit.code) };
    let from = |row: &Row| html! { (row.comes_from) };
    let to = |row: &Row| html! { (row.goes_to) };
    let on = |row: &Row| html! { (dates::day(row.asked.on, visitor.today)) };
    let by = |row: &Row| html! { (by_whom(visitor, row)) };
    let why = |row: &Row| html! { (answered(visitor, row)) };
    let answer = |row: &Row| {
        html! {
            (post(visitor, &act(row.asked.number, "take"), &html! { button type="submit" { "接收" } }))
            (post(visitor, &act(row.asked.number, "leave"), &html! {
                (line("为什么不接收（对方看得到）", "why", "text", "", None))
                button.quiet type="submit" { "不接收" }
            }))
        }
    };
    let back = |row: &Row| withdraw(visitor, row);
    let read = |row: &Row| heard(visitor, row);
    // Whoever asked sees their own side alone: what it is called, where it goes, and what came of it.
    let facts = || {
        [
            Column { head: "党组织", cell: &unit },
            Column { head: "编号", cell: &code },
            Column { head: "现在的上级", cell: &from },
            Column { head: "转到", cell: &to },
            Column { head: "从哪天起", cell: &on },
            Column { head: "谁提出", cell: &by },
        ]
        .into_iter()
    };
    let with = |cell| facts().chain([Column { head: "办理", cell }]).collect::<Vec<_>>();
    let declined_as: Vec<_> = facts()
        .chain([Column { head: "没有接收", cell: &why }, Column { head: "办理", cell: &read }])
        .collect();
    let body = html! {
        (said)
        p { "接收以后，它就归转到的单位管：手机、上报、问题都跟着它；以前各期仍算在原来的上级下面。" }
        @if to_answer.is_empty() { (nothing("没有等您答复的转隶。")) }
        @else { (table("等您答复的，早提出的在前", &with(&answer), &to_answer)) }
        @if !declined.is_empty() { (table("您这边提出、对方没有接收的", &declined_as, &declined)) }
        @if !asked.is_empty() { (table("您这边提出、等对方答复的", &with(&back), &asked)) }
    };
    Ok(frame::page(visitor, links::ROSTER, "转隶", &body))
}

fn by_whom(visitor: &Visitor, row: &Row) -> String {
    let at = dates::moment(row.asked.asked_at, visitor.today);
    row.by.as_ref().map_or_else(|| at.clone(), |by| format!("{by}，{at}"))
}

/// When and why the other side said no.
fn answered(visitor: &Visitor, row: &Row) -> String {
    let said = |(at, why): &(u64, String)| format!("{}：{why}", dates::moment(*at, visitor.today));
    row.asked.declined.as_ref().map(said).unwrap_or_default()
}

fn withdraw(visitor: &Visitor, row: &Row) -> Markup {
    post(
        visitor,
        &act(row.asked.number, "leave"),
        &html! {
            (hidden("why", ""))
            button.quiet type="submit" { "撤回转隶" }
        },
    )
}

fn heard(visitor: &Visitor, row: &Row) -> Markup {
    post(visitor, &act(row.asked.number, "read"), &html! { button.quiet type="submit" { "知道了" } })
}

/// What is told at the unit itself, to whoever tends it.
pub(super) fn waits(visitor: &Visitor, row: &Row) -> Markup {
    let (to, by) = (&row.goes_to, by_whom(visitor, row));
    if row.asked.declined.is_some() {
        let text = format!("转隶到{to}（{by}提出），对方没有接收。{}", answered(visitor, row));
        return html! { (note(Tone::Calm, &text)) (heard(visitor, row)) };
    }
    let on = dates::day(row.asked.on, visitor.today);
    let text = format!("转隶到{to}，从{on}起，等对方接收（{by}提出）。");
    html! { (note(Tone::Calm, &text)) (withdraw(visitor, row)) }
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
    Posted(visitor, Left { why }): Posted<Left>,
) -> Result<Response, Failure> {
    let (actor, why) = (visitor.actor(), typed_line(&why));
    match moving::leave(&desk.database, &*desk.clock, &actor, read(&number)?, &why).await {
        Ok(left) => led(&visitor, &desk, &left.unit, Done::Stays).await,
        Err(refusal) => refused(&visitor, &desk, refusal).await,
    }
}

/// 知道了
pub(super) async fn read_decline(
    State(desk): State<Desk>,
    Path(number): Path<String>,
    Posted(visitor, Nothing {}): Posted<Nothing>,
) -> Result<Response, Failure> {
    match moving::read_decline(&desk.database, &*desk.clock, &visitor.actor(), read(&number)?).await {
        // Read in another tab already: it is read.
        Ok(()) | Err(Refusal::NoMove) => Ok(Redirect::to(links::MOVES).into_response()),
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
    let hint =
        if matches!(refusal, Refusal::Why) { "" } else { "可以不接收，请对方改了再提。" };
    let (_, text) = fault(refusal, visitor.today)?;
    let page = page(visitor, desk, &note(Tone::Wrong, &format!("{text}。{hint}"))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
