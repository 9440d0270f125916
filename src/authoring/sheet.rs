//! A table: a header and rows of texts.

use super::fault::Fault;
use unicode_normalization::UnicodeNormalization as _;

/// One table, read but not yet understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name: 条目, 分项 …
    pub name: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// One row with its place.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    sheet: &'a Sheet,
    index: usize,
}

/// NFC, line feeds only, no white space at the ends: so that equal content gives equal hashes.
fn canonical(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").nfc().collect::<String>().trim().to_owned()
}

/// UTF-8 with or without a byte order mark, else GBK as Chinese Excel writes it.
fn decoded(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = core::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    let (text, _, broken) = encoding_rs::GB18030.decode(bytes);
    (!broken).then(|| text.into_owned())
}

impl Sheet {
    /// Reads a CSV file.
    ///
    /// # Errors
    /// [`Fault`] when it is neither UTF-8 nor GBK, or no CSV, or lacks a header.
    pub fn from_csv(name: &str, bytes: &[u8]) -> Result<Self, Fault> {
        let fault = |row, problem: &str| Fault {
            sheet: name.into(),
            row,
            column: String::new(),
            problem: problem.into(),
        };
        let text = decoded(bytes).ok_or_else(|| fault(0, "文字编码认不出,请另存为UTF-8或GBK的CSV"))?;
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for (index, record) in reader.records().enumerate() {
            let record = record.map_err(|_| fault(index + 1, "这一行读不出,请检查引号"))?;
            rows.push(record.iter().map(canonical).collect::<Vec<_>>());
        }
        if rows.is_empty() {
            return Err(fault(0, "是空表,第一行应是表头"));
        }
        let header = rows.remove(0);
        Ok(Self { name: name.into(), header, rows })
    }

    /// Its rows, empty ones left out.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len())
            .filter(|index| self.rows[*index].iter().any(|cell| !cell.is_empty()))
            .map(|index| Row { sheet: self, index })
    }

    /// A fault for each column that is missing.
    #[must_use]
    pub fn missing(&self, columns: &[&str]) -> Vec<Fault> {
        let missing = columns.iter().filter(|column| !self.header.iter().any(|known| known == *column));
        missing
            .map(|column| Fault {
                sheet: self.name.clone(),
                row: 1,
                column: (*column).into(),
                problem: "缺这一列,请补上表头".into(),
            })
            .collect()
    }
}

impl<'a> Row<'a> {
    /// The cell under this header; empty when there is none.
    #[must_use]
    pub fn get(&self, column: &str) -> &'a str {
        let place = self.sheet.header.iter().position(|known| known == column);
        place.and_then(|place| self.sheet.rows[self.index].get(place)).map_or("", String::as_str)
    }

    /// The parts of a list cell, separated by `|` or line breaks.
    pub fn list(&self, column: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.get(column).split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty())
    }

    /// A fault in this row.
    pub fn fault(&self, column: &str, problem: impl Into<String>) -> Fault {
        Fault {
            sheet: self.sheet.name.clone(),
            row: self.index + 2,
            column: column.into(),
            problem: problem.into(),
        }
    }

    /// Reads a cell by a function that says what is wrong.
    ///
    /// # Errors
    /// The fault, placed.
    pub fn read<T>(&self, column: &str, read: impl FnOnce(&'a str) -> Result<T, String>) -> Result<T, Fault> {
        read(self.get(column)).map_err(|problem| self.fault(column, problem))
    }

    /// A cell that must not be empty.
    ///
    /// # Errors
    /// The fault, placed.
    pub fn required(&self, column: &str) -> Result<String, Fault> {
        self.read(column, |cell| if cell.is_empty() { Err("不能空着".into()) } else { Ok(cell.to_owned()) })
    }
}
