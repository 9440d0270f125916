//! Days as they are typed.

use crate::domain::day;
use jiff::civil::Date;

/// What is said of a day that no calendar has, or that nobody can mean.
pub(crate) const NO_DAY: &str = "写成 2026-11-24 这样的日子，核对年份。";

/// A day that can be meant; every field in which a day is typed is read by this.
pub(crate) fn day_typed(text: &str) -> Result<Date, String> {
    day::parse(text.trim()).filter(|day| day::can_be(*day)).ok_or_else(|| NO_DAY.to_owned())
}

/// The same of a field that may stay empty.
pub(crate) fn some_day_typed(text: &str) -> Result<Option<Date>, String> {
    if text.trim().is_empty() { Ok(None) } else { day_typed(text).map(Some) }
}
