//! A quiet button that asks once more before it does what cannot simply be taken back.

use crate::ui::kit::button::button;
use leptos::prelude::*;

/// The button, and in its place, once it is tapped, the question with its two answers.
#[component]
pub fn Confirm(
    /// On the quiet button: 登错了，划掉这一条.
    ask: &'static str,
    /// When to do it, and what stays.
    warning: &'static str,
    /// On the button that does it: 确实划掉.
    yes: &'static str,
    /// On the other: 不划了.
    no: &'static str,
    /// Does it.
    on_yes: Callback<()>,
) -> impl IntoView {
    let asked = RwSignal::new(false);
    move || {
        if asked.get() {
            let done = move |_| {
                asked.set(false);
                on_yes.run(());
            };
            view! {
                <section class="card">
                    <p>{warning}</p>
                    {button(yes, "button", done)}
                    {button(no, "button", move |_| asked.set(false))}
                </section>
            }
            .into_any()
        } else {
            button(ask, "quiet", move |_| asked.set(true)).into_any()
        }
    }
}
