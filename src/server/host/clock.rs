//! The machine's clock.

use crate::server::office::clock::Clock;
use std::sync::OnceLock;

/// Milliseconds to add to the machine's clock: stories set it, so that none depends on the day on which it runs. A released program
/// does not listen.
const OFFSET: &str = "BIAOCHI_CLOCK_OFFSET_MS";

/// The machine's clock, moved by [`OFFSET`] where that is set.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let machine = since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
        static MOVED: OnceLock<i64> = OnceLock::new();
        let said = || std::env::var(OFFSET).ok().filter(|_| cfg!(debug_assertions));
        let moved = || said().and_then(|text| text.parse().ok()).unwrap_or(0);
        machine.saturating_add_signed(*MOVED.get_or_init(moved))
    }
}
