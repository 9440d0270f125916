//! A new account; and entrusting somebody of elsewhere with something here.

use super::{
    super::{
        Desk,
        failure::Failure,
        frame,
        kit::{checks, choice, day_typed, hidden, line, post, submit},
        links,
        posted::Posted,
        visitor::Visitor,
    },
    fault, invited, roles,
};
use crate::{
    domain::BranchCode,
    server::{
        database::accounts::Account,
        host::random::SystemRandom,
        office::{
            people::{
                Act, Grant, Role,
                accounts::{self, Newcomer, Refusal},
                roles as giving,
            },
            scope,
        },
    },
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

/// What is typed of somebody new.
#[derive(Deserialize, Default, Clone)]
pub(super) struct Typed {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) post: String,
    #[serde(default)]
    pub(super) telephone: String,
    #[serde(default)]
    pub(super) login: String,
}

impl From<Typed> for Newcomer {
    fn from(Typed { name, post, telephone, login }: Typed) -> Self {
        Self { name, post, telephone, login }
    }
}

impl Typed {
    /// As an account has it.
    pub(super) fn of(account: &Account) -> Self {
        let Account { name, post, telephone, .. } = account.clone();
        Self { name, post, telephone, login: String::new() }
    }

    /// The fields, with what is wrong with one of them.
    pub(super) fn fields(&self, wrong: Option<(&str, &str)>) -> Markup {
        let login = wrong.filter(|(field, _)| *field == "login").map(|(_, text)| text);
        html! { (self.about(wrong)) (line("登录名", "login", "text", &self.login, login)) }
    }

    /// Those that may be changed later on.
    pub(super) fn about(&self, wrong: Option<(&str, &str)>) -> Markup {
        let of = |field: &str| wrong.filter(|(wrong, _)| *wrong == field).map(|(_, text)| text);
        html! {
            (line("姓名", "name", "text", &self.name, of("name")))
            (line("职务（可以不填）", "post", "text", &self.post, of("post")))
            (line("电话（可以不填）", "telephone", "tel", &self.telephone, of("telephone")))
        }
    }
}

#[derive(Deserialize, Default)]
pub(super) struct Form {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    role: Vec<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    post: String,
    #[serde(default)]
    telephone: String,
    #[serde(default)]
    login: String,
}

impl Form {
    fn typed(&self) -> Typed {
        let Self { name, post, telephone, login, .. } = self;
        Typed { name: name.clone(), post: post.clone(), telephone: telephone.clone(), login: login.clone() }
    }
}

/// Only who tends accounts is shown how.
fn must_tend(visitor: &Visitor) -> Result<(), Failure> {
    if visitor.may_somewhere(Act::People) { Ok(()) } else { Err(Failure::NotHere) }
}

pub(super) async fn ask(visitor: Visitor) -> Result<Markup, Failure> {
    must_tend(&visitor)?;
    let form = Form { unit: visitor.person.unit.to_string(), ..Form::default() };
    Ok(shown(&visitor, &form, None))
}

fn shown(visitor: &Visitor, form: &Form, wrong: Option<(&str, &str)>) -> Markup {
    let of = |field: &str| wrong.filter(|(wrong, _)| *wrong == field).map(|(_, text)| text);
    let fields = html! {
        (line("单位（编号或者全称）", "unit", "text", &form.unit, of("unit")))
        (form.typed().fields(wrong))
        (checks("权限", "role", &roles(), &form.role, of("role")))
        (submit("开账号"))
    };
    frame::page(visitor, links::PEOPLE, "开账号", &post(visitor, links::NEW_PERSON, &fields))
}

/// The unit that is meant, as whoever asks may know of it.
async fn unit(desk: &Desk, text: &str) -> Result<Option<BranchCode>, Failure> {
    match scope::root(&desk.database, Some(text.trim())).await {
        Ok(unit) => Ok(unit.map(|unit| unit.code)),
        Err(scope::Refusal::Database(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// What is said of a unit that is none, or none of theirs.
const NO_UNIT: (&str, &str) = ("unit", "本单位和下级里没有这个单位，或者不止一个：填编号。");

pub(super) async fn add(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Posted(visitor, form): Posted<Form>,
) -> Result<Response, Failure> {
    must_tend(&visitor)?;
    let again =
        |wrong| (StatusCode::UNPROCESSABLE_ENTITY, shown(&visitor, &form, Some(wrong))).into_response();
    let Some(unit) = unit(&desk, &form.unit).await? else { return Ok(again(NO_UNIT)) };
    let roles = form.role.iter().filter_map(|word| Role::of_word(word)).collect();
    let (actor, newcomer) = (visitor.actor(), form.typed().into());
    let random = &mut SystemRandom;
    match accounts::add(&desk.database, &*desk.clock, random, &actor, &unit, newcomer, &roles).await {
        Ok(made) => {
            let done = format!("给{}开了账号。", form.name.trim());
            Ok(invited(&visitor, &headers, &made, "账号开好了", &done).into_response())
        }
        Err(Refusal::Stands(of)) => {
            Ok(Redirect::to(&format!("{}?done=made", links::person(of.0))).into_response())
        }
        Err(Refusal::Denied(_)) => Ok(again(NO_UNIT)),
        Err(refusal) => match fault(&refusal) {
            Some((field, text)) => Ok(again((field, &text))),
            None => Err(refusal.into()),
        },
    }
}

#[derive(Deserialize, Default)]
pub(super) struct Lent {
    #[serde(default)]
    login: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    until: String,
    /// How many entries the log had when the form was made.
    seen: Option<u64>,
}

pub(super) async fn ask_lent(visitor: Visitor, State(desk): State<Desk>) -> Result<Markup, Failure> {
    must_tend(&visitor)?;
    let unit = visitor.person.unit.to_string();
    let seen = Some(desk.database.newest_entry().await?);
    let form = Lent { unit, role: Role::Inspect.word().into(), seen, ..Lent::default() };
    Ok(shown_lent(&visitor, &form, None))
}

fn shown_lent(visitor: &Visitor, form: &Lent, wrong: Option<(&str, &str)>) -> Markup {
    let of = |field: &str| wrong.filter(|(wrong, _)| *wrong == field).map(|(_, text)| text);
    let options: Vec<_> =
        roles().into_iter().map(|(word, text)| (word.to_owned(), text.to_owned())).collect();
    let fields = html! {
        @if let Some(seen) = form.seen { (hidden("seen", &seen.to_string())) }
        (line("对方的登录名", "login", "text", &form.login, of("login")))
        (line("在哪个单位（编号或者全称）", "unit", "text", &form.unit, of("unit")))
        (choice("权限", "role", &options, &form.role))
        @if let Some(wrong) = of("role") { span.wrong { (wrong) } }
        (line("到哪一天（当天还有）", "until", "date", &form.until, of("until")))
        (submit("给权限"))
    };
    let body = html! {
        p.muted { "外单位的人有自己的账号，比如从别的县抽来的考核组成员。这里给的权限只在填的单位和它下面有用，到期自己就没有了。" }
        (post(visitor, links::LEND, &fields))
    };
    frame::page(visitor, links::PEOPLE, "给外单位的人权限", &body)
}

pub(super) async fn lend(
    State(desk): State<Desk>,
    Posted(visitor, form): Posted<Lent>,
) -> Result<Response, Failure> {
    must_tend(&visitor)?;
    let again =
        |wrong| (StatusCode::UNPROCESSABLE_ENTITY, shown_lent(&visitor, &form, Some(wrong))).into_response();
    let Some(unit) = unit(&desk, &form.unit).await? else { return Ok(again(NO_UNIT)) };
    let until = match day_typed(&form.until) {
        Ok(until) => until,
        Err(text) => return Ok(again(("until", &text))),
    };
    let Some(role) = Role::of_word(&form.role) else { return Err(Failure::Unreadable) };
    let grant = Grant { unit, role, until: Some(until) };
    let (actor, login) = (visitor.actor(), &form.login);
    match giving::lend(&desk.database, &*desk.clock, &actor, login, grant, form.seen).await {
        Ok(account) => Ok(Redirect::to(&format!("{}?done=given", links::person(account.0))).into_response()),
        Err(Refusal::Nobody) => Ok(again(("login", "没有这个登录名，或者已经关了。"))),
        Err(Refusal::Denied(_)) => Ok(again(NO_UNIT)),
        Err(refusal) => match fault(&refusal) {
            Some((field, text)) => Ok(again((field, &text))),
            None => Err(refusal.into()),
        },
    }
}
