//! Setting the password by a link that was handed over.

use super::super::{
    Desk, door,
    failure::Failure,
    frame,
    kit::{Tone, hidden, note, password, submit},
    links,
    posted::{Open, PASSWORD},
};
use crate::server::{
    database::accounts::{Account, Welcome},
    host::random::SystemRandom,
    office::people::{
        Secret,
        own_password::{self, Unset},
        passwords::MIN_CHARS,
    },
};
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    link: String,
}

impl Link {
    fn secret(&self) -> Result<Secret, Unset> {
        Secret::read(&self.link).ok_or(Unset::Link(Welcome::Unknown))
    }
}

pub(super) async fn ask(State(desk): State<Desk>, Query(link): Query<Link>) -> Result<Response, Failure> {
    let found = match link.secret() {
        Ok(secret) => own_password::welcomed(&desk.database, &*desk.clock, &secret).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(account) => Ok(form(&account, &link.link, None).into_response()),
        Err(error) => no_good(error),
    }
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(flatten)]
    link: Link,
    password: String,
    #[serde(rename = "password-again")]
    again: String,
}

pub(super) async fn set(State(desk): State<Desk>, Open(chosen): Open<Chosen>) -> Result<Response, Failure> {
    let secret = match chosen.link.secret() {
        Ok(secret) => secret,
        Err(error) => return no_good(error),
    };
    let (database, clock) = (&desk.database, &*desk.clock);
    let known = match own_password::welcomed(database, clock, &secret).await {
        Ok(known) => known,
        Err(error) => return no_good(error),
    };
    let again = |wrong| {
        (StatusCode::UNPROCESSABLE_ENTITY, form(&known, &chosen.link.link, Some(wrong))).into_response()
    };
    if chosen.password != chosen.again {
        return Ok(again(door::NOT_THE_SAME));
    }
    let random = &mut SystemRandom;
    match own_password::set(database, clock, random, &desk.passwords, &secret, &chosen.password).await {
        Ok(account) => {
            let body = html! {
                (note(Tone::Done, "密码设好了，这个链接不能再用。"))
                p { "登录名是 " strong { (account.login) } "，以后就用它和刚才的密码登录。" }
                p.acts { a.button href=(links::SIGN_IN) { "去登录" } }
            };
            Ok(frame::open_page("欢迎", &body).into_response())
        }
        Err(Unset::Unfit(unfit)) => Ok(again(&door::unfit(unfit))),
        Err(error) => no_good(error),
    }
}

fn form(account: &Account, link: &str, wrong: Option<&str>) -> Markup {
    let body = html! {
        p { (account.unit_name) "　" (account.name) "，请设一个密码。" }
        p.muted { "至少" (MIN_CHARS) "个字，长就好，不必有大写和符号：一句自己记得住的话最好；不要有姓名、登录名、单位的名称和编号。登录名是 " strong { (account.login) } "。" }
        form.act method="post" action=(links::WELCOME) {
            (hidden("link", link))
            (password("密码", PASSWORD, "new-password", wrong))
            (password("再输一次", "password-again", "new-password", None))
            (submit("设好密码"))
        }
    };
    frame::open_page("欢迎", &body)
}

fn no_good(error: Unset) -> Result<Response, Failure> {
    let text = match error {
        Unset::Link(Welcome::Used) => {
            "这个链接已经用过了，或者后来又发了新的。设过密码的，直接登录；忘了密码，请管理员再发一个。"
        }
        Unset::Link(Welcome::Expired) => "这个链接过期了：发出来以后七天内有效。请管理员再发一个。",
        Unset::Link(_) | Unset::Wrong | Unset::Unfit(_) => {
            "这个链接不对：可能没有复制完整。把它整条复制过来再打开，或者请管理员再发一个。"
        }
        Unset::Unhashed(error) => return Err(error.into()),
        Unset::Database(error) => return Err(error.into()),
    };
    let body =
        html! { (note(Tone::Wrong, text)) p.acts { a.button.second href=(links::SIGN_IN) { "去登录" } } };
    Ok((StatusCode::NOT_FOUND, frame::open_page("链接不能用", &body)).into_response())
}
