//! Writing workbooks: texts stay texts, headers stay in sight.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// The tallest row a workbook can have, and a line of text, in points.
const TALLEST: f64 = 409.0;
const LINE: f64 = 15.0;

/// What stands in a cell.
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Number(f64),
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
        row: u32,
        titles: &[(T, f64)],
    ) -> Result<(), XlsxError> {
        for (column, (title, width)) in (0_u16..).zip(titles) {
            sheet.write_string_with_format(row, column, title.as_ref(), &self.header)?;
            sheet.set_column_width(column, *width)?;
        }
        sheet.set_freeze_panes(row + 1, 0)?;
        Ok(())
    }

    /// A text as a text, also when somebody edits the cell later: `=1+1` is what a branch wrote, never a formula.
    pub(crate) fn text(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        text: &str,
    ) -> Result<(), XlsxError> {
        let format = if text.starts_with(['=', '+', '-', '@']) { &self.quoted } else { &self.cell };
        if text.is_empty() {
            sheet.write_blank(row, column, format)?;
        } else {
            sheet.write_string_with_format(row, column, text, format)?;
        }
        Ok(())
    }

    /// A blank cell that somebody fills in: what is typed stays what it is, 3-5 no day.
    pub(crate) fn filled_in(&self, sheet: &mut Worksheet, row: u32, column: u16) -> Result<(), XlsxError> {
        sheet.write_blank(row, column, &self.filled_in)?;
        Ok(())
    }

    /// Several texts of a row, each in its column.
    pub(crate) fn texts<T: AsRef<str>>(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        texts: impl IntoIterator<Item = (u16, T)>,
    ) -> Result<(), XlsxError> {
        texts.into_iter().try_for_each(|(column, text)| self.text(sheet, row, column, text.as_ref()))
    }

    /// A row from this one on, of columns with these widths, and the row after it. Long texts are seen to their end: where a row can be
    /// no higher, all its cells are merged over several.
    pub(crate) fn row<T>(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        columns: &[(T, f64)],
        cells: &[Cell<'_>],
    ) -> Result<u32, XlsxError> {
        let needed = columns.iter().zip(cells).map(|((_, width), cell)| match cell {
            Cell::Text(text) => wrapped(text, *width),
            Cell::Number(_) => 1,
        });
        let height = f64::from(u32::try_from(needed.max().unwrap_or(1)).unwrap_or(u32::MAX)) * LINE;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small whole number from 1"
        )]
        let span = (height / TALLEST).ceil().clamp(1.0, 1_000.0) as u32;
        for (column, cell) in (0_u16..).zip(cells) {
            if span > 1 {
                sheet.merge_range(row, column, row + span - 1, column, "", &self.cell)?;
            }
            match cell {
                Cell::Text(text) => self.text(sheet, row, column, text)?,
                Cell::Number(number) => self.number(sheet, row, column, *number)?,
            }
        }
        if span > 1 {
            for row in row..row + span {
                sheet.set_row_height(row, (height / f64::from(span)).min(TALLEST))?;
            }
        }
        Ok(row + span)
    }

    /// A number.
    pub(crate) fn number(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        column: u16,
        number: f64,
    ) -> Result<(), XlsxError> {
        sheet.write_number_with_format(row, column, number, &self.cell)?;
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
    crate::paper::layout::lines(text, room)
}

/// Points as a number that adds up in a spreadsheet.
pub(crate) fn points(points: crate::domain::Points) -> f64 {
    f64::from(points.hundredths()) / 100.0
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
