//! 登录: signing in and out, setting the password by a link, and giving it once more.

mod welcome;

use super::{
    Desk, cookies, door,
    failure::Failure,
    links,
    posted::{Fields, Open, Posted},
    visitor::Visitor,
};
use crate::server::{
    host::{address::ClientAddress, random::SystemRandom},
    office::people::{
        Secret,
        sessions::{self, Refusal},
    },
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::Markup;
use serde::Deserialize;

/// What is said of a wrong name and of a wrong password alike.
const WRONG: &str = "登录名或者密码不对。";
/// Signing in would lead to the same page again and again.
const PLAIN_HTTP: &str = "这个网址不是https开头的，浏览器不会记住登录。请管服务器的人配好https再用；在服务器那台机器上，可以用http://127.0.0.1开头的网址。";
/// A form that waits goes along with the one for signing in, and may itself have been as large as forms are.
const MAX_BYTES: usize = 512 * 1024;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route(links::SIGN_IN, get(ask).post(sign_in))
        .route(links::PROOF, post(prove))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .route(links::SIGN_OUT, post(sign_out))
        .route(links::WELCOME, get(welcome::ask).post(welcome::set))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    done: String,
}

async fn ask(Query(Asked { next, done }): Query<Asked>) -> Markup {
    if done == "handed" { door::handed_over() } else { door::sign_in(&next, None, "", None) }
}

/// The first value of a field; nothing where there is none.
fn one<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

async fn sign_in(
    State(desk): State<Desk>,
    from: ClientAddress,
    headers: HeaderMap,
    Open(fields): Open<Fields>,
) -> Result<Response, Failure> {
    if !cookies::is_kept(&headers) {
        return Err(Failure::Refused(PLAIN_HTTP.to_owned()));
    }
    let (name, password) = (one(&fields, "login").to_owned(), one(&fields, "password").to_owned());
    let next = one(&fields, "next").to_owned();
    let kept = door::kept(&next, fields);
    let now = desk.clock.now_ms();
    let tried = desk.tries.begin(from, &sessions::login(&name), now).map_err(Failure::TooOften)?;
    let random = &mut SystemRandom;
    let secret = match sessions::sign_in(
        &desk.database,
        &*desk.clock,
        random,
        &desk.passwords,
        &name,
        &password,
    )
    .await
    {
        Ok(secret) => secret,
        Err(Refusal::Wrong) => {
            if tried.was_the_last() {
                note_barred(&desk, &name);
            }
            let page = door::sign_in(&next, kept.as_ref(), &name, Some(WRONG));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    tried.was_right();
    // Whoever sat here before is signed out.
    if let Some(before) = cookies::session(&headers) {
        sessions::sign_out(&desk.database, &*desk.clock, &before.hash()).await?;
    }
    let visitor = visitor(&desk, &secret).await?;
    let cookie = [cookies::keep(&secret, &headers)];
    Ok(match kept {
        Some(kept) => (cookie, door::carry_on(&visitor, &kept)).into_response(),
        None => {
            let next = links::inner(&next).filter(|next| *next != links::TODAY).unwrap_or(visitor.home());
            (cookie, Redirect::to(next)).into_response()
        }
    })
}

/// Notes it, if the name is somebody's. The answer does not wait for it: it would tell that it is.
fn note_barred(desk: &Desk, name: &str) {
    let (desk, name) = (desk.clone(), name.to_owned());
    tokio::spawn(async move {
        if let Err(error) = sessions::note_barred(&desk.database, &*desk.clock, &name).await {
            tracing::warn!(%error, "that signing in was barred was not noted");
        }
    });
}

async fn visitor(desk: &Desk, secret: &Secret) -> Result<Visitor, Failure> {
    let now = desk.clock.now_ms();
    let known = sessions::recognise(&desk.database, now, secret).await?;
    known.map(|known| Visitor::of(known, secret, now)).ok_or_else(|| Failure::signed_out(links::TODAY))
}

async fn prove(
    State(desk): State<Desk>,
    from: ClientAddress,
    Posted(visitor, fields): Posted<Fields>,
) -> Result<Response, Failure> {
    let password = one(&fields, "password").to_owned();
    let next = one(&fields, "next").to_owned();
    let kept = door::kept(&next, fields).ok_or(Failure::Unreadable)?;
    let tried = desk.tries.begin(from, &visitor.login, desk.clock.now_ms()).map_err(Failure::TooOften)?;
    let clock = &*desk.clock;
    match sessions::prove(&desk.database, clock, &desk.passwords, &visitor.login, &visitor.session, &password)
        .await
    {
        Ok(()) => {
            tried.was_right();
            Ok(door::carry_on(&visitor, &kept).into_response())
        }
        Err(Refusal::Wrong) => {
            let page = door::prove(&visitor, &kept, Some("密码不对。"));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign_out(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Posted(visitor, Nothing {}): Posted<Nothing>,
) -> Result<Response, Failure> {
    sessions::sign_out(&desk.database, &*desk.clock, &visitor.session.hash).await?;
    Ok(([cookies::forget(&headers)], Redirect::to(links::SIGN_IN)).into_response())
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong => Self::Refused(WRONG.to_owned()),
            Refusal::Unhashed(error) => error.into(),
            Refusal::Database(error) => error.into(),
        }
    }
}
