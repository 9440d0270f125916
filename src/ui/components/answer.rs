//! The control that fits a part's rule: one tap, one saved answer.

use super::{
    counted::{FromLedger, Spoken, reason},
    figures::Stepper,
};
use crate::{
    domain::{
        AnswerKey, AnswerValue, Item, ItemId, Part, PartAnswer, PartId, Points, Rule, Stance, Window,
        WindowKey, check::MAX_FIGURE,
    },
    ui::{
        session::{Session, session},
        words::{dates, explain},
    },
};
use leptos::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

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
    let control = match part.rule.clone() {
        Rule::YesNo => yes_no(answer, write).into_any(),
        Rule::Count { minimum, unit, .. } => {
            counts(session, &part, minimum, unit, answer, write, spoken).into_any()
        }
        Rule::Share { numerator, denominator, from_profile, .. } => {
            let offered = from_profile.and_then(|which| {
                session.work.with_untracked(|work| {
                    work.as_ref().ok()?.assessment.profile().map(|profile| profile.number(which))
                })
            });
            // What is counted in the ledger is shown beneath, with its figures.
            (move || {
                let (numerator, denominator) = (numerator.clone(), denominator.clone());
                (!spoken.speaks.get()).then(|| share(numerator, denominator, offered, answer, write))
            })
            .into_any()
        }
        Rule::Level { choices } => level(&choices, answer, write).into_any(),
        Rule::Deduction { occurrences } => deduction(&occurrences, answer, write, spoken).into_any(),
        Rule::Facts { facts } => facts_control(&facts, answer, write).into_any(),
    };
    let asked_of = judged.iter().map(|span| dates::window(&span.key)).collect::<Vec<_>>().join("、");
    // A count names its windows itself; a state is asked for as it stands.
    let timed =
        !matches!(part.rule, Rule::Count { .. }) && !matches!(part.window, Window::PeriodEnd | Window::Term);
    let text = part.text.clone();
    let points = if part.points == Points::ZERO { None } else { Some(format!("（{}分）", part.points)) };
    let explained = {
        let (id, part) = (item.id.clone(), part.clone());
        move || {
            let sheet = session.derived.sheet.get()?;
            let work = session.work.read();
            let period = &work.as_ref().ok()?.period;
            let scored = sheet.items().find(|scored| scored.item == id)?;
            let score = scored.parts.get(place)?;
            let met = score.got == score.points;
            answer.read().as_ref()?;
            Some(view! {
                <p class="earned" class:earned-met=met aria-live="polite" data-testid="earned">
                    {explain::with_points(&part, score, period)}
                </p>
            })
        }
    };
    Some(
        view! {
        <section class="part" data-part=part.id.to_string()>
            {(!text.is_empty()).then(|| view! { <h2>{text}<span class="muted">{points}</span></h2> })}
            {timed.then(|| view! { <p class="muted">{format!("问的是{asked_of}")}</p> })}
            {control}
            {explained}
            <FromLedger item=item.id.clone() part=part.clone() />
        </section>
        }
        .into_any(),
    )
}

type Answered = Memo<Option<PartAnswer>>;

/// The answer as it stands, counted or said; of one that was given under another version, what the part can still take.
fn part_answer(session: Session, item: &ItemId, part: &PartId) -> Answered {
    let key = AnswerKey::Part { item: item.clone(), part: part.clone() };
    Memo::new(move |_| match session.standing(&key)? {
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
        let reason = untrack(|| reason(session, &key));
        session.answer(key, AnswerValue::Part { answer, counted: None, own: None, reason });
    })
}

fn yes_no(answer: Answered, write: Callback<PartAnswer>) -> impl IntoView {
    let button = move |yes: bool, name: &'static str| {
        let chosen = move || *answer.read() == Some(PartAnswer::YesNo { yes });
        view! {
            <button
                type="button"
                class="choice choice-big"
                aria-pressed=move || chosen().to_string()
                on:click=move |_| write.run(PartAnswer::YesNo { yes })
            >
                {name}
            </button>
        }
    };
    view! { <div class="choices choices-two">{button(true, "做到了")} {button(false, "没做到")}</div> }
}

fn counts(
    session: Session,
    part: &Part,
    minimum: u32,
    unit: String,
    answer: Answered,
    write: Callback<PartAnswer>,
    spoken: Spoken,
) -> impl IntoView {
    let spans = session
        .work
        .with_untracked(|work| work.as_ref().map(|work| work.period.judged(part.window)).unwrap_or_default());
    let current = move || match answer.get_untracked() {
        Some(PartAnswer::Counts { counts }) => counts,
        _ => BTreeMap::new(),
    };
    let set = move |key: &WindowKey, count: u32| {
        let mut counts = current();
        counts.insert(key.clone(), count);
        write.run(PartAnswer::Counts { counts });
    };
    let several = spans.len() > 1;
    let often = dates::often(part.window);
    let asked = format!("{often}要求{minimum}{unit}");
    let today = session.today.get_untracked();
    let over: Vec<WindowKey> =
        spans.iter().filter(|span| span.ends < today).map(|span| span.key.clone()).collect();
    let fill_unit = unit.clone();
    let fill = (over.len() > 1).then(|| {
        let windows = over.clone();
        let open = move || {
            let answer = answer.read();
            windows.iter().any(
                |key| !matches!(&*answer, Some(PartAnswer::Counts { counts }) if counts.contains_key(key)),
            )
        };
        view! {
            <Show when=open>
                <button
                    type="button"
                    class="quiet"
                    on:click={
                        let over = over.clone();
                        move |_| {
                            let mut counts = current();
                            for key in &over {
                                counts.entry(key.clone()).or_insert(minimum);
                            }
                            write.run(PartAnswer::Counts { counts });
                        }
                    }
                >
                    {format!("过去的{}都是{minimum}{fill_unit}，照实才点", often.trim_start_matches('每'))}
                </button>
            </Show>
        }
    });
    let rows: Vec<_> = spans
        .into_iter()
        .map(|span| {
            let name = dates::window(&span.key);
            let key = span.key.clone();
            let value = Signal::derive(move || match &*answer.read() {
                Some(PartAnswer::Counts { counts }) => counts.get(&key).copied(),
                _ => None,
            });
            let key = span.key;
            let running = (several && span.starts <= today && today <= span.ends).then_some("（还没过完）");
            let shown = name.clone();
            let unit = unit.clone();
            let typed = Callback::new({
                let key = key.clone();
                move |count| set(&key, count)
            });
            let figure = move || {
                if spoken.fixed.read().contains(&key.0) {
                    view! { <span>{format!("台账{}{unit}", value.get().unwrap_or(0))}</span> }.into_any()
                } else {
                    view! { <Stepper label=name.clone() value=value unit=unit.clone() on_change=typed /> }
                        .into_any()
                }
            };
            view! {
                <li class="count-row">
                    <span>{shown}<small class="muted">{running}</small></span>
                    {figure}
                </li>
            }
        })
        .collect();
    view! {
        <p class="muted">{asked}</p>
        <ul class="count-rows">{rows}</ul>
        {fill}
    }
}

fn share(
    numerator: String,
    denominator: String,
    offered: Option<u32>,
    answer: Answered,
    write: Callback<PartAnswer>,
) -> impl IntoView {
    let given = move || match answer.get() {
        Some(PartAnswer::Share { numerator, denominator }) => (Some(numerator), Some(denominator)),
        _ => (None, None),
    };
    // What is typed stays on the screen until both figures are there and fit each other; only then is it an answer.
    let start = untrack(given);
    let below = RwSignal::new(start.1.or(offered));
    let above = RwSignal::new(start.0);
    Effect::new(move |_| {
        if let (Some(n), Some(d)) = given() {
            above.set(Some(n));
            below.set(Some(d));
        }
    });
    let settle = move || {
        if let (Some(n), Some(d)) = (above.get_untracked(), below.get_untracked())
            && n <= d
            && d > 0
        {
            write.run(PartAnswer::Share { numerator: n, denominator: d });
        }
    };
    let misfit = move || match (above.get(), below.get()) {
        (Some(n), Some(d)) if n > d => Some("上面的数不能大于下面的数"),
        (_, Some(0)) => Some("下面的数要大于0；本期一个也没有，就选下面的“本期没有此事”"),
        (Some(_), None) => Some("再填下面的数"),
        _ => None,
    };
    view! {
        <ul class="count-rows">
            <li class="count-row">
                <span>{numerator.clone()}</span>
                <Stepper
                    label=numerator
                    value=above
                    unit=""
                    on_change=Callback::new(move |n| {
                        above.set(Some(n));
                        settle();
                    })
                />
            </li>
            <li class="count-row">
                <span>{denominator.clone()}</span>
                <Stepper
                    label=denominator
                    value=below
                    unit=""
                    on_change=Callback::new(move |d| {
                        below.set(Some(d));
                        settle();
                    })
                />
            </li>
        </ul>
        {move || misfit().map(|text| view! { <p class="misfit" role="alert">{text}</p> })}
    }
}

fn level(choices: &[crate::domain::Choice], answer: Answered, write: Callback<PartAnswer>) -> impl IntoView {
    let buttons: Vec<_> = choices
        .iter()
        .map(|choice| {
            let id = choice.id.clone();
            let chosen = {
                let id = id.clone();
                move || matches!(&*answer.read(), Some(PartAnswer::Level { choice }) if *choice == id)
            };
            view! {
                <button
                    type="button"
                    class="choice"
                    aria-pressed=move || chosen().to_string()
                    on:click=move |_| write.run(PartAnswer::Level { choice: id.clone() })
                >
                    <span>{choice.text.clone()}</span>
                    <small>{format!("{}分", choice.points)}</small>
                </button>
            }
        })
        .collect();
    view! { <div class="choices">{buttons}</div> }
}

fn deduction(
    occurrences: &[crate::domain::Occurrence],
    answer: Answered,
    write: Callback<PartAnswer>,
    spoken: Spoken,
) -> impl IntoView {
    let current = move || match answer.get_untracked() {
        Some(PartAnswer::Occurrences { counts }) => counts,
        _ => BTreeMap::new(),
    };
    let none = move || matches!(&*answer.read(), Some(PartAnswer::Occurrences { counts }) if counts.values().all(|n| *n == 0));
    let rows: Vec<_> = occurrences
        .iter()
        .map(|kind| {
            let id = kind.id.clone();
            let value = Signal::derive(move || match &*answer.read() {
                Some(PartAnswer::Occurrences { counts }) => Some(counts.get(&id).copied().unwrap_or(0)),
                _ => None,
            });
            let id = kind.id.clone();
            let typed = Callback::new({
                let id = id.clone();
                move |count| {
                    let mut counts = current();
                    if count == 0 {
                        counts.remove(&id);
                    } else {
                        counts.insert(id.clone(), count);
                    }
                    write.run(PartAnswer::Occurrences { counts });
                }
            });
            let text = kind.text.clone();
            let figure = move || {
                if spoken.fixed.read().contains(id.as_str()) {
                    view! { <span>{format!("台账{}次", value.get().unwrap_or(0))}</span> }.into_any()
                } else {
                    view! { <Stepper label=text.clone() value=value unit="" most=MAX_FIGURE on_change=typed /> }
                        .into_any()
                }
            };
            view! {
                <li class="count-row">
                    <span>{kind.text.clone()}</span>
                    {figure}
                </li>
            }
        })
        .collect();
    view! {
        <div class="choices">
            <button
                type="button"
                class="choice"
                aria-pressed=move || none().to_string()
                on:click=move |_| write.run(PartAnswer::Occurrences { counts: BTreeMap::new() })
            >
                "都没有"
            </button>
        </div>
        <ul class="count-rows">{rows}</ul>
    }
}

fn facts_control(
    facts: &[crate::domain::Fact],
    answer: Answered,
    write: Callback<PartAnswer>,
) -> impl IntoView {
    let current = move || match answer.get_untracked() {
        Some(PartAnswer::Facts { met }) => met,
        _ => BTreeSet::new(),
    };
    let all: BTreeSet<_> = facts.iter().map(|fact| fact.id.clone()).collect();
    let several = all.len() > 1;
    let is = move |met: &BTreeSet<crate::domain::FactId>| matches!(&*answer.read(), Some(PartAnswer::Facts { met: given }) if given == met);
    let boxes: Vec<_> = facts
        .iter()
        .map(|fact| {
            let id = fact.id.clone();
            let ticked = {
                let id = id.clone();
                move || matches!(&*answer.read(), Some(PartAnswer::Facts { met }) if met.contains(&id))
            };
            view! {
                <button
                    type="button"
                    class="choice choice-tick"
                    role="checkbox"
                    aria-checked=move || ticked().to_string()
                    on:click=move |_| {
                        let mut met = current();
                        if !met.remove(&id) {
                            met.insert(id.clone());
                        }
                        write.run(PartAnswer::Facts { met });
                    }
                >
                    <span>{fact.text.clone()}</span>
                </button>
            }
        })
        .collect();
    let every = {
        let all = all.clone();
        move |_| write.run(PartAnswer::Facts { met: all.clone() })
    };
    view! {
        <div class="choices">{boxes}</div>
        <div class="choices choices-two">
            {several
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="choice"
                            aria-pressed=move || is(&all).to_string()
                            on:click=every
                        >
                            "每条都做到了"
                        </button>
                    }
                })}
            <button
                type="button"
                class="choice"
                aria-pressed=move || is(&BTreeSet::new()).to_string()
                on:click=move |_| write.run(PartAnswer::Facts { met: BTreeSet::new() })
            >
                {if several { "一条也没做到" } else { "没做到" }}
            </button>
        </div>
    }
}
