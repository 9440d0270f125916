//! 整改台账: a line for every item that lost points. Who does what until when is written by hand.

use super::{Source, centered, column, opinion};
use crate::{
    domain::Outcome,
    paper::{Block, Orientation, Paper, Row, Table},
    ui::words::terms,
};

/// Lines left empty for what else is found.
const EMPTY_LINES: usize = 3;

/// The form.
#[must_use]
pub fn paper(source: &Source<'_>) -> Paper {
    let columns = vec![
        centered("序号", 3),
        column("问题来源", 7),
        column("存在问题", 18),
        column("整改措施", 14),
        centered("责任人", 5),
        centered("整改时限", 6),
        column("完成情况", 8),
        column("佐证", 6),
        column("销号（验收人、日期）", 8),
        column("备注", 8),
    ];
    let mut rows = Vec::new();
    for (item, score, row) in source.items().filter(|(_, _, row)| row.is_short()) {
        let lost = row.points.saturating_sub(row.got);
        let why = source.reasons(item, score, true).join("；");
        let stands = match row.outcome {
            Some(outcome @ (Outcome::StillPossible { .. } | Outcome::NotDue { .. })) => {
                terms::outcome(outcome, source.today)
            }
            _ => "已错过，不补；防止再发生".into(),
        };
        let mut cells = vec![String::new(); columns.len()];
        cells[0] = (rows.len() + 1).to_string();
        cells[1] = format!("{}自查\n第{}条", source.period.name, row.number);
        cells[2] = format!("{}：{why}。扣{lost}分。", item.title);
        cells[9] = stands;
        rows.push(Row { cells, lines: 3 });
    }
    let remark = if rows.is_empty() { "本期自查没有扣分的条目。" } else { "" };
    let open = source.items().filter(|(_, _, row)| row.state.is_open()).count();
    let open =
        if open == 0 { String::new() } else { format!("还有{open}条没填，不在这张台账里。") };
    rows.extend((0..EMPTY_LINES).map(|_| Row { cells: vec![String::new(); columns.len()], lines: 3 }));
    let remark = format!(
        "{remark}{open}整改好了写“支部已整改”，由{}验收后销号；没整改好的写原因和新的时限。",
        source.addressee()
    );
    Paper {
        title: "问题整改台账".into(),
        subtitle: source.subtitle(),
        orientation: Orientation::Landscape,
        blocks: vec![
            Block::Remark(remark),
            Block::Table(Table { columns, headed: true, dense: false, rows }),
        ],
        feet: vec![opinion("支部意见", String::new(), "书记（签字）：　　　　　　（盖章）")],
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing::with_source, EMPTY_LINES};

    #[test]
    fn every_shortfall_has_its_line_and_what_is_missed_is_said_to_be() {
        with_source(|source| {
            let rows = super::paper(source).last_table().unwrap().rows.clone();
            let short = source.items().filter(|(_, _, row)| row.is_short()).count();
            assert_eq!(rows.len(), short + EMPTY_LINES);
            let counted = rows.iter().find(|row| row.cells[2].starts_with("counted")).unwrap();
            assert!(counted.cells[2].contains("6月0次") && counted.cells[2].contains("扣"), "{counted:?}");
            let offence = rows.iter().find(|row| row.cells[2].starts_with("offence")).unwrap();
            assert_eq!(offence.cells[9], "已错过，不补；防止再发生");
            assert!(rows[0].cells[3..9].iter().all(String::is_empty), "left to be written by hand");
        });
    }
}
