//! Damaged files: whatever is done to the real ones, the reader says what is wrong or reads a whole standard, soon and with
//! little memory.
//!
//! `cargo test` tries a few hundred. `BIAOCHI_FUZZ_SECONDS=300 cargo test --locked --features server --lib fuzz -- --nocapture`
//! goes on for that long.

use super::{source::File, *};
use crate::sheets::Sheet;
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestError, TestRunner},
};
use std::{
    io::{Cursor, Read as _, Write as _},
    sync::LazyLock,
    time::{Duration, Instant},
};

/// No file here takes longer, on a busy machine and without optimisation.
const SOON: Duration = Duration::from_secs(20);

/// What is put in: where something else is expected, or too much of it.
const TOKENS: &[&str] = &[
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
    "扣分",
    "届",
    "EX-1",
    "p1",
    "H1-1",
    "template",
    "\u{fffd}",
    "《甲》|一|是|2020-01-01|",
    "支委人数≥99999999999",
];

/// The same for the parts of a workbook.
const XML: &[&str] = &[
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
];

/// One thing that is done to bytes.
type Change = (u8, u32, u32, u16);

fn changes() -> impl Strategy<Value = (u8, u16, Vec<Change>)> {
    (any::<u8>(), any::<u16>(), proptest::collection::vec(any::<Change>(), 1..7))
}

/// Does it.
fn damaged(bytes: &mut Vec<u8>, (kind, at, length, token): Change, tokens: &[&str]) {
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

/// The files of the small standard of the template: tables, and documents as Markdown.
static SMALL: LazyLock<Vec<File>> = LazyLock::new(|| {
    let of_sheet = |sheet: Sheet| {
        let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &sheet.rows {
            writer.write_record(&row.cells).unwrap();
        }
        File { name: sheet.name, bytes: writer.into_inner().unwrap() }
    };
    let sheets = template::sheets().into_iter().filter(|sheet| !documents::is_book(&sheet.name));
    let mut files: Vec<File> = sheets.map(of_sheet).collect();
    let text = "# H1 题\n领域：全部\n\n## H1-1 节\n条目：EX-1、EX-2\n依据：《甲》|一|是|2020-01-01|\n标记：建议：次数\n\n一段。\n\n- 一\n- 二\n\n\
                1. 先\n   - 谁：支委会\n   - 何时：会前\n   - 记什么：通知\n2. 再\n\n| 甲 | 乙 |\n|---|---|\n| 一 | 二 |\n\n\
                ### 样表：记录\n| 栏目 | 怎么填 |\n|---|---|\n| 应到 | 人数 |\n\n## H1-2 节\n\n又一段。\n";
    files.push(File { name: "手册/H1 题.md".into(), bytes: text.into() });
    files
});

/// A file in an archive.
type Entry = (String, Vec<u8>);

/// The template as a workbook, and its parts.
static WORKBOOK: LazyLock<(Vec<u8>, Vec<Entry>)> = LazyLock::new(|| {
    let book = export::workbook(&template::sheets()).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&book)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        parts.push((entry.name().unwrap().into_owned(), bytes));
    }
    (book, parts)
});

fn zipped(parts: &[Entry]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // Not compressed: quicker to make, and as much to read.
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), stored).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Files with one of them damaged.
fn broken(way: u8, which: u16, changes: &[Change]) -> Vec<File> {
    let which = usize::from(which);
    match way % 8 {
        // A file of the small standard, as it is or in GBK.
        way @ 0..=2 => {
            let mut files = SMALL.clone();
            let count = files.len();
            // A document is one file and as much to read as all the tables.
            let file = &mut files[if which % 3 == 0 { count - 1 } else { which % count }];
            if way == 2 {
                let text = String::from_utf8(file.bytes.clone()).unwrap();
                file.bytes = encoding_rs::GB18030.encode(&text).0.into_owned();
            }
            changes.iter().for_each(|change| damaged(&mut file.bytes, *change, TOKENS));
            files
        }
        // A file of the built-in standard.
        3 => {
            let mut files = builtin::files();
            let count = files.len();
            let file = &mut files[which % count];
            changes.iter().for_each(|change| damaged(&mut file.bytes, *change, TOKENS));
            files
        }
        // A whole workbook.
        4 => {
            let mut bytes = WORKBOOK.0.clone();
            changes.iter().for_each(|change| damaged(&mut bytes, *change, XML));
            vec![File { name: "工作簿".into(), bytes }]
        }
        // A part of a workbook: mostly a sheet, the texts or the formats.
        5 | 6 => {
            let mut parts = WORKBOOK.1.clone();
            let told = ["worksheets/sheet", "sharedStrings", "styles", "workbook.xml"];
            let told: Vec<usize> = (0..parts.len())
                .filter(|at| which % 5 == 0 || told.iter().any(|name| parts[*at].0.contains(name)))
                .collect();
            let part = &mut parts[told[which % told.len()]];
            changes.iter().for_each(|change| damaged(&mut part.1, *change, XML));
            vec![File { name: "工作簿".into(), bytes: zipped(&parts) }]
        }
        // Cells changed places.
        _ => {
            let mut sheets = template::sheets();
            for (kind, at, length, token) in changes {
                let mut cell = |number: u32, with: String| {
                    let count = sheets.len();
                    let sheet = &mut sheets[number as usize % count];
                    let count = sheet.rows.len();
                    let row = &mut sheet.rows[number as usize / 16 % count];
                    let count = row.cells.len();
                    core::mem::replace(&mut row.cells[number as usize / 256 % count], with)
                };
                if kind % 2 == 0 {
                    cell(*at, TOKENS[usize::from(*token) % TOKENS.len()].into());
                } else {
                    let one = cell(*at, String::new());
                    let other = cell(*length, one);
                    cell(*at, other);
                }
            }
            let bytes = export::workbook(&sheets).unwrap_or_default();
            vec![File { name: "工作簿".into(), bytes }]
        }
    }
}

/// Reads files that may be damaged.
fn told(files: &[File]) -> Result<(), TestCaseError> {
    let began = Instant::now();
    match source::read(files) {
        Err(faults) => {
            prop_assert!(!faults.is_empty());
            for fault in &faults {
                prop_assert!(!fault.problem.is_empty() && !fault.remedy.is_empty(), "{fault:?}");
                prop_assert!(fault.to_string().chars().count() < 1_000, "{fault}");
            }
        }
        Ok(package) => {
            // What was read is a whole standard: it can be written and read again.
            for list in &package.checklists {
                prop_assert!(list.hash().is_ok());
            }
            let _ = burden::of_version(&package.checklists);
            let again = parse(&package.to_sheets());
            prop_assert_eq!(again.as_ref(), Ok(&package));
        }
    }
    let took = began.elapsed();
    prop_assert!(took < SOON, "{took:?}");
    Ok(())
}

#[test]
fn what_is_whole_is_read() {
    assert!(source::read(&SMALL).is_ok());
    let book = File { name: "工作簿".into(), bytes: zipped(&WORKBOOK.1) };
    assert_eq!(source::read(&[book]), parse(&template::sheets()));
}

#[test]
fn damaged_files_are_told_what_is_wrong_with_them() {
    let seconds = std::env::var("BIAOCHI_FUZZ_SECONDS").ok().and_then(|text| text.parse::<u64>().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(0));
    let mut tried = 0;
    loop {
        let cases = if seconds.is_some() { 500 } else { 100 };
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let ran = TestRunner::new(config)
            .run(&changes(), |(way, which, changes)| told(&broken(way, which, &changes)));
        if let Err(TestError::Fail(reason, (way, which, changes))) = ran {
            panic!("{reason}\nbroken({way}, {which}, &{changes:?})");
        }
        tried += cases;
        if Instant::now() >= until {
            break;
        }
    }
    if seconds.is_some() {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM unknown");
        println!("{tried} damaged packages, {peak}");
        let kilobytes = peak.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok());
        assert!(kilobytes.is_none_or(|peak| peak < 1_500_000), "{peak}");
    }
}

/// What the long runs found: a part of the workbook, what is replaced in it, and by what.
#[test]
fn what_was_found_once_is_not_found_again() {
    let found = [("xl/worksheets/sheet1.xml", "<dimension ref=\"A1", "<dimension ref=\"Z9")];
    for (part, from, to) in found {
        let mut parts = WORKBOOK.1.clone();
        let entry = parts.iter_mut().find(|(name, _)| name == part).unwrap();
        let text = String::from_utf8(entry.1.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        entry.1 = text.replacen(from, to, 1).into_bytes();
        told(&[File { name: "工作簿".into(), bytes: zipped(&parts) }]).unwrap();
    }
}
