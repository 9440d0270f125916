//! The endpoint: activation, the standard, submissions and their receipts, over HTTP and SQLite.

pub mod cli;
pub mod clock;
pub mod database;
pub mod error;
pub mod roster;
pub mod router;
mod routes;
mod throttle;

#[cfg(test)]
mod story_tests;

use std::sync::Arc;

/// What every route is given.
#[derive(Clone)]
pub struct Endpoint {
    /// Where everything is kept.
    pub database: database::Database,
    /// What time it is.
    pub clock: Arc<dyn clock::Clock>,
    throttle: Arc<throttle::Throttle>,
}

impl Endpoint {
    /// An endpoint over this database.
    #[must_use]
    pub fn new(database: database::Database, clock: Arc<dyn clock::Clock>) -> Self {
        Self { database, clock, throttle: Arc::default() }
    }
}
