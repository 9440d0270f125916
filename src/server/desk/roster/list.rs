//! A unit with what lies right below it, or what below it is called so.

use super::{moves, named, words::marked};
use crate::{
    domain::{BranchCode, sector},
    protocol::Level,
    server::{
        database::{Listed, Rows},
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Column, Tone, filter, line, note, nothing, pager, table},
            links,
            visitor::Visitor,
        },
        office::{
            people::{Act, authority::must},
            roster::{
                Member, Unit,
                browsing::{self, Asked, Opened},
                moving,
            },
        },
        tables::roster::level_name,
    },
    words::dates::day,
};
use axum::extract::{Path, Query, State};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

/// So many rows a page has.
const ROWS: u32 = 50;

/// What of the list is shown, and what was done just before.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    q: String,
    #[serde(default)]
    ended: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    done: String,
}

/// The unit of the one role that somebody has, or all of those units.
pub(super) async fn entrance(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(shown): Query<Shown>,
) -> Result<Markup, Failure> {
    let reached = visitor.person.reaches(Act::See, visitor.today);
    if let [only] = &reached[..] {
        return page(&visitor, &desk, only, &shown).await;
    }
    if reached.is_empty() {
        return Err(Failure::NotHere);
    }
    let members = browsing::entrances(&desk.database, &reached).await?;
    let name = |member: &Member| html! { (link(&member.unit)) };
    let level = |member: &Member| html! { (level_name(member.unit.level)) };
    let columns = [Column { head: "名称", cell: &name }, Column { head: "层级", cell: &level }];
    let body = html! { (table("您管的党组织", &columns, &members)) };
    Ok(frame::page(&visitor, links::ROSTER, "名册", &body))
}

/// A unit.
pub(super) async fn unit(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(code): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Markup, Failure> {
    page(&visitor, &desk, &named(&code)?, &shown).await
}

async fn page(visitor: &Visitor, desk: &Desk, code: &BranchCode, shown: &Shown) -> Result<Markup, Failure> {
    let actor = visitor.actor();
    let opened = browsing::open(&desk.database, &actor, code, visitor.today).await?;
    let is_branch = opened.member.unit.level == Level::Branch;
    let has_ended = opened.member.ended.is_some();
    // What lay below a unit that has ended lies elsewhere since.
    let list = match is_branch || has_ended {
        true => html! {},
        false => below(visitor, desk, code, shown).await?,
    };
    let own: Vec<BranchCode> = opened.above.iter().rev().map(|unit| unit.code.clone()).collect();
    let may = |act| visitor.person.may(act, code, &own, visitor.today);
    let waits = if may(Act::Arrange) { moving::of_unit(&desk.database, code).await? } else { None };
    let sees_whole = match &opened.into {
        Some(whole) => must(&desk.database, &actor, Act::See, &whole.code, visitor.today).await.is_ok(),
        None => false,
    };
    let body = html! {
        @if let Some(text) = marked(&shown.done) { (note(Tone::Done, text)) }
        (facts(visitor, &opened, &own, sees_whole))
        @if let Some(waits) = &waits { (moves::waits(visitor, waits)) }
        p.acts {
            @if may(Act::Arrange) {
                a.button.second href=(links::unit_change(code)) { @if has_ended { "登记错了，恢复" } @else { "改名册" } }
            }
            @if is_branch && may(Act::See) {
                a.button.second href=(format!("{}?under={code}", links::REPORTS)) { "看上报" }
                a.button.second href=(format!("{}?under={code}", links::FINDINGS)) { "看问题" }
            }
            @if may(Act::Admit) && !has_ended && opened.member.off_system.is_none() {
                a.button.second href=(links::codes(code)) { "激活码和手机" }
            }
            @if may(Act::Arrange) && !is_branch && !has_ended {
                a.button.second href=(links::ROSTER_IMPORT) { "导入名册" }
                a.button.second href=(links::ROSTER_MERGE) { "合并" }
                a.button.second href=(links::MOVES) { "等答复的转隶" }
            }
        }
        (past(&opened, visitor.today))
        (list)
    };
    Ok(frame::page(visitor, links::ROSTER, &opened.member.unit.name, &body))
}

fn link(unit: &Unit) -> Markup {
    html! { a href=(links::unit(&unit.code)) { (unit.name) } }
}

/// What is told of a unit itself.
fn facts(visitor: &Visitor, opened: &Opened, own: &[BranchCode], sees_whole: bool) -> Markup {
    let Opened { member, above, into, secretary, phones, .. } = opened;
    let (unit, today) = (&member.unit, visitor.today);
    let may_see = |place: usize| {
        let above = &own[own.len().saturating_sub(place)..];
        own.get(own.len().saturating_sub(place + 1))
            .is_some_and(|code| visitor.person.may(Act::See, code, above, visitor.today))
    };
    html! {
        dl.facts {
            dt { "编号" } dd { (unit.code) }
            dt { "层级" } dd { (level_name(unit.level)) }
            @if !unit.sector.is_empty() { dt { "领域" } dd { (sector::name(&unit.sector)) } }
            @if !above.is_empty() {
                dt { "隶属" }
                dd {
                    @for (place, unit) in above.iter().enumerate() {
                        @if place > 0 { " › " }
                        @if may_see(place) { (link(unit)) } @else { (unit.name) }
                    }
                }
            }
            dt { "电话" } dd { @if unit.telephone.is_empty() { "没有登记" } @else { (unit.telephone) } }
            @if let Some((name, on)) = secretary { dt { "书记" } dd { (name) "（" (day(*on, today)) "上报时写的）" } }
            dt { "起止" } dd {
                (lifetime(member, into.as_ref().map(|whole| &*whole.name), today))
                @if let Some(whole) = into && sees_whole { "，见" (link(whole)) }
            }
            @if let Some(since) = member.off_system {
                dt { "用不用本系统" } dd { "从" (day(since, today)) "起不用，在纸上自查" }
            }
            @if unit.level == Level::Branch && member.off_system.is_none() { dt { "手机" } dd { (phones) "部在用" } }
        }
    }
}

fn lifetime(member: &Member, into: Option<&str>, today: Date) -> String {
    let since = member.since.map(|since| format!("{}起", day(since, today)));
    let ended = member.ended.as_ref().map(|ended| match into {
        Some(whole) => format!("{}并入{whole}", day(ended.on, today)),
        None => format!("{}撤销", day(ended.on, today)),
    });
    match (since, ended) {
        (None, None) => "一直在".into(),
        (since, ended) => since.into_iter().chain(ended).collect::<Vec<_>>().join("，"),
    }
}

/// What it was called, and what it stood under, before.
fn past(opened: &Opened, today: Date) -> Markup {
    html! {
        @if !opened.past.is_empty() {
            h2 { "以前" }
            ul {
                @for past in opened.past.iter().rev() {
                    li {
                        (day(past.until, today)) "以前：" (past.name)
                        @if let Some(above) = &past.above { "，属" (above) }
                    }
                }
            }
        }
    }
}

async fn below(visitor: &Visitor, desk: &Desk, code: &BranchCode, shown: &Shown) -> Result<Markup, Failure> {
    let number = shown.page.parse::<u32>().unwrap_or(1).max(1);
    let with_ended = !shown.ended.is_empty();
    let rows = Rows { size: ROWS, after: u64::from(number - 1) * u64::from(ROWS) };
    let asked = Asked { text: &shown.q, with_ended, rows };
    let (listed, total) =
        browsing::level(&desk.database, &visitor.actor(), code, asked, visitor.today).await?;
    let address = links::unit(code);
    let name = |one: &Listed| link(&one.member.unit);
    let level = |one: &Listed| html! { (level_name(one.member.unit.level)) };
    let sector = |one: &Listed| html! { (sector::name(&one.member.unit.sector)) };
    let unit_code = |one: &Listed| html! { (one.member.unit.code) };
    let telephone = |one: &Listed| html! { (one.member.unit.telephone) };
    let below = |one: &Listed| html! { @if one.member.unit.level != Level::Branch { (one.below) "个" } };
    let state = |one: &Listed| {
        html! {
            @if one.member.off_system.is_some() { "不用本系统" }
            @if one.member.since.is_some() || one.member.ended.is_some() { " " (lifetime(&one.member, one.into.as_deref(), visitor.today)) }
        }
    };
    let columns = [
        Column { head: "编号", cell: &unit_code },
        Column { head: "名称", cell: &name },
        Column { head: "层级", cell: &level },
        Column { head: "领域", cell: &sector },
        Column { head: "电话", cell: &telephone },
        Column { head: "下级", cell: &below },
        Column { head: "起止", cell: &state },
    ];
    let fields = html! {
        (line("名称或编号", "q", "search", &shown.q, None))
        label { input type="checkbox" name="ended" value="1" checked[with_ended]; " 已经撤销、合并的也列" }
    };
    let query =
        format!("{address}?q={}&ended={}", links::escaped(&shown.q), if with_ended { "1" } else { "" });
    let is_search = !shown.q.trim().is_empty();
    Ok(html! {
        h2 { @if is_search { "找到的" } @else { "下一级" } }
        (filter(&address, &fields))
        @if listed.is_empty() {
            (nothing(if is_search { "没有找到：换一个词，或者只写名称里的一两个字。" } else { "下面还没有党组织：导入名册就有了。" }))
        } @else {
            (table(if is_search { "名称或编号对得上的" } else { "直接的下级" }, &columns, &listed))
            (pager(total, u64::from(number), u64::from(ROWS), &query))
        }
    })
}
