//! The duties of a year as an iCalendar file for the phone's own calendar (RFC 5545). Pure: text in, text out.
//!
//! Each duty that is still to be done is an all-day event on the last day of its window, with a reminder some days before at
//! nine in the morning. Its UID is the same whenever it is exported, so that importing again replaces instead of doubling.

use crate::domain::{
    BranchCode,
    ledger::duty::{Duty, Standing},
    period::{Window, shanghai_date, shanghai_time},
};
use crate::ui::words::{dates, ledger};
use jiff::civil::Date;

/// What calendars know the file as.
pub const MEDIA_TYPE: &str = "text/calendar;charset=utf-8";
/// No line is longer, the line break left out (RFC 5545 §3.1).
const MAX_OCTETS: usize = 75;

/// The calendar of the duties that are not yet done and not yet over.
pub fn calendar(branch: &BranchCode, name: &str, duties: &[Duty], now_ms: u64) -> String {
    let mut text = String::new();
    let stamp = utc(now_ms);
    for content in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//biaochi//ledger//ZH", "CALSCALE:GREGORIAN"] {
        line(&mut text, content);
    }
    line(&mut text, &format!("X-WR-CALNAME:{}", escaped(&format!("{name}台账"))));
    for duty in duties {
        let open = duty
            .windows
            .iter()
            .filter(|window| matches!(window.standing, Standing::StillPossible | Standing::NotDue));
        for window in open {
            let kinds = ledger::kinds(&duty.kinds);
            let span = dates::window(&window.span.key);
            let left = duty.minimum.saturating_sub(window.held);
            let summary = format!("{kinds}：{span}还要{left}次，今天到期");
            let asked = format!(
                "{}要求{}次，{span}已登记{}次。",
                dates::often(duty.window),
                duty.minimum,
                window.held
            );
            let days = if duty.window == Window::Month { 5 } else { 14 };
            line(&mut text, "BEGIN:VEVENT");
            let (item, part, key) = (&duty.item, &duty.part, &window.span.key.0);
            line(&mut text, &format!("UID:{branch}-{item}-{part}-{key}@biaochi"));
            line(&mut text, &format!("DTSTAMP:{stamp}"));
            line(&mut text, &format!("DTSTART;VALUE=DATE:{}", basic(window.span.ends)));
            line(&mut text, &format!("SUMMARY:{}", escaped(&summary)));
            line(&mut text, &format!("DESCRIPTION:{}", escaped(&asked)));
            line(&mut text, "TRANSP:TRANSPARENT");
            line(&mut text, "BEGIN:VALARM");
            line(&mut text, "ACTION:DISPLAY");
            line(
                &mut text,
                &format!(
                    "DESCRIPTION:{}",
                    escaped(&format!("{kinds}：{}到期", ledger::month_day(window.span.ends)))
                ),
            );
            // An all-day event starts at midnight: nine in the morning of that many days before.
            line(&mut text, &format!("TRIGGER:-P{}DT15H", days - 1));
            line(&mut text, "END:VALARM");
            line(&mut text, "END:VEVENT");
        }
    }
    line(&mut text, "END:VCALENDAR");
    text
}

/// 20261130
fn basic(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// 20261124T060500Z
fn utc(ms: u64) -> String {
    let eight_hours = 8 * 3_600_000;
    let shifted = ms.saturating_sub(eight_hours);
    let (hour, minute) = shanghai_time(shifted);
    format!("{}T{hour:02}{minute:02}{:02}Z", basic(shanghai_date(shifted)), ms / 1_000 % 60)
}

/// A text value (RFC 5545 §3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a content line, folded so that no physical line exceeds [`MAX_OCTETS`] and no character is torn apart.
fn line(text: &mut String, content: &str) {
    let mut used = 0;
    for c in content.chars() {
        if used + c.len_utf8() > MAX_OCTETS {
            text.push_str("\r\n ");
            used = 1;
        }
        text.push(c);
        used += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Assessment, Ledger,
        ledger::{
            duty::duties,
            testing::{checklist, ledger as held},
        },
    };
    use jiff::civil::date;
    use proptest::prelude::*;

    fn exported(ledger: &Ledger) -> String {
        let today = date(2026, 11, 24);
        let all = duties(&checklist(), &Assessment::default(), ledger, 2026, today);
        calendar(&BranchCode::new("210726105203-01").unwrap(), "十里村党支部", &all, 1_795_492_800_123)
    }

    fn unfolded(text: &str) -> String {
        text.replace("\r\n ", "")
    }

    #[test]
    fn what_is_still_to_be_done_this_year_is_in_it_and_what_is_done_or_over_is_not() {
        let text = unfolded(&exported(&Ledger::default()));
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!((lines[0], lines[1]), ("BEGIN:VCALENDAR", "VERSION:2.0"));
        // The fourth quarter of the member meetings; November and December of the group meetings.
        assert_eq!(lines.iter().filter(|line| **line == "BEGIN:VEVENT").count(), 3);
        for expected in [
            "UID:210726105203-01-meetings-p1-2026-Q4@biaochi",
            "DTSTAMP:20261124T040000Z",
            "DTSTART;VALUE=DATE:20261231",
            "SUMMARY:支部党员大会：第四季度还要1次，今天到期",
            "TRIGGER:-P13DT15H",
            "TRIGGER:-P4DT15H",
        ] {
            assert!(lines.contains(&expected), "{expected}\n{text}");
        }
        let done = exported(&held(&[date(2026, 11, 2)]));
        assert!(!done.contains("-meetings-p1-2026-Q4@"));
        assert!(done.ends_with("END:VCALENDAR\r\n"));
    }

    #[test]
    fn what_means_something_in_the_format_is_escaped() {
        assert_eq!(escaped("甲,乙;丙\\丁\n戊\u{7}"), "甲\\,乙\\;丙\\\\丁\\n戊");
    }

    proptest! {
        #[test]
        fn lines_are_short_and_unfold_to_what_was_written(content in "[a-z一-龥🎈]{0,200}") {
            let mut text = String::new();
            line(&mut text, &content);
            prop_assert!(text.split("\r\n").all(|line| line.len() <= MAX_OCTETS));
            prop_assert_eq!(unfolded(&text), format!("{content}\r\n"));
        }
    }
}
