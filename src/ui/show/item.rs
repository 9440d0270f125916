//! One item as inspectors are shown it: what is asked, what the branch answers, what proves it, and where that lies.

use super::inspection::{beside, groups, records, without_answer};
use crate::{
    domain::{AnswerKey, AnswerValue, ContentHash, Item, ItemId, ledger::Live, scoring::ItemState},
    ui::app::session::erased::{live, memo},
    ui::{
        app::{
            frame::Page,
            navigation::navigation,
            nothing_yet::NothingYet,
            route::{By, Place},
            session::session,
            slots::{Photos, slots},
            source::Source,
        },
        words::{answers, dates, ledger},
    },
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn InspectionItem() -> impl IntoView {
    let session = session();
    let shown = navigation().of_page(|place| match place {
        Place::Shown(id, by) => Some((id.clone(), by.clone())),
        _ => None,
    });
    let title = memo(move || {
        let (checklist, (id, _)) = (session.derived.checklist.get()?, shown.get()?);
        checklist.find(&id).map(|(number, ..)| format!("第{number}条"))
    });
    let back =
        shown.get_untracked().map_or_else(|| "/inspection".into(), |(_, by)| Place::Inspection(by).address());
    view! {
        <Page title=Signal::derive(move || title.get().unwrap_or_else(|| "现场查阅".into())) back=back bound=false>
            {live(move || {
                let item = shown.get().and_then(|(id, by)| session.from_source(|source| item(source, &id, &by))?);
                item.unwrap_or_else(|| view! { <NothingYet /> }.into_any())
            })}
        </Page>
    }
}

fn item(source: &Source<'_>, id: &ItemId, by: &By) -> Option<AnyView> {
    let (number, aspect, item) = source.checklist.find(id)?;
    let state = source.sheet.items().find(|scored| &scored.item == id)?.state;
    let of = source.checklist.items().count();
    let methods = source.checklist.methods.iter().filter(|method| item.methods.contains(&method.id));
    let methods: Vec<&str> = methods.map(|method| method.name.as_str()).collect();
    let about = format!("第{number}条，共{of}条 · {} · {}", aspect.name, methods.join("、"));
    let (before, after) = beside(&groups(source, by), id);
    let step = |to: Option<ItemId>, name: &'static str| {
        let to = Place::Shown(to?, by.clone()).address();
        Some(view! { <a href=to prop:replace=true class="button">{name}</a> })
    };
    Some(
        view! {
            <article data-testid="shown-item" data-item=id.to_string()>
                <p class="muted">{about}</p>
                <section class="card">
                    <h2>{item.title.clone()}</h2>
                    <p class="requirement">{item.requirement.clone()}</p>
                </section>
                <section class="card">
                    <h2>"支部怎么做的"</h2>
                    {answer(source, item, state)}
                </section>
                <section class="card">
                    <h2>"佐证材料"</h2>
                    {proof(source, item)}
                </section>
            </article>
            <nav class="item-steps" aria-label="换一条">{step(before, "上一条")} {step(after, "下一条")}</nav>
        }
        .into_any(),
    )
}

/// What was answered to each part. The branch's own note (自评纪实) is not shown: it is where points lost are explained.
fn answer(source: &Source<'_>, item: &Item, state: ItemState) -> AnyView {
    if let Some(why) = without_answer(source, item, state) {
        return view! { <p class="shown-answer">{why}</p> }.into_any();
    }
    let parts: Vec<_> = item
        .parts
        .iter()
        .filter_map(|part| {
            let key = AnswerKey::Part { item: item.id.clone(), part: part.id.clone() };
            let entry = source.assessment.current(&key);
            let Some(AnswerValue::Part { answer: Some(answer), reason, .. }) =
                entry.map(|entry| &entry.value)
            else {
                let none = source.period.judged(part.window).is_empty();
                return (!none).then(|| {
                    view! { <li>{part.text.clone()} <p class="shown-answer">"没填"</p></li> }.into_any()
                });
            };
            let said = answers::said(part, answer, source.period);
            let reason =
                (!reason.is_empty()).then(|| view! { <p>{format!("和台账不一样，原因：{reason}")}</p> });
            Some(
                view! { <li>{part.text.clone()} <p class="shown-answer">{said}</p> {reason}</li> }.into_any(),
            )
        })
        .collect();
    view! { <ul class="papers">{parts}</ul> }.into_any()
}

/// Which papers, where the originals lie, and what the ledger holds.
fn proof(source: &Source<'_>, item: &Item) -> impl IntoView + use<> {
    let papers: Vec<_> = item.evidence.iter().map(|paper| view! { <li>{paper.name.clone()}</li> }).collect();
    let place = source.assessment.text(&AnswerKey::Location { item: item.id.clone() });
    let place = if place.is_empty() { "没写放在哪" } else { place }.to_owned();
    let records = records(item, source.period, &source.ledger.live());
    let rows: Vec<_> = records
        .iter()
        .map(|live| {
            let entry = live.entry;
            let day = dates::day(entry.date, source.today);
            let there = entry.attendance.map(ledger::attendance);
            let lies = (!entry.location.is_empty()).then(|| format!("记录本在{}", entry.location));
            let said = [
                Some(entry.topic.clone()).filter(|topic| !topic.is_empty()),
                there,
                ledger::late(live),
                lies,
            ];
            let said: Vec<String> = said.into_iter().flatten().collect();
            view! {
                <li>
                    <b>{format!("{day} {}", ledger::title(entry))}</b>
                    <span class="muted">{said.join("，")}</span>
                </li>
            }
        })
        .collect();
    let count = rows.len();
    let photos = photos(source, item, &records);
    view! {
        {(!papers.is_empty()).then(|| view! { <ul class="papers shown-papers">{papers}</ul> })}
        <p class="muted">"原件在哪"</p>
        <p class="shown-answer" data-testid="shown-place">{place}</p>
        {(!photos.is_empty())
            .then(|| {
                let photos = Signal::stored(photos);
                let shown = Photos { photos, target: None, remove: None, forbidden: false };
                view! {
                    <p class="muted">"照片，点一下看大的"</p>
                    <div data-testid="shown-photos">{slots().photos_of.map(|show| show(shown))}</div>
                }
            })}
        {(count > 0)
            .then(|| {
                view! {
                    <p class="muted">{format!("台账登记{count}次，以记录本为准")}</p>
                    <ul class="rows" data-testid="shown-records">{rows}</ul>
                }
            })}
    }
}

/// The photos of the item, and of these records of it; each once.
fn photos(source: &Source<'_>, item: &Item, records: &[Live<'_>]) -> Vec<ContentHash> {
    let own = source.assessment.photos().filter(|(of, _)| **of == item.id).map(|(_, sha256)| sha256);
    let mut photos: Vec<ContentHash> = Vec::new();
    for sha256 in own.chain(records.iter().flat_map(|live| source.ledger.photos_of(live.id))) {
        if !photos.contains(sha256) {
            photos.push(sha256.clone());
        }
    }
    photos
}
