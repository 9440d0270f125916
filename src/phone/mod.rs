//! The phone without a screen: what it holds of each thing a branch does, what waits to be written, and what follows from it.
//!
//! Knows neither Leptos nor a browser: all of it is tested natively.

pub mod going;
pub mod ledger;
pub mod library;
pub mod overview;
pub mod search;
pub mod unfinished;
pub mod unsaved;
