//! What a file is and how large its picture, from its first bytes. Nothing is decoded.

use super::{
    Kind, MAX_PIXELS, PhotoFault, Seen, jpeg,
    webp::{self, little},
};

/// The kind, by the signature at the beginning.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    let brand = bytes.get(8..12);
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Kind::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Kind::Gif),
        [b'R', b'I', b'F', b'F', ..] if brand == Some(b"WEBP") => Some(Kind::Webp),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => {
            let still: [&[u8]; 8] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"];
            brand.filter(|brand| still.contains(brand)).map(|_| Kind::Heic)
        }
        _ => None,
    }
}

/// Looks at the beginning of a file, before anything is decoded.
///
/// # Errors
/// [`PhotoFault::Unfinished`] when more of the file is needed; otherwise why it cannot be opened.
pub fn look(bytes: &[u8]) -> Result<Seen, PhotoFault> {
    if bytes.is_empty() {
        return Err(PhotoFault::Empty);
    }
    let kind = kind(bytes).ok_or(PhotoFault::NoPhoto)?;
    let size = match kind {
        Kind::Jpeg => jpeg::size(bytes),
        Kind::Webp => webp::size(bytes),
        Kind::Png => big(bytes, 16).zip(big(bytes, 20)),
        Kind::Gif => little(bytes, 6).zip(little(bytes, 8)),
        Kind::Heic => heic(bytes),
    };
    let (width, height) = size.ok_or(PhotoFault::Unfinished)?;
    if width == 0 || height == 0 {
        return Err(PhotoFault::Damaged);
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PhotoFault::TooManyPixels(width, height));
    }
    Ok(Seen { kind, width, height })
}

/// Four bytes, the greatest first.
pub(super) fn big(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

/// The largest of the pictures (tiles, thumbnail, whole) whose size the file's properties tell (`ispe`).
fn heic(bytes: &[u8]) -> Option<(u32, u32)> {
    let found = bytes.windows(4).enumerate().filter(|(_, name)| name == b"ispe");
    let sizes = found.filter_map(|(at, _)| big(bytes, at + 8).zip(big(bytes, at + 12)));
    sizes.max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
}
