//! The phone's clock, where it cannot be right; and what was filled in for periods that have not begun.

use super::session::session;
use crate::{
    domain::{Entry, PeriodId},
    phone::{unfinished::Stray, work::Work},
    ui::kit::button::button,
    ui::{
        kit::message::Note,
        words::{clock, dates},
    },
};
use leptos::prelude::*;

/// One sentence while the phone's clock is doubted; else nothing.
#[component]
pub fn ClockNote() -> impl IntoView {
    let session = session();
    move || {
        let said = session.clock_trouble.get().map(|trouble| clock::sentence(trouble, session.today.get()));
        said.map(|said| {
            view! {
                <div class="trouble" role="status" data-testid="clock-trouble">
                    <crate::ui::kit::icon::Draw icon=crate::ui::kit::icon::Icon::Warning />
                    <p>{said}</p>
                </div>
            }
        })
    }
}

/// What of a stray the period on the screen can take and does not have, and how much more it lacks.
fn to_take(work: &Work, stray: &Stray) -> (Vec<Entry>, usize) {
    let missing = stray.missing_in(&work.assessment);
    let all = missing.len();
    let fitting: Vec<Entry> = missing.into_iter().filter(|entry| work.pinned().fits(entry)).collect();
    let rest = all - fitting.len();
    (fitting, rest)
}

/// What was filled in for periods that have not begun, with the way to take it here; and, on such a period, the way back.
#[component]
pub fn Strays() -> impl IntoView {
    let session = session();
    let take = move |period: &PeriodId| {
        let entries = session.work.with_untracked(|work| {
            let work = work.as_ref().ok()?;
            let stray = work.strays.iter().find(|stray| stray.period.id == *period)?;
            Some(to_take(work, stray).0)
        });
        for entry in entries.unwrap_or_default() {
            session.answer(entry.key, entry.value);
        }
    };
    move || {
        let work = session.work.read();
        let today = session.today.get();
        let Ok(work) = work.as_ref() else { return Vec::new() };
        let mut notes = Vec::new();
        if work.period.starts > today {
            let begins = dates::day(work.period.starts, today);
            let said = format!("{}要到{begins}才开始，现在填的还不能上报。", work.period.name);
            notes.push(
                view! {
                    <Note>
                        <p data-testid="not-begun">{said}</p>
                        {button("回到现在的考核周期", "button", move |_| session.show_current_period())}
                    </Note>
                }
                .into_any(),
            );
        }
        for stray in &work.strays {
            let (fitting, rest) = to_take(work, stray);
            if fitting.is_empty() && rest == 0 {
                continue;
            }
            let (name, id) = (stray.period.name.clone(), stray.period.id.clone());
            let said = clock::stray(&name, stray.period.starts, today, fitting.len(), rest);
            let taking = (!fitting.is_empty()).then(|| format!("搬到{}", work.period.name));
            let to_see = id.clone();
            notes.push(
                view! {
                    <Note>
                        <div data-testid="stray">
                            <p>{said}</p>
                            {taking
                                .map(|taking| {
                                    button(taking, "button button-main", move |_| take(&id))
                                })}
                            {button(format!("看{name}里填的"), "button", move |_| session.switch_period(to_see.clone()))}
                        </div>
                    </Note>
                }
                .into_any(),
            );
        }
        notes
    }
}
