//! One account: who it is, what it is entrusted with, and what can be done about it.

use super::{
    super::{
        Desk,
        failure::Failure,
        frame,
        kit::{Column, Tone, choice, hidden, line, note, place, post, submit, table},
        links,
        visitor::Visitor,
    },
    newcomer::Typed,
    roles,
};
use crate::{
    server::{
        database::accounts::Account,
        office::people::{
            Grant, Role,
            listing::{self, Tended},
        },
    },
    words::dates::{day, moment},
};
use axum::extract::{Path, Query, State};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

pub(super) async fn page(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(id): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<Markup, Failure> {
    let tended = listing::one(&desk.database, &*desk.clock, &visitor.person, super::id(&id)?).await?;
    Ok(shown(&visitor, &tended, &done, None, None))
}

/// What was done, as the address tells it.
pub(super) fn told(done: &str) -> Option<&'static str> {
    Some(match done {
        "given" => "权限给了，马上有用。",
        "taken" => "权限收回了，马上没有用了。",
        "out" => "这个账号在所有地方都退出了。",
        "changed" => "改好了。",
        "closed" => "账号关了，已经退出，不能再登录；办过的事还写着是谁办的。",
        "erased" => "抹去了：姓名、职务、电话、登录名都没有了，这个账号不能再开。",
        "handed" => "交接好了：权限已经转到接手的人，原来的账号关了；待办的事是单位的，不用动。",
        "made" => "账号已经开好了，没有再开一个。设密码的链接只显示那一次；没有抄下来，就再发一个。",
        "linked" => {
            "链接刚才已经发了，没有再发一个：它只显示那一次。没有抄下来，就再发一个，先发的不能再用。"
        }
        "reopened" => "账号已经又开了。设密码的链接只显示那一次；没有抄下来，就再发一个。",
        _ => return None,
    })
}

/// How an account stands.
pub(super) fn state(account: &Account, today: Date) -> String {
    match (account.closed_at, account.has_password) {
        (Some(at), _) => format!("{}关", moment(at, today)),
        (None, true) => "在用".to_owned(),
        (None, false) => "还没有设密码".to_owned(),
    }
}

pub(super) fn shown(
    visitor: &Visitor,
    tended: &Tended,
    done: &str,
    wrong: Option<(&str, &str)>,
    typed: Option<&Typed>,
) -> Markup {
    let account = &tended.account;
    let is_open = account.closed_at.is_none();
    let address = links::person(account.id);
    let body = html! {
        @if let Some(text) = told(done) { (note(Tone::Done, text)) }
        dl.facts {
            dt { "单位" } dd { (account.unit_name) " " span.muted { (account.unit) } }
            @if !account.post.is_empty() { dt { "职务" } dd { (account.post) } }
            @if tended.is_ours {
                @if !account.telephone.is_empty() { dt { "电话" } dd { (account.telephone) } }
                @if !account.is_erased() { dt { "登录名" } dd { (account.login) } }
            }
            dt { "状态" } dd { (state(account, visitor.today)) }
        }
        h2 { "权限" }
        (held(visitor, &address, tended, is_open))
        @if is_open {
            h3 { "再给一个" }
            (give(visitor, &address, tended, wrong))
        }
        @if is_open && tended.is_ours {
            h2 { "账号" }
            div.acts {
                a.button href=(links::hand_over(account.id)) { "交接给别人" }
                (post(visitor, &format!("{address}/link"), &html! {
                    (hidden("seen", &tended.seen.to_string()))
                    button.second type="submit" { "再发一个设密码的链接" }
                }))
                (button(visitor, &format!("{address}/sign-out"), "让这个账号退出登录"))
                a.button.quiet href=(format!("{address}/close")) { "关账号…" }
            }
            h2 { "改资料" }
            (post(visitor, &format!("{address}/change"), &html! {
                (hidden("was-name", &account.name))
                (hidden("was-post", &account.post))
                (hidden("was-telephone", &account.telephone))
                (typed.cloned().unwrap_or_else(|| Typed::of(account)).about(wrong))
                (submit("改好"))
            }))
        }
        @if !is_open && tended.is_ours && !account.is_erased() {
            h2 { "账号" }
            p.muted { "人又回来了，可以再开，要重新设密码。" (after_reopening(tended)) }
            (button(visitor, &format!("{address}/reopen"), "再开这个账号"))
            h2 { "抹去姓名" }
            p.muted { "人调走了、不会再来，要求删去个人信息的，抹去姓名、职务、电话、登录名。抹去了就找不回来。" }
            p.acts { a.button.quiet href=(format!("{address}/erase")) { "抹去姓名…" } }
        }
    };
    frame::page(visitor, links::PEOPLE, &account.name, &body)
}

/// With what an account comes back: 交接 leaves nothing with it.
pub(super) fn after_reopening(tended: &Tended) -> &'static str {
    if tended.grants.is_empty() {
        "它没有权限了：交接的时候已经转给接手的人，或者收回了。再开以后要另给权限。"
    } else {
        "权限和关的时候一样。"
    }
}

fn button(visitor: &Visitor, action: &str, text: &str) -> Markup {
    post(visitor, action, &html! { button.second type="submit" { (text) } })
}

fn held(visitor: &Visitor, address: &str, tended: &Tended, is_open: bool) -> Markup {
    let role = |grant: &Grant| html! { (grant.role.term()) };
    let unit = |grant: &Grant| html! { (place(&grant.unit, &tended.places)) };
    let until = |grant: &Grant| html! { @match grant.until { Some(until) => (day(until, visitor.today)), None => "一直" } };
    let act = |grant: &Grant| {
        html! {
            @if is_open {
                (post(visitor, &format!("{address}/take-back"), &html! {
                    (hidden("unit", grant.unit.as_str()))
                    (hidden("role", grant.role.word()))
                    button.quiet type="submit" { "收回" }
                }))
            }
        }
    };
    let columns = [
        Column { head: "权限", cell: &role },
        Column { head: "在哪个单位和下面", cell: &unit },
        Column { head: "到哪一天", cell: &until },
        Column { head: "办理", cell: &act },
    ];
    table("现有的权限", &columns, &tended.grants)
}

fn give(visitor: &Visitor, address: &str, tended: &Tended, wrong: Option<(&str, &str)>) -> Markup {
    let of = |field: &str| wrong.filter(|(wrong, _)| *wrong == field).map(|(_, text)| text);
    let options: Vec<_> =
        roles().into_iter().map(|(word, text)| (word.to_owned(), text.to_owned())).collect();
    let fields = html! {
        (hidden("seen", &tended.seen.to_string()))
        (choice("权限", "role", &options, Role::Read.word()))
        @if let Some(wrong) = of("role") { span.wrong { (wrong) } }
        (line("在哪个单位（编号）", "unit", "text", tended.account.unit.as_str(), of("unit")))
        (line("到哪一天（不填就一直有）", "until", "date", "", of("until")))
        (submit("给权限"))
    };
    post(visitor, &format!("{address}/give"), &fields)
}
