//! What is shown to whoever decides on something of a branch that went to another unit meanwhile: where it went, and what was typed.

use super::{
    Desk,
    failure::Failure,
    frame,
    kit::{Tone, note},
    links,
    visitor::Visitor,
};
use crate::{
    server::office::{
        people::Denied,
        roster::moved::{self, Moved},
    },
    words::dates::day,
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::html;

/// The page, where the branch went away from the visitor; the one of what is not there otherwise. `typed` is what each text is called,
/// and the text.
pub(super) async fn answer(
    desk: &Desk,
    visitor: &Visitor,
    denied: &Denied,
    typed: &[(&str, &str)],
) -> Result<Response, Failure> {
    let moved = moved::moved_away(&desk.database, &visitor.actor(), denied, visitor.today).await?;
    let Some(Moved { unit, to, on }) = moved else { return Err(Failure::NotHere) };
    let on = day(on, visitor.today);
    let text =
        format!("{unit}从{on}起转到{to}了，这件事由{to}来办。什么都没有改；您写的在下面，可以抄给他们。");
    let typed: Vec<_> = typed.iter().filter(|(_, text)| !text.trim().is_empty()).collect();
    let body = html! {
        (note(Tone::Wrong, &text))
        @if !typed.is_empty() { dl.kept { @for (label, text) in typed { dt { (label) } dd { (text) } } } }
        p.acts { a.button.second href=(links::TODAY) { "回今天要办" } }
    };
    Ok((StatusCode::CONFLICT, frame::page(visitor, "", "没有办成", &body)).into_response())
}
