//! Bringing phone and endpoint together: pure rules (outbox, plan, back-off, clock) and an engine that carries them out through
//! the traits [`Store`] and [`Api`]. Knows neither IndexedDB nor fetch.
//! How a request fails is told by [`ApiError`](api::ApiError).
//!
//! A *round* ([`engine::round`]) sends what waits in the outbox and then pulls what is new. It is run at start, on `online`,
//! when the page becomes visible, after each 上报, and when [`RoundOutcome::next_attempt_at`] comes. Only one tab runs rounds.

pub mod api;
pub mod backoff;
pub mod client;
pub mod clock;
pub mod engine;
pub mod library;
pub mod outbox;
pub mod plan;
pub mod store;
pub mod token;
pub mod uploads;

#[cfg(test)]
mod engine_tests;
#[cfg(test)]
mod findings_tests;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
pub(crate) mod testing;

pub use api::{Api, ApiError, Body, Method, NoAnswer, Reply, Request};
pub use client::{Client, StandardAnswer};
pub use clock::{ClockOffset, ClockTrouble, KnownTime, Looks};
pub use engine::{RoundOutcome, round};
pub use library::{Fetched, Progress, Shelf};
pub use outbox::{OutboxEntry, OutboxId, OutboxRequest, OutboxState};
pub use store::{
    Binding, BindingState, Delivery, FetchedChecklist, HeardFindings, Local, LocalFindings, Postponement,
    Pulled, Rejection, StandardCopy, Store,
};
pub use token::Token;
