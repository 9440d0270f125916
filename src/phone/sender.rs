//! Whose turn it is to send: one tab of the phone is elected, and runs one round at a time.

use crate::sync::{RoundOutcome, backoff};

/// The sender of a tab.
#[derive(Debug, Default)]
pub struct Sender {
    is_elected: bool,
    is_running: bool,
    again: bool,
    /// How the last round ended.
    last: RoundOutcome,
}

/// What a call for a round comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Another tab sends: it is asked to.
    Another,
    /// One is on its way, and one more follows it.
    After,
    /// It begins now.
    Now,
}

impl Sender {
    /// This is the tab that sends, as long as it lives.
    pub fn elect(&mut self) {
        self.is_elected = true;
    }

    /// Whether it is.
    pub fn is_elected(&self) -> bool {
        self.is_elected
    }

    /// A round is called for.
    pub fn call(&mut self) -> Turn {
        if !self.is_elected {
            Turn::Another
        } else if self.is_running {
            self.again = true;
            Turn::After
        } else {
            self.is_running = true;
            Turn::Now
        }
    }

    /// A round is over. Whether another begins at once.
    pub fn over(&mut self) -> bool {
        self.is_running = std::mem::take(&mut self.again);
        self.is_running
    }

    /// How the last round ended, to be passed on to the next one.
    pub fn last(&self) -> &RoundOutcome {
        &self.last
    }

    /// A round has ended so. In how many milliseconds the next one is due, if nothing else calls for it.
    pub fn ended(&mut self, outcome: RoundOutcome, now: u64) -> Option<u64> {
        self.last = outcome;
        self.last.next_attempt_at.map(|at| at.saturating_sub(now))
    }

    /// The storage failed in a round. Nothing is lost by it, but what waits must not wait for the next visit: in how many milliseconds
    /// it is tried again.
    pub fn failed(&mut self, random: u64) -> u64 {
        self.last.failures = self.last.failures.saturating_add(1);
        backoff::delay_ms(self.last.failures, None, random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tab_sends_and_runs_one_round_at_a_time() {
        let mut sender = Sender::default();
        assert_eq!((sender.call(), sender.is_elected()), (Turn::Another, false));
        sender.elect();
        assert_eq!([sender.call(), sender.call(), sender.call()], [Turn::Now, Turn::After, Turn::After]);
        assert!(sender.over(), "whatever came meanwhile is sent by one round more");
        assert_eq!(sender.call(), Turn::After);
        assert!(sender.over() && !sender.over());
        assert_eq!(sender.call(), Turn::Now);
    }

    #[test]
    fn a_storage_that_fails_is_tried_less_and_less_often_until_a_round_succeeds() {
        let mut sender = Sender::default();
        let waits: Vec<u64> = (0..3).map(|_| sender.failed(0)).collect();
        assert!(waits.is_sorted() && waits[0] < waits[2], "{waits:?}");
        let outcome = RoundOutcome { next_attempt_at: Some(1_500), ..RoundOutcome::default() };
        assert_eq!((sender.ended(outcome, 1_000), sender.last().failures), (Some(500), 0));
        assert_eq!(sender.ended(RoundOutcome::default(), 1_000), None);
    }
}
