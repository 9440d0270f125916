//! 合并: several units become one.

use super::words::{Done, Field, fault};
use crate::{
    domain::sector::SECTORS,
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Tone, area, choice, day_typed, line, note, post, submit},
            links,
            posted::Proved,
            visitor::Visitor,
        },
        office::{
            people::Act,
            roster::changes::{self, Merging},
        },
    },
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

/// What the form sends.
#[derive(Deserialize, Default)]
pub(super) struct Typed {
    units: String,
    code: String,
    name: String,
    on: String,
    under: String,
    sector: String,
}

/// The form.
pub(super) async fn form(visitor: Visitor) -> Result<Markup, Failure> {
    let typed = Typed { on: visitor.today.to_string(), ..Typed::default() };
    page(&visitor, &typed, None)
}

fn page(visitor: &Visitor, typed: &Typed, wrong: Option<(Field, &str)>) -> Result<Markup, Failure> {
    if !visitor.may_somewhere(Act::Arrange) {
        return Err(Failure::NotHere);
    }
    let at = |field| wrong.filter(|(wrong, _)| *wrong == field).map(|(_, text)| text);
    let none = [(String::new(), "和原来一样".to_owned())].into_iter();
    let sectors: Vec<(String, String)> =
        none.chain(SECTORS.iter().map(|(name, id)| ((*id).to_owned(), (*name).to_owned()))).collect();
    let whole = at(Field::Whole).or_else(|| at(Field::Telephone));
    let body = html! {
        @if let Some(text) = whole { (note(Tone::Wrong, text)) }
        p.muted {
            "几个党组织合成一个新的：原来的从那天起撤销，下面的党组织、没有销号的问题归到新的；以前的上报、问题都留着。"
            "合并乡镇也在这里办：原来单位的账号和权限转到新的，权限管到新单位下面的全部；不该有的，合并以后在“人员”里收回。"
        }
        (post(visitor, links::ROSTER_MERGE, &html! {
            (area("要合并的党组织（每行一个，编号或全称）", "units", &typed.units, None))
            (line("新的编号（没有用过的）", "code", "text", &typed.code, at(Field::Code)))
            (line("新的名称", "name", "text", &typed.name, at(Field::Name)))
            (line("从哪天起", "on", "date", &typed.on, at(Field::Day)))
            (line("上级（编号或全称；不写就是它们共同的上级）", "under", "text", &typed.under, at(Field::Above)))
            (choice("领域", "sector", &sectors, &typed.sector))
            @if let Some(text) = at(Field::Sector) { span.wrong { (text) } }
            (submit("合并"))
        }))
    };
    Ok(frame::page(visitor, links::ROSTER, "合并党组织", &body))
}

/// Does it.
pub(super) async fn merge(
    State(desk): State<Desk>,
    Proved(visitor, typed): Proved<Typed>,
) -> Result<Response, Failure> {
    let refused = |(field, text): (Field, String)| {
        let page = page(&visitor, &typed, Some((field, &text)))?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let units: Vec<String> =
        typed.units.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if units.len() < 2 {
        return refused((Field::Whole, "至少写两个要合并的党组织，每行一个".into()));
    }
    let on = match day_typed(&typed.on) {
        Ok(on) => on,
        Err(text) => return refused((Field::Day, text)),
    };
    let said = |text: &'_ str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let (under, sector) = (said(&typed.under), said(&typed.sector));
    let merging = Merging {
        units: &units,
        code: &typed.code,
        name: &typed.name,
        on,
        under: under.as_deref(),
        sector: sector.as_deref(),
        telephone: None,
    };
    match changes::merge(&desk.database, &*desk.clock, &visitor.actor(), &merging).await {
        Ok(merged) => {
            let address = format!("{}?done={}", links::unit(&merged.whole.code), Done::Merged.code());
            Ok(Redirect::to(&address).into_response())
        }
        Err(refusal) => refused(fault(refusal, visitor.today)?),
    }
}
