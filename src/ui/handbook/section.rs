//! One section of 一编一册, laid out for a phone: steps with who, when and what is recorded; tables row by row; what it rests on;
//! and the items it helps with, with their points.

use crate::{
    browser::clipboard,
    domain::{Block, SectionId, document::Step, scoring::ItemState},
    phone::library::{Library, lines, ordinal, template_text},
    ui::app::session::erased::live,
    ui::kit::button::button,
    ui::{
        app::{
            frame::Page,
            navigation::navigation,
            route::Place,
            session::{Session, library::Shelf, session},
        },
        kit::icon::{Draw, Icon},
        words::terms,
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn SectionPage() -> impl IntoView {
    let session = session();
    session.open_library();
    let id = navigation().of_page(|place| match place {
        Place::Section(id) => Some(id.clone()),
        _ => None,
    });
    let title = Signal::derive(move || {
        let (library, id) = (session.library.get(), id.get());
        let place = library.as_ref().zip(id.as_ref()).and_then(|(library, id)| library.find(id));
        place.map_or_else(|| "手册".to_owned(), |place| ordinal(place.document))
    });
    let bound = untrack(|| !session.bindings.read().is_empty());
    view! {
        <Page title=title back="/handbook" bound=bound>
            {live(move || id.get().map(|id| read(session, &id)))}
        </Page>
    }
}

fn read(session: Session, id: &SectionId) -> AnyView {
    let Some(library) = session.library.get() else { return ().into_any() };
    let Some(place) = library.find(id) else {
        let waiting = matches!(session.shelf.get(), Shelf::Untried | Shelf::Fetching(_) | Shelf::Waiting(_));
        let said = if waiting {
            "这一节还没有取到，联网打开一次就会取来。"
        } else {
            "现在的手册里没有这一节，或者要更新应用才能看。"
        };
        return view! {
            <p class="empty">{said}</p>
            <a href="/handbook" class="button">
                "看目录"
            </a>
        }
        .into_any();
    };
    let reading = id.clone();
    if session
        .phone
        .with_untracked(|phone| phone.as_ref().is_some_and(|phone| phone.reading.as_ref() != Some(id)))
    {
        session.remember_reading(reading);
    }
    let section = place.section;
    let list = |name: &'static str, lines: Vec<String>| {
        (!lines.is_empty()).then(|| {
            let lines: Vec<_> = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect();
            view! {
                <p class="muted">{name}</p>
                <ul class="small">{lines}</ul>
            }
        })
    };
    let turn = |section: Option<&crate::domain::Section>, name: &'static str, class: &'static str| {
        section.map(|section| {
            view! {
                <a href=format!("/handbook/{}", section.id) prop:replace=true class=class>
                    {name}
                </a>
            }
        })
    };
    view! {
        <article data-testid="section" data-section=id.to_string()>
            <p class="muted">
                {format!("{} · 第{}节，共{}节", place.document.title, place.number, place.document.sections.len())}
                {(!place.document.sectors.is_empty())
                    .then(|| {
                        let names: Vec<_> = place.document.sectors.iter().map(|id| terms::sector(id.as_str())).collect();
                        format!(" · 照{}支部写的，别的领域参照", names.join("、"))
                    })}
            </p>
            <section class="card prose">
                <h2>{section.title.clone()}</h2>
                {blocks(section, &library)}
                {list("依据", section.citations.iter().map(terms::cite).collect())}
                {list("说明", section.marks.iter().map(terms::marked).collect())}
            </section>
            {items(session, section)}
        </article>
        <nav class="item-steps" aria-label="换一节">
            {turn(place.previous, "上一节", "button")} {turn(place.next, "下一节", "button button-main")}
        </nav>
    }
    .into_any()
}

/// The blocks, their lines numbered through, so that a search leads to the one that it has found.
fn blocks(section: &crate::domain::Section, library: &Library) -> Vec<AnyView> {
    let mut line = 0;
    let each = section.blocks.iter().map(|one| {
        let first = line;
        line += lines(one).len();
        block(one, first, library)
    });
    each.collect()
}

fn block(block: &Block, first: usize, library: &Library) -> AnyView {
    let anchor = |within: usize| format!("line-{}", first + within);
    match block {
        Block::Paragraph { text } => view! { <p id=anchor(0)>{text.clone()}</p> }.into_any(),
        Block::List { entries } => {
            let entry =
                |(place, entry): (usize, &String)| view! { <li id=anchor(place)>{entry.clone()}</li> };
            let entries: Vec<_> = entries.iter().enumerate().map(entry).collect();
            view! { <ul class="papers">{entries}</ul> }.into_any()
        }
        Block::Steps { steps } => {
            let steps: Vec<_> =
                steps.iter().enumerate().map(|(place, one)| step(one, anchor(place))).collect();
            view! { <ol class="steps">{steps}</ol> }.into_any()
        }
        Block::Table { head, rows } => {
            let row = |(place, row): (usize, &Vec<String>)| table_row(head, row, anchor(place));
            let rows: Vec<_> = rows.iter().enumerate().map(row).collect();
            view! { <ul class="rows">{rows}</ul> }.into_any()
        }
        Block::Template { title, fields } => {
            let lines: Vec<_> = fields
                .iter()
                .map(|field| view! { <dt>{field.name.clone()}</dt> <dd>{field.hint.clone()}</dd> })
                .collect();
            let text = format!("{title}\n{}", template_text(block));
            // The forms know a template by its place among all of them.
            let place =
                library.templates().position(|(_, other)| core::ptr::eq(other, block)).unwrap_or_default();
            view! {
                <section class="template" data-testid="template" id=anchor(0)>
                    <h3>{format!("样表：{title}")}</h3>
                    <dl class="pairs">{lines}</dl>
                    <a href=format!("/paper/record-{place}") class="button">
                        "存成Word、打印"
                    </a>
                    <Copy text=text />
                </section>
            }
            .into_any()
        }
    }
}

fn step(step: &Step, anchor: String) -> impl IntoView + use<> {
    let facts = [("谁", &step.who), ("何时", &step.when), ("记什么", &step.record)];
    let facts: Vec<_> = facts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| view! { <span class="muted">{format!("{name}：{text}")}</span> })
        .collect();
    view! { <li id=anchor>{step.text.clone()} {facts}</li> }
}

/// A row as a small card: what stands first names it, the other cells follow with the heads of their columns.
fn table_row(head: &[String], row: &[String], anchor: String) -> impl IntoView + use<> {
    let name = row.first().cloned();
    let cells: Vec<_> = head
        .iter()
        .zip(row)
        .skip(1)
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(head, cell)| view! { <span><span class="muted">{format!("{head}：")}</span>{cell.clone()}</span> })
        .collect();
    view! { <li id=anchor><b>{name}</b> {cells}</li> }
}

#[component]
fn Copy(text: String) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let copy = move |_| {
        let text = text.clone();
        leptos::task::spawn_local(async move {
            copied.try_set(Some(clipboard::copy(&text).await == clipboard::Copied::Done));
        });
    };
    view! {
        {button("复制样表", "button", copy)}
        {live(move || {
            copied
                .get()
                .map(|done| {
                    let said = if done { "已复制，可以粘贴到微信或者文档里。" } else { "没有复制成，长按上面的文字自己选。" };
                    view! { <p role="status">{said}</p> }
                })
        })}
    }
}

/// 这一节管着哪几条: with what the branch has got for them.
fn items(session: Session, section: &crate::domain::Section) -> impl IntoView + use<> {
    let items = section.items.clone();
    move || {
        let rows = session.derived.rows.read();
        let found: Vec<_> = items
            .iter()
            .filter_map(|id| rows.iter().find(|row| &row.id == id))
            .map(|row| {
                let points = match row.state {
                    ItemState::Answered => terms::earned(row),
                    ItemState::Unanswered | ItemState::Unsure => {
                        format!("没填，{}", terms::worth(row.points))
                    }
                    _ => "不计分".into(),
                };
                view! {
                    <li>
                        <a href=format!("/check/{}", row.id) class="menu-entry">
                            <span>{format!("第{}条 {}", row.number, row.title)}</span>
                            <span class="muted">{points}</span>
                            <Draw icon=Icon::Forward />
                        </a>
                    </li>
                }
            })
            .collect();
        (!found.is_empty()).then(|| {
            view! {
                <section class="card" data-testid="items">
                    <h2>"这一节管着的条目"</h2>
                    <ul class="menu">{found}</ul>
                </section>
            }
        })
    }
}
