//! Instants and days as they are read.

use crate::domain::period::{shanghai_date, shanghai_time};

/// An instant as 2026-11-24 16:05 in Shanghai.
pub(crate) fn moment(ms: u64) -> String {
    let (hour, minute) = shanghai_time(ms);
    format!("{} {hour:02}:{minute:02}", shanghai_date(ms))
}
