//! The address and the history: reading them, going on without loading a page, and hearing of links and of back and forward.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/History_API>

use super::js;
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// An address of ours, in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// From the first `/`.
    pub path: String,
    /// Without `?`.
    pub query: String,
    /// Without `#`.
    pub anchor: String,
}

impl Address {
    fn new(path: String, search: &str, hash: &str) -> Self {
        let without = |text: &str, sign| text.strip_prefix(sign).unwrap_or_default().to_owned();
        Self { path, query: without(search, '?'), anchor: without(hash, '#') }
    }

    /// As it stands in the address bar after the host.
    pub fn whole(&self) -> String {
        let mut whole = self.path.clone();
        for (sign, part) in [('?', &self.query), ('#', &self.anchor)] {
            if !part.is_empty() {
                whole.push(sign);
                whole.push_str(part);
            }
        }
        whole
    }
}

/// Where the browser is.
pub fn here() -> Address {
    let Ok(window) = js::window() else { return Address::default() };
    let location = window.location();
    Address::new(
        location.pathname().unwrap_or_default(),
        &location.search().unwrap_or_default(),
        &location.hash().unwrap_or_default(),
    )
}

/// The whole address, fragment included.
pub fn address() -> String {
    js::window().ok().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

/// Scheme, host and port of our own address.
pub fn origin() -> String {
    js::window().ok().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Reads the fragment without `#` and clears it from the address and the history entry; `None` when there is none. It carries an
/// activation code, which must not stay in the history.
pub fn take_fragment() -> Option<String> {
    let mut address = here();
    let fragment = std::mem::take(&mut address.anchor);
    if fragment.is_empty() {
        return None;
    }
    replace(&address.whole());
    Some(fragment)
}

/// A new entry in the history, unless the browser is there already.
pub fn push(to: &str) {
    let history = js::window().and_then(|window| window.history().map_err(|error| js::said(&error)));
    if let Ok(history) = history
        && here().whole() != to
    {
        // A browser refuses only after hundreds within seconds: the page changes, its address does not.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(to));
    }
}

/// This entry of the history becomes another one.
pub fn replace(to: &str) {
    let history = js::window().and_then(|window| window.history().map_err(|error| js::said(&error)));
    if let Ok(history) = history {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(to));
    }
}

/// Calls back whenever the user went back or forward, as long as the page lives.
pub fn follow_history(callback: impl Fn() + 'static) {
    if let Ok(window) = js::window() {
        EventListener::new(&window, "popstate", move |_| callback()).forget();
    }
}

/// A link of ours that was tapped.
pub struct Followed {
    /// Where it leads.
    pub address: Address,
    /// Whether it takes the place of this page in the history (`prop:replace=true`).
    pub replaces: bool,
}

/// Calls back for every tapped link that leads to an address of ours, as long as the page lives; the browser does nothing then.
///
/// Whatever is meant for the browser is left to it: another button or a modifier key (a new tab), a `target`, a download,
/// `rel=external`, another origin (`tel:` too).
pub fn follow_links(callback: impl Fn(Followed) + 'static) {
    let Ok(document) = js::document() else { return };
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&document, "click", options, move |event| {
        if let Some(followed) = event.dyn_ref().and_then(followed) {
            event.prevent_default();
            callback(followed);
        }
    })
    .forget();
}

fn followed(event: &MouseEvent) -> Option<Followed> {
    let for_browser = event.default_prevented()
        || event.button() != 0
        || event.meta_key()
        || event.alt_key()
        || event.ctrl_key()
        || event.shift_key();
    if for_browser {
        return None;
    }
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let link = link.dyn_into::<HtmlAnchorElement>().ok()?;
    let is_external = link.rel().split_ascii_whitespace().any(|word| word == "external");
    if !link.target().is_empty() || link.has_attribute("download") || is_external || link.origin() != origin()
    {
        return None;
    }
    let replaces = js::property(&link, "replace").and_then(|value| value.as_bool()).unwrap_or_default();
    Some(Followed { address: Address::new(link.pathname(), &link.search(), &link.hash()), replaces })
}

/// Scrolls to the top of what will be drawn next.
pub fn scroll_to_top() {
    scroll_to(String::new());
}

/// Scrolls to the element of that id once the new page has been drawn; to the top where there is none.
pub fn scroll_to(anchor: String) {
    super::timer::before_next_frame(move || {
        let (Ok(window), Ok(document)) = (js::window(), js::document()) else { return };
        match document.get_element_by_id(&anchor) {
            Some(element) => element.scroll_into_view(),
            None => window.scroll_to_with_x_and_y(0.0, 0.0),
        }
    });
}
