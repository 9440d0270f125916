//! How long to wait after a failure: 2^n seconds up to five minutes, with jitter so that phones do not come back all at once.

/// The longest wait of our own, in milliseconds.
pub const LONGEST_MS: u64 = 5 * 60 * 1000;
/// The longest wait that is honoured when the endpoint asks for one, in milliseconds. A wait that lies further ahead than this
/// was written by a phone clock that has been set since, and counts for nothing.
pub const LONGEST_ASKED_MS: u64 = 60 * 60 * 1000;

/// Milliseconds to wait after the `failures`-th failure in a row (from 1): between half and the whole of 2^n s, and never less
/// than the `Retry-After` (seconds) of the endpoint. `random` is any random number.
pub fn delay_ms(failures: u32, retry_after_s: Option<u64>, random: u64) -> u64 {
    let whole = 1u64.checked_shl(failures).map_or(LONGEST_MS, |s| s.saturating_mul(1000)).min(LONGEST_MS);
    let half = whole / 2;
    let asked = retry_after_s.map_or(0, |s| s.saturating_mul(1000));
    // Jitter comes on top of what was asked: everybody was asked for the same.
    (half + random % (half + 1)).max(asked.saturating_add(random % 1000)).min(LONGEST_ASKED_MS)
}

/// Whether a wait until `not_before` is over.
pub fn is_due(not_before: Option<u64>, now: u64) -> bool {
    not_before.is_none_or(|until| until <= now || until > now.saturating_add(LONGEST_ASKED_MS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn waits_double_up_to_five_minutes() {
        // A random number of half the wait asks for the whole of it.
        let longest = |n: u32| delay_ms(n, None, (500 << n).min(LONGEST_MS / 2));
        let waits: Vec<u64> = (1..=10).map(longest).collect();
        assert_eq!(
            waits,
            [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, LONGEST_MS, LONGEST_MS]
        );
        assert_eq!(delay_ms(1, None, 0), 1_000);
    }

    #[test]
    fn a_wait_of_a_clock_that_was_set_since_is_over() {
        assert!(is_due(None, 5));
        assert!(is_due(Some(5), 5));
        assert!(!is_due(Some(6), 5));
        assert!(!is_due(Some(5 + LONGEST_ASKED_MS), 5));
        assert!(is_due(Some(6 + LONGEST_ASKED_MS), 5));
    }

    proptest! {
        #[test]
        fn a_wait_is_never_none_never_endless_and_never_less_than_asked(
            failures in 0u32..200, asked in proptest::option::of(0u64..3_000), random: u64
        ) {
            let wait = delay_ms(failures, asked, random);
            prop_assert!(wait >= 500);
            prop_assert!(wait >= asked.unwrap_or(0) * 1000);
            prop_assert!(asked.is_some() || wait <= LONGEST_MS);
        }
    }

    #[test]
    fn a_mad_wait_is_cut() {
        assert_eq!(delay_ms(3, Some(u64::MAX), 9), LONGEST_ASKED_MS);
    }
}
