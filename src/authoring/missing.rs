//! What rows refer to and no sheet has. It is said once, with every row that needs it; and what only follows from it is not said.

use super::shared::Shared;
use crate::sheets::{
    Fault,
    fault::{Faults, quoted},
    places,
};
use std::collections::BTreeSet;

/// What is missing.
#[derive(Default)]
pub(super) struct Missing<'a> {
    /// Items without a row in 条目.
    pub(super) items: BTreeSet<&'a str>,
    /// Parts without a row in 分项, each as item and part.
    pub(super) parts: BTreeSet<(&'a str, &'a str)>,
    /// Whether every row of 条目 says which one it is: only then is it known which are missing.
    pub(super) all_items: bool,
}

impl Missing<'_> {
    /// Whether it may be this item's rows that name another one.
    pub(super) fn may_be_of(&self, item: &str) -> bool {
        !self.items.is_empty() || self.parts.iter().any(|(of, _)| *of == item)
    }

    /// Whether nothing is.
    pub(super) fn is_nothing(&self) -> bool {
        self.items.is_empty() && self.parts.is_empty()
    }
}

/// A missing item, or a missing part of one.
type Wanted<'a> = (&'a str, Option<&'a str>);

/// Finds and says what is missing. What belongs to a row that is there but cannot be read is left alone, as is everything while a
/// whole sheet, or the id of a row, cannot be read.
pub(super) fn find<'a>(shared: &Shared<'a>, faults: &mut Faults) -> Missing<'a> {
    let readable = |faults: &Faults, sheet: &str, columns: &[&str]| {
        faults.all(|fault| {
            let column = fault.column.as_deref().unwrap_or_default();
            fault.sheet != sheet || !columns.contains(&column)
        })
    };
    let (items, parts) = (shared.said_items, shared.said_parts);
    let all_items = !items.is_empty() && readable(faults, "条目", &["编号"]);
    let all_parts = !parts.is_empty() && readable(faults, "分项", &["条目", "分项"]);
    let mut wanted: Vec<(Wanted<'a>, Vec<(&str, usize)>)> = Vec::new();
    let mut want = |key: Wanted<'a>, sheet: &'static str, row: usize| match wanted
        .iter_mut()
        .find(|(known, _)| *known == key)
    {
        Some((_, rows)) => rows.push((sheet, row)),
        None => wanted.push((key, vec![(sheet, row)])),
    };
    // What a spreadsheet made something else of names nothing.
    let typed = |faults: &Faults, sheet: &str, row: usize| {
        !faults.has_cell(sheet, row, "条目") && !faults.has_cell(sheet, row, "分项")
    };
    let of_items = shared.parts.iter().map(|row| ("分项", row.row, &row.item));
    let of_items = of_items.chain(shared.citations.iter().map(|row| ("依据", row.row, &row.item)));
    let of_items = of_items.filter(|(sheet, row, _)| typed(faults, sheet, *row));
    for (sheet, row, item) in of_items.filter(|(.., item)| all_items && !items.contains(item.as_str())) {
        want((item.as_str(), None), sheet, row);
    }
    // A part that was put under an id that no item has may be the one that is looked for.
    let astray: BTreeSet<&str> = shared
        .parts
        .iter()
        .filter(|row| all_items && !items.contains(row.item.as_str()))
        .map(|row| row.id.as_str())
        .collect();
    let of_parts = shared.options.iter().map(|row| ("选项", row.row, row.item.as_str(), row.part.as_str()));
    let of_limits =
        shared.limits.iter().map(|row| ("限制", row.row, row.item.as_str(), row.limit.part.as_str()));
    for (sheet, row, item, part) in
        of_parts.chain(of_limits).filter(|(.., item, part)| !parts.contains(&(*item, *part)))
    {
        if !typed(faults, sheet, row) {
            continue;
        }
        if all_items && !items.contains(item) {
            want((item, None), sheet, row);
        } else if all_parts && !astray.contains(part) {
            want((item, Some(part)), sheet, row);
        }
    }
    let mut missing = Missing { all_items, ..Missing::default() };
    for ((item, part), rows) in wanted {
        let Some(((sheet, row), others)) = rows.split_first() else { continue };
        let (column, mut problem, remedy) = match part {
            None => {
                missing.items.insert(item);
                let problem = format!("“条目”表里没有{}", quoted(item));
                ("条目", problem, "改成有的编号，或者补上这个条目")
            }
            Some(part) => {
                missing.parts.insert((item, part));
                let problem = format!("“分项”表里没有条目{}的分项{}", quoted(item), quoted(part));
                ("分项", problem, "改成有的编号，或者补上这个分项")
            }
        };
        if !others.is_empty() {
            problem.push_str(&format!("（{}也要用它）", places(others)));
        }
        faults.push(Fault {
            sheet: (*sheet).into(),
            row: Some(*row),
            column: Some(column.into()),
            problem,
            remedy: remedy.into(),
        });
    }
    missing
}
