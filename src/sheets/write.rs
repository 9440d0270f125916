//! Writing workbooks: texts stay texts, headers stay in sight.

use crate::domain::{
    Points,
    period::{shanghai_date, shanghai_time},
};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::borrow::Cow;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell<'a> {
    /// A text, which stays one: `=1+1` is what a branch wrote, never a formula. An empty one is a blank cell.
    Text(Cow<'a, str>),
    /// A number that adds up.
    Number(f64),
    /// A blank cell that somebody fills in: what is typed stays what it is, 3-5 no day.
    FilledIn,
}

impl Cell<'_> {
    /// Nothing.
    pub(crate) const BLANK: Cell<'static> = Cell::Text(Cow::Borrowed(""));

    /// How many there are.
    pub(crate) fn count(many: usize) -> Self {
        u32::try_from(many).unwrap_or(u32::MAX).into()
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u32> for Cell<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<Points> for Cell<'_> {
    fn from(points: Points) -> Self {
        Self::Number(number(points))
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Cell::BLANK, T::into)
    }
}

/// Points as a number that adds up in a spreadsheet.
pub(crate) fn number(points: Points) -> f64 {
    f64::from(points.hundredths()) / 100.0
}

/// An instant as 2026-11-24 16:05 in Shanghai.
pub(crate) fn moment(ms: u64) -> String {
    let (hour, minute) = shanghai_time(ms);
    format!("{} {hour:02}:{minute:02}", shanghai_date(ms))
}

/// The looks that cells have.
pub(crate) struct Looks {
    header: Format,
    cell: Format,
    quoted: Format,
    filled_in: Format,
}

impl Looks {
    /// Bordered cells as on paper, long texts wrapped.
    pub(crate) fn new() -> Self {
        let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
        Self {
            header: cell.clone().set_bold().set_align(FormatAlign::Center),
            quoted: cell.clone().set_quote_prefix(),
            filled_in: cell.clone().set_num_format("@"),
            cell,
        }
    }

    /// The header row with the columns' widths in characters, kept in sight.
    pub(crate) fn headers<T: AsRef<str>>(
        &self,
        sheet: &mut Worksheet,
        titles: &[(T, f64)],
    ) -> Result<(), XlsxError> {
        for (column, (title, width)) in (0_u16..).zip(titles) {
            sheet.write_string_with_format(0, column, title.as_ref(), &self.header)?;
            sheet.set_column_width(column, *width)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(())
    }

    /// A cell.
    pub(crate) fn cell(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        cell: &Cell<'_>,
    ) -> Result<(), XlsxError> {
        match cell {
            Cell::Text(text) if text.is_empty() => sheet.write_blank(row, column, &self.cell)?,
            Cell::Text(text) => {
                // Also when somebody edits the cell later.
                let is_risky = text.starts_with(['=', '+', '-', '@']);
                let format = if is_risky { &self.quoted } else { &self.cell };
                sheet.write_string_with_format(row, column, text.as_ref(), format)?
            }
            Cell::Number(number) => sheet.write_number_with_format(row, column, *number, &self.cell)?,
            Cell::FilledIn => sheet.write_blank(row, column, &self.filled_in)?,
        };
        Ok(())
    }

    /// Makes one blank cell of several rows of a column.
    pub(crate) fn merge(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        rows: u32,
        column: u16,
    ) -> Result<(), XlsxError> {
        sheet.merge_range(row, column, row + rows - 1, column, "", &self.cell)?;
        Ok(())
    }
}

/// The sheet that says how a table is filled in. Readers pass it over.
pub(crate) fn how_to(workbook: &mut Workbook, lines: &[&str]) -> Result<(), XlsxError> {
    let how = workbook.add_worksheet().set_name("怎么填")?;
    how.set_column_width(0, 80)?;
    for (row, line) in (0_u32..).zip(lines) {
        how.write_string(row, 0, *line)?;
    }
    Ok(())
}
