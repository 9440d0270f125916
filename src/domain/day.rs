//! Civil days as text, `2026-11-24` (RFC 3339 `full-date`), for serde's `with` and for date fields.
//!
//! Reading ten characters needs none of the date library's general parser, which would be a twentieth of the app's size.

use crate::json::{FromJson, Json, Misread};
use jiff::civil::Date;
use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

/// Reads `2026-11-24`; `None` for anything else, and for days that no calendar has.
pub fn parse(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| {
        let digits = bytes.get(from..to)?;
        digits
            .iter()
            .try_fold(0_i16, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i16::from(digit - b'0')))
    };
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let month = i8::try_from(number(5, 7)?).ok()?;
    let day = i8::try_from(number(8, 10)?).ok()?;
    Date::new(number(0, 4)?, month, day).ok()
}

/// The years that anything here can mean: no document in force is older than the state, no plan reaches further.
pub const YEARS: core::ops::RangeInclusive<i16> = 1949..=2100;

/// Whether a day can be meant, by its year. Anything else is a slip of the finger, or half a year as it is being typed.
pub fn can_be(day: Date) -> bool {
    YEARS.contains(&day.year())
}

/// Writes `2026-11-24`.
pub fn text(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

impl FromJson for Date {
    fn read(json: Json<'_>) -> Result<Self, Misread> {
        parse(&json.text()?).ok_or(Misread("day"))
    }
}

/// For `#[serde(with = "day")]`.
///
/// # Errors
/// The serializer's.
pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*day))
}

/// For `#[serde(with = "day")]`.
///
/// # Errors
/// When the text is no day.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom("a day is written 2026-11-24"))
}

/// For `#[serde(with = "day::option")]`.
pub mod option {
    use super::{Date, Deserializer, Serializer, parse};
    use serde::{Deserialize as _, de::Error as _};

    /// As [`super::serialize`].
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => super::serialize(day, serializer),
            None => serializer.serialize_none(),
        }
    }

    /// As [`super::deserialize`].
    ///
    /// # Errors
    /// When the text is no day.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        match Option::<String>::deserialize(deserializer)? {
            None => Ok(None),
            Some(text) => {
                parse(&text).map(Some).ok_or_else(|| D::Error::custom("a day is written 2026-11-24"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn only_days_of_the_calendar_are_days() {
        assert_eq!(parse("2026-11-24"), Some(date(2026, 11, 24)));
        assert_eq!(parse("2028-02-29"), Some(date(2028, 2, 29)));
        for bad in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-01",
            "2026/11/24",
            "",
            "2026-11-24 ",
            "二〇二六年",
            "-026-11-24",
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn half_a_year_is_no_day_that_is_meant() {
        for (text, can) in [
            ("1949-01-01", true),
            ("2100-12-31", true),
            ("1948-12-31", false),
            ("2101-01-01", false),
            ("0002-11-30", false),
            ("0202-11-30", false),
        ] {
            assert_eq!(parse(text).map(can_be), Some(can), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(days in 0_i32..3_000_000) {
            use jiff::ToSpan as _;
            let day = date(0, 1, 1).checked_add(days.days()).unwrap();
            prop_assert_eq!(parse(&text(day)), Some(day));
            prop_assert_eq!(text(day), day.to_string());
        }
    }
}
