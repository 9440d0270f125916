//! Copying a text: `navigator.clipboard`, which needs https and is missing in many web views.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Clipboard/writeText>

use super::js;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlTextAreaElement;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// The text is in the clipboard.
    Done,
    /// The browser does not copy: show the text selected, to be copied by hand ([`select`]).
    ByHand,
}

/// Copies a text; to be called from a tap.
pub async fn copy(text: &str) -> Copied {
    let Some(clipboard) = js::navigator("clipboard") else { return Copied::ByHand };
    match js::ask(&clipboard, "writeText", &[text.into()]).await {
        Ok(_) => Copied::Done,
        Err(_) => Copied::ByHand,
    }
}

/// Selects the whole content of the text area of this id; whether there is one.
pub fn select(id: &str) -> bool {
    let area = js::document().ok().and_then(|document| document.get_element_by_id(id));
    let Some(area) = area.and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok()) else {
        return false;
    };
    area.focus().is_ok() && {
        area.select();
        true
    }
}
