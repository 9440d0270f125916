//! The phone's own clock: `Date.now()`.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Date/now>

/// Milliseconds since 1970-01-01 UTC as the phone has it; may be wrong by years and may jump.
#[must_use]
pub fn now_ms() -> u64 {
    // Whole milliseconds far below 2^53; an absurd clock before 1970 becomes 0.
    js_sys::Date::now().max(0.0) as u64
}
