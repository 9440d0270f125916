//! 换支部, 换考核周期: one person may look after several branches.

use crate::ui::{
    app::{
        frame::{Page, goer},
        route::Place,
        session::session,
    },
    words::{dates, terms},
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Branches() -> impl IntoView {
    let session = session();
    let go = goer();
    let branches = move || {
        let active = session.active().map(|binding| binding.branch.code);
        session
            .bindings
            .get()
            .into_iter()
            .map(|binding| {
                let here = Some(&binding.branch.code) == active.as_ref();
                let code = binding.branch.code.clone();
                let above = binding.branch.reports_to.map(|unit| unit.name).unwrap_or_default();
                let plain = format!("{} · {above}", terms::sector(binding.branch.sector.as_str()));
                view! {
                    <button
                        type="button"
                        class="choice"
                        aria-pressed=here.to_string()
                        on:click=move |_| {
                            session.switch_branch(code.clone());
                            go(Place::Home);
                        }
                    >
                        <span class="choice-lines">
                            <span>{binding.branch.name}</span>
                            <small>{plain}</small>
                        </span>
                    </button>
                }
            })
            .collect::<Vec<_>>()
    };
    let periods = move || {
        let work = session.work.read();
        let Ok(work) = work.as_ref() else { return Vec::new() };
        let (here, today) = (work.period.id.clone(), session.today.get());
        work.periods
            .iter()
            .filter(|period| period.starts <= today)
            .map(|period| {
                let id = period.id.clone();
                let is = id == here;
                let plain = format!("上报截止 {}", dates::day(period.submit_by, today));
                view! {
                    <button
                        type="button"
                        class="choice"
                        aria-pressed=is.to_string()
                        on:click=move |_| {
                            session.switch_period(id.clone());
                            go(Place::Home);
                        }
                    >
                        <span class="choice-lines">
                            <span>{period.name.clone()}</span>
                            <small>{plain}</small>
                        </span>
                    </button>
                }
            })
            .collect::<Vec<_>>()
    };
    view! {
        <Page title="换支部、换考核周期" back="/me">
            <section class="card">
                <h2>"这部手机管着的支部"</h2>
                <div class="choices">{branches}</div>
                <a href="/activate" class="button">
                    "再加一个支部（要激活码）"
                </a>
            </section>
            <section class="card">
                <h2>"考核周期"</h2>
                <div class="choices">{periods}</div>
            </section>
        </Page>
    }
}
