//! 年度台账: the year's meetings and activities, a line each, as the record books have them.

use super::{Source, centered, column, opinion};
use crate::{
    paper::{Block, Orientation, Paper, Row, Table},
    ui::words::ledger,
    words::terms::whole_day,
};

/// Lines left empty for what is written in by hand.
const EMPTY_LINES: usize = 3;

/// The form, of the year in which the period ends.
pub fn paper(source: &Source<'_>) -> Paper {
    let columns = vec![
        centered("序号", 3),
        centered("日期", 6),
        column("名称", 9),
        column("地点", 6),
        centered("主持人", 5),
        centered("记录人", 5),
        centered("应到", 3),
        centered("免到", 3),
        centered("实到", 3),
        column("议题", 14),
        column("决议、结果", 12),
        column("记录本在哪", 7),
        column("备注", 6),
    ];
    let year = source.period.ends.year();
    let mut live = source.ledger.live();
    live.retain(|live| live.entry.date.year() == year);
    live.sort_by_key(|live| (live.entry.date, live.id));
    let mut rows: Vec<Row> = live
        .iter()
        .zip(1..)
        .map(|(live, number)| {
            let entry = live.entry;
            let figure = |figure: fn(crate::domain::ledger::Attendance) -> u32| {
                entry.attendance.map(|there| figure(there).to_string()).unwrap_or_default()
            };
            let cells = vec![
                number.to_string(),
                format!("{}月{}日", entry.date.month(), entry.date.day()),
                ledger::title(entry),
                entry.place.clone(),
                entry.host.clone(),
                entry.recorder.clone(),
                figure(|there| there.expected),
                figure(|there| there.excused),
                figure(|there| there.present),
                entry.topic.clone(),
                entry.resolution.clone(),
                entry.location.clone(),
                ledger::late(live).unwrap_or_default(),
            ];
            Row { cells, lines: 0 }
        })
        .collect();
    rows.extend((0..EMPTY_LINES).map(|_| Row { cells: vec![String::new(); columns.len()], lines: 2 }));
    let remark = format!("{}以记录本为准。", ledger::ONLY_WHAT_WAS_HELD);
    let (name, today) = (&source.branch.name, whole_day(source.today));
    Paper {
        title: format!("{year}年度台账"),
        subtitle: vec![format!("党支部：{name}　　填表日期：{today}")],
        orientation: Orientation::Landscape,
        blocks: vec![Block::Remark(remark), Block::Table(Table { columns, headed: true, dense: true, rows })],
        feet: vec![opinion("核对", String::new(), "记录人（签字）：　　　　　　书记（签字）：　　　　　　")],
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Source, *};
    use crate::{
        domain::{
            Ledger,
            ledger::testing::{meeting, record},
        },
        ui::app::testing::with_source,
    };
    use jiff::civil::date;

    #[test]
    fn the_years_entries_stand_in_order_and_say_when_they_were_entered_late() {
        with_source(|source| {
            let entered = |number, day, on| record(number, meeting(day), on, 0);
            let ledger = Ledger::new([
                entered(1, date(2026, 9, 3), date(2026, 9, 3)),
                entered(2, date(2026, 2, 3), date(2026, 9, 3)),
                entered(3, date(2025, 12, 3), date(2025, 12, 3)),
            ]);
            let paper = paper(&Source { ledger: &ledger, ..*source });
            let rows = &paper.last_table().unwrap().rows;
            assert_eq!(rows.len(), 2 + EMPTY_LINES);
            assert_eq!(rows[0].cells[..3], ["1", "2月3日", "支部党员大会"]);
            assert!(rows[0].cells[12].starts_with("后登记"), "{:?}", rows[0]);
            assert_eq!(rows[1].cells[6..9], ["20", "0", "18"]);
            assert_eq!(rows[1].cells[11..], ["村部铁柜", ""]);
            assert!(rows[2].cells.iter().all(String::is_empty));
        });
    }
}
