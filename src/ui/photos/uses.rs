//! 也用于别的条目、台账、整改: one photo serves whatever it shows. Folded until it is wanted.

use crate::{
    domain::{AnswerKey, AnswerValue, ContentHash, Finding, FindingState, FindingValue, Item},
    phone::mending::Taken,
    ui::app::session::erased::{Show, memo},
    ui::{
        app::session::session,
        words::{dates, ledger},
    },
};
use leptos::prelude::*;

/// How many entries of the ledger are offered for a photo: what was held lately.
const ENTRIES: usize = 30;

/// So many characters of a problem tell which finding it is.
const PROBLEM_CHARS: usize = 40;

/// The button, and under it a tick for each of them.
#[component]
pub fn Others(
    /// The photo.
    sha: StoredValue<ContentHash>,
) -> impl IntoView {
    let unfolded = RwSignal::new(false);
    view! {
        <button
            type="button"
            class="quiet"
            aria-expanded=move || unfolded.get().to_string()
            on:click=move |_| unfolded.update(|is| *is = !*is)
        >
            "也用于别的条目、台账、整改"
        </button>
        <Show when=move || unfolded.get()>
            <div class="choices">
                {group("整改", findings(sha))} {group("台账", entries(sha))} {group("条目", items(sha))}
            </div>
        </Show>
    }
}

/// Ticks under what they are; the few stand above the many.
fn group(name: &'static str, ticks: Vec<AnyView>) -> Option<impl IntoView> {
    (!ticks.is_empty()).then(|| view! { <h3>{name}</h3> {ticks} })
}

fn tick(name: String, is: Memo<bool>, set: impl Fn(bool) + 'static) -> AnyView {
    view! {
        <button
            type="button"
            role="checkbox"
            class="choice choice-tick"
            aria-checked=move || is.get().to_string()
            on:click=move |_| set(!is.get_untracked())
        >
            {name}
        </button>
    }
    .into_any()
}

fn items(sha: StoredValue<ContentHash>) -> Vec<AnyView> {
    let session = session();
    let rows = session.derived.rows.get_untracked();
    let may = rows.into_iter().filter(|row| {
        session.work.with_untracked(|work| {
            let item = work.as_ref().ok().and_then(|work| work.checklist.find(&row.id).map(|found| found.2));
            item.is_some_and(|item| !item.is_never_photographed())
        })
    });
    may.map(|row| {
        let register = AnswerKey::Photo { item: row.id.clone(), sha256: sha.get_value() };
        let is = memo(move || {
            let work = session.work.read();
            let said = work.as_ref().ok().and_then(|work| work.assessment.current(&register));
            said.is_some_and(|entry| entry.value == AnswerValue::Attached { attached: true })
        });
        let name = format!("第{}条 {}", row.number, row.title);
        tick(name, is, move |attached| session.attach_photo(row.id.clone(), sha.get_value(), attached))
    })
    .collect()
}

/// Both places of every finding that can still be added to.
fn findings(sha: StoredValue<ContentHash>) -> Vec<AnyView> {
    let session = session();
    let may_have = |finding: &Finding| {
        session.work.with_untracked(|work| {
            let found = finding.item.as_ref().zip(work.as_ref().ok());
            let item = found.and_then(|(item, work)| work.checklist.find(item).map(|(.., item)| item));
            !item.is_some_and(Item::is_never_photographed)
        })
    };
    let named = |problem: &str| match problem.char_indices().nth(PROBLEM_CHARS) {
        Some((end, _)) => format!("{}…", &problem[..end]),
        None => problem.to_owned(),
    };
    let mut open = session.mending.with_untracked(|mending| mending.findings.all());
    open.retain(|finding| {
        !matches!(finding.state, FindingState::Closed | FindingState::Withdrawn) && may_have(finding)
    });
    let places =
        open.into_iter().flat_map(|finding| [Taken::Before, Taken::After].map(|t| (finding.clone(), t)));
    places
        .map(|(finding, taken)| {
            let id = finding.id;
            let is = memo(move || {
                let found = session.mending.read().findings.find(id);
                found.is_some_and(|finding| sha.with_value(|sha| taken.of(&finding).contains(sha)))
            });
            let when = match taken {
                Taken::Before => "整改前",
                Taken::After => "整改后",
            };
            tick(format!("{when}：{}", named(&finding.problem)), is, move |attached| {
                let word = (taken.field(sha.get_value()), FindingValue::Attached { attached });
                session.write_finding(id, vec![word]);
            })
        })
        .collect()
}

fn entries(sha: StoredValue<ContentHash>) -> Vec<AnyView> {
    let session = session();
    let offered = session.ledger.with_untracked(|held| {
        let mut live = held.ledger.live();
        live.retain(|live| !live.entry.is_never_photographed());
        live.sort_by_key(|live| core::cmp::Reverse((live.entry.date, live.id)));
        let name =
            |date, entry| format!("{} {}", dates::day(date, session.today.get()), ledger::title(entry));
        live.iter()
            .take(ENTRIES)
            .map(|live| (live.id, untrack(|| name(live.entry.date, live.entry))))
            .collect::<Vec<_>>()
    });
    offered
        .into_iter()
        .map(|(id, name)| {
            let is = memo(move || {
                let held = session.ledger.read();
                sha.with_value(|sha| held.ledger.photos_of(id).contains(&sha))
            });
            tick(name, is, move |attached| session.attach_to_entry(id, sha.get_value(), attached))
        })
        .collect()
}
