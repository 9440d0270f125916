//! What a version of the standard changes, side by side.

use crate::words::difference::Card;
use leptos::prelude::*;

/// 原来 and 现在.
#[component]
pub fn WasAndIs(
    /// What to say.
    card: Card,
) -> impl IntoView {
    let lines = |lines: Vec<String>| {
        let lines = if lines.is_empty() { vec!["没有".to_owned()] } else { lines };
        lines.into_iter().map(|line| view! { <dd>{line}</dd> }).collect::<Vec<_>>()
    };
    view! {
        <dl class="change">
            <dt>"原来"</dt>
            {lines(card.was)}
            <dt>"现在"</dt>
            {lines(card.is)}
        </dl>
    }
}
