//! Buttons: what is tapped looks and behaves alike everywhere, and is compiled once.

use leptos::{ev::MouseEvent, prelude::*};

/// Does something.
pub fn button<V: IntoAny>(text: V, class: &'static str, act: impl FnMut(MouseEvent) + 'static) -> AnyView {
    made(text.into_any(), class, None, None, Box::new(act))
}

/// Does something unless something is in its way.
pub fn button_unless<V: IntoAny>(
    text: V,
    class: &'static str,
    is_in_the_way: impl Fn() -> bool + Send + Sync + 'static,
    act: impl FnMut(MouseEvent) + 'static,
) -> AnyView {
    made(text.into_any(), class, Some(Box::new(is_in_the_way)), None, Box::new(act))
}

/// One of several to choose from, or something to switch on and off.
pub fn choice<V: IntoAny>(
    text: V,
    class: &'static str,
    is_chosen: impl Fn() -> bool + Send + Sync + 'static,
    act: impl FnMut(MouseEvent) + 'static,
) -> AnyView {
    made(text.into_any(), class, None, Some(Box::new(is_chosen)), Box::new(act))
}

/// What holds or does not.
type Holds = Box<dyn Fn() -> bool + Send + Sync>;

fn made(
    text: AnyView,
    class: &'static str,
    is_in_the_way: Option<Holds>,
    is_chosen: Option<Holds>,
    act: Box<dyn FnMut(MouseEvent)>,
) -> AnyView {
    view! {
        <button
            type="button"
            class=class
            disabled=is_in_the_way.map(|holds| move || holds())
            aria-pressed=is_chosen.map(|holds| move || holds().to_string())
            on:click=act
        >
            {text}
        </button>
    }
    .into_any()
}
