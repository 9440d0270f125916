//! What a field says of itself beside its value.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/ValidityState/badInput>

use super::js;
use web_sys::Event;

/// Whether the field of an event shows half a date: its value is empty then, as if there were none.
pub fn is_half(event: &Event) -> bool {
    let validity = event.target().and_then(|field| js::property(&field, "validity"));
    let bad = validity.and_then(|validity| js::property(&validity, "badInput"));
    bad.and_then(|bad| bad.as_bool()).unwrap_or_default()
}

/// Puts a text into the field of an event, whatever the page believes to stand there.
pub fn put(event: &Event, text: &str) {
    if let Some(field) = event.target() {
        // Setting a property of a field cannot fail.
        let _ = js_sys::Reflect::set(&field, &"value".into(), &text.into());
    }
}
