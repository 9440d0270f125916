//! Paper: a form as it is printed, signed and stamped, apart from what it says and from the files it becomes.
//!
//! [`Paper`] is what the app builds and shows for printing. Word and Excel files are written from it by a program of its own
//! (`biaochi-paper`, feature `paper`), which a phone fetches apart from the app and runs as a worker: the libraries that write
//! them would double the app's size.

#[cfg(feature = "server")]
pub mod booklet;
#[cfg(feature = "paper")]
mod docx;
pub mod layout;
#[cfg(feature = "paper")]
#[cfg(test)]
mod tests;
#[cfg(any(feature = "paper", feature = "server"))]
mod word;
#[cfg(feature = "paper")]
pub mod worker;
#[cfg(feature = "paper")]
mod xlsx;

use serde::{Deserialize, Serialize};

/// One form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Paper {
    /// Its name, in large type at the top; also the name of its file. A line feed begins a new line.
    pub title: String,
    /// What stands beneath the title: the branch, the period, the day.
    #[serde(default)]
    pub subtitle: Vec<String>,
    /// Which way the sheet lies.
    #[serde(default)]
    pub orientation: Orientation,
    /// From top to bottom.
    pub blocks: Vec<Block>,
    /// Who signs and stamps. Those with a label are boxes below the last table, the others lines at the right.
    #[serde(default)]
    pub feet: Vec<Foot>,
}

/// Which way the A4 sheet lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// 纵向
    #[default]
    Portrait,
    /// 横向
    Landscape,
}

/// A piece of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// 一、基本情况
    Heading(String),
    /// A paragraph, its first line indented by two characters.
    Paragraph(String),
    /// A small remark below or above a table, not indented.
    Remark(String),
    /// A table.
    Table(Table),
}

/// A table with thin black lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// From left to right; at most [`MOST_COLUMNS`].
    pub columns: Vec<Column>,
    /// Whether the columns' names stand above them, again on every page.
    #[serde(default)]
    pub headed: bool,
    /// Many words: set in 小五 instead of 五号.
    #[serde(default)]
    pub dense: bool,
    /// From top to bottom.
    pub rows: Vec<Row>,
}

/// A4 has no room for more.
pub const MOST_COLUMNS: usize = 20;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Column {
    /// 考核指标
    pub name: String,
    /// Its part of the table's width, in relation to the other columns' shares.
    pub share: u16,
    /// How its cells are set.
    #[serde(default)]
    pub align: Align,
    /// Figures in it are numbers in a workbook, so that they add up there.
    #[serde(default)]
    pub number: bool,
}

/// How a cell is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Texts.
    #[default]
    Left,
    /// Numbers, names, dates.
    Center,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Row {
    /// One text a column; a line feed begins a new line. What is missing is empty.
    pub cells: Vec<String>,
    /// Room for so many lines at least, to be written by hand; 0 or 1 asks for no more than the texts need.
    #[serde(default)]
    pub lines: u8,
}

/// 支部意见 … : where somebody signs and stamps.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Foot {
    /// 支部意见; empty for lines at the right without a box.
    #[serde(default)]
    pub label: String,
    /// What is said there already; empty leaves the room for handwriting.
    #[serde(default)]
    pub text: String,
    /// At its end, a line each: 书记（签字）：　　　（盖章）. With none, the box is as low as its text.
    #[serde(default)]
    pub signs: Vec<String>,
}

/// The line for the date under a signature.
pub const DATE_LINE: &str = "年　　月　　日";

/// Which file a form becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Word
    Docx,
    /// Excel
    Xlsx,
}

impl Kind {
    /// What a file's name ends with.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What the worker is asked, as JSON. It answers with the file's bytes, or with a text that says why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Which file.
    pub kind: Kind,
    /// Of which form.
    pub paper: Paper,
}

/// What the worker says first, when it can be asked. Its loader says another word when the program is not on this phone and cannot be fetched.
pub const READY: &str = "ready";

/// Why a page got no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotMade {
    /// The worker is not on this phone yet, and cannot be fetched.
    Absent,
    /// The worker could not write it, or stopped.
    Failed(
        /// What it said, for logs.
        String,
    ),
    /// The browser does not let the file be saved.
    NotSaved,
}

/// Why there is no file.
#[cfg(any(feature = "paper", feature = "server"))]
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The request is none of ours.
    #[error("the request cannot be read: {0}; page and worker must be of the same version")]
    Request(#[from] serde_json::Error),
    /// More than a sheet can hold.
    #[error("a table of {0} columns does not fit on paper; leave some out")]
    TooWide(usize),
    /// The library that writes Word files wrote no text.
    #[error("the Word file cannot be written: {0}")]
    Docx(#[from] std::string::FromUtf8Error),
    /// The library that packs them.
    #[error("the Word file cannot be packed: {0}")]
    Pack(#[from] zip::result::ZipError),
    /// The library that writes workbooks.
    #[error("the workbook cannot be written: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

#[cfg(feature = "paper")]
impl Request {
    /// The file's bytes.
    pub fn answer(&self) -> Result<Vec<u8>, PaperError> {
        let mut tables = self.paper.blocks.iter().filter_map(|block| match block {
            Block::Table(table) => Some(table.columns.len()),
            _ => None,
        });
        if let Some(columns) = tables.find(|columns| *columns > MOST_COLUMNS) {
            return Err(PaperError::TooWide(columns));
        }
        match self.kind {
            Kind::Docx => docx::write(&self.paper),
            Kind::Xlsx => xlsx::write(&self.paper),
        }
    }
}

impl Paper {
    /// The table that the boxed feet stand below: the last block, if it is one.
    pub fn last_table(&self) -> Option<&Table> {
        match self.blocks.last() {
            Some(Block::Table(table)) => Some(table),
            _ => None,
        }
    }

    /// The name of its file without the ending, from words only: `自评表-十里村党支部-2026年下半年`.
    pub fn file_name(&self, of: &[&str]) -> String {
        let words =
            [self.title.as_str()].into_iter().chain(of.iter().copied()).filter(|word| !word.is_empty());
        let name = words.collect::<Vec<_>>().join("-");
        let printed = name.chars().filter(|c| !c.is_control());
        printed.map(|c| if r#"\/:*?"<>|"#.contains(c) { '_' } else { c }).collect()
    }
}
