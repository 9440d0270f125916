//! How far the phone's clock is off, learned from the `Date` of signed answers, so that stamps of several phones compare.

use serde::{Deserialize, Serialize};

/// Milliseconds to add to the phone's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClockOffset(pub i64);

impl ClockOffset {
    /// The corrected instant for what the phone's clock says.
    #[must_use]
    pub fn correct(self, device_now: u64) -> u64 {
        device_now.saturating_add_signed(self.0)
    }

    /// What an answer teaches. `Date` has whole seconds, and the answer was dated at some moment between `sent` and `received`
    /// (both by the phone's clock), so the offset is only known to lie within a span; as long as the present one does, it stays.
    #[must_use]
    pub fn learn(self, sent: u64, date_ms: u64, received: u64) -> Self {
        let between = |later: u64, earlier: u64| i64::try_from(i128::from(later) - i128::from(earlier)).ok();
        let (Some(least), Some(most)) =
            (between(date_ms, received), between(date_ms.saturating_add(999), sent))
        else {
            return self;
        };
        // The phone's clock was set back during the request: this answer teaches nothing.
        if received < sent || (least..=most).contains(&self.0) {
            return self;
        }
        Self(least + (most - least) / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: u64 = 365 * 86_400_000;

    #[test]
    fn what_an_answer_teaches() {
        let at = 1_795_000_000_000;
        let cases = [
            ("right clock, quick answer", 0, (at, at, at + 300), 0),
            ("right clock, dated down to the second", 0, (at + 900, at, at + 990), 0),
            ("right clock, slow answer", 0, (at, at + 12_000, at + 19_000), 0),
            ("a year behind", 0, (at - YEAR, at, at - YEAR + 200), YEAR as i64 + 399),
            ("a year ahead", 0, (at + YEAR, at, at + YEAR + 200), -(YEAR as i64) + 399),
            ("known already, within what is certain", 5_000, (at, at + 5_000, at + 100), 5_000),
            ("set back during the request", 7, (at, at + 60_000, at - 1), 7),
            ("a senseless date", 7, (at, u64::MAX, at), 7),
        ];
        for (name, known, (sent, date, received), expected) in cases {
            assert_eq!(ClockOffset(known).learn(sent, date, received), ClockOffset(expected), "{name}");
        }
        let learned = ClockOffset::default().learn(at - YEAR, at, at - YEAR + 200);
        assert!(learned.correct(at - YEAR).abs_diff(at) < 1_000);
        assert_eq!(ClockOffset(-5).correct(3), 0);
    }
}
