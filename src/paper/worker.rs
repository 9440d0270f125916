//! The worker's side: what the page asks is answered, one request after the other.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/DedicatedWorkerGlobalScope>

use super::{READY, Request};
use gloo_events::EventListener;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Listens to the page as long as the worker lives, and says that it does.
pub fn serve() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let say = {
        let scope = scope.clone();
        move |word: &JsValue| {
            // Bytes and texts can always be posted; a page that is gone hears nothing.
            let _ = scope.post_message(word);
        }
    };
    let answering = say.clone();
    EventListener::new(&scope, "message", move |event| {
        let asked = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
        answering(&answer(&asked.unwrap_or_default()));
    })
    .forget();
    say(&READY.into());
}

/// The file's bytes, or why there are none.
fn answer(request: &str) -> JsValue {
    let bytes =
        serde_json::from_str::<Request>(request).map_err(Into::into).and_then(|request| request.answer());
    match bytes {
        Ok(bytes) => Uint8Array::from(bytes.as_slice()).into(),
        Err(error) => error.to_string().into(),
    }
}
