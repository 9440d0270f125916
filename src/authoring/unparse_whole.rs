//! What holds for the whole → the rows of 等次 and 限制 that are read as it.

use super::{
    unparse_rows::{Pages, word},
    whole::{ASPECT, CASE, FIGURE, GRADE, LINE, QUOTA, SELECTED, grade_words},
    words::{WHOLE_LIMITS, WholeCase},
};
use crate::domain::{Checklist, Grade, Grading, Points, QuotaSize, WholeLimit, WholeTest};
use crate::words::terms;

/// Writes 等次.
pub(super) fn grade_rows(pages: &mut Pages, grading: &Grading) {
    let quota = |grade: Grade| {
        let quota = grading.quotas.iter().find(|quota| quota.grade == grade).map(|quota| quota.most);
        quota.map_or_else(String::new, |most| match most {
            QuotaSize::Percent(percent) => format!("{percent}%"),
            QuotaSize::Number(number) => number.to_string(),
        })
    };
    let mut row = |name: &str, line: Option<Points>, selected: bool, quota: &str| {
        let line = line.map(|line| line.to_string()).unwrap_or_default();
        let selected = if selected { "是" } else { "" };
        pages.row(GRADE, &[(GRADE, name), (LINE, &line), (SELECTED, selected), (QUOTA, quota)]);
    };
    let line =
        |grade: Grade| grading.thresholds.iter().find(|line| line.grade == grade).map(|line| line.at_least);
    if grading.names.is_empty() {
        for line in &grading.thresholds {
            row(terms::grade(grading, line.grade), Some(line.at_least), false, &quota(line.grade));
        }
        return;
    }
    for (name, grade) in grade_words(grading) {
        row(name, line(grade), grading.is_selected(grade), &quota(grade));
    }
}

/// Writes the limits on the whole: once for all sectors that have the same, where asked for.
pub(super) fn limit_rows(pages: &mut Pages, lists: &[Checklist], shared: bool) {
    let mut variants: Vec<(Vec<&Checklist>, &WholeLimit)> = Vec::new();
    for list in lists {
        for limit in &list.limits {
            match variants.iter_mut().find(|(_, known)| shared && *known == limit) {
                Some((sectors, _)) => sectors.push(list),
                None => variants.push((vec![list], limit)),
            }
        }
    }
    for (sectors, limit) in variants {
        let Some(list) = sectors.first() else { continue };
        let names: Vec<&str> = sectors.iter().map(|list| list.sector_name.as_str()).collect();
        let names = if sectors.len() == lists.len() { String::new() } else { names.join("、") };
        let (case, aspect, figure) = match &limit.when {
            WholeTest::AspectBelow { aspect, percent } => {
                let aspect = list.aspects.iter().find(|known| &known.id == aspect);
                let name = aspect.map_or("", |aspect| aspect.name.as_str());
                (WholeCase::AspectBelow, name, percent.to_string())
            }
            WholeTest::LastYear { at_most } => {
                (WholeCase::LastYear, "", terms::grade(&list.grading, *at_most).to_owned())
            }
        };
        let cells = [
            ("编号", limit.id.as_str()),
            ("说明", &limit.text),
            ("最高等次", terms::grade(&list.grading, limit.at_most)),
            (CASE, word(WHOLE_LIMITS, &case)),
            (ASPECT, aspect),
            (FIGURE, &figure),
            ("领域", &names),
        ];
        pages.row("限制", &cells);
    }
}
