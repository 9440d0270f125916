//! One outline set, drawn for 24 × 24.

use leptos::prelude::*;

/// Which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// 首页
    Home,
    /// 自查
    Check,
    /// 手册
    Book,
    /// 我的
    Person,
    /// Back.
    Back,
    /// Onwards.
    Forward,
    /// A ruler: the app's own sign.
    Ruler,
    /// Attention.
    Warning,
}

/// Draws it, in the colour of the text around it; the word beside it says what it is.
#[component]
pub fn Draw(
    /// Which.
    icon: Icon,
) -> impl IntoView {
    let path = match icon {
        Icon::Home => "M3 11 12 4l9 7M6 9.5V20h12V9.5M10 20v-6h4v6",
        Icon::Check => "M5 4h14v16H5zM8.5 9l1.5 1.5L12.5 8M14.5 9.5H17M8.5 14.5 10 16l2.5-2.5M14.5 15H17",
        Icon::Book => {
            "M4 5.500c3-1.300 5.500-1.300 8 .500 2.500-1.800 5-1.800 8-.500V19c-3-1.200-5.500-1.200-8 .500-2.500-1.700-5-1.700-8-.500ZM12 6v13.500"
        }
        Icon::Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.6-4 3.6-6 7.5-6s6.900 2 7.500 6",
        Icon::Back => "M15 5 8 12l7 7",
        Icon::Forward => "m9 5 7 7-7 7",
        Icon::Ruler => "M3 15.500 15.500 3 21 8.500 8.500 21ZM7 11.500l2 2M10 8.500l3 3M13 5.500l2 2",
        Icon::Warning => "M12 4 2.500 20h19ZM12 10v4.500M12 17.500v.010",
    };
    view! {
        <svg
            class="icon"
            viewBox="0 0 24 24"
            width="24"
            height="24"
            fill="none"
            stroke="currentColor"
            stroke-width="1.8"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=path></path>
        </svg>
    }
}
