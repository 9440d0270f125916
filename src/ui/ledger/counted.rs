//! What the ledger answers of a part: which entries were counted, how to answer otherwise with a reason, and how to go back.

use crate::{
    domain::{
        AnswerKey, AnswerValue, Entry, ItemId, LedgerId, LedgerSource, Part, PartAnswer, Rule, text::Kind,
    },
    phone::typing::Shape,
    ui::app::session::erased::{live, memo},
    ui::kit::button::{button, button_unless},
    ui::{
        app::session::{
            Session,
            modules::Module,
            session,
            typing::{Ends, Form},
        },
        kit::field::{Field, before_in},
        words::{dates, ledger},
    },
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Beneath the control of a part that the ledger can answer.
#[component]
pub fn FromLedger(
    /// The item.
    item: ItemId,
    /// The part.
    part: Part,
) -> impl IntoView {
    let session = session();
    let place = format!("check/{item}/{}/reason", part.id);
    let key = AnswerKey::Part { item, part: part.id.clone() };
    let source = part.from_ledger.clone()?;
    let entry = {
        let key = key.clone();
        memo(move || session.derived.counted.read().iter().find(|entry| entry.key == key).cloned())
    };
    let why = {
        let key = key.clone();
        memo(move || session.reason_against(&key))
    };
    // Only whether: another entry in the ledger does not take the reason away that is being typed.
    let is_counted = memo(move || entry.read().is_some());
    Some(move || match (is_counted.get(), why.get()) {
        (true, _) => {
            let (source, part, place) = (source.clone(), part.clone(), place.clone());
            view! { <Counted entry=entry source=source part=part place=place /> }.into_any()
        }
        (false, why) if !why.is_empty() => {
            let key = key.clone();
            view! {
                <div class="note" data-testid="against">
                    <p>{format!("自己改的，原因：{why}")}</p>
                    {button("还按台账数", "quiet", move |_| session.count_again(&key))}
                </div>
            }
            .into_any()
        }
        // Asked by hand alone.
        _ if !session.shows(Module::Ledger) => ().into_any(),
        _ => {
            let named = ledger::kinds(source.kinds());
            view! {
                <p class="muted small">
                    {format!("{named}在台账里登记，这里自己算好。")} <a href="/ledger/new">"去登记"</a>
                </p>
            }
            .into_any()
        }
    })
}

/// 从台账数的, with the entries that were counted.
#[component]
fn Counted(entry: Memo<Option<Entry>>, source: LedgerSource, part: Part, place: String) -> impl IntoView {
    let session = session();
    let counted = move || match entry.get()?.value {
        AnswerValue::Part { answer: Some(answer), counted: Some(counted), .. } => Some((answer, counted)),
        _ => None,
    };
    let why = RwSignal::new(String::new());
    let reasons = move |why: String| vec![("why", why)];
    let form = Form::begin(
        session,
        &place,
        Callback::new(move |()| reasons(String::new())),
        Callback::new(move |()| reasons(why.get())),
        Callback::new(move |(_, text): (String, String)| why.set(text)),
    );
    let asking = RwSignal::new(form.is_before.get_untracked());
    let field = move || {
        let say = Callback::new(move |text: String| why.set(text));
        let place = format!("{place}#why");
        Field::new(place, Shape::Text(Kind::Line(100)), why.into(), say)
            .ends(Ends::Entered)
            .named(view! { <span>"为什么和台账不一样"</span> }.into_any())
    };
    let enter = move |_| {
        let (Some(entry), Some((answer, _))) = (entry.get_untracked(), untrack(counted)) else { return };
        form.entered();
        session.answer_against(entry.key, answer, why.get_untracked());
    };
    view! {
        <div class="note" data-testid="counted">
            {live(move || {
                let (answer, counted) = counted()?;
                let said = said(&answer, &source, &part, counted.len());
                Some(view! { <p>{said}</p> {links(session, &counted)} })
            })}
            {before_in(form)}
            {live(move || {
                if asking.get() {
                    view! {
                        {field()}
                        {button_unless("写好原因，自己填", "button", move || why.read().is_empty(), enter)}
                    }
                        .into_any()
                } else {
                    button("和台账不一样，自己填", "quiet", move |_| asking.set(true))
                        .into_any()
                }
            })}
        </div>
    }
}

fn said(answer: &PartAnswer, source: &LedgerSource, part: &Part, counted: usize) -> String {
    match (answer, source) {
        (PartAnswer::Share { numerator, denominator }, _) => {
            format!("从台账数的：{counted}次，应到{denominator}人次，实到{numerator}人次。")
        }
        (_, LedgerSource::BelowQuorum { occurrence, .. }) => {
            let named = match &part.rule {
                Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
                    occurrences.iter().find(|kind| &kind.id == occurrence)
                }
                _ => None,
            };
            let named = named.map(|kind| kind.text.clone()).unwrap_or_default();
            format!("从台账数的：到会不到半数的{counted}次，算在“{named}”里；别的自己填。")
        }
        (PartAnswer::Counts { counts }, _) if counted == 0 && counts.values().all(|count| *count == 0) => {
            "从台账数的：这几段时间一次也没有登记。".into()
        }
        _ => format!("从台账数的：{counted}条。"),
    }
}

/// How many entries are shown before the rest is folded away.
const SHOWN: usize = 4;

fn links(session: Session, counted: &[LedgerId]) -> impl IntoView + use<> {
    let held = session.ledger.read();
    let today = session.today.get();
    let mut live = held.ledger.live();
    let counted: BTreeSet<LedgerId> = counted.iter().copied().collect();
    live.retain(|live| counted.contains(&live.id));
    live.sort_by_key(|live| core::cmp::Reverse((live.entry.date, live.id)));
    let mut rows: Vec<_> = live
        .iter()
        .map(|live| {
            let there = ledger::present(live.entry).map(|there| format!("，{there}")).unwrap_or_default();
            let late = ledger::late(live).map(|late| format!("，{late}")).unwrap_or_default();
            let text =
                format!("{}{}{there}{late}", dates::day(live.entry.date, today), ledger::title(live.entry));
            view! {
                <li>
                    <a href=format!("/ledger/{}", live.id)>{text}</a>
                </li>
            }
        })
        .collect();
    let more = rows.split_off(rows.len().min(SHOWN));
    view! {
        <ul class="counted">{rows}</ul>
        {(!more.is_empty())
            .then(|| {
                view! {
                    <details class="fold">
                        <summary>{format!("还有{}条", more.len())}</summary>
                        <ul class="counted">{more}</ul>
                    </details>
                }
            })}
    }
}
