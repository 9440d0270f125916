//! The endpoint: activation, the standard, submissions and their receipts, over HTTP and SQLite; and the app's own files.

pub mod address;
pub mod app;
pub mod cli;
pub mod clock;
pub mod database;
mod docs;
mod engine;
pub mod error;
pub mod evidence;
mod openapi;
mod openapi_limits;
pub mod photos;
pub mod roster;
mod roster_tree;
pub mod router;
mod routes;
pub mod serve;
mod throttle;
mod tls;

#[cfg(test)]
mod story_tests;

use crate::domain::{Checklist, ContentHash, DeviceId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// So many wrong codes are free within ten minutes from one address; many phones share one behind carrier NAT.
const FREE_WRONG_CODES: usize = 30;
/// So many codes for other phones one phone may ask for within ten minutes.
const FREE_DEVICE_CODES: usize = 10;

/// What every route is given.
#[derive(Clone)]
pub struct Endpoint {
    /// Where everything is kept.
    pub database: database::Database,
    /// Evidence photos.
    pub evidence: evidence::Evidence,
    /// What time it is.
    pub clock: Arc<dyn clock::Clock>,
    /// Reverse proxies whose word about the client's address is believed.
    pub trusted_proxies: Arc<[address::Network]>,
    writer: database::Writer,
    wrong_codes: Arc<throttle::Throttle<address::ClientAddress>>,
    device_codes: Arc<throttle::Throttle<DeviceId>>,
    /// Held while a code is tried and judged, so that a burst cannot try many before the first is counted.
    trying: Arc<tokio::sync::Mutex<()>>,
    /// Published checklists as parsed; they never change under their hash.
    checklists: Arc<Mutex<HashMap<ContentHash, Arc<Checklist>>>>,
}

impl Endpoint {
    /// An endpoint over this database and these photos; needs a Tokio runtime. It believes proxies on its own machine.
    pub fn new(database: database::Database, photos: photos::Photos, clock: Arc<dyn clock::Clock>) -> Self {
        Self {
            writer: database::Writer::start(database.clone()),
            evidence: evidence::Evidence::new(database.clone(), photos),
            database,
            clock,
            trusted_proxies: address::Network::loopback().into(),
            wrong_codes: Arc::new(throttle::Throttle::new(FREE_WRONG_CODES)),
            device_codes: Arc::new(throttle::Throttle::new(FREE_DEVICE_CODES)),
            trying: Arc::default(),
            checklists: Arc::default(),
        }
    }
}
