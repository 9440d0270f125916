//! 佐证材料目录: what proves each item and where it lies, in the order of the items, as the boxes are packed.

use super::{Source, centered, column, opinion};
use crate::{
    domain::{AnswerKey, scoring::ItemState},
    paper::{Block, Orientation, Paper, Row, Table},
};

/// The form. When each was made and how many pages it has is written by hand.
pub fn paper(source: &Source<'_>) -> Paper {
    let columns = vec![
        centered("序号", 3),
        centered("指标编号", 5),
        column("材料名称", 20),
        centered("形成时间", 7),
        centered("页数", 4),
        column("盒号及位置", 12),
        column("备注", 10),
    ];
    let mut rows = Vec::new();
    for (item, _, row) in source.items() {
        let absent =
            matches!(row.state, ItemState::NotApplicable { .. } | ItemState::Excluded | ItemState::NotDue);
        if absent {
            continue;
        }
        let place = source.assessment.text(&AnswerKey::Location { item: item.id.clone() });
        // Pictures of papers are no papers: how many there are is said once, where the first paper of the item is listed that
        // may be photographed.
        let mut photos = source.assessment.photos().filter(|(of, _)| **of == item.id).count();
        for paper in &item.evidence {
            let never = if paper.never_photographed { "\n只登记在哪，不拍照" } else { "" };
            let shot = if paper.never_photographed { 0 } else { std::mem::take(&mut photos) };
            let shot = if shot > 0 { format!("\n另有照片{shot}张") } else { String::new() };
            let cells = vec![
                (rows.len() + 1).to_string(),
                format!("第{}条", row.number),
                paper.name.clone(),
                String::new(),
                String::new(),
                place.to_owned(),
                format!("□原始　□新整理{never}{shot}"),
            ];
            rows.push(Row { cells, lines: 0 });
        }
    }
    let remark = "按条目顺序装盒。当时形成的勾“原始”，这次检查才整理的勾“新整理”；没有的不补造。";
    Paper {
        title: source.title("佐证材料目录"),
        subtitle: source.subtitle(),
        orientation: Orientation::Landscape,
        blocks: vec![
            Block::Remark(remark.into()),
            Block::Table(Table { columns, headed: true, dense: false, rows }),
        ],
        feet: vec![opinion("核对", String::new(), "整理人（签字）：　　　　　　书记（签字）：　　　　　　")],
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::app::testing::with_source;

    #[test]
    fn every_paper_has_its_line_and_says_where_it_lies() {
        with_source(|source| {
            let paper = super::paper(source);
            let rows = &paper.last_table().unwrap().rows;
            assert_eq!(rows.len(), 2);
            assert_eq!(rows[0].cells[..3], ["1", "第1条", "换届批复"]);
            assert_eq!(rows[0].cells[5], "村部铁柜");
            assert!(rows[0].cells[6].ends_with("\n另有照片2张"));
            assert!(rows[1].cells[6].ends_with("不拍照"));
        });
    }
}
