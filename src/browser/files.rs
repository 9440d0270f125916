//! Files: saving, sharing and choosing one.

use super::{BrowserError, js, timer};
use gloo_events::EventListener;
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, File, FilePropertyBag, HtmlAnchorElement, HtmlInputElement, ShareData, Url,
};

/// Long enough for a slow phone to have read a download, in milliseconds.
const KEEP_URL_MS: u64 = 60_000;

/// Saves bytes as a file: `a[download]`. Whether and where the browser saved it cannot be known.
///
/// <https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Elements/a#download>
///
/// # Errors
/// [`BrowserError`] when the browser refuses to make the file.
pub fn save(name: &str, media_type: &str, bytes: &[u8]) -> Result<(), BrowserError> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).map_err(|e| js::said(&e))?;
    let url = Url::create_object_url_with_blob(&blob).map_err(|error| js::said(&error))?;
    let document = js::document()?;
    let anchor: HtmlAnchorElement = document
        .create_element("a")
        .map_err(|error| js::said(&error))?
        .dyn_into()
        .map_err(|_| BrowserError("an a is no anchor".into()))?;
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    wasm_bindgen_futures::spawn_local(async move {
        timer::sleep(KEEP_URL_MS).await;
        // Fails only for what is no URL.
        let _ = Url::revoke_object_url(&url);
    });
    Ok(())
}

/// What came of sharing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// Handed over to the app she chose.
    Done,
    /// She changed her mind.
    Cancelled,
    /// The browser does not share files of this kind: save it instead.
    Unsupported,
}

/// Whether the phone's own menu would take such a file. Many browsers share pictures and texts only.
///
/// <https://developer.mozilla.org/en-US/docs/Web/API/Navigator/canShare>
pub fn can_share(name: &str, media_type: &str) -> bool {
    let (Ok(data), Ok(window)) = (share_data(name, media_type, &[0]), js::window()) else { return false };
    js::call(&window.navigator(), "canShare", &[data]).is_ok_and(|answer| answer.is_truthy())
}

/// Hands a file to another app, by the phone's own menu; to be called from a tap.
///
/// <https://developer.mozilla.org/en-US/docs/Web/API/Navigator/share>
pub async fn share(name: &str, media_type: &str, bytes: &[u8]) -> Shared {
    let Ok(data) = share_data(name, media_type, bytes) else { return Shared::Unsupported };
    let Ok(window) = js::window() else { return Shared::Unsupported };
    let navigator = window.navigator();
    let can =
        js::call(&navigator, "canShare", std::slice::from_ref(&data)).is_ok_and(|answer| answer.is_truthy());
    if !can {
        return Shared::Unsupported;
    }
    match js::ask(&navigator, "share", &[data]).await {
        Ok(_) => Shared::Done,
        Err(error) if error.0.starts_with("AbortError") => Shared::Cancelled,
        Err(_) => Shared::Unsupported,
    }
}

fn share_data(name: &str, media_type: &str, bytes: &[u8]) -> Result<JsValue, BrowserError> {
    let options = FilePropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let file =
        File::new_with_u8_array_sequence_and_options(&parts, name, &options).map_err(|e| js::said(&e))?;
    let data = ShareData::new();
    data.set_files(&Array::of1(&file));
    data.set_title(name);
    Ok(data.into())
}

/// A chosen file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// Its name.
    pub name: String,
    /// Its content, read as UTF-8.
    pub text: String,
}

/// Why a chosen file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PickError {
    /// Larger than what was allowed.
    #[error("the file has {0} bytes, which is too many; choose the right one")]
    TooLarge(
        /// Its size.
        u64,
    ),
    /// The browser.
    #[error(transparent)]
    Browser(#[from] BrowserError),
}

/// Lets her choose a file and reads it; to be called from a tap. `accept` as in HTML: `.json,application/json`. `None` when she
/// chose none; a browser without the `cancel` event then never answers, so do not block the page on this.
///
/// <https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Elements/input/file>
pub async fn pick(accept: &str, max_bytes: u64) -> Result<Option<Picked>, PickError> {
    let Some(file) = choose(accept, Choosing::One).await?.into_iter().next() else { return Ok(None) };
    let size = file.size() as u64;
    if size > max_bytes {
        return Err(PickError::TooLarge(size));
    }
    let text = js::ask(&file, "text", &[]).await?;
    Ok(Some(Picked { name: file.name(), text: text.as_string().unwrap_or_default() }))
}

/// What may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choosing {
    /// One file.
    One,
    /// Several files.
    Several,
    /// What the camera takes now.
    Camera,
}

/// Lets her choose files, or use the camera; to be called from a tap. Empty when she chose none; see [`pick`].
///
/// <https://developer.mozilla.org/en-US/docs/Web/HTML/Reference/Attributes/capture>
pub async fn choose(accept: &str, choosing: Choosing) -> Result<Vec<File>, BrowserError> {
    let input: HtmlInputElement = js::document()?
        .create_element("input")
        .map_err(|error| js::said(&error))?
        .dyn_into()
        .map_err(|_| BrowserError("an input is no input".into()))?;
    input.set_type("file");
    input.set_accept(accept);
    input.set_multiple(choosing == Choosing::Several);
    if choosing == Choosing::Camera {
        input.set_attribute("capture", "environment").map_err(|error| js::said(&error))?;
    }
    let mut listeners = Vec::new();
    let decided = Promise::new(&mut |resolve, _| {
        for event in ["change", "cancel"] {
            let resolve = resolve.clone();
            listeners.push(EventListener::once(&input, event, move |_| {
                // Calling a promise's resolver cannot fail.
                let _ = resolve.call0(&JsValue::UNDEFINED);
            }));
        }
    });
    input.click();
    js::wait(decided).await?;
    drop(listeners);
    let Some(files) = input.files() else { return Ok(Vec::new()) };
    Ok((0..files.length()).filter_map(|place| files.get(place)).collect())
}
