//! The rows of the item sheets, read cell by cell; nothing is put together yet.

use super::{
    names::{Names, Sectors, sectors},
    whole,
    words::{self, COSTS, STEP},
};
use crate::domain::{
    AspectId, Citation, Combine, CountCredit, Evidence, GradeLimit, Grading, ItemId, LedgerSource, LimitId,
    LimitTest, Mark, MarkKind, MethodId, PartId, Points, ProfileCondition, ProfileNumber, Proportion, Rule,
    ShareCredit, Window,
};
use crate::sheets::{
    fault::{Faults, quoted},
    table::{Line, Table},
};

/// A row of 条目.
pub(super) struct ItemRow {
    pub(super) row: usize,
    pub(super) id: ItemId,
    pub(super) sectors: Sectors,
    /// `None` where there is no such aspect, which is said.
    pub(super) aspect: Option<AspectId>,
    pub(super) title: String,
    pub(super) requirement: String,
    pub(super) plain: String,
    pub(super) guidance: Vec<String>,
    pub(super) methods: Vec<MethodId>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) marks: Vec<Mark>,
    pub(super) judged_above: bool,
    pub(super) may_be_absent: bool,
    pub(super) may_not_occur: bool,
    pub(super) only_if: Option<ProfileCondition>,
    pub(super) combine: Combine,
}

/// A row of 分项. Rules that need options get theirs when the item is put together.
pub(super) struct PartRow {
    pub(super) row: usize,
    pub(super) item: ItemId,
    pub(super) id: PartId,
    pub(super) sectors: Sectors,
    pub(super) text: String,
    pub(super) points: Points,
    pub(super) window: Window,
    pub(super) mendable: bool,
    pub(super) bonus: bool,
    pub(super) from_ledger: Option<LedgerSource>,
    pub(super) rule: RuleRow,
}

/// A rule, complete or waiting for its options.
pub(super) enum RuleRow {
    /// Needs no options.
    Whole(Rule),
    /// Bands of a share.
    Bands { numerator: String, denominator: String, from_profile: Option<ProfileNumber> },
    /// Cannot be read.
    Unread,
    /// Choices.
    Level,
    /// Occurrences.
    Deduction,
    /// Occurrences that take from the total.
    FromTotal,
    /// Facts.
    Facts,
}

/// A row of 选项.
pub(super) struct OptionRow {
    pub(super) row: usize,
    pub(super) item: ItemId,
    pub(super) part: PartId,
    pub(super) sectors: Sectors,
    /// An id, or the percentage of a band.
    pub(super) id: String,
    pub(super) text: String,
    pub(super) points: Points,
}

/// A row of 依据; `None` says that no document was found.
pub(super) struct CitationRow {
    pub(super) row: usize,
    pub(super) item: ItemId,
    pub(super) sectors: Sectors,
    pub(super) citation: Option<Citation>,
}

/// A row of 限制.
pub(super) struct LimitRow {
    pub(super) row: usize,
    pub(super) item: ItemId,
    pub(super) sectors: Sectors,
    pub(super) limit: GradeLimit,
}

/// Reads 条目.
pub(super) fn items(table: &Table, names: &Names, faults: &mut Faults) -> Vec<ItemRow> {
    let mut rows = Vec::new();
    for line in table.lines() {
        let id = line.id::<ItemId>("编号", faults);
        line.needed("领域", faults);
        let sectors = sectors(line, names, faults);
        let aspect = line.needed("方面", faults).and_then(|text| {
            let found = names.aspects.iter().find(|(id, name)| name == text || id.as_str() == text);
            if found.is_none() && !names.aspects.is_empty() && !names.unread.contains("方面") {
                line.fault("方面", format!("没有{}这个方面", quoted(text)), "填“方面”表里的名称", faults);
            }
            found.map(|(id, _)| id.clone())
        });
        let title = line.needed("标题", faults);
        let requirement = line.needed("抓什么", faults);
        line.needed("怎么抓", faults);
        line.needed("考核方式", faults);
        let methods = methods(line, names, faults);
        let evidence = line.pieces("佐证材料").map(|piece| {
            let bare = piece.strip_suffix(words::NOT_PHOTOGRAPHED);
            Evidence { name: bare.unwrap_or(piece).trim().into(), never_photographed: bare.is_some() }
        });
        let mut combine = Combine::All;
        if !line.text("计分").is_empty() {
            combine = line.word("计分", words::COMBINES, faults).unwrap_or_default();
        }
        let evidence = evidence.collect();
        let marks = marks(line, "标记", faults);
        let judged_above = line.yes("上级评", faults);
        let may_be_absent = line.yes("可不设", faults);
        let may_not_occur = line.yes("可无此事", faults);
        let only_if = condition(line, faults);
        let Some(id) = id else { continue };
        rows.push(ItemRow {
            row: line.number(),
            id,
            sectors,
            aspect,
            title: title.unwrap_or_default().into(),
            requirement: requirement.unwrap_or_default().into(),
            plain: line.text("通俗说法").into(),
            guidance: line
                .text("怎么抓")
                .lines()
                .map(str::trim)
                .filter(|l| !l.is_empty())
                .map(Into::into)
                .collect(),
            methods,
            evidence,
            marks,
            judged_above,
            may_be_absent,
            may_not_occur,
            only_if,
            combine,
        });
    }
    rows
}

fn methods(line: Line<'_>, names: &Names, faults: &mut Faults) -> Vec<MethodId> {
    let mut methods = Vec::new();
    for piece in line.pieces("考核方式") {
        let is = |known: &&(MethodId, String, String)| {
            known.1 == piece || known.2 == piece || known.0.as_str() == piece
        };
        match names.methods.iter().find(is) {
            Some((id, ..)) if methods.contains(id) => {}
            Some((id, ..)) => methods.push(id.clone()),
            None if names.methods.is_empty() || names.unread.contains("考核方式") => {}
            None => {
                let remedy = "填“考核方式”表里的简称或名称，几个用、隔开";
                line.fault("考核方式", format!("没有{}这种方式", quoted(piece)), remedy, faults);
            }
        }
    }
    methods
}

/// Marks, one a line of the cell.
pub(super) fn marks(line: Line<'_>, column: &str, faults: &mut Faults) -> Vec<Mark> {
    let mut marks = Vec::new();
    for text in line.text(column).lines().map(str::trim).filter(|text| !text.is_empty()) {
        let (word, about) = text.split_once(['：', ':']).unwrap_or((text, ""));
        match words::MARKS.iter().find(|(known, _)| *known == word.trim()) {
            Some((_, kind)) => marks.push(Mark { kind: *kind, text: about.trim().into() }),
            None => {
                let remedy = "每行一条，以“假定：”“建议：”或“本地要求：”开头";
                line.fault(column, format!("不认识{}", quoted(word)), remedy, faults);
            }
        }
    }
    marks
}

/// 支委人数≥1, 正式党员≤6.
fn condition(line: Line<'_>, faults: &mut Faults) -> Option<ProfileCondition> {
    let text = line.text("适用条件");
    if text.is_empty() {
        return None;
    }
    let parsed = || {
        let at = text.find(['≥', '≤'])?;
        let (word, rest) = text.split_at(at);
        let sign = rest.chars().next()?;
        let figure: u32 = rest.strip_prefix(sign)?.trim().parse().ok()?;
        let (_, number) = words::FIGURES.iter().find(|(known, _)| *known == word.trim())?;
        let (at_least, at_most) = if sign == '≥' { (Some(figure), None) } else { (None, Some(figure)) };
        Some(ProfileCondition { number: *number, at_least, at_most })
    };
    let condition = parsed();
    if condition.is_none() {
        let all: Vec<&str> = words::FIGURES.iter().map(|(word, _)| *word).collect();
        let remedy = format!("写成“支委人数≥1”的样子，可用：{}", all.join("、"));
        line.fault("适用条件", format!("看不懂{}", quoted(text)), &remedy, faults);
    }
    condition
}

/// Reads 分项.
pub(super) fn parts(table: &Table, names: &Names, faults: &mut Faults) -> Vec<PartRow> {
    let mut rows = Vec::new();
    for line in table.lines() {
        let item = line.id("条目", faults);
        let id = line.id("分项", faults);
        let points = line.points("分值", faults).unwrap_or_default();
        let window = line.word("周期", words::WINDOWS, faults).unwrap_or(Window::PeriodEnd);
        let rule = rule(line, faults);
        let sectors = sectors(line, names, faults);
        let mendable = line.yes("可补救", faults);
        let bonus = line.yes("加分", faults);
        let from_ledger = super::from_ledger::read(line, faults);
        let (Some(item), Some(id)) = (item, id) else { continue };
        rows.push(PartRow {
            row: line.number(),
            item,
            id,
            sectors,
            text: line.text("问题").into(),
            points,
            window,
            mendable,
            bonus,
            from_ledger,
            rule: rule.unwrap_or(RuleRow::Unread),
        });
    }
    rows
}

fn rule(line: Line<'_>, faults: &mut Faults) -> Option<RuleRow> {
    let word = line.word("办法", words::RULES, faults)?;
    super::unused::check(line, word, faults);
    Some(match word {
        words::RuleWord::YesNo => RuleRow::Whole(Rule::YesNo),
        words::RuleWord::Count => {
            let minimum = line.number_in("最低次数", 1, 9_999, faults).unwrap_or(1);
            let mut credit = line.word("不足时", words::CREDITS, faults)?;
            if let CountCredit::EachMissing { costs } = &mut credit {
                *costs = costing(line, faults)?;
            }
            RuleRow::Whole(Rule::Count { minimum, credit, unit: line.needed("单位", faults)?.into() })
        }
        words::RuleWord::Share | words::RuleWord::ShareBands | words::RuleWord::ShareBelow => {
            let numerator = line.needed("分子", faults).unwrap_or_default().to_owned();
            let denominator = line.needed("分母", faults).unwrap_or_default().to_owned();
            let from_profile = match line.text("分母取自") {
                "" => None,
                _ => line.word("分母取自", words::FIGURES, faults),
            };
            if word == words::RuleWord::ShareBands {
                return Some(RuleRow::Bands { numerator, denominator, from_profile });
            }
            let target = line
                .proportion("满分比例", |share| share > Proportion::NONE, faults)
                .unwrap_or(Proportion::ALL);
            let floor = line.proportion("底线比例", |_| true, faults).unwrap_or(Proportion::NONE);
            let credit = if word == words::RuleWord::ShareBelow {
                let costs = costing(line, faults)?;
                let step = match line.text(STEP) {
                    "" => 1,
                    _ => line.number_in(STEP, 1, 100, faults).unwrap_or(1),
                };
                ShareCredit::EachBelow { target, floor, step, costs }
            } else {
                ShareCredit::Proportional { target, floor }
            };
            RuleRow::Whole(Rule::Share { numerator, denominator, from_profile, credit })
        }
        words::RuleWord::Level => RuleRow::Level,
        words::RuleWord::Deduction => RuleRow::Deduction,
        words::RuleWord::FromTotal => RuleRow::FromTotal,
        words::RuleWord::Facts => RuleRow::Facts,
    })
}

/// What one missing, or one step below, costs.
fn costing(line: Line<'_>, faults: &mut Faults) -> Option<Points> {
    let costs = line.points(COSTS, faults)?;
    if costs.is_zero() {
        line.fault(COSTS, "扣0分等于不扣", "写扣几分，如 0.5", faults);
        return None;
    }
    Some(costs)
}

/// Reads 选项.
pub(super) fn options(table: &Table, names: &Names, faults: &mut Faults) -> Vec<OptionRow> {
    let mut rows = Vec::new();
    for line in table.lines() {
        let item = line.id("条目", faults);
        let part = line.id("分项", faults);
        let id = line.needed("编号", faults);
        let points = line.points("分值", faults).unwrap_or_default();
        let sectors = sectors(line, names, faults);
        let (Some(item), Some(part), Some(id)) = (item, part, id) else { continue };
        let text = line.text("内容").into();
        rows.push(OptionRow { row: line.number(), item, part, sectors, id: id.into(), text, points });
    }
    rows
}

/// Reads 依据.
pub(super) fn citations(table: &Table, names: &Names, faults: &mut Faults) -> Vec<CitationRow> {
    let mut rows = Vec::new();
    for line in table.lines() {
        let item = line.id("条目", faults);
        let document = line.needed("文件", faults);
        let article_checked = line.yes("已核", faults);
        let effective_from = line.date("施行日期", faults);
        let effective_to = line.date("废止日期", faults);
        let sectors = sectors(line, names, faults);
        if article_checked && !line.has("条款") {
            line.lacks("条款", faults);
        } else if article_checked && line.text("条款").is_empty() {
            line.fault("条款", "写了已核，却没有条款", "写上条款，或者“已核”留空", faults);
        }
        if effective_from.zip(effective_to).is_some_and(|(from, to)| to < from) {
            line.fault("废止日期", "早于施行日期", "核对两个日期", faults);
        }
        let (Some(item), Some(document)) = (item, document) else { continue };
        let citation = (document != words::NO_DOCUMENT).then(|| Citation {
            document: document.into(),
            article: line.text("条款").into(),
            article_checked,
            effective_from,
            effective_to,
        });
        rows.push(CitationRow { row: line.number(), item, sectors, citation });
    }
    rows
}

/// Reads 限制.
pub(super) fn limits(table: &Table, names: &Names, grading: &Grading, faults: &mut Faults) -> Vec<LimitRow> {
    let grades = whole::grade_words(grading);
    let mut rows = Vec::new();
    for line in table.lines().filter(|line| !whole::is_whole(*line)) {
        let item = line.id("条目", faults);
        let id = line.id::<LimitId>("编号", faults);
        let part = line.id::<PartId>("分项", faults);
        let text = line.needed("说明", faults).unwrap_or_default().into();
        let at_most = line.word("最高等次", &grades, faults).unwrap_or(grading.lowest());
        let when = line.word("情形", words::LIMITS, faults).and_then(|word| limit_test(line, word, faults));
        let sectors = sectors(line, names, faults);
        let (Some(item), Some(id), Some(part), Some(when)) = (item, id, part, when) else { continue };
        let limit = GradeLimit { id, text, at_most, part, when };
        rows.push(LimitRow { row: line.number(), item, sectors, limit });
    }
    rows
}

fn limit_test(line: Line<'_>, word: words::LimitWord, faults: &mut Faults) -> Option<LimitTest> {
    Some(match word {
        words::LimitWord::No => LimitTest::No,
        words::LimitWord::ShareBelow => {
            let percent = line.proportion("数值", |share| share > Proportion::NONE, faults)?;
            LimitTest::ShareBelow { percent }
        }
        words::LimitWord::ShareAbove => {
            let share = line.proportion("数值", |share| share < Proportion::ALL, faults)?;
            LimitTest::ShareAbove { share }
        }
        words::LimitWord::CountBelow => {
            LimitTest::CountBelow { fewer_than: line.number_in("数值", 1, 9_999, faults)? }
        }
        words::LimitWord::Occurrences => {
            LimitTest::Occurrences { at_least: line.number_in("数值", 1, 9_999, faults)? }
        }
        words::LimitWord::FactMissing => LimitTest::FactMissing { fact: line.id("数值", faults)? },
        words::LimitWord::LevelIs => LimitTest::LevelIs { choice: line.id("数值", faults)? },
    })
}

/// The mark of an item that rests on no document.
pub(super) fn no_citation() -> Mark {
    Mark { kind: MarkKind::Suggested, text: words::NO_CITATION.into() }
}
