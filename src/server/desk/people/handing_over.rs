//! 交接: somebody else takes over, in one act.

use super::{
    super::{
        Desk,
        failure::Failure,
        frame,
        kit::{Tone, choice, hidden, note, post, submit},
        links,
        posted::Proved,
        visitor::Visitor,
    },
    fault, id, invited,
    newcomer::Typed,
};
use crate::server::{
    database::accounts::Account,
    host::random::SystemRandom,
    office::people::{
        accounts::Refusal,
        handing_over::{self, Successor},
        listing,
    },
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

/// To somebody who has an account (`to`), or to somebody new.
#[derive(Deserialize)]
pub(super) struct Form {
    #[serde(default)]
    to: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    post: String,
    #[serde(default)]
    telephone: String,
    #[serde(default)]
    login: String,
}

pub(super) async fn ask(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(account): Path<String>,
) -> Result<Response, Failure> {
    let account = found(&visitor, &desk, &account).await?;
    if account.closed_at.is_some() {
        return Ok(Redirect::to(&links::person(account.id)).into_response());
    }
    let others = listing::beside(&desk.database, &*desk.clock, &visitor.actor(), &account).await?;
    Ok(shown(&visitor, &account, &others, &Typed::default(), None).into_response())
}

async fn found(visitor: &Visitor, desk: &Desk, account: &str) -> Result<Account, Failure> {
    let tended = listing::one(&desk.database, &*desk.clock, &visitor.person, id(account)?).await?;
    if tended.is_ours { Ok(tended.account) } else { Err(Failure::NotHere) }
}

fn shown(
    visitor: &Visitor,
    account: &Account,
    others: &[Account],
    typed: &Typed,
    wrong: Option<(&str, &str)>,
) -> Markup {
    let address = links::hand_over(account.id);
    let options: Vec<(String, String)> = others
        .iter()
        .map(|other| (other.id.to_string(), format!("{}（{}）", other.name, other.login)))
        .collect();
    let body = html! {
        (note(Tone::Calm, &format!("交接以后，{}的权限转给接手的人，账号马上关掉、退出登录，不能再登录。待办的事是单位的，接手的人打开就有。", account.name)))
        @if let Some((_, text)) = wrong.filter(|(field, _)| ["role", "unit"].contains(field)) { span.wrong { (text) } }
        @if !options.is_empty() {
            h2 { "交给本单位已有账号的人" }
            (post(visitor, &address, &html! {
                (choice("接手的人", "to", &options, ""))
                (submit("交接"))
            }))
        }
        h2 { "交给还没有账号的人" }
        (post(visitor, &address, &html! {
            (hidden("to", ""))
            (typed.fields(wrong))
            (submit("开账号并交接"))
        }))
    };
    frame::page(visitor, links::PEOPLE, &format!("交接：{}", account.name), &body)
}

pub(super) async fn hand_over(
    State(desk): State<Desk>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Proved(visitor, form): Proved<Form>,
) -> Result<Response, Failure> {
    let from = found(&visitor, &desk, &account).await?;
    let Form { to, name, post, telephone, login } = form;
    let typed = Typed { name, post, telephone, login };
    let to = match to.as_str() {
        "" => Successor::New(typed.clone().into()),
        known => Successor::Known(id(known)?),
    };
    let actor = visitor.actor();
    let random = &mut SystemRandom;
    match handing_over::hand_over(&desk.database, &*desk.clock, random, &actor, id(&account)?, to).await {
        Ok(Some(made)) => {
            let done = format!("交接好了：{}的权限已经转给{}，账号关了。", from.name, typed.name.trim());
            Ok(invited(&visitor, &headers, &made, "交接好了", &done).into_response())
        }
        Ok(None) | Err(Refusal::Stands(_)) => {
            // Whoever hands over the own work is signed out with it.
            let to = match from.id == visitor.person.id.0 {
                true => format!("{}?done=handed", links::SIGN_IN),
                false => format!("{}?done=handed", links::person(from.id)),
            };
            Ok(Redirect::to(&to).into_response())
        }
        Err(refusal) => match fault(&refusal) {
            Some((field, text)) => {
                let others = listing::beside(&desk.database, &*desk.clock, &actor, &from).await?;
                let page = shown(&visitor, &from, &others, &typed, Some((field, &text)));
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            None => Err(refusal.into()),
        },
    }
}
