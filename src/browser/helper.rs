//! A program beside the page: a dedicated worker that is asked once and answers once. It ends with its answer, so that its
//! memory is given back.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Worker>

use super::{BrowserError, js, timer};
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageEvent, Worker};

/// Long enough to fetch the program over a poor network, and for a slow phone to answer, in milliseconds.
const PATIENCE_MS: u64 = 120_000;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoHelp {
    /// The program is not here and cannot be fetched.
    #[error("the worker could not be loaded ({0}); go online once")]
    NotLoaded(BrowserError),
    /// It stopped in the middle.
    #[error("the worker stopped ({0}); try again")]
    Stopped(BrowserError),
    /// It said why not.
    #[error("the worker answered: {0}")]
    Said(String),
}

/// Starts the program at this address, waits until it says that it is ready, asks, and answers what it answers. A text is why
/// not.
pub async fn ask(script: &str, ready: &str, request: &JsValue) -> Result<JsValue, NoHelp> {
    let worker = Worker::new(script).map_err(|error| NoHelp::NotLoaded(js::said(&error)))?;
    let answer = converse(&worker, ready, request).await;
    worker.terminate();
    answer
}

async fn converse(worker: &Worker, ready: &str, request: &JsValue) -> Result<JsValue, NoHelp> {
    let first = Ear::open(worker).hear().await.map_err(NoHelp::NotLoaded)?.as_string().unwrap_or_default();
    if first != ready {
        return Err(NoHelp::NotLoaded(BrowserError(first)));
    }
    // Before it is asked, so that no answer is missed.
    let ear = Ear::open(worker);
    worker.post_message(request).map_err(|error| NoHelp::Stopped(js::said(&error)))?;
    let answer = ear.hear().await.map_err(NoHelp::Stopped)?;
    match answer.as_string() {
        None => Ok(answer),
        Some(why) => Err(NoHelp::Said(why)),
    }
}

/// The bytes of an answer.
pub fn bytes(answer: &JsValue) -> Vec<u8> {
    Uint8Array::new(answer).to_vec()
}

/// Listens for the next message, or that there will be none.
struct Ear {
    heard: Promise,
    _parts: Option<([EventListener; 2], timer::Timer)>,
}

impl Ear {
    fn open(worker: &Worker) -> Self {
        let mut parts = None;
        let heard = Promise::new(&mut |resolve, reject| parts = Some(listen(worker, &resolve, &reject)));
        Self { heard, _parts: parts }
    }

    async fn hear(self) -> Result<JsValue, BrowserError> {
        js::wait(self.heard.clone()).await
    }
}

/// What settles the promise. Calling a promise's resolver cannot fail.
fn listen(worker: &Worker, resolve: &Function, reject: &Function) -> ([EventListener; 2], timer::Timer) {
    let (resolve, reject, tire) = (resolve.clone(), reject.clone(), reject.clone());
    let message = EventListener::once(worker, "message", move |event| {
        let data = event.dyn_ref::<MessageEvent>().map_or(JsValue::UNDEFINED, MessageEvent::data);
        let _ = resolve.call1(&JsValue::UNDEFINED, &data);
    });
    let options = EventListenerOptions::enable_prevent_default();
    let error = EventListener::once_with_options(worker, "error", options, move |event| {
        // Told here, and not once more as a fault of the page.
        event.prevent_default();
        let _ = reject.call1(&JsValue::UNDEFINED, event);
    });
    let patience = timer::after(PATIENCE_MS, move || {
        let _ = tire.call1(&JsValue::UNDEFINED, &"it took too long".into());
    });
    ([message, error], patience)
}
