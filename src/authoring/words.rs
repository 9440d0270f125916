//! The Chinese words of the sheets and what they stand for.

use crate::{
    domain::{ActivityKind, Combine, CountCredit, Grade, MarkKind, Points, ProfileNumber, Window},
    words::terms,
};

/// 周期
pub(super) const WINDOWS: &[(&str, Window)] = &[
    ("月", Window::Month),
    ("季", Window::Quarter),
    ("半年", Window::HalfYear),
    ("年", Window::Year),
    ("届", Window::Term),
    ("期末", Window::PeriodEnd),
];

/// 等次
pub(super) const GRADES: &[(&str, Grade)] = &terms::USUAL_GRADES;

/// 计分: how the parts of an item make up its points
pub(super) const COMBINES: &[(&str, Combine)] = &[("合计", Combine::All), ("取最高", Combine::Any)];

/// 不足时. What one missing costs stands in a column of its own.
pub(super) const CREDITS: &[(&str, CountCredit)] = &[
    ("按比例", CountCredit::Proportional),
    ("不得分", CountCredit::AllOrNothing),
    ("每缺一次扣", CountCredit::EachMissing { costs: Points::ZERO }),
];

/// 标记
pub(super) const MARKS: &[(&str, MarkKind)] =
    &[marked(MarkKind::Assumed), marked(MarkKind::Suggested), marked(MarkKind::Local)];

const fn marked(kind: MarkKind) -> (&'static str, MarkKind) {
    (terms::mark(kind), kind)
}

/// 分母取自, and the figure in 适用条件
pub(super) const FIGURES: &[(&str, ProfileNumber)] = &[
    ("正式党员", ProfileNumber::FullMembers),
    ("预备党员", ProfileNumber::ProbationaryMembers),
    ("党员总数", ProfileNumber::AllMembers),
    ("流动党员", ProfileNumber::MobileMembers),
    ("支委人数", ProfileNumber::CommitteeMembers),
    ("党小组数", ProfileNumber::PartyGroups),
];

/// 办法: how a part is scored
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RuleWord {
    /// 是否
    YesNo,
    /// 次数
    Count,
    /// 占比, in proportion
    Share,
    /// 占比档, by bands
    ShareBands,
    /// 占比扣, so much for each step below
    ShareBelow,
    /// 档次
    Level,
    /// 扣分
    Deduction,
    /// 倒扣, from the total
    FromTotal,
    /// 逐项
    Facts,
}

/// 办法
pub(super) const RULES: &[(&str, RuleWord)] = &[
    ("是否", RuleWord::YesNo),
    ("次数", RuleWord::Count),
    ("占比", RuleWord::Share),
    ("占比档", RuleWord::ShareBands),
    ("占比扣", RuleWord::ShareBelow),
    ("档次", RuleWord::Level),
    ("扣分", RuleWord::Deduction),
    ("倒扣", RuleWord::FromTotal),
    ("逐项", RuleWord::Facts),
];

/// 情形: when a limit holds
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LimitWord {
    /// 答否
    No,
    /// 占比低于
    ShareBelow,
    /// 占比高于
    ShareAbove,
    /// 次数达到
    Occurrences,
    /// 次数少于
    CountBelow,
    /// 缺这一项
    FactMissing,
    /// 处于这一档
    LevelIs,
}

/// 情形
pub(super) const LIMITS: &[(&str, LimitWord)] = &[
    ("答否", LimitWord::No),
    ("占比低于", LimitWord::ShareBelow),
    ("占比高于", LimitWord::ShareAbove),
    ("次数达到", LimitWord::Occurrences),
    ("次数少于", LimitWord::CountBelow),
    ("缺这一项", LimitWord::FactMissing),
    ("处于这一档", LimitWord::LevelIs),
];

/// Ends the name of evidence that is only to be located, never photographed.
pub(super) const NOT_PHOTOGRAPHED: &str = "（不拍）";
/// In 依据's 文件: no document was found that the item could rest on.
pub(super) const NO_DOCUMENT: &str = "无";
/// What the item then says of itself.
pub(super) const NO_CITATION: &str = "没有查到可引的条文依据";
/// In 领域: every sector.
pub(super) const ALL_SECTORS: &str = "全部";

/// 台账: what is counted in the ledger.
pub(super) const KINDS: &[(&str, ActivityKind)] = &[
    counted(ActivityKind::MemberMeeting),
    counted(ActivityKind::CommitteeMeeting),
    counted(ActivityKind::GroupMeeting),
    counted(ActivityKind::PartyClass),
    counted(ActivityKind::ThemedDay),
    counted(ActivityKind::OrganisationalLifeMeeting),
    ("民主评议", ActivityKind::DemocraticAppraisal),
    counted(ActivityKind::HeartToHeartTalk),
    counted(ActivityKind::Volunteering),
    counted(ActivityKind::Visit),
    counted(ActivityKind::Openness),
    counted(ActivityKind::FinancialOpenness),
];

const fn counted(kind: ActivityKind) -> (&'static str, ActivityKind) {
    (terms::kind(kind), kind)
}
/// What 台账 offers to be chosen: the kinds, and what may go before them.
pub(super) fn ledger() -> Vec<&'static str> {
    KINDS.iter().map(|(word, _)| *word).chain(["到会率：", "不足半数（o1）："]).collect()
}
/// In 台账, before the kinds of a share of those present.
pub(super) const ATTENDANCE: &str = "到会率";
/// In 台账, before the kinds of a deduction for too few present, with the occurrence in brackets.
pub(super) const BELOW_QUORUM: &str = "不足半数";

/// The column of what one missing, or one step below, costs.
pub(super) const COSTS: &str = "扣几分";
/// The column of how many percentage points one step has.
pub(super) const STEP: &str = "每低几点";

/// 情形 of a limit on the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WholeCase {
    /// 方面得分率低于
    AspectBelow,
    /// 上年度等次
    LastYear,
}

/// 情形 of limits on the whole.
pub(super) const WHOLE_LIMITS: &[(&str, WholeCase)] =
    &[("方面得分率低于", WholeCase::AspectBelow), ("上年度等次", WholeCase::LastYear)];
