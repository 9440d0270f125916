//! A sheet seen through its headers, and cells read as what they should be.

use super::{
    fault::{Fault, Faults, quoted},
    sheet::{CellKind, Row, Sheet},
};
use crate::domain::{Points, check::is_plain_text};
use core::str::FromStr;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Every sheet may have this column; it is for its authors and is not published.
const REMARK: &str = "备注";
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
pub(crate) struct Table<'a> {
    name: &'a str,
    columns: BTreeMap<String, usize>,
    rows: Vec<&'a Row>,
}

/// One row of a [`Table`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    table: &'a Table<'a>,
    row: &'a Row,
}

impl<'a> Table<'a> {
    /// Finds the sheet and its columns. A sheet that is missing, empty or lacks a needed column has no lines.
    pub(crate) fn find(
        sheets: &'a [Sheet],
        name: &'static str,
        needed: &[&str],
        optional: &[&str],
        faults: &mut Faults,
    ) -> Self {
        let mut found = sheets.iter().filter(|sheet| sheet.name == name);
        let Some(sheet) = found.next() else {
            // It may be there and be unreadable.
            if !faults.has_sheet(name) {
                faults.sheet(name, "没有这张表", "从模板补上这张表；没有内容也要留表头");
            }
            return Self { name, columns: BTreeMap::new(), rows: Vec::new() };
        };
        if found.next().is_some() {
            faults.sheet(name, "这张表出现了两次", "只留一张");
        }
        Self::read(sheet, needed, optional, faults)
    }

    /// Finds the columns of a sheet. A sheet that is empty or lacks a needed column has no lines.
    pub(crate) fn read(sheet: &'a Sheet, needed: &[&str], optional: &[&str], faults: &mut Faults) -> Self {
        let name = sheet.name.as_str();
        let mut table = Self { name, columns: BTreeMap::new(), rows: Vec::new() };
        let filled = |row: &&Row| row.cells.iter().any(|cell| !cell.is_empty());
        let mut rows = sheet.rows.iter().filter(filled);
        let Some(header) = rows.next() else {
            faults.sheet(name, "这张表是空的", "从模板补上表头");
            return table;
        };
        let mut complete = true;
        for (index, title) in header.cells.iter().enumerate().filter(|(_, title)| !title.is_empty()) {
            let place = |problem: String, remedy: &str| Fault {
                sheet: name.into(),
                row: Some(header.number),
                column: Some(title.clone()),
                problem,
                remedy: remedy.into(),
            };
            let known = needed.contains(&title.as_str()) || optional.contains(&title.as_str());
            if !known && title != REMARK {
                faults.push(place("不认识这一列".into(), "改成模板里的表头；只是说明的话用“备注”列"));
            } else if table.columns.insert(title.clone(), index).is_some() {
                faults.push(place("这一列出现了两次".into(), "只留一列"));
            }
        }
        for column in needed.iter().filter(|column| !table.columns.contains_key(**column)) {
            complete = false;
            faults.push(Fault {
                sheet: name.into(),
                row: Some(header.number),
                column: Some((*column).into()),
                problem: "缺这一列".into(),
                remedy: "在表头这一行补上".into(),
            });
        }
        if complete {
            table.rows = rows.collect();
        }
        for row in &table.rows {
            for (column, index) in &table.columns {
                let cell = row.cells.get(*index).map_or("", String::as_str);
                if row.kinds.get(index) == Some(&CellKind::Error) {
                    let line = Line { table: &table, row };
                    line.fault(column, "这一格的公式出错了", "改好公式，或者直接填上内容", faults);
                }
                let most = most_chars(column);
                if !is_plain_text(cell, most, true) {
                    Line { table: &table, row }.fault(
                        column,
                        format!("文字超过{most}个字，或者有看不见的控制字符"),
                        "缩短，或者重新手工输入这一格",
                        faults,
                    );
                }
            }
        }
        table
    }

    /// Says where the spreadsheet made a date of something that is none.
    pub(crate) fn no_dates_but(&self, dates: &[&str], faults: &mut Faults) {
        for line in self.lines() {
            for column in self.columns.keys().filter(|column| !dates.contains(&column.as_str())) {
                if line.kind(column) == Some(CellKind::Date) && column != REMARK {
                    let problem = format!("这一格被表格软件改成了日期，现在是{}", quoted(line.text(column)));
                    line.fault(column, problem, AS_TEXT, faults);
                }
            }
        }
    }

    /// Says that there are too many lines, and leaves the rest out.
    pub(crate) fn no_more_than(&mut self, most: usize, faults: &mut Faults) {
        if self.rows.len() > most {
            self.rows.truncate(most);
            faults.sheet(self.name, format!("这张表超过{most}行"), "核对是不是这套标准的表；多余的行删去");
        }
    }

    /// The lines that are not blank.
    pub(crate) fn lines(&'a self) -> impl Iterator<Item = Line<'a>> {
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
        self.table.name
    }

    /// What the spreadsheet made of a cell, if it is not text.
    pub(crate) fn kind(self, column: &str) -> Option<CellKind> {
        let index = self.table.columns.get(column)?;
        self.row.kinds.get(index).copied()
    }

    /// Says that an identifier has become a number that no longer shows what was typed. A whole number that the spreadsheet
    /// holds exactly is one.
    pub(crate) fn no_number(self, column: &str, faults: &mut Faults) {
        let text = self.text(column);
        let exact = text.len() <= MAX_EXACT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if self.kind(column) == Some(CellKind::Number) && !exact {
            let problem = format!("这一格是数字格式，现在是{}：末尾的0和第15位以后的数字会丢", quoted(text));
            self.fault(column, problem, AS_TEXT, faults);
        }
    }

    /// Whether the text of a cell is longer than its column allows.
    pub(crate) fn too_long(self, column: &str) -> bool {
        self.text(column).chars().count() > most_chars(column)
    }

    /// The text of a cell; empty when there is none.
    pub(crate) fn text(self, column: &str) -> &'a str {
        let index = self.table.columns.get(column);
        index.and_then(|index| self.row.cells.get(*index)).map_or("", String::as_str)
    }

    /// Adds a fault at a cell.
    pub(crate) fn fault(self, column: &str, problem: impl Into<String>, remedy: &str, faults: &mut Faults) {
        faults.push(Fault {
            sheet: self.table.name.into(),
            row: Some(self.row.number),
            column: Some(column.into()),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// The text of a cell that must not be empty.
    pub(crate) fn needed(self, column: &str, faults: &mut Faults) -> Option<&'a str> {
        let text = self.text(column);
        if text.is_empty() {
            self.fault(column, "这一格没有填", "填上", faults);
            return None;
        }
        Some(text)
    }

    /// A needed identifier.
    pub(crate) fn id<T>(self, column: &str, faults: &mut Faults) -> Option<T>
    where
        T: TryFrom<String>,
    {
        let text = self.needed(column, faults)?;
        let id = T::try_from(text.to_owned()).ok();
        if id.is_none() {
            let problem = format!("{}不能作编号", quoted(text));
            self.fault(column, problem, "用1到64个英文字母、数字、点、横线或下划线", faults);
        } else {
            self.no_number(column, faults);
        }
        id
    }

    /// Needed points.
    pub(crate) fn points(self, column: &str, faults: &mut Faults) -> Option<Points> {
        let text = self.needed(column, faults)?;
        let points = Points::parse(text).ok();
        if points.is_none() {
            let problem = format!("{}不是分值", quoted(text));
            self.fault(column, problem, "写成0到100的数，不带单位，最多两位小数，如 2 或 2.5", faults);
        }
        points
    }

    /// A needed whole number within bounds.
    pub(crate) fn number_in<T>(self, column: &str, least: T, most: T, faults: &mut Faults) -> Option<T>
    where
        T: FromStr + PartialOrd + core::fmt::Display + Copy,
    {
        let text = self.needed(column, faults)?;
        let text = text.strip_suffix(['%', '％']).unwrap_or(text);
        let number = text.parse::<T>().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let problem = format!("{}不是{least}到{most}的整数", quoted(text));
            // 90% that has lost its format arrives as 0.9.
            let is_part = text.parse::<f64>().is_ok_and(|number| number > 0.0 && number < 1.0);
            let remedy = if is_part {
                "百分比写成整数，百分之九十写 90"
            } else {
                "写成不带单位的整数"
            };
            self.fault(column, problem, remedy, faults);
        }
        number
    }

    /// A date, when there is one: 2026-06-05, 2026/6/5, 2026年6月5日.
    pub(crate) fn date(self, column: &str, faults: &mut Faults) -> Option<Date> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let date = parse_date(text);
        if date.is_none() {
            let problem = format!("{}不是日期", quoted(text));
            self.fault(column, problem, "写成 2026-06-05 的样子，单元格设为文本格式", faults);
        }
        date
    }

    /// 是 or 否; empty is 否.
    pub(crate) fn yes(self, column: &str, faults: &mut Faults) -> bool {
        if self.text(column).is_empty() {
            return false;
        }
        self.word(column, &[("是", true), ("否", false)], faults).unwrap_or(false)
    }

    /// A needed word out of a few.
    pub(crate) fn word<T: Copy>(self, column: &str, words: &[(&str, T)], faults: &mut Faults) -> Option<T> {
        let text = self.needed(column, faults)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let remedy = format!("只能填：{}", all.join("、"));
            self.fault(column, format!("不认识{}", quoted(text)), &remedy, faults);
        }
        found
    }

    /// The pieces of a cell, separated by 、 or line breaks.
    pub(crate) fn pieces(self, column: &str) -> impl Iterator<Item = &'a str> {
        self.text(column).split(['、', '\n']).map(str::trim).filter(|piece| !piece.is_empty())
    }
}

fn most_chars(column: &str) -> usize {
    if column == BODY { MAX_BODY_CHARS } else { MAX_CELL_CHARS }
}

/// 2026-06-05, 2026/6/5, 2026.6.5, 2026年6月5日
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut pieces = text.split(['-', '/', '.', '年', '月']);
    let (year, month, day) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if pieces.next().is_some() {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
