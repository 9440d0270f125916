//! 模块: which parts beyond the self-check are on, what each adds, and switching one.

use crate::{
    protocol::Module,
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{Column, confirm, hidden, post, submit, table},
            links,
            posted::Posted,
            visitor::Visitor,
        },
        office::{
            burden::{self, Adds},
            modules::{self, Refusal, Standing},
            people::{Act, authority::must_for_all},
            standards::in_force,
        },
        tables::modules::{adds, standing},
    },
};
use axum::{
    extract::{Path, State},
    response::Redirect,
};
use maud::{Markup, html};
use serde::Deserialize;

/// All of them on the page of 标准.
pub(super) async fn section(visitor: &Visitor, desk: &Desk, may_switch: bool) -> Result<Markup, Failure> {
    let checklists = in_force(&desk.database).await?;
    let cost = burden::adds(Some(&desk.database), checklists.iter().map(AsRef::as_ref)).await?;
    let rows: Vec<(Standing, Adds)> = modules::all(&desk.database).await?.into_iter().zip(cost).collect();
    let name = |(one, _): &(Standing, Adds)| html! { (one.module.term()) };
    let state = |(one, _): &(Standing, Adds)| html! { (standing(one, visitor.today)) };
    let more = |(_, cost): &(Standing, Adds)| html! { (adds(cost)) };
    let act = |(one, _): &(Standing, Adds)| {
        let term = one.module.term();
        html! {
            @if one.is_on {
                a.button.second href=(links::module(one.module)) { "关上" (term) }
            } @else {
                (post(visitor, &links::module(one.module), &html! { (hidden("to", "on")) (submit(&format!("打开{term}"))) }))
            }
        }
    };
    let mut columns = vec![
        Column { head: "模块", cell: &name },
        Column { head: "开没开", cell: &state },
        Column { head: "要支部多做什么", cell: &more },
    ];
    if may_switch {
        columns.push(Column { head: "开关", cell: &act });
    }
    Ok(html! {
        h2 { "自查以外的模块" }
        p { "支部必须做的只有自查。下面的，打开了支部的手机上才有；关着，手机上不出现，也不要支部填。" }
        (table("自查以外的模块", &columns, &rows))
    })
}

/// What is asked before a module is switched off.
pub(super) async fn ask(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(word): Path<String>,
) -> Result<Markup, Failure> {
    must_for_all(&desk.database, &visitor.actor(), Act::Publish, visitor.today).await?;
    let module = Module::of_word(&word).ok_or(Failure::NotHere)?;
    let term = module.term();
    let text = match module {
        Module::Ledger => {
            "所有支部的手机下次联网以后不再显示台账。支部登记过的一条也不删：登记过的支部照样看得到，能改，也能接着登记，算进自查的次数不变。"
        }
        Module::Photos => {
            "所有支部的手机下次联网以后不能再拍照。拍过的一张也不删：照样看得到，没传完的照样传。"
        }
        Module::Mending => {
            "所有支部的手机下次联网以后不再显示“问题和整改”。登记过的一个也不删：有问题的支部照样看得到，能改完；上级以后指出的问题也照样到支部手机上。"
        }
    };
    let fields = hidden("to", "off");
    let yes = format!("关上{term}");
    let body =
        confirm(&visitor, &links::module(module), &fields, text, (&yes, "不关，回去"), links::STANDARDS);
    Ok(frame::page(&visitor, links::STANDARDS, &format!("关上{term}？"), &body))
}

/// What a module is to be.
#[derive(Deserialize)]
pub(super) struct Wanted {
    to: String,
}

/// Switches it; as it stands already is success.
pub(super) async fn switch(
    State(desk): State<Desk>,
    Path(word): Path<String>,
    Posted(visitor, wanted): Posted<Wanted>,
) -> Result<Redirect, Failure> {
    let module = Module::of_word(&word).ok_or(Failure::NotHere)?;
    let is_on = match wanted.to.as_str() {
        "on" => true,
        "off" => false,
        _ => return Err(Failure::Unreadable),
    };
    let switched = modules::switch(&desk.database, &*desk.clock, &visitor.actor(), module, is_on).await;
    switched.map_err(|refusal| match refusal {
        Refusal::Denied(_) => Failure::NotHere,
        Refusal::Database(error) => Failure::Database(error),
    })?;
    Ok(Redirect::to(&format!("{}?done={}", links::STANDARDS, wanted.to)))
}
