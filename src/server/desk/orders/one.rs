//! One order: what was told, what was said of it since; reporting back, more time, release.

use super::{standing, told};
use crate::{
    domain::order::{OrderState, OrderStep, OrderWord},
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{NO_DAY, Tone, area, day_typed, hidden, line, note, post, submit, typed},
            links,
            posted::Posted,
            visitor::Visitor,
        },
        office::{
            orders::{self, Refusal, Row},
            people::{Act, authority::must},
        },
    },
    words::dates,
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post as posting},
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/desk/orders/{id}", get(one)).route("/desk/orders/{id}/{act}", posting(say))
}

#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    said: String,
}

async fn one(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Result<Markup, Failure> {
    let said = match done.said.as_str() {
        "given" => "下达了，对方登录后，“今天要办”里有。",
        "answer" => "报告上去了。",
        "extend" => "期限改好了。",
        "release" => "已解除。",
        _ => "",
    };
    let head = html! { @if !said.is_empty() { (note(Tone::Done, said)) } };
    page(&visitor, &desk, &id, &head, &Typed::default(), None).await
}

/// What is typed in one of the forms.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    read: String,
    text: String,
    due: String,
    /// Which form it was.
    #[serde(skip)]
    act: String,
}

impl Typed {
    /// What was typed in this form.
    fn of<'a>(&self, act: &str, value: &'a str) -> &'a str {
        if self.act == act { value } else { "" }
    }
}

async fn say(
    State(desk): State<Desk>,
    Path((id, act)): Path<(String, String)>,
    Posted(visitor, mut form): Posted<Typed>,
) -> Result<Response, Failure> {
    form.text = typed(&form.text);
    form.act.clone_from(&act);
    let read: usize = form.read.parse().map_err(|_| Failure::Unreadable)?;
    let text = form.text.clone();
    let step = match (act.as_str(), day_typed(&form.due)) {
        ("answer", _) => Some(OrderStep::Answered { text }),
        ("release", _) => Some(OrderStep::Released { reason: text }),
        ("extend", Ok(due)) => Some(OrderStep::Extended { reason: text, due }),
        ("extend", Err(_)) => None,
        _ => return Err(Failure::NotHere),
    };
    let (status, field, text) = match step {
        None => (StatusCode::UNPROCESSABLE_ENTITY, "due", NO_DAY.to_owned()),
        Some(step) => {
            let said = orders::say(&desk.database, &*desk.clock, &visitor.actor(), &id, read, step).await;
            let Err(refusal) = said else {
                let address = format!("{}/{}?said={act}", links::ORDERS, links::escaped(&id));
                return Ok(Redirect::to(&address).into_response());
            };
            let (status, field) = match refusal {
                Refusal::Overtaken(_) => (StatusCode::CONFLICT, ""),
                Refusal::Day(_) => (StatusCode::UNPROCESSABLE_ENTITY, "due"),
                _ => (StatusCode::UNPROCESSABLE_ENTITY, "text"),
            };
            (status, field, told(refusal)?)
        }
    };
    let head = html! { @if field.is_empty() { (note(Tone::Wrong, &text)) } };
    let wrong = (!field.is_empty()).then_some((act.as_str(), field, text.as_str()));
    Ok((status, page(&visitor, &desk, &id, &head, &form, wrong).await?).into_response())
}

async fn page(
    visitor: &Visitor,
    desk: &Desk,
    id: &str,
    head: &Markup,
    form: &Typed,
    wrong: Option<(&str, &str, &str)>,
) -> Result<Markup, Failure> {
    let (database, actor, today) = (&desk.database, visitor.actor(), visitor.today);
    let row = match orders::one(database, &actor, id, today).await {
        Ok(row) => row.ok_or(Failure::NotHere)?,
        Err(refusal) => return Err(told(refusal).map_or_else(|failure| failure, Failure::Refused)),
    };
    let may = async |act| must(database, &actor, act, &row.order.unit, today).await.is_ok();
    let is_theirs = must(database, &actor, Act::See, &row.order.given_by, today).await.is_ok();
    let (may_answer, may_decide) = (may(Act::Answer).await, is_theirs && may(Act::Order).await);
    let state = row.order.state();
    let told =
        |act: &str, field: &str| wrong.filter(|(a, f, _)| *a == act && *f == field).map(|(.., text)| text);
    let forms = Forms { visitor, row: &row };
    let body = html! {
        (head)
        (facts(&row, &standing(&row, today), today))
        @if may_answer && state == OrderState::Open {
            h2 { "报告改得怎么样" }
            (forms.form("answer", &html! {
                (area("改了什么、改到什么样", "text", form.of("answer", &form.text), told("answer", "text")))
                (submit("报告"))
            }))
        }
        @if may_decide && state != OrderState::Released {
            h2 { "解除" }
            (forms.form("release", &html! {
                (area("看到了什么", "text", form.of("release", &form.text), told("release", "text")))
                (submit("解除"))
            }))
            h2 { "延期" }
            (forms.form("extend", &html! {
                (line("改到哪天", "due", "date", form.of("extend", &form.due), told("extend", "due")))
                (area("理由", "text", form.of("extend", &form.text), told("extend", "text")))
                (submit("延期"))
            }))
        }
        h2 { "经过" }
        table {
            caption { "新的在前；写过的都留着" }
            thead { tr { th scope="col" { "时间" } th scope="col" { "谁" } th scope="col" { "说了什么" } } }
            tbody {
                @for word in row.order.words.iter().rev() {
                    tr { td data-head="时间" { (dates::moment(word.at, today)) } td data-head="谁" { (word.by) } td data-head="说了什么" { (said(word, today)) } }
                }
            }
        }
        p { a href=(format!("{}?under={}", links::FINDINGS, links::escaped(row.order.unit.as_str()))) { "这个单位的问题台账" } }
    };
    Ok(frame::page(visitor, links::ORDERS, &format!("限期整改：{}", row.unit), &body))
}

struct Forms<'a> {
    visitor: &'a Visitor,
    row: &'a Row,
}

impl Forms<'_> {
    fn form(&self, act: &str, fields: &Markup) -> Markup {
        let order = &self.row.order;
        let action = format!("{}/{}/{act}", links::ORDERS, order.id);
        post(self.visitor, &action, &html! { (hidden("read", &order.words.len().to_string())) (fields) })
    }
}

fn facts(row: &Row, standing: &str, today: Date) -> Markup {
    let line = |head: &str, text: &str| {
        html! {
            @if !text.is_empty() { tr { th scope="row" { (head) } td { (text) } } }
        }
    };
    let due = row.order.due().map(|due| dates::day(due, today)).unwrap_or_default();
    html! {
        table.facts {
            caption { (row.given_by) "下达" }
            tbody {
                @if let Some(OrderStep::Given { reason, decision, done_when, .. }) = row.order.words.first().map(|word| &word.step) {
                    (line("原因", reason))
                    (line("文号", decision))
                    (line("改到什么样算改好", done_when))
                }
                (line("期限", &due))
                (line("情况", standing))
            }
        }
    }
}

fn said(word: &OrderWord, today: Date) -> String {
    let day = |date| dates::day(date, today);
    match &word.step {
        OrderStep::Given { due, .. } => format!("下达，{}前改好", day(*due)),
        OrderStep::Answered { text } => format!("报告：{text}"),
        OrderStep::Extended { reason, due } => format!("延期到{}：{reason}", day(*due)),
        OrderStep::Released { reason } => format!("解除：{reason}"),
    }
}
