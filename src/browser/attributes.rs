//! What stands in the document itself: what the build has named in its head, and the attributes of its element, from which the style sheet takes theme and size and the tests that the app is ready.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Global_attributes/data-*>

use super::js;

/// What the page's head says under this name (`<meta name content>`); `None` where it says nothing.
pub fn meta(name: &str) -> Option<String> {
    let element = js::document().ok()?.query_selector(&format!("meta[name={name}]")).ok()??;
    element.get_attribute("content").filter(|content| !content.is_empty())
}

/// `data-theme`; `None` for the usual one.
pub fn set_theme(theme: Option<&str>) {
    set("data-theme", theme);
    keep("biaochi-theme", theme);
}

/// `data-size`; `None` for the usual one.
pub fn set_size(size: Option<&str>) {
    set("data-size", size);
    keep("biaochi-size", size);
}

/// `data-ready`: the app has taken over from the painted shell.
pub fn set_ready() {
    set("data-ready", Some("true"));
}

/// Keeps a choice where the start guard finds it before the first paint; IndexedDB answers too late for that.
fn keep(name: &str, value: Option<&str>) {
    let Some(storage) = js::window().ok().and_then(|window| js::property(&window, "localStorage")) else {
        return;
    };
    // Where this storage is refused, the choice is only applied a moment later.
    let _kept = match value {
        Some(value) => js::call(&storage, "setItem", &[name.into(), value.into()]),
        None => js::call(&storage, "removeItem", &[name.into()]),
    };
}

fn set(name: &str, value: Option<&str>) {
    let Some(root) = js::document().ok().and_then(|document| document.document_element()) else { return };
    // Fails only for a name that is no name; these are constants.
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}
