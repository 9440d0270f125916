//! 手册: the two books, searched as one types, read without a network and without being activated.

use crate::{
    domain::{Collection, Document},
    phone::{
        library::{Library, full_title, ordinal},
        search::{Found, Piece},
        searchable::{Group, Kind, Target},
    },
    ui::app::session::erased::{live, memo},
    ui::{
        app::{
            frame::Page,
            session::{Session, library::Shelf, session},
        },
        kit::{
            field::search,
            icon::{Draw, Icon},
        },
    },
};
use leptos::prelude::*;
use std::{ops::Range, sync::Arc, time::Duration};

/// The page.
#[component]
pub fn Handbook() -> impl IntoView {
    let session = session();
    session.open_library();
    let bound = untrack(|| !session.bindings.read().is_empty());
    let back = if bound { String::new() } else { "/".into() };
    let seeking = memo(move || !session.sought.read().trim().is_empty());
    view! {
        <Page title="手册" back=back bound=bound>
            {search(
                "查一查，比如“党费”“32学时”",
                session.sought,
                |session| set_timeout(move || warm_up(session), Duration::ZERO),
            )}
            {live(move || seeking.get().then(|| results(session)))}
            // Only out of sight while one searches: taking some two hundred links away and back costs more than finding does.
            <div class="page-part" hidden=move || seeking.get()>
                {books(session)}
            </div>
        </Page>
    }
}

/// What was found, in groups.
fn results(session: Session) -> impl IntoView {
    move || {
        // A document that has just come is searched, too.
        session.library.track();
        drawn(session.find(&session.sought.read()))
    }
}

/// So many results fill what the keyboard leaves of the screen at 360×780, and more.
const FIRST: usize = 2;
/// Who has not typed for so long looks at what was found.
const PAUSE: Duration = Duration::from_millis(150);

/// What is on the screen first, what lies below it when she stops typing: a key is answered before the next one is typed.
fn drawn(groups: Vec<Group>) -> impl IntoView {
    let paused = RwSignal::new(false);
    set_timeout(
        move || {
            paused.try_set(true);
        },
        PAUSE,
    );
    let said = match groups.iter().map(|group| group.count).sum() {
        0_usize => "没有找到。换个说法，或者少打几个字。".to_owned(),
        count => format!("找到{count}处"),
    };
    let mut room = FIRST;
    let each = groups.into_iter().map(|found| {
        let first = found.showable().min(room);
        room -= first;
        if first > 0 {
            group(found, first, paused).into_any()
        } else {
            (move || paused.get().then(|| group(found.clone(), found.showable(), paused))).into_any()
        }
    });
    view! {
        <p class="muted" role="status" data-testid="found">
            {said}
        </p>
        {each.collect::<Vec<_>>()}
    }
}

fn group(found: Group, first: usize, paused: RwSignal<bool>) -> impl IntoView {
    let name = match found.kind {
        Kind::Item => "考核条目",
        Kind::Handbook => "手册",
        Kind::Compilation => "制度",
    };
    let more = found.count - found.showable();
    view! {
        <section class="card list" data-testid="group">
            <h2>{name}<small class="muted">{format!(" {}处", found.count)}</small></h2>
            <ul>
                {rows(&found, 0..first)}
                {live(move || paused.get().then(|| rows(&found, first..found.showable())))}
            </ul>
            {(more > 0).then(|| view! { <p class="muted">{format!("还有{more}处，多打几个字会少些。")}</p> })}
        </section>
    }
}

/// Draws something that nobody sees: browsers compile what is first called, and the first letter is to be answered as fast as
/// the others.
fn warm_up(session: Session) {
    session.prepare_search();
    drop(drawn(session.find("支部")).into_any().build());
}

fn rows(group: &Group, which: Range<usize>) -> Vec<AnyView> {
    let row = |found: Found<Target>| {
        let href = match &found.target {
            Target::Item(id) => format!("/check/{id}"),
            // The first line is in sight anyway, below the title.
            Target::Section(_, id) => match found.line.filter(|line| *line > 0) {
                Some(line) => format!("/handbook/{id}#line-{line}"),
                None => format!("/handbook/{id}"),
            },
        };
        view! {
            <li class="found">
                <a href=href class="hit">
                    <b>{pieces(found.title)}</b>
                    <span class="muted">{pieces(found.excerpt)}</span>
                </a>
            </li>
        }
        .into_any()
    };
    group.show(which).into_iter().map(row).collect()
}

fn pieces(pieces: Vec<Piece>) -> Vec<AnyView> {
    let each =
        pieces.into_iter().map(
            |Piece { text, hit }| {
                if hit { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() }
            },
        );
    each.collect()
}

/// Where she stopped reading, and the contents of both books.
fn books(session: Session) -> impl IntoView {
    move || match session.library.get().filter(|library| !library.is_empty()) {
        None => nothing(session.shelf.get()).into_any(),
        Some(library) => view! {
            {resume(session, &library)}
            {incoming(session.shelf.get())}
            {book("实用手册（一册）", Collection::Handbook, &library)}
            {book("制度汇编（一编）", Collection::Compilation, &library)}
        }
        .into_any(),
    }
}

fn resume(session: Session, library: &Arc<Library>) -> Option<impl IntoView> {
    let id = session.phone.read().as_ref()?.reading.clone()?;
    let place = library.find(&id)?;
    let name = format!("接着看：{}", full_title(place.document, place.section));
    Some(view! {
        <a href=format!("/handbook/{id}") class="button" data-testid="resume">
            {name}
        </a>
    })
}

/// How far fetching is, in one quiet line.
fn incoming(shelf: Shelf) -> Option<impl IntoView> {
    let said = match shelf {
        Shelf::Fetching(progress) if progress.wanted > 0 && !progress.is_complete() => format!(
            "正在取：{}/{}份，还差约{}。可以先看已经取来的。",
            progress.held,
            progress.wanted,
            size(progress.missing_bytes)
        ),
        Shelf::Waiting(progress) if progress.wanted > progress.held => {
            format!("已取来{}/{}份，其余的有网时接着取。", progress.held, progress.wanted)
        }
        _ => return None,
    };
    Some(view! { <p class="muted" role="status" data-testid="incoming">{said}</p> })
}

fn size(bytes: u64) -> String {
    format!("{}KB", bytes.div_ceil(1024))
}

fn nothing(shelf: Shelf) -> impl IntoView {
    let said = match shelf {
        Shelf::Untried | Shelf::Fetching(_) => "正在取手册和制度……",
        Shelf::Waiting(_) => "手册和制度还没有取到。联网打开一次就会自己取来，之后没有网也能看。",
        Shelf::Complete | Shelf::Nothing => "上级还没有发布手册和制度。发布以后，联网打开就会自己取来。",
    };
    view! {
        <p class="empty" role="status">
            {said}
        </p>
    }
}

fn book(name: &'static str, collection: Collection, library: &Arc<Library>) -> Option<impl IntoView> {
    let documents: Vec<_> = library.of(collection).map(contents).collect();
    (!documents.is_empty()).then(|| {
        view! {
            <section class="book">
                <h2>{name}</h2>
                {documents}
            </section>
        }
    })
}

fn contents(document: &Document) -> impl IntoView + use<> {
    let sections: Vec<_> = document
        .sections
        .iter()
        .map(|section| {
            view! {
                <li>
                    <a href=format!("/handbook/{}", section.id) class="menu-entry">
                        <span>{section.title.clone()}</span>
                        <span></span>
                        <Draw icon=Icon::Forward />
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <details class="card fold">
            <summary>{format!("{} {}", ordinal(document), document.title)}</summary>
            <ul class="menu">{sections}</ul>
        </details>
    }
}
