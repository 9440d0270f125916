//! What every page is given.

use super::waiting::Waiting;
use crate::server::{
    database::Database,
    host::{
        address::{ClientAddress, Network, TrustedProxies},
        throttle::Throttle,
    },
    office::{clock::Clock, evidence::Evidence, people::passwords::Passwords},
};
use axum::extract::FromRef;
use sha2::{Digest as _, Sha256};
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
    /// 备案号; without it every page says 试用.
    pub filing: Option<Arc<str>>,
    /// Whether it listens on an address of its own, where no phone opens the app.
    pub is_apart: bool,
    /// Where phones open the app, where that is told.
    pub phone_url: Option<Arc<str>>,
    /// Hashes passwords, a bounded number at once.
    pub(crate) passwords: Passwords,
    /// Passwords that were tried lately.
    pub(crate) tries: Arc<Tries>,
    /// Files that wait for a yes.
    pub(crate) waiting: Waiting,
}

impl Desk {
    /// Over what the endpoint has.
    pub fn new(
        database: Database,
        evidence: Evidence,
        clock: Arc<dyn Clock>,
        trusted_proxies: Arc<[Network]>,
    ) -> Self {
        let (passwords, tries) = (Passwords::default(), Arc::default());
        let waiting = Waiting::default();
        Self {
            database,
            evidence,
            clock,
            trusted_proxies,
            filing: None,
            is_apart: false,
            phone_url: None,
            passwords,
            tries,
            waiting,
        }
    }
}

/// A name that was tried, whether anybody has it or not.
type Name = [u8; 32];

/// Passwords that were tried within ten minutes: by name and address, by address, and, where many addresses try one name, by name. Who
/// tries from one address keeps nobody out who comes from another.
#[derive(Debug)]
pub(crate) struct Tries {
    here: Throttle<(ClientAddress, Name)>,
    address: Throttle<ClientAddress>,
    name: Throttle<Name>,
}

impl Default for Tries {
    fn default() -> Self {
        Self { here: Throttle::new(8), address: Throttle::new(40), name: Throttle::new(120) }
    }
}

impl Tries {
    /// Notes a try before it is made, so that many at once are no way around; how long to wait where it is one too many.
    pub(crate) fn begin(&self, from: ClientAddress, name: &str, now: u64) -> Result<Try<'_>, u64> {
        let name: Name = Sha256::digest(name).into();
        let waits = [
            self.here.wait_seconds((from, name), now),
            self.address.wait_seconds(from, now),
            self.name.wait_seconds(name, now),
        ];
        if let Some(seconds) = waits.into_iter().flatten().max() {
            return Err(seconds);
        }
        self.here.note((from, name), now);
        self.address.note(from, now);
        self.name.note(name, now);
        Ok(Try { tries: self, from, name, now })
    }
}

/// A try that was noted.
pub(crate) struct Try<'a> {
    tries: &'a Tries,
    from: ClientAddress,
    name: Name,
    now: u64,
}

impl Try<'_> {
    /// Whether another one would be one too many.
    pub(crate) fn was_the_last(&self) -> bool {
        self.tries.here.wait_seconds((self.from, self.name), self.now).is_some()
    }

    /// The password was right: it counts as no try.
    pub(crate) fn was_right(self) {
        self.tries.here.forget((self.from, self.name), self.now);
        self.tries.address.forget(self.from, self.now);
        self.tries.name.forget(self.name, self.now);
    }
}

impl FromRef<Desk> for TrustedProxies {
    fn from_ref(desk: &Desk) -> Self {
        Self(desk.trusted_proxies.clone())
    }
}
