//! The phone without a screen: what it holds of each thing a branch does, what waits to be written, and what follows from it.
//!
//! Knows neither Leptos nor a browser: all of it is tested natively.

pub mod darkroom;
pub mod engine;
#[cfg(test)]
mod engine_tests;
pub mod figures;
pub mod item_text;
pub mod ledger;
pub mod library;
pub mod mending;
pub mod next_step;
pub mod overview;
pub mod reading;
pub mod reported_photos;
pub mod search;
pub mod searchable;
pub mod sender;
pub mod submitting;
#[cfg(test)]
pub(crate) mod testing;
pub mod typing;
pub mod unfinished;
pub mod unsaved;
pub mod work;
