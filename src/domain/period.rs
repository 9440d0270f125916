//! Assessment periods (考核周期) and the windows that each duty is counted in.
//!
//! A period judges the windows that *end* in it. Since periods follow each other without a gap, every window is judged
//! exactly once, and a window that ends later is simply not due yet (还没到时候).

use super::ids::PeriodId;
use crate::json::FromJson;
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

/// A half-year or year that is assessed; civil dates in Asia/Shanghai, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Period {
    /// `2026-H2`, `2026`.
    pub id: PeriodId,
    /// As people call it: 2026年下半年.
    pub name: String,
    /// First day.
    #[serde(with = "crate::domain::day")]
    pub starts: Date,
    /// Last day; states and terms are judged as they stand on it.
    #[serde(with = "crate::domain::day")]
    pub ends: Date,
    /// Until when the branch reports (上报截止); later is still possible and labelled so.
    #[serde(with = "crate::domain::day")]
    pub submit_by: Date,
}

/// How often a duty falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// 每月
    Month,
    /// 每季度
    Quarter,
    /// 每半年
    HalfYear,
    /// 每年
    Year,
    /// 每届: the state on the period's last day
    Term,
    /// 期末: the state on the period's last day
    PeriodEnd,
}

/// Names one window: `2026-07`, `2026-Q3`, `2026-H2`, `2026`, or `end` for a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct WindowKey(pub String);

/// One window with its dates, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its name in answers.
    pub key: WindowKey,
    /// First day.
    pub starts: Date,
    /// Last day.
    pub ends: Date,
}

impl Period {
    /// The windows this period judges, in order.
    pub fn judged(&self, window: Window) -> Vec<Span> {
        if matches!(window, Window::Term | Window::PeriodEnd) {
            return vec![Span { key: WindowKey("end".into()), starts: self.starts, ends: self.ends }];
        }
        let mut spans = Vec::new();
        let mut day = self.starts;
        // The bound keeps a period of absurd length (from a faulty file) from running away.
        while spans.len() < 600 {
            let Some(span) = containing(window, day) else { break };
            if span.ends > self.ends {
                break;
            }
            let next = span.ends.checked_add(1.day());
            spans.push(span);
            match next {
                Ok(next) => day = next,
                Err(_) => break,
            }
        }
        spans
    }

    /// The window that runs on the period's last day but ends after it: not due yet.
    pub fn still_running(&self, window: Window) -> Option<Span> {
        if matches!(window, Window::Term | Window::PeriodEnd) {
            return None;
        }
        containing(window, self.ends).filter(|span| span.ends > self.ends)
    }

    /// Whether a report made on this day is late.
    pub fn is_late(&self, day: Date) -> bool {
        day > self.submit_by
    }
}

/// The period a branch works on: the earliest whose report is not overdue, else the last one.
pub fn current(periods: &[Period], today: Date) -> Option<&Period> {
    let open = periods.iter().filter(|p| today <= p.submit_by.max(p.ends)).min_by_key(|p| p.ends);
    open.or_else(|| periods.iter().max_by_key(|p| p.ends))
}

/// The calendar window of this kind that the day falls in; `None` for states.
fn containing(window: Window, day: Date) -> Option<Span> {
    let (year, month) = (day.year(), day.month());
    let (first, last, name) = match window {
        Window::Month => (month, month, format!("{year:04}-{month:02}")),
        Window::Quarter => {
            let quarter = (month - 1) / 3;
            (quarter * 3 + 1, quarter * 3 + 3, format!("{year:04}-Q{}", quarter + 1))
        }
        Window::HalfYear => {
            let half = (month - 1) / 6;
            (half * 6 + 1, half * 6 + 6, format!("{year:04}-H{}", half + 1))
        }
        Window::Year => (1, 12, format!("{year:04}")),
        Window::Term | Window::PeriodEnd => return None,
    };
    let starts = Date::new(year, first, 1).ok()?;
    let ends = Date::new(year, last, 1).ok()?.last_of_month();
    Some(Span { key: WindowKey(name), starts, ends })
}

/// The civil date in Asia/Shanghai (UTC+8, no summer time since 1991) of an instant in milliseconds since 1970.
pub fn shanghai_date(ms: u64) -> Date {
    const DAY_MS: u64 = 86_400_000;
    let days = i64::try_from(ms.saturating_add(8 * 3_600_000) / DAY_MS).unwrap_or(i64::MAX);
    jiff::civil::date(1970, 1, 1).checked_add(days.min(3_000_000).days()).unwrap_or(Date::MAX)
}

/// The first instant of a civil day in Asia/Shanghai, milliseconds since 1970; 0 for days before.
pub fn shanghai_midnight(day: Date) -> u64 {
    let days = day.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days());
    u64::try_from(i64::from(days) * 86_400_000 - 8 * 3_600_000).unwrap_or(0)
}

/// The time of day in Asia/Shanghai of an instant, as `(hour, minute)`.
pub fn shanghai_time(ms: u64) -> (u8, u8) {
    let minutes = (ms.saturating_add(8 * 3_600_000) / 60_000) % 1_440;
    ((minutes / 60) as u8, (minutes % 60) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn period(starts: Date, ends: Date) -> Period {
        Period {
            id: PeriodId::new("p").unwrap(),
            name: "期".into(),
            starts,
            ends,
            submit_by: ends.checked_add(5.days()).unwrap(),
        }
    }

    fn keys(spans: &[Span]) -> Vec<&str> {
        spans.iter().map(|s| s.key.0.as_str()).collect()
    }

    #[test]
    fn a_period_judges_the_windows_that_end_in_it() {
        let second_half = period(date(2026, 6, 1), date(2026, 11, 30));
        assert_eq!(
            keys(&second_half.judged(Window::Month)),
            ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]
        );
        assert_eq!(keys(&second_half.judged(Window::Quarter)), ["2026-Q2", "2026-Q3"]);
        assert_eq!(keys(&second_half.judged(Window::HalfYear)), ["2026-H1"]);
        assert!(second_half.judged(Window::Year).is_empty());
        assert_eq!(keys(&second_half.judged(Window::Term)), ["end"]);
        assert_eq!(second_half.still_running(Window::Year).unwrap().ends, date(2026, 12, 31));
        assert_eq!(second_half.still_running(Window::Month), None);
    }

    #[test]
    fn consecutive_periods_judge_every_window_exactly_once() {
        let first = period(date(2025, 12, 1), date(2026, 5, 31));
        let second = period(date(2026, 6, 1), date(2026, 11, 30));
        let third = period(date(2026, 12, 1), date(2027, 5, 31));
        for window in [Window::Month, Window::Quarter, Window::HalfYear, Window::Year] {
            let mut all: Vec<Span> = Vec::new();
            for period in [&first, &second, &third] {
                all.extend(period.judged(window));
            }
            for pair in all.windows(2) {
                assert_eq!(pair[0].ends.checked_add(1.day()).unwrap(), pair[1].starts, "{window:?}");
            }
        }
    }

    #[test]
    fn the_current_period_lasts_until_its_report_is_overdue() {
        let second = period(date(2026, 6, 1), date(2026, 11, 30));
        let third = period(date(2026, 12, 1), date(2027, 5, 31));
        let all = [third.clone(), second.clone()];
        assert_eq!(current(&all, date(2026, 11, 24)), Some(&second));
        assert_eq!(current(&all, date(2026, 12, 5)), Some(&second));
        assert_eq!(current(&all, date(2026, 12, 6)), Some(&third));
        assert_eq!(current(&all, date(2030, 1, 1)), Some(&third));
        assert_eq!(current(&[], date(2030, 1, 1)), None);
    }

    #[test]
    fn shanghai_is_eight_hours_ahead() {
        // 2026-11-23T16:05:00Z is 00:05 on the 24th in Shanghai.
        let ms = 1_795_449_900_000;
        assert_eq!(shanghai_date(ms), date(2026, 11, 24));
        assert_eq!(shanghai_time(ms), (0, 5));
        assert_eq!(shanghai_midnight(date(2026, 11, 24)), ms - 5 * 60_000);
        assert_eq!(shanghai_midnight(date(1949, 10, 1)), 0);
        assert_eq!(shanghai_date(u64::MAX), Date::MAX.min(shanghai_date(u64::MAX)));
    }
}
