//! The day on which a camera says it took the photo: Exif's `DateTimeOriginal` (CIPA DC-008, a TIFF inside of a JPEG segment).
//! Nothing else of Exif is read, and only the day is kept.

use super::jpeg;
use crate::domain::day;
use jiff::civil::Date;

/// A file lists a handful of fields; more is no honest file.
const MOST_FIELDS: usize = 512;
const EXIF_FIELDS: u16 = 0x8769;
const DATE_TIME_ORIGINAL: u16 = 0x9003;

/// The numbers of a TIFF, which says itself in which order its bytes stand.
struct Tiff<'a> {
    bytes: &'a [u8],
    big: bool,
}

impl<'a> Tiff<'a> {
    fn short(&self, at: usize) -> Option<u16> {
        let two = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    }

    fn long(&self, at: usize) -> Option<usize> {
        let four = *self.bytes.get(at..)?.first_chunk()?;
        usize::try_from(if self.big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }).ok()
    }

    /// The field of this tag in the list that begins here: how many values it has, and where their number or address stands.
    fn field(&self, list: usize, tag: u16) -> Option<(usize, usize)> {
        let count = usize::from(self.short(list)?).min(MOST_FIELDS);
        let at = (0..count)
            .filter_map(|place| list.checked_add(2 + 12 * place))
            .find(|at| self.short(*at) == Some(tag))?;
        Some((self.long(at + 4)?, at + 8))
    }

    fn text(&self, (length, place): (usize, usize)) -> Option<&'a str> {
        let at = self.long(place)?;
        let bytes = self.bytes.get(at..at.checked_add(length)?)?;
        core::str::from_utf8(bytes).ok()
    }
}

/// The day on which a JPEG's camera says it took the photo. `None` when it says nothing that could be a day.
pub fn taken_on(bytes: &[u8]) -> Option<Date> {
    let bytes = jpeg::exif(bytes)?;
    let big = match bytes.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let tiff = Tiff { bytes, big };
    let (_, exif) = tiff.field(tiff.long(4)?, EXIF_FIELDS)?;
    // "2026:11:20 15:04:05"
    let text = tiff.text(tiff.field(tiff.long(exif)?, DATE_TIME_ORIGINAL)?)?;
    day::parse(&text.get(..10)?.replace(':', "-")).filter(|day| day.year() > 1990)
}
