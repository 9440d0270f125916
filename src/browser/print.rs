//! The browser's own printing.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Window/print>

use super::{BrowserError, js};

/// Opens the print dialogue for what the style sheet shows on paper. Many phone makers' browsers have none.
///
/// # Errors
/// [`BrowserError`] where there is no printing.
pub fn print() -> Result<(), BrowserError> {
    js::call(&js::window()?.into(), "print", &[]).map(|_| ())
}
