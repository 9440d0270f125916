//! Puts the rows together into one checklist a sector, and checks each of them.

use super::{
    fault::{Fault, Faults, quoted},
    parse::Standard,
    placing,
    rows::{self, CitationRow, ItemRow, LimitRow, Names, OptionRow, PartRow, RuleRow, Sectors},
};
use crate::domain::{
    Aspect, Checklist, Choice, ChoiceId, Fact, FactId, Grading, Item, ItemId, Mark, Method, Occurrence,
    OccurrenceId, Part, PartId, Period, Points, Rule, SectorId, ShareBand, ShareCredit,
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
        placing::check(shared, checklist, clean, faults);
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

pub(super) fn holds(own: &Sectors, sector: &SectorId) -> bool {
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
