//! What a standard's periods judge of its points, in words: whoever publishes it should not learn from a branch that a period
//! leaves a part of the 100 points out.

use super::text::table;
use crate::domain::{
    Checklist, Item, Points,
    judged::{Judged, judged},
};

/// Sectors that a period judges alike.
struct Group<'a> {
    period: String,
    sectors: Vec<&'a str>,
    judged: Judged<'a>,
}

impl Group<'_> {
    fn sectors(&self) -> String {
        self.sectors.join("、")
    }
}

/// A table of the points of every period, and what of them a branch does not account for itself.
pub(super) fn points(checklists: &[Checklist]) -> Vec<String> {
    let groups = groups(checklists);
    let rows = groups.iter().map(|group| {
        let Judged { own, above, not_due, .. } = &group.judged;
        let points = [group.judged.all(), *own, *above, *not_due].map(|points| points.to_string());
        [group.period.clone(), group.sectors()].into_iter().chain(points).collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let header = ["考核周期", "领域", "总分", "支部自评", "上级评", "本期不评"];
    let mut lines = vec!["每一期评多少分（加分不算在内）：".to_owned(), table(&header, &rows)];
    lines.extend(groups.iter().filter_map(left_out));
    if groups.iter().any(|group| group.judged.own < group.judged.all()) {
        lines.push(
            "上级评和本期不评的不算丢分：支部自评按其余的条目折算，满分不变。本期不评的，它的周期到这一期结束还没有满，\
             到满的那一期再评。"
                .into(),
        );
    }
    lines
}

/// Sectors with the same items, or items of the same names and points, stand together.
fn groups(checklists: &[Checklist]) -> Vec<Group<'_>> {
    let alike = |one: &Judged<'_>, other: &Judged<'_>| {
        (one.own, one.above, one.not_due) == (other.own, other.above, other.not_due)
            && named(&one.items_above) == named(&other.items_above)
            && named(&one.items_not_due) == named(&other.items_not_due)
    };
    let mut groups: Vec<Group<'_>> = Vec::new();
    let periods = checklists.first().map(|list| list.periods.as_slice()).unwrap_or_default();
    for period in periods {
        for list in checklists {
            let judged = judged(list, period);
            let known = groups
                .iter_mut()
                .find(|group| group.period == period.id.as_str() && alike(&group.judged, &judged));
            match known {
                Some(group) => group.sectors.push(&list.sector_name),
                None => groups.push(Group {
                    period: period.id.to_string(),
                    sectors: vec![&list.sector_name],
                    judged,
                }),
            }
        }
    }
    groups
}

/// 两委关系3分、群众满意度5分
fn named(items: &[(&Item, Points)]) -> String {
    let items = items.iter().map(|(item, points)| format!("{}{points}分", item.title));
    items.collect::<Vec<_>>().join("、")
}

/// That a branch does not account for all of the points, with the items that are not its own to answer in this period.
fn left_out(group: &Group<'_>) -> Option<String> {
    let Judged { own, above, not_due, items_above, items_not_due } = &group.judged;
    if *own == group.judged.all() {
        return None;
    }
    let mut said = format!(
        "提示：{}这一期，{}的{}分里支部自评只有{own}分。",
        group.period,
        group.sectors(),
        group.judged.all()
    );
    if *above > Points::ZERO {
        said.push_str(&format!("上级评{above}分：{}。", named(items_above)));
    }
    if *not_due > Points::ZERO {
        said.push_str(&format!("本期不评{not_due}分：{}。", named(items_not_due)));
    }
    Some(said)
}
