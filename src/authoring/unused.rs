//! Cells of 分项 that its 办法 does not use. Were they passed over, the standard would be scored by another rule than its author
//! wrote: 占比 with 扣几分 takes nothing off.

use super::words::{self, COSTS, RuleWord, STEP};
use crate::domain::CountCredit;
use crate::sheets::{fault::Faults, table::Line};

/// The columns that some 办法 use.
const COLUMNS: [&str; 10] =
    ["最低次数", "单位", "不足时", "分子", "分母", "分母取自", "满分比例", "底线比例", COSTS, STEP];

/// Names every filled cell of a row that its 办法 does not use.
pub(super) fn check(line: Line<'_>, rule: RuleWord, faults: &mut Faults) {
    let credit =
        words::CREDITS.iter().find(|(word, _)| *word == line.text("不足时")).map(|(_, credit)| credit);
    let used: &[&str] = match rule {
        RuleWord::Count
            if credit.is_some_and(|credit| !matches!(credit, CountCredit::EachMissing { .. })) =>
        {
            &["最低次数", "单位", "不足时"]
        }
        RuleWord::Count => &["最低次数", "单位", "不足时", COSTS],
        RuleWord::Share => &["分子", "分母", "分母取自", "满分比例", "底线比例"],
        RuleWord::ShareBelow => &["分子", "分母", "分母取自", "满分比例", "底线比例", COSTS, STEP],
        RuleWord::ShareBands => &["分子", "分母", "分母取自"],
        RuleWord::YesNo | RuleWord::Level | RuleWord::Deduction | RuleWord::FromTotal | RuleWord::Facts => {
            &[]
        }
    };
    let word = words::RULES.iter().find(|(_, known)| *known == rule).map_or("", |(word, _)| word);
    for column in COLUMNS.into_iter().filter(|column| !used.contains(column) && !line.text(column).is_empty())
    {
        let by = if rule == RuleWord::Count && column == COSTS {
            format!("次数的“不足时”填 {}，", line.text("不足时"))
        } else {
            word.to_owned()
        };
        let remedy = match (rule, column) {
            (RuleWord::Count, COSTS) => "清空这一格；要每缺一次扣的，“不足时”填 每缺一次扣",
            (RuleWord::Share | RuleWord::ShareBands, COSTS | STEP) => {
                "清空这一格；要每低几点扣的，办法填 占比扣"
            }
            (RuleWord::ShareBands, _) => "清空这一格；要按比例给分的，办法填 占比",
            (RuleWord::YesNo, "最低次数" | "单位" | "不足时") => {
                "清空这一格；要按次数给分的，办法填 次数"
            }
            _ => "清空这一格，或者改“办法”",
        };
        line.fault(column, format!("{by}不用“{column}”"), remedy, faults);
    }
}
