use super::*;
use jiff::civil::date;
use proptest::prelude::*;

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

fn frame(width: u16, height: u16) -> Vec<u8> {
    let (height, width) = (height.to_be_bytes(), width.to_be_bytes());
    segment(0xc0, &[8, height[0], height[1], width[0], width[1], 1, 1, 0x11, 0])
}

fn scan() -> Vec<u8> {
    [segment(0xda, &[1, 1, 0, 0, 63, 0]), vec![0x12, 0xff, 0, 0x34, 0xff, 0xd0, 0x56]].concat()
}

/// The skeleton of a JPEG: whatever walks from segment to segment takes it for one.
pub(crate) fn jpeg_with(width: u16, height: u16, more: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    bytes.extend(segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"));
    bytes.extend(more.concat());
    bytes.extend([segment(0xdb, &[0; 65]), frame(width, height), segment(0xc4, &[0; 20]), scan()].concat());
    bytes.extend([0xff, 0xd9]);
    bytes
}

/// A TIFF with a place and `DateTimeOriginal`.
fn exif(big: bool, text: &[u8]) -> Vec<u8> {
    let short = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let long = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let mut tiff = if big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
    tiff.extend(long(8));
    // The first list: orientation and the address of Exif's own list.
    tiff.extend(short(2));
    tiff.extend([&short(0x0112)[..], &short(3), &long(1), &long(6)].concat());
    tiff.extend([&short(0x8769)[..], &short(4), &long(1), &long(38)].concat());
    tiff.extend(long(0));
    tiff.extend(short(1));
    tiff.extend([&short(0x9003)[..], &short(2), &long(text.len() as u32), &long(56)].concat());
    tiff.extend(long(0));
    tiff.extend(text);
    [b"Exif\0\0".to_vec(), tiff].concat()
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = [&name[..], &(content.len() as u32).to_le_bytes(), content].concat();
    bytes.resize(bytes.len() + content.len() % 2, 0);
    bytes
}

fn webp(chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat()
}

fn vp8(width: u16, height: u16) -> Vec<u8> {
    let (w, h) = (width.to_le_bytes(), height.to_le_bytes());
    chunk(b"VP8 ", &[0, 0, 0, 0x9d, 1, 0x2a, w[0], w[1], h[0], h[1], 7])
}

#[test]
fn every_kind_is_known_by_its_bytes_and_says_its_size() {
    let png = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x0f\xa0\0\0\x0b\xb8".to_vec(), vec![8; 9]].concat();
    let gif = b"GIF89a\x40\x01\xf0\0\0\0\0".to_vec();
    let ispe = |w: u32, h: u32| [b"\0\0\0\x14ispe\0\0\0\0", &w.to_be_bytes()[..], &h.to_be_bytes()].concat();
    let heic = [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), ispe(512, 512), ispe(4032, 3024)].concat();
    let vp8l = webp(&[chunk(b"VP8L", &[0x2f, 0x3f, 0xc1, 0x3b, 0])]);
    let vp8x = webp(&[chunk(b"VP8X", &[0, 0, 0, 0, 0x9f, 0x0f, 0, 0xb7, 0x0b, 0])]);
    for (bytes, kind, width, height) in [
        (jpeg_with(4000, 3000, &[]), Kind::Jpeg, 4000, 3000),
        (png, Kind::Png, 4000, 3000),
        (gif, Kind::Gif, 320, 240),
        (webp(&[vp8(640, 480)]), Kind::Webp, 640, 480),
        (vp8l, Kind::Webp, 320, 240),
        (vp8x, Kind::Webp, 4000, 3000),
        (heic, Kind::Heic, 4032, 3024),
    ] {
        assert_eq!(look(&bytes), Ok(Seen { kind, width, height }), "{kind:?}");
    }
}

#[test]
fn what_is_no_photo_or_too_large_is_refused_before_it_is_decoded() {
    let bomb = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), vec![0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]].concat();
    for (bytes, fault) in [
        (Vec::new(), PhotoFault::Empty),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec(), PhotoFault::NoPhoto),
        (b"<!doctype html>".to_vec(), PhotoFault::NoPhoto),
        (b"%PDF-1.7".to_vec(), PhotoFault::NoPhoto),
        (b"\0\0\0\x18ftypmp42".to_vec(), PhotoFault::NoPhoto),
        (vec![0xff, 0xd8, 0xff], PhotoFault::Unfinished),
        (jpeg_with(4000, 3000, &[])[..40].to_vec(), PhotoFault::Unfinished),
        (bomb, PhotoFault::TooManyPixels(50_000, 50_000)),
        (jpeg_with(60_000, 60_000, &[]), PhotoFault::TooManyPixels(60_000, 60_000)),
        (jpeg_with(0, 10, &[]), PhotoFault::Damaged),
    ] {
        assert_eq!(look(&bytes), Err(fault));
    }
}

#[test]
fn the_day_is_read_and_nothing_else() {
    for big in [true, false] {
        let of = |text: &[u8]| taken_on(&jpeg_with(10, 10, &[segment(0xe1, &exif(big, text))]));
        assert_eq!(of(b"2026:11:20 15:04:05\0"), Some(date(2026, 11, 20)));
        for nothing in
            [&b"0000:00:00 00:00:00\0"[..], b"    :  :     :  :  \0", b"2026", b"1970:01:01 00:00:00\0"]
        {
            assert_eq!(of(nothing), None, "{nothing:?}");
        }
    }
    assert_eq!(taken_on(&jpeg_with(10, 10, &[])), None);
}

#[test]
fn a_finished_photo_is_a_picture_and_nothing_else() {
    let good = jpeg_with(1600, 1200, &[segment(0xe2, b"ICC_PROFILE\0\x01\x01..")]);
    assert_eq!(finished(&good), Ok(Finished { media_type: MediaType::Jpeg, width: 1600, height: 1200 }));
    let good = webp(&[vp8(640, 480)]);
    assert_eq!(finished(&good), Ok(Finished { media_type: MediaType::Webp, width: 640, height: 480 }));
    let vp8x = chunk(b"VP8X", &[8, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0]);
    let cut = |bytes: Vec<u8>, by: usize| bytes[..bytes.len() - by].to_vec();
    for (name, bytes, fault) in [
        ("Exif", jpeg_with(9, 9, &[segment(0xe1, b"Exif\0\0MM")]), PhotoFault::MoreThanAPicture),
        ("a comment", jpeg_with(9, 9, &[segment(0xfe, b"<script>")]), PhotoFault::MoreThanAPicture),
        ("something in APP2", jpeg_with(9, 9, &[segment(0xe2, b"MPF\0")]), PhotoFault::MoreThanAPicture),
        ("something in APP0", jpeg_with(9, 9, &[segment(0xe0, b"PK\x03\x04")]), PhotoFault::MoreThanAPicture),
        (
            "a zip behind it",
            [jpeg_with(9, 9, &[]), b"PK\x03\x04".to_vec()].concat(),
            PhotoFault::MoreThanAPicture,
        ),
        ("cut off", cut(jpeg_with(9, 9, &[]), 3), PhotoFault::Damaged),
        ("no picture in it", vec![0xff, 0xd8, 0xff, 0xd9], PhotoFault::Damaged),
        ("too wide", jpeg_with(4097, 9, &[]), PhotoFault::TooManyPixels(4097, 9)),
        ("too large", vec![0xff; MAX_BYTES + 1], PhotoFault::TooLarge(MAX_BYTES as u64 + 1)),
        ("PNG", b"\x89PNG\r\n\x1a\n".to_vec(), PhotoFault::NotForStoring),
        ("SVG", b"<svg/>".to_vec(), PhotoFault::NoPhoto),
        (
            "WebP with Exif",
            webp(&[vp8x.clone(), vp8(640, 480), chunk(b"EXIF", b"II")]),
            PhotoFault::MoreThanAPicture,
        ),
        ("WebP that moves", webp(&[vp8x, chunk(b"ANIM", &[0; 6])]), PhotoFault::MoreThanAPicture),
        ("WebP and more", [webp(&[vp8(9, 9)]), b"<html>".to_vec()].concat(), PhotoFault::MoreThanAPicture),
        ("WebP cut off", cut(webp(&[vp8(9, 9)]), 1), PhotoFault::Damaged),
        ("two pictures", webp(&[vp8(9, 9), vp8(9, 9)]), PhotoFault::Damaged),
        ("nothing", Vec::new(), PhotoFault::Empty),
    ] {
        assert_eq!(finished(&bytes), Err(fault), "{name}");
    }
}

#[test]
fn a_plain_jpeg_is_the_same_picture_without_place_device_and_tail() {
    let bare = jpeg_with(40, 30, &[]);
    let full = [
        jpeg_with(40, 30, &[segment(0xe1, &exif(true, b"2026:11:20 15:04:05\0")), segment(0xfe, b"Pixel 9")]),
        b"MotionPhoto".to_vec(),
    ]
    .concat();
    assert_eq!(plain_jpeg(&full), Ok(bare.clone()));
    assert_eq!(plain_jpeg(&bare), Ok(bare.clone()));
    assert_eq!(plain_jpeg(&bare[..bare.len() - 1]), Err(PhotoFault::Damaged));
    assert_eq!(plain_jpeg(b"<svg/>"), Err(PhotoFault::NotForStoring));
}

proptest! {
    /// Nothing from outside makes it panic, and what it calls plain is finished.
    #[test]
    fn any_bytes_are_judged(mut bytes in prop::collection::vec(any::<u8>(), 0..600), head in 0_usize..5) {
        let heads: [&[u8]; 5] = [b"", b"\xff\xd8\xff\xe1\0\x20Exif\0\0MM\0*\0\0\0\x08", b"RIFF\x20\0\0\0WEBPVP8X", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypheic"];
        bytes.splice(0..0, heads[head].iter().copied());
        let _ = (look(&bytes), finished(&bytes), taken_on(&bytes));
        if let Ok(plain) = plain_jpeg(&bytes) {
            prop_assert!(!matches!(finished(&plain), Err(PhotoFault::MoreThanAPicture)));
        }
    }

    /// A photo that was altered on its way somewhere is never taken for one with more in it than it has.
    #[test]
    fn a_spoilt_photo_is_judged(at in 0_usize..300, byte: u8) {
        let mut bytes = jpeg_with(40, 30, &[segment(0xe1, &exif(false, b"2026:11:20 15:04:05\0"))]);
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = (look(&bytes), finished(&bytes), taken_on(&bytes), plain_jpeg(&bytes));
    }
}

#[test]
fn a_media_type_reads_as_it_is_written_and_nothing_else_is_one() {
    for (written, ending) in [("image/jpeg", "jpg"), ("image/webp", "webp")] {
        let read = MediaType::parse(written).unwrap();
        assert_eq!((read.as_str(), read.ending(), String::from(read)), (written, ending, written.to_owned()));
    }
    for other in ["", "image/png", "image/svg+xml", "IMAGE/JPEG", "image/jpeg; q=1", "text/html"] {
        assert_eq!(MediaType::parse(other), None, "{other}");
    }
}
