//! Looking for what may not be there. Typed bindings assume that an API exists; on a WeChat view or an old phone it may not.

use super::BrowserError;
use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

pub(super) fn window() -> Result<web_sys::Window, BrowserError> {
    web_sys::window().ok_or_else(|| BrowserError("there is no window".into()))
}

pub(super) fn document() -> Result<web_sys::Document, BrowserError> {
    window()?.document().ok_or_else(|| BrowserError("there is no document".into()))
}

/// A property, unless it is undefined or null.
pub(super) fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// A part of `navigator`, where there is one.
pub(super) fn navigator(part: &str) -> Option<JsValue> {
    property(&window().ok()?.navigator(), part)
}

/// Calls a method that may not exist; what it throws is an error.
pub(super) fn call(on: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, BrowserError> {
    let function: Function = property(on, method)
        .and_then(|value| value.dyn_into().ok())
        .ok_or_else(|| BrowserError(format!("there is no {method}")))?;
    function.apply(on, &arguments.iter().collect::<Array>()).map_err(|error| said(&error))
}

/// Calls a method that answers with a promise, and waits for it.
pub(super) async fn ask(on: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, BrowserError> {
    wait(Promise::resolve(&call(on, method, arguments)?)).await
}

/// Waits for a promise.
pub(super) async fn wait(promise: Promise) -> Result<JsValue, BrowserError> {
    JsFuture::from(promise).await.map_err(|error| said(&error))
}

/// What an exception says: its name and message.
pub(super) fn said(error: &JsValue) -> BrowserError {
    let text = |name| property(error, name).and_then(|value| value.as_string());
    let words: Vec<String> = [text("name"), text("message")].into_iter().flatten().collect();
    let words = if words.is_empty() { error.as_string().into_iter().collect() } else { words };
    BrowserError(words.join(": "))
}
