//! Slows down whoever tries too often: by address for guesses of activation codes, by phone for codes it asks for, by
//! address and name for passwords.

use std::{collections::HashMap, hash::Hash, sync::Mutex};

/// Ten minutes, in milliseconds.
const WINDOW_MS: u64 = 10 * 60 * 1000;
/// So many keys are remembered; beyond it the one that was quiet the longest is forgotten.
const MAX_KEYS: usize = 10_000;

/// Remembers recent events by key. So many are free within [`WINDOW_MS`].
#[derive(Debug)]
pub(crate) struct Throttle<K> {
    free: usize,
    recent: Mutex<HashMap<K, Vec<u64>>>,
}

impl<K: Copy + Eq + Hash> Throttle<K> {
    /// Lets so many events pass in ten minutes.
    pub(crate) fn new(free: usize) -> Self {
        Self { free, recent: Mutex::default() }
    }

    /// `Some(seconds)` when this key has to wait.
    pub(crate) fn wait_seconds(&self, key: K, now: u64) -> Option<u64> {
        let mut recent = self.recent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let events = recent.get_mut(&key)?;
        events.retain(|at| now.saturating_sub(*at) < WINDOW_MS);
        let oldest = *events.first()?;
        (events.len() >= self.free).then(|| (oldest + WINDOW_MS).saturating_sub(now) / 1000 + 1)
    }

    /// Notes an event.
    pub(crate) fn note(&self, key: K, now: u64) {
        let mut recent = self.recent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if recent.len() >= MAX_KEYS && !recent.contains_key(&key) {
            recent.retain(|_, events| events.last().is_some_and(|at| now.saturating_sub(*at) < WINDOW_MS));
            let quietest =
                recent.iter().min_by_key(|(_, events)| events.last().copied()).map(|(key, _)| *key);
            if let Some(quietest) = quietest.filter(|_| recent.len() >= MAX_KEYS) {
                recent.remove(&quietest);
            }
        }
        recent.entry(key).or_default().push(now);
    }

    /// Takes back one event that was noted at this instant.
    pub(crate) fn forget(&self, key: K, at: u64) {
        let mut recent = self.recent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(events) = recent.get_mut(&key) else { return };
        if let Some(place) = events.iter().position(|event| *event == at) {
            events.remove(place);
        }
        if events.is_empty() {
            recent.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_tries_too_often_waits_and_not_for_ever() {
        let throttle = Throttle::new(2);
        throttle.note('a', 0);
        assert_eq!(throttle.wait_seconds('a', 1_000), None);
        throttle.note('a', 1_000);
        assert_eq!((throttle.wait_seconds('a', 1_000), throttle.wait_seconds('b', 1_000)), (Some(600), None));
        assert_eq!(throttle.wait_seconds('a', WINDOW_MS), None);
    }

    #[test]
    fn what_is_taken_back_counts_as_nothing() {
        let throttle = Throttle::new(1);
        throttle.note('a', 5);
        throttle.forget('a', 4);
        assert!(throttle.wait_seconds('a', 6).is_some());
        throttle.forget('a', 5);
        assert_eq!(throttle.wait_seconds('a', 6), None);
        assert!(throttle.recent.lock().unwrap().is_empty());
    }

    #[test]
    fn it_remembers_a_bounded_number_and_forgets_the_quietest() {
        let throttle = Throttle::new(1);
        for key in 0..=MAX_KEYS {
            throttle.note(key, key as u64);
        }
        assert_eq!(throttle.recent.lock().unwrap().len(), MAX_KEYS);
        assert_eq!(throttle.wait_seconds(0, 20_000), None);
        assert!(throttle.wait_seconds(1, 20_000).is_some());
    }
}
