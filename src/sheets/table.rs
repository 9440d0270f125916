//! A sheet seen through its headers: lines whose cells can be read, and what is wrong with those that cannot.

use super::{
    CellKind, Row, Sheet,
    fault::{Fault, Faults, quoted},
    form::{Column, Form, Header, Takes, likely},
    sheet::Origin,
    text::{Mended, half_width, hostile},
};
use crate::domain::check::is_plain_text;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// The longest text of a cell, in characters.
const MAX_CELL_CHARS: usize = 4_000;
/// The longest body of a section, in characters.
const MAX_BODY_CHARS: usize = 10_000;
/// The column of a section's body.
const BODY: &str = "正文";
/// A spreadsheet holds no more digits of a number.
const MAX_EXACT_DIGITS: usize = 15;
const AS_TEXT: &str = "把这一列的单元格格式设为“文本”，再重新输入这一格";

/// A sheet whose headers are known.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    name: String,
    columns: BTreeMap<&'static str, Place>,
    header: Row,
    /// Headers that were refused.
    strange: Vec<String>,
    rows: Vec<Row>,
    /// Cells, by row number and column, that do not show what they hold: what they seem to say is not looked at.
    damaged: BTreeSet<(usize, &'static str)>,
}

/// Where a column is.
#[derive(Debug, Clone)]
struct Place {
    index: usize,
    /// Its header as the file has it.
    shown: String,
    takes: Takes,
}

/// One row of a [`Table`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    table: &'a Table,
    row: &'a Row,
}

impl Table {
    fn empty(name: &str) -> Self {
        Self {
            name: name.into(),
            columns: BTreeMap::new(),
            header: Row::default(),
            strange: Vec::new(),
            rows: Vec::new(),
            damaged: BTreeSet::new(),
        }
    }

    /// Finds the sheet of this name and its columns. A sheet that is missing, empty or lacks a needed column has no lines.
    pub(crate) fn find(sheets: &[Sheet], form: &Form<'_>, faults: &mut Faults) -> Self {
        let mut found = sheets.iter().filter(|sheet| sheet.name == form.name);
        let Some(sheet) = found.next() else {
            // It may be there and be unreadable.
            if !faults.has_sheet(form.name) {
                faults.sheet(form.name, "没有这张表", "从模板补上这张表；没有内容也要留表头");
            }
            return Self::empty(form.name);
        };
        if found.next().is_some() {
            faults.sheet(form.name, "这张表出现了两次", "只留一张");
        }
        Self::read(sheet, form, faults)
    }

    /// Finds, among the sheets of a file, the one that is filled in on this form, and its columns.
    pub(crate) fn pick(sheets: &[Sheet], form: &Form<'_>, faults: &mut Faults) -> Self {
        match form.pick(sheets, faults) {
            Some(sheet) => Self::read(sheet, form, faults),
            None => Self::empty(form.name),
        }
    }

    /// Finds the columns of a sheet. A sheet that is empty or lacks a needed column has no lines.
    pub(crate) fn read(sheet: &Sheet, form: &Form<'_>, faults: &mut Faults) -> Self {
        let mut table = Self::empty(form.name);
        if sheet.hidden.sheet {
            faults.sheet(form.name, "这张表是隐藏的", "取消隐藏，看过以后再来；不要的话删去");
        }
        let Some(header) = form.header(sheet, faults) else { return table };
        let Header { index, columns, last, strange } = header;
        table.strange = strange;
        table.header = sheet.rows.get(index).cloned().unwrap_or_default();
        for (title, index, shown) in columns {
            let takes = form.columns.iter().find(|column| column.title == title);
            let takes = takes.map_or(Takes::Text, |column| column.takes);
            table.columns.insert(title, Place { index, shown, takes });
        }
        table.rows = sheet.rows.iter().skip(index + 1).filter(|row| row.is_filled()).cloned().collect();
        let above = sheet.rows.iter().take(index).filter(|row| row.is_filled()).count();
        if above > 0 {
            faults.notice(format!("{}的表头在第{}行，上面的标题没有读。", form.of(), table.header.number));
        }
        if let Origin::Text { separator } = sheet.origin {
            table.separated(separator, last, form, faults);
        }
        table.beside(sheet, faults);
        table.in_sight(sheet, faults);
        table.damaged = table.check(faults);
        table.mend(faults);
        table
    }

    /// In a text file a cell is where it is only as long as its row has as many as the header.
    fn separated(&self, separator: char, last: usize, form: &Form<'_>, faults: &mut Faults) {
        let called = match separator {
            '\t' => "制表符",
            ';' => "分号",
            _ => "逗号",
        };
        if separator != ',' {
            faults.notice(format!("“{}”表是用{called}分开的，照样读了。", self.name));
        }
        let width = last + 1;
        for row in &self.rows {
            let filled = row.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
            let lacks = |column: &Column| {
                let place = self.columns.get(column.title);
                column.needed && place.is_some_and(|place| place.index >= row.cells.len())
            };
            // A line break may be the end of a row that a quotation mark has taken in.
            let ends_early = form.may_end_early
                && !form.columns.iter().any(lacks)
                && !row.cells.iter().any(|cell| cell.contains('\n'));
            if filled <= width && (row.cells.len() >= width || ends_early) {
                continue;
            }
            let found = if filled > width { filled } else { row.cells.len() };
            faults.push(Fault {
                sheet: self.name.clone(),
                row: Some(row.number),
                column: None,
                problem: format!("这一行有{found}格，表头有{width}格，对不上"),
                remedy: format!(
                    "核对这一行的{called}和英文引号；也可以在表格软件里改好，另存为“Excel工作簿（xlsx）”"
                ),
            });
        }
    }

    /// What stands beside the table is not read, and that is said.
    fn beside(&self, sheet: &Sheet, faults: &mut Faults) {
        let titled = |index: usize| !self.header.cell(index).is_empty();
        let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
        let strays = |row: &&Row| {
            (0..width).any(|index| {
                !titled(index) && !row.cell(index).is_empty() && !row.merged.contains_key(&index)
            })
        };
        if let Some(row) = self.rows.iter().find(strays) {
            faults.notice(format!("“{}”表第{}行有写在表头以外的内容，没有读。", self.name, row.number));
        }
    }

    /// What nobody sees was perhaps not meant.
    fn in_sight(&self, sheet: &Sheet, faults: &mut Faults) {
        // Each for itself: where sound rows go in, no hidden one is sound.
        for row in self.rows.iter().filter(|row| sheet.hidden.rows.contains(&row.number)) {
            faults.push(Fault {
                sheet: self.name.clone(),
                row: Some(row.number),
                column: None,
                problem: "这一行是隐藏的，或者被筛选掉了".into(),
                remedy: "取消隐藏和筛选；不要的行删去，再存一次".into(),
            });
        }
        for (title, place) in &self.columns {
            let is_filled = self.rows.iter().any(|row| !row.cell(place.index).is_empty());
            if is_filled && sheet.hidden.columns.contains(&place.index) {
                // At the header: it concerns every row.
                let remedy = "取消隐藏，看过以后再存一次；不要的话删去这一列";
                Line { table: self, row: &self.header }.fault(
                    title,
                    "这一列是隐藏的，里面有内容",
                    remedy,
                    faults,
                );
            }
        }
    }

    /// What is wrong with cells, whatever they are for: says so, and answers which ones.
    fn check(&self, faults: &mut Faults) -> BTreeSet<(usize, &'static str)> {
        let mut damaged = BTreeSet::new();
        for line in self.lines() {
            let mut across: BTreeMap<(usize, usize), &str> = BTreeMap::new();
            for (&title, place) in &self.columns {
                if !line.guard(title, place.takes, faults) {
                    damaged.insert((line.number(), title));
                }
                let Some(begins) = line.row.merged.get(&place.index) else { continue };
                if let Some(other) = across.insert(*begins, title) {
                    let problem = format!("这一格和“{other}”列的合并成了一格，看不出是哪一列的");
                    line.fault(title, problem, "取消合并，每一格各填各的；是表下面的说明就删去", faults);
                    damaged.insert((line.number(), title));
                }
            }
        }
        damaged
    }

    /// Takes what has a safe meaning, and says so once.
    fn mend(&mut self, faults: &mut Faults) {
        let mut said: BTreeMap<&str, (usize, usize, &str)> = BTreeMap::new();
        for row in &mut self.rows {
            let number = row.number;
            let mut say = |what: &'static str, title: &'static str| {
                said.entry(what).or_insert((0, number, title)).0 += 1;
            };
            for (&title, place) in &self.columns {
                match row.mended.get(&place.index) {
                    Some(Mended::Invisible) => say("去掉了看不见的字符", title),
                    Some(Mended::Radicals) => say("把偏旁部首的码位换成了汉字", title),
                    None => {}
                }
                let merged = row.merged.get(&place.index);
                if merged.is_some_and(|(begins, _)| *begins != number) {
                    say("合并的格子，每一行都当作填了同样的内容", title);
                }
                let Some(cell) = row.cells.get_mut(place.index).filter(|_| place.takes != Takes::Text) else {
                    continue;
                };
                let half = match half_width(cell) {
                    Cow::Owned(half) => half,
                    Cow::Borrowed(_) => continue,
                };
                *cell = half;
                say("全角的数字和字母当作半角", title);
            }
        }
        for (what, (count, row, title)) in said {
            let header = self.columns.get(title).map_or(title, |place| place.shown.as_str());
            faults.notice(format!("“{}”表{what}：{count}格，第一处在第{row}行“{header}”列。", self.name));
        }
    }

    /// Whether the table has a column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// Says that a column is missing which this table needs after all.
    pub(crate) fn misses(&self, column: &str, form: &Form<'_>, faults: &mut Faults) {
        faults.push(form.missing(column, &self.header, &[]));
    }

    /// Says that there are too many lines, and leaves the rest out.
    pub(crate) fn no_more_than(&mut self, most: usize, faults: &mut Faults) {
        if self.rows.len() > most {
            self.rows.truncate(most);
            faults.sheet(&self.name, format!("这张表超过{most}行"), "核对是不是这张表；多余的行删去");
        }
    }

    /// The lines that are not blank.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().map(move |row| Line { table: self, row })
    }
}

impl<'a> Line<'a> {
    /// The row's number in the spreadsheet.
    pub(crate) fn number(self) -> usize {
        self.row.number
    }

    /// The name of the sheet.
    pub(crate) fn sheet(self) -> &'a str {
        &self.table.name
    }

    /// What the spreadsheet made of a cell, if it is not text.
    pub(crate) fn kind(self, column: &str) -> Option<CellKind> {
        let place = self.table.columns.get(column)?;
        self.row.kinds.get(&place.index).copied()
    }

    /// Whether a cell shows what it holds, and holds what somebody typed. Where it does not, that is said.
    fn guard(self, column: &str, takes: Takes, faults: &mut Faults) -> bool {
        let text = self.text(column);
        let (problem, remedy): (String, &str) = match (self.kind(column), takes) {
            (Some(CellKind::Error), _) => ("这一格的公式出错了".into(), "改好公式，或者直接填上内容"),
            (Some(CellKind::NoResult), _) => {
                ("这一格是公式，文件里没有它的结果".into(), "在表格软件里打开，存一次再来；或者直接填上内容")
            }
            (Some(CellKind::Masked), _) | (Some(CellKind::Padded), Takes::Text) => {
                (format!("这一格显示的和存的不一样，存的是{}", quoted(text)), AS_TEXT)
            }
            (Some(CellKind::Date | CellKind::PartialDate), Takes::Text | Takes::Exact) => {
                (format!("这一格被表格软件改成了日期，现在是{}", quoted(text)), AS_TEXT)
            }
            (Some(CellKind::PartialDate), Takes::Day) => (
                format!("这一格是日期，却没有显示年或日，存的是{}", quoted(text)),
                "写成 2026-06-05 的样子，单元格设为文本格式",
            ),
            (Some(CellKind::Number), Takes::Text) if digits(text) > MAX_EXACT_DIGITS => {
                return self.no_number(column, faults);
            }
            _ => {
                let most = most_chars(column);
                if let Some(problem) = hostile(text) {
                    self.fault(column, problem, "重新手工输入这一格", faults);
                } else if !is_plain_text(text, most, true) {
                    let problem = format!("文字超过{most}个字，或者有看不见的控制字符");
                    self.fault(column, problem, "缩短，或者重新手工输入这一格", faults);
                } else {
                    return true;
                }
                return false;
            }
        };
        self.fault(column, problem, remedy, faults);
        false
    }

    /// Whether the table has a column.
    pub(crate) fn has(self, column: &str) -> bool {
        self.table.has(column)
    }

    /// Whether a column may stand under a header that was refused.
    pub(crate) fn mislaid(self, column: &str) -> bool {
        !self.has(column) && likely(column, &self.table.strange).is_some()
    }

    /// Says that this row needs a cell that is blank, or in a column that the table does not have.
    pub(crate) fn lacks(self, column: &str, faults: &mut Faults) {
        if self.has(column) {
            self.fault(column, "这一格没有填", "填上", faults);
        } else if !self.mislaid(column) {
            let problem = format!("表头里没有{}这一列", quoted(column));
            self.fault(column, problem, &format!("在表头这一行补上“{column}”，再填上"), faults);
        }
    }

    /// Whether an identifier is what was typed; says where it has become a number that no longer shows that. A whole number that the spreadsheet
    /// holds exactly, and shows so, is one.
    pub(crate) fn no_number(self, column: &str, faults: &mut Faults) -> bool {
        let text = self.text(column);
        let exact = text.len() <= MAX_EXACT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = matches!(self.kind(column), Some(CellKind::Number | CellKind::Padded));
        if is_number && !(exact && self.kind(column) == Some(CellKind::Number)) {
            let problem =
                format!("这一格是数字格式，现在是{}：开头和末尾的0、第15位以后的数字会丢", quoted(text));
            self.fault(column, problem, AS_TEXT, faults);
            return false;
        }
        true
    }

    /// Whether the text of a cell is longer than its column allows.
    pub(crate) fn too_long(self, column: &str) -> bool {
        self.text(column).chars().count() > most_chars(column)
    }

    /// The text of a cell; empty when there is none.
    pub(crate) fn text(self, column: &str) -> &'a str {
        self.table.columns.get(column).map_or("", |place| self.row.cell(place.index))
    }

    /// Whether a cell shows what it holds.
    pub(crate) fn is_sound(self, column: &str) -> bool {
        !self.table.damaged.iter().any(|(row, title)| *row == self.row.number && *title == column)
    }

    /// Adds a fault at a cell; of one that is damaged that alone is said.
    pub(crate) fn fault(self, column: &str, problem: impl Into<String>, remedy: &str, faults: &mut Faults) {
        if !self.is_sound(column) {
            return;
        }
        let shown = self.table.columns.get(column).map_or(column, |place| place.shown.as_str());
        faults.push(Fault {
            sheet: self.table.name.clone(),
            row: Some(self.row.number),
            column: Some(shown.into()),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

fn most_chars(column: &str) -> usize {
    if column == BODY { MAX_BODY_CHARS } else { MAX_CELL_CHARS }
}
