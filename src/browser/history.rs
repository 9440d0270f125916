//! The fragment of the address, which carries an activation code and must not stay in the history.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/History/replaceState>

use super::js;
use wasm_bindgen::JsValue;

/// The whole address, fragment included.
#[must_use]
pub fn address() -> String {
    js::window().ok().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

/// Scheme, host and port of our own address.
#[must_use]
pub fn origin() -> String {
    js::window().ok().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Reads the fragment without `#` and clears it from the address and the history entry; `None` when there is none.
#[must_use]
pub fn take_fragment() -> Option<String> {
    let window = js::window().ok()?;
    let location = window.location();
    let fragment =
        location.hash().ok()?.strip_prefix('#').map(str::to_owned).filter(|text| !text.is_empty())?;
    let rest = format!("{}{}", location.pathname().ok()?, location.search().ok()?);
    let history = window.history().ok()?;
    let state = history.state().unwrap_or(JsValue::NULL);
    // If the browser refuses, the code merely stays visible; it is spent by then.
    let _ = history.replace_state_with_url(&state, "", Some(&rest));
    Some(fragment)
}
