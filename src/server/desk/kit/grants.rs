//! What somebody is entrusted with, as it is read.

use crate::{domain::BranchCode, server::office::people::Grant, words::dates::day};
use jiff::civil::Date;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// A role, where it is not at the own unit with the place: 检查：示例镇党委，到12月31日.
pub(crate) fn grant(
    grant: &Grant,
    own: &BranchCode,
    places: &BTreeMap<BranchCode, String>,
    today: Date,
) -> Markup {
    html! {
        (grant.role.term())
        @if grant.unit != *own { "：" (place(&grant.unit, places)) }
        @if let Some(until) = grant.until { "，到" (day(until, today)) }
    }
}

/// How a unit is called.
pub(crate) fn place<'a>(unit: &'a BranchCode, places: &'a BTreeMap<BranchCode, String>) -> &'a str {
    places.get(unit).map_or(unit.as_str(), String::as_str)
}
