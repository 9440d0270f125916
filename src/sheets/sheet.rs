//! Sheets: named rows of text cells, wherever they were read from, with what is known of a cell besides its text.

use super::text::{Mended, cleaned, folded};
use std::collections::{BTreeMap, BTreeSet};

/// One sheet. Its header stands in one of its first rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Its name: 条目.
    pub name: String,
    /// Its rows from the top.
    pub rows: Vec<Row>,
    /// What it was read from.
    pub origin: Origin,
    /// What of it nobody sees.
    pub hidden: Hidden,
}

/// What a sheet was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// A workbook, or none at all: a cell is where it is.
    #[default]
    Grid,
    /// A text file: a cell is where it is only as long as every row has as many.
    Text {
        /// What stands between its cells.
        separator: char,
    },
}

/// What of a sheet a spreadsheet does not show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hidden {
    /// The whole sheet.
    pub sheet: bool,
    /// Rows by their number: hidden by hand or by a filter.
    pub rows: BTreeSet<usize>,
    /// Columns, counted from 0.
    pub columns: BTreeSet<usize>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// As the spreadsheet numbers it, from 1.
    pub number: usize,
    /// The cells from the left, in canonical form.
    pub cells: Vec<String>,
    /// The cells, counted from 0, that the spreadsheet does not hold as text.
    pub kinds: BTreeMap<usize, CellKind>,
    /// The cells that belong to a merged one, by the row and the column where that begins.
    pub merged: BTreeMap<usize, (usize, usize)>,
    /// The cells whose text was mended, so that it says what it shows.
    pub mended: BTreeMap<usize, Mended>,
}

/// What a spreadsheet made of something that was typed into it. It is no longer what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// A number that shows itself: 2026.10 has become 2026.1, and 007 has become 7.
    Number,
    /// A number that shows the same value otherwise: 007, 3.10, 1,000, 5分.
    Padded,
    /// A number that shows another value, or something that cannot be told.
    Masked,
    /// A date or a time with its year and its day in sight: 2026-1 has become the first of January.
    Date,
    /// A date or a time that does not show its year or its day.
    PartialDate,
    /// A formula that failed.
    Error,
    /// A formula whose result the file does not hold.
    NoResult,
}

impl Sheet {
    /// A sheet from raw cells, row by row; their text is brought into canonical form.
    pub fn new<R, C>(name: impl Into<String>, rows: R) -> Self
    where
        R: IntoIterator<Item = C>,
        C: IntoIterator,
        C::Item: AsRef<str>,
    {
        let rows = rows.into_iter().enumerate().map(|(index, cells)| Row::new(index + 1, cells)).collect();
        Self { name: name.into(), rows, ..Self::default() }
    }
}

impl Sheet {
    /// The number of the first row that says each of these texts under its header: whoever speaks of a row that was read before.
    pub(crate) fn row_that_says(&self, said: &[(&str, &str)]) -> Option<usize> {
        let column = |title: &str| {
            self.rows.iter().find_map(|row| row.cells.iter().position(|cell| folded(cell) == title))
        };
        let asked = said.iter().map(|(title, text)| Some((column(title)?, *text)));
        let asked: Vec<(usize, &str)> = asked.collect::<Option<_>>()?;
        let row = self.rows.iter().find(|row| asked.iter().all(|(column, text)| row.cell(*column) == *text));
        row.map(|row| row.number)
    }

    /// Whether a column has nothing in it below this row, both counted from 0.
    pub(super) fn is_bare(&self, row: usize, column: usize) -> bool {
        self.rows.iter().skip(row + 1).all(|row| row.cell(column).is_empty())
    }
}

impl Row {
    /// A row from raw cells.
    pub(super) fn new<C>(number: usize, cells: C) -> Self
    where
        C: IntoIterator,
        C::Item: AsRef<str>,
    {
        let mut row = Self { number, ..Self::default() };
        for (index, cell) in cells.into_iter().enumerate() {
            let (text, mended) = cleaned(cell.as_ref());
            row.cells.push(text);
            row.mended.extend(mended.map(|mended| (index, mended)));
        }
        row
    }

    /// The text of a cell; empty when there is none.
    pub(super) fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", String::as_str)
    }

    /// Whether something stands in it. What it has only of cells that were merged with rows above it is theirs: a row that is merged
    /// with another as a whole is the same row.
    pub(super) fn is_filled(&self) -> bool {
        let is_own = |index: usize| self.merged.get(&index).is_none_or(|(row, _)| *row == self.number);
        let says = |index: usize| !self.cell(index).is_empty() || self.kinds.contains_key(&index);
        (0..self.cells.len()).any(|index| says(index) && is_own(index))
    }
}
