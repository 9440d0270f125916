//! Days as people write them: 2026-06-05, 2026/6/5, 2026.6.5, 2026年6月5日. A year has four digits.

use crate::domain::day::YEARS;
use jiff::civil::Date;

/// Why a text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DayError {
    /// Anything else, or a day that no calendar has.
    #[error("不是日期")]
    NoDay,
    /// 26.1.1
    #[error("年份不是四位")]
    ShortYear,
    /// A year that cannot be meant.
    #[error("年份不在{}到{}之间", YEARS.start(), YEARS.end())]
    FarYear,
}

impl DayError {
    /// What to do about it.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::NoDay => "写成 2026-06-05 的样子，单元格设为文本格式",
            Self::ShortYear => "年份写四位，如 2026-06-05",
            Self::FarYear => "核对年份，写成 2026-06-05 的样子",
        }
    }
}

/// Reads a day.
///
/// # Errors
/// A [`DayError`] when the text is none, or its year cannot be meant.
pub(crate) fn parse(text: &str) -> Result<Date, DayError> {
    let text = text.strip_suffix('日').unwrap_or(text);
    let mut pieces = text.split(['-', '/', '.', '年', '月']);
    let mut next = || pieces.next().filter(|piece| is_number(piece)).ok_or(DayError::NoDay);
    let (year, month, day) = (next()?, next()?, next()?);
    if pieces.next().is_some() {
        return Err(DayError::NoDay);
    }
    let number = |piece: &str| piece.parse::<i8>().map_err(|_| DayError::NoDay);
    let (month, day) = (number(month)?, number(day)?);
    let known = year.parse::<i16>().ok().filter(|number| year.len() >= 4 && YEARS.contains(number));
    let Some(known) = known else {
        let why = if year.len() < 4 { DayError::ShortYear } else { DayError::FarYear };
        // Only where it would be a day in some year.
        return Err(Date::new(2000, month, day).map_or(DayError::NoDay, |_| why));
    };
    Date::new(known, month, day).map_err(|_| DayError::NoDay)
}

fn is_number(piece: &str) -> bool {
    !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_read_as_people_write_it_and_a_year_has_four_digits() {
        for text in ["2026-06-05", "2026/6/5", "2026.6.5", "2026年6月5日", "2026年6月5"] {
            assert_eq!(parse(text), Ok(date(2026, 6, 5)), "{text}");
        }
        for text in ["26.1.1", "27-1-5", "026-1-5", "18.10.28"] {
            assert_eq!(parse(text), Err(DayError::ShortYear), "{text}");
        }
        for text in ["3027-1-5", "1026-1-5", "1948-12-31", "2101-01-01", "20260-1-1", "99999-1-1"] {
            assert_eq!(parse(text), Err(DayError::FarYear), "{text}");
        }
        for text in
            ["", "明天", "2026", "2026-6", "2026-02-30", "2026-6-5-1", "-2026-1-1", "+026-1-1", "2026-13-1"]
        {
            assert_eq!(parse(text), Err(DayError::NoDay), "{text}");
        }
        assert_eq!(parse("1949-10-01"), Ok(date(1949, 10, 1)));
        assert_eq!(parse("2100-12-31"), Ok(date(2100, 12, 31)));
    }
}
