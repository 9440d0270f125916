//! Instants and days as they are read.

use crate::{
    domain::period::{shanghai_date, shanghai_time},
    server::office::quicker::Quicker,
};

/// Who was quicker, and when, as a sentence begins with it.
pub(crate) fn quicker(by: Option<&Quicker>) -> String {
    let Some(Quicker { at, by, .. }) = by else { return "就在刚才，别人".into() };
    let at = moment(*at);
    by.as_ref().map_or_else(|| format!("{at}，管服务器的人"), |by| format!("{at}，{by}"))
}

/// An instant as 2026-11-24 16:05 in Shanghai.
pub(crate) fn moment(ms: u64) -> String {
    let (hour, minute) = shanghai_time(ms);
    format!("{} {hour:02}:{minute:02}", shanghai_date(ms))
}
