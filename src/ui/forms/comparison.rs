//! 本期与上期对照: item by item, the last period beside this one.

use super::{Source, centered, column, number};
use crate::{
    domain::{Checklist, Period, ScoreSheet},
    paper::{Block, Foot, Paper, Row, Table},
};

/// The period before, as this phone knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its checklist, which may be another version.
    pub checklist: Checklist,
    /// The period.
    pub period: Period,
    /// What its answers score.
    pub sheet: ScoreSheet,
    /// Whether these answers were reported.
    pub reported: bool,
}

/// The form.
pub fn paper(source: &Source<'_>, earlier: &Earlier) -> Paper {
    let columns = vec![
        centered("序号", 4),
        centered("考核项目", 8),
        column("考核指标", 18),
        number("上期得分", 7),
        number("上期分值", 7),
        number("本期得分", 7),
        number("本期分值", 7),
        number("增减", 6),
        column("备注", 12),
    ];
    let before = |id| earlier.sheet.items().find(|score| &score.item == id);
    let rows = source.items().map(|(item, score, row)| {
        let old = before(&item.id);
        let counted = |counts: bool, points: String| if counts { points } else { "—".into() };
        let had = old.filter(|old| old.state.counts());
        let now = row.state.counts();
        let change = match had {
            // What is taken from the total counts against what is got, on either side.
            Some(old) if now => difference(
                old.got.saturating_add(score.taken).hundredths(),
                score.got.saturating_add(old.taken).hundredths(),
            ),
            _ => String::new(),
        };
        let remark = match old {
            None => "上期没有这一条".into(),
            Some(_) => source.aside(row.state),
        };
        let cells = vec![
            row.number.to_string(),
            source.checklist.aspects[row.aspect].name.clone(),
            item.title.clone(),
            counted(had.is_some(), had.map(|old| old.got.to_string()).unwrap_or_default()),
            counted(had.is_some(), had.map(|old| old.points.to_string()).unwrap_or_default()),
            counted(now, row.got.to_string()),
            counted(now, row.points.to_string()),
            change,
            remark,
        ];
        Row { cells, lines: 0 }
    });
    let rows = rows.collect();
    let (old, new) = (earlier.sheet.total(), source.sheet.total());
    let totals = format!(
        "上期（{}）{old}分，本期（{}）{new}分，{}分。都是自评估算，不是评定结果。",
        earlier.period.name,
        source.period.name,
        match difference(old.hundredths(), new.hundredths()).as_str() {
            "0" => "增减0".to_owned(),
            change => format!("增减{change}"),
        },
    );
    let standard = (earlier.checklist.version != source.checklist.version)
        .then(|| Block::Remark("两期用的标准不是同一版，分值不同的不能直接比。".into()));
    let unreported = (!earlier.reported).then(|| Block::Remark("上期没有上报，照手机里填的草稿。".into()));
    let table = Block::Table(Table { columns, headed: true, dense: false, rows });
    Paper {
        title: source.title("本期与上期自评对照表"),
        subtitle: source.subtitle(),
        blocks: standard.into_iter().chain(unreported).chain([table]).collect(),
        feet: vec![Foot { label: "合计".into(), text: totals, signs: Vec::new() }],
        ..Paper::default()
    }
}

/// "+0.5", "-2", "0", from hundredths.
fn difference(old: u32, new: u32) -> String {
    let by = crate::domain::Points::from_hundredths(old.abs_diff(new));
    match new.cmp(&old) {
        core::cmp::Ordering::Less => format!("-{by}"),
        core::cmp::Ordering::Equal => "0".into(),
        core::cmp::Ordering::Greater => format!("+{by}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{score, testing::full_assessment},
        ui::app::testing::with_source,
    };

    #[test]
    fn what_was_better_before_is_seen_item_by_item() {
        with_source(|source| {
            let sheet =
                score(source.checklist, source.period, &full_assessment(source.checklist, source.period));
            let mut checklist = source.checklist.clone();
            checklist.version = "0".into();
            let earlier = Earlier { checklist, period: source.period.clone(), sheet, reported: true };
            let paper = paper(source, &earlier);
            let rows = &paper.last_table().unwrap().rows;
            assert_eq!(rows[0].cells[3..8], ["20", "20", "0", "20", "-20"]);
            assert!(matches!(&paper.blocks[0], Block::Remark(text) if text.contains("不是同一版")));
            assert!(paper.feet[0].text.contains("100分"));
        });
    }

    #[test]
    fn changes_are_signed() {
        assert_eq!([difference(50, 100), difference(250, 50), difference(7, 7)], ["+0.5", "-2", "0"]);
    }
}
