//! Cells of a line, read as what they should be.

use super::{
    day,
    fault::{Faults, quoted},
    table::Line,
};
use crate::domain::{Points, Proportion};
use core::str::FromStr;
use jiff::civil::Date;

impl<'a> Line<'a> {
    /// The text of a cell that must not be empty.
    pub(crate) fn needed(self, column: &str, faults: &mut Faults) -> Option<&'a str> {
        let text = self.text(column);
        if text.is_empty() {
            self.lacks(column, faults);
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
            self.fault(column, problem, "写成不小于0的数，不带单位，最多两位小数，如 2 或 2.5", faults);
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

    /// A needed proportion that will do: 90, 90%, 三分之一, 1/3.
    pub(crate) fn proportion(
        self,
        column: &str,
        will_do: impl Fn(Proportion) -> bool,
        faults: &mut Faults,
    ) -> Option<Proportion> {
        let text = self.needed(column, faults)?;
        let found = Proportion::read(text).filter(|found| will_do(*found));
        if found.is_none() {
            let problem = format!("{}不是这里能用的比例", quoted(text));
            // 90% that has lost its format arrives as 0.9.
            let is_part = text.parse::<f64>().is_ok_and(|number| number > 0.0 && number < 1.0);
            let remedy = if is_part {
                "百分之九十写 90，不写 0.9"
            } else {
                "写百分之几（如 90），或者几分之几（如 三分之一）；在0到100%之间"
            };
            self.fault(column, problem, remedy, faults);
        }
        found
    }

    /// A day, when there is one: 2026-06-05, 2026/6/5, 2026年6月5日.
    pub(crate) fn date(self, column: &str, faults: &mut Faults) -> Option<Date> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        match day::parse(text) {
            Ok(date) => Some(date),
            Err(error) => {
                self.fault(column, format!("{}{error}", quoted(text)), error.remedy(), faults);
                None
            }
        }
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
