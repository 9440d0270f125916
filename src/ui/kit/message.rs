//! Messages that say what happened, what is safe, and what to do.

use super::icon::{Draw, Icon};
use crate::ui::words::errors::Told;
use leptos::prelude::*;

/// A failure: what, remedy, and the code to read out.
#[component]
pub fn Trouble(
    /// What to say.
    told: Told,
) -> impl IntoView {
    view! {
        <div class="trouble" role="alert">
            <Draw icon=Icon::Warning />
            <div>
                <p>
                    <b>{told.what}</b>
                </p>
                <p>{format!("怎么办：{}。", told.remedy)}</p>
                <p class="muted">{format!("打电话时报这个代号：{}", told.code)}</p>
            </div>
        </div>
    }
}

/// Something calm to know.
#[component]
pub fn Note(children: Children) -> impl IntoView {
    view! { <div class="note">{children()}</div> }
}
