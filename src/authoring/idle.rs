//! 限制 that can never hold a grade down, said at their rows. They are no faults: the table is the county's, and says what its
//! document says; but its author believes that somebody looks.

use super::Package;
use crate::domain::{
    Checklist, GradeLimit, Item, LimitId, LimitTest,
    idle_limit::{Idle, idle_limits},
    whole_check,
};
use crate::sheets::{Fault, Sheet, fault::quoted};
use crate::words::terms;

/// The idle limits of a package, each once; with the sectors where others of the package's sectors have it at work.
pub fn limits(package: &Package, sheets: &[Sheet]) -> Vec<Fault> {
    let all: Vec<_> = package
        .checklists
        .iter()
        .flat_map(|list| idle_limits(list).into_iter().map(move |found| (list, found)))
        .collect();
    let mut told = Vec::new();
    for (list, (item, limit, why)) in &all {
        let is = |other: &Item, its: &GradeLimit| other.id == item.id && its.id == limit.id;
        let idle = all.iter().filter(|(_, (other, its, reason))| is(other, its) && reason == why);
        let idle: Vec<&str> = idle.map(|(list, _)| list.sector_name.as_str()).collect();
        let has = package
            .checklists
            .iter()
            .filter(|list| list.items().any(|(_, other)| other.limits.iter().any(|its| is(other, its))));
        let place = if idle.len() < has.count() { format!("在{}", idle.join("、")) } else { String::new() };
        let (reason, remedy) = said(limit, *why, list);
        let fault = Fault {
            sheet: "限制".into(),
            row: row(sheets, item.id.as_str(), &limit.id),
            column: None,
            problem: format!(
                "条目{}{}的限制{}（{}）{place}永远不会起作用：{reason}",
                quoted(item.id.as_str()),
                item.title,
                quoted(limit.id.as_str()),
                limit.text
            ),
            remedy: remedy.into(),
        };
        if !told.contains(&fault) {
            told.push(fault);
        }
    }
    for (list, limit) in
        package.checklists.iter().flat_map(|list| whole_check::idle_limits(list).map(move |one| (list, one)))
    {
        let (reason, remedy) = nothing_better(terms::grade(&list.grading, limit.at_most));
        let fault = Fault {
            sheet: "限制".into(),
            row: row(sheets, "", &limit.id),
            column: None,
            problem: format!(
                "看整体的限制{}（{}）永远不会起作用：{reason}",
                quoted(limit.id.as_str()),
                limit.text
            ),
            remedy: remedy.into(),
        };
        if !told.contains(&fault) {
            told.push(fault);
        }
    }
    told
}

fn nothing_better(grade: &str) -> (String, &'static str) {
    (
        format!("“等次”表里没有比“{grade}”更高的等次，最高只能是它，等于没有限制"),
        "改“最高等次”；漏了更高的等次的，在“等次”表补上",
    )
}

/// Why, and what to do.
fn said(limit: &GradeLimit, why: Idle, list: &Checklist) -> (String, &'static str) {
    match why {
        Idle::TooMany { most } => {
            let asked = match &limit.when {
                LimitTest::Occurrences { at_least } => *at_least,
                _ => 0,
            };
            (format!("次数最多只能填到{most}，到不了{asked}"), "核对“数值”")
        }
        Idle::NothingBetter => nothing_better(terms::grade(&list.grading, limit.at_most)),
    }
}

/// The row of 限制 that it was read from.
fn row(sheets: &[Sheet], item: &str, limit: &LimitId) -> Option<usize> {
    let sheet = sheets.iter().find(|sheet| sheet.name == "限制")?;
    sheet.row_that_says(&[("条目", item), ("编号", limit.as_str())])
}
