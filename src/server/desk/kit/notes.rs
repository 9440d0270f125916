//! What is told: that something was done, or is wrong, or that there is nothing.

use maud::{Markup, html};

/// How a note is meant; it is said by a word as well, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something was done.
    Done,
    /// Something to know.
    Calm,
    /// Something is wrong.
    Wrong,
}

/// A note on a page.
pub(crate) fn note(tone: Tone, text: &str) -> Markup {
    let (class, word) = match tone {
        Tone::Done => ("done", "办好了"),
        Tone::Calm => ("calm", "请注意"),
        Tone::Wrong => ("wrong", "没有办成"),
    };
    html! { p.note.(class) role=[(tone == Tone::Wrong).then_some("alert")] { strong { (word) } " " (text) } }
}

/// An empty list: what would be here, and how it comes.
pub(crate) fn nothing(text: &str) -> Markup {
    html! { p.nothing { (text) } }
}
