//! The app: what a secretary sees and touches.
//!
//! Pages and components speak Chinese, read signals of the [`session`], and never touch storage or network themselves. The
//! modules that only compute ([`overview`], [`darkroom`], [`going`], [`next_step`], [`words`], [`radar`], [`ring`], [`ics`], [`inspection`], [`item_text`], [`route`], [`typing`],
//! [`unfinished`], [`unsaved`]) need no browser and are tested without one.

pub mod book;
pub mod darkroom;
pub mod forms;
pub mod going;
pub mod ics;
pub mod inspection;
pub mod item_text;
pub mod library;
pub mod mending;
pub mod next_step;
pub mod overview;
pub mod prefill;
pub mod radar;
pub mod ring;
pub mod route;
pub mod search;
pub mod typing;
pub mod unfinished;
pub mod unsaved;
pub mod words;

#[cfg(feature = "web")]
pub mod app;
#[cfg(feature = "web")]
pub mod components;
#[cfg(feature = "web")]
pub mod navigation;
#[cfg(feature = "web")]
pub mod pages;
#[cfg(feature = "web")]
pub mod session;

/// Shows the app in place of the painted shell.
#[cfg(feature = "web")]
pub fn start() {
    // The released app carries no panic messages: see for_app in .ci/env.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    app::mount();
}
