//! 佐证材料 of an item: which papers, where the originals lie, what is to be said of it, and photos, which are never asked for.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

use crate::{
    domain::{AnswerKey, AnswerValue, Item, text::Kind},
    phone::typing::Shape,
    ui::app::session::erased::memo,
    ui::kit::button::choice,
    ui::{
        app::{session::session, slots::slots},
        kit::field::Field,
        words::terms,
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// 佐证材料: what proves it, and where the original lies. A photo is never asked for.
#[component]
pub fn Evidence(
    /// Which.
    item: Arc<Item>,
) -> impl IntoView {
    let session = session();
    let location = AnswerKey::Location { item: item.id.clone() };
    let note = AnswerKey::Note { item: item.id.clone() };
    let text = move |key: AnswerKey| {
        memo(move || {
            session.work.read().as_ref().map(|work| work.assessment.text(&key).to_owned()).unwrap_or_default()
        })
    };
    let (place, remark) = (text(location.clone()), text(note.clone()));
    // The branch's own earlier words first.
    let mut offered: Vec<String> = session.work.with_untracked(|work| {
        let Ok(work) = work else { return Vec::new() };
        let mut used: Vec<String> = Vec::new();
        for entry in work.assessment.winners() {
            if let (AnswerKey::Location { .. }, AnswerValue::Text { text }) = (entry.key, entry.value)
                && !text.is_empty()
                && !used.contains(&text)
            {
                used.push(text);
            }
        }
        used
    });
    offered.truncate(4);
    let sector = session.work.with_untracked(|work| work.as_ref().ok().map(|work| work.draft.sector.clone()));
    for usual in terms::usual_places(sector.as_ref().map_or("", |sector| sector.as_str())) {
        if !offered.iter().any(|known| known == usual) {
            offered.push(usual.into());
        }
    }
    let write = move |key: AnswerKey, text: String| session.answer(key, AnswerValue::Text { text });
    let field = move |key: AnswerKey, name: &str, kind: Kind, value: Memo<String>| {
        let write = Callback::new(move |text: String| write(key.clone(), text));
        Field::new(format!("check/{name}"), Shape::Text(kind), value.into(), write)
    };
    let own_place = field(location.clone(), &format!("{}/location", item.id), Kind::PLACE, place);
    let own_remark = field(note, &format!("{}/note", item.id), Kind::NOTE, remark);
    let buttons: Vec<_> = offered
        .into_iter()
        .map(|name| {
            let (key, said) = (location.clone(), name.clone());
            let is = name.clone();
            choice(
                name,
                "chip",
                move || *place.read() == is,
                move |_| {
                    let text = if *place.read_untracked() == said { String::new() } else { said.clone() };
                    write(key.clone(), text);
                },
            )
        })
        .collect();
    let papers: Vec<_> = item
        .evidence
        .iter()
        .map(|paper| {
            let never = paper
                .never_photographed
                .then(|| view! { <small class="muted">"（只写放在哪，不拍照）"</small> });
            view! { <li>{paper.name.clone()} {never}</li> }
        })
        .collect();
    view! {
        <section class="card">
            <h2>"佐证材料"</h2>
            {(!papers.is_empty()).then(|| view! { <ul class="papers">{papers}</ul> })}
            <p>"原件在哪"<small class="muted">"（写了就够，不用拍照）"</small></p>
            <div class="chips">{buttons}</div>
            {own_place
                .named(view! { <span class="muted">"别的地方，写清楚些，比如“铁柜二层蓝盒”"</span> }.into_any())}
            {slots().photos.map(|show| show(item.clone()))}
            {own_remark
                .named(view! { <span class="muted">"自评纪实（扣分原因、要说明的，可以不写）"</span> }.into_any())}
        </section>
    }
}
