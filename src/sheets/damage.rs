//! Damaged files, to try the readers with.

use proptest::prelude::*;
use std::{
    io::{Cursor, Read as _, Write as _},
    time::Duration,
};

/// What is put in: where something else is expected, or too much of it.
pub(crate) const TOKENS: &[&str] = &[
    "",
    "\0",
    "\"",
    ",",
    "\r",
    "\n",
    "\n\n",
    "=",
    "|",
    "||",
    "---|---|",
    "**",
    "*",
    "_",
    "`",
    "<b>",
    "<!--",
    "- ",
    "   - 谁：",
    "1. ",
    "999999999. ",
    "### 样表：",
    "### ",
    "# ",
    "## ",
    "![",
    "](http://a)",
    "[a]: b",
    "&#0;",
    "&amp;",
    "\\",
    "> ",
    "    ",
    "全部",
    "、",
    "无",
    "是",
    "100%",
    "0.9",
    "-1",
    "9999-12-31",
    "-9999-01-01",
    "2026-02-30",
    "0.005",
    "1e9",
    "99999999999999999999",
    "NaN",
    "２",
    "\u{202e}",
    "\u{feff}",
    "e\u{301}",
    "占比档",
    "占比扣",
    "倒扣",
    "每缺一次扣",
    "三分之一",
    "1/3",
    "扣分",
    "届",
    "EX-1",
    "p1",
    "H1-1",
    "template",
    "\u{fffd}",
    "《甲》|一|是|2020-01-01|",
    "支委人数≥99999999999",
    "\t",
    ";",
    "\u{200b}",
    "\u{2f40}",
    "编　号",
    "２０２６．１．１",
    "26.1.1",
    "<html>",
    "支部",
    "退回修改",
];

/// The same for the parts of a workbook.
pub(crate) const XML: &[&str] = &[
    "r=\"XFD1048576\"",
    "r=\"A4294967295\"",
    "r=\"ZZZZZZZ1\"",
    "<row r=\"4294967295\">",
    "<row>",
    "</row>",
    "<c>",
    "</c>",
    "<c r=\"A1\" t=\"s\"><v>99999999999</v></c>",
    "<c t=\"d\"><v>x</v></c>",
    "<c t=\"n\" s=\"9\"><v>1e308</v></c>",
    "<c s=\"4294967295\"><v>-1e308</v></c>",
    "<c t=\"e\"><v>#N/A</v></c>",
    "<c t=\"b\"><v>1</v></c>",
    "<v>NaN</v>",
    "t=\"inlineStr\"",
    "<dimension ref=\"A1:XFD1048576\"/>",
    "<dimension ref=\"B2:A1\"/>",
    "count=\"4294967295\"",
    "<!DOCTYPE x [<!ENTITY a 'aa'>]>&a;",
    "&a;",
    "<![CDATA[",
    "]]>",
    "<?xml",
    "\0",
    "formatCode=\"yyyy\"",
    "numFmtId=\"14\"",
    "<si/>",
    "<sheet name=\"条目\" sheetId=\"1\" r:id=\"rId99\"/>",
    "date1904=\"1\"",
    "<mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>",
    "<mergeCell ref=\"B2:B9\"/>",
    "<mergeCell ref=\"C9:A1\"/>",
    "<row r=\"2\" hidden=\"1\">",
    "<cols><col min=\"1\" max=\"4294967295\" hidden=\"1\"/></cols>",
    "<c r=\"B2\"><f>1+1</f></c>",
    "<f>1+1</f><v></v>",
    "state=\"hidden\"",
    "formatCode=\"0.0;;[&gt;1]&quot;x\"",
];

/// One thing that is done to bytes.
pub(crate) type Change = (u8, u32, u32, u16);

pub(crate) fn changes() -> impl Strategy<Value = (u8, u16, Vec<Change>)> {
    (any::<u8>(), any::<u16>(), proptest::collection::vec(any::<Change>(), 1..7))
}

/// Does it.
pub(crate) fn damaged(bytes: &mut Vec<u8>, (kind, at, length, token): Change, tokens: &[&str]) {
    let place = |number: u32| if bytes.is_empty() { 0 } else { number as usize % bytes.len() };
    let (from, to) = (place(at), (place(at) + length as usize % 200).min(bytes.len()));
    match kind % 8 {
        0 if from < bytes.len() => bytes[from] ^= 1 << (length % 8),
        1 => bytes.truncate(from),
        2 => drop(bytes.drain(from..to)),
        3 => {
            let piece = bytes[from..to].to_vec();
            let other = place(length);
            bytes.splice(other..other, piece);
        }
        4 => {
            let piece = bytes[from..to].repeat(1 + length as usize % 50);
            bytes.splice(from..to, piece);
        }
        5 if to > from => bytes[from..to].reverse(),
        _ => {
            let text = tokens[token as usize % tokens.len()];
            // At the beginning of a cell or an element, where it counts.
            let stops = [b',', b'\n', b'>', b'|', b' '];
            let start = bytes[from..]
                .iter()
                .position(|byte| stops.contains(byte))
                .map_or(from, |skip| from + skip + 1);
            let start = start.min(bytes.len());
            let end = if kind % 2 == 0 { start } else { to.max(start) };
            bytes.splice(start..end, text.bytes());
        }
    }
}

/// A file in an archive.
pub(crate) type Entry = (String, Vec<u8>);

/// The parts of a workbook.
pub(crate) fn parts(book: &[u8]) -> Vec<Entry> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        parts.push((entry.name().unwrap().into_owned(), bytes));
    }
    parts
}

/// A workbook of these parts.
pub(crate) fn zipped(parts: &[Entry]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // Not compressed: quicker to make, and as much to read.
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), stored).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Damages a part of a workbook: mostly a sheet, the texts or the formats.
pub(crate) fn with_damaged_part(parts: &[Entry], which: usize, changes: &[Change]) -> Vec<u8> {
    let mut parts = parts.to_vec();
    let told = ["worksheets/sheet", "sharedStrings", "styles", "workbook.xml"];
    let told: Vec<usize> = (0..parts.len())
        .filter(|at| which.is_multiple_of(5) || told.iter().any(|name| parts[*at].0.contains(name)))
        .collect();
    let part = &mut parts[told[which % told.len()]];
    changes.iter().for_each(|change| damaged(&mut part.1, *change, XML));
    zipped(&parts)
}

/// How long this thread has had a processor, which no other process makes longer. `None` where the system does not tell.
pub(crate) fn worked() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(told.split_whitespace().next()?.parse().ok()?))
}

/// Every fault says what is wrong and what to do, and is short enough to be read.
pub(crate) fn are_in_words(faults: &[super::Fault]) -> Result<(), TestCaseError> {
    prop_assert!(!faults.is_empty());
    for fault in faults {
        prop_assert!(!fault.problem.is_empty() && !fault.remedy.is_empty(), "{fault:?}");
        prop_assert!(fault.to_string().chars().count() < 1_000, "{fault}");
    }
    Ok(())
}

/// Tries damage after damage: a hundred times, or for `BIAOCHI_FUZZ_SECONDS`. No file may take longer than `MOST_WORK`, or all of them
/// together more than a gigabyte and a half.
pub(crate) fn try_all(tries: impl Fn(u8, u16, &[Change]) -> Result<(), TestCaseError>) {
    use proptest::test_runner::{Config, TestError, TestRunner};
    let seconds = std::env::var("BIAOCHI_FUZZ_SECONDS").ok().and_then(|text| text.parse::<u64>().ok());
    let until = std::time::Instant::now() + Duration::from_secs(seconds.unwrap_or(0));
    let mut tried = 0;
    loop {
        let cases = if seconds.is_some() { 500 } else { 100 };
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let ran = TestRunner::new(config).run(&changes(), |(way, which, changes)| {
            let before = worked();
            tries(way, which, &changes)?;
            if let Some((before, after)) = before.zip(worked()) {
                prop_assert!(after - before < MOST_WORK, "{:?}", after - before);
            }
            Ok(())
        });
        if let Err(TestError::Fail(reason, (way, which, changes))) = ran {
            panic!("{reason}\nbroken({way}, {which}, &{changes:?})");
        }
        tried += cases;
        if std::time::Instant::now() >= until {
            break;
        }
    }
    if seconds.is_some() {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM unknown");
        println!("{tried} damaged files, {peak}");
        let kilobytes = peak.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
        assert!(kilobytes.is_none_or(|peak| peak < 1_500_000), "{peak}");
    }
}

/// No file here takes a processor longer, without optimisation.
const MOST_WORK: Duration = Duration::from_secs(20);
