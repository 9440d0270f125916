//! Damaged files: whatever is done to the real ones, the reader says what is wrong or reads a whole standard, with little work and
//! little memory.
//!
//! `cargo test` tries a hundred. `make fuzz` goes on for five minutes.

use super::{source::File, *};
use crate::sheets::{
    Sheet,
    damage::{self, Change, Entry, TOKENS, XML, damaged, zipped},
};
use proptest::prelude::*;
use std::sync::LazyLock;

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

/// The template as a workbook, and its parts.
static WORKBOOK: LazyLock<(Vec<u8>, Vec<Entry>)> = LazyLock::new(|| {
    let book = export::workbook(&template::sheets()).unwrap();
    let parts = damage::parts(&book);
    (book, parts)
});

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
        5 | 6 => {
            let bytes = damage::with_damaged_part(&WORKBOOK.1, which, changes);
            vec![File { name: "工作簿".into(), bytes }]
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
    match source::read(files) {
        Err(faults) => {
            damage::are_in_words(&faults)?;
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
    damage::try_all(|way, which, changes| told(&broken(way, which, changes)));
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
