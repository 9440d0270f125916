//! Numbers: a stepper with − and +, and typing for large ones.

use crate::ui::words::figures::figure;
use leptos::prelude::*;

/// A number with − and +. `None` shows as 没填; the first + makes it 1, the first − makes it 0.
#[component]
pub fn Stepper(
    /// What is counted, for screen readers.
    #[prop(into)]
    label: String,
    /// The value.
    #[prop(into)]
    value: Signal<Option<u32>>,
    /// 次, 人 …; may be empty.
    #[prop(into)]
    unit: String,
    /// The largest value.
    #[prop(default = crate::domain::check::MAX_FIGURE)]
    most: u32,
    /// Told the new value.
    on_change: Callback<u32>,
) -> impl IntoView {
    let change = move |to: u32| on_change.run(to.min(most));
    let typed = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        match figure(&text) {
            Some(figure) => change(figure),
            // What is no number is taken back, not guessed.
            None => value.with_untracked(|old| {
                let input: web_sys::HtmlInputElement = event_target(&event);
                input.set_value(&old.map(|n| n.to_string()).unwrap_or_default());
            }),
        }
    };
    let name = label.clone();
    view! {
        <span class="stepper" role="group" aria-label=label>
            <button
                type="button"
                aria-label="减一"
                on:click=move |_| change(value.get_untracked().map_or(0, |n| n.saturating_sub(1)))
            >
                "−"
            </button>
            <input
                type="text"
                inputmode="numeric"
                maxlength="6"
                placeholder="没填"
                aria-label=name
                prop:value=move || value.get().map(|n| n.to_string()).unwrap_or_default()
                on:change=typed
            />
            <button
                type="button"
                aria-label="加一"
                on:click=move |_| change(value.get_untracked().map_or(1, |n| n.saturating_add(1)))
            >
                "+"
            </button>
            <span class="stepper-unit">{unit}</span>
        </span>
    }
}
