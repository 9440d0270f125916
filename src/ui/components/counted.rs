//! What the ledger answers of a part: which entries were counted, how to answer otherwise with a reason, and how to go back.

use crate::{
    domain::{
        AnswerKey, AnswerValue, Entry, ItemId, LedgerId, LedgerSource, Part, PartAnswer, Rule, ledger::derive,
    },
    ui::{
        session::{Session, session},
        words::{dates, ledger},
    },
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What of a part the ledger speaks for.
#[derive(Clone, Copy)]
pub struct Spoken {
    /// Whether it speaks at all.
    pub speaks: Memo<bool>,
    /// The windows or occurrences that are counted and not typed.
    pub fixed: Memo<BTreeSet<String>>,
}

impl Spoken {
    /// Of this part. Nothing where the ledger is not asked.
    #[must_use]
    pub fn of(session: Session, item: &ItemId, part: &Part) -> Self {
        let key = AnswerKey::Part { item: item.clone(), part: part.id.clone() };
        let (window, source) = (part.window, part.from_ledger.clone());
        let fixed = Memo::new(move |_| {
            let Some(source) = &source else { return BTreeSet::new() };
            let counted = session.derived.counted.read();
            if counted.iter().all(|entry| entry.key != key) {
                return BTreeSet::new();
            }
            match source {
                LedgerSource::Count { kinds } => {
                    let work = session.work.read();
                    let Ok(work) = work.as_ref() else { return BTreeSet::new() };
                    let spoken =
                        derive::spoken(kinds, &session.book.read().ledger, &work.period.judged(window));
                    spoken.into_iter().map(|window| window.0).collect()
                }
                LedgerSource::BelowQuorum { occurrence, .. } => [occurrence.to_string()].into(),
                LedgerSource::Attendance { .. } => ["all".into()].into(),
            }
        });
        Self { speaks: Memo::new(move |_| !fixed.read().is_empty()), fixed }
    }

    /// What is left of an answer that is typed beside what is counted.
    #[must_use]
    pub fn typed(self, answer: PartAnswer) -> PartAnswer {
        let fixed = self.fixed.read_untracked();
        match answer {
            PartAnswer::Counts { mut counts } => {
                counts.retain(|window, _| !fixed.contains(&window.0));
                PartAnswer::Counts { counts }
            }
            PartAnswer::Occurrences { mut counts } => {
                counts.retain(|occurrence, _| !fixed.contains(occurrence.as_str()));
                PartAnswer::Occurrences { counts }
            }
            other => other,
        }
    }
}

/// Why the branch answers otherwise than its ledger, as it stands; empty where it does not, or not in a way that the pinned
/// checklist can take.
#[must_use]
pub fn reason(session: Session, key: &AnswerKey) -> String {
    let work = session.work.read();
    match work.as_ref().ok().and_then(|work| work.usable(key)) {
        Some(AnswerValue::Part { answer: Some(_), reason, .. }) => reason,
        _ => String::new(),
    }
}

/// Beneath the control of a part that the ledger can answer.
#[component]
pub fn FromLedger(
    /// The item.
    item: ItemId,
    /// The part.
    part: Part,
) -> impl IntoView {
    let session = session();
    let key = AnswerKey::Part { item, part: part.id.clone() };
    let source = part.from_ledger.clone()?;
    let entry = {
        let key = key.clone();
        Memo::new(move |_| session.derived.counted.read().iter().find(|entry| entry.key == key).cloned())
    };
    let why = {
        let key = key.clone();
        Memo::new(move |_| reason(session, &key))
    };
    Some(move || match (entry.get(), why.get()) {
        (Some(entry), _) => {
            view! { <Counted entry=entry source=source.clone() part=part.clone() /> }.into_any()
        }
        (None, why) if !why.is_empty() => {
            let key = key.clone();
            view! {
                <div class="note" data-testid="against">
                    <p>{format!("自己改的，原因：{why}")}</p>
                    <button type="button" class="quiet" on:click=move |_| session.count_again(&key)>
                        "还按台账数"
                    </button>
                </div>
            }
            .into_any()
        }
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
fn Counted(entry: Entry, source: LedgerSource, part: Part) -> impl IntoView {
    let session = session();
    let AnswerValue::Part { answer: Some(answer), counted: Some(counted), .. } = entry.value else {
        return None;
    };
    let said = said(&answer, &source, &part, counted.len());
    let links = links(session, &counted);
    let asking = RwSignal::new(false);
    let why = RwSignal::new(String::new());
    let key = entry.key;
    let against = move || {
        let (key, answer) = (key.clone(), answer.clone());
        view! {
            <label class="field">
                <span>"为什么和台账不一样"</span>
                <input
                    type="text"
                    maxlength="100"
                    prop:value=why
                    on:input=move |event| why.set(event_target_value(&event))
                />
            </label>
            <button
                type="button"
                class="button"
                disabled=move || why.read().trim().is_empty()
                on:click=move |_| {
                    let reason = why.get_untracked().trim().chars().filter(|c| !c.is_control()).collect();
                    session.answer_against(key.clone(), answer.clone(), reason);
                }
            >
                "写好原因，自己填"
            </button>
        }
    };
    Some(view! {
        <div class="note" data-testid="counted">
            <p>{said}</p>
            {links}
            <Show
                when=move || asking.get()
                fallback=move || {
                    view! {
                        <button type="button" class="quiet" on:click=move |_| asking.set(true)>
                            "和台账不一样，自己填"
                        </button>
                    }
                }
            >
                {against.clone()}
            </Show>
        </div>
    })
}

fn said(answer: &PartAnswer, source: &LedgerSource, part: &Part, counted: usize) -> String {
    match (answer, source) {
        (PartAnswer::Share { numerator, denominator }, _) => {
            format!("从台账数的：{counted}次，应到{denominator}人次，实到{numerator}人次。")
        }
        (_, LedgerSource::BelowQuorum { occurrence, .. }) => {
            let named = match &part.rule {
                Rule::Deduction { occurrences } => occurrences.iter().find(|kind| &kind.id == occurrence),
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
    let book = session.book.read();
    let today = session.today.get();
    let mut live = book.ledger.live();
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
