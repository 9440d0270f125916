//! What every route is given.

use crate::{
    domain::DeviceId,
    server::{
        database::Database,
        host::{
            address::{ClientAddress, Network, TrustedProxies},
            throttle::Throttle,
        },
        office::{
            clock::Clock,
            evidence::{Evidence, files::Photos},
            submitting::Inbox,
        },
    },
};
use axum::extract::FromRef;
use std::sync::Arc;

/// So many wrong codes are free within ten minutes from one address; many phones share one behind carrier NAT.
const FREE_WRONG_CODES: usize = 30;
/// So many codes for other phones one phone may ask for within ten minutes.
const FREE_DEVICE_CODES: usize = 10;

/// What every route is given.
#[derive(Clone)]
pub struct Endpoint {
    /// Where everything is kept.
    pub database: Database,
    /// Evidence photos.
    pub evidence: Evidence,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Reverse proxies whose word about the client's address is believed.
    pub trusted_proxies: Arc<[Network]>,
    pub(super) inbox: Inbox,
    pub(super) wrong_codes: Arc<Throttle<ClientAddress>>,
    pub(super) device_codes: Arc<Throttle<DeviceId>>,
    /// Held while a code is tried and judged, so that a burst cannot try many before the first is counted.
    pub(super) trying: Arc<tokio::sync::Mutex<()>>,
}

impl Endpoint {
    /// An endpoint over this database and these photos; needs a Tokio runtime. It believes proxies on its own machine.
    pub fn new(database: Database, photos: Photos, clock: Arc<dyn Clock>) -> Self {
        Self {
            inbox: Inbox::start(database.clone()),
            evidence: Evidence::new(database.clone(), photos),
            database,
            clock,
            trusted_proxies: Network::loopback().into(),
            wrong_codes: Arc::new(Throttle::new(FREE_WRONG_CODES)),
            device_codes: Arc::new(Throttle::new(FREE_DEVICE_CODES)),
            trying: Arc::default(),
        }
    }
}

impl FromRef<Endpoint> for TrustedProxies {
    fn from_ref(endpoint: &Endpoint) -> Self {
        Self(endpoint.trusted_proxies.clone())
    }
}
