//! Reads a sheet from a CSV file as spreadsheets save it: UTF-8 with or without byte order mark, or GBK.

use super::{fault::Fault, sheet::Sheet, workbook::MAX_CELLS};
use std::borrow::Cow;

/// Reads one sheet.
///
/// # Errors
/// A [`Fault`] when the bytes are neither UTF-8 nor GBK, are not CSV, or are too many.
pub fn read(name: &str, bytes: &[u8]) -> Result<Sheet, Fault> {
    let fault = |row: Option<usize>, problem: &str, remedy: &str| Fault {
        sheet: name.into(),
        row,
        column: None,
        problem: problem.into(),
        remedy: remedy.into(),
    };
    let Some(text) = decoded(bytes) else {
        return Err(fault(
            None,
            "文件的编码不是UTF-8，也不是GBK",
            "在表格软件里另存为“CSV UTF-8（逗号分隔）”",
        ));
    };
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut rows, mut cells) = (Vec::new(), 0_usize);
    for record in reader.records() {
        if let Ok(record) = &record {
            let before = record.position().map_or(0, |position| position.byte());
            let blank = blank_lines(&text, before);
            cells = cells.saturating_add(blank).saturating_add(record.len());
            if cells > MAX_CELLS {
                return Err(fault(None, "这个文件的行或格子太多", "只留要导入的这一张表，删去多余的行和列"));
            }
            rows.extend((0..blank).map(|_| Vec::new()));
        }
        let Ok(record) = record else {
            return Err(fault(
                Some(rows.len() + 1),
                "这一行不是逗号分隔的表格",
                "在表格软件里打开，另存为“CSV UTF-8（逗号分隔）”",
            ));
        };
        rows.push(record.iter().map(str::to_owned).collect::<Vec<_>>());
    }
    Ok(Sheet::new(name, rows))
}

/// How many blank lines stand before the record that the reader began to look for at this byte. The reader leaves them out,
/// the spreadsheet numbers them: without them every row number after them would be wrong.
fn blank_lines(text: &str, byte: u64) -> usize {
    let at = usize::try_from(byte).ok();
    let Some((before, mut rest)) = at.and_then(|at| text.as_bytes().split_at_checked(at)) else { return 0 };
    // A record ends at its carriage return; the line feed that belongs to it may still be ahead.
    if before.ends_with(b"\r") {
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    let mut lines = 0;
    while let Some(after) = [&b"\r\n"[..], b"\n", b"\r"].iter().find_map(|end| rest.strip_prefix(*end)) {
        rest = after;
        lines += 1;
    }
    lines
}

/// The text of a file in UTF-8 or GBK. A text that is valid UTF-8 is never taken for GBK.
pub(crate) fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = core::str::from_utf8(bytes) {
        return Some(Cow::Borrowed(text));
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return None;
    }
    // GB18030 contains GBK.
    encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_reads_alike() {
        let text = "编号,名称\nrural,\"农村\n二行\"\n";
        let plain = read("领域", text.as_bytes()).unwrap();
        assert_eq!(plain.rows[1].cells, ["rural", "农村\n二行"]);
        let with_mark = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        assert_eq!(read("领域", &with_mark).unwrap(), plain);
        let gbk = encoding_rs::GBK.encode(&text.replace('\n', "\r\n")).0.into_owned();
        assert!(core::str::from_utf8(&gbk).is_err());
        assert_eq!(read("领域", &gbk).unwrap(), plain);
    }

    #[test]
    fn blank_lines_are_rows_as_in_the_spreadsheet() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["", "a,b", "", "", "\"一", "", "二\",2", "3,4", "", "5,6", "", ""].join(end);
            let sheet = read("领域", text.as_bytes()).unwrap();
            let filled = sheet.rows.iter().filter(|row| !row.cells.is_empty());
            let rows: Vec<(usize, &str)> = filled.map(|row| (row.number, row.cells[1].as_str())).collect();
            assert_eq!(rows, [(2, "b"), (5, "2"), (6, "4"), (8, "6")], "{end:?}");
        }
    }

    #[test]
    fn another_encoding_is_refused_in_words() {
        for bytes in [b"\xFF\xFE\x16\x7F".as_slice(), b"\xFF\xFF\xFF"] {
            let fault = read("领域", bytes).unwrap_err();
            assert!(fault.to_string().contains("UTF-8"), "{fault}");
        }
    }
}
