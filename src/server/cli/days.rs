//! Days as somebody types them, read as tables are.

use super::error::CliError;
use crate::sheets::day::{self, DayError};
use jiff::civil::Date;

/// A day that can be meant.
pub(super) fn read(text: &str) -> Result<Date, CliError> {
    day::parse(text.trim()).map_err(|why| {
        let remedy = match why {
            DayError::FarYear => "核对年份，写成 2026-11-27 的样子",
            DayError::NoDay | DayError::ShortYear => "写成 2026-11-27 或 2026年11月27日 的样子",
        };
        CliError::refused(format!("“{text}”{why}"), remedy)
    })
}

/// What to say of a day by which something is due: it may have passed, and is entered as it is.
pub(super) fn overdue(due: Option<Date>, today: Date) -> Option<String> {
    let due = due.filter(|due| *due < today)?;
    Some(format!("提示：{due}已经过了，照实记作逾期。"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_is_one_that_can_be_meant() {
        let today = date(2026, 11, 24);
        assert_eq!(read(" 2026-11-20 ").unwrap(), date(2026, 11, 20));
        for text in ["2026年11月20日", "2026/11/20", "2026.11.20"] {
            assert_eq!(read(text).unwrap(), date(2026, 11, 20), "{text}");
        }
        assert_eq!(read("2100-12-31").unwrap(), date(2100, 12, 31), "as on phones and in tables");
        for bad in [
            "",
            "明天",
            "11-20",
            "9月1日",
            "26-11-20",
            "2026-11-31",
            "0206-11-20",
            "2206-11-20",
            "1926-11-20",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert_eq!(overdue(Some(today), today), None);
        assert!(overdue(Some(date(2026, 11, 23)), today).unwrap().contains("逾期"));
    }
}
