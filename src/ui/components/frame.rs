//! The frame of every page: title, data light, content, and the bar with the places.

use super::{
    icon::{Draw, Icon},
    light::Light,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate};

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
    let location = use_location();
    let place = move |icon: Icon, name: &'static str, to: &'static str, under: &'static [&'static str]| {
        let here = move || {
            let path = location.pathname.get();
            path == to || under.iter().any(|start| path.starts_with(start))
        };
        view! {
            <a href=to class="place" aria-current=move || here().then_some("page")>
                <Draw icon=icon />
                <span>{name}</span>
            </a>
        }
    };
    view! {
        <nav class="places" aria-label="主要位置">
            {place(Icon::Home, "首页", "/", &["/result", "/submit"])}
            {place(Icon::Check, "自查", "/check", &["/check/"])}
            {place(Icon::Book, "手册", "/handbook", &["/handbook/"])}
            {place(Icon::Person, "我的", "/me", &["/me/", "/submissions", "/storage", "/photos", "/profile", "/activate"])}
        </nav>
    }
}

/// Goes somewhere else from an event or a task.
pub fn goer() -> impl Fn(&str) + Clone + 'static {
    let navigate = use_navigate();
    move |to: &str| navigate(to, leptos_router::NavigateOptions::default())
}
