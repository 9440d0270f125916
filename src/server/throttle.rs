//! Slows down guessing of activation codes. Only failures count: many phones share one address behind carrier NAT.

use std::{collections::HashMap, net::IpAddr, sync::Mutex};

/// So many wrong codes are free within [`WINDOW_MS`].
const FREE_FAILURES: usize = 30;
/// Ten minutes, in milliseconds.
const WINDOW_MS: u64 = 10 * 60 * 1000;

/// Remembers recent failures by address.
#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<HashMap<IpAddr, Vec<u64>>>);

impl Throttle {
    /// `Some(seconds)` when this address has to wait before it may try another code.
    pub(super) fn wait_seconds(&self, address: IpAddr, now: u64) -> Option<u64> {
        let mut failures = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let recent = failures.get_mut(&address)?;
        recent.retain(|at| now.saturating_sub(*at) < WINDOW_MS);
        let oldest = *recent.first()?;
        (recent.len() >= FREE_FAILURES).then(|| (oldest + WINDOW_MS).saturating_sub(now) / 1000 + 1)
    }

    /// Notes a wrong code.
    pub(super) fn failed(&self, address: IpAddr, now: u64) {
        let mut failures = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        failures.retain(|_, recent| recent.last().is_some_and(|at| now.saturating_sub(*at) < WINDOW_MS));
        failures.entry(address).or_default().push(now);
    }
}
