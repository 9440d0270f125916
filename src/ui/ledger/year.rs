//! 全年一览: the year ring, the same in words, and the calendar file.

use super::{
    ics,
    ring::{OUTER, arc, band, point, spoke},
};
use crate::{
    browser::files,
    domain::ledger::duty::{Duty, Standing, duties},
    ui::app::session::erased::{Show, live, memo},
    ui::kit::button::{button_unless, choice},
    ui::{
        app::{
            frame::Page,
            session::{Session, session},
        },
        kit::message::Note,
        words::{dates, ledger},
    },
};
use leptos::prelude::*;
use std::sync::Arc;

/// The page.
#[component]
pub fn LedgerYear() -> impl IntoView {
    let session = session();
    let year = RwSignal::new(session.today.get_untracked().year());
    let duties = memo(move || {
        let (work, held) = (session.work.read(), session.ledger.read());
        let all = work.as_ref().map(|work| {
            duties(&work.checklist, &work.assessment, &held.ledger, year.get(), session.today.get())
        });
        Arc::new(all.unwrap_or_default())
    });
    let this = session.today.get_untracked().year();
    let years: Vec<_> = [this - 1, this, this + 1]
        .map(|of| choice(format!("{of}年"), "chip", move || year.get() == of, move |_| year.set(of)))
        .into_iter()
        .collect();
    view! {
        <Page title="全年一览" back="/ledger">
            <div class="chips">{years}</div>
            {live(move || {
                let duties = duties.get();
                if duties.is_empty() {
                    view! { <p class="empty">"取到标准以后，这里按标准列出全年要办的。"</p> }.into_any()
                } else {
                    view! {
                        {ring(&duties, year.get())}
                        {in_words(session, &duties)}
                    }
                        .into_any()
                }
            })}
            <Export duties=duties />
        </Page>
    }
}

const STANDINGS: [(Standing, &str); 5] = [
    (Standing::Held, "ring-held"),
    (Standing::StillPossible, "ring-possible"),
    (Standing::Missed, "ring-missed"),
    (Standing::Unrecorded, "ring-unrecorded"),
    (Standing::NotDue, "ring-later"),
];

/// Twelve months around, a band for each duty. The same stands beside it in words, so it is hidden from screen readers. What stands
/// alike is one path, and so are the months' lines: a slow phone pays for every element.
fn ring(duties: &[Duty], year: i16) -> impl IntoView + use<> {
    let months: Vec<_> = (0..12)
        .map(|month| {
            let (x, y) = point(f64::from(month) + 0.5, OUTER + 130);
            let (x, y, number) = (x.to_string(), (y + 45).to_string(), (month + 1).to_string());
            view! { <text x=x y=y text-anchor="middle">{number}</text> }
        })
        .collect();
    let lines: String = (0..12).map(|month| spoke(f64::from(month), OUTER + 60)).collect();
    let drawn: Vec<(Standing, &str, String)> = STANDINGS
        .into_iter()
        .map(|(standing, class)| (standing, class, arcs(duties, standing)))
        .filter(|(.., path)| !path.is_empty())
        .collect();
    let bands: Vec<_> =
        drawn.iter().map(|(_, class, path)| view! { <path class=*class d=path.clone()></path> }).collect();
    // A sample of each, drawn as in the ring, with its word.
    let legend: Vec<_> = drawn
        .into_iter()
        .map(|(standing, class, _)| {
            view! {
                <li>
                    <svg viewBox="0 0 400 260" width="28" height="18" aria-hidden="true">
                        <rect class=class x="20" y="20" width="360" height="220"></rect>
                    </svg>
                    {ledger::standing(standing)}
                </li>
            }
        })
        .collect();
    view! {
        <section class="card" data-testid="ring">
            <svg class="ring" viewBox="0 0 3000 3000" aria-hidden="true">
                <path class="ring-month" d=lines></path>
                {months}
                <circle class="ring-middle" cx="1500" cy="1500" r="400"></circle>
                {bands}
                <text class="ring-year" x="1500" y="1570" text-anchor="middle">
                    {year.to_string()}
                </text>
            </svg>
            <ul class="ring-legend">{legend}</ul>
            <p class="muted small">"从外往里，一圈是一样，次序和下面的表一样。"</p>
        </section>
    }
}

/// The arcs of all windows that stand so, as one path.
fn arcs(duties: &[Duty], standing: Standing) -> String {
    let of = duties.len();
    let of_duty = duties.iter().enumerate().flat_map(|(place, duty)| {
        let alike = duty.windows.iter().filter(|window| window.standing == standing);
        alike.map(move |window| (band(place, of), window))
    });
    of_duty.map(|(radii, window)| arc(window.span.starts.month(), window.span.ends.month(), radii)).collect()
}

/// The duties as a table: what was held, until when something can still be done, what was missed.
fn in_words(session: Session, duties: &[Duty]) -> impl IntoView + use<> {
    let today = session.today.get();
    let rows: Vec<_> = duties
        .iter()
        .map(|duty| {
            let name = ledger::kinds(&duty.kinds);
            let asked = format!("{}要求{}次", dates::often(duty.window), duty.minimum);
            let windows = grouped(duty, today);
            let cells: Vec<_> = windows
                .into_iter()
                .map(|(standing, said)| view! { <li>{ledger::sign(standing)} " " {said}</li> })
                .collect();
            let item = format!("/check/{}", duty.item);
            view! {
                <tr>
                    <th scope="row">
                        <a href=item>{name}</a>
                        <small class="muted">{asked}</small>
                    </th>
                    <td>
                        <ul>{cells}</ul>
                    </td>
                </tr>
            }
        })
        .collect();
    view! {
        <section class="card below">
            <table class="duties" data-testid="duties">
                <caption class="muted small">"按标准，全年要办的"</caption>
                <thead>
                    <tr>
                        <th scope="col">"活动"</th>
                        <th scope="col">"怎么样了"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

/// The windows of a duty; of those that follow each other and stand alike, one line.
fn grouped(duty: &Duty, today: jiff::civil::Date) -> Vec<(Standing, String)> {
    let mut all: Vec<(Standing, String)> = Vec::new();
    for run in duty.windows.chunk_by(|one, other| one.standing == other.standing) {
        let Some((first, last)) = run.first().zip(run.last()) else { continue };
        let said = match first.standing {
            Standing::StillPossible => ledger::window(first, duty.minimum, today),
            _ if run.len() == 1 => ledger::window(first, duty.minimum, today),
            standing => {
                let (from, to) = (dates::window(&first.span.key), dates::window(&last.span.key));
                let from = from.trim_end_matches('月').trim_end_matches("季度");
                format!("{from}到{to}{}", ledger::standing(standing))
            }
        };
        all.push((first.standing, said));
    }
    all
}

/// 放进手机日历
#[component]
fn Export(duties: Memo<Arc<Vec<Duty>>>) -> impl IntoView {
    let session = session();
    let failed = RwSignal::new(false);
    let export = move |_| {
        let Some(binding) = untrack(|| session.active()) else { return };
        let (code, name) = (binding.branch.code, binding.branch.name);
        let text = ics::calendar(&code, &name, &duties.get_untracked(), session.now());
        let saved = files::save(&format!("{name}全年要办的.ics"), ics::MEDIA_TYPE, text.as_bytes());
        failed.set(saved.is_err());
    };
    let open = move || {
        let is_open = |s: Standing| matches!(s, Standing::StillPossible | Standing::NotDue);
        duties.read().iter().flat_map(|duty| &duty.windows).filter(|window| is_open(window.standing)).count()
    };
    view! {
        <section class="card">
            <h2>"放进手机日历"</h2>
            <p class="muted">
                {live(move || format!("还没办、还没过期的{}件，到期前提醒。存下来点开，手机日历会问要不要加进去；再存一次不会重复。", open()))}
            </p>
            {button_unless("存成日历文件", "button", move || open() == 0, export)}
            <Show when=move || failed.get()>
                <Note>
                    <p>"这个浏览器存不了文件，换手机自带的浏览器打开再试。"</p>
                </Note>
            </Show>
        </section>
    }
}
