//! The ledger's words: activities, attendance, late entries, how a duty stands.

use super::{
    dates,
    errors::{Told, told},
};
use crate::domain::{
    ContentHash, Ledger, LedgerEntry,
    ledger::{
        Attendance, Live,
        check::LedgerFault,
        duty::{DutyWindow, Standing},
    },
    text::{MAX_PLACE_CHARS, MAX_RESOLUTION_CHARS, MAX_TOPIC_CHARS},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

pub use crate::words::terms::{kind, kinds};

/// Said wherever something is entered.
pub const ONLY_WHAT_WAS_HELD: &str = "没开的会不登记、不补记。";

/// What an entry is, with its group where one is named: 党小组会（第2组）.
pub fn title(entry: &LedgerEntry) -> String {
    let group = entry.group.map(|group| format!("（第{group}组）")).unwrap_or_default();
    format!("{}{group}", kinds(&entry.kinds))
}

/// 本月2次, or when the last entry was.
pub fn this_month(ledger: &Ledger, today: Date) -> String {
    let live = ledger.live();
    let month = (today.year(), today.month());
    let here = live.iter().filter(|live| (live.entry.date.year(), live.entry.date.month()) == month).count();
    match (here, live.iter().map(|live| live.entry.date).max()) {
        (0, None) => "还没有登记".into(),
        (0, Some(last)) => format!("本月没有，上次{}", dates::day(last, today)),
        (here, _) => format!("本月{here}次"),
    }
}

/// 应到20人，免到2人，实到18人
pub fn attendance(there: Attendance) -> String {
    let excused = if there.excused == 0 { String::new() } else { format!("，免到{}人", there.excused) };
    format!("应到{}人{excused}，实到{}人", there.expected, there.present)
}

/// 实到18/20, as short as a list needs.
pub fn present(entry: &LedgerEntry) -> Option<String> {
    entry.attendance.map(|there| format!("实到{}/{}", there.present, there.due()))
}

/// 后登记（过了9天）; nothing when it was entered in time.
pub fn late(live: &Live<'_>) -> Option<String> {
    live.late_days().map(|days| format!("后登记（过了{days}天）"))
}

/// 11月30日
pub fn month_day(day: Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}

/// 已办 / 还能办 / 已错过 / 没登记 / 还没到时候
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Held => "已办",
        Standing::StillPossible => "还能办",
        Standing::Missed => "已错过",
        Standing::Unrecorded => "没登记",
        Standing::NotDue => "还没到时候",
    }
}

/// The sign that goes with it, so that colour never speaks alone.
pub fn sign(standing: Standing) -> &'static str {
    match standing {
        Standing::Held => "✓",
        Standing::StillPossible => "◐",
        Standing::Missed => "—",
        Standing::Unrecorded => "？",
        Standing::NotDue => "○",
    }
}

/// 第四季度 还能办到12月31日（要求1次，已登记0次）
pub fn window(window: &DutyWindow, minimum: u32, today: Date) -> String {
    let name = dates::window(&window.span.key);
    let figures = match (window.held, minimum) {
        (0, _) => String::new(),
        (held, 1) => format!("{held}次"),
        (held, minimum) => format!("{held}/{minimum}次"),
    };
    match window.standing {
        Standing::Held => format!("{name}已办{figures}"),
        Standing::StillPossible if window.held > 0 => {
            format!("{name}办了{figures}，还能办到{}", dates::day(window.span.ends, today))
        }
        Standing::StillPossible => format!("{name}还能办到{}", dates::day(window.span.ends, today)),
        Standing::Missed if window.held > 0 => format!("{name}只办了{figures}，已错过"),
        Standing::Missed | Standing::Unrecorded | Standing::NotDue => {
            format!("{name}{}", standing(window.standing))
        }
    }
}

/// What became of photos with a version; empty where nothing did.
pub fn photos(photos: &BTreeMap<ContentHash, bool>) -> String {
    let count = |attached| photos.values().filter(|is| **is == attached).count();
    let said = |name: &str, count: usize| (count > 0).then(|| format!("{name}{count}张照片"));
    let said = [said("加了", count(true)), said("拿掉", count(false))];
    said.into_iter().flatten().collect::<Vec<_>>().join("，")
}

/// What is wrong with an entry.
pub fn fault(fault: LedgerFault) -> Told {
    match fault {
        LedgerFault::NoKind => told("账1", "还没选是什么活动", "在最上面选一样，几样一起办的都选上"),
        LedgerFault::Future => told("账2", "日期在今天以后", "开过了再登记；日期点错了就改一改"),
        LedgerFault::TooOld => told("账3", "年份不对", "看看日期的年份"),
        LedgerFault::Attendance => told("账4", "人数对不上：实到加免到不能多于应到", "对着签到表再看一遍"),
        LedgerFault::Group => told("账5", "只有党小组会才写第几组", "选上“党小组会”，或者选“各组都开了”"),
        LedgerFault::Photos => told("账7", "这一条的照片太多", "拿掉一些，只留看得清的"),
        LedgerFault::Text(..) => told(
            "账6",
            "字数太多了",
            &format!(
                "议题{MAX_TOPIC_CHARS}字以内，决议{MAX_RESOLUTION_CHARS}字以内，地点{MAX_PLACE_CHARS}字以内，详细的写在记录本上"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{WindowKey, period::Span};
    use jiff::civil::date;

    #[test]
    fn who_was_there_is_said_shortly() {
        let there = Attendance { expected: 20, excused: 2, present: 17 };
        assert_eq!(attendance(there), "应到20人，免到2人，实到17人");
        assert_eq!(attendance(Attendance { excused: 0, ..there }), "应到20人，实到17人");
    }

    #[test]
    fn photos_are_said_by_number() {
        let of = |number: u8, attached| (ContentHash::of(&[number]), attached);
        assert_eq!(photos(&BTreeMap::new()), "");
        assert_eq!(photos(&[of(1, true), of(2, true)].into()), "加了2张照片");
        assert_eq!(photos(&[of(1, true), of(2, false)].into()), "加了1张照片，拿掉1张照片");
    }

    #[test]
    fn a_window_is_said_with_what_can_still_be_done() {
        let said = |held, minimum, standing| {
            let span = Span {
                key: WindowKey("2026-Q4".into()),
                starts: date(2026, 10, 1),
                ends: date(2026, 12, 31),
            };
            window(&DutyWindow { span, held, standing }, minimum, date(2026, 11, 24))
        };
        assert_eq!(said(1, 1, Standing::Held), "第四季度已办1次");
        assert_eq!(said(0, 1, Standing::StillPossible), "第四季度还能办到12月31日");
        assert_eq!(said(1, 2, Standing::StillPossible), "第四季度办了1/2次，还能办到12月31日");
        assert_eq!(said(0, 1, Standing::Missed), "第四季度已错过");
        assert_eq!(said(0, 1, Standing::Unrecorded), "第四季度没登记");
        assert_eq!(said(0, 1, Standing::NotDue), "第四季度还没到时候");
    }
}
