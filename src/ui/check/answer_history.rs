//! 改过什么: what an item said before.

use crate::{
    domain::{AnswerKey, AnswerValue, Entry, Item, PartAnswer, Stance},
    ui::app::session::erased::{Show, memo},
    ui::{
        app::session::session,
        words::{answers, dates, terms},
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// The registers of an item.
pub fn registers(item: &Item) -> Vec<AnswerKey> {
    let id = || item.id.clone();
    let mut keys = vec![AnswerKey::Stance { item: id() }];
    keys.extend(item.parts.iter().map(|part| AnswerKey::Part { item: id(), part: part.id.clone() }));
    keys.extend([AnswerKey::Location { item: id() }, AnswerKey::Note { item: id() }]);
    keys
}

/// What this item said before.
#[component]
pub fn History(
    /// Which.
    item: Arc<Item>,
) -> impl IntoView {
    let session = session();
    let keys = registers(&item);
    let past = memo(move || {
        let work = session.work.read();
        let Ok(work) = work.as_ref() else { return Vec::new() };
        let mut past: Vec<Entry> = keys
            .iter()
            .filter(|key| work.assessment.history(key).count() > 1)
            .flat_map(|key| work.assessment.history(key).cloned())
            .collect();
        past.sort_by_key(|entry| core::cmp::Reverse(entry.stamp));
        past
    });
    let device = session.phone.with_untracked(|phone| phone.as_ref().map(|phone| phone.device));
    let shown = move || {
        let work = session.work.read();
        let period = work.as_ref().ok().map(|work| work.period.clone());
        past.get()
            .into_iter()
            .map(|entry| {
                let by = if Some(entry.stamp.device) == device { "本机" } else { "另一部手机" };
                let at = dates::moment(entry.stamp.ms, session.today.get());
                let what = said(&item, &entry, period.as_ref());
                view! { <li>{format!("{at}，{by}：{what}")}</li> }
            })
            .collect::<Vec<_>>()
    };
    view! {
        <Show when=move || !past.read().is_empty()>
            <details class="card fold">
                <summary>"改过什么"</summary>
                <ul class="small">{shown.clone()}</ul>
            </details>
        </Show>
    }
}

/// What an entry said, in words.
pub fn said(item: &Item, entry: &Entry, period: Option<&crate::domain::Period>) -> String {
    match (&entry.key, &entry.value) {
        (AnswerKey::Location { .. }, AnswerValue::Text { text }) => format!("原件在哪，{text}"),
        (_, AnswerValue::Text { text }) => format!("纪实，{text}"),
        (_, AnswerValue::Stance { stance }) => match stance {
            Stance::Applies => "要填".into(),
            Stance::Unsure => "拿不准".into(),
            Stance::NotApplicable { reason } => terms::not_applicable(*reason).into(),
        },
        (AnswerKey::Part { part, .. }, AnswerValue::Part { answer: Some(answer), reason, .. }) => {
            let why = if reason.is_empty() {
                String::new()
            } else {
                format!("（和台账不一样：{reason}）")
            };
            // Whole, not only where it fell short: two answers that earned the same are told apart.
            let told = item.part(part).zip(period).map(|(part, period)| answers::said(part, answer, period));
            told.filter(|told| !told.is_empty()).unwrap_or_else(|| plain(answer)) + &why
        }
        (_, AnswerValue::Part { .. }) => "撤掉了回答".into(),
        (_, AnswerValue::Attached { attached }) => if *attached { "加了照片" } else { "拿掉照片" }.into(),
        (_, AnswerValue::Profile { .. }) => "基本情况".into(),
    }
}

fn plain(answer: &PartAnswer) -> String {
    match answer {
        PartAnswer::YesNo { yes } => if *yes { "做到了" } else { "没做到" }.into(),
        PartAnswer::Share { numerator, denominator } => format!("{numerator}/{denominator}"),
        _ => "改了回答".into(),
    }
}
