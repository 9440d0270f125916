//! What every page is given.

use crate::server::{
    database::Database,
    host::address::{Network, TrustedProxies},
    office::{clock::Clock, evidence::Evidence},
};
use axum::extract::FromRef;
use std::sync::Arc;

/// What every page is given.
#[derive(Clone)]
pub struct Desk {
    /// Where everything is kept.
    pub database: Database,
    /// Evidence photos.
    pub evidence: Evidence,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Reverse proxies whose word about the client's address is believed.
    pub trusted_proxies: Arc<[Network]>,
}

impl FromRef<Desk> for TrustedProxies {
    fn from_ref(desk: &Desk) -> Self {
        Self(desk.trusted_proxies.clone())
    }
}
