//! Everybody whose account one tends.

use super::super::{
    Desk,
    failure::Failure,
    frame,
    kit::{Column, Tone, filter, grant, line, note, nothing, pager, table},
    links,
    visitor::Visitor,
};
use crate::server::{
    database::Rows,
    office::people::listing::{self, Asked, Tended},
};
use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

/// So many stand on a page.
const SIZE: u32 = 50;

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    text: String,
    #[serde(default)]
    closed: String,
    /// What was done of somebody who is not in the list any more.
    #[serde(default)]
    done: String,
    #[serde(default)]
    page: String,
}

pub(super) async fn page(
    visitor: Visitor,
    State(desk): State<Desk>,
    Query(chosen): Query<Filter>,
) -> Result<Markup, Failure> {
    let number = chosen.page.parse().unwrap_or(1).clamp(1, 1_000_000);
    let rows = Rows { size: SIZE, after: (number - 1) * u64::from(SIZE) };
    let asked = Asked { text: &chosen.text, with_closed: !chosen.closed.is_empty(), rows };
    let (people, total) = listing::page(&desk.database, &*desk.clock, &visitor.person, asked).await?;
    let address = format!(
        "{}?text={}{}",
        links::PEOPLE,
        links::escaped(&chosen.text),
        if asked.with_closed { "&closed=1" } else { "" }
    );
    let body = html! {
        @if let Some(text) = super::one::told(&chosen.done) { (note(Tone::Done, text)) }
        p.acts {
            a.button href=(links::NEW_PERSON) { "开账号" }
            a.button.second href=(links::LEND) { "给外单位的人权限" }
        }
        (filter(links::PEOPLE, &html! {
            (line("姓名、登录名、单位", "text", "search", &chosen.text, None))
            label.check { input type="checkbox" name="closed" value="1" checked[asked.with_closed]; " 包括已经关了的" }
        }))
        @if people.is_empty() { (nothing("这里没有账号。点“开账号”给本单位或者下级的人开一个。")) }
        @else { (list(&visitor, &people)) (pager(total, number, u64::from(SIZE), &address)) }
    };
    Ok(frame::page(&visitor, links::PEOPLE, "人员", &body))
}

fn list(visitor: &Visitor, people: &[Tended]) -> Markup {
    let unit = |one: &Tended| html! { (one.account.unit_name) " " span.muted { (one.account.unit) } };
    let name = |one: &Tended| html! { a href=(links::person(one.account.id)) { (one.account.name) } };
    let post = |one: &Tended| html! { (one.account.post) };
    let login = |one: &Tended| html! { @if one.account.is_erased() {} @else if one.is_ours { (one.account.login) } @else { "外单位" } };
    let roles = |one: &Tended| {
        html! {
            @for (place, held) in one.grants.iter().enumerate() {
                @if place > 0 { "；" }
                (grant(held, &one.account.unit, &one.places, visitor.today))
            }
        }
    };
    let state = |one: &Tended| html! { (super::one::state(&one.account, visitor.today)) };
    let columns = [
        Column { head: "单位", cell: &unit },
        Column { head: "姓名", cell: &name },
        Column { head: "职务", cell: &post },
        Column { head: "登录名", cell: &login },
        Column { head: "权限", cell: &roles },
        Column { head: "状态", cell: &state },
    ];
    table("账号", &columns, people)
}
