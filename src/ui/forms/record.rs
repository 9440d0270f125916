//! 样表: a record of the handbook as a form to be filled in by hand.

use super::{centered, column};
use crate::{
    domain::document::TemplateField,
    paper::{Block, DATE_LINE, Orientation, Paper, Row, Table},
};

/// Fields that take whole paragraphs.
const LONG: [&str; 12] =
    ["发言", "内容", "讨论", "过程", "记录", "报告", "决议", "议题", "意见", "情况", "措施", "表决"];
/// Fields that take the most room of all.
const LONGEST: [&str; 3] = ["发言", "讨论", "内容"];

/// Two columns: what is asked for, and the room for it.
pub fn paper(title: &str, fields: &[TemplateField], branch: &str) -> Paper {
    let rows = fields.iter().map(|field| {
        let name = field.name.as_str();
        let asked =
            if field.hint.is_empty() { name.to_owned() } else { format!("{name}\n（{}）", field.hint) };
        // 记录人 and 主持人 are names, not records.
        let lines = match name {
            name if name.ends_with(['人', '员', '间', '点']) => 2,
            name if LONGEST.iter().any(|word| name.contains(word)) => 10,
            name if LONG.iter().any(|word| name.contains(word)) => 4,
            _ => 2,
        };
        Row { cells: vec![asked, String::new()], lines }
    });
    let table = Table {
        columns: vec![centered("项目", 1), column("内容", 4)],
        rows: rows.collect(),
        ..Table::default()
    };
    Paper {
        title: title.into(),
        subtitle: vec![format!("党支部：{branch}　　　　　　　　{DATE_LINE}")],
        orientation: Orientation::Portrait,
        blocks: vec![Block::Table(table)],
        feet: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_get_a_line_and_what_was_said_gets_room() {
        let field = |name: &str, hint: &str| TemplateField { name: name.into(), hint: hint.into() };
        let paper = paper(
            "会议记录",
            &[field("记录人", ""), field("应到", "人数"), field("发言", ""), field("决议", "")],
            "十里村党支部",
        );
        let rows = &paper.last_table().unwrap().rows;
        assert_eq!(rows.iter().map(|row| row.lines).collect::<Vec<_>>(), [2, 2, 10, 4]);
        assert_eq!(rows[1].cells, ["应到\n（人数）", ""]);
        assert!(paper.subtitle[0].contains("十里村党支部"));
    }
}
