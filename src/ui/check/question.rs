//! One item a screen: the requirement, the control that fits, where the originals lie, how to do it.

use super::{
    after_move::Doubtful,
    answer::PartControl,
    answer_history::{History, registers},
    evidence::Evidence,
};
use crate::{
    domain::{AnswerKey, AnswerValue, Item, ItemId, NotApplicable, Outcome, Stance, scoring::ItemState},
    phone::overview::{ItemRow, next_open},
    ui::app::session::erased::{Show, live, memo},
    ui::kit::button::{button, choice},
    ui::{
        app::{
            frame::Page,
            navigation::navigation,
            nothing_yet::NothingYet,
            route::Place,
            session::{Session, session},
            slots::slots,
        },
        kit::message::Note,
        words::{standard, terms},
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// The page.
#[component]
pub fn Question() -> impl IntoView {
    let session = session();
    let shown = navigation().of_page(|place| match place {
        Place::Question(id) => Some(id.clone()),
        _ => None,
    });
    let item = memo(move || {
        let (checklist, id) = (session.derived.checklist.get()?, shown.get()?);
        let (number, aspect, item) = checklist.find(&id)?;
        Some((number, aspect.name.clone(), Arc::new(item.clone())))
    });
    let title = Signal::derive(move || {
        item.read().as_ref().map_or_else(|| "自查".to_owned(), |(number, _, _)| format!("第{number}条"))
    });
    // Back to its place in the list.
    let back = shown.get_untracked().map_or_else(|| "/check".into(), |id| format!("/check#row-{id}"));
    view! {
        <Page title=title back=back>
            {live(move || match item.get() {
                Some((number, aspect, item)) => {
                    view! { <Ask number=number aspect=aspect item=item /> }.into_any()
                }
                None => {
                    view! {
                        <NothingYet />
                        <a href="/check" class="button">
                            "回到自查"
                        </a>
                    }
                        .into_any()
                }
            })}
        </Page>
    }
}

fn row(session: Session, id: ItemId) -> Memo<Option<ItemRow>> {
    memo(move || session.derived.rows.read().iter().find(|row| row.id == id).cloned())
}

#[component]
fn Ask(number: usize, aspect: String, item: Arc<Item>) -> impl IntoView {
    let (session, slots) = (session(), slots());
    let of = session.derived.rows.with_untracked(Vec::len);
    let row = row(session, item.id.clone());
    let state = memo(move || row.read().as_ref().map(|row| row.state));
    // Only whether the branch is asked: an answer must not draw its own control anew.
    let asked = memo(move || match state.get() {
        Some(fixed @ (ItemState::JudgedAbove | ItemState::Excluded | ItemState::NotDue)) => Err(fixed),
        _ => Ok(()),
    });
    let before = registers(&item);
    let start: Vec<(AnswerKey, Option<AnswerValue>)> =
        before.iter().map(|key| (key.clone(), value(session, key))).collect();
    let controls = {
        let item = item.clone();
        move || match asked.get() {
            Err(ItemState::JudgedAbove) => {
                let text = format!("由{}评，支部不填。", session.addressee());
                let value = session.value_above(&item.id);
                let said = value.as_ref().map(|value| {
                    let more = terms::said_above(&item, value).into_iter();
                    let more: Vec<_> = more.map(|line| view! { <p>{line}</p> }).collect();
                    let said = terms::value_above(value, session.today.get());
                    view! { <p data-testid="value-above">{said}</p> {more} }
                });
                view! { <Note><p>{text}</p>{said}</Note> }.into_any()
            }
            Err(ItemState::Excluded) => {
                view! { <Note><p>"按支部基本情况，本支部不设这一项，不用填。"</p></Note> }.into_any()
            }
            Err(_) => {
                let said = row.read().as_ref().and_then(|row| row.outcome);
                let said = said.map_or_else(
                    || "还没到时候，本期不评。".into(),
                    |outcome| format!("{}，本期不评。", terms::outcome(outcome, session.today.get())),
                );
                view! { <Note><p>{said}</p></Note> }.into_any()
            }
            Ok(()) => view! { <Controls item=item.clone() state=state /> }.into_any(),
        }
    };
    view! {
        <article data-testid="question" data-item=item.id.to_string()>
            <p class="muted">{format!("第{number}条，共{of}条 · {aspect} · {}", item.title)}</p>
            <Doubtful item=item.clone() />
            <section class="card">
                <p class="requirement">{item.requirement.clone()}</p>
                {(!item.plain.is_empty()).then(|| view! { <p class="plain">{item.plain.clone()}</p> })}
                {controls}
                <Stands row=row />
                <Undo start=start />
                {slots.finding.map(|show| show(item.id.clone()))}
            </section>
            <Evidence item=item.clone() />
            <HowTo item=item.clone() />
            {slots.sections.map(|show| show(item.id.clone()))}
            <History item=item.clone() />
        </article>
        <Steps item=item.id.clone() />
    }
}

fn value(session: Session, key: &AnswerKey) -> Option<AnswerValue> {
    session.work.with_untracked(|work| work.as_ref().ok()?.usable(key))
}

#[component]
fn Controls(item: Arc<Item>, state: Memo<Option<ItemState>>) -> impl IntoView {
    let session = session();
    let excused = move || matches!(state.get(), Some(ItemState::NotApplicable { .. } | ItemState::Unsure));
    let parts: Vec<_> =
        (0..item.parts.len()).map(|place| view! { <PartControl item=item.clone() place=place /> }).collect();
    let addressee = session.addressee();
    let id = item.id.clone();
    let stance = move |wanted: Stance, name: String| {
        let id = id.clone();
        let chosen = {
            let id = id.clone();
            move || session.work.read().as_ref().is_ok_and(|work| work.assessment.stance(&id) == wanted)
        };
        let is = chosen.clone();
        choice(name, "quiet", chosen, move |_| {
            let stance = if untrack(&is) { Stance::Applies } else { wanted };
            session.answer(AnswerKey::Stance { item: id.clone() }, AnswerValue::Stance { stance });
        })
    };
    let not = |reason| Stance::NotApplicable { reason };
    let none = item.may_not_occur.then(|| stance(not(NotApplicable::NoOccurrence), "本期没有此事".into()));
    let absent = item.may_be_absent.then(|| stance(not(NotApplicable::AbsentHere), "本支部不设".into()));
    let unsure = stance(Stance::Unsure, format!("拿不准，问{addressee}"));
    let ways = standard::ways(&item).map(|said| view! { <p class="muted" data-testid="ways">{said}</p> });
    view! {
        <div class:excused=excused>{ways} {parts}</div>
        <div class="quiets">{none} {absent} {unsure}</div>
    }
}

/// How the item stands today, in one line.
#[component]
fn Stands(row: Memo<Option<ItemRow>>) -> impl IntoView {
    let session = session();
    move || {
        let row = row.get()?;
        let said = match (row.state, row.outcome) {
            (ItemState::Answered, Some(Outcome::Met) | None) => return None,
            (ItemState::Answered, Some(outcome)) => terms::outcome(outcome, session.today.get()),
            (ItemState::NotApplicable { reason }, _) => {
                format!("{}，不计分，分数按比例折算", terms::not_applicable(reason))
            }
            (ItemState::Unsure, _) => "记在“拿不准的”里了，问清楚再填".into(),
            _ => return None,
        };
        Some(view! { <p class="stands" data-testid="outcome">{said}</p> })
    }
}

/// 改回原来的, until the item is left.
#[component]
fn Undo(start: Vec<(AnswerKey, Option<AnswerValue>)>) -> impl IntoView {
    let session = session();
    let keys: Vec<AnswerKey> = start.iter().map(|(key, _)| key.clone()).collect();
    let start = StoredValue::new(start);
    let changed = memo(move || {
        let work = session.work.read();
        let Ok(work) = work.as_ref() else { return false };
        start.with_value(|start| {
            let now = keys.iter().map(|key| work.usable(key));
            now.zip(start).any(|(now, (key, before))| {
                let nothing = nothing(key);
                now.as_ref().unwrap_or(&nothing) != before.as_ref().unwrap_or(&nothing)
            })
        })
    });
    view! {
        <Show when=move || changed.get()>
            {button("改回原来的", "quiet", move |_| {
                    for (key, before) in start.get_value() {
                        let before = before.unwrap_or_else(|| nothing(&key));
                        if value(session, &key).unwrap_or_else(|| nothing(&key)) != before {
                            session.answer(key, before);
                        }
                    }
                })}
        </Show>
    }
}

/// What a register says when nothing was written into it.
fn nothing(key: &AnswerKey) -> AnswerValue {
    match key {
        AnswerKey::Stance { .. } => AnswerValue::Stance { stance: Stance::Applies },
        AnswerKey::Part { .. } => AnswerValue::part(None),
        AnswerKey::Photo { .. } => AnswerValue::Attached { attached: false },
        AnswerKey::Profile | AnswerKey::Location { .. } | AnswerKey::Note { .. } => {
            AnswerValue::Text { text: String::new() }
        }
    }
}

/// 怎么抓, folded until it is wanted.
#[component]
fn HowTo(item: Arc<Item>) -> impl IntoView {
    let session = session();
    let steps: Vec<_> = item.guidance.iter().map(|step| view! { <li>{step.clone()}</li> }).collect();
    let methods = session.work.with_untracked(|work| {
        let Ok(work) = work else { return String::new() };
        let named = work.checklist.methods.iter().filter(|method| item.methods.contains(&method.id));
        named.map(|method| method.name.clone()).collect::<Vec<_>>().join("、")
    });
    let cited: Vec<_> =
        item.citations.iter().map(|citation| view! { <li>{terms::cite(citation)}</li> }).collect();
    let marks: Vec<_> = item.marks.iter().map(|mark| view! { <li>{terms::marked(mark)}</li> }).collect();
    let limits: Vec<_> =
        item.limits.iter().map(|limit| view! { <li>{format!("{}：{}", if limit.is_veto() { "一票否决" } else { "等次限制" }, limit.text)}</li> }).collect();
    view! {
        <details class="card fold">
            <summary>"怎么抓"</summary>
            <ol class="steps">{steps}</ol>
            <p class="muted">{format!("考核方式：{methods}")}</p>
            {(!limits.is_empty()).then(|| view! { <ul class="small">{limits}</ul> })}
            {(!cited.is_empty()).then(|| view! { <p class="muted">"依据"</p> <ul class="small">{cited}</ul> })}
            {(!marks.is_empty()).then(|| view! { <p class="muted">"说明"</p> <ul class="small">{marks}</ul> })}
        </details>
    }
}

/// 上一条 / 下一条. No swipe: it fights the system's back gesture.
#[component]
fn Steps(item: ItemId) -> impl IntoView {
    let session = session();
    let rows = session.derived.rows;
    // Which items stand beside this one does not change with an answer, so the links stay.
    let here = item.clone();
    let beside = memo(move || {
        let rows = rows.read();
        let place = rows.iter().position(|row| row.id == here);
        let at = |by| Some(rows.get(place?.checked_add_signed(by)?)?.id.clone());
        (at(-1), at(1))
    });
    let previous = move || {
        beside
            .get()
            .0
            .map(|id| view! { <a href=format!("/check/{id}") prop:replace=true class="button">"上一条"</a> })
    };
    let next = move || {
        match beside.get().1 {
        Some(id) => view! { <a href=format!("/check/{id}") prop:replace=true class="button button-main" data-testid="next-item">"下一条"</a> }.into_any(),
        None => view! { <a href="/" class="button button-main">"回到首页"</a> }.into_any(),
    }
    };
    let open = move || {
        let rows = rows.read();
        if let Some(doubtful) = rows.iter().find(|row| row.doubtful && row.id != item) {
            let text = format!("去看待复核的第{}条", doubtful.number);
            return Some(view! { <a href=format!("/check/{}", doubtful.id) class="quiet">{text}</a> });
        }
        let found = next_open(&rows, Some(&item)).filter(|row| row.id != item)?;
        let here = rows.iter().position(|row| row.id == item)?;
        (found.number != here + 2).then(|| {
            view! { <a href=format!("/check/{}", found.id) class="quiet">{format!("跳到没填的第{}条", found.number)}</a> }
        })
    };
    view! {
        <nav class="item-steps" aria-label="换一条">{previous} {next}</nav>
        {open}
    }
}
