//! What is not worked out but read: time and randomness, passed in so that tests can say what day it is and what is drawn.

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01 UTC.
    fn now_ms(&self) -> u64;
}

/// Draws what nobody can guess.
pub trait Random: Send + Sync {
    /// Fills the bytes; whether it could.
    fn fill(&mut self, bytes: &mut [u8]) -> bool;
}
