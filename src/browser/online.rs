//! `navigator.onLine` and its events: a hint to try now, never a proof (invariant 7: online means our server answered).
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Navigator/onLine>

use super::js;
use gloo_events::EventListener;

/// Whether the phone believes that it has a network. When in doubt, yes: trying costs little.
pub fn seems_online() -> bool {
    js::window().map_or(true, |window| window.navigator().on_line())
}

/// Listens until it is dropped.
#[must_use = "dropping it stops listening"]
pub struct Listening {
    _listeners: [EventListener; 2],
}

/// Calls back with `true` when a network seems to come, `false` when it seems to go.
pub fn listen(callback: impl Fn(bool) + Clone + 'static) -> Option<Listening> {
    let window = js::window().ok()?;
    let on_going = callback.clone();
    Some(Listening {
        _listeners: [
            EventListener::new(&window, "online", move |_| callback(true)),
            EventListener::new(&window, "offline", move |_| on_going(false)),
        ],
    })
}
