//! All versions, and what is in one.

use super::{check::overview, modules, named};
use crate::{
    authoring::{Package, export},
    domain::Collection,
    protocol::PublishedDocument,
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Column, Tone, XLSX, download, note, nothing, table},
            links,
            visitor::Visitor,
        },
        office::{
            editions::{self, InUse, name},
            people::{Act, authority::must_for_all},
        },
    },
    words::{terms::whole_day, whole},
};
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use maud::{Markup, html};
use serde::Deserialize;

/// What was done just before.
#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

/// All versions.
pub(super) async fn all(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(done): Query<Done>,
) -> Result<Markup, Failure> {
    let versions = editions::all(&desk.database, &visitor.person, visitor.today).await?;
    let may_publish =
        must_for_all(&desk.database, &visitor.actor(), Act::Publish, visitor.today).await.is_ok();
    let modules = modules::section(&visitor, &desk, may_publish).await?;
    let in_force = versions.first().map(|first| first.edition.key.clone());
    let is_in_force = |one: &InUse| Some(&one.edition.key) == in_force.as_ref();
    let title = |one: &InUse| {
        html! { a href=(links::standard(&one.edition.key)) { (name(&one.edition.summary)) } }
    };
    let state = |one: &InUse| html! { @if is_in_force(one) { strong { "在用" } } @else { "以前的" } };
    let sectors = |one: &InUse| html! { (one.edition.summary.checklists.len()) "个" };
    let branches = |one: &InUse| html! { (one.branches) "个" };
    let differs = |one: &InUse| {
        html! {
            @if let (Some(newest), false) = (&in_force, is_in_force(one)) {
                a href=(links::standard_since(newest, &one.edition.key)) { "在用的和它比" }
            }
        }
    };
    let columns = [
        Column { head: "版本", cell: &title },
        Column { head: "用没用", cell: &state },
        Column { head: "领域", cell: &sectors },
        Column { head: "最近一份上报用这一版的支部", cell: &branches },
        Column { head: "变了什么", cell: &differs },
    ];
    let body = html! {
        @if done.done == "published" {
            (note(Tone::Done, "发布了。支部的手机联网以后会看到变了什么；正在填的留在原来的版本，由书记自己换。"))
        }
        @if done.done == "on" { (note(Tone::Done, "打开了。支部的手机下次联网就看得到。")) }
        @if done.done == "off" {
            (note(Tone::Done, "关上了。支部的手机下次联网就不再显示；填过的都留着，看得到，也能办完。"))
        }
        @if done.done == "same" { (note(Tone::Calm, "内容和在用的一版一样，什么也没有变。")) }
        @if versions.is_empty() {
            (nothing("还没有发布标准：上传一套，检查没有错误就能发布。"))
        } @else {
            (table("发布过的标准，新的在前", &columns, &versions))
        }
        @if may_publish {
            p.acts {
                a.button href=(links::STANDARDS_UPLOAD) { "上传新的一版" }
                a.button.second href=(links::STANDARDS_BLANK) { "下载空模板" }
            }
        }
        (modules)
    };
    Ok(frame::page(&visitor, links::STANDARDS, "标准", &body))
}

/// What is in a version.
pub(super) async fn one(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(key): Path<String>,
) -> Result<Markup, Failure> {
    let (published, before) = named(&desk, &key).await?;
    let first = published.checklists.first();
    let documents = |book| published.summary.documents.iter().filter(move |one| one.collection == book);
    let listed = |of: Vec<&PublishedDocument>, heading: &str| {
        html! {
            @if !of.is_empty() {
                h3 { (heading) "，" (of.len()) "件" }
                ol { @for document in of { li { (document.title) } } }
            }
        }
    };
    let body = html! {
        @if let Some(first) = first.filter(|first| !first.notice.is_empty()) { (note(Tone::Calm, &first.notice)) }
        p.acts {
            a.button href=(links::standard_items(&key)) { "看考核条目" }
            a.button.second href=(format!("{}/workbook", links::standard(&key))) { "下载工作簿" }
            @if !published.documents.is_empty() {
                a.button.second href=(format!("{}/booklet", links::standard(&key))) { "下载一编一册" }
            }
            @if let Some(before) = &before {
                a.button.second href=(links::standard_since(&key, &before.key)) { "和前一版比" }
            }
        }
        (overview(&published.checklists))
        @if let Some(first) = first {
            h2 { "考核周期" }
            ul {
                @for period in &first.periods {
                    li { (period.name) "：" (whole_day(period.starts)) "至" (whole_day(period.ends)) "，" (whole_day(period.submit_by)) "以前上报" }
                }
            }
            h2 { "等次" }
            ul { @for line in whole::lines(first) { li { (line) } } }
        }
        h2 { "一编一册" }
        p { "一册是手册，一编是制度汇编。下载的是一个 Word 文件，有封面、目录和页码，可以直接送去印。打开时问要不要更新目录，选“是”，页码就对了。" }
        (listed(documents(Collection::Handbook).collect(), "一册"))
        (listed(documents(Collection::Compilation).collect(), "一编"))
    };
    Ok(frame::page(&visitor, links::STANDARDS, &name(&published.summary), &body))
}

/// A version as a workbook to go on with.
pub(super) async fn workbook(
    _: Visitor,
    State(desk): State<Desk>,
    Path(key): Path<String>,
) -> Result<Response, Failure> {
    let (published, _) = named(&desk, &key).await?;
    let file = format!("{}{}.xlsx", published.summary.title, published.summary.version);
    let package = Package::from_published(published.checklists, published.documents);
    let sheets = package.and_then(|package| package.to_same_sheets()).ok_or_else(|| {
        let text = "这一版有写不进表格的内容，写成工作簿就不是原来的那一版了。从当初发布用的表格改起，并把这句话告诉维护的人。";
        Failure::Refused(text.into())
    })?;
    let bytes = export::workbook(&sheets).map_err(|error| Failure::Machine(error.to_string()))?;
    Ok(download(&file, XLSX, bytes))
}
