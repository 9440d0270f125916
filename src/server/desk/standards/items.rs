//! The items of a version, sector by sector: what is asked, how many points there are, and what counts. A sector's list is whole on one
//! page, so that it can be printed and handed out.

use super::named;
use crate::{
    authoring::burden,
    domain::{Aspect, Checklist, Item},
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Column, Tone, choice, filter, note, table},
            links,
            visitor::Visitor,
        },
        office::editions::name,
    },
    words::{standard, terms, whole},
};
use axum::extract::{Path, Query, State};
use maud::{Markup, html};
use serde::Deserialize;

/// Which sector.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    sector: String,
}

/// The items of a sector.
pub(super) async fn page(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(key): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Markup, Failure> {
    let (published, _) = named(&desk, &key).await?;
    let lists = &published.checklists;
    let chosen = lists.iter().find(|list| list.sector.as_str() == shown.sector).or_else(|| lists.first());
    let list = chosen.ok_or(Failure::NotHere)?;
    let sectors: Vec<(String, String)> =
        lists.iter().map(|list| (list.sector.to_string(), list.sector_name.clone())).collect();
    let body = html! {
        @if sectors.len() > 1 {
            (filter(&links::standard_items(&key), &choice("领域", "sector", &sectors, list.sector.as_str())))
        }
        p.acts { a href=(links::standard(&key)) { "回这一版" } }
        @if !list.notice.is_empty() { (note(Tone::Calm, &list.notice)) }
        p {
            (name(&published.summary)) "，" (list.sector_name) "，" (list.items().count()) "条"
            (whole::of_full(list)) "。填几处是上限：可不设、可无此事的也算在内。"
        }
        @for (first, aspect) in numbered(list) { (of_aspect(first, aspect, answers(list, aspect))) }
    };
    Ok(frame::page(&visitor, links::STANDARDS, &format!("考核条目：{}", list.sector_name), &body))
}

/// Each aspect with the number of its first item.
fn numbered(list: &Checklist) -> impl Iterator<Item = (usize, &Aspect)> {
    list.aspects.iter().scan(1, |next, aspect| {
        let first = *next;
        *next += aspect.items.len();
        Some((first, aspect))
    })
}

/// What an aspect adds to what a branch fills in, in the period that asks most.
fn answers(list: &Checklist, aspect: &Aspect) -> u32 {
    let alone = Checklist { aspects: vec![aspect.clone()], ..list.clone() };
    list.periods.iter().map(|period| burden::of_period(&alone, period).answers).max().unwrap_or_default()
}

fn of_aspect(first: usize, aspect: &Aspect, answers: u32) -> Markup {
    let rows: Vec<(usize, &Item)> = (first..).zip(&aspect.items).collect();
    let number = |row: &(usize, &Item)| html! { "第" (row.0) "条" };
    let asked = |(_, item): &(usize, &Item)| html! { strong { (item.title) } br; (item.requirement) };
    let points = |(_, item): &(usize, &Item)| {
        html! { @if item.only_takes() { "倒扣" } @else { (item.points()) "分" } }
    };
    let counts = |(_, item): &(usize, &Item)| html! { @for line in counts(item) { div { (line) } } };
    let columns = [
        Column { head: "条目", cell: &number },
        Column { head: "考核指标", cell: &asked },
        Column { head: "分值", cell: &points },
        Column { head: "支部答什么，怎么得分", cell: &counts },
    ];
    let (name, items, points) = (&aspect.name, aspect.items.len(), aspect.points());
    let caption = format!("{name}：{items}条，{points}分，支部一期最多填{answers}处");
    html! { @if !rows.is_empty() { div.long { (table(&caption, &columns, &rows)) } } }
}

/// What counts: how each part is scored, and whom it is not asked of.
fn counts(item: &Item) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(item.judged_above.then(|| "由上级评，支部不填。".to_owned()));
    lines.extend(standard::ways(item).map(str::to_owned));
    let several = item.parts.len() > 1;
    lines.extend((1..).zip(&item.parts).map(|(place, part)| {
        let number = if several { format!("（{place}）") } else { String::new() };
        let text = match part.text.as_str() {
            "" => String::new(),
            text => format!("{}：", terms::before_answer(text)),
        };
        format!("{number}{text}{}", standard::rule(part))
    }));
    let apart =
        [(item.may_be_absent, "可以答“本支部不设”。"), (item.may_not_occur, "可以答“本期没有此事”。")];
    lines.extend(apart.into_iter().filter(|(may, _)| *may).map(|(_, line)| line.to_owned()));
    lines.extend(item.limits.iter().map(|limit| {
        let kind = if limit.is_veto() { "一票否决" } else { "等次限制" };
        format!("{kind}：{}", limit.text)
    }));
    lines
}
