//! "Leave this page?": `beforeunload`, on only while leaving would lose something.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Window/beforeunload_event>

use super::js;
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Reflect;

/// The browser asks before the page is left, until this is dropped. Phones often do not ask: never rely on it.
#[must_use = "dropping it switches the question off"]
pub struct Guard {
    _listener: EventListener,
}

/// Switches the question on.
pub fn guard() -> Option<Guard> {
    let window = js::window().ok()?;
    let options = EventListenerOptions::enable_prevent_default();
    let listener = EventListener::new_with_options(&window, "beforeunload", options, |event| {
        event.prevent_default();
        // Chrome before 119 asks only for this; setting a property of an event cannot fail.
        let _ = Reflect::set(event, &"returnValue".into(), &true.into());
    });
    Some(Guard { _listener: listener })
}
