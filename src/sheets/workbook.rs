//! Reads sheets from a file as people have it: a workbook (xlsx) or CSV, told apart by content. The older xls is refused: it
//! says nothing of its sizes that could be bounded before it is read.
//!
//! A file is bounded before it is unpacked and while it is read: a small archive can unpack to any size, and a single cell far
//! out can ask for millions of empty ones.

use super::{
    csv,
    fault::Fault,
    sheet::{CellKind, Sheet},
};
use calamine::{Data, Reader as _, Xlsx, XlsxError};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
    panic::{UnwindSafe, catch_unwind},
};

/// The largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 20 << 20;
/// The most that an archive may unpack to, in bytes.
const MAX_UNPACKED_BYTES: u64 = 100 << 20;
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
    } else {
        csv::read(name, bytes).map(|sheet| vec![sheet])
    }
}

/// What spreadsheets call Unicode text. It is none of ours, but a table all the same: the reader of CSV says what to do.
fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF")
}

/// Why a file is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    NoTable,
    /// An xls, or a workbook with a password, which is packed like one.
    Old,
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
    let names = workbook.sheet_names();
    if names.len() > MAX_SHEETS {
        return Err(Refusal::TooLarge);
    }
    let mut room = Room::default();
    let mut sheets = Vec::new();
    for name in names {
        let mut reader = match workbook.worksheet_cells_reader(&name) {
            Ok(reader) => reader,
            // A sheet that is a chart.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(_) => return Err(Refusal::Damaged),
        };
        let mut grid = Grid::default();
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|_| Refusal::Damaged)? {
            let format = reader.styles().get(style).and_then(|style| style.number_format.as_ref());
            let percent = format.is_some_and(|format| format.format_code.contains('%'));
            if let calamine::DataRef::SharedString(text) = cell.get_value() {
                room.take_text(text.len())?;
            }
            let value = Data::from(cell.get_value().clone());
            grid.put(cell.get_position(), &value, percent, &mut room)?;
        }
        sheets.push(grid.sheet(&name));
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
    kinds: BTreeMap<usize, BTreeMap<usize, CellKind>>,
}

impl Grid {
    fn put(
        &mut self,
        position: (u32, u32),
        value: &Data,
        percent: bool,
        room: &mut Room,
    ) -> Result<(), Refusal> {
        let (text, kind) = text(value, percent);
        if text.is_empty() {
            return Ok(());
        }
        let place = |index: u32, most: usize| {
            usize::try_from(index).ok().filter(|index| *index < most).ok_or(Refusal::TooLarge)
        };
        let (row, column) = (place(position.0, MAX_ROWS)?, place(position.1, MAX_COLUMNS)?);
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
        if let Some(kind) = kind {
            self.kinds.entry(row).or_default().insert(column, kind);
        }
        Ok(())
    }

    fn sheet(mut self, name: &str) -> Sheet {
        let mut sheet = Sheet::new(name, self.rows);
        for (index, row) in sheet.rows.iter_mut().enumerate() {
            row.kinds = self.kinds.remove(&index).unwrap_or_default();
        }
        sheet
    }
}

/// A cell as its author sees it: whole numbers without a point, 90%, dates as 2026-11-27.
fn text(cell: &Data, percent: bool) -> (String, Option<CellKind>) {
    match cell {
        Data::Empty => (String::new(), None),
        Data::String(text) => (text.clone(), None),
        // Read as it is shown, a percentage is what was typed.
        Data::Float(value) if percent => (format!("{}%", number(value * 100.0)), None),
        Data::Float(value) => (number(*value), Some(CellKind::Number)),
        Data::Int(value) => (value.to_string(), Some(CellKind::Number)),
        Data::Bool(value) => (value.to_string().to_uppercase(), None),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            (format!("{year:04}-{month:02}-{day:02}"), Some(CellKind::Date))
        }
        Data::DateTimeIso(moment) => (moment.get(..10).unwrap_or(moment).to_owned(), Some(CellKind::Date)),
        Data::DateTime(_) | Data::DurationIso(_) => (cell.to_string(), Some(CellKind::Date)),
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
