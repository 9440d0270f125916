//! Writing workbooks: texts stay texts, headers stay in sight.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

/// The looks that cells have.
pub(super) struct Looks {
    header: Format,
    cell: Format,
    quoted: Format,
}

impl Looks {
    /// Bordered cells as on paper, long texts wrapped.
    pub(super) fn new() -> Self {
        let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap().set_align(FormatAlign::Top);
        Self {
            header: cell.clone().set_bold().set_align(FormatAlign::Center),
            quoted: cell.clone().set_quote_prefix(),
            cell,
        }
    }

    /// The header row with the columns' widths in characters, kept in sight.
    pub(super) fn headers<T: AsRef<str>>(
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
    pub(super) fn text(
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

    /// Several texts of a row, each in its column.
    pub(super) fn texts<T: AsRef<str>>(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        texts: impl IntoIterator<Item = (u16, T)>,
    ) -> Result<(), XlsxError> {
        texts.into_iter().try_for_each(|(column, text)| self.text(sheet, row, column, text.as_ref()))
    }

    /// A number.
    pub(super) fn number(
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

/// Points as a number that adds up in a spreadsheet.
pub(super) fn points(points: crate::domain::Points) -> f64 {
    f64::from(points.hundredths()) / 100.0
}
