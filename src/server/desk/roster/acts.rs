//! What happens to one unit: each form calls one use case, and leads back to the unit.

use super::{
    form::{self, Tried, Which},
    named,
    words::{Done, Field, fault},
};
use crate::{
    domain::BranchCode,
    server::{
        desk::{
            Desk,
            failure::Failure,
            kit::day_typed,
            links,
            posted::{Posted, Proved},
            visitor::Visitor,
        },
        office::{
            people::{Act, authority::must},
            roster::{
                Refusal,
                browsing::{self, Opened},
                changes::{self, Altered},
                moving::{self, Came},
                off_system,
            },
            scope,
        },
    },
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maud::Markup;
use serde::Deserialize;

/// What a form sends: what is new, and from which day on.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    text: String,
    /// What the form showed.
    was: Option<String>,
    #[serde(default)]
    on: String,
    /// `off` or `on`: whether the system is used.
    #[serde(default)]
    turn: String,
}

impl Typed {
    fn day(&self) -> Result<Date, (Field, String)> {
        day_typed(&self.on).map_err(|text| (Field::Day, text))
    }
}

/// The forms.
pub(super) async fn form(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(code): Path<String>,
) -> Result<Markup, Failure> {
    shown(&visitor, &desk, &named(&code)?, None).await
}

async fn shown(
    visitor: &Visitor,
    desk: &Desk,
    code: &BranchCode,
    tried: Option<&Tried<'_>>,
) -> Result<Markup, Failure> {
    let opened = changed(visitor, desk, code).await?;
    let unit = &opened.member.unit;
    let may_bring_back =
        changes::must_bring_back(&desk.database, &visitor.actor(), unit, visitor.today).await.is_ok();
    Ok(form::page(visitor, &opened, may_bring_back, tried))
}

/// A unit that the visitor may change.
async fn changed(visitor: &Visitor, desk: &Desk, code: &BranchCode) -> Result<Opened, Failure> {
    let actor = visitor.actor();
    must(&desk.database, &actor, Act::Arrange, code, visitor.today).await?;
    Ok(browsing::open(&desk.database, &actor, code, visitor.today).await?)
}

/// Leads to what was done, or shows the form again with what was wrong.
async fn answered(
    visitor: &Visitor,
    desk: &Desk,
    code: &BranchCode,
    (which, typed): (Which, &Typed),
    came: Result<Done, (Field, String)>,
) -> Result<Response, Failure> {
    match came {
        Ok(done) => Ok(Redirect::to(&format!("{}?done={}", links::unit(code), done.code())).into_response()),
        Err(wrong) => {
            let tried = Tried { which, text: &typed.text, on: &typed.on, wrong };
            let page = shown(visitor, desk, code, Some(&tried)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// What came of a use case: done, or what was wrong at the form.
fn came<T>(
    result: Result<T, Refusal>,
    done: Done,
    today: Date,
) -> Result<Result<Done, (Field, String)>, Failure> {
    match result {
        Ok(_) => Ok(Ok(done)),
        Err(refusal) => fault(refusal, today).map(Err),
    }
}

/// 更名
pub(super) async fn rename(
    State(desk): State<Desk>,
    Path(code): Path<String>,
    Posted(visitor, typed): Posted<Typed>,
) -> Result<Response, Failure> {
    alter(&desk, &code, &visitor, &typed, (Which::Name, Done::Renamed)).await
}

/// 转隶
pub(super) async fn transfer(
    State(desk): State<Desk>,
    Path(code): Path<String>,
    Posted(visitor, typed): Posted<Typed>,
) -> Result<Response, Failure> {
    let (code, actor) = (named(&code)?, visitor.actor());
    let result = match typed.day() {
        Err(wrong) => Err(wrong),
        Ok(on) => {
            let (above, was) = (&typed.text, typed.was.as_deref());
            match moving::transfer(&desk.database, &*desk.clock, &actor, &code, above, was, on).await {
                Ok(Came::Moved) => Ok(Done::Moved),
                Ok(Came::Asked) => Ok(Done::Asked),
                Err(Refusal::Scope(scope::Refusal::UnknownUnit(text))) => {
                    Err((Field::Above, format!("没有叫“{text}”的上级：填编号，或者全称")))
                }
                Err(refusal) => Err(fault(refusal, visitor.today)?),
            }
        }
    };
    answered(&visitor, &desk, &code, (Which::Above, &typed), result).await
}

/// 电话
pub(super) async fn telephone(
    State(desk): State<Desk>,
    Path(code): Path<String>,
    Posted(visitor, typed): Posted<Typed>,
) -> Result<Response, Failure> {
    alter(&desk, &code, &visitor, &typed, (Which::Telephone, Done::Telephone)).await
}

async fn alter(
    desk: &Desk,
    code: &str,
    visitor: &Visitor,
    typed: &Typed,
    (which, done): (Which, Done),
) -> Result<Response, Failure> {
    let code = named(code)?;
    let day = if which == Which::Telephone { Ok(visitor.today) } else { typed.day() };
    let result = match day {
        Err(wrong) => Err(wrong),
        Ok(on) => {
            let altered = match which {
                Which::Name => Altered::Name(&typed.text),
                _ => Altered::Telephone(&typed.text),
            };
            let (actor, was) = (visitor.actor(), typed.was.as_deref());
            let result = changes::alter(&desk.database, &*desk.clock, &actor, &code, altered, was, on).await;
            came(result, done, visitor.today)?
        }
    };
    answered(visitor, desk, &code, (which, typed), result).await
}

/// 不用本系统, or using it again.
pub(super) async fn set_use(
    State(desk): State<Desk>,
    Path(code): Path<String>,
    Posted(visitor, typed): Posted<Typed>,
) -> Result<Response, Failure> {
    let code = named(&code)?;
    let is_off = typed.turn == "off";
    let day = if is_off { typed.day().map(Some) } else { Ok(None) };
    let result = match day {
        Err(wrong) => Err(wrong),
        Ok(since) => {
            let set = off_system::set(&desk.database, &*desk.clock, &visitor.actor(), &code, since).await;
            came(set, if is_off { Done::OffSystem } else { Done::OnSystem }, visitor.today)?
        }
    };
    answered(&visitor, &desk, &code, (Which::Use, &typed), result).await
}

/// Asks before 不用本系统.
pub(super) async fn ask_use(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(code): Path<String>,
    Query(typed): Query<Typed>,
) -> Result<Response, Failure> {
    asked(&visitor, &desk, &named(&code)?, (Which::Use, &typed)).await
}

/// Asks before 撤销.
pub(super) async fn ask_end(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(code): Path<String>,
    Query(typed): Query<Typed>,
) -> Result<Response, Failure> {
    asked(&visitor, &desk, &named(&code)?, (Which::End, &typed)).await
}

async fn asked(
    visitor: &Visitor,
    desk: &Desk,
    code: &BranchCode,
    (which, typed): (Which, &Typed),
) -> Result<Response, Failure> {
    let on = match typed.day() {
        Ok(on) => on,
        Err(wrong) => return answered(visitor, desk, code, (which, typed), Err(wrong)).await,
    };
    let opened = changed(visitor, desk, code).await?;
    let is_done = opened.member.ended.is_some() || which == Which::Use && opened.member.off_system.is_some();
    if is_done {
        return Ok(Redirect::to(&links::unit_change(code)).into_response());
    }
    Ok(form::sure(visitor, &opened, which, on).into_response())
}

/// 撤销
pub(super) async fn end(
    State(desk): State<Desk>,
    Path(code): Path<String>,
    Proved(visitor, typed): Proved<Typed>,
) -> Result<Response, Failure> {
    let code = named(&code)?;
    let result = match typed.day() {
        Err(wrong) => Err(wrong),
        Ok(on) => {
            let end = changes::end(&desk.database, &*desk.clock, &visitor.actor(), code.as_str(), on).await;
            came(end, Done::Ended, visitor.today)?
        }
    };
    answered(&visitor, &desk, &code, (Which::End, &typed), result).await
}

/// 恢复
pub(super) async fn revive(
    State(desk): State<Desk>,
    Path(code): Path<String>,
    Proved(visitor, typed): Proved<Typed>,
) -> Result<Response, Failure> {
    let code = named(&code)?;
    let revival = changes::revive(&desk.database, &*desk.clock, &visitor.actor(), code.as_str()).await;
    let result = came(revival, Done::Revived, visitor.today)?;
    answered(&visitor, &desk, &code, (Which::Back, &typed), result).await
}
