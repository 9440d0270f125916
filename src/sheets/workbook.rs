//! Reads sheets from a file as people have it: a workbook (xlsx) or CSV, told apart by content. The older xls is refused: it
//! says nothing of its sizes that could be bounded before it is read.
//!
//! A file is bounded before it is unpacked and while it is read: a small archive can unpack to any size, and a single cell far
//! out can ask for millions of empty ones.

use super::{
    csv,
    fault::Fault,
    layout::{self, Area, Layout},
    sheet::{CellKind, Sheet},
    shown,
};
use calamine::{Data, Reader as _, SheetVisible, Style, Xlsx, XlsxError};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
    panic::{UnwindSafe, catch_unwind},
};

/// The largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 20 << 20;
/// The most that an archive may unpack to, in bytes.
pub(super) const MAX_UNPACKED_BYTES: u64 = 100 << 20;
/// The most files in an archive; a workbook has a few for each sheet.
const MAX_ENTRIES: usize = 2_000;
/// The most sheets, rows of a sheet, columns of a row, cells of a file, and bytes of text in a file.
const MAX_SHEETS: usize = 60;
const MAX_ROWS: usize = 100_000;
const MAX_COLUMNS: usize = 256;
pub(super) const MAX_CELLS: usize = 1_000_000;
const MAX_TEXT_BYTES: usize = 50 << 20;

/// Reads all sheets. A CSV file is one sheet, called `name`.
///
/// # Errors
/// A [`Fault`] when the bytes are no table, are damaged, or are too many.
pub fn read(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let refused = |refusal: Refusal| refusal.fault(name);
    if bytes.len() > MAX_FILE_BYTES {
        return Err(refused(Refusal::TooLarge));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        bounded(bytes).and_then(|()| guarded(|| xlsx(bytes))).map_err(refused)
    } else if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        Err(refused(Refusal::Old))
    } else if bytes.contains(&0) && !is_utf16(bytes) {
        Err(refused(Refusal::NoTable))
    } else if let Some(page) = page(bytes) {
        Err(refused(page))
    } else {
        csv::read(name, bytes).map(|sheet| vec![sheet])
    }
}

/// What spreadsheets call Unicode text. It is none of ours, but a table all the same: the reader of CSV says what to do.
fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")
}

/// A page or a document that was given the name of a table, as many systems do that export xls.
fn page(bytes: &[u8]) -> Option<Refusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let beginning = bytes.get(..bytes.len().min(2_000)).unwrap_or_default().to_ascii_lowercase();
    let has = |word: &[u8]| beginning.windows(word.len()).any(|piece| piece == word);
    if beginning.starts_with(b"<?xml") && !has(b"<html") {
        return Some(Refusal::Xml);
    }
    let is_page = beginning.starts_with(b"<") || beginning.starts_with(b"mime-version:");
    let is_document = beginning.starts_with(b"{\\rtf") || beginning.starts_with(b"%pdf");
    is_page.then_some(Refusal::Page).or(is_document.then_some(Refusal::NoTable))
}

/// Why a file is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    NoTable,
    /// An xls, or a workbook with a password, which is packed like one.
    Old,
    /// HTML that calls itself a table.
    Page,
    /// XML that calls itself a table, such as Excel's of 2003.
    Xml,
    Damaged,
    TooLarge,
}

impl Refusal {
    fn fault(self, name: &str) -> Fault {
        let (problem, remedy) = match self {
            Self::NoTable => {
                ("这个文件不是表格", "在表格软件里打开，另存为“Excel工作簿（xlsx）”或“CSV UTF-8（逗号分隔）”")
            }
            Self::Old => (
                "这是旧格式的工作簿（xls），或者是加了密码的",
                "在表格软件里打开，有密码的去掉密码，另存为“Excel工作簿（xlsx）”",
            ),
            Self::Page => (
                "这个文件其实是网页，不是表格（有些系统导出的xls就是这样）",
                "在表格软件里打开，另存为“Excel工作簿（xlsx）”",
            ),
            Self::Xml => (
                "这个文件其实是XML，不是xlsx（如“XML电子表格2003”）",
                "在表格软件里打开，另存为“Excel工作簿（xlsx）”",
            ),
            Self::Damaged => {
                ("这个文件损坏了，或者加了密码", "在表格软件里打开，去掉密码，另存为“Excel工作簿（xlsx）”")
            }
            Self::TooLarge => (
                "这个文件太大，或者有一格写在很远的地方",
                "删去多余的表、图片和空白的行列，另存为“Excel工作簿（xlsx）”；一张表最多10万行、256列",
            ),
        };
        Fault { sheet: name.into(), row: None, column: None, problem: problem.into(), remedy: remedy.into() }
    }
}

/// The reader of workbooks panics on some damaged ones (a range that ends before it begins, in version 0.38). That is the
/// file's fault and is told like any other.
fn guarded(read: impl FnOnce() -> Result<Vec<Sheet>, Refusal> + UnwindSafe) -> Result<Vec<Sheet>, Refusal> {
    catch_unwind(read).unwrap_or(Err(Refusal::Damaged))
}

/// Refuses an archive that unpacks to too much. What it says of its sizes is not believed: everything is unpacked once.
fn bounded(bytes: &[u8]) -> Result<(), Refusal> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)?;
    if archive.len() > MAX_ENTRIES {
        return Err(Refusal::TooLarge);
    }
    let mut left = MAX_UNPACKED_BYTES;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_| Refusal::Damaged)?;
        let unpacked = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|_| Refusal::Damaged)?;
        left = left.checked_sub(unpacked).ok_or(Refusal::TooLarge)?;
    }
    Ok(())
}

fn xlsx(bytes: &[u8]) -> Result<Vec<Sheet>, Refusal> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => Refusal::Damaged,
        _ => Refusal::NoTable,
    })?;
    let known = workbook.sheets_metadata().to_owned();
    if known.len() > MAX_SHEETS {
        return Err(Refusal::TooLarge);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::Damaged)?;
    let parts = layout::parts(&mut archive).filter(|parts| parts.len() == known.len());
    let parts = parts.ok_or(Refusal::Damaged)?;
    let mut room = Room::default();
    let mut sheets = Vec::new();
    for (known, part) in known.iter().zip(&parts) {
        let mut reader = match workbook.worksheet_cells_reader(&known.name) {
            Ok(reader) => reader,
            // A sheet that is a chart.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(_) => return Err(Refusal::Damaged),
        };
        let mut grid = Grid::default();
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|_| Refusal::Damaged)? {
            if let calamine::DataRef::SharedString(text) = cell.get_value() {
                room.take_text(text.len())?;
            }
            let value = Data::from(cell.get_value().clone());
            let (text, kind) = text(&value, &Format::of(reader.styles().get(style)));
            grid.put(cell.get_position(), text, kind, &mut room)?;
        }
        let layout = layout::read(&mut archive, part).ok_or(Refusal::Damaged)?;
        let mut sheet = grid.sheet(&known.name, &layout, &mut room)?;
        sheet.hidden.sheet = known.visible != SheetVisible::Visible;
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// How much of a file has been read.
#[derive(Default)]
struct Room {
    cells: usize,
    text: usize,
}

impl Room {
    fn take_cells(&mut self, cells: usize) -> Result<(), Refusal> {
        self.cells = self.cells.saturating_add(cells);
        if self.cells > MAX_CELLS { Err(Refusal::TooLarge) } else { Ok(()) }
    }

    fn take_text(&mut self, bytes: usize) -> Result<(), Refusal> {
        self.text = self.text.saturating_add(bytes);
        if self.text > MAX_TEXT_BYTES { Err(Refusal::TooLarge) } else { Ok(()) }
    }
}

/// A sheet as it is read: rows and columns keep their numbers.
#[derive(Default)]
struct Grid {
    rows: Vec<Vec<String>>,
    kinds: BTreeMap<(usize, usize), CellKind>,
    /// The cells of merged ones, by where these begin.
    merged: BTreeMap<(usize, usize), (usize, usize)>,
}

impl Grid {
    fn put(
        &mut self,
        position: (u32, u32),
        text: String,
        kind: Option<CellKind>,
        room: &mut Room,
    ) -> Result<(), Refusal> {
        if text.is_empty() && kind.is_none() {
            return Ok(());
        }
        let place = |index: u32, most: usize| {
            usize::try_from(index).ok().filter(|index| *index < most).ok_or(Refusal::TooLarge)
        };
        self.set((place(position.0, MAX_ROWS)?, place(position.1, MAX_COLUMNS)?), text, kind, room)
    }

    fn set(
        &mut self,
        place: (usize, usize),
        text: String,
        kind: Option<CellKind>,
        room: &mut Room,
    ) -> Result<(), Refusal> {
        let (row, column) = place;
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let Some(cells) = self.rows.get_mut(row) else { return Err(Refusal::TooLarge) };
        if cells.len() <= column {
            room.take_cells(column + 1 - cells.len())?;
            cells.resize_with(column + 1, String::new);
        }
        room.take_text(text.len())?;
        if let Some(cell) = cells.get_mut(column) {
            *cell = text;
        }
        match kind {
            Some(kind) => self.kinds.insert(place, kind),
            None => self.kinds.remove(&place),
        };
        Ok(())
    }

    /// A merged cell says the same in all that it covers, as far down as the sheet is filled. What still lies beneath it is not shown.
    fn spread(&mut self, area: Area, room: &mut Room) -> Result<(), Refusal> {
        let index = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        let first = (index(area.0), index(area.1));
        let text = self.rows.get(first.0).and_then(|row| row.get(first.1)).cloned().unwrap_or_default();
        let kind = self.kinds.get(&first).copied();
        if text.is_empty() && kind.is_none() {
            return Ok(());
        }
        for row in first.0..=index(area.2).min(self.rows.len().saturating_sub(1)) {
            for column in first.1..=index(area.3).min(MAX_COLUMNS - 1) {
                // Overlapping ones cannot be many.
                room.take_cells(1)?;
                self.merged.insert((row, column), first);
                if (row, column) != first {
                    self.set((row, column), text.clone(), kind, room)?;
                }
            }
        }
        Ok(())
    }

    fn sheet(mut self, name: &str, layout: &Layout, room: &mut Room) -> Result<Sheet, Refusal> {
        for place in &layout.unanswered {
            self.put(*place, String::new(), Some(CellKind::NoResult), room)?;
        }
        for area in &layout.merged {
            self.spread(*area, room)?;
        }
        let mut sheet = Sheet::new(name, self.rows);
        for ((row, column), kind) in self.kinds {
            if let Some(row) = sheet.rows.get_mut(row) {
                row.kinds.insert(column, kind);
            }
        }
        for ((row, column), (first, of)) in self.merged {
            if let Some(row) = sheet.rows.get_mut(row) {
                row.merged.insert(column, (first + 1, of));
            }
        }
        let index = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        sheet.hidden.rows = layout.hidden_rows.iter().map(|row| index(*row).saturating_add(1)).collect();
        for (first, last) in &layout.hidden_columns {
            sheet.hidden.columns.extend(index(*first)..=index(*last).min(MAX_COLUMNS - 1));
        }
        Ok(sheet)
    }
}

/// How a cell's number is laid out.
struct Format<'a> {
    code: &'a str,
    id: Option<u32>,
}

impl<'a> Format<'a> {
    fn of(style: Option<&'a Style>) -> Self {
        let format = style.and_then(|style| style.number_format.as_ref());
        Self {
            code: format.map_or("", |format| format.format_code.as_str()),
            id: format.and_then(|format| format.format_id),
        }
    }
}

/// A cell as its author sees it: whole numbers without a point, 90%, dates as 2026-11-27.
fn text(cell: &Data, format: &Format<'_>) -> (String, Option<CellKind>) {
    let date = || Some(shown::date(format.code, format.id));
    match cell {
        Data::Empty => (String::new(), None),
        Data::String(text) => (text.clone(), None),
        Data::Float(value) => {
            let kind = shown::number(*value, format.code);
            // Read as it is shown, a percentage is what was typed.
            let percent = format.code.contains('%') && kind != CellKind::Masked;
            if percent { (format!("{}%", number(value * 100.0)), None) } else { (number(*value), Some(kind)) }
        }
        Data::Int(value) => (value.to_string(), Some(CellKind::Number)),
        Data::Bool(value) => (value.to_string().to_uppercase(), None),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            (format!("{year:04}-{month:02}-{day:02}"), date())
        }
        Data::DateTimeIso(moment) => (moment.get(..10).unwrap_or(moment).to_owned(), date()),
        Data::DateTime(_) | Data::DurationIso(_) => (cell.to_string(), Some(CellKind::PartialDate)),
        Data::Error(_) => (cell.to_string(), Some(CellKind::Error)),
    }
}

/// With the fifteen digits that a spreadsheet shows: the sum of 0.1 and 0.2 is 0.3.
fn number(value: f64) -> String {
    let shown = format!("{value:.14e}").parse().unwrap_or(value);
    // No sign before zero.
    (shown + 0.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
    use std::io::Write as _;

    #[test]
    fn a_workbook_reads_as_its_author_sees_it() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("名册").unwrap();
        sheet.write_string(2, 1, "编号").unwrap();
        sheet.write_number(3, 1, 210_726_117_203_f64).unwrap();
        let date = ExcelDateTime::from_ymd(2026, 11, 27).unwrap();
        sheet.write_datetime_with_format(3, 2, &date, &Format::new().set_num_format("yyyy/m/d")).unwrap();
        sheet.write_number(3, 3, 0.1 + 0.2).unwrap();
        sheet.write_number_with_format(3, 4, 0.9, &Format::new().set_num_format("0%")).unwrap();
        sheet.write_number_with_format(3, 5, 0.57, &Format::new().set_num_format("0.00%")).unwrap();
        sheet.write_formula(3, 6, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.write_boolean(3, 7, true).unwrap();
        let sheets = read("x", &book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(sheets[0].name, "名册");
        let row = &sheets[0].rows[3];
        let shown = ["", "210726117203", "2026-11-27", "0.3", "90%", "57%", "#DIV/0!", "TRUE"];
        assert_eq!((row.number, row.cells.as_slice()), (4, &shown.map(String::from)[..]));
        use CellKind::{Date, Error, Number};
        assert_eq!(row.kinds, [(1, Number), (2, Date), (3, Number), (6, Error)].into());
    }

    #[test]
    fn what_is_no_table_is_refused_in_words() {
        for bytes in
            [b"PK\x03\x04 broken".as_slice(), b"\xD0\xCF\x11\xE0", b"%PDF-1.7\0\0", b"\x89PNG\r\n\x1a\n\0\0"]
        {
            let fault = read("名册", bytes).unwrap_err();
            assert!(fault.to_string().contains("另存为"), "{fault}");
        }
    }

    /// What it holds is not looked at: it may be an xls of any size, or damaged.
    #[test]
    fn an_xls_is_refused_with_what_to_do() {
        for rest in [&[][..], &[0; 1 << 20]] {
            let fault = read("名册", &[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", rest].concat()).unwrap_err();
            assert!(fault.problem.contains("旧格式") && fault.problem.contains("xls"), "{fault}");
            assert!(fault.remedy.contains("另存为“Excel工作簿（xlsx）”"), "{fault}");
        }
    }

    /// An archive of one entry with this many zeros.
    fn bomb(bytes: usize) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
        for _ in 0..bytes >> 20 {
            archive.write_all(&vec![b' '; 1 << 20]).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn too_much_is_refused_before_it_is_unpacked() {
        let bomb = bomb(MAX_UNPACKED_BYTES as usize + (2 << 20));
        assert!(bomb.len() < 1 << 20);
        assert!(read("标准", &bomb).unwrap_err().problem.contains("太大"));
        assert!(read("标准", &vec![b'a'; MAX_FILE_BYTES + 1]).unwrap_err().problem.contains("太大"));
        let commas = vec![b','; MAX_CELLS + 1];
        assert!(read("标准", &commas).unwrap_err().problem.contains("太多"));
        let blank = ["\n".repeat(MAX_CELLS), "一".into()].concat();
        assert!(read("标准", blank.as_bytes()).unwrap_err().problem.contains("太多"));
    }

    #[test]
    fn a_cell_far_out_is_refused() {
        for (row, column) in [(1_048_575, 0), (0, 16_383)] {
            let mut book = Workbook::new();
            book.add_worksheet().write_string(row, column, "远").unwrap();
            let fault = read("标准", &book.save_to_buffer().unwrap()).unwrap_err();
            assert!(fault.problem.contains("很远"), "{fault}");
        }
    }

    /// One long shared text in many cells is much text.
    #[test]
    fn text_that_is_shared_counts_each_time() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let long = "长".repeat(10_000);
        for row in 0..1_800 {
            sheet.write_string(row, 0, &long).unwrap();
        }
        let bytes = book.save_to_buffer().unwrap();
        assert!(bytes.len() < 1 << 20);
        assert!(read("标准", &bytes).unwrap_err().problem.contains("太大"));
    }
}
