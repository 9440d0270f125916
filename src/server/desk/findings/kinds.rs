//! 归类: the kinds that a unit has, which of the ticked problems is of which, and what is found at many branches, as a suggestion.

use super::{list::UNSORT, refused::told};
use crate::{
    domain::{BranchCode, FindingId},
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Column, Tone, choice, filter, hidden, line, note, nothing, post, submit, table},
            links,
            posted::Posted,
            visitor::Visitor,
        },
        office::{
            mending::{
                items::Items,
                kinds::{self, Kind, KindId, Often, Sort},
            },
            people::Act,
            places,
        },
        tables::mending_ledger::{named, sort},
    },
    words::dates,
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

/// At so many branches something is suggested, unless another number is asked for.
const MANY: u32 = 3;
const MAKE: &str = "/desk/findings/kinds/make";
const END: &str = "/desk/findings/kinds/end";
const GIVE: &str = "/desk/findings/kinds/give";

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route(links::KINDS, get(all))
        .route(MAKE, posting(make))
        .route(END, posting(end))
        .route(GIVE, posting(give))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    under: String,
    many: String,
    said: String,
}

async fn all(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Failure> {
    let said = match asked.said.as_str() {
        "made" => "类别加好了。",
        "same" => "这个类别已经有了，没有变化。",
        "ended" => "这个类别不再用了；归过的还留着。",
        _ => "",
    };
    let head = html! { @if !said.is_empty() { (note(Tone::Done, said)) } };
    page(&visitor, &desk, &asked, &head, ("", None)).await
}

async fn page(
    visitor: &Visitor,
    desk: &Desk,
    asked: &Asked,
    head: &Markup,
    (name, wrong): (&str, Option<&str>),
) -> Result<Markup, Failure> {
    let (database, today) = (&desk.database, visitor.today);
    let place = places::chosen(database, &visitor.person, Act::See, &asked.under, today).await?;
    let place = place.ok_or(Failure::NotHere)?;
    let unit = &place.unit;
    let known = kinds::of_unit(database, &unit.code).await?;
    let many = asked.many.parse().unwrap_or(MANY).max(2);
    let often = kinds::often(database, &visitor.actor(), &unit.code, many, today).await?;
    let items = Items::read(database).await?;
    let is_keeper = visitor.person.reaches(Act::Rule, today).contains(&unit.code);
    let places: Vec<(String, String)> =
        place.all.iter().map(|unit| (unit.code.to_string(), unit.name.clone())).collect();
    let under = links::escaped(unit.code.as_str());
    let body = html! {
        (head)
        p { "类别是人归的，几年都能用；下面出现得多的只是提示。上级定的类别下级也能用。" }
        (filter(links::KINDS, &html! {
            (choice("党组织", "under", &places, unit.code.as_str()))
            (line("几个以上支部都有的", "many", "number", &many.to_string(), None))
        }))
        h2 { "类别" }
        @if known.is_empty() { (nothing("还没有类别。")) } @else { (shown(visitor, unit.code.as_str(), &known, is_keeper)) }
        @if is_keeper {
            h2 { "加一个类别" }
            (post(visitor, MAKE, &html! {
                (hidden("under", unit.code.as_str()))
                (line("名称", "name", "text", name, wrong))
                (choice("共性还是个性", "sort", &[("common".into(), "共性".into()), ("individual".into(), "个性".into())], "common"))
                (submit("加上"))
            }))
        }
        h2 { (many) "个以上支部都有的问题" }
        @if often.is_empty() { (nothing("没有这样的问题。")) } @else { (suggested(&often, &items, &under)) }
        p { a href=(format!("{}?under={under}", links::FINDINGS)) { "回到问题台账，勾上问题来归类" } }
    };
    Ok(frame::page(visitor, links::FINDINGS, "归类", &body))
}

fn shown(visitor: &Visitor, unit: &str, known: &[Kind], is_keeper: bool) -> Markup {
    let sorted = |kind: &Kind| html! { (sort(kind.sort)) };
    let name = |kind: &Kind| {
        html! {
            a href=(format!("{}?under={}&kind={}", links::FINDINGS, links::escaped(unit), kind.id.as_str())) { (kind.name) }
        }
    };
    let day = |date| dates::day(date, visitor.today);
    let since =
        |kind: &Kind| html! { (day(kind.made)) @if let Some(ended) = kind.ended { "至" (day(ended)) } };
    let whose = |kind: &Kind| {
        html! {
            @if kind.unit.as_str() != unit { "上级定的" }
            @else if is_keeper && kind.ended.is_none() {
                (post(visitor, END, &html! {
                    (hidden("under", unit)) (hidden("kind", kind.id.as_str()))
                    button.quiet type="submit" { "不再用" }
                }))
            }
        }
    };
    let columns = [
        Column { head: "共性、个性", cell: &sorted },
        Column { head: "名称", cell: &name },
        Column { head: "起止", cell: &since },
        Column { head: "办理", cell: &whose },
    ];
    table("类别", &columns, known)
}

fn suggested(often: &[Often], items: &Items, under: &str) -> Markup {
    let what = |one: &Often| {
        html! {
            @match &one.item {
                Some(item) => {
                    a href=(format!("{}?under={under}&item={}", links::FINDINGS, links::escaped(item.as_str()))) {
                        (named(items, &one.sector, Some(item)))
                        @if let Some(known) = items.find(&one.sector, item) { " " (known.item.title) }
                    }
                }
                None => (one.brief),
            }
        }
    };
    let sector =
        |one: &Often| html! { @if let Some(list) = items.in_force(&one.sector) { (list.sector_name) } };
    let branches = |one: &Often| html! { (one.branches) };
    let findings = |one: &Often| html! { (one.findings) };
    let columns = [
        Column { head: "领域", cell: &sector },
        Column { head: "条目或者问题", cell: &what },
        Column { head: "支部", cell: &branches },
        Column { head: "问题", cell: &findings },
    ];
    table("按领域和条目排", &columns, often)
}

#[derive(Debug, Deserialize)]
struct New {
    under: String,
    name: String,
    sort: String,
}

async fn make(State(desk): State<Desk>, Posted(visitor, form): Posted<New>) -> Result<Response, Failure> {
    let unit = BranchCode::new(form.under.clone()).map_err(|_| Failure::NotHere)?;
    let sort = match form.sort.as_str() {
        "common" => Sort::Common,
        "individual" => Sort::Individual,
        _ => return Err(Failure::Unreadable),
    };
    let made = kinds::make(&desk.database, &*desk.clock, &visitor.actor(), &unit, &form.name, sort).await;
    match made {
        Ok(is_new) => {
            let said = if is_new { "made" } else { "same" };
            Ok(back(&form.under, said).into_response())
        }
        Err(refusal) => {
            let wrong = told(refusal)?;
            let asked = Asked { under: form.under, ..Asked::default() };
            let page = page(&visitor, &desk, &asked, &html! {}, (&form.name, Some(&wrong))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn back(under: &str, said: &str) -> Redirect {
    Redirect::to(&format!("{}?under={}&said={said}", links::KINDS, links::escaped(under)))
}

#[derive(Debug, Deserialize)]
struct Ended {
    under: String,
    kind: String,
}

async fn end(State(desk): State<Desk>, Posted(visitor, form): Posted<Ended>) -> Result<Redirect, Failure> {
    let unit = BranchCode::new(form.under.clone()).map_err(|_| Failure::NotHere)?;
    let kind = KindId::read(&form.kind);
    kinds::end(&desk.database, &*desk.clock, &visitor.actor(), &unit, &kind).await?;
    Ok(back(&form.under, "ended"))
}

#[derive(Debug, Deserialize)]
struct Given {
    #[serde(default)]
    finding: Vec<String>,
    kind: String,
    back: String,
}

async fn give(State(desk): State<Desk>, Posted(visitor, form): Posted<Given>) -> Result<Redirect, Failure> {
    let list = format!("{}?{}", links::FINDINGS, form.back);
    let list = links::inner(&list).ok_or(Failure::Unreadable)?;
    if form.finding.is_empty() {
        return Ok(Redirect::to(&format!("{list}&said=none")));
    }
    if form.kind.is_empty() {
        return Ok(Redirect::to(&format!("{list}&said=no_kind")));
    }
    let mut findings: BTreeSet<(BranchCode, FindingId)> = BTreeSet::new();
    for text in &form.finding {
        let (branch, finding) = text.split_once('/').ok_or(Failure::Unreadable)?;
        let branch = BranchCode::new(branch).map_err(|_| Failure::Unreadable)?;
        findings.insert((branch, finding.parse().map_err(|_| Failure::Unreadable)?));
    }
    let kind = (form.kind != UNSORT).then(|| KindId::read(&form.kind));
    let count = kinds::give(&desk.database, &*desk.clock, &visitor.actor(), &findings, kind.as_ref()).await?;
    let said = if kind.is_some() { "sorted" } else { "unsorted" };
    Ok(Redirect::to(&format!("{list}&said={said}&count={count}")))
}
