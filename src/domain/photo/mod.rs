//! Evidence photos, judged by their bytes alone, on the phone and on the endpoint with the same code.
//!
//! What a camera or a stranger hands over is only *looked at* ([`look`]): kind and size, so that nothing is decoded that the phone
//! cannot bear. What may be stored and sent is *finished* ([`finished`]): a plain JPEG or WebP of bounded size that holds a picture
//! and nothing else, neither place nor device nor anything after its end. [`plain_jpeg`] makes it so, whatever a browser's encoder
//! writes (Safari's adds an Exif segment of its own).
//!
//! Why this is written here and not taken from a crate: both sides must agree, the app pays for every kilobyte, and a crate that
//! reads a picture's size accepts what has been hidden around it.
//!
//! A phone turns a picture upright, scales it to 1600 px and about 300 KB, in a worker of its own (`browser/photo_worker.js`, a kilobyte) or, where
//! the browser has no canvas for workers, on the page. The endpoint walks through every segment again.

mod exif;
mod jpeg;
mod sniff;
mod webp;

pub use exif::taken_on;
pub use jpeg::plain_jpeg;
pub use sniff::look;

use super::ids::ContentHash;
use crate::json::FromJson;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The largest file that is opened at all, in bytes.
pub const MAX_FILE_BYTES: u64 = 40 * 1024 * 1024;
/// The most pixels that are decoded: four bytes each. The common sensors of "50 megapixels" deliver up to 50.3 million.
pub const MAX_PIXELS: u64 = 52_000_000;
/// The largest finished photo, in bytes.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// What a phone aims at, in bytes.
pub const AIM_BYTES: usize = 300 * 1024;
/// The longest side of a finished photo, in pixels.
pub const MAX_SIDE: u32 = 4096;
/// The longest side a phone makes, in pixels.
pub const SIDE: u32 = 1600;
/// The longest side of the small picture in lists, in pixels.
pub const THUMBNAIL_SIDE: u32 = 240;
/// No submission carries more.
pub const MAX_ATTACHMENTS: usize = 500;

/// What the bytes are, whatever the file's name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// PNG.
    Png,
    /// WebP (RFC 9649).
    Webp,
    /// GIF.
    Gif,
    /// HEIC or AVIF (ISO/IEC 23008-12): many browsers cannot decode it.
    Heic,
}

/// What a look at a file's beginning says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// What it is.
    pub kind: Kind,
    /// Its width as stored, in pixels.
    pub width: u32,
    /// Its height as stored, in pixels.
    pub height: u32,
}

/// What a photo may be that is stored and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `image/jpeg`
    Jpeg,
    /// `image/webp`
    Webp,
}

impl MediaType {
    /// As it stands in a `Content-Type`, without parameters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// How a file of it ends, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }

    /// The one that is written so, in lower case; `None` where no such photo is stored.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Jpeg, Self::Webp].into_iter().find(|one| one.as_str() == text)
    }
}

impl From<MediaType> for String {
    fn from(media_type: MediaType) -> Self {
        media_type.as_str().to_owned()
    }
}

/// A photo that may be stored and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// What its bytes are.
    pub media_type: MediaType,
    /// Its width, in pixels.
    pub width: u32,
    /// Its height, in pixels.
    pub height: u32,
}

/// Why a file cannot be taken as a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoFault {
    /// Nothing in it.
    #[error("the file is empty; take the photo again")]
    Empty,
    /// No picture of a kind that is known; SVG, which can hold scripts, is none.
    #[error("this is no photo (JPEG, PNG, WebP, GIF or HEIC); choose a photo")]
    NoPhoto,
    /// A picture, but the browser has no decoder for it.
    #[error(
        "this kind of photo cannot be opened here; have the camera save JPEG, or take a screenshot of it"
    )]
    Undecodable,
    /// Too many bytes.
    #[error("the file has {0} bytes, which is too many; take the photo with the phone's camera")]
    TooLarge(u64),
    /// Too many pixels: decoding would take all the phone's memory.
    #[error("the picture has {0} times {1} pixels, which is too many; choose a smaller one")]
    TooManyPixels(u32, u32),
    /// The beginning that was looked at does not reach the picture's size.
    #[error("the picture's size does not stand in the part that was read; read more of it")]
    Unfinished,
    /// Cut off or spoilt.
    #[error("the photo is damaged; take it again")]
    Damaged,
    /// It holds more than a picture: place and device, a comment, or something after its end.
    #[error("the photo holds more than a picture; send it as the app makes it")]
    MoreThanAPicture,
    /// Not one of the two kinds that are stored.
    #[error("a stored photo is JPEG or WebP; send it as the app makes it")]
    NotForStoring,
}

/// Checks a photo that is to be stored or sent.
///
/// # Errors
/// [`PhotoFault`], with what would be right.
pub fn finished(bytes: &[u8]) -> Result<Finished, PhotoFault> {
    if bytes.is_empty() {
        return Err(PhotoFault::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(PhotoFault::TooLarge(bytes.len() as u64));
    }
    let (media_type, (width, height)) = match sniff::kind(bytes) {
        Some(Kind::Jpeg) => (MediaType::Jpeg, jpeg::finished(bytes)?),
        Some(Kind::Webp) => (MediaType::Webp, webp::finished(bytes)?),
        Some(Kind::Png | Kind::Gif | Kind::Heic) => return Err(PhotoFault::NotForStoring),
        None => return Err(PhotoFault::NoPhoto),
    };
    if width == 0 || height == 0 {
        return Err(PhotoFault::Damaged);
    }
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(PhotoFault::TooManyPixels(width, height));
    }
    Ok(Finished { media_type, width, height })
}

/// What is known of a photo beside its bytes; stored on phones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct PhotoFacts {
    /// SHA-256 of its bytes, which names it.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub bytes: u64,
    /// A [`MediaType`] as it is written.
    pub media_type: String,
    /// Width in pixels; 0 when only its hash is known.
    #[serde(default)]
    pub width: u32,
    /// Height in pixels.
    #[serde(default)]
    pub height: u32,
    /// 拍摄日期: the day on which the camera says it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::day::option")]
    pub captured_on: Option<Date>,
    /// 事情是哪天的: the day of what it shows, as the branch says.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "super::day::option")]
    pub happened_on: Option<Date>,
}

#[cfg(test)]
pub(crate) mod tests;
