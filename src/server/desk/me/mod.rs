//! 我的: what one is entrusted with, the own password, and where one is signed in.

use super::{
    Desk, cookies, door,
    failure::Failure,
    frame,
    kit::{Column, Tone, grant as held, moment, note, password, post, submit, table},
    links,
    posted::{PASSWORD, Posted},
    visitor::Visitor,
};
use crate::server::{
    database::sessions::Session,
    host::{address::ClientAddress, random::SystemRandom},
    office::people::{
        listing,
        own_password::{self, Unset},
        passwords::MIN_CHARS,
        sessions,
    },
};
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post as posting},
};
use maud::{Markup, html};
use serde::Deserialize;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route(links::ME, get(me))
        .route(links::MY_PASSWORD, posting(change))
        .route(links::MY_SESSIONS, posting(end_others))
}

#[derive(Deserialize)]
struct Done {
    ended: Option<u64>,
}

async fn me(visitor: Visitor, State(desk): State<Desk>, Query(done): Query<Done>) -> Result<Markup, Failure> {
    page(&visitor, &desk, done.ended, None).await
}

async fn page(
    visitor: &Visitor,
    desk: &Desk,
    ended: Option<u64>,
    wrong: Option<(&str, &str)>,
) -> Result<Markup, Failure> {
    let open = sessions::of(&desk.database, &*desk.clock, &visitor.person).await?;
    let wrong = |field| wrong.filter(|(wrong, _)| *wrong == field).map(|(_, text)| text);
    let person = &visitor.person;
    let places = listing::places(&desk.database, &person.grants).await?;
    let begun = |one: &Session| html! { (moment(one.begun_at)) };
    let seen = |one: &Session| html! { (moment(one.seen_at)) };
    let is_here = |one: &Session| one.hash == visitor.session.hash;
    let place = |one: &Session| html! { @if is_here(one) { "就是这里" } @else { "别的地方" } };
    let columns = [
        Column { head: "登录时间", cell: &begun },
        Column { head: "最近使用", cell: &seen },
        Column { head: "哪里", cell: &place },
    ];
    let body = html! {
        @if let Some(ended) = ended { (note(Tone::Done, &format!("别的地方退出了，共{ended}处。"))) }
        p { (person.unit_name) "　" (person.name) "，登录名 " strong { (visitor.login) } "。" }
        p {
            "权限："
            @for (place, grant) in person.grants_on(visitor.today).enumerate() {
                @if place > 0 { "；" }
                (held(grant, &person.unit, &places, visitor.today))
            }
            "。要改，找本单位或者上级的管理员。"
        }
        h2 { "改密码" }
        p.muted { "至少" (MIN_CHARS) "个字，长就好，不要有姓名、登录名、单位的名称和编号。改了以后，所有地方都要用新密码重新登录。" }
        (post(visitor, links::MY_PASSWORD, &html! {
            (password("现在的密码", "password-now", "current-password", wrong("password-now")))
            (password("新密码", PASSWORD, "new-password", wrong(PASSWORD)))
            (password("再输一次", "password-again", "new-password", None))
            (submit("改密码"))
        }))
        h2 { "登录着的地方" }
        (table("在哪里登录着", &columns, &open))
        @if open.len() > 1 {
            (post(visitor, links::MY_SESSIONS, &html! { (submit("退出别的地方")) }))
        }
    };
    Ok(frame::page(visitor, links::ME, "我的", &body))
}

/// No password is kept while somebody signs in again: then the form comes empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Changed {
    #[serde(rename = "password-now")]
    now: String,
    password: String,
    #[serde(rename = "password-again")]
    again: String,
}

async fn change(
    State(desk): State<Desk>,
    from: ClientAddress,
    headers: HeaderMap,
    Posted(visitor, form): Posted<Changed>,
) -> Result<Response, Failure> {
    let is_empty = [&form.now, &form.password, &form.again].iter().all(|typed| typed.is_empty());
    let wrong = if is_empty {
        ("password-now", "密码不会留着，请在这里再填一次。".to_owned())
    } else if form.password == form.again {
        let tried = desk.tries.begin(from, &visitor.login, desk.clock.now_ms()).map_err(Failure::TooOften)?;
        let (database, clock, random) = (&desk.database, &*desk.clock, &mut SystemRandom);
        let (passwords, person) = (&desk.passwords, &visitor.person);
        match own_password::change(database, clock, random, passwords, person, &form.now, &form.password)
            .await
        {
            Ok(()) => {
                tried.was_right();
                return Ok(([cookies::forget(&headers)], Redirect::to(links::SIGN_IN)).into_response());
            }
            Err(Unset::Unfit(unfit)) => {
                tried.was_right();
                (PASSWORD, door::unfit(unfit))
            }
            Err(Unset::Wrong | Unset::Link(_)) => ("password-now", "密码不对。".to_owned()),
            Err(Unset::Unhashed(error)) => return Err(error.into()),
            Err(Unset::Database(error)) => return Err(error.into()),
        }
    } else {
        (PASSWORD, door::NOT_THE_SAME.to_owned())
    };
    let page = page(&visitor, &desk, None, Some((wrong.0, &wrong.1))).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

#[derive(Deserialize)]
struct Nothing {}

async fn end_others(
    State(desk): State<Desk>,
    Posted(visitor, Nothing {}): Posted<Nothing>,
) -> Result<Redirect, Failure> {
    let ended =
        sessions::end_others(&desk.database, &*desk.clock, &visitor.person, &visitor.session.hash).await?;
    Ok(Redirect::to(&format!("{}?ended={ended}", links::ME)))
}
