//! One description of a table's columns, by which it is written and read back.
//!
//! A table that goes out says its columns once, each with the header under which it is read, its width, and what stands there of a
//! row:
//!
//! ```ignore
//! const COLUMNS: [Column<Row>; 3] = [
//!     Column::new(sheets::Column::must(CODE, Takes::Exact), 15.0, |row| row.branch.code.as_str().into()),
//!     Column::shown("自评得分", 9.0, |row| row.score.into()),
//!     Column::filled_in(sheets::Column::must(OPINION, Takes::Text), 12.0),
//! ];
//! let sheet = Page::new(&mut book, NAME, &COLUMNS)?.rows(&rows)?;   // goes out
//! let form = Form { name: NAME, columns: &headers(&COLUMNS), … };   // comes back: Table::pick, line.text(CODE)
//! ```
//!
//! Where rows borrow, the columns are what a function answers: `fn columns<'a>() -> [Column<Row<'a>>; 3]`. Where the columns
//! themselves depend on what is in the table, [`Page::under`] takes any headers and [`Page::row`] any cells.

use crate::{
    paper::layout,
    sheets::{
        self, Takes,
        write::{Cell, Looks},
    },
};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use std::borrow::{Borrow, BorrowMut};

/// The tallest row a workbook can have, and a line of text, in points.
const TALLEST: f64 = 409.0;
const LINE: f64 = 15.0;

/// A column of a table of rows `R`.
pub(crate) struct Column<R> {
    header: sheets::Column,
    /// In characters.
    width: f64,
    write: for<'r> fn(&'r R) -> Cell<'r>,
}

impl<R> Column<R> {
    /// A column that goes out and is read.
    pub(crate) const fn new(
        header: sheets::Column,
        width: f64,
        write: for<'r> fn(&'r R) -> Cell<'r>,
    ) -> Self {
        Self { header, width, write }
    }

    /// A column for the eye; it may come back or not.
    pub(crate) const fn shown(title: &'static str, width: f64, write: for<'r> fn(&'r R) -> Cell<'r>) -> Self {
        Self::new(sheets::Column::may(title, Takes::Text), width, write)
    }

    /// A column that goes out blank and is filled in.
    pub(crate) const fn filled_in(header: sheets::Column, width: f64) -> Self {
        Self::new(header, width, |_| Cell::FilledIn)
    }
}

/// The headers under which the table is read.
pub(crate) fn headers<R, const N: usize>(columns: &[Column<R>; N]) -> [sheets::Column; N] {
    columns.each_ref().map(|column| column.header)
}

/// Where a column stands, for what a spreadsheet has of columns: drop-downs.
pub(crate) fn place<R>(columns: &[Column<R>], title: &str) -> Option<u16> {
    (0_u16..).zip(columns).find(|(_, column)| column.header.title == title).map(|(place, _)| place)
}

fn cells<'r, R>(columns: &[Column<R>], row: &'r R) -> Vec<Cell<'r>> {
    columns.iter().map(|column| (column.write)(row)).collect()
}

fn titles<R>(columns: &[Column<R>]) -> Vec<(&'static str, f64)> {
    columns.iter().map(|column| (column.header.title, column.width)).collect()
}

/// A sheet that is being written, row by row: one that lies in its workbook, or stands by itself until then.
pub(crate) struct Page<S> {
    sheet: S,
    looks: Looks,
    widths: Vec<f64>,
    next: u32,
}

impl Page<Worksheet> {
    /// A sheet of very many rows under the headers of these columns. It goes to a file beside as it is written, so that it takes no
    /// memory; where there can be no such file, it takes it.
    pub(crate) fn long<R>(book: &mut Workbook, name: &str, columns: &[Column<R>]) -> Result<Self, XlsxError> {
        Self::long_under(book, name, &titles(columns))
    }

    /// The same under these headers.
    pub(crate) fn long_under<T: AsRef<str>>(
        book: &mut Workbook,
        name: &str,
        headers: &[(T, f64)],
    ) -> Result<Self, XlsxError> {
        let mut sheet = book.new_worksheet_with_constant_memory().unwrap_or_else(|_| Worksheet::new());
        sheet.set_name(name)?;
        Self::begin(sheet, headers)
    }

    /// The sheet, after those that the workbook has.
    pub(crate) fn end(self, book: &mut Workbook) {
        book.push_worksheet(self.sheet);
    }
}

impl<'s> Page<&'s mut Worksheet> {
    /// A new sheet of a workbook under the headers of these columns.
    pub(crate) fn new<R>(
        book: &'s mut Workbook,
        name: &str,
        columns: &[Column<R>],
    ) -> Result<Self, XlsxError> {
        Self::under(book, name, &titles(columns))
    }

    /// A new sheet of a workbook under these headers, with their widths in characters.
    pub(crate) fn under<T: AsRef<str>>(
        book: &'s mut Workbook,
        name: &str,
        headers: &[(T, f64)],
    ) -> Result<Self, XlsxError> {
        Self::begin(book.add_worksheet().set_name(name)?, headers)
    }

    /// All rows, each as high as the spreadsheet makes it; and the sheet.
    pub(crate) fn rows<R>(
        mut self,
        columns: &[Column<R>],
        rows: impl IntoIterator<Item = impl Borrow<R>>,
    ) -> Result<&'s mut Worksheet, XlsxError> {
        for row in rows {
            self.row(&cells(columns, row.borrow()))?;
        }
        Ok(self.sheet)
    }
}

impl<S: BorrowMut<Worksheet>> Page<S> {
    fn begin<T: AsRef<str>>(mut sheet: S, headers: &[(T, f64)]) -> Result<Self, XlsxError> {
        let looks = Looks::new();
        looks.headers(sheet.borrow_mut(), headers)?;
        Ok(Self { sheet, looks, widths: headers.iter().map(|(_, width)| *width).collect(), next: 1 })
    }

    /// A row, as high as the spreadsheet makes it.
    pub(crate) fn add<R>(&mut self, columns: &[Column<R>], row: &R) -> Result<(), XlsxError> {
        self.row(&cells(columns, row))
    }

    /// A row whose long texts are seen to their end.
    pub(crate) fn add_whole<R>(&mut self, columns: &[Column<R>], row: &R) -> Result<(), XlsxError> {
        self.whole_row(&cells(columns, row))
    }

    /// Keeps the first columns in sight, too.
    pub(crate) fn keep_in_sight(&mut self, columns: u16) -> Result<(), XlsxError> {
        self.sheet.borrow_mut().set_freeze_panes(1, columns)?;
        Ok(())
    }

    /// A row.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        for (column, cell) in (0_u16..).zip(cells) {
            self.looks.cell(self.sheet.borrow_mut(), self.next, column, cell)?;
        }
        self.next += 1;
        Ok(())
    }

    /// A row whose long texts are seen to their end: where it can be no higher, all its cells are merged over several.
    pub(crate) fn whole_row(&mut self, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        let needed = self.widths.iter().zip(cells).map(|(width, cell)| match cell {
            Cell::Text(text) => wrapped(text, *width),
            Cell::Number(_) | Cell::FilledIn => 1,
        });
        let height = f64::from(u32::try_from(needed.max().unwrap_or(1)).unwrap_or(u32::MAX)) * LINE;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small whole number from 1"
        )]
        let span = (height / TALLEST).ceil().clamp(1.0, 1_000.0) as u32;
        let first = self.next;
        if span > 1 {
            for (column, _) in (0_u16..).zip(cells) {
                self.looks.merge(self.sheet.borrow_mut(), first, span, column)?;
            }
            for row in first..first + span {
                self.sheet.borrow_mut().set_row_height(row, (height / f64::from(span)).min(TALLEST))?;
            }
        }
        self.row(cells)?;
        self.next = first + span;
        Ok(())
    }
}

/// How many lines a text takes at most in a column of so many characters.
fn wrapped(text: &str, width: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small whole number from 1"
    )]
    let room = ((width - 1.0) / 2.0).max(1.0) as usize;
    layout::lines(text, room)
}
