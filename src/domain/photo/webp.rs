//! WebP by its chunks (RFC 9649).

use super::PhotoFault;

/// Two bytes, the smallest first.
pub(super) fn little(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|two| u32::from(u16::from_le_bytes(*two)))
}

/// A chunk's name and content, in order; what is cut off ends the list with nothing.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes.get(12..).unwrap_or_default();
    core::iter::from_fn(move || {
        let (head, behind) = rest.split_at_checked(8)?;
        let length = little(head, 4)? as usize | ((little(head, 6)? as usize) << 16);
        let content = behind.get(..length)?;
        // Chunks begin at even places.
        rest = behind.get(length + length % 2..).unwrap_or_default();
        head.get(..4).zip(Some(content))
    })
}

fn size_in(name: &[u8], content: &[u8]) -> Option<(u32, u32)> {
    let three = |at: usize| Some(little(content, at)? | (u32::from(*content.get(at + 2)?) << 16));
    match name {
        b"VP8 " => Some((little(content, 6)? & 0x3fff, little(content, 8)? & 0x3fff)),
        b"VP8L" => {
            let bits = little(content, 1)? | (little(content, 3)? << 16);
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => Some((three(4)? + 1, three(7)? + 1)),
        _ => None,
    }
}

/// Width and height, by the first chunk.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    // Only the beginning may be here: the first chunk's head and a few bytes of it.
    let name = bytes.get(12..16)?;
    size_in(name, bytes.get(20..)?)
}

/// A whole picture and nothing else: width and height.
pub(super) fn finished(bytes: &[u8]) -> Result<(u32, u32), PhotoFault> {
    let told = little(bytes, 4).zip(little(bytes, 6)).map(|(low, high)| (low | (high << 16)) as usize);
    let told = told.ok_or(PhotoFault::Damaged)?;
    if told.checked_add(8).is_none_or(|end| end > bytes.len()) {
        return Err(PhotoFault::Damaged);
    }
    if told + 8 < bytes.len() {
        return Err(PhotoFault::MoreThanAPicture);
    }
    let (mut largest, mut pictures, mut read) = (None, 0, 12);
    for (name, content) in chunks(bytes) {
        read += 8 + content.len() + content.len() % 2;
        match name {
            b"VP8 " | b"VP8L" => pictures += 1,
            b"VP8X" | b"ICCP" | b"ALPH" => {}
            // Exif, XMP, animation, and whatever nobody has heard of.
            _ => return Err(PhotoFault::MoreThanAPicture),
        }
        largest = largest.max(size_in(name, content));
    }
    if pictures != 1 || read != bytes.len() {
        return Err(PhotoFault::Damaged);
    }
    largest.ok_or(PhotoFault::Damaged)
}
