//! Whether the page can be seen: `document.visibilityState` and `visibilitychange`.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Document/visibilitychange_event>

use super::js;
use gloo_events::EventListener;
use web_sys::VisibilityState;

/// Whether the page can be seen now.
fn is_visible() -> bool {
    js::document().is_ok_and(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Listens until it is dropped.
#[must_use = "dropping it stops listening"]
pub struct Listening {
    _listeners: [EventListener; 3],
}

/// Calls back with whether the page can be seen, whenever that changes, when it is left for another (`pagehide`), and when a page
/// kept by the back button returns (`pageshow`): some phones do not report that otherwise.
pub fn listen(callback: impl Fn(bool) + Clone + 'static) -> Option<Listening> {
    let (window, document) = (js::window().ok()?, js::document().ok()?);
    let (on_leaving, on_return) = (callback.clone(), callback.clone());
    Some(Listening {
        _listeners: [
            EventListener::new(&document, "visibilitychange", move |_| callback(is_visible())),
            EventListener::new(&window, "pagehide", move |_| on_leaving(false)),
            EventListener::new(&window, "pageshow", move |event| {
                let kept = js::property(event, "persisted").and_then(|value| value.as_bool());
                if kept == Some(true) {
                    on_return(is_visible());
                }
            }),
        ],
    })
}
