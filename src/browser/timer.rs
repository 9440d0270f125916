//! `setTimeout()` and `requestAnimationFrame()`.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Window/setTimeout>

use super::js;
use gloo_timers::callback::Timeout;
use wasm_bindgen::{JsCast as _, closure::Closure};

/// A call that is due later; dropping it cancels.
#[must_use = "dropping it cancels the call"]
pub struct Timer {
    _timeout: Timeout,
}

/// The longest wait `setTimeout` knows: about 24 days.
const LONGEST_MS: u64 = i32::MAX as u64;

/// Calls back once after so many milliseconds; later in a page that is hidden.
pub fn after(ms: u64, callback: impl FnOnce() + 'static) -> Timer {
    Timer { _timeout: Timeout::new(ms.min(LONGEST_MS) as u32, callback) }
}

/// Waits so many milliseconds.
pub async fn sleep(ms: u64) {
    gloo_timers::future::TimeoutFuture::new(ms.min(LONGEST_MS) as u32).await;
}

/// Calls back once before the next frame is drawn: what is to change with it has changed by then. Not while the page is hidden.
pub fn before_next_frame(callback: impl FnOnce() + 'static) {
    if let Ok(window) = js::window() {
        // A window always has frames to come.
        let _ = window.request_animation_frame(Closure::once_into_js(callback).unchecked_ref());
    }
}
