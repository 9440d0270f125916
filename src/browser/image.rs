//! Pictures: opening what a camera made, turning it upright, scaling it down, writing it as a plain JPEG.
//!
//! A worker does all of it apart from the page's own thread (`photo_worker.js`); where it cannot (before Safari 16.4 it has no
//! canvas), the page does the same itself, with pauses between the steps. Everything that a picture carries beside itself is gone with the drawing; what an encoder adds of its
//! own is cut off afterwards.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Window/createImageBitmap>,
//! <https://developer.mozilla.org/en-US/docs/Web/API/OffscreenCanvas>,
//! <https://developer.mozilla.org/en-US/docs/Web/API/HTMLCanvasElement/toBlob>

use super::{BrowserError, helper, js};
use crate::domain::photo::{
    self, AIM_BYTES, Finished, Kind, MAX_FILE_BYTES, PhotoFault, SIDE, Seen, THUMBNAIL_SIDE, finished, look,
    plain_jpeg,
};
use jiff::civil::Date;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, File, Url};

/// So much of a file is read to see what it is; where a camera put more before the picture, the second amount.
const HEADS: [u64; 2] = [256 * 1024, 8 * 1024 * 1024];
/// A picture that is larger in both directions is made so wide while it is decoded, apart from the page's own thread: scaling all
/// of a 12-megapixel picture on the page would freeze it for half a second. What is left to scale stays fine enough to read.
const DECODED_WIDTH: u32 = SIDE * 3 / 2;
/// Where the worker lies, and what it says when it is ready.
const WORKER: (&str, &str) = ("/photo_worker.js", "ready");
/// Longest side and quality of the small picture.
const SMALL: (u32, f64) = (THUMBNAIL_SIDE, 0.7);
/// Longest side and quality, tried one after the other until the photo is small enough.
const STEPS: [(u32, f64); 5] = [(SIDE, 0.8), (SIDE, 0.6), (1280, 0.6), (1280, 0.45), (960, 0.4)];

/// A finished photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its bytes.
    pub jpeg: Vec<u8>,
    /// What they hold.
    pub finished: Finished,
    /// The small picture.
    pub thumbnail: Vec<u8>,
    /// The day on which the camera says it was taken.
    pub taken_on: Option<Date>,
}

/// Why a file did not become a photo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MakeError {
    /// The file.
    #[error(transparent)]
    Photo(#[from] PhotoFault),
    /// The browser.
    #[error(transparent)]
    Browser(#[from] BrowserError),
}

/// Makes a photo out of a chosen file.
///
/// # Errors
/// [`MakeError`]; what is too large or no photo is refused before it is decoded.
pub async fn make(file: &File) -> Result<Made, MakeError> {
    let size = file.size() as u64;
    if size > MAX_FILE_BYTES {
        return Err(PhotoFault::TooLarge(size).into());
    }
    let (seen, taken_on) = examine(file, size).await?;
    let (jpeg, thumbnail) = match apart(file, seen).await {
        Ok(both) => both,
        // Whatever hindered the worker: the page finds out what is wrong, if anything is.
        Err(_) => here(file, seen).await?,
    };
    let (jpeg, thumbnail) = (plain_jpeg(&jpeg)?, plain_jpeg(&thumbnail)?);
    Ok(Made { finished: finished(&jpeg)?, jpeg, thumbnail, taken_on })
}

/// The photo and the small picture as the worker encodes them.
async fn apart(file: &File, seen: Seen) -> Result<(Vec<u8>, Vec<u8>), MakeError> {
    let step = |(side, quality): (u32, f64)| JsValue::from(Array::of2(&side.into(), &quality.into()));
    let request = Object::new();
    set(&request, "file", &file.into())?;
    set(&request, "options", &decoding(seen)?.into())?;
    set(&request, "steps", &STEPS.into_iter().map(step).collect::<Array>().into())?;
    set(&request, "aim", &(AIM_BYTES as f64).into())?;
    set(&request, "small", &step(SMALL))?;
    let answer = helper::ask(WORKER.0, WORKER.1, &request).await;
    let answer = answer.map_err(|error| BrowserError(error.to_string()))?;
    let part = |number: u32| Reflect::get_u32(&answer, number).map_err(|error| js::said(&error));
    Ok((helper::bytes(&part(0)?), helper::bytes(&part(1)?)))
}

/// The same on the page itself.
async fn here(file: &File, seen: Seen) -> Result<(Vec<u8>, Vec<u8>), MakeError> {
    let picture = Picture::open(file, seen).await?;
    let mut jpeg = Vec::new();
    for step in STEPS {
        jpeg = picture.encode(step).await?;
        if jpeg.len() <= AIM_BYTES {
            break;
        }
    }
    Ok((jpeg, picture.encode(SMALL).await?))
}

/// How a picture is decoded: upright, and no larger than is needed.
fn decoding(seen: Seen) -> Result<Object, BrowserError> {
    let options = Object::new();
    set(&options, "imageOrientation", &"from-image".into())?;
    // Whether it is meant before or after turning differs from browser to browser, and matters not here.
    if seen.width.min(seen.height) > DECODED_WIDTH {
        set(&options, "resizeWidth", &DECODED_WIDTH.into())?;
    }
    Ok(options)
}

fn set(on: &JsValue, name: &str, value: &JsValue) -> Result<(), BrowserError> {
    Reflect::set(on, &name.into(), value).map(drop).map_err(|error| js::said(&error))
}

/// Makes the small picture of a photo that came from elsewhere.
pub async fn thumbnail(bytes: &[u8]) -> Result<Vec<u8>, MakeError> {
    let seen = look(bytes)?;
    Ok(plain_jpeg(&Picture::open(&blob(bytes)?, seen).await?.encode(SMALL).await?)?)
}

/// Looks at the beginning of a file; answers what it is, and the day on which the camera says it was taken.
async fn examine(file: &File, size: u64) -> Result<(Seen, Option<Date>), MakeError> {
    for head in HEADS {
        let part = js::call(file, "slice", &[0.into(), (head.min(size) as f64).into()])?;
        let bytes = bytes_of(&part).await?;
        match look(&bytes) {
            Ok(seen) => return Ok((seen, photo::taken_on(&bytes))),
            Err(PhotoFault::Unfinished) if head < size => {}
            Err(PhotoFault::Unfinished) => return Err(PhotoFault::Damaged.into()),
            Err(fault) => return Err(fault.into()),
        }
    }
    Err(PhotoFault::Damaged.into())
}

/// A decoded picture: an `ImageBitmap`, or an `img` element where the browser has no such thing.
struct Picture {
    drawable: JsValue,
    width: f64,
    height: f64,
}

impl Drop for Picture {
    fn drop(&mut self) {
        // Four bytes a pixel, given back at once where that is possible.
        let _ = js::call(&self.drawable, "close", &[]);
    }
}

impl Picture {
    async fn open(file: &Blob, seen: Seen) -> Result<Self, MakeError> {
        // Every browser decodes the others: one that it cannot is spoilt.
        let unusable = if seen.kind == Kind::Heic { PhotoFault::Undecodable } else { PhotoFault::Damaged };
        let bitmap = async {
            let options = decoding(seen)?;
            let window: JsValue = js::window()?.into();
            js::ask(&window, "createImageBitmap", &[file.into(), options.into()]).await
        };
        let drawable = match bitmap.await {
            Ok(bitmap) => bitmap,
            Err(_) => element(file).await.map_err(|_| unusable)?,
        };
        let number = |name| js::property(&drawable, name).and_then(|value| value.as_f64()).unwrap_or(0.0);
        // Of an element the picture's own size is meant, not that on the page.
        let (mut width, mut height) = (number("naturalWidth"), number("naturalHeight"));
        if width < 1.0 {
            (width, height) = (number("width"), number("height"));
        }
        if width < 1.0 || height < 1.0 {
            return Err(unusable.into());
        }
        Ok(Self { drawable, width, height })
    }

    /// A JPEG of it whose longer side is at most so long.
    async fn encode(&self, (side, quality): (u32, f64)) -> Result<Vec<u8>, MakeError> {
        let scale = (f64::from(side) / self.width.max(self.height)).min(1.0);
        let (width, height) = ((self.width * scale).round().max(1.0), (self.height * scale).round().max(1.0));
        let canvas: JsValue =
            js::document()?.create_element("canvas").map_err(|error| js::said(&error))?.into();
        set(&canvas, "width", &width.into())?;
        set(&canvas, "height", &height.into())?;
        let context = js::call(&canvas, "getContext", &["2d".into()])?;
        // What is transparent becomes paper, not black.
        set(&context, "fillStyle", &"#fff".into())?;
        js::call(&context, "fillRect", &[0.into(), 0.into(), width.into(), height.into()])?;
        set(&context, "imageSmoothingQuality", &"medium".into())?;
        let place = [self.drawable.clone(), 0.into(), 0.into(), width.into(), height.into()];
        js::call(&context, "drawImage", &place)?;
        let mut refused = None;
        let encoded = Promise::new(&mut |resolve, _| {
            refused =
                js::call(&canvas, "toBlob", &[resolve.into(), "image/jpeg".into(), quality.into()]).err();
        });
        if let Some(error) = refused {
            return Err(error.into());
        }
        let encoded = bytes_of(&js::wait(encoded).await?).await?;
        // Safari counts the memory of canvases until they are collected.
        set(&canvas, "width", &0.into())?;
        Ok(encoded)
    }
}

async fn element(file: &Blob) -> Result<JsValue, BrowserError> {
    let shown = Shown(Url::create_object_url_with_blob(file).map_err(|error| js::said(&error))?);
    let image: JsValue = js::document()?.create_element("img").map_err(|error| js::said(&error))?.into();
    Reflect::set(&image, &"src".into(), &shown.url().into()).map_err(|error| js::said(&error))?;
    js::ask(&image, "decode", &[]).await?;
    Ok(image)
}

async fn bytes_of(blob: &JsValue) -> Result<Vec<u8>, BrowserError> {
    Ok(Uint8Array::new(&js::ask(blob, "arrayBuffer", &[]).await?).to_vec())
}

fn blob(bytes: &[u8]) -> Result<Blob, BrowserError> {
    let options = BlobPropertyBag::new();
    options.set_type("image/jpeg");
    let parts = Array::of1(&Uint8Array::from(bytes));
    Blob::new_with_u8_array_sequence_and_options(&parts, &options).map_err(|error| js::said(&error))
}

/// An address under which a picture can be shown, until this is dropped.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// For `src`.
    pub fn url(&self) -> &str {
        &self.0
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        // Fails only for what is no URL.
        let _ = Url::revoke_object_url(&self.0);
    }
}

/// Lets these bytes be shown.
///
/// # Errors
/// [`BrowserError`] when the browser refuses.
pub fn show(bytes: &[u8]) -> Result<Shown, BrowserError> {
    Url::create_object_url_with_blob(&blob(bytes)?).map(Shown).map_err(|error| js::said(&error))
}
