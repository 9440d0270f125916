//! 限期整改: units that were told to mend by a day, by whom, what they report, and what becomes of it.

mod list;
mod one;

use super::{Desk, failure::Failure};
use crate::{
    domain::{answer::MAX_TEXT_CHARS, order::OrderState},
    server::office::{
        actor::Unheard,
        orders::{Refusal, Row},
    },
};
use axum::Router;
use jiff::civil::Date;

pub(super) fn routes() -> Router<Desk> {
    Router::new().merge(list::routes()).merge(one::routes())
}

/// How an order stands: 整改中，逾期.
fn standing(row: &Row, today: Date) -> String {
    let state = match row.order.state() {
        OrderState::Open => "整改中",
        OrderState::Answered => "已报告，等答复",
        OrderState::Released => "已解除",
    };
    let overdue = if row.order.is_overdue(today) { "，逾期" } else { "" };
    format!("{state}{overdue}")
}

/// What was said meanwhile; what a clerk can mend, in words; anything else is another page.
fn told(refusal: Refusal) -> Result<String, Failure> {
    Ok(match refusal {
        Refusal::Denied(_)
        | Refusal::Unknown
        | Refusal::NoSuchUnit(_)
        | Refusal::Unheard(Unheard::Phone | Unheard::UnfitName) => return Err(Failure::NotHere),
        Refusal::Unheard(Unheard::Database(error)) | Refusal::Database(error) => return Err(error.into()),
        Refusal::Text => format!("每一栏写清楚，不超过{MAX_TEXT_CHARS}个字。"),
        Refusal::Day(day) => format!("{day}不像是要写的日子，核对年份。"),
        Refusal::Overtaken(order) => {
            let by = order.words.last().map(|word| word.by.as_str()).unwrap_or_default();
            format!("就在刚才，{by}说了新的话。什么都没有改；看过再办。")
        }
    })
}
