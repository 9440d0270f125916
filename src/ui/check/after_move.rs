//! What a move to another version leaves to be read: 待复核 on the question, and answers to what is no longer asked.

use super::answer_history::said;
use crate::{
    domain::{AnswerKey, Checklist, ContentHash, Difference, Entry, Item, ItemId, difference::item_changes},
    phone::work::Work,
    ui::kit::button::button,
    ui::{app::session::session, kit::was_and_is::WasAndIs},
    words::difference::{Card, card},
};
use leptos::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// What an item said before the move.
struct Before {
    /// What differs, where the older version is here.
    card: Option<Card>,
    /// The answers of then.
    answers: Vec<String>,
    /// Whether something is to be looked at again.
    doubtful: bool,
    /// Whether "还是这样" can be said.
    can_confirm: bool,
    /// Whether the ledger answers now what was answered then.
    counted: bool,
}

fn before(work: &Work, counted: &[Entry], doubtful: &BTreeSet<AnswerKey>, item: &Item) -> Option<Before> {
    let of_item = |entry: &Entry| entry.key.item() == Some(&item.id);
    let mut old: Vec<Entry> = doubtful
        .iter()
        .filter_map(|key| work.assessment.current(key))
        .filter(|entry| of_item(entry))
        .cloned()
        .collect();
    let is_doubtful = !old.is_empty();
    let left_out = work.pinned().left_out(&work.assessment);
    for entry in left_out.into_iter().filter(of_item) {
        if !old.contains(&entry) {
            old.push(entry);
        }
    }
    let first = old.first()?;
    let counted = old.iter().all(|entry| counted.iter().any(|counted| counted.key == entry.key));
    let known = work.asked_then(first);
    let card = known.and_then(|(list, then)| {
        let changes = item_changes(then, item);
        let differs = !changes.is_empty();
        differs.then(|| card(list, &work.checklist, &Difference::Changed { item: item.id.clone(), changes }))
    });
    let keys: Vec<_> = doubtful.iter().filter(|key| key.item() == Some(&item.id)).collect();
    let can_confirm = !work.pinned().confirmed(&work.assessment, keys).is_empty();
    let answers = old.iter().map(|entry| {
        let then = work.asked_then(entry).map_or(item, |(_, then)| then);
        said(then, entry, Some(&work.period))
    });
    Some(Before { card, answers: answers.collect(), doubtful: is_doubtful, can_confirm, counted })
}

impl Work {
    /// The checklist and item that an entry answered, where that version is here.
    fn asked_then(&self, entry: &Entry) -> Option<(&Checklist, &Item)> {
        let of: Option<&ContentHash> = entry.under.as_ref();
        let list = of.and_then(|under| self.version(under)).unwrap_or(&self.checklist);
        let (_, _, item) = list.find(entry.key.item()?)?;
        Some((list, item))
    }
}

/// 待复核: what was asked, what was said, and 还是这样.
#[component]
pub fn Doubtful(
    /// The item on the screen.
    item: Arc<Item>,
) -> impl IntoView {
    let session = session();
    move || {
        let counted = session.derived.counted.read();
        let doubtful = session.derived.doubtful.read();
        let before =
            session.work.read().as_ref().ok().and_then(|work| before(work, &counted, &doubtful, &item));
        let Before { card, answers, doubtful, can_confirm, counted } = before?;
        let answers: Vec<_> = answers.into_iter().map(|text| view! { <li>{text}</li> }).collect();
        let id = item.id.clone();
        let what_to_do = match (doubtful, can_confirm) {
            (false, _) if counted => {
                view! { <p class="muted small">"现在按台账数，原来的只留着看。"</p> }.into_any()
            }
            (true, true) => {
                let still = move |_| session.confirm(&id);
                view! {
                    {button("还是这样", "button button-main", still)}
                    <p class="muted small">"和原来不一样的，在下面改。"</p>
                }
                .into_any()
            }
            (true, false) => view! { <p>"原来的回答对不上现在的问法，请在下面重新填。"</p> }.into_any(),
            (false, _) => view! { <p class="muted small">"现在不再问了，不计分，只留着看。"</p> }.into_any(),
        };
        Some(view! {
            <section class="card" data-testid="again">
                <h2>{if doubtful { "待复核：标准改了这一条" } else { "标准改了这一条" }}</h2>
                {card.map(|card| view! { <WasAndIs card=card /> })}
                <p class="muted">"原来的回答"</p>
                <ul class="small">{answers}</ul>
                {what_to_do}
            </section>
        })
    }
}

/// 不再要求的: items that the pinned version lacks, with what was said of them.
#[component]
pub fn NoLonger() -> impl IntoView {
    let session = session();
    let gone = move || {
        let work = session.work.read();
        let Ok(work) = work.as_ref() else { return Vec::new() };
        let mut gone: Vec<(ItemId, String, Vec<String>)> = Vec::new();
        for entry in work.pinned().left_out(&work.assessment) {
            let Some(id) = entry.key.item().filter(|id| work.checklist.find(id).is_none()) else { continue };
            let then = work.asked_then(&entry).map(|(_, item)| item);
            let text = then.map_or_else(
                || "回答还在，那一版标准不在这部手机里".into(),
                |item| said(item, &entry, Some(&work.period)),
            );
            match gone.iter_mut().find(|(known, ..)| known == id) {
                Some((_, _, answers)) => answers.push(text),
                None => {
                    let title = then.map_or_else(|| id.to_string(), |item| item.title.clone());
                    gone.push((id.clone(), title, vec![text]));
                }
            }
        }
        gone
    };
    move || {
        let gone = gone();
        (!gone.is_empty()).then(|| {
            let count = gone.len();
            let items: Vec<_> = gone
                .into_iter()
                .map(|(_, title, answers)| {
                    let answers: Vec<_> = answers.into_iter().map(|text| view! { <li>{text}</li> }).collect();
                    view! {
                        <p>{title}</p>
                        <ul class="small">{answers}</ul>
                    }
                })
                .collect();
            view! {
                <details class="card fold" data-testid="no-longer">
                    <summary>{format!("不再要求的 {count}条，原来的回答还在")}</summary>
                    {items}
                </details>
            }
        })
    }
}
