//! A sheet seen through its headers, and cells read as what they should be.

use super::{
    fault::{Fault, Faults, quoted},
    sheet::{Row, Sheet},
};
use crate::domain::{Points, check::is_plain_text};
use core::str::FromStr;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Every sheet may have this column; it is for its authors and is not published.
const REMARK: &str = "备注";
/// The longest text of a cell, in characters.
const MAX_CELL_CHARS: usize = 4_000;

/// A sheet whose headers are known.
#[derive(Debug, Clone)]
pub(crate) struct Table<'a> {
    name: &'static str,
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
        let mut table = Self { name, columns: BTreeMap::new(), rows: Vec::new() };
        let mut found = sheets.iter().filter(|sheet| sheet.name == name);
        let Some(sheet) = found.next() else {
            faults.sheet(name, "没有这张表", "从模板补上这张表；没有内容也要留表头");
            return table;
        };
        if found.next().is_some() {
            faults.sheet(name, "这张表出现了两次", "只留一张");
        }
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
                if !is_plain_text(cell, MAX_CELL_CHARS, true) {
                    Line { table: &table, row }.fault(
                        column,
                        format!("文字超过{MAX_CELL_CHARS}个字，或者有看不见的控制字符"),
                        "缩短，或者重新手工输入这一格",
                        faults,
                    );
                }
            }
        }
        table
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
        }
        id
    }

    /// Needed points.
    pub(crate) fn points(self, column: &str, faults: &mut Faults) -> Option<Points> {
        let text = self.needed(column, faults)?;
        let points = Points::parse(text).ok();
        if points.is_none() {
            let problem = format!("{}不是分值", quoted(text));
            self.fault(column, problem, "写成不带单位的数，最多两位小数，如 2 或 2.5", faults);
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
            self.fault(column, problem, "写成不带单位的整数", faults);
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

fn parse_date(text: &str) -> Option<Date> {
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut pieces = text.split(['-', '/', '.', '年', '月']);
    let (year, month, day) = (pieces.next()?, pieces.next()?, pieces.next()?);
    if pieces.next().is_some() {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
