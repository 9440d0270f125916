//! The control that fits a part's rule: one tap, one saved answer.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

use super::{
    controls::{Answered, counts, deduction, facts_control, level, share, yes_no},
    spoken::Spoken,
};
use crate::{
    domain::{AnswerKey, AnswerValue, Item, ItemId, Part, PartAnswer, PartId, Rule, Stance, Window},
    ui::app::session::erased::memo,
    ui::{
        app::{
            session::{Session, session},
            slots::slots,
        },
        words::{dates, explain},
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// One part: its question, its control, and at once what it earned and why.
#[component]
pub fn PartControl(
    /// The item.
    item: Arc<Item>,
    /// The part's place in it.
    place: usize,
) -> impl IntoView {
    let session = session();
    let part = item.parts.get(place).cloned()?;
    let answer = part_answer(session, &item.id, &part.id);
    let spoken = Spoken::of(session, &item.id, &part);
    let write = writer(session, &item, &part, spoken);
    let judged = session
        .work
        .with_untracked(|work| work.as_ref().map(|work| work.period.judged(part.window)).unwrap_or_default());
    if judged.is_empty() {
        let text = part.text.clone();
        return Some(
            view! {
                <section class="part" data-part=part.id.to_string() data-not-due="true">
                    {(!text.is_empty()).then(|| view! { <h2>{text}</h2> })}
                    <p class="muted">"还没到时候，本期不评，不用填。"</p>
                </section>
            }
            .into_any(),
        );
    }
    let at = format!("check/{}/{}", item.id, part.id);
    let control = match part.rule.clone() {
        Rule::YesNo => yes_no(answer, write).into_any(),
        Rule::Count { minimum, unit, .. } => {
            counts(session, &part, (minimum, unit), answer, write, spoken, &at).into_any()
        }
        Rule::Share { numerator, denominator, from_profile, .. } => {
            let offered = from_profile.and_then(|which| {
                session.work.with_untracked(|work| {
                    work.as_ref().ok()?.assessment.profile().map(|profile| profile.number(which))
                })
            });
            // What is counted in the ledger is shown beneath, with its figures.
            (move || {
                let names = (numerator.clone(), denominator.clone());
                (!spoken.speaks.get()).then(|| share(session, names, offered, answer, write, &at))
            })
            .into_any()
        }
        Rule::Level { choices } => level(&choices, answer, write).into_any(),
        Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
            deduction(&occurrences, answer, write, spoken, &at).into_any()
        }
        Rule::Facts { facts } => facts_control(&facts, answer, write).into_any(),
    };
    let asked_of = judged.iter().map(|span| dates::window(&span.key)).collect::<Vec<_>>().join("、");
    // A count names its windows itself; a state is asked for as it stands.
    let timed =
        !matches!(part.rule, Rule::Count { .. }) && !matches!(part.window, Window::PeriodEnd | Window::Term);
    let text = part.text.clone();
    let points = match part.rule {
        Rule::FromTotal { .. } if part.points.is_zero() => Some("（从总分里扣）".to_owned()),
        _ if part.points.is_zero() => None,
        _ => Some(format!("（{}分）", part.points)),
    };
    let explained = {
        let (id, part, item_asked) = (item.id.clone(), part.clone(), item.clone());
        move || {
            let sheet = session.derived.sheet.get()?;
            let work = session.work.read();
            let period = &work.as_ref().ok()?.period;
            let scored = sheet.items().find(|scored| scored.item == id)?;
            let score = scored.parts.get(place)?;
            let met = score.got == score.points && score.taken.is_zero();
            if answer.read().is_none() {
                // The item is open although another way of it is answered and counts: said where the answer is missing.
                let waits = explain::other_way(&item_asked, &part, score);
                let waits = waits.filter(|_| scored.is_half_answered())?;
                return Some(view! { <p class="muted" data-testid="other-way">{waits}</p> }.into_any());
            }
            Some(
                view! {
                    <p class="earned" class:earned-met=met aria-live="polite" data-testid="earned">
                        {explain::with_points(&part, score, period)}
                    </p>
                }
                .into_any(),
            )
        }
    };
    Some(
        view! {
        <section class="part" data-part=part.id.to_string()>
            {(!text.is_empty()).then(|| view! { <h2>{text}<span class="muted">{points}</span></h2> })}
            {timed.then(|| view! { <p class="muted">{format!("问的是{asked_of}")}</p> })}
            {control}
            {explained}
            {slots().counted.map(|show| show(item.id.clone(), part.clone()))}
        </section>
        }
        .into_any(),
    )
}

/// The answer as it stands, counted or said; of one that was given under another version, what the part can still take.
fn part_answer(session: Session, item: &ItemId, part: &PartId) -> Answered {
    let key = AnswerKey::Part { item: item.clone(), part: part.clone() };
    memo(move || match session.standing(&key)? {
        AnswerValue::Part { answer, .. } => answer,
        _ => None,
    })
}

/// Writes an answer. Answering says that the item applies. What the ledger counts is not written; an answer that stands against
/// it keeps its reason.
fn writer(session: Session, item: &Arc<Item>, part: &Part, spoken: Spoken) -> Callback<PartAnswer> {
    let (item, part) = (item.id.clone(), part.id.clone());
    Callback::new(move |answer| {
        let excused = session.work.with_untracked(|work| {
            work.as_ref().is_ok_and(|work| work.assessment.stance(&item) != Stance::Applies)
        });
        if excused {
            session.answer(
                AnswerKey::Stance { item: item.clone() },
                AnswerValue::Stance { stance: Stance::Applies },
            );
        }
        let key = AnswerKey::Part { item: item.clone(), part: part.clone() };
        let answer = Some(spoken.typed(answer));
        let reason = untrack(|| session.reason_against(&key));
        session.answer(key, AnswerValue::Part { answer, counted: None, own: None, reason });
    })
}
