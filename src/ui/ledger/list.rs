//! 台账: a year's entries by month, newest first.

use crate::{
    domain::{ActivityKind, ledger::Live},
    ui::app::session::erased::{Show, live, memo},
    ui::kit::button::button,
    ui::{
        app::{
            clock::ClockNote,
            frame::Page,
            route::{Like, Place},
            session::{Session, modules::Module, session},
        },
        kit::icon::{Draw, Icon},
        words::{dates, ledger},
    },
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// The page.
#[component]
pub fn LedgerPage() -> impl IntoView {
    let session = session();
    let year = RwSignal::new(session.today.get_untracked().year());
    let opened = RwSignal::new(Vec::new());
    view! {
        <Page title="台账" back="/">
            <ClockNote />
            <section class="card">
                <a href="/ledger/new" class="button button-main">
                    "登记一次活动"
                </a>
                {live(move || like_the_last(session))}
                <p class="muted small">{format!("当时开过、办过的照实登记。{}", ledger::ONLY_WHAT_WAS_HELD)}</p>
            </section>
            <ul class="card menu">
                <li>
                    <a href="/ledger/year" class="menu-entry">
                        <span>"全年一览：办了哪些、还差哪些"</span>
                        <span></span>
                        <Draw icon=Icon::Forward />
                    </a>
                </li>
            </ul>
            {live(move || not_yet(session))}
            {live(move || months(session, year, opened))}
        </Page>
    }
}

/// Entries that are dated after today: entered while the phone's date was wrong. They count for nothing until somebody corrects
/// their day.
fn not_yet(session: Session) -> Option<impl IntoView> {
    let (held, today) = (session.ledger.read(), session.today.get());
    let mut live = held.ledger.live();
    live.retain(|live| live.entry.date > today);
    live.sort_by_key(|live| (live.entry.date, live.id));
    let rows: Vec<_> = live
        .iter()
        .map(|live| {
            let said = format!("{} {}", dates::day(live.entry.date, today), ledger::title(live.entry));
            view! {
                <li>
                    <a href=format!("/ledger/{}", live.id)>{said}</a>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <div class="note" data-testid="not-yet">
                <p>"这几条的日期在今天以后，像是手机日期不对的时候登的。没有丢，点开“改一改”，把日期改对："</p>
                <ul>{rows}</ul>
            </div>
        }
    })
}

/// 再来一次: the kinds that were held last, each once.
fn like_the_last(session: Session) -> Option<impl IntoView> {
    let held = session.ledger.read();
    let mut live = held.ledger.live();
    live.sort_by_key(|live| core::cmp::Reverse((live.entry.date, live.id)));
    let mut kinds: Vec<ActivityKind> = Vec::new();
    for kind in live.iter().flat_map(|live| &live.entry.kinds) {
        if !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    kinds.truncate(4);
    let links: Vec<_> = kinds
        .into_iter()
        .map(|kind| {
            let to = Place::LedgerNew(Some(Like::Last(kind))).address();
            view! { <a href=to class="chip chip-link">{ledger::kind(kind)}</a> }
        })
        .collect();
    (!links.is_empty()).then(|| {
        view! {
            <p class="muted">"再来一次，照上回的填好："</p>
            <div class="chips">{links}</div>
        }
    })
}

/// After the month in which this many entries are passed, months are folded.
const OPEN: usize = 60;

/// The shown year in one pass; another year by its button.
fn months(session: Session, year: RwSignal<i16>, opened: RwSignal<Vec<Month>>) -> impl IntoView {
    let held = session.ledger.read();
    let mut live = held.ledger.live();
    let shown = year.get();
    let years: BTreeSet<i16> = live.iter().map(|live| live.entry.date.year()).chain([shown]).collect();
    live.retain(|live| live.entry.date.year() == shown);
    live.sort_by_key(|live| core::cmp::Reverse((live.entry.date, live.id)));
    let mut before = 0;
    let months: Vec<_> = live
        .chunk_by(|one, other| one.entry.date.month() == other.entry.date.month())
        .map(|month| {
            let number = month[0].entry.date.month();
            let name = format!("{number}月（{}次）", month.len());
            if before > OPEN {
                return view! { <Folded name=name month=(shown, number) opened=opened /> }.into_any();
            }
            before += month.len();
            let rows: Vec<_> = month.iter().map(row).collect();
            view! {
                <section class="card list" data-testid="month">
                    <h2>{name}</h2>
                    <ul>{rows}</ul>
                </section>
            }
            .into_any()
        })
        .collect();
    let others: Vec<_> = years
        .into_iter()
        .rev()
        .filter(|other| *other != shown)
        .map(|other| button(format!("{other}年"), "chip", move |_| year.set(other)))
        .collect();
    let nothing = months.is_empty().then(|| {
        view! { <p class="empty">{format!("{shown}年还没有登记。开完会、办完活动登一条，不到一分钟；自查时次数和到会率自己算好。")}</p> }
    });
    view! {
        <h2>{format!("{shown}年")}</h2>
        {nothing}
        {months}
        {(!others.is_empty()).then(|| view! { <div class="chips">{others}</div> })}
    }
}

/// Year and month.
type Month = (i16, i8);

/// A month further back, whose entries are drawn when it is opened: five hundred rows would keep a slow phone busy. What is
/// opened is kept by the page: this is drawn anew when anything in the ledger changes, into what is on the screen already.
#[component]
fn Folded(name: String, month: Month, opened: RwSignal<Vec<Month>>) -> impl IntoView {
    let session = session();
    let open = memo(move || opened.read().contains(&month));
    let toggled = move |event: leptos::ev::Event| {
        let is_open = event_target::<web_sys::Element>(&event).has_attribute("open");
        if is_open != open.get_untracked() {
            opened.update(|all| if is_open { all.push(month) } else { all.retain(|other| *other != month) });
        }
    };
    let rows = move || {
        open.get().then(|| {
            let held = session.ledger.read();
            let mut live = held.ledger.live();
            live.retain(|live| (live.entry.date.year(), live.entry.date.month()) == month);
            live.sort_by_key(|live| core::cmp::Reverse((live.entry.date, live.id)));
            let rows: Vec<_> = live.iter().map(row).collect();
            view! { <ul>{rows}</ul> }
        })
    };
    view! {
        <details class="card list fold" data-testid="month" prop:open=open on:toggle=toggled>
            <summary>{name}</summary>
            {rows}
        </details>
    }
}

fn row(live: &Live<'_>) -> impl IntoView + use<> {
    let entry = live.entry;
    let about: Vec<String> =
        [ledger::present(entry), Some(entry.topic.clone()).filter(|t| !t.is_empty()), ledger::late(live)]
            .into_iter()
            .flatten()
            .collect();
    let about = about.join("，");
    view! {
        <li>
            <a href=format!("/ledger/{}", live.id) class="row row-day">
                <span class="row-number">{format!("{}日", entry.date.day())}</span>
                <span class="row-title">{ledger::title(entry)}</span>
                <span class="state">{about}</span>
            </a>
        </li>
    }
}

/// 首页's quiet row: 台账：本月2次.
#[component]
pub fn LedgerRow() -> impl IntoView {
    let session = session();
    let beside = move || ledger::this_month(&session.ledger.read().ledger, session.today.get());
    view! {
        <Show when=move || session.shows(Module::Ledger)>
            <li>
                <a href="/ledger" class="menu-entry" data-testid="ledger-row">
                    <span>"台账"</span>
                    <span class="muted">{beside}</span>
                    <Draw icon=Icon::Forward />
                </a>
            </li>
        </Show>
    }
}
