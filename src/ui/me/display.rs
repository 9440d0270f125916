//! 字号和亮度

use crate::{
    store::{Display, TextSize, Theme},
    ui::app::session::erased::memo,
    ui::app::{frame::Page, session::session},
    ui::kit::button::choice,
};
use leptos::prelude::*;

/// The page.
#[component]
pub fn DisplayPage() -> impl IntoView {
    let session = session();
    let display = memo(move || session.phone.read().as_ref().map(|phone| phone.display).unwrap_or_default());
    let size = move |size: TextSize, name: &'static str| {
        choice(
            name,
            "choice",
            move || display.get().size == size,
            move |_| session.set_display(Display { size, ..display.get_untracked() }),
        )
    };
    let theme = move |theme: Theme, name: &'static str, plain: &'static str| {
        view! {
            <button
                type="button"
                class="choice"
                aria-pressed=move || (display.get().theme == theme).to_string()
                on:click=move |_| session.set_display(Display { theme, ..display.get_untracked() })
            >
                <span class="choice-lines">
                    <span>{name}</span>
                    <small>{plain}</small>
                </span>
            </button>
        }
    };
    view! {
        <Page title="字号和亮度" back="/me">
            <section class="card">
                <h2>"字号"</h2>
                <div class="choices">
                    {size(TextSize::Standard, "标准")} {size(TextSize::Large, "大字")}
                    {size(TextSize::Huge, "特大字")}
                </div>
                <h2>"亮度"</h2>
                <div class="choices">
                    {theme(Theme::Paper, "平常", "纸色，不刺眼")}
                    {theme(Theme::Sunlight, "阳光下", "白底黑字，院子里也看得清")}
                </div>
                <p class="requirement">"看得清这一行就行。"</p>
            </section>
        </Page>
    }
}
