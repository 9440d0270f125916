//! The frame of every page: title, data light, content, and the bar with the places.

use super::{
    light::Light,
    navigation::navigation,
    route::{Part, Place},
};
use crate::ui::app::session::erased::memo;
use crate::ui::kit::icon::{Draw, Icon};
use leptos::prelude::*;

/// A page with its title. `back` is where the arrow leads when there is no way back in the browser's history.
#[component]
pub fn Page(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// Draws the arrow.
    #[prop(optional, into)]
    back: Option<String>,
    /// Whether a branch is bound, so that light and places make sense.
    #[prop(default = true)]
    bound: bool,
    children: Children,
) -> impl IntoView {
    Effect::new(move |_| {
        document().set_title(&format!("{} · 支部标尺", title.get()));
    });
    view! {
        <header class="top">
            {match back.filter(|to| !to.is_empty()) {
                Some(to) => {
                    view! {
                        // Replaces this page in the history, so that the system's back button does not come back here.
                        <a href=to prop:replace=true class="top-back" aria-label="返回">
                            <Draw icon=Icon::Back />
                        </a>
                    }
                        .into_any()
                }
                None => view! { <span class="top-mark"><Draw icon=Icon::Ruler /></span> }.into_any(),
            }}
            <h1 class="top-title">{title}</h1>
            {bound.then(|| view! { <Light /> })}
        </header>
        <main class="page" id="main">{children()}</main>
        {bound.then(|| view! { <Places /> })}
    }
}

/// 首页 · 自查 · 手册 · 我的
#[component]
fn Places() -> impl IntoView {
    let navigation = navigation();
    let part = memo(move || navigation.place().map(|place| place.part()));
    let place = move |icon: Icon, name: &'static str, to: &'static str, own: Part| {
        view! {
            <a href=to class="place" aria-current=move || (part.get() == Some(own)).then_some("page")>
                <Draw icon=icon />
                <span>{name}</span>
            </a>
        }
    };
    view! {
        <nav class="places" aria-label="主要位置">
            {place(Icon::Home, "首页", "/", Part::Home)} {place(Icon::Check, "自查", "/check", Part::Check)}
            {place(Icon::Book, "手册", "/handbook", Part::Handbook)}
            {place(Icon::Person, "我的", "/me", Part::Me)}
        </nav>
    }
}

/// Goes somewhere else from an event or a task.
pub fn goer() -> impl Fn(Place) + Copy + 'static {
    let navigation = navigation();
    move |to| navigation.go(&to)
}
