//! 镇里怎么用: how the day of a 组织委员 goes, for everybody, signed in or not.
//!
//! The text is our own, compiled in; it is the one place where a page is put together out of marks and not by maud.

use super::{Desk, frame, links, visitor::Visitor};
use axum::{Router, routing::get};
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// What the page says.
const TEXT: &str = include_str!("镇里怎么用.md");

pub(super) fn routes() -> Router<Desk> {
    Router::new().route(links::MANUAL, get(page))
}

async fn page(visitor: Option<Visitor>) -> Markup {
    let headings: Vec<String> =
        TEXT.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_owned).collect();
    let body = html! {
        nav.contents aria-label="目录" {
            ul { @for (number, heading) in (1..).zip(&headings) { li { a href=(format!("#part-{number}")) { (heading) } } } }
        }
        div.text { (marked_up(TEXT)) }
    };
    let title = "镇里怎么用";
    visitor.map_or_else(
        || frame::open_page(title, &body),
        |visitor| frame::page(&visitor, links::MANUAL, title, &body),
    )
}

/// The text as a page has it: what is between marks is escaped, and marks that it has none of are left out.
fn marked_up(text: &str) -> Markup {
    let (mut page, mut parts) = (String::new(), 0);
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => {
                parts += 1;
                page.push_str(&format!("<h2 id=\"part-{parts}\">"));
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                page.push_str(&html! { a href=(dest_url) {} }.into_string().replace("</a>", ""));
            }
            Event::Start(tag) => {
                page.push_str(&name(tag.to_end()).map(|name| format!("<{name}>")).unwrap_or_default());
            }
            Event::End(tag) => page.push_str(&name(tag).map(|name| format!("</{name}>")).unwrap_or_default()),
            Event::Text(text) | Event::Code(text) => page.push_str(&html! { (text) }.into_string()),
            Event::SoftBreak | Event::HardBreak => page.push('\n'),
            _ => {}
        }
    }
    PreEscaped(page)
}

/// The element that a mark stands for.
fn name(tag: TagEnd) -> Option<&'static str> {
    Some(match tag {
        TagEnd::Heading(HeadingLevel::H2) => "h2",
        TagEnd::Paragraph => "p",
        TagEnd::List(true) => "ol",
        TagEnd::List(false) => "ul",
        TagEnd::Item => "li",
        TagEnd::Strong => "strong",
        TagEnd::Link => "a",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    /// All sources of the desk, without this text.
    fn sources(folder: &Path, all: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, all);
            } else if path.extension().is_some_and(|ending| ending == "rs")
                && !path.ends_with("manual/mod.rs")
            {
                all.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn every_button_that_it_names_is_there() {
        let mut all = String::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        sources(&root.join("src/server/desk"), &mut all);
        // What roles are called is said once, for people and command line.
        sources(&root.join("src/server/office/people"), &mut all);
        let named: Vec<&str> = TEXT.split('“').skip(1).map(|rest| rest.split('”').next().unwrap()).collect();
        assert!(named.len() > 30, "{named:?}");
        let missing: Vec<&&str> = named.iter().filter(|name| !all.contains(**name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn marks_become_elements_and_signs_stay_signs() {
        let page = marked_up("## 一\n\n1. 点[这里](/desk?a=1&b=\"2\")，**要紧**\n\na < b\n").into_string();
        let wanted = "<h2 id=\"part-1\">一</h2><ol><li>点<a href=\"/desk?a=1&amp;b=&quot;2&quot;\">这里</a>，<strong>要紧</strong></li></ol><p>a &lt; b</p>";
        assert_eq!(page, wanted);
    }
}
