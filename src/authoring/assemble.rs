//! Puts the rows together into one checklist a sector, and checks each of them.

use super::{
    fault::{Fault, Faults, quoted},
    parse::Standard,
    rows::{self, CitationRow, ItemRow, LimitRow, Names, OptionRow, PartRow, RuleRow, Sectors},
};
use crate::domain::{
    Aspect, Checklist, Choice, ChoiceId, Fact, FactId, Grading, Item, ItemId, Mark, Method, Occurrence,
    OccurrenceId, Part, PartId, Period, Points, Rule, SectorId, ShareBand, ShareCredit,
    checklist_check::{ChecklistFault, checklist_faults},
};
use std::collections::{BTreeMap, BTreeSet};

/// All that was read.
pub(super) struct Shared<'a> {
    pub(super) standard: Option<&'a Standard>,
    pub(super) names: &'a Names,
    /// 标记 of each sector, in the order of the sectors.
    pub(super) sector_marks: &'a [Vec<Mark>],
    pub(super) methods: &'a [Method],
    pub(super) periods: &'a [Period],
    pub(super) grading: &'a Grading,
    pub(super) items: &'a [ItemRow],
    pub(super) parts: &'a [PartRow],
    pub(super) options: &'a [OptionRow],
    pub(super) citations: &'a [CitationRow],
    pub(super) limits: &'a [LimitRow],
}

/// The rows by what they belong to.
struct Index<'a> {
    parts: BTreeMap<&'a ItemId, Vec<&'a PartRow>>,
    options: BTreeMap<(&'a ItemId, &'a PartId), Vec<&'a OptionRow>>,
    citations: BTreeMap<&'a ItemId, Vec<&'a CitationRow>>,
    limits: BTreeMap<&'a ItemId, Vec<&'a LimitRow>>,
}

/// One checklist a sector.
pub(super) fn checklists(shared: &Shared<'_>, faults: &mut Faults) -> Vec<Checklist> {
    strays(shared, faults);
    let mut index = Index {
        parts: BTreeMap::new(),
        options: BTreeMap::new(),
        citations: BTreeMap::new(),
        limits: BTreeMap::new(),
    };
    for row in shared.parts {
        index.parts.entry(&row.item).or_default().push(row);
    }
    for row in shared.options {
        index.options.entry((&row.item, &row.part)).or_default().push(row);
    }
    for row in shared.citations {
        index.citations.entry(&row.item).or_default().push(row);
    }
    for row in shared.limits {
        index.limits.entry(&row.item).or_default().push(row);
    }
    let Some(standard) = shared.standard else { return Vec::new() };
    let mut made = Vec::new();
    for ((sector, sector_name), marks) in shared.names.sectors.iter().zip(shared.sector_marks) {
        let mut aspects: Vec<Aspect> = Vec::new();
        let mut seen = BTreeSet::new();
        for (id, name) in &shared.names.aspects {
            aspects.push(Aspect { id: id.clone(), name: name.clone(), items: Vec::new() });
        }
        for row in shared.items.iter().filter(|row| row.sectors.contains(sector)) {
            if !seen.insert(&row.id) {
                let problem = format!("编号{}在“{sector_name}”领域重复了", quoted(row.id.as_str()));
                faults.push(at("条目", row.row, "编号", problem, "每个条目用一个编号，用过的不再给别的条目"));
                continue;
            }
            let item = item(row, sector, &index, faults);
            if let Some(aspect) = aspects.iter_mut().find(|aspect| aspect.id == row.aspect) {
                aspect.items.push(item);
            }
        }
        let checklist = Checklist {
            standard: standard.id.clone(),
            version: standard.version.clone(),
            title: standard.title.clone(),
            notice: standard.notice.clone(),
            marks: standard.marks.iter().chain(marks).cloned().collect(),
            sector: sector.clone(),
            sector_name: sector_name.clone(),
            periods: shared.periods.to_vec(),
            methods: shared.methods.to_vec(),
            grading: shared.grading.clone(),
            bonus_cap: standard.bonus_cap,
            aspects,
        };
        made.push(checklist);
    }
    let clean = faults.is_empty();
    for checklist in &made {
        check(shared, checklist, clean, faults);
    }
    made
}

fn at(sheet: &str, row: usize, column: &str, problem: String, remedy: &str) -> Fault {
    Fault { sheet: sheet.into(), row: Some(row), column: Some(column.into()), problem, remedy: remedy.into() }
}

/// Rows that belong to nothing.
fn strays(shared: &Shared<'_>, faults: &mut Faults) {
    let items: BTreeSet<&ItemId> = shared.items.iter().map(|row| &row.id).collect();
    let parts: BTreeSet<(&ItemId, &PartId)> = shared.parts.iter().map(|row| (&row.item, &row.id)).collect();
    let of_items = shared.parts.iter().map(|row| ("分项", row.row, &row.item));
    let of_items = of_items.chain(shared.citations.iter().map(|row| ("依据", row.row, &row.item)));
    for (sheet, row, item) in of_items.filter(|(.., item)| !items.contains(item)) {
        let problem = format!("“条目”表里没有{}", quoted(item.as_str()));
        faults.push(at(sheet, row, "条目", problem, "改成有的编号，或者补上这个条目"));
    }
    let of_parts = shared.options.iter().map(|row| ("选项", row.row, (&row.item, &row.part)));
    let of_limits = shared.limits.iter().map(|row| ("限制", row.row, (&row.item, &row.limit.part)));
    for (sheet, row, (item, part)) in of_parts.chain(of_limits).filter(|(.., key)| !parts.contains(key)) {
        let problem = format!("“分项”表里没有条目{}的分项{}", quoted(item.as_str()), quoted(part.as_str()));
        faults.push(at(sheet, row, "分项", problem, "改成有的编号，或者补上这个分项"));
    }
}

fn holds(own: &Sectors, sector: &SectorId) -> bool {
    own.is_empty() || own.contains(sector)
}

fn item(row: &ItemRow, sector: &SectorId, index: &Index<'_>, faults: &mut Faults) -> Item {
    let mut parts: Vec<Part> = Vec::new();
    for part_row in index.parts.get(&row.id).into_iter().flatten().filter(|p| holds(&p.sectors, sector)) {
        if parts.iter().any(|known| known.id == part_row.id) {
            let problem =
                format!("条目{}的分项{}重复了", quoted(row.id.as_str()), quoted(part_row.id.as_str()));
            faults.push(at("分项", part_row.row, "分项", problem, "同一条目里每个分项用一个编号"));
            continue;
        }
        parts.push(Part {
            id: part_row.id.clone(),
            text: part_row.text.clone(),
            points: part_row.points,
            rule: rule(part_row, sector, index, faults),
            window: part_row.window,
            mendable: part_row.mendable,
            from_ledger: part_row.from_ledger.clone(),
            bonus: part_row.bonus,
        });
    }
    let mut marks = row.marks.clone();
    let mut citations = Vec::new();
    let mut said = false;
    for cited in index.citations.get(&row.id).into_iter().flatten().filter(|c| holds(&c.sectors, sector)) {
        said = true;
        match &cited.citation {
            Some(citation) => citations.push(citation.clone()),
            None if marks.contains(&rows::no_citation()) => {
                faults.push(at("依据", cited.row, "文件", "“无”写了两次".into(), "只留一行"));
            }
            None => marks.push(rows::no_citation()),
        }
    }
    if !said {
        let problem = format!("条目{}在“依据”表里没有一行", quoted(row.id.as_str()));
        faults.push(at("条目", row.row, "编号", problem, "在“依据”表写明文件；确实没有依据的，“文件”填“无”"));
    }
    let mut limits = Vec::new();
    for limit in index.limits.get(&row.id).into_iter().flatten().filter(|l| holds(&l.sectors, sector)) {
        if limits.iter().any(|known: &crate::domain::GradeLimit| known.id == limit.limit.id) {
            let problem =
                format!("条目{}的限制{}重复了", quoted(row.id.as_str()), quoted(limit.limit.id.as_str()));
            faults.push(at("限制", limit.row, "编号", problem, "同一条目里每条限制用一个编号"));
            continue;
        }
        limits.push(limit.limit.clone());
    }
    Item {
        id: row.id.clone(),
        title: row.title.clone(),
        requirement: row.requirement.clone(),
        plain: row.plain.clone(),
        guidance: row.guidance.clone(),
        methods: row.methods.clone(),
        evidence: row.evidence.clone(),
        citations,
        marks,
        judged_above: row.judged_above,
        may_be_absent: row.may_be_absent,
        may_not_occur: row.may_not_occur,
        only_if: row.only_if,
        combine: row.combine,
        parts,
        limits,
    }
}

fn rule(part: &PartRow, sector: &SectorId, index: &Index<'_>, faults: &mut Faults) -> Rule {
    let options = index.options.get(&(&part.item, &part.id));
    let options: Vec<&OptionRow> =
        options.into_iter().flatten().copied().filter(|option| holds(&option.sectors, sector)).collect();
    match &part.rule {
        RuleRow::Whole(rule) => {
            for option in options {
                let problem = "这个分项的办法不用选项".to_owned();
                faults.push(at("选项", option.row, "分项", problem, "删去这一行，或者改分项的办法"));
            }
            rule.clone()
        }
        RuleRow::Bands { numerator, denominator, from_profile } => {
            let mut bands = Vec::new();
            for option in &options {
                let digits = option.id.strip_suffix(['%', '％']).unwrap_or(&option.id);
                match digits.parse::<u8>().ok().filter(|percent| *percent <= 100) {
                    Some(at_least) => bands.push(ShareBand { at_least, points: option.points }),
                    None => {
                        let problem = format!("{}不是百分比", quoted(&option.id));
                        faults.push(at(
                            "选项",
                            option.row,
                            "编号",
                            problem,
                            "占比档的编号填起点百分比，如 90",
                        ));
                    }
                }
            }
            Rule::Share {
                numerator: numerator.clone(),
                denominator: denominator.clone(),
                from_profile: *from_profile,
                credit: ShareCredit::Bands { bands },
            }
        }
        RuleRow::Level => {
            let make = |id, text, points| Choice { id, text, points };
            Rule::Level { choices: named(&options, make, ChoiceId::new, faults) }
        }
        RuleRow::Deduction => {
            let make = |id, text, each| Occurrence { id, text, each };
            Rule::Deduction { occurrences: named(&options, make, OccurrenceId::new, faults) }
        }
        RuleRow::Facts => {
            let make = |id, text, deducts| Fact { id, text, deducts };
            Rule::Facts { facts: named(&options, make, FactId::new, faults) }
        }
    }
}

/// Options that have an id and a text.
fn named<I, T, E>(
    options: &[&OptionRow],
    make: impl Fn(I, String, Points) -> T,
    id: impl Fn(String) -> Result<I, E>,
    faults: &mut Faults,
) -> Vec<T> {
    let mut made = Vec::new();
    let mut seen = BTreeSet::new();
    for option in options {
        if !seen.insert(&option.id) {
            let problem = format!("编号{}在这个分项里重复了", quoted(&option.id));
            faults.push(at("选项", option.row, "编号", problem, "每个选项用一个编号"));
            continue;
        }
        if option.text.is_empty() {
            faults.push(at("选项", option.row, "内容", "这一格没有填".into(), "填上"));
        }
        match id(option.id.clone()) {
            Ok(id) => made.push(make(id, option.text.clone(), option.points)),
            Err(_) => {
                let problem = format!("{}不能作编号", quoted(&option.id));
                let remedy = "用1到64个英文字母、数字、点、横线或下划线";
                faults.push(at("选项", option.row, "编号", problem, remedy));
            }
        }
    }
    made
}

/// Says the core's own findings at the rows they come from. While the rows have faults (they are not `clean`), those that
/// only follow from them are left out.
fn check(shared: &Shared<'_>, checklist: &Checklist, clean: bool, faults: &mut Faults) {
    for aspect in checklist.aspects.iter().filter(|aspect| clean && aspect.items.is_empty()) {
        faults.push(Fault {
            sheet: "条目".into(),
            row: None,
            column: Some("方面".into()),
            problem: format!("“{}”领域在“{}”方面一个条目也没有", checklist.sector_name, aspect.name),
            remedy: "至少写一个条目，或者在“方面”表里删去这个方面".into(),
        });
    }
    for found in checklist_faults(checklist) {
        let fault = placed(shared, checklist, &found);
        let follows = matches!(
            found,
            ChecklistFault::Total(_)
                | ChecklistFault::NoPart(_)
                | ChecklistFault::UnknownMethod(..)
                | ChecklistFault::NeverDue(..)
                | ChecklistFault::Ledger(..)
                | ChecklistFault::Limit(..)
        );
        if clean || (!follows && !faults.has_row(&fault.sheet, fault.row)) {
            faults.push(fault);
        }
    }
}

/// Every aspect with its points: 组织健全18、制度完善12.
fn by_aspect(checklist: &Checklist) -> String {
    let aspects = checklist.aspects.iter().map(|aspect| format!("{}{}", aspect.name, aspect.points()));
    aspects.collect::<Vec<_>>().join("、")
}

fn placed(shared: &Shared<'_>, checklist: &Checklist, fault: &ChecklistFault) -> Fault {
    let sector = &checklist.sector;
    let of_item = |id: &ItemId| {
        shared.items.iter().find(|row| &row.id == id && row.sectors.contains(sector)).map(|row| row.row)
    };
    let of_part = |item: &ItemId, part: &PartId| {
        let is = |row: &&PartRow| &row.item == item && &row.id == part && holds(&row.sectors, sector);
        shared.parts.iter().find(is).map(|row| row.row)
    };
    let (sheet, row, column, problem, remedy) = match fault {
        ChecklistFault::Total(points) => (
            "分项",
            None,
            "分值",
            format!(
                "“{}”领域各条目合计{points}分，不是100分（{}）",
                checklist.sector_name,
                by_aspect(checklist)
            ),
            "调整分值（加分项不算在内）",
        ),
        ChecklistFault::ItemTwice(item) => {
            ("条目", of_item(item), "编号", "编号重复了".into(), "每个条目用一个编号")
        }
        ChecklistFault::NameTwice(item, name) => (
            "条目",
            of_item(item),
            "编号",
            format!("这个条目里的编号{}重复了", quoted(name)),
            "在“分项”“选项”表里改成不同的编号",
        ),
        ChecklistFault::NoPart(item) => {
            ("条目", of_item(item), "编号", "这个条目没有分项".into(), "在“分项”表至少写一行")
        }
        ChecklistFault::UnknownMethod(item, _) => {
            ("条目", of_item(item), "考核方式", "没有这种方式".into(), "填“考核方式”表里的简称")
        }
        ChecklistFault::Figures(item, part) => (
            "分项",
            of_part(item, part),
            "办法",
            "办法的数字不全，或者互相矛盾".into(),
            "档次至少两档，最高一档等于分值；占比档从高到低，最高一档等于分值；逐项、扣分至少一项；底线比例不高于满分比例",
        ),
        ChecklistFault::UnequalAlternatives(item) => {
            ("条目", of_item(item), "计分", "取最高的几个分项分值不一样".into(), "把几个分项的分值改成一样")
        }
        ChecklistFault::Ledger(item, part) => (
            "分项",
            of_part(item, part),
            "台账",
            "从台账数的，与分项的办法对不上".into(),
            "次数直接写活动；占比写“到会率：活动”；扣分写“不足半数（选项的编号）：活动”；别的办法不填",
        ),
        ChecklistFault::NeverDue(item, part) => (
            "分项",
            of_part(item, part),
            "周期",
            "没有一个考核周期会评到它".into(),
            "改周期，或者在“考核周期”表里补上包含其结束日的周期",
        ),
        ChecklistFault::Limit(item, limit) => (
            "限制",
            shared.limits.iter().find(|row| &row.item == item && &row.limit.id == limit).map(|row| row.row),
            "情形",
            "情形与分项的办法对不上".into(),
            "是否配“答否”，占比配“占比低于”，扣分配“次数达到”，逐项配“缺这一项”，档次配“处于这一档”",
        ),
        ChecklistFault::Thresholds => (
            "等次",
            None,
            "分数线",
            "分数线没有从高到低，或者一行都没有".into(),
            "从高的等次写到低的等次，分数线也要依次降低",
        ),
        ChecklistFault::Period(period) => (
            "考核周期",
            None,
            "开始",
            format!("周期{}的日期没有接上前一个周期，或者结束早于开始", quoted(period.as_str())),
            "按先后写，后一个从前一个结束的第二天开始",
        ),
    };
    Fault { sheet: sheet.into(), row, column: Some(column.into()), problem, remedy: remedy.into() }
}
