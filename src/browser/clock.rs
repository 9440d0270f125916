//! The phone's own clock, and what the page counts without it.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Date/now>
//! <https://developer.mozilla.org/en-US/docs/Web/API/Performance/now>

use super::js;

/// Milliseconds since 1970-01-01 UTC as the phone has it; may be wrong by years and may jump.
pub fn now_ms() -> u64 {
    // Whole milliseconds far below 2^53; an absurd clock before 1970 becomes 0.
    js_sys::Date::now().max(0.0) as u64
}

/// Milliseconds since the page was opened, which no setting of the clock changes. Some phones do not count while they sleep: more
/// time may have passed, never less.
pub fn counted_ms() -> u64 {
    let performance = js::window().ok().and_then(|window| js::property(&window, "performance"));
    let now = performance.and_then(|performance| js::call(&performance, "now", &[]).ok()?.as_f64());
    now.unwrap_or_default().max(0.0) as u64
}
