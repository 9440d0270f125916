//! Reads sheets from a file as people have it: a workbook (xlsx, or the older xls and ods) or CSV, told apart by content.

use super::{csv, fault::Fault, sheet::Sheet};
use calamine::{Data, Reader as _};
use std::io::Cursor;

/// Reads all sheets. A CSV file is one sheet, called `name`.
///
/// # Errors
/// A [`Fault`] when the bytes are no table.
pub fn read(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let is_archive = bytes.starts_with(b"PK\x03\x04");
    if is_archive || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        let workbook = calamine::open_workbook_auto_from_rs(Cursor::new(bytes));
        let Ok(mut workbook) = workbook else { return Err(no_table(name)) };
        return Ok(workbook.worksheets().iter().map(|(title, range)| sheet(title, range)).collect());
    }
    if bytes.contains(&0) {
        return Err(no_table(name));
    }
    csv::read(name, bytes).map(|sheet| vec![sheet])
}

fn no_table(name: &str) -> Fault {
    Fault {
        sheet: name.into(),
        row: None,
        column: None,
        problem: "这个文件不是表格".into(),
        remedy: "在表格软件里打开，另存为“Excel工作簿（xlsx）”或“CSV UTF-8（逗号分隔）”".into(),
    }
}

/// Rows and columns keep their numbers: a range begins at its first filled cell.
fn sheet(title: &str, range: &calamine::Range<Data>) -> Sheet {
    let (top, left) = range.start().unwrap_or((0, 0));
    let blank = (0..top).map(|_| Vec::new());
    let filled = range.rows().map(|row| {
        let cells = row.iter().map(text);
        (0..left).map(|_| String::new()).chain(cells).collect::<Vec<String>>()
    });
    Sheet::new(title, blank.chain(filled))
}

/// A cell as its author sees it: whole numbers without a point, dates as 2026-11-27.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(moment) => moment.get(..10).unwrap_or(moment).to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    #[test]
    fn a_workbook_reads_as_its_author_sees_it() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("名册").unwrap();
        sheet.write_string(2, 1, "编号").unwrap();
        sheet.write_number(3, 1, 210_726_117_203_f64).unwrap();
        let date = ExcelDateTime::from_ymd(2026, 11, 27).unwrap();
        sheet.write_datetime_with_format(3, 2, &date, &Format::new().set_num_format("yyyy/m/d")).unwrap();
        let sheets = read("x", &book.save_to_buffer().unwrap()).unwrap();
        assert_eq!(sheets[0].name, "名册");
        let row = &sheets[0].rows[3];
        assert_eq!(
            (row.number, row.cells.as_slice()),
            (4, &["", "210726117203", "2026-11-27"].map(String::from)[..])
        );
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
}
