//! 自查: the whole checklist as a list, with filters.

use super::after_move::NoLonger;
use crate::{
    domain::scoring::ItemState,
    phone::overview::{Filter, ItemRow, next_open, progress},
    ui::app::session::erased::{live, memo},
    ui::{
        app::{
            frame::Page, navigation::navigation, nothing_yet::NothingYet, route::Place, session::session,
            standing::class,
        },
        words::terms,
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Check() -> impl IntoView {
    let session = session();
    let shown = navigation().of_page(|place| match place {
        Place::Check(filter) => Some(*filter),
        _ => None,
    });
    let filter = memo(move || shown.get().unwrap_or_default());
    let ready = memo(move || session.work.read().is_ok());
    view! {
        <Page title="自查">
            {live(move || {
                if ready.get() { view! { <List filter=filter /> }.into_any() } else { view! { <NothingYet /> }.into_any() }
            })}
        </Page>
    }
}

#[component]
fn List(filter: Memo<Filter>) -> impl IntoView {
    let session = session();
    let rows = session.derived.rows;
    let count = move |filter: Filter| rows.read().iter().filter(|row| filter.shows(row)).count();
    view! {
        <p class="muted" data-testid="progress">
            {live(move || {
                let (done, asked) = progress(rows.read().iter());
                match rows.read().len() - asked {
                    0 => format!("填了 {done} / {asked} 条"),
                    rest => format!("填了 {done} / {asked} 条，另有{rest}条不用填：还没到时候、由上级评或本支部不设"),
                }
            })}
        </p>
        {live(move || {
            next_open(&rows.read(), None)
                .map(|row| {
                    view! {
                        <a href=format!("/check/{}", row.id) class="button button-main">
                            "一条一条填"
                        </a>
                    }
                })
        })}
        <nav class="filters" aria-label="只看">
            {Filter::ALL
                .map(|one| {
                    view! {
                        <a
                            href=format!("/check?show={}", one.slug())
                            class="filter"
                            // Only a moved draft has any.
                            hidden=move || one == Filter::Doubtful && filter.get() != one && count(one) == 0
                            aria-current=move || (filter.get() == one).then_some("true")
                        >
                            {live(move || format!("{} {}", one.name(), count(one)))}
                        </a>
                    }
                })}
        </nav>
        {live(move || {
            let work = session.work.read();
            let Ok(work) = work.as_ref() else { return Vec::new() };
            let (rows, filter) = (rows.read(), filter.get());
            work.checklist
                .aspects
                .iter()
                .enumerate()
                .filter_map(|(place, aspect)| {
                    let shown: Vec<_> = rows
                        .iter()
                        .filter(|row| row.aspect == place && filter.shows(row))
                        .map(|row| view! { <Row row=row.clone() /> })
                        .collect();
                    (!shown.is_empty())
                        .then(|| {
                            view! {
                                <section class="card list" id=aspect.id.to_string()>
                                    <h2>{aspect.name.clone()}</h2>
                                    <ul>{shown}</ul>
                                </section>
                            }
                        })
                })
                .collect::<Vec<_>>()
        })}
        {live(move || (count(filter.get()) == 0).then(|| view! { <p class="empty">{empty(filter.get())}</p> }))}
        <NoLonger />
    }
}

fn empty(filter: Filter) -> &'static str {
    match filter {
        Filter::All => "标准里还没有条目。",
        Filter::Open => "没有没填的，都填了。",
        Filter::Short => "没有扣分的。没填的不算在这里。",
        Filter::Possible => "没有还能办的。",
        Filter::Doubtful => "没有待复核的，都看过了。",
        Filter::Unsure => "没有拿不准的。自查时点“拿不准”，会记在这里，凑齐了一起打电话问。",
    }
}

/// One item as a row: number, name, how it stands, points.
#[component]
pub fn Row(
    /// The item.
    row: ItemRow,
) -> impl IntoView {
    let session = session();
    let row_id = row.id.clone();
    let href = format!("/check/{row_id}");
    let points = match row.state {
        ItemState::Answered => terms::earned(&row),
        ItemState::Unanswered | ItemState::Unsure => terms::worth(row.points),
        _ => "不计分".into(),
    };
    let sign = sign(&row);
    let class = format!("state state-{}", class(&row));
    let (number, title) = (row.number, row.title.clone());
    let stands = move || stands(&row, session);
    let anchor = format!("row-{row_id}");
    view! {
        <li id=anchor>
            <a href=href class="row">
                <span class="row-number">{number}</span>
                <span class="row-title">{title}</span>
                <span class=class>
                    <span aria-hidden="true">{sign}</span>
                    " "
                    {stands}
                </span>
                <span class="row-points">{points}</span>
            </a>
        </li>
    }
}

fn stands(row: &ItemRow, session: crate::ui::app::session::Session) -> String {
    if row.doubtful {
        return "待复核，标准改了".into();
    }
    match row.state {
        ItemState::Answered => {
            row.outcome.map_or_else(|| "填了".into(), |outcome| terms::outcome(outcome, session.today.get()))
        }
        ItemState::Unanswered if row.is_half_answered() => "没填完".into(),
        ItemState::Unanswered => "没填".into(),
        ItemState::Unsure => "拿不准".into(),
        state => match (session.value_above(&row.id), row.outcome) {
            (Some(value), _) if state == ItemState::JudgedAbove => {
                format!("{}评了{}分", value.by, value.points)
            }
            (_, Some(outcome)) if state == ItemState::NotDue => terms::outcome(outcome, session.today.get()),
            _ => terms::aside(state, &session.addressee()).unwrap_or_default(),
        },
    }
}

fn sign(row: &ItemRow) -> &'static str {
    if row.doubtful {
        return "◇";
    }
    match row.state {
        ItemState::Answered => row.outcome.map_or("✓", terms::outcome_sign),
        ItemState::Unanswered => "□",
        ItemState::Unsure => "？",
        _ => "○",
    }
}
