//! Forms: each field with its label, what was wrong with it, and what had been written. What is wrong is where the page opens.

use super::{Tone, note};
use crate::{
    domain::text::{Kind, clean},
    server::desk::visitor::Visitor,
};
use maud::{Markup, html};

/// A value that goes along unseen.
pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A form that does something. Only such forms change anything; they carry the session's token.
pub(crate) fn post(visitor: &Visitor, action: &str, fields: &Markup) -> Markup {
    html! { form.act method="post" action=(action) { (hidden("csrf", &visitor.token)) (fields) } }
}

/// The same around a list, which stays on paper when the form's fields do not.
pub(crate) fn post_list(visitor: &Visitor, action: &str, list: &Markup) -> Markup {
    html! { form.reading method="post" action=(action) { (hidden("csrf", &visitor.token)) (list) } }
}

/// A form that leads to a page and changes nothing: what is typed is sent as its address.
pub(crate) fn ask(action: &str, fields: &Markup) -> Markup {
    html! { form.act method="get" action=(action) { (fields) } }
}

/// What is asked before something ends, or is worth nothing afterwards: what will happen, the form that does it, and the way back.
pub(crate) fn confirm(
    visitor: &Visitor,
    action: &str,
    fields: &Markup,
    text: &str,
    (yes, no): (&str, &str),
    back: &str,
) -> Markup {
    html! {
        (note(Tone::Calm, text))
        (post(visitor, action, &html! {
            (fields)
            div.acts { (submit(yes)) a.button.quiet href=(back) { (no) } }
        }))
    }
}

/// A form that does something with files in it; what is typed has to stand before them, the token does.
pub(crate) fn upload(visitor: &Visitor, action: &str, fields: &Markup) -> Markup {
    html! {
        form.act method="post" action=(action) enctype="multipart/form-data" { (hidden("csrf", &visitor.token)) (fields) }
    }
}

/// A line of text. `kind` is an input's type; `wrong` says what to mend.
pub(crate) fn line(label: &str, name: &str, kind: &str, value: &str, wrong: Option<&str>) -> Markup {
    let told = format!("{name}-wrong");
    html! {
        label.field {
            span.label { (label) }
            input type=(kind) name=(name) value=(value) autofocus[wrong.is_some()] aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| &told)];
            @if let Some(wrong) = wrong { span.wrong id=(told) { (wrong) } }
        }
    }
}

/// A password, which is never shown again. `known` tells the browser which one is meant: `current-password` or `new-password`.
pub(crate) fn password(label: &str, name: &str, known: &str, wrong: Option<&str>) -> Markup {
    let told = format!("{name}-wrong");
    html! {
        label.field {
            span.label { (label) }
            input type="password" name=(name) autocomplete=(known) autofocus[wrong.is_some()] aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| &told)];
            @if let Some(wrong) = wrong { span.wrong id=(told) { (wrong) } }
        }
    }
}

/// A text of several lines.
pub(crate) fn area(label: &str, name: &str, value: &str, wrong: Option<&str>) -> Markup {
    let told = format!("{name}-wrong");
    html! {
        label.field {
            span.label { (label) }
            textarea name=(name) rows="3" autofocus[wrong.is_some()] aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| &told)] { (value) }
            @if let Some(wrong) = wrong { span.wrong id=(told) { (wrong) } }
        }
    }
}

/// One of several: `(value, what it is called)`.
pub(crate) fn choice(label: &str, name: &str, options: &[(String, String)], chosen: &str) -> Markup {
    html! {
        label.field {
            span.label { (label) }
            select name=(name) {
                @for (value, called) in options {
                    option value=(value) selected[value == chosen] { (called) }
                }
            }
        }
    }
}

/// Several of some: `(value, what it is called)`.
pub(crate) fn checks(
    label: &str,
    name: &str,
    options: &[(&str, &str)],
    chosen: &[String],
    wrong: Option<&str>,
) -> Markup {
    html! {
        fieldset {
            legend { (label) }
            @if let Some(wrong) = wrong { span.wrong { (wrong) } }
            @for (value, called) in options {
                label.check {
                    input type="checkbox" name=(name) value=(value) checked[chosen.iter().any(|one| one == value)];
                    " " (called)
                }
            }
        }
    }
}

/// The button that sends the form; a verb.
pub(crate) fn submit(text: &str) -> Markup {
    html! { button type="submit" { (text) } }
}

/// A text of several lines as it was meant, however long: see [`clean`].
pub(crate) fn typed(text: &str) -> String {
    clean(text, Kind::Paragraph(usize::MAX))
}

/// The same of one line.
pub(crate) fn typed_line(text: &str) -> String {
    clean(text, Kind::Line(usize::MAX))
}
