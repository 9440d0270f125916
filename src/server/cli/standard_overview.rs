//! What is in a standard, at a glance.

use super::text::table;
use crate::{
    domain::{Aspect, Checklist, Collection, Document},
    words::whole,
};

/// How many documents each book has.
pub(super) fn books(documents: &[Document]) -> String {
    let count = |book: Collection| {
        let of_book = documents.iter().filter(|document| document.collection == book);
        (of_book.clone().count(), of_book.map(|document| document.sections.len()).sum::<usize>())
    };
    let (chapters, sections) = count(Collection::Handbook);
    let (institutions, pieces) = count(Collection::Compilation);
    format!("手册{chapters}章{sections}节，制度{institutions}件{pieces}节。")
}

/// What each sector's checklist says of the whole beyond four grades and a hundred points; sectors that say the same together.
pub(super) fn of_the_whole(checklists: &[Checklist]) -> Vec<String> {
    let mut groups: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for list in checklists {
        let said = whole::unusual(list);
        match groups.iter_mut().find(|(_, known)| *known == said) {
            Some((sectors, _)) => sectors.push(&list.sector_name),
            None => groups.push((vec![&list.sector_name], said)),
        }
    }
    let groups = groups.into_iter().filter(|(_, said)| !said.is_empty());
    let mut lines = Vec::new();
    for (sectors, said) in groups {
        lines.push(format!("{}，整体上的规定：", sectors.join("、")));
        lines.extend(said.into_iter().map(|line| format!("- {line}")));
    }
    if !lines.is_empty() {
        let by_people = "系统不评等次：名额、上年度等次、全年的结果由上级把握，只写给支部看；方面得分率在支部手机的自评估算里看。";
        lines.push(by_people.into());
    }
    lines
}

pub(super) fn overview(checklists: &[Checklist]) -> String {
    let rows = checklists.iter().map(|list| {
        let points: crate::domain::Points = list.aspects.iter().map(Aspect::points).sum();
        let above = list.items().filter(|(_, item)| item.judged_above).count();
        vec![
            list.sector_name.clone(),
            list.sector.to_string(),
            list.items().count().to_string(),
            above.to_string(),
            points.to_string(),
        ]
    });
    table(&["领域", "编号", "条目", "其中由上级评", "总分"], &rows.collect::<Vec<_>>())
}
