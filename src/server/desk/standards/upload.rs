//! A new version: the author's workbook is checked, what it asks and what speaks against it is shown, and it is published once that was
//! confirmed.

use super::check::{burden, changes, overview};
use crate::{
    authoring::{self, Package, export, idle, source, template},
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Column, Tone, XLSX, download, faults, hidden, note, post, submit, table, upload},
            links,
            posted::{Proved, Uploaded},
            visitor::Visitor,
            waiting::{File, Purpose},
        },
        office::{
            burden::report,
            editions::name,
            people::{Act, authority::must_for_all},
            publishing::{self, Confirmed, Objection, PeriodLeftOut, Refusal},
        },
    },
    sheets::{Fault, Sheet},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

/// Only who is entrusted with the whole tree publishes: a standard holds for everybody.
async fn must_publish(visitor: &Visitor, desk: &Desk) -> Result<(), Failure> {
    must_for_all(&desk.database, &visitor.actor(), Act::Publish, visitor.today).await?;
    Ok(())
}

/// The blank workbook.
pub(super) async fn blank(visitor: Visitor, State(desk): State<Desk>) -> Result<Response, Failure> {
    must_publish(&visitor, &desk).await?;
    let bytes = export::workbook(&template::sheets()).map_err(|error| Failure::Machine(error.to_string()))?;
    Ok(download("标准模板.xlsx", XLSX, bytes))
}

/// The form for a workbook.
pub(super) async fn form(visitor: Visitor, State(desk): State<Desk>) -> Result<Markup, Failure> {
    must_publish(&visitor, &desk).await?;
    Ok(asked(&visitor, &html! {}))
}

fn asked(visitor: &Visitor, above: &Markup) -> Markup {
    let body = html! {
        (above)
        p {
            "标准是一个 xlsx：条目、分值、依据、手册、制度都在里面。从空模板写起，或者从在用的一版改起。先检查，把不对的地方一次列全；"
            "没有错误的，再看要支部填多少、和在用的一版有什么冲突，看过点了“发布”才用这一版。"
        }
        p.acts { a.button.second href=(links::STANDARDS_BLANK) { "下载空模板" } }
        (upload(visitor, links::STANDARDS_UPLOAD, &html! {
            label.field { span.label { "标准的工作簿" } input type="file" name="file" required accept=".xlsx"; }
            (submit("检查"))
        }))
    };
    frame::page(visitor, links::STANDARDS, "上传新的一版", &body)
}

/// A standard that was read without a fault.
struct Checked {
    package: Package,
    sheets: Vec<Sheet>,
    notices: Vec<String>,
}

/// Reads and checks a workbook, beside those who wait for pages: a large one takes a while.
async fn checked(bytes: Bytes) -> Result<Result<Checked, Vec<Fault>>, Failure> {
    let check = move || {
        let files = [source::File { name: "标准".into(), bytes: bytes.to_vec() }];
        let sheets = source::sheets(&files)?;
        let (package, notices) = authoring::told(&sheets)?;
        Ok(Checked { package, sheets, notices })
    };
    tokio::task::spawn_blocking(check).await.map_err(|error| Failure::Machine(error.to_string()))
}

/// Takes the workbook, and leads to what it asks; one with faults is not kept.
pub(super) async fn look(
    State(desk): State<Desk>,
    Uploaded { visitor, files, .. }: Uploaded<Nothing>,
) -> Result<Response, Failure> {
    must_publish(&visitor, &desk).await?;
    let again =
        |above: Markup| Ok((StatusCode::UNPROCESSABLE_ENTITY, asked(&visitor, &above)).into_response());
    let Some(file) = files.into_iter().find(|file| file.field == "file") else {
        return again(note(Tone::Wrong, "还没有选文件。"));
    };
    match checked(file.bytes.clone()).await? {
        Err(found) => again(faults(&file.name, &found)),
        Ok(_) => {
            let (id, now) = (visitor.person.id, desk.clock.now_ms());
            let key = desk.waiting.keep(id, Purpose::Standard, &file.name, file.bytes, now);
            Ok(Redirect::to(&format!("{}/{key}", links::STANDARDS_UPLOAD)).into_response())
        }
    }
}

/// Nothing but the file is sent.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// What the workbook that waits asks, and what speaks against it.
pub(super) async fn looked_at(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(key): Path<String>,
) -> Result<Response, Failure> {
    must_publish(&visitor, &desk).await?;
    let file = waiting(&visitor, &desk, &key)?;
    shown(&visitor, &desk, &file, (StatusCode::OK, None)).await
}

fn waiting(visitor: &Visitor, desk: &Desk, key: &str) -> Result<File, Failure> {
    let file = desk.waiting.get(visitor.person.id, Purpose::Standard, key, desk.clock.now_ms());
    file.ok_or_else(|| Failure::Refused("这个文件等得太久，或者已经发布过了。回到“标准”重新上传。".into()))
}

async fn shown(
    visitor: &Visitor,
    desk: &Desk,
    file: &File,
    (status, told): (StatusCode, Option<&str>),
) -> Result<Response, Failure> {
    let Checked { package, sheets, notices } = match checked(file.bytes.clone()).await? {
        Ok(checked) => checked,
        Err(found) => {
            let page = asked(visitor, &faults(&file.name, &found));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let in_force = desk.database.version_in_force().await?;
    let before = in_force.as_ref().map(|published| published.checklists.as_slice());
    let asks = report(Some(&desk.database), &package.checklists, before).await?;
    let objections = publishing::objections(&desk.database, &*desk.clock, &package).await.map_err(failed)?;
    let is_barred = objections.contains(&Objection::VersionTaken)
        || package.standard.id.as_str() == template::TEMPLATE_ID;
    let idle = idle::limits(&package, &sheets);
    let hints: Vec<String> = notices.into_iter().chain(idle.iter().map(ToString::to_string)).collect();
    let body = html! {
        @if let Some(text) = told { (note(Tone::Wrong, text)) }
        p { "文件“" (file.name) "”没有错误：《" (package.standard.title) "》" (package.standard.version) "。还没有发布。" }
        @if let Some(published) = &in_force { p { "在用的是" (name(&published.summary)) "。" } }
        (overview(&package.checklists))
        @if let Some(published) = &in_force {
            (changes((&published.checklists, &published.documents), (&package.checklists, &package.documents)))
        }
        (burden(&asks, &package.checklists))
        @if !hints.is_empty() {
            h2 { "提示" }
            ul { @for hint in &hints { li { (hint) } } }
        }
        h2 { "发布" }
        @if package.standard.id.as_str() == template::TEMPLATE_ID {
            (note(Tone::Wrong, "“标准编号”还是模板里的，换成自己的才能发布；里面的例子也要换掉。"))
        }
        (post(visitor, &format!("{}/{}", links::STANDARDS_UPLOAD, file.key), &html! {
            (hidden("over", &in_force.map(|published| name(&published.summary)).unwrap_or_default()))
            @for objection in &objections { (objected(objection, &package, &sheets)) }
            @if is_barred {
                p { "改好以后重新上传。" }
            } @else {
                p { "发布以后，所有支部的手机联网就收到这一版；发布过的版本不再变，要改就再发布新的一版。" }
                (submit("发布"))
            }
        }))
        p { a href=(links::STANDARDS_UPLOAD) { "不发布，换一个文件" } }
    };
    let title = "检查过了：要支部填多少，和在用的一版有没有冲突";
    Ok((status, frame::page(visitor, links::STANDARDS, title, &body)).into_response())
}

/// What speaks against it, with the box that confirms it, if it can be.
fn objected(objection: &Objection, package: &Package, sheets: &[Sheet]) -> Markup {
    let confirm = |name: &str, text: &str| {
        html! { label { input type="checkbox" name=(name) value="yes"; " " (text) } }
    };
    match objection {
        Objection::VersionTaken => {
            let version = &package.standard.version;
            let text = format!(
                "版本“{version}”已经发布过，内容不一样：在“标准”表里换一个版本，手机和上级靠它分清是哪一版。"
            );
            note(Tone::Wrong, &text)
        }
        Objection::SectorsLeftOut(gone) => {
            let gone: Vec<String> =
                gone.iter().map(|gone| format!("{}（{}个支部）", gone.name, gone.branches)).collect();
            html! {
                (note(Tone::Calm, &format!("这一版里没有{}，这些支部就没有标准可用。", gone.join("、"))))
                (confirm("fewer_sectors", "确实不要这些领域了"))
            }
        }
        Objection::PeriodsLeftOut(gone) => {
            let gone: Vec<String> = gone.iter().map(period).collect();
            html! {
                (note(Tone::Calm, &format!("这一版里没有正在用的考核周期{}。", gone.join("、"))))
                (confirm("without_period", "确实不要这些考核周期了"))
            }
        }
        Objection::ItemsReused(items) => {
            let found: Vec<Fault> = items
                .iter()
                .map(|item| item.fault(sheets, "换一个没有用过的编号；确实是同一个条目，在下面打勾"))
                .collect();
            let place = |fault: &Fault| html! { @if let Some(row) = fault.row { "“" (fault.sheet) "”表第" (row) "行" } };
            let problem = |fault: &Fault| html! { (fault.problem) };
            let remedy = |fault: &Fault| html! { (fault.remedy) };
            let columns = [
                Column { head: "哪里", cell: &place },
                Column { head: "怎么了", cell: &problem },
                Column { head: "怎么办", cell: &remedy },
            ];
            html! {
                (table("这些编号以前发布给了别的条目", &columns, &found[..found.len().min(100)]))
                (confirm("same_item", "这些还是同一个条目，只是改写了或者换了方面"))
            }
        }
    }
}

/// 2026-H2“下半年”（2026-06-01至2026-11-30，已经有3个支部上报）
fn period(PeriodLeftOut { period, reports }: &PeriodLeftOut) -> String {
    let told = match reports {
        0 => "还没有支部上报".to_owned(),
        reports => format!("已经有{reports}个支部上报"),
    };
    format!("{}“{}”（{}至{}，{told}）", period.id, period.name, period.starts, period.ends)
}

/// What is confirmed.
#[derive(Deserialize)]
pub(super) struct Yes {
    #[serde(default)]
    over: String,
    #[serde(default)]
    same_item: String,
    #[serde(default)]
    fewer_sectors: String,
    #[serde(default)]
    without_period: String,
}

/// Publishes it, if it is still over the version that was looked at.
pub(super) async fn publish(
    State(desk): State<Desk>,
    Path(key): Path<String>,
    Proved(visitor, yes): Proved<Yes>,
) -> Result<Response, Failure> {
    must_publish(&visitor, &desk).await?;
    let file = waiting(&visitor, &desk, &key)?;
    let in_force =
        desk.database.editions().await?.first().map(|edition| name(&edition.summary)).unwrap_or_default();
    if in_force != yes.over {
        if let Ok(Checked { package, .. }) = checked(file.bytes.clone()).await?
            && publishing::is_in_force(&desk.database, &package).await.map_err(failed)?
        {
            return Ok(put("published"));
        }
        let text = format!(
            "您看的时候，另外有人发布了{in_force}。什么也没有发布；下面是现在的情况，看过再点“发布”。"
        );
        return shown(&visitor, &desk, &file, (StatusCode::CONFLICT, Some(&text))).await;
    }
    let package = match checked(file.bytes.clone()).await? {
        Ok(checked) => checked.package,
        Err(_) => return shown(&visitor, &desk, &file, (StatusCode::OK, None)).await,
    };
    let confirmed = Confirmed {
        same_item: yes.same_item == "yes",
        fewer_sectors: yes.fewer_sectors == "yes",
        without_period: yes.without_period == "yes",
        instead: false,
    };
    match publishing::publish(&desk.database, &*desk.clock, &visitor.actor(), &package, confirmed).await {
        Ok(done) => {
            // The file waits on, so that the form may come twice.
            Ok(put(if done.before.as_ref() == Some(&done.published) { "same" } else { "published" }))
        }
        Err(Refusal::Objected(_) | Refusal::Template) => {
            let text = "下面有没有确认的地方：改好重新上传，或者确认了打上勾再发布。";
            shown(&visitor, &desk, &file, (StatusCode::UNPROCESSABLE_ENTITY, Some(text))).await
        }
        Err(refusal) => Err(failed(refusal)),
    }
}

fn put(done: &str) -> Response {
    Redirect::to(&format!("{}?done={done}", links::STANDARDS)).into_response()
}

fn failed(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Denied(_) => Failure::NotHere,
        Refusal::Database(error) => Failure::Database(error),
        refusal => Failure::Machine(refusal.to_string()),
    }
}
