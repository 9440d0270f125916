//! 汇报提纲: beside 现场查阅, to speak from. Read only, without points.

use super::{report, talk};
use crate::ui::app::session::erased::live;
use crate::ui::app::{frame::Page, nothing_yet::NothingYet, session::session};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Talk() -> impl IntoView {
    let session = session();
    view! {
        <Page title="汇报提纲" back="/inspection" bound=false>
            {live(move || match session.from_source(talk::outline) {
                None => view! { <NothingYet /> }.into_any(),
                Some(lines) => {
                    let lines: Vec<_> = lines
                        .into_iter()
                        .map(|line| {
                            if report::is_heading(&line) {
                                view! { <h2>{line}</h2> }.into_any()
                            } else {
                                view! { <p>{line}</p> }.into_any()
                            }
                        })
                        .collect();
                    view! {
                        <article class="card talk" data-testid="talk">
                            {lines}
                        </article>
                        <p class="muted small">"要印出来，到“我的”里“导出纸质材料”。"</p>
                    }
                        .into_any()
                }
            })}
        </Page>
    }
}
