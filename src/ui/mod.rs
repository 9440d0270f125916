//! The app: what a secretary sees and touches. A folder for each thing a person does, over what they share.
//!
//! Pages and components speak Chinese, read signals of the [`session`](app), and never touch storage or network themselves. What
//! only computes needs no browser and is tested without one.

pub mod app;
pub mod forms;
pub mod kit;
pub mod ledger;
pub mod mending;
pub mod show;
pub mod words;

#[cfg(feature = "web")]
pub mod change;
#[cfg(feature = "web")]
pub mod check;
#[cfg(feature = "web")]
pub mod handbook;
#[cfg(feature = "web")]
pub mod me;
#[cfg(feature = "web")]
pub mod photos;
#[cfg(feature = "web")]
pub mod report;

/// Shows the app in place of the painted shell.
#[cfg(feature = "web")]
pub fn start() {
    // The released app carries no panic messages: see for_app in .ci/env.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    app::start::mount();
}
