//! Hybrid logical clocks: stamps that order edits of several phones whose clocks disagree.
//!
//! After Kulkarni et al., "Logical Physical Clocks" (2014): a stamp follows the wall clock, but never goes back and never
//! stands still, and seeing another phone's stamp moves one's own clock past it.

use super::ids::DeviceId;
use crate::json::FromJson;
use serde::{Deserialize, Serialize};

/// When and where an answer was given. Ordered by time, then counter, then device, so that the order is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Stamp {
    /// Milliseconds since 1970-01-01 UTC, corrected by the server's `Date`.
    pub ms: u64,
    /// Orders stamps of one millisecond.
    pub count: u32,
    /// The phone.
    pub device: DeviceId,
}

/// What a stamp may lie ahead without anybody minding, in milliseconds: phones correct themselves to a second.
pub const AHEAD_MS: u64 = 10 * 60 * 1000;

/// A phone's clock: remembers the highest stamp it has made or seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HybridClock {
    device: DeviceId,
    ms: u64,
    count: u32,
}

impl HybridClock {
    /// A clock that has seen nothing yet.
    pub fn new(device: DeviceId) -> Self {
        Self { device, ms: 0, count: 0 }
    }

    /// The next stamp: later than every stamp made or seen so far, whatever `now_ms` says.
    pub fn tick(&mut self, now_ms: u64) -> Stamp {
        if now_ms > self.ms {
            (self.ms, self.count) = (now_ms, 0);
        } else if let Some(next) = self.count.checked_add(1) {
            self.count = next;
        } else {
            (self.ms, self.count) = (self.ms.saturating_add(1), 0);
        }
        Stamp { ms: self.ms, count: self.count, device: self.device }
    }

    /// Whether what it has seen lies ahead of now: written, here or elsewhere, while a phone's clock was. As long as it does, every
    /// stamp is only just later than the last one and wins over what is written elsewhere meanwhile.
    pub fn is_ahead(&self, now_ms: u64) -> bool {
        self.ms > now_ms.saturating_add(AHEAD_MS)
    }

    /// Takes note of a stamp made elsewhere or stored earlier.
    pub fn observe(&mut self, seen: Stamp) {
        (self.ms, self.count) = (self.ms, self.count).max((seen.ms, seen.count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_always_later_even_when_the_wall_clock_goes_back() {
        let mut clock = HybridClock::new(DeviceId::from_random([1; 16]));
        let first = clock.tick(1_000);
        let second = clock.tick(10);
        let third = clock.tick(2_000);
        assert!(first < second && second < third);
        assert_eq!(third.ms, 2_000);
    }

    #[test]
    fn seeing_a_stamp_of_a_fast_phone_moves_ours_past_it() {
        let mut fast = HybridClock::new(DeviceId::from_random([9; 16]));
        let theirs = fast.tick(9_000_000);
        let mut ours = HybridClock::new(DeviceId::from_random([1; 16]));
        ours.observe(theirs);
        assert!(ours.tick(5) > theirs);
    }
}
