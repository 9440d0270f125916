//! Writing down a problem: once, for one branch or for several that are ticked.

use super::refused::told;
use crate::{
    domain::{BranchCode, answer::MAX_TEXT_CHARS, text},
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{
                Tone, area, checks, choice, filter, hidden, line, note, nothing, post, some_day_typed,
                submit, typed, typed_line,
            },
            links,
            posted::Posted,
            visitor::Visitor,
        },
        office::{
            mending::adding::{self, Added, Found, Known},
            people::Act,
            places::{self, Place},
            roster::Unit,
        },
        tables::items::find_item,
    },
};
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post as posting},
};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeSet;

const NEW: &str = "/desk/findings/new";
const WRITE: &str = "/desk/findings/write";

pub(super) fn routes() -> Router<Desk> {
    Router::new().route(NEW, get(form)).route(WRITE, posting(write))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    under: String,
    branch: Vec<String>,
    item: String,
    problem: String,
    due: String,
    source: String,
}

/// What is wrong with which field.
type Wrong = Option<(&'static str, String)>;

async fn form(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(typed): Query<Typed>,
) -> Result<Markup, Failure> {
    page(&visitor, &desk, &typed, None).await
}

async fn write(
    State(desk): State<Desk>,
    Posted(visitor, mut form): Posted<Typed>,
) -> Result<Response, Failure> {
    form.problem = typed(&form.problem);
    form.source = typed_line(&form.source);
    let found = match found(&visitor, &desk, &form).await? {
        Ok(found) => found,
        Err(wrong) => return refused(&visitor, &desk, &form, Some(wrong)).await,
    };
    match adding::raise(&desk.database, &*desk.clock, &visitor.actor(), &found).await {
        Ok(added) => {
            let under = links::escaped(&form.under);
            let Added { new, same, .. } = added;
            let address = format!("{}?under={under}&said=raised&count={new}&same={same}", links::FINDINGS);
            Ok(Redirect::to(&address).into_response())
        }
        Err(refusal) => {
            let told = told(refusal)?;
            refused(&visitor, &desk, &form, Some(("", told))).await
        }
    }
}

async fn refused(visitor: &Visitor, desk: &Desk, form: &Typed, wrong: Wrong) -> Result<Response, Failure> {
    let page = page(visitor, desk, form, wrong).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// What is meant, one for each branch; what is wrong with which field otherwise.
async fn found(
    visitor: &Visitor,
    desk: &Desk,
    form: &Typed,
) -> Result<Result<Vec<Found>, (&'static str, String)>, Failure> {
    let wrong = |field, text: &str| Ok(Err((field, text.to_owned())));
    if form.branch.is_empty() {
        return wrong("branch", "勾上是哪个支部，可以勾几个。");
    }
    if form.problem.is_empty() || text::fault(&form.problem, text::Kind::NOTE).is_some() {
        return wrong("problem", &format!("写清是什么问题，不超过{MAX_TEXT_CHARS}个字。"));
    }
    if text::fault(&form.source, text::Kind::NOTE).is_some() {
        return wrong("source", &format!("不超过{MAX_TEXT_CHARS}个字。"));
    }
    let deadline = match some_day_typed(&form.due) {
        Ok(deadline) => deadline,
        Err(text) => return wrong("due", &text),
    };
    let known = Known::reached(&desk.database, &visitor.actor(), visitor.today).await?;
    let mut found = Vec::new();
    for code in form.branch.iter().collect::<BTreeSet<_>>() {
        let branch = BranchCode::new(code.clone()).map_err(|_| Failure::NotHere)?;
        let unit = known.tree.get(&branch).map(|member| &member.unit).ok_or(Failure::NotHere)?;
        let item = match form.item.trim() {
            "" => None,
            text => match known.checklists.get(&unit.sector).and_then(|list| find_item(list, text)) {
                Some(item) => Some(item),
                None => {
                    let told = format!("{}的标准里没有“{text}”这一条：写第几条，或者条目编号。", unit.name);
                    return Ok(Err(("item", told)));
                }
            },
        };
        let (problem, source) = (form.problem.clone(), form.source.clone());
        found.push(Found { branch, item, problem, deadline, source });
    }
    Ok(Ok(found))
}

async fn page(visitor: &Visitor, desk: &Desk, form: &Typed, wrong: Wrong) -> Result<Markup, Failure> {
    let place =
        places::chosen(&desk.database, &visitor.person, Act::Raise, &form.under, visitor.today).await?;
    let place = place.ok_or(Failure::NotHere)?;
    let branches = places::branches(&desk.database, &place.unit).await?;
    let body = html! {
        (chosen(&place))
        @match branches {
            None => (nothing("支部太多，先在上面选一个乡镇、街道或者系统党(工)委。")),
            Some(branches) => (fields(visitor, &place, &branches, form, wrong.as_ref())),
        }
    };
    Ok(frame::page(visitor, links::FINDINGS, "写一个问题", &body))
}

fn chosen(place: &Place) -> Markup {
    let places: Vec<(String, String)> =
        place.all.iter().map(|unit| (unit.code.to_string(), unit.name.clone())).collect();
    filter(NEW, &choice("哪里的支部", "under", &places, place.unit.code.as_str()))
}

fn fields(
    visitor: &Visitor,
    place: &Place,
    branches: &[Unit],
    form: &Typed,
    wrong: Option<&(&'static str, String)>,
) -> Markup {
    let told = |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, text)| text.as_str());
    let named: Vec<(&str, &str)> =
        branches.iter().map(|branch| (branch.code.as_str(), branch.name.as_str())).collect();
    html! {
        @if let Some(text) = told("") { (note(Tone::Wrong, text)) }
        @if branches.is_empty() { (nothing("这里没有支部。")) }
        (post(visitor, WRITE, &html! {
            (hidden("under", place.unit.code.as_str()))
            (checks("哪些支部", "branch", &named, &form.branch, told("branch")))
            (area("存在问题", "problem", &form.problem, told("problem")))
            (line("第几条（可以不写）", "item", "text", &form.item, told("item")))
            (line("整改时限（可以不写；已经过了的照实写）", "due", "date", &form.due, told("due")))
            (line("问题来源，如11月县里检查（不写的，就是您的单位检查）", "source", "text", &form.source, told("source")))
            (submit("写好，发给支部"))
        }))
    }
}
