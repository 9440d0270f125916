//! JPEG by its segments (ITU-T T.81, annex B): where its size stands, what it carries beside the picture, and where it ends.

use super::PhotoFault;

/// What stands at a marker.
enum Piece<'a> {
    /// A segment: its marker, its content, and all its bytes.
    Segment(u8, &'a [u8], &'a [u8]),
    /// The coded picture of a scan.
    Scan(&'a [u8]),
    /// The end, and where the file goes on behind it.
    End(usize),
}

/// Walks from marker to marker behind the first two bytes; what is cut off or out of order ends the walk with nothing.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    in_scan: bool,
}

impl<'a> Iterator for Walk<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let start = self.at;
        if core::mem::take(&mut self.in_scan) {
            // Within a scan 0xff is followed by 0, or by one of the eight restart markers.
            let mut at = start;
            loop {
                at += self.bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
                match self.bytes.get(at + 1)? {
                    0 | 0xd0..=0xd7 => at += 2,
                    _ => break,
                }
            }
            self.at = at;
            return self.bytes.get(start..at).map(Piece::Scan);
        }
        // Any number of 0xff may stand before a marker.
        let mut at = start;
        if *self.bytes.get(at)? != 0xff {
            return None;
        }
        while *self.bytes.get(at + 1)? == 0xff {
            at += 1;
        }
        let marker = *self.bytes.get(at + 1)?;
        if marker == 0xd9 {
            self.at = self.bytes.len();
            return Some(Piece::End(at + 2));
        }
        if matches!(marker, 0 | 1 | 0xd0..=0xd8) {
            return None;
        }
        let length = usize::from(u16::from_be_bytes([*self.bytes.get(at + 2)?, *self.bytes.get(at + 3)?]));
        let content = self.bytes.get(at + 4..at + 2 + length)?;
        self.at = at + 2 + length;
        self.in_scan = marker == 0xda;
        Some(Piece::Segment(marker, content, self.bytes.get(start..self.at)?))
    }
}

fn walk(bytes: &[u8]) -> Walk<'_> {
    Walk { bytes, at: 2, in_scan: false }
}

/// The size in a frame header (SOF); the numbers between them are other tables.
fn frame(marker: u8, content: &[u8]) -> Option<(u32, u32)> {
    if !matches!(marker, 0xc0..=0xcf) || matches!(marker, 0xc4 | 0xc8 | 0xcc) {
        return None;
    }
    let two = |at: usize| Some(u32::from(u16::from_be_bytes([*content.get(at)?, *content.get(at + 1)?])));
    Some((two(3)?, two(1)?))
}

/// Whether a segment belongs to the picture: tables and frames, JFIF's own (APP0), the colour profile (APP2), Adobe's note on
/// how colours are coded (APP14). All else is about something else.
fn belongs(marker: u8, content: &[u8]) -> bool {
    match marker {
        0xe0 => content.starts_with(b"JFIF\0"),
        0xe2 => content.starts_with(b"ICC_PROFILE\0"),
        0xee => content.starts_with(b"Adobe"),
        0xe1..=0xef | 0xfe => false,
        _ => true,
    }
}

/// Width and height, as soon as they stand there.
pub(super) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    walk(bytes).find_map(|piece| match piece {
        Piece::Segment(marker, content, _) => frame(marker, content),
        Piece::Scan(..) | Piece::End(_) => None,
    })
}

/// The content of the first Exif segment.
pub(super) fn exif(bytes: &[u8]) -> Option<&[u8]> {
    walk(bytes).find_map(|piece| match piece {
        Piece::Segment(0xe1, content, _) => content.strip_prefix(b"Exif\0\0"),
        _ => None,
    })
}

/// A whole picture and nothing else: width and height.
pub(super) fn finished(bytes: &[u8]) -> Result<(u32, u32), PhotoFault> {
    let (mut size, mut scanned) = (None, false);
    for piece in walk(bytes) {
        match piece {
            Piece::Segment(marker, content, _) if !belongs(marker, content) => {
                return Err(PhotoFault::MoreThanAPicture);
            }
            Piece::Segment(marker, content, _) => match (frame(marker, content), size) {
                (Some(_), Some(_)) => return Err(PhotoFault::Damaged),
                (found, _) => size = size.or(found),
            },
            Piece::Scan(coded) => scanned |= !coded.is_empty(),
            Piece::End(end) if end != bytes.len() => return Err(PhotoFault::MoreThanAPicture),
            Piece::End(_) => return size.filter(|_| scanned).ok_or(PhotoFault::Damaged),
        }
    }
    Err(PhotoFault::Damaged)
}

/// The same picture without anything beside it: no place, no device, no preview, no comment, nothing behind its end. The picture
/// itself is not touched, so it must stand upright already.
///
/// # Errors
/// [`PhotoFault`] for what is no whole JPEG.
pub fn plain_jpeg(bytes: &[u8]) -> Result<Vec<u8>, PhotoFault> {
    if bytes.get(..2) != Some(&[0xff, 0xd8]) {
        return Err(PhotoFault::NotForStoring);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    plain.extend_from_slice(&[0xff, 0xd8]);
    for piece in walk(bytes) {
        match piece {
            Piece::Segment(marker, content, whole) if belongs(marker, content) => {
                plain.extend_from_slice(whole);
            }
            Piece::Segment(..) => {}
            Piece::Scan(coded) => plain.extend_from_slice(coded),
            Piece::End(_) => {
                plain.extend_from_slice(&[0xff, 0xd9]);
                return Ok(plain);
            }
        }
    }
    Err(PhotoFault::Damaged)
}
