//! What stands on a page before there is a checklist.

use super::session::session;
use crate::{phone::work::NoWork, ui::app::session::erased::live, ui::kit::button::button, ui::words::terms};
use leptos::prelude::*;

/// What stands here before there is a checklist.
#[component]
pub fn NothingYet() -> impl IntoView {
    let session = session();
    let retry = move |_| leptos::task::spawn_local(session.send_now());
    view! {
        <section class="card" data-testid="nothing-yet">
            {live(move || match session.work.read().as_ref() {
                Err(NoWork::NoChecklist(sector)) => {
                    let sector = terms::sector(sector.as_str()).to_owned();
                    view! {
                        <h2>{format!("{sector}领域的标准还没有发布")}</h2>
                        <p>"上级发布以后，联网打开就会自己取来。"</p>
                    }
                        .into_any()
                }
                _ => {
                    view! {
                        <h2>"还没有取到标准"</h2>
                        <p>"第一次要联网取一次，之后没有网也能用。"</p>
                    }
                        .into_any()
                }
            })} {button("再取一次", "button button-main", retry)}
        </section>
    }
}
