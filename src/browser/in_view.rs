//! Whether something on the page has come into sight: `IntersectionObserver`.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/IntersectionObserver>

use crate::browser::{BrowserError, js};
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};

/// Watches until it is dropped.
#[must_use = "dropping it stops watching"]
pub struct Watching {
    observer: JsValue,
    _told: Closure<dyn FnMut(Array)>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        // Where the call fails nothing is watched.
        let _ = js::call(&self.observer, "disconnect", &[]);
    }
}

/// Calls back whenever the element comes into sight.
///
/// # Errors
/// [`BrowserError`] where the browser cannot tell.
pub fn watch(element: &JsValue, mut seen: impl FnMut() + 'static) -> Result<Watching, BrowserError> {
    let told = Closure::new(move |entries: Array| {
        let is_in_sight = |entry: JsValue| {
            js::property(&entry, "isIntersecting").and_then(|is| is.as_bool()).unwrap_or(false)
        };
        if entries.iter().any(is_in_sight) {
            seen();
        }
    });
    let window = js::window()?;
    let kind =
        js::property(&window, "IntersectionObserver").and_then(|kind| kind.dyn_into::<Function>().ok());
    let kind = kind.ok_or_else(|| BrowserError("there is no IntersectionObserver".into()))?;
    let told_js: &JsValue = told.as_ref();
    let observer = Reflect::construct(&kind, &Array::of1(told_js)).map_err(|error| js::said(&error))?;
    js::call(&observer, "observe", std::slice::from_ref(element))?;
    Ok(Watching { observer, _told: told })
}
