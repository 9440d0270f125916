//! Sheets: named rows of text cells, wherever they were read from.

use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization as _;

/// One sheet. Its first row holds the headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name: 条目.
    pub name: String,
    /// Its rows, the header first.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As the spreadsheet numbers it, from 1.
    pub number: usize,
    /// The cells from the left, in canonical form.
    pub cells: Vec<String>,
    /// The cells, counted from 0, that the spreadsheet does not hold as text.
    pub kinds: BTreeMap<usize, CellKind>,
}

/// What a spreadsheet made of something that was typed into it. It is no longer what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// A number: 2026.10 has become 2026.1, and 007 has become 7.
    Number,
    /// A date or a time: 2026-1 has become the first of January.
    Date,
    /// A formula that failed.
    Error,
}

impl Sheet {
    /// A sheet from raw cells, row by row; their text is brought into canonical form.
    pub fn new<R, C>(name: impl Into<String>, rows: R) -> Self
    where
        R: IntoIterator<Item = C>,
        C: IntoIterator,
        C::Item: AsRef<str>,
    {
        let rows = rows.into_iter().enumerate().map(|(index, cells)| Row {
            number: index + 1,
            cells: cells.into_iter().map(|cell| canonical(cell.as_ref())).collect(),
            kinds: BTreeMap::new(),
        });
        Self { name: name.into(), rows: rows.collect() }
    }
}

/// The canonical form of a text: NFC, line feeds only, no space at the ends of its lines, no empty lines around it.
#[must_use]
pub fn canonical(text: &str) -> String {
    let text: String = text.nfc().collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_one_form() {
        for text in ["e\u{301}\n二", " \u{e9} \r\n二\r\n", "\n\u{e9}\r二\u{3000}"] {
            assert_eq!(canonical(text), "\u{e9}\n二", "{text:?}");
        }
    }
}
