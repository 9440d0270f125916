//! Dates as people say them: 11月24日 14:05.

pub use super::terms::often;

use crate::domain::{
    WindowKey,
    period::{shanghai_date, shanghai_time},
};
use jiff::civil::Date;

/// 11月24日; with the year when it is not this year's.
pub fn day(date: Date, today: Date) -> String {
    if date.year() == today.year() {
        format!("{}月{}日", date.month(), date.day())
    } else {
        format!("{}年{}月{}日", date.year(), date.month(), date.day())
    }
}

/// 14:05
pub fn time(ms: u64) -> String {
    let (hour, minute) = shanghai_time(ms);
    format!("{hour:02}:{minute:02}")
}

/// 11月24日 14:05
pub fn moment(ms: u64, today: Date) -> String {
    format!("{} {}", day(shanghai_date(ms), today), time(ms))
}

/// 14:05 for today, else 11月23日: as short as the data light needs.
pub fn short(ms: u64, today: Date) -> String {
    let date = shanghai_date(ms);
    if date == today { time(ms) } else { day(date, today) }
}

/// A counted window as people call it: 7月, 第三季度, 上半年, 2026年.
pub fn window(key: &WindowKey) -> String {
    let text = key.0.as_str();
    let Some((year, rest)) = text.split_once('-') else {
        return if text == "end" { "本期".into() } else { format!("{text}年") };
    };
    match rest {
        "Q1" => "第一季度".into(),
        "Q2" => "第二季度".into(),
        "Q3" => "第三季度".into(),
        "Q4" => "第四季度".into(),
        "H1" => "上半年".into(),
        "H2" => "下半年".into(),
        month => match month.parse::<u8>() {
            Ok(month) => format!("{month}月"),
            Err(_) => format!("{year}年{month}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_are_said_as_people_say_them() {
        let today = date(2026, 11, 24);
        assert_eq!(day(date(2026, 11, 27), today), "11月27日");
        assert_eq!(day(date(2027, 1, 5), today), "2027年1月5日");
        // 2026-11-23T16:05:00Z is 00:05 on the 24th in Shanghai.
        assert_eq!(moment(1_795_449_900_000, today), "11月24日 00:05");
        assert_eq!(short(1_795_449_900_000, today), "00:05");
        assert_eq!(short(1_795_449_900_000, date(2026, 11, 25)), "11月24日");
    }

    #[test]
    fn windows_are_called_as_people_call_them() {
        for (key, said) in [
            ("2026-07", "7月"),
            ("2026-Q3", "第三季度"),
            ("2026-H1", "上半年"),
            ("2026", "2026年"),
            ("end", "本期"),
        ] {
            assert_eq!(window(&WindowKey(key.into())), said);
        }
    }
}
