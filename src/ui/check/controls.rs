//! The six controls of an answer, one for each kind of rule: what is tapped or typed, and nothing of what it earns.

use super::spoken::Spoken;
use crate::{
    domain::{Part, PartAnswer, WindowKey},
    ui::app::session::erased::{Show, live, memo},
    ui::kit::button::{button, choice},
    ui::{
        app::session::{
            Session,
            typing::{Fields, Form},
        },
        kit::field::{Stepper, before_in},
        words::dates,
    },
};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// An answer as it stands.
pub(super) type Answered = Memo<Option<PartAnswer>>;

pub(super) fn yes_no(answer: Answered, write: Callback<PartAnswer>) -> impl IntoView {
    let button = move |yes: bool, name: &'static str| {
        let chosen = move || *answer.read() == Some(PartAnswer::YesNo { yes });
        choice(name, "choice choice-big", chosen, move |_| write.run(PartAnswer::YesNo { yes }))
    };
    view! { <div class="choices choices-two">{button(true, "做到了")} {button(false, "没做到")}</div> }
}

pub(super) fn counts(
    session: Session,
    part: &Part,
    (minimum, unit): (u32, String),
    answer: Answered,
    write: Callback<PartAnswer>,
    spoken: Spoken,
    at: &str,
) -> impl IntoView + use<> {
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
        write.try_run(PartAnswer::Counts { counts });
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
                {button(format!("过去的{}都是{minimum}{fill_unit}，照实才点", often.trim_start_matches('每')), "quiet", {
                        let over = over.clone();
                        move |_| {
                            let mut counts = current();
                            for key in &over {
                                counts.entry(key.clone()).or_insert(minimum);
                            }
                            write.run(PartAnswer::Counts { counts });
                        }
                    })}
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
            let place = format!("{at}/{}", key.0);
            // Only whether this one is counted: another one's must not take a field away that is being typed into.
            let is_fixed = fixed(spoken, key.0.clone());
            let running = (several && span.starts <= today && today <= span.ends).then_some("（还没过完）");
            let shown = name.clone();
            let unit = unit.clone();
            let typed = Callback::new(move |count| set(&key, count));
            let figure = move || {
                if is_fixed.get() {
                    view! { <span>{format!("台账{}{unit}", value.get().unwrap_or(0))}</span> }.into_any()
                } else {
                    let (place, label, unit) = (place.clone(), name.clone(), unit.clone());
                    view! { <Stepper place=place label=label value=value unit=unit on_change=typed /> }
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

/// Whether the ledger counts this one.
fn fixed(spoken: Spoken, name: String) -> Memo<bool> {
    memo(move || spoken.fixed.read().contains(&name))
}

pub(super) fn share(
    session: Session,
    (numerator, denominator): (String, String),
    offered: Option<u32>,
    answer: Answered,
    write: Callback<PartAnswer>,
    at: &str,
) -> impl IntoView + use<> {
    let given = move || match answer.get() {
        Some(PartAnswer::Share { numerator, denominator }) => (Some(numerator), Some(denominator)),
        _ => (None, None),
    };
    // What is typed is unfinished until both figures are there and fit each other; only then is it an answer.
    let start = untrack(given);
    let below = RwSignal::new(start.1.or(offered));
    let above = RwSignal::new(start.0);
    Effect::new(move |before: Option<(Option<u32>, Option<u32>)>| {
        let now = given();
        // What arrives takes the place of what was answered, not of what is being said.
        let is_as_before = |before| (above.get_untracked(), below.get_untracked()) == before;
        if before.is_some_and(|(above, below)| is_as_before((above, below.or(offered)))) {
            above.set(now.0);
            below.set(now.1.or(offered));
        }
        now
    });
    let fields = |above: Option<u32>, below: Option<u32>| -> Fields {
        let text = |figure: Option<u32>| figure.map(|figure| figure.to_string()).unwrap_or_default();
        vec![("above", text(above)), ("below", text(below))]
    };
    let form = Form::begin(
        session,
        at,
        Callback::new(move |()| {
            let (above, below) = given();
            fields(above, below.or(offered))
        }),
        Callback::new(move |()| fields(above.get(), below.get())),
        Callback::new(move |(field, text): (String, String)| {
            let signal = if field == "above" { above } else { below };
            signal.set(text.parse().ok());
        }),
    );
    let settle = move || {
        if let (Some(n), Some(d)) = (above.get_untracked(), below.get_untracked())
            && n <= d
            && d > 0
        {
            write.try_run(PartAnswer::Share { numerator: n, denominator: d });
        }
        // Not after the page is gone.
        form.look();
    };
    let misfit = move || match (above.get(), below.get()) {
        (Some(n), Some(d)) if n > d => Some("上面的数不能大于下面的数"),
        (_, Some(0)) => Some("下面的数要大于0；本期一个也没有，就选下面的“本期没有此事”"),
        (Some(_), None) => Some("再填下面的数"),
        _ => None,
    };
    view! {
        {before_in(form)}
        <ul class="count-rows">
            <li class="count-row">
                <span>{numerator.clone()}</span>
                <Stepper
                    place=format!("{at}/above")
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
                    place=format!("{at}/below")
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
        {live(move || misfit().map(|text| view! { <p class="misfit" role="alert">{text}</p> }))}
    }
}

pub(super) fn level(
    choices: &[crate::domain::Choice],
    answer: Answered,
    write: Callback<PartAnswer>,
) -> impl IntoView {
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

pub(super) fn deduction(
    occurrences: &[crate::domain::Occurrence],
    answer: Answered,
    write: Callback<PartAnswer>,
    spoken: Spoken,
    at: &str,
) -> impl IntoView + use<> {
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
            let place = format!("{at}/{id}");
            let is_fixed = fixed(spoken, id.to_string());
            let typed = Callback::new(move |count| {
                let mut counts = current();
                if count == 0 {
                    counts.remove(&id);
                } else {
                    counts.insert(id.clone(), count);
                }
                write.try_run(PartAnswer::Occurrences { counts });
            });
            let text = kind.text.clone();
            let figure = move || {
                if is_fixed.get() {
                    view! { <span>{format!("台账{}次", value.get().unwrap_or(0))}</span> }.into_any()
                } else {
                    let (place, label) = (place.clone(), text.clone());
                    view! { <Stepper place=place label=label value=value unit="" on_change=typed /> }
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
            {choice("都没有", "choice", none, move |_| write.run(PartAnswer::Occurrences { counts: BTreeMap::new() }))}
        </div>
        <ul class="count-rows">{rows}</ul>
    }
}

pub(super) fn facts_control(
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
                    choice("每条都做到了", "choice", move || is(&all), every)
                })}
            {choice(if several { "一条也没做到" } else { "没做到" }, "choice", move || is(&BTreeSet::new()), move |_| write.run(PartAnswer::Facts { met: BTreeSet::new() }))}
        </div>
    }
}
