//! 问题清单 as a table: looked at first, row by row, and stored only when that is confirmed.

use super::refused::told;
use crate::{
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Column, Tone, XLSX, download, hidden, note, post, submit, table, upload},
            links,
            posted::{Posted, Uploaded},
            visitor::Visitor,
            waiting::Purpose,
        },
        office::{
            mending::adding::{self, Added, Found, Known},
            people::Act,
        },
        tables::findings::{self, Missing, NAME},
    },
    sheets::{Fault, workbook},
    words::dates,
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post as posting},
};
use maud::{Markup, html};
use serde::Deserialize;

const TABLE: &str = "/desk/findings/table";
const BLANK: &str = "/desk/findings/blank.xlsx";
const CONFIRM: &str = "/desk/findings/table/confirm";
/// No list of problems is larger.
const MOST_BYTES: usize = 4 << 20;
/// So much is read at all, so that whoever sends more than [`MOST_BYTES`] is told in words.
const READ_BYTES: usize = 16 << 20;
/// So many rows, and so many faults, are shown: more nobody looks at.
const SHOWN: usize = 50;

/// Of a branch that the sender does not reach, it is not told whether it is there.
const MISSING: Missing = Missing {
    or: "，或者不归您管", remedy: "核对编号；新支部先在“名册”里“导入名册”"
};

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route(TABLE, get(choose).post(preview).layer(DefaultBodyLimit::max(READ_BYTES)))
        .route(BLANK, get(blank))
        .route(CONFIRM, posting(confirm))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Done {
    new: Option<usize>,
    changed: usize,
    same: usize,
    closed: usize,
    overdue: usize,
}

async fn choose(visitor: Visitor, Query(done): Query<Done>) -> Result<Markup, Failure> {
    let head = html! {
        @if let Some(new) = done.new {
            (note(Tone::Done, &format!("新增{new}个问题，更新{}个，没有变化{}个。支部的手机联网以后就看到。", done.changed, done.same)))
            p { a href=(links::FINDINGS) { "看问题台账" } }
            @if done.closed > 0 {
                (note(Tone::Calm, &format!("其中{}个已经销号，没有动；问题又出现了，打开那个问题退回。", done.closed)))
            }
            @if done.overdue > 0 {
                (note(Tone::Calm, &format!("其中{}个的整改时限已经过了，照实记作逾期。", done.overdue)))
            }
        }
    };
    page(&visitor, &head)
}

fn page(visitor: &Visitor, head: &Markup) -> Result<Markup, Failure> {
    if !visitor.may_somewhere(Act::Raise) {
        return Err(Failure::NotHere);
    }
    let body = html! {
        (head)
        p { "一张表，一行一个问题。表头写：支部编号（或者支部、乡镇）、条目、存在问题、整改时限、问题来源。有一处错误就整张不导入；同一张表再导入一次，什么也不变。" }
        p { a href=(BLANK) { "下载空表" } "，照着填。" }
        (upload(visitor, TABLE, &html! {
            label.field { span.label { "问题清单文件（xlsx或CSV）" } input type="file" name="table" accept=".xlsx,.csv" required; }
            (submit("先看看"))
        }))
        p.muted { "先看看不会写进去；看过再确认。" }
    };
    Ok(frame::page(visitor, links::FINDINGS, "导入问题清单", &body))
}

async fn blank(visitor: Visitor) -> Result<Response, Failure> {
    if !visitor.may_somewhere(Act::Raise) {
        return Err(Failure::NotHere);
    }
    let table = findings::blank().map_err(|error| Failure::Machine(error.to_string()))?;
    Ok(download("问题清单空表.xlsx", XLSX, table))
}

#[derive(Deserialize)]
struct Nothing {}

async fn preview(
    State(desk): State<Desk>,
    Uploaded { visitor, form: Nothing {}, files }: Uploaded<Nothing>,
) -> Result<Response, Failure> {
    let Some(file) = files.into_iter().find(|file| !file.bytes.is_empty()) else {
        let page = page(&visitor, &note(Tone::Wrong, "没有选文件，或者文件是空的。"))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if file.bytes.len() > MOST_BYTES {
        return Err(Failure::TooLarge);
    }
    match read(&visitor, &desk, file.bytes.clone()).await? {
        Ok((found, notices, known)) => {
            let (whose, now) = (visitor.person.id, desk.clock.now_ms());
            let key = desk.waiting.keep(whose, Purpose::Findings, &file.name, file.bytes, now);
            Ok(shown(&visitor, &found, &notices, &known, &key).into_response())
        }
        Err(faults) => refused(&visitor, &faults),
    }
}

/// What the table says, of branches that its sender may write problems of; or everything that is wrong with it.
async fn read(
    visitor: &Visitor,
    desk: &Desk,
    bytes: Bytes,
) -> Result<Result<(Vec<Found>, Vec<String>, Known), Vec<Fault>>, Failure> {
    let known = Known::reached(&desk.database, &visitor.actor(), visitor.today).await?;
    let read = tokio::task::spawn_blocking(move || {
        let sheets = workbook::read(NAME, &bytes).map_err(|fault| vec![fault])?;
        let (found, notices) = findings::read(&sheets, &known, MISSING)?;
        Ok((found, notices, known))
    });
    read.await.map_err(|error| Failure::Machine(error.to_string()))
}

fn refused(visitor: &Visitor, faults: &[Fault]) -> Result<Response, Failure> {
    let head = html! {
        (note(Tone::Wrong, &format!("共{}处错误，什么也没有写入。改好再选一次。", faults.len())))
        ul { @for fault in faults.iter().take(SHOWN) { li { (fault.to_string()) } } }
        @if faults.len() > SHOWN { p { "先改前" (SHOWN) "处。" } }
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(visitor, &head)?).into_response())
}

fn shown(visitor: &Visitor, found: &[Found], notices: &[String], known: &Known, key: &str) -> Markup {
    let branch = |one: &Found| {
        html! {
            @if let Some(member) = known.tree.get(&one.branch) { (member.unit.name) } @else { (one.branch) }
        }
    };
    let item = |one: &Found| {
        let sector = known.tree.get(&one.branch).map(|member| &member.unit.sector);
        let list = sector.and_then(|sector| known.checklists.get(sector));
        let item = list.zip(one.item.as_ref()).and_then(|(list, item)| list.find(item));
        html! { @if let Some((number, _, item)) = item { "第" (number) "条 " (item.title) } }
    };
    let problem = |one: &Found| html! { (one.problem) };
    let due = |one: &Found| html! { @if let Some(day) = one.deadline { (dates::day(day, visitor.today)) } };
    let from = |one: &Found| html! { (one.source) };
    let columns = [
        Column { head: "支部", cell: &branch },
        Column { head: "条目", cell: &item },
        Column { head: "存在问题", cell: &problem },
        Column { head: "整改时限", cell: &due },
        Column { head: "问题来源", cell: &from },
    ];
    let first = found.get(..SHOWN.min(found.len())).unwrap_or_default();
    let body = html! {
        p { "这张表有" strong { (found.len()) } "个问题，还没有写进去。核对以后确认。" }
        @for notice in notices { (note(Tone::Calm, notice)) }
        (table(if found.len() > SHOWN { "前面的几行" } else { "全部" }, &columns, first))
        (post(visitor, CONFIRM, &html! {
            (hidden("table", key))
            (submit("确认导入，发给支部"))
        }))
        p { a href=(TABLE) { "不导入，重新选" } }
    };
    frame::page(visitor, links::FINDINGS, "看一看再导入", &body)
}

#[derive(Deserialize)]
struct Confirmed {
    table: String,
}

async fn confirm(
    State(desk): State<Desk>,
    Posted(visitor, form): Posted<Confirmed>,
) -> Result<Response, Failure> {
    let (whose, now) = (visitor.person.id, desk.clock.now_ms());
    // It stays: whoever confirms twice is told the same twice.
    let Some(file) = desk.waiting.get(whose, Purpose::Findings, &form.table, now) else {
        let text =
            "看过的那张表已经不在这里了（放了一个小时以上，或者服务重新启动过）。没有写进去，请重新选一次。";
        return Ok((StatusCode::CONFLICT, page(&visitor, &note(Tone::Wrong, text))?).into_response());
    };
    // Read again: branches may have moved or ended since it was looked at.
    let found = match read(&visitor, &desk, file.bytes).await? {
        Ok((found, ..)) => found,
        Err(faults) => return refused(&visitor, &faults),
    };
    match adding::add(&desk.database, &*desk.clock, &visitor.actor(), &found).await {
        Ok(Added { new, changed, same, closed, overdue, .. }) => {
            let counts = format!("new={new}&changed={changed}&same={same}&closed={closed}&overdue={overdue}");
            Ok(Redirect::to(&format!("{TABLE}?{counts}")).into_response())
        }
        Err(refusal) => {
            let head = note(Tone::Wrong, &told(refusal)?);
            Ok((StatusCode::CONFLICT, page(&visitor, &head)?).into_response())
        }
    }
}
