//! A form as a workbook: one sheet, set to be printed on A4 with the heads repeated and the pages numbered.

use super::{
    Align, Block, DATE_LINE, Foot, Orientation, Paper, PaperError, Table,
    layout::{label_columns, lines},
};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet};

const TABLE_FONT: &str = "宋体";
/// The widths of all columns together, in the workbook's units; a Chinese character of 五号 takes two.
const WIDTH: (f64, f64) = (92.0, 138.0);
/// A line of 五号, in points.
const LINE: f64 = 15.0;
/// The tallest row a workbook can have, in points. What needs more is merged over several rows, or its end would not be seen.
const TALLEST: f64 = 409.0;
/// As many rows as the longest text that a cell can hold takes in the narrowest column.
const MOST_ROWS: f64 = 1_000.0;

/// The file's bytes.
pub(super) fn write(paper: &Paper) -> Result<Vec<u8>, PaperError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(sheet_name(&paper.title))?;
    let landscape = paper.orientation == Orientation::Landscape;
    if landscape {
        sheet.set_landscape();
    }
    sheet.set_paper_size(9).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    sheet.set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.3).set_footer("&C第&P页　共&N页");
    let mut desk = Desk::new(sheet, paper, if landscape { WIDTH.1 } else { WIDTH.0 })?;
    desk.fill(paper)?;
    Ok(book.save_to_buffer()?)
}

/// A name that a sheet may have.
fn sheet_name(title: &str) -> String {
    let name: String =
        title.chars().filter(|c| !r"\/?*[]:'".contains(*c) && !c.is_control()).take(31).collect();
    if name.is_empty() { "表".into() } else { name }
}

/// The sheet while it is filled, from top to bottom.
struct Desk<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    /// How many rows the current one is made of.
    span: u32,
    /// How wide each column is, in Chinese characters.
    columns: Vec<usize>,
    plain: Format,
    boxed: Format,
}

impl<'a> Desk<'a> {
    fn new(sheet: &'a mut Worksheet, paper: &Paper, whole: f64) -> Result<Self, PaperError> {
        let tables = paper.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        });
        // The widest table rules; a form of texts alone has one broad column, or two for its boxes.
        let alone = super::layout::foot_columns();
        let ruler = tables.max_by_key(|table| table.columns.len()).unwrap_or(&alone);
        let all: f64 = ruler.columns.iter().map(|column| f64::from(column.share)).sum::<f64>().max(1.0);
        let mut columns = Vec::new();
        for (place, column) in (0_u16..).zip(&ruler.columns) {
            let width = (whole * f64::from(column.share) / all).max(2.0);
            sheet.set_column_width(place, width)?;
            columns.push(((width - 1.0) / 2.0) as usize);
        }
        let plain = Format::new()
            .set_font_name(TABLE_FONT)
            .set_font_size(10.5)
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter);
        let boxed = plain.clone().set_border(FormatBorder::Thin);
        Ok(Self { sheet, row: 0, span: 1, columns, plain, boxed })
    }

    fn fill(&mut self, paper: &Paper) -> Result<(), PaperError> {
        let centered = self.plain.clone().set_align(FormatAlign::Center);
        let title = centered.clone().set_font_name("方正小标宋简体").set_font_size(20);
        for text in paper.title.split('\n') {
            self.line(text, &title, 34.0)?;
        }
        for text in &paper.subtitle {
            self.line(text, &centered.clone().set_font_size(12), 20.0)?;
        }
        let under_last = paper.last_table().is_some();
        for (place, block) in paper.blocks.iter().enumerate() {
            match block {
                Block::Heading(text) => {
                    self.line(text, &self.plain.clone().set_font_name("黑体").set_font_size(14), 26.0)?;
                }
                Block::Paragraph(text) => {
                    for text in text.split('\n') {
                        let font = self.plain.clone().set_font_name("仿宋").set_font_size(14);
                        // 14 points against the 10.5 that the widths are counted in.
                        self.tall(&format!("　　{text}"), &font, 4.0 / 3.0)?;
                    }
                }
                Block::Remark(text) => self.tall(text, &self.plain.clone(), 1.0)?,
                Block::Table(table) => {
                    self.table(table)?;
                    if under_last && place + 1 == paper.blocks.len() {
                        self.feet(table, &paper.feet)?;
                    }
                }
            }
        }
        if !under_last {
            self.feet(&super::layout::foot_columns(), &paper.feet)?;
        }
        let right = self.plain.clone().set_align(FormatAlign::Right).set_font_size(12);
        for foot in paper.feet.iter().filter(|foot| foot.label.is_empty()) {
            self.line("", &right, 20.0)?;
            for sign in &foot.signs {
                self.line(&format!("{sign}　　　　"), &right, 24.0)?;
            }
            self.line(&format!("{DATE_LINE}　　　　"), &right, 24.0)?;
        }
        Ok(())
    }

    /// Texts never become formulas, also when somebody edits the cell later.
    fn quoted(format: &Format, text: &str) -> Format {
        if text.starts_with(['=', '+', '-', '@']) {
            format.clone().set_quote_prefix()
        } else {
            format.clone()
        }
    }

    /// Begins a row of this height: beyond what a workbook allows, several under each other that are merged.
    fn begin(&mut self, height: f64) -> Result<(), PaperError> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small whole number from 1"
        )]
        let span = (height / TALLEST).ceil().clamp(1.0, MOST_ROWS) as u32;
        self.span = span;
        for row in self.row..self.row + span {
            self.sheet.set_row_height(row, (height / f64::from(span)).min(TALLEST))?;
        }
        Ok(())
    }

    fn end(&mut self) {
        self.row += self.span;
        self.span = 1;
    }

    /// A text over these columns of the current row.
    fn write(&mut self, first: usize, last: usize, text: &str, format: &Format) -> Result<(), PaperError> {
        let (row, first, last) = (self.row, column(first), column(last));
        let format = Self::quoted(format, text);
        if first == last && self.span == 1 {
            self.sheet.write_string_with_format(row, first, text, &format)?;
        } else {
            self.sheet.merge_range(row, first, row + self.span - 1, last, text, &format)?;
        }
        Ok(())
    }

    /// A figure in the current row.
    fn figure(&mut self, place: usize, figure: f64, format: &Format) -> Result<(), PaperError> {
        if self.span > 1 {
            self.write(place, place, "", format)?;
        }
        self.sheet.write_number_with_format(self.row, column(place), figure, format)?;
        Ok(())
    }

    /// A row over the whole width, of this height.
    fn line(&mut self, text: &str, format: &Format, height: f64) -> Result<(), PaperError> {
        self.begin(height)?;
        self.write(0, self.columns.len().saturating_sub(1), text, format)?;
        self.end();
        Ok(())
    }

    /// A row over the whole width, as high as its text needs at so many times the usual size: joined cells do not grow.
    fn tall(&mut self, text: &str, format: &Format, size: f64) -> Result<(), PaperError> {
        let room = (self.columns.iter().sum::<usize>() as f64 / size) as usize;
        let height = (lines(text, room) as f64 * LINE + 4.0) * size;
        self.line(text, format, height)
    }

    fn table(&mut self, table: &Table) -> Result<(), PaperError> {
        if table.headed {
            let head = self.boxed.clone().set_font_name("黑体").set_align(FormatAlign::Center);
            let mut needed = 1;
            for (place, one) in table.columns.iter().enumerate() {
                self.write(place, place, &one.name, &head)?;
                needed = needed.max(lines(&one.name, self.columns.get(place).copied().unwrap_or(1)));
            }
            self.sheet.set_row_height(self.row, (needed as f64 * LINE + 6.0).min(TALLEST))?;
            self.sheet.set_repeat_rows(self.row, self.row)?;
            self.row += 1;
        }
        // 小五 against the 五号 that the widths are counted in.
        let (size, points) = if table.dense { (6.0 / 7.0, 9.0) } else { (1.0, 10.5) };
        let left = self.boxed.clone().set_font_size(points);
        let center = left.clone().set_align(FormatAlign::Center);
        for row in &table.rows {
            let cell = |place: usize| row.cells.get(place).map_or("", String::as_str);
            let room = |place: usize| self.columns.get(place).copied().unwrap_or(1) as f64 / size;
            let needed = (0..table.columns.len()).map(|place| lines(cell(place), room(place) as usize));
            let needed = needed.max().unwrap_or(1).max(usize::from(row.lines));
            // Told, because not every program works heights out by itself when it opens a workbook.
            self.begin(needed as f64 * LINE * size + 4.0)?;
            for (place, one) in table.columns.iter().enumerate() {
                let text = cell(place);
                let format = match one.align {
                    Align::Left => &left,
                    Align::Center => &center,
                };
                match text.parse::<f64>() {
                    Ok(figure) if one.number && figure.is_finite() => self.figure(place, figure, format)?,
                    _ => self.write(place, place, text, format)?,
                }
            }
            self.end();
        }
        Ok(())
    }

    fn feet(&mut self, table: &Table, feet: &[Foot]) -> Result<(), PaperError> {
        let label = label_columns(table);
        let last = table.columns.len().saturating_sub(1);
        for foot in feet.iter().filter(|foot| !foot.label.is_empty()) {
            let mut said = foot.text.clone();
            let mut format = self.boxed.clone();
            if !foot.signs.is_empty() {
                // Room to write and to stamp.
                said.push_str("\n\n\n");
                for sign in foot.signs.iter().map(String::as_str).chain([DATE_LINE]) {
                    said.push_str(&format!("\n{sign}　　　　"));
                }
                if foot.text.is_empty() {
                    format = format.set_align(FormatAlign::Right);
                }
            }
            let center = self.boxed.clone().set_align(FormatAlign::Center);
            let room = self.columns.iter().skip(label).sum();
            self.begin(lines(&said, room) as f64 * LINE + 6.0)?;
            self.write(0, label - 1, &foot.label, &center)?;
            if last >= label {
                self.write(label, last, &said, &format)?;
            }
            self.end();
        }
        Ok(())
    }
}

/// A paper has at most [`super::MOST_COLUMNS`].
fn column(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}
