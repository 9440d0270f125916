//! The app's Chinese as far as it is worked out: names of things, dates, explanations, and what to do when something fails. Pure, so that
//! every sentence can be tested without a browser; what a page says whatever happens stands on the page. Terms are those of the glossary;
//! the same thing has the same name everywhere. What the upper level says too is in [`crate::words`].

pub use crate::words::{answers, dates, explain, standard};

pub mod clock;
pub mod errors;
pub mod ledger;
pub mod light;
pub mod terms;
pub mod whereabouts;
