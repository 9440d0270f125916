//! 现场查阅（只读）: the screen to hold when the inspectors stand in the room. Nothing on it changes anything; no scores, no tips.

use super::inspection::{Group, findable, groups, narrowed};
use crate::{
    domain::ItemId,
    phone::{
        search::{Entry, Index},
        searchable::Target,
    },
    ui::app::session::erased::{live, memo},
    ui::{
        app::{
            frame::Page,
            navigation::navigation,
            nothing_yet::NothingYet,
            route::{By, Place},
            session::session,
        },
        kit::field::search,
    },
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The page.
#[component]
pub fn Inspection() -> impl IntoView {
    let session = session();
    let shown = navigation().of_page(|place| match place {
        Place::Inspection(by) => Some(by.clone()),
        _ => None,
    });
    let by = memo(move || shown.get().unwrap_or_default());
    let sought = RwSignal::new(String::new());
    let found = found(sought);
    // Not with every key: only what is typed changes then.
    let all = memo(move || session.from_source(|source| groups(source, &by.read())).unwrap_or_default());
    let ready = memo(move || session.work.read().is_ok());
    view! {
        <Page title="现场查阅（只读）" back="/" bound=false>
            {live(move || {
                if !ready.get() {
                    return view! { <NothingYet /> }.into_any();
                }
                view! {
                    <Heading />
                    <Ways by=by />
                    {search("按条目或盒子找，比如“换届”“铁柜”", sought, |_| {})}
                    {live(move || lists(by, all, found))}
                }
                    .into_any()
            })}
        </Page>
    }
}

/// The items that what is typed finds; `None` while nothing is looked for.
fn found(sought: RwSignal<String>) -> Memo<Option<BTreeSet<ItemId>>> {
    let session = session();
    let index = memo(move || {
        let texts = session.from_source(findable).unwrap_or_default();
        let entries =
            texts.into_iter().map(|(id, title, text)| Entry { target: Target::Item(id), title, text });
        Index::new(entries.collect())
    });
    memo(move || {
        let sought = sought.read();
        let index = index.read();
        (!sought.trim().is_empty()).then(|| {
            let hits = index.find(&sought);
            let targets = hits.numbers.iter().filter_map(|number| index.target(*number));
            let items = targets.filter_map(|target| match target {
                Target::Item(id) => Some(id.clone()),
                Target::Section(..) => None,
            });
            items.collect()
        })
    })
}

/// Which branch, and of which time.
#[component]
fn Heading() -> impl IntoView {
    let session = session();
    let name = move || session.active().map(|binding| binding.branch.name).unwrap_or_default();
    let of = move || {
        let work = session.work.read();
        work.as_ref().ok().map(|work| format!("{} · {}", work.checklist.sector_name, work.period.name))
    };
    view! {
        <section class="who">
            <h2>{name}</h2>
            <p class="muted">{of}</p>
        </section>
    }
}

/// 听取汇报 · 实地考察 · 查阅资料 · 按盒找, and the talk.
#[component]
fn Ways(by: Memo<By>) -> impl IntoView {
    let session = session();
    move || {
        let work = session.work.read();
        let work = work.as_ref().ok()?;
        let methods = &work.checklist.methods;
        let now = by.get();
        let chosen = now.method(methods).map(|method| method.id.clone());
        let way = |name: String, to: By, is: bool| {
            let href = Place::Inspection(to).address();
            view! {
                <a href=href prop:replace=true class="filter" aria-current=is.then_some("true")>
                    {name}
                </a>
            }
        };
        let each: Vec<_> = methods
            .iter()
            .map(|method| {
                way(method.name.clone(), By::Method(method.id.clone()), chosen.as_ref() == Some(&method.id))
            })
            .collect();
        Some(view! {
            <nav class="filters" aria-label="怎么看">
                {each}
                {way("按盒找".into(), By::Box, now == By::Box)}
            </nav>
            <a href=Place::Talk.address() class="button">
                "汇报提纲"
            </a>
        })
    }
}

fn lists(by: Memo<By>, all: Memo<Vec<Group>>, found: Memo<Option<BTreeSet<ItemId>>>) -> AnyView {
    let by = by.get();
    let found = found.read();
    let groups = match found.as_ref() {
        Some(found) => narrowed(&all.read(), found),
        None => all.get(),
    };
    if groups.is_empty() {
        let said = if found.is_some() {
            "没有找到，换个说法。"
        } else {
            "这一种方式没有要看的条目。"
        };
        return view! { <p class="empty" role="status">{said}</p> }.into_any();
    }
    let cards: Vec<_> = groups.into_iter().map(|group| card(group, &by)).collect();
    cards.into_any()
}

fn card(group: Group, by: &By) -> impl IntoView + use<> {
    let in_boxes = *by == By::Box;
    let items: Vec<_> = group
        .items
        .into_iter()
        .map(|item| {
            let href = Place::Shown(item.id, by.clone()).address();
            let place = (!in_boxes && !item.place.is_empty()).then_some(item.place);
            view! {
                <li>
                    <a href=href class="row">
                        <span class="row-number">{item.number}</span>
                        <span class="row-title">{item.title}</span>
                        <span class="state">{place}</span>
                    </a>
                </li>
            }
        })
        .collect();
    let record_books: Vec<_> =
        group.record_books.into_iter().map(|named| view! { <li>{named}</li> }).collect();
    view! {
        <section class="card list" data-testid="shown-group">
            <h2>{group.name}</h2>
            {(!record_books.is_empty()).then(|| view! { <ul class="papers">{record_books}</ul> })}
            <ul>{items}</ul>
        </section>
    }
}
