//! What the sheets 等次, 考核周期 and 限制 say of the whole: names and lines of grades, quotas, shares of the year, limits that look
//! at no single item.

use super::{
    names::{Names, Sectors, sectors},
    words::{self, WHOLE_LIMITS, WholeCase},
};
use crate::domain::{Grade, GradeName, Grading, LimitId, Quota, QuotaSize, Threshold, WholeLimit, WholeTest};
use crate::sheets::{
    fault::{Faults, quoted},
    table::{Line, Table},
};

pub(super) const GRADE: &str = "等次";
pub(super) const LINE: &str = "分数线";
pub(super) const SELECTED: &str = "评选";
pub(super) const QUOTA: &str = "名额";
pub(super) const ASPECT: &str = "方面";
pub(super) const CASE: &str = "情形";
pub(super) const FIGURE: &str = "数值";

/// A row of 限制 that looks at the whole.
pub(super) struct WholeRow {
    pub(super) row: usize,
    pub(super) sectors: Sectors,
    pub(super) limit: WholeLimit,
}

/// The words for the grades of a standard, highest first.
pub(super) fn grade_words(grading: &Grading) -> Vec<(&str, Grade)> {
    if grading.names.is_empty() {
        return words::GRADES.to_vec();
    }
    let names = (0_u8..).zip(&grading.names).map(|(place, named)| (named.name.as_str(), Grade::Own(place)));
    let mut names: Vec<_> = names.collect();
    names.reverse();
    names
}

/// Reads 等次. A standard has the usual four grades, or its own: then the lowest stands in the last row, without a line.
pub(super) fn grading(table: &Table, faults: &mut Faults) -> Grading {
    let lines: Vec<Line<'_>> = table.lines().collect();
    let lowest = lines.last().filter(|line| line.text(LINE).is_empty()).map(|line| line.text(GRADE));
    // A line that was forgotten makes no grade the lowest.
    let named = |name: &str| words::GRADES.iter().find(|(word, _)| *word == name).map(|(_, grade)| *grade);
    let is_own =
        lowest.is_some_and(|name| !name.is_empty() && named(name).is_none_or(|grade| grade.is_lowest()));
    let usual: Option<Vec<Grade>> = lines.iter().map(|line| named(line.text(GRADE))).collect();
    let is_usual = usual.is_some_and(|grades| {
        let is_odd =
            |line: &Line<'_>| line.text(SELECTED) == "是" && named(line.text(GRADE)) != Some(Grade::Model);
        grades.is_sorted_by(|a, b| a > b) && !lines.iter().any(is_odd)
    });
    if is_own && !is_usual { own(&lines, faults) } else { usual_four(&lines, is_own, faults) }
}

/// The usual four; their lowest may stand in the last row, too.
fn usual_four(lines: &[Line<'_>], with_lowest: bool, faults: &mut Faults) -> Grading {
    let mut grading = Grading::default();
    for (place, line) in lines.iter().enumerate() {
        let text = line.needed(GRADE, faults);
        let grade = words::GRADES.iter().find(|(word, _)| Some(*word) == text).map(|(_, grade)| *grade);
        if let (Some(text), None) = (text, grade) {
            let all: Vec<&str> = words::GRADES.iter().map(|(word, _)| *word).collect();
            let remedy = format!(
                "只能填：{}；要用别的名称，把最低的一等也写上，放在最后一行，它的分数线空着",
                all.join("、")
            );
            line.fault(GRADE, format!("不认识{}", quoted(text)), &remedy, faults);
        }
        if line.yes(SELECTED, faults) && grade.is_some_and(|grade| grade != Grade::Model) {
            let remedy = "空着；要改哪一等由上级评选，等次用自己的名称写";
            line.fault(SELECTED, "只有标兵由上级从够线的里面评选", remedy, faults);
        }
        let is_lowest = with_lowest && place + 1 == lines.len();
        let at_least = if is_lowest { None } else { line.points(LINE, faults) };
        if let (Some(grade), Some(at_least)) = (grade, at_least) {
            grading.thresholds.push(Threshold { grade, at_least });
        }
        grading.quotas.extend(grade.and_then(|grade| quota(*line, grade, faults)));
    }
    grading
}

fn own(lines: &[Line<'_>], faults: &mut Faults) -> Grading {
    let mut grading = Grading::default();
    let count = lines.len();
    for (place, line) in lines.iter().enumerate() {
        let Some(name) = line.needed(GRADE, faults) else { continue };
        if grading.names.iter().any(|known| known.name == name) {
            line.fault(GRADE, format!("等次{}重复了", quoted(name)), "每一等写一行", faults);
        }
        let grade = Grade::Own(u8::try_from(count - 1 - place).unwrap_or(u8::MAX));
        if place + 1 < count
            && let Some(at_least) = line.points(LINE, faults)
        {
            grading.thresholds.push(Threshold { grade, at_least });
        }
        grading.quotas.extend(quota(*line, grade, faults));
        grading.names.push(GradeName { name: name.into(), selected: line.yes(SELECTED, faults) });
    }
    grading.names.reverse();
    grading
}

/// 30% of the branches, or so many.
fn quota(line: Line<'_>, grade: Grade, faults: &mut Faults) -> Option<Quota> {
    let text = line.text(QUOTA);
    if text.is_empty() {
        return None;
    }
    let most = match text.strip_suffix(['%', '％']) {
        Some(percent) => {
            percent.trim().parse().ok().filter(|n| (1..=100).contains(n)).map(QuotaSize::Percent)
        }
        None => text.parse().ok().filter(|number| *number > 0).map(QuotaSize::Number),
    };
    if most.is_none() {
        let remedy = "写成 30%（参评支部的百分之几，1%到100%）或者 2（几个支部）；不限的空着";
        line.fault(QUOTA, format!("看不懂名额{}", quoted(text)), remedy, faults);
    }
    Some(Quota { grade, most: most? })
}

/// Whether a row of 限制 looks at the whole: it says so, or names no item and nothing that looks at one.
pub(super) fn is_whole(line: Line<'_>) -> bool {
    let case = line.text(CASE);
    let names_none = ["条目", "分项"].iter().all(|column| line.text(column).is_empty());
    WHOLE_LIMITS.iter().any(|(word, _)| *word == case)
        || (names_none && !words::LIMITS.iter().any(|(word, _)| *word == case))
}

/// Reads the rows of 限制 that look at the whole.
pub(super) fn limits(table: &Table, names: &Names, grading: &Grading, faults: &mut Faults) -> Vec<WholeRow> {
    let grades = grade_words(grading);
    let mut rows = Vec::new();
    for line in table.lines().filter(|line| is_whole(*line)) {
        for column in ["条目", "分项"].into_iter().filter(|column| !line.text(column).is_empty()) {
            let problem = format!("“{}”看整体，不看哪一个条目", line.text(CASE));
            line.fault(column, problem, "空着", faults);
        }
        let id = line.id::<LimitId>("编号", faults);
        let text = line.needed("说明", faults).unwrap_or_default().into();
        let at_most = line.word("最高等次", &grades, faults);
        let sectors = sectors(line, names, faults);
        let when = match line.word(CASE, WHOLE_LIMITS, faults) {
            Some(WholeCase::AspectBelow) => aspect_below(line, names, faults),
            Some(WholeCase::LastYear) => {
                if !line.text(ASPECT).is_empty() {
                    line.fault(ASPECT, "“上年度等次”不看方面", "空着", faults);
                }
                line.word(FIGURE, &grades, faults).map(|at_most| WholeTest::LastYear { at_most })
            }
            None => None,
        };
        let (Some(id), Some(at_most), Some(when)) = (id, at_most, when) else { continue };
        rows.push(WholeRow { row: line.number(), sectors, limit: WholeLimit { id, text, at_most, when } });
    }
    rows
}

fn aspect_below(line: Line<'_>, names: &Names, faults: &mut Faults) -> Option<WholeTest> {
    let percent = line.number_in(FIGURE, 1, 100, faults);
    let text = line.needed(ASPECT, faults)?;
    let found = names.aspects.iter().find(|(id, name)| name == text || id.as_str() == text);
    if found.is_none() && !names.aspects.is_empty() && !names.unread.contains("方面") {
        line.fault(ASPECT, format!("没有{}这个方面", quoted(text)), "填“方面”表里的名称", faults);
    }
    Some(WholeTest::AspectBelow { aspect: found?.0.clone(), percent: percent? })
}
