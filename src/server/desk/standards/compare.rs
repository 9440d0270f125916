//! What changed between two versions, in the words that a phone uses.

use super::named;
use crate::{
    server::{
        desk::{
            Desk,
            failure::Failure,
            frame,
            kit::{nothing, pages},
            links,
            visitor::Visitor,
        },
        office::editions::name,
    },
    words::versions,
};
use axum::extract::{Path, Query, State};
use maud::{Markup, html};
use serde::Deserialize;

/// So many changes a page has: a whole new version would be longer than a page may be.
const CHANGES: usize = 30;

/// Which part.
#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    page: String,
}

/// What changed.
pub(super) async fn page(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path((key, before)): Path<(String, String)>,
    Query(shown): Query<Shown>,
) -> Result<Markup, Failure> {
    let ((new, _), (old, _)) = (named(&desk, &key).await?, named(&desk, &before).await?);
    let said = versions::said((&old.checklists, &old.documents), (&new.checklists, &new.documents));
    let changes = changes(&said);
    let number = shown.page.parse::<usize>().unwrap_or(1).max(1);
    let address = links::standard_since(&key, &before);
    let body = html! {
        p {
            "原来的：" a href=(links::standard(&before)) { (name(&old.summary)) }
            "；现在的：" a href=(links::standard(&key)) { (name(&new.summary)) } "。"
        }
        @if said.is_empty() {
            (nothing("没有变化。"))
        } @else {
            @for change in changes.iter().skip(number.saturating_sub(1).saturating_mul(CHANGES)).take(CHANGES) {
                @for line in *change { p.said { (line) } }
            }
            (pages(changes.len() as u64, number as u64, CHANGES as u64, &address))
        }
    };
    Ok(frame::page(&visitor, links::STANDARDS, "两版之间变了什么", &body))
}

/// The lines of each change together; one begins wherever a line is not indented.
fn changes(said: &[String]) -> Vec<&[String]> {
    said.chunk_by(|_, next| next.starts_with("  ")).collect()
}
