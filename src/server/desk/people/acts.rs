//! What is done about an account: each asks one use case, and leads back to the account.

use super::{
    super::{
        Desk,
        failure::Failure,
        frame,
        kit::{confirm, some_day_typed},
        links,
        posted::{Posted, Proved},
        visitor::Visitor,
    },
    fault, id, invited,
    newcomer::Typed,
    one,
};
use crate::{
    domain::BranchCode,
    server::{
        database::accounts::Account,
        host::random::SystemRandom,
        office::people::{
            Grant, Role,
            accounts::{self, Newcomer, Refusal},
            listing, roles,
        },
    },
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Given {
    unit: String,
    role: String,
    #[serde(default)]
    until: String,
    /// How many entries the log had when the form was made.
    seen: Option<u64>,
}

/// What is told of a person, and what the form showed of it.
#[derive(Deserialize)]
pub(super) struct Changed {
    #[serde(flatten)]
    typed: Typed,
    #[serde(rename = "was-name")]
    name: Option<String>,
    #[serde(default, rename = "was-post")]
    post: String,
    #[serde(default, rename = "was-telephone")]
    telephone: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
pub(super) struct Linking {
    /// How many entries the log had when the form was made.
    seen: u64,
}

fn back(id: &str, done: &str) -> Redirect {
    Redirect::to(&format!("{}?done={done}", links::person(id)))
}

pub(super) async fn give(
    State(desk): State<Desk>,
    Path(account): Path<String>,
    Posted(visitor, form): Posted<Given>,
) -> Result<Response, Failure> {
    let to = id(&account)?;
    let tended = listing::one(&desk.database, &*desk.clock, &visitor.person, to).await?;
    let role = Role::of_word(&form.role).ok_or(Failure::Unreadable)?;
    let again = |wrong| {
        (StatusCode::UNPROCESSABLE_ENTITY, one::shown(&visitor, &tended, "", Some(wrong), None))
            .into_response()
    };
    let until = match some_day_typed(&form.until) {
        Ok(until) => until,
        Err(text) => return Ok(again(("until", &text))),
    };
    let Ok(unit) = BranchCode::new(form.unit.trim()) else {
        return Ok(again(("unit", "填单位的编号。")));
    };
    let (actor, grant) = (visitor.actor(), Grant { unit, role, until });
    match roles::grant(&desk.database, &*desk.clock, &actor, to, grant, form.seen).await {
        Ok(()) => Ok(back(&account, "given").into_response()),
        Err(refusal) => match fault(&refusal) {
            Some((field, text)) => Ok(again((field, &text))),
            None => Err(refusal.into()),
        },
    }
}

pub(super) async fn take_back(
    State(desk): State<Desk>,
    Path(account): Path<String>,
    Posted(visitor, form): Posted<Given>,
) -> Result<Redirect, Failure> {
    let unit = BranchCode::new(form.unit).map_err(|_| Failure::NotHere)?;
    let role = Role::of_word(&form.role).ok_or(Failure::Unreadable)?;
    let of = id(&account)?;
    roles::take_back(&desk.database, &*desk.clock, &visitor.actor(), of, &unit, role).await?;
    match listing::one(&desk.database, &*desk.clock, &visitor.person, of).await {
        Ok(_) => Ok(back(&account, "taken")),
        // Somebody of elsewhere, of whom nothing is left here.
        Err(Refusal::Nobody) => Ok(Redirect::to(&format!("{}?done=taken", links::PEOPLE))),
        Err(refusal) => Err(refusal.into()),
    }
}

pub(super) async fn link(
    State(desk): State<Desk>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Posted(visitor, Linking { seen }): Posted<Linking>,
) -> Result<Response, Failure> {
    let (random, of) = (&mut SystemRandom, id(&account)?);
    match accounts::link(&desk.database, &*desk.clock, random, &visitor.actor(), of, Some(seen)).await {
        Ok(made) => {
            let done = "做了一个新的链接，以前发的不能再用。";
            Ok(invited(&visitor, &headers, &made, "新的链接", done).into_response())
        }
        Err(Refusal::Stands(_)) => Ok(back(&account, "linked").into_response()),
        Err(refusal) => Err(refusal.into()),
    }
}

pub(super) async fn sign_out(
    State(desk): State<Desk>,
    Path(account): Path<String>,
    Posted(visitor, Nothing {}): Posted<Nothing>,
) -> Result<Redirect, Failure> {
    accounts::sign_out_everywhere(&desk.database, &*desk.clock, &visitor.actor(), id(&account)?).await?;
    Ok(back(&account, "out"))
}

pub(super) async fn change(
    State(desk): State<Desk>,
    Path(account): Path<String>,
    Posted(visitor, Changed { typed, name, post, telephone }): Posted<Changed>,
) -> Result<Response, Failure> {
    let of = id(&account)?;
    let tended = listing::one(&desk.database, &*desk.clock, &visitor.person, of).await?;
    let was = name.map(|name| Newcomer { name, post, telephone, ..Newcomer::default() });
    let (actor, told) = (visitor.actor(), typed.clone().into());
    match accounts::change(&desk.database, &*desk.clock, &actor, of, told, was).await {
        Ok(()) => Ok(back(&account, "changed").into_response()),
        Err(refusal) => match fault(&refusal) {
            Some((field, text)) => {
                let page = one::shown(&visitor, &tended, "", Some((field, &text)), Some(&typed));
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            None => Err(refusal.into()),
        },
    }
}

pub(super) async fn reopen(
    State(desk): State<Desk>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Posted(visitor, Nothing {}): Posted<Nothing>,
) -> Result<Response, Failure> {
    let (random, of) = (&mut SystemRandom, id(&account)?);
    let made = match accounts::reopen(&desk.database, &*desk.clock, random, &visitor.actor(), of).await {
        Ok(made) => made,
        Err(Refusal::Stands(_)) => return Ok(back(&account, "reopened").into_response()),
        Err(refusal) => return Err(refusal.into()),
    };
    let tended = listing::one(&desk.database, &*desk.clock, &visitor.person, of).await?;
    let done = format!("账号又开了，要用新的链接重新设密码。{}", one::after_reopening(&tended));
    Ok(invited(&visitor, &headers, &made, "账号又开了", &done).into_response())
}

/// Asks before an account is closed.
pub(super) async fn ask_close(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(account): Path<String>,
) -> Result<Response, Failure> {
    let words = Asking {
        act: "close",
        title: "关账号",
        ways: ("确定关账号", "不关"),
        can_be: |of| of.closed_at.is_none(),
        text: |name| {
            format!(
                "关掉{name}的账号：马上退出，不能再登录。办过的事还写着是谁办的。接手的人有了，用“交接给别人”，权限一起转过去。以后可以再开。"
            )
        },
    };
    ask(&visitor, &desk, &account, &words).await
}

/// What is asked before an act on an account.
struct Asking {
    /// As it stands in the address.
    act: &'static str,
    title: &'static str,
    /// What is written on yes and on no.
    ways: (&'static str, &'static str),
    /// Whether it can be done with an account; otherwise it is done, or over.
    can_be: fn(&Account) -> bool,
    /// What follows from it, for somebody with a unit.
    text: fn(&str) -> String,
}

async fn ask(visitor: &Visitor, desk: &Desk, account: &str, asking: &Asking) -> Result<Response, Failure> {
    let tended = listing::one(&desk.database, &*desk.clock, &visitor.person, id(account)?).await?;
    if !tended.is_ours {
        return Err(Failure::NotHere);
    }
    let (back, of) = (links::person(account), &tended.account);
    if !(asking.can_be)(of) {
        return Ok(Redirect::to(&back).into_response());
    }
    let text = (asking.text)(&format!("{}（{}）", of.name, of.unit_name));
    let to = format!("{back}/{}", asking.act);
    let body = confirm(visitor, &to, &html! {}, &text, asking.ways, &back);
    let title = format!("{}：{}", asking.title, of.name);
    Ok(frame::page(visitor, links::PEOPLE, &title, &body).into_response())
}

pub(super) async fn close(
    State(desk): State<Desk>,
    Path(account): Path<String>,
    Proved(visitor, Nothing {}): Proved<Nothing>,
) -> Result<Redirect, Failure> {
    accounts::close(&desk.database, &*desk.clock, &visitor.actor(), id(&account)?).await?;
    Ok(back(&account, "closed"))
}

/// Asks before it is erased who somebody is.
pub(super) async fn ask_erase(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(account): Path<String>,
) -> Result<Response, Failure> {
    let words = Asking {
        act: "erase",
        title: "抹去姓名",
        ways: ("确定抹去", "不抹去"),
        can_be: |of| of.closed_at.is_some() && !of.is_erased(),
        text: |name| {
            format!(
                "抹去{name}的姓名、职务、电话、登录名：找不回来，这个账号也不能再开。人员和记录里写“已删除的人员”，记录照样核对得上。办过的审核、销号上的署名是材料的一部分，不动。"
            )
        },
    };
    ask(&visitor, &desk, &account, &words).await
}

pub(super) async fn erase(
    State(desk): State<Desk>,
    Path(account): Path<String>,
    Proved(visitor, Nothing {}): Proved<Nothing>,
) -> Result<Redirect, Failure> {
    accounts::erase(&desk.database, &*desk.clock, &visitor.actor(), id(&account)?).await?;
    Ok(back(&account, "erased"))
}
