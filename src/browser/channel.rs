//! Word between the tabs of one browser: `BroadcastChannel`.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/BroadcastChannel>

use super::{BrowserError, js};
use gloo_events::EventListener;
use wasm_bindgen::JsCast as _;
use web_sys::{BroadcastChannel, MessageEvent};

/// An open channel; closed when dropped.
pub struct Channel {
    channel: BroadcastChannel,
    _listener: EventListener,
}

impl Channel {
    /// Opens the channel of this name and calls back with every text another tab posts; one's own are not heard.
    ///
    /// # Errors
    /// [`BrowserError`] where there are no channels; then each tab has to look for itself.
    pub fn open(name: &str, on_message: impl Fn(String) + 'static) -> Result<Self, BrowserError> {
        let window = js::window()?;
        if js::property(&window, "BroadcastChannel").is_none() {
            return Err(BrowserError("there is no BroadcastChannel".into()));
        }
        let channel = BroadcastChannel::new(name).map_err(|error| js::said(&error))?;
        let listener = EventListener::new(&channel, "message", move |event| {
            let message = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
            if let Some(text) = message {
                on_message(text);
            }
        });
        Ok(Self { channel, _listener: listener })
    }

    /// Posts a text to all other tabs.
    ///
    /// # Errors
    /// [`BrowserError`] when the channel was closed by the browser.
    pub fn post(&self, text: &str) -> Result<(), BrowserError> {
        self.channel.post_message(&text.into()).map_err(|error| js::said(&error))
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.channel.close();
    }
}
