//! Reads a sheet from a text file as spreadsheets save it: UTF-8 with or without byte order mark, or GBK; separated by commas,
//! tabs or semicolons.
//!
//! Stricter than spreadsheets about quotation marks: one that is never closed would take the rows after it along, to another
//! branch's phone.

use super::{
    fault::Fault,
    sheet::{Origin, Sheet},
    workbook::MAX_CELLS,
};
use std::borrow::Cow;

/// What may stand between cells, the usual first.
const SEPARATORS: [char; 3] = [',', '\t', ';'];
/// A spreadsheet's cell holds no more characters: a quotation mark that runs on further was never closed.
const MAX_QUOTED_CHARS: usize = 32_767;
/// So many rows tell what stands between the cells.
const TELLING_ROWS: usize = 20;

/// Reads one sheet.
///
/// # Errors
/// A [`Fault`] when the bytes are neither UTF-8 nor GBK, a quotation mark is not closed, or they are too many.
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
    let separator = separator(&text);
    let (mut rows, mut cells) = (Vec::new(), 0_usize);
    for record in Records::new(&text, separator) {
        let record = record.map_err(|broken| {
            let problem = match broken {
                Broken::Unclosed => "这一行里有一个引号没有收尾，后面的行会被并进同一格",
                Broken::AfterQuote => "这一行里收尾的引号后面还有字，多半是前面有一个引号没有收尾",
            };
            let remedy = "打开文件核对这一行的英文引号，补上或者删去；也可以在表格软件里改好，另存为“Excel工作簿（xlsx）”";
            fault(Some(rows.len() + 1), problem, remedy)
        })?;
        cells = cells.saturating_add(record.len().max(1));
        if cells > MAX_CELLS {
            return Err(fault(None, "这个文件的行或格子太多", "只留要导入的这一张表，删去多余的行和列"));
        }
        rows.push(record);
    }
    let mut sheet = Sheet::new(name, rows);
    sheet.origin = Origin::Text { separator };
    Ok(sheet)
}

/// What stands between the cells: with which most of the first rows have as many cells as the first that has several.
fn separator(text: &str) -> char {
    let score = |separator: char| {
        let rows = Records::new(text, separator).map_while(Result::ok).map(|row| row.len());
        let widths: Vec<usize> = rows.filter(|width| *width > 0).take(TELLING_ROWS).collect();
        let width = widths.iter().copied().find(|width| *width > 1).unwrap_or(0);
        (widths.iter().filter(|known| **known == width && width > 1).count(), width)
    };
    // The last of equals is taken: the usual one.
    SEPARATORS.into_iter().rev().max_by_key(|separator| score(*separator)).unwrap_or(',')
}

/// Why a row cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Broken {
    /// A quotation mark that is not closed, or only after more than a cell holds.
    Unclosed,
    /// Something other than the end of the cell after a closing quotation mark.
    AfterQuote,
}

/// The rows of a text. A blank line is a row without cells: the spreadsheet numbers it, too.
struct Records<'a> {
    rest: &'a str,
    separator: char,
}

impl<'a> Records<'a> {
    fn new(text: &'a str, separator: char) -> Self {
        Self { rest: text, separator }
    }

    /// Takes the end of a line, if that is what comes.
    fn line_end(&mut self) -> bool {
        let after = ["\r\n", "\n", "\r"].iter().find_map(|end| self.rest.strip_prefix(*end));
        if let Some(after) = after {
            self.rest = after;
        }
        after.is_some()
    }

    /// Takes a cell up to what ends it.
    fn cell(&mut self) -> Result<String, Broken> {
        let Some(quoted) = self.rest.strip_prefix('"') else {
            let end = self.rest.find([self.separator, '\n', '\r']).unwrap_or(self.rest.len());
            let (cell, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Ok(cell.to_owned());
        };
        let (mut cell, mut rest, mut count) = (String::new(), quoted, 0);
        loop {
            let end = rest.find('"').ok_or(Broken::Unclosed)?;
            let (piece, after) = rest.split_at(end);
            count += piece.chars().count();
            if count > MAX_QUOTED_CHARS {
                return Err(Broken::Unclosed);
            }
            cell.push_str(piece);
            rest = after.strip_prefix('"').unwrap_or(after);
            let Some(doubled) = rest.strip_prefix('"') else { break };
            cell.push('"');
            rest = doubled;
        }
        self.rest = rest;
        if rest.is_empty() || rest.starts_with([self.separator, '\n', '\r']) {
            Ok(cell)
        } else {
            Err(Broken::AfterQuote)
        }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Vec<String>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let mut cells = Vec::new();
        if self.line_end() {
            return Some(Ok(cells));
        }
        loop {
            match self.cell() {
                Ok(cell) => cells.push(cell),
                Err(broken) => {
                    self.rest = "";
                    return Some(Err(broken));
                }
            }
            match self.rest.strip_prefix(self.separator) {
                Some(rest) => self.rest = rest,
                None => {
                    self.line_end();
                    return Some(Ok(cells));
                }
            }
        }
    }
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
    fn quotation_marks_are_read_as_spreadsheets_write_them() {
        let cells = |text: &str| read("x", text.as_bytes()).unwrap().rows[0].cells.clone();
        assert_eq!(cells("\"a,\"\"b\"\"\",c"), ["a,\"b\"", "c"]);
        // In the middle of a cell it is what it is: 5"屏.
        assert_eq!(cells("5\"屏,说\"好\""), ["5\"屏", "说\"好\""]);
        assert_eq!(cells("\"\",,x"), ["", "", "x"]);
        assert_eq!(cells(",").len(), 2);
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_is_refused_where_it_opens() {
        let long = "长,\n".repeat(MAX_QUOTED_CHARS / 3 + 1);
        for (text, row) in [
            ("a,b\n1,\"x\n2,y\n".to_owned(), 2),
            ("\n\na,\"b".into(), 3),
            // Closed by the next row's, which opened a cell.
            ("a,b\n1,2\n3,\"x\n4,\"y\"\n".into(), 3),
            (format!("a,b\n1,\"{long}\",\n"), 2),
            ("a;b\n1;\"x\n2;y\n".into(), 2),
        ] {
            let fault = read("x", text.as_bytes()).unwrap_err();
            assert_eq!(fault.row, Some(row), "{fault}");
            assert!(fault.problem.contains("引号"), "{fault}");
        }
    }

    #[test]
    fn what_stands_between_cells_is_found_out() {
        for (text, separator) in [
            ("编号;名称\na;甲,乙,丙\n", ';'),
            ("编号\t名称\na\t甲;乙\n", '\t'),
            ("编号,名称\na,甲;乙;丙;丁\n", ','),
            ("名册;2026\n编号,名称\na,甲\nb,乙\n", ','),
            ("编号\n", ','),
            ("", ','),
        ] {
            assert_eq!(read("x", text.as_bytes()).unwrap().origin, Origin::Text { separator }, "{text:?}");
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
