//! Sheets → one workbook that its author can go on with: drop-downs, a note on every header, and formats that keep a
//! spreadsheet from turning ids, dates and points into something else.

use super::{
    book::BODY_LINE,
    column::{Column, Takes},
    documents,
    schema::{self, FORMS, Form},
};
use crate::sheets::{Sheet, folded};
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, IgnoreError,
    Note, Workbook, Worksheet, XlsxError,
};

/// The sheet that says how the others are filled in. Whoever reads a package passes over it.
pub(super) const GUIDE: &str = "说明";
/// A line of text, in points.
const LINE_HEIGHT: f64 = 17.0;
/// The highest row that Excel knows, in points.
const MAX_HEIGHT: f64 = 409.0;
/// As far down as drop-downs and formats reach.
const LAST_ROW: u32 = 3_000;

/// Writes sheets as a workbook. Those that the form does not know are left out.
///
/// # Errors
/// When the workbook cannot be made, which no sheets that were checked should cause.
pub fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same sheets give the same bytes.
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let looks = Looks::new();
    for form in FORMS {
        write(book.add_worksheet(), form, sheets, &looks)?;
    }
    guide(book.add_worksheet(), &looks)?;
    book.save_to_buffer()
}

struct Looks {
    needed: Format,
    optional: Format,
    prose: Format,
    text: Format,
}

impl Looks {
    fn new() -> Self {
        let cell = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Hair);
        let header = cell.clone().set_bold().set_align(FormatAlign::Center).set_border(FormatBorder::Thin);
        Self {
            needed: header.clone().set_background_color("#FCE4D6"),
            optional: header.set_background_color("#EDEDED"),
            text: cell.clone().set_num_format("@"),
            prose: cell,
        }
    }

    fn of(&self, takes: Takes) -> &Format {
        if matches!(takes, Takes::Prose) { &self.prose } else { &self.text }
    }
}

fn write(page: &mut Worksheet, form: &Form, sheets: &[Sheet], looks: &Looks) -> Result<(), XlsxError> {
    page.set_name(form.name)?;
    printed(page)?;
    for (index, column) in (0_u16..).zip(form.columns) {
        let header = if column.needed { &looks.needed } else { &looks.optional };
        page.set_column_width(index, column.width)?;
        page.set_column_format(index, looks.of(column.takes))?;
        page.write_string_with_format(0, index, column.title, header)?;
        let lines = u32::try_from(column.note.chars().count() / 16 + 2).unwrap_or(2);
        let note = Note::new(column.note).add_author_prefix(false).set_width(240).set_height(20 * lines);
        page.insert_note(0, index, &note)?;
        if let Some(validation) = validation(column)? {
            page.add_data_validation(1, index, LAST_ROW, index, &validation)?;
        }
    }
    page.set_freeze_panes(1, if form.columns.len() > 5 { 1 } else { 0 })?;
    let last = u16::try_from(form.columns.len()).unwrap_or(1);
    page.ignore_error_range(0, 0, LAST_ROW, last, IgnoreError::NumberStoredAsText)?;

    // Columns that only these sheets have come after the known ones: 备注.
    let mut extra: Vec<&str> = Vec::new();
    let mut row = 1;
    for sheet in sheets.iter().filter(|sheet| is_of(form, &sheet.name)) {
        let columns = schema::columns(form.name, &[]);
        let Some((header, rows)) = schema::filled_in_on(form.name, &columns).header_and_rows(sheet) else {
            continue;
        };
        let mut places: Vec<Option<(u16, &Format)>> = Vec::new();
        for title in &header.cells {
            let known = form.columns.iter().position(|column| column.title == folded(title));
            let place = match known {
                Some(index) => form.columns.get(index).map(|column| (index, looks.of(column.takes))),
                None if title.is_empty() || title == BODY_LINE => None,
                None => {
                    let at = extra.iter().position(|known| known == title).unwrap_or_else(|| {
                        extra.push(title);
                        extra.len() - 1
                    });
                    Some((form.columns.len() + at, &looks.prose))
                }
            };
            let place = place.and_then(|(index, format)| Some((u16::try_from(index).ok()?, format)));
            if let Some((index, _)) = place.filter(|_| known.is_none()) {
                page.write_string_with_format(0, index, title, &looks.optional)?;
                page.set_column_width(index, 30.0)?;
            }
            places.push(place);
        }
        for cells in rows {
            let mut lines = 1;
            for (cell, place) in cells.cells.iter().zip(&places) {
                if let Some((column, format)) = place.filter(|_| !cell.is_empty()) {
                    page.write_string_with_format(row, column, cell, format)?;
                    let width = form.columns.get(usize::from(column)).map_or(30.0, |column| column.width);
                    lines = lines.max(wrapped_lines(cell, width));
                }
            }
            if lines > 1 {
                page.set_row_height(row, (LINE_HEIGHT * f64::from(lines)).min(MAX_HEIGHT))?;
            }
            row += 1;
        }
    }
    Ok(())
}

/// On paper: A4 across, as wide as the page, the header on every page.
fn printed(page: &mut Worksheet) -> Result<(), XlsxError> {
    page.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

/// How many lines a text takes in a column. Excel finds out by itself when it opens a file; others show what the file says.
fn wrapped_lines(text: &str, width: f64) -> u32 {
    let wide = |c: char| if c >= '\u{2e80}' { 2_u32 } else { 1 };
    let lines = text.lines().map(|line| {
        let letters = f64::from(line.chars().map(wide).sum::<u32>());
        let lines = (letters / (width - 1.0)).ceil().max(1.0);
        // At most as many as there are characters.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small whole number from 1"
        )]
        let lines = lines as u32;
        lines
    });
    lines.sum()
}

fn is_of(form: &Form, sheet: &str) -> bool {
    sheet == form.name || (documents::is_book(form.name) && documents::belongs(sheet, form.name))
}

fn validation(column: &Column) -> Result<Option<DataValidation>, XlsxError> {
    let entries = |sheet: &str, column: u16| {
        let letter = char::from(b'A'.saturating_add(u8::try_from(column).unwrap_or(0)));
        // As far as the column is filled: blank rows would be blank entries, and the list would open on them.
        let (first, last) = (format!("'{sheet}'!${letter}$2"), format!("${letter}${}", LAST_ROW + 1));
        Formula::new(format!("=OFFSET({first},0,0,MAX(1,COUNTA({first}:{last})),1)"))
    };
    let (list, strict) = match column.takes {
        Takes::Prose | Takes::Text => return Ok(None),
        Takes::Word(words) => (DataValidation::new().allow_list_strings(&words())?, true),
        Takes::Words(words) => (DataValidation::new().allow_list_strings(&words())?, false),
        Takes::One(sheet, column) => (DataValidation::new().allow_list_formula(entries(sheet, column)), true),
        Takes::Some(sheet, column) => {
            (DataValidation::new().allow_list_formula(entries(sheet, column)), false)
        }
    };
    if !strict {
        return Ok(Some(list.show_error_message(false)));
    }
    let list = list.set_error_title("不能这样填")?.set_error_message("请从下拉里选一个。")?;
    Ok(Some(list))
}

fn guide(page: &mut Worksheet, looks: &Looks) -> Result<(), XlsxError> {
    page.set_name(GUIDE)?;
    printed(page)?;
    for (column, (title, width)) in (0..).zip([("表", 12.0), ("写什么", 70.0), ("可以没有这张表", 16.0)])
    {
        page.write_string_with_format(0, column, title, &looks.needed)?;
        page.set_column_width(column, width)?;
    }
    page.set_freeze_panes(1, 0)?;
    let mut row = 1;
    for form in FORMS {
        page.write_string_with_format(row, 0, form.name, &looks.prose)?;
        page.write_string_with_format(row, 1, form.about, &looks.prose)?;
        page.write_string_with_format(row, 2, if form.optional { "是" } else { "否" }, &looks.prose)?;
        row += 1;
    }
    for line in [
        "表头橙色的列必须有，灰色的可以没有。鼠标停在表头上，有这一列怎么填的说明。",
        "模板里“示例”开头的内容换成自己的，把“标准编号”也换掉；不用的行整行删去。",
        "每张表都可以加一列“备注”，只给写标准的人看，不发布。这张“说明”表不用改，也不发布。",
        "填好以后运行 biaochi standard check 文件名.xlsx，有错误会一次列全。",
    ] {
        row += 1;
        page.write_string_with_format(row, 1, line, &looks.prose)?;
    }
    Ok(())
}
