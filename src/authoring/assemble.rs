//! Puts the rows together into one checklist a sector, and checks each of them.

use super::{
    missing::Missing,
    placing,
    rows::{self, CitationRow, ItemRow, LimitRow, OptionRow, PartRow, RuleRow},
    shared::Shared,
};
use crate::domain::{
    Aspect, Checklist, Choice, ChoiceId, Fact, FactId, Item, ItemId, Occurrence, OccurrenceId, Part, PartId,
    Points, Proportion, Rule, SectorId, ShareBand, ShareCredit,
};
use crate::sheets::{
    Fault,
    fault::{Faults, quoted},
};
use std::collections::{BTreeMap, BTreeSet};

/// The rows by what they belong to.
struct Index<'a> {
    parts: BTreeMap<&'a ItemId, Vec<&'a PartRow>>,
    options: BTreeMap<(&'a ItemId, &'a PartId), Vec<&'a OptionRow>>,
    citations: BTreeMap<&'a ItemId, Vec<&'a CitationRow>>,
    limits: BTreeMap<&'a ItemId, Vec<&'a LimitRow>>,
    /// Whether every row of 依据 says which item it is of.
    all_cited: bool,
}

/// One checklist a sector.
pub(super) fn checklists(shared: &Shared<'_>, missing: &Missing<'_>, faults: &mut Faults) -> Vec<Checklist> {
    elsewhere(shared, faults);
    let mut index = Index {
        parts: BTreeMap::new(),
        options: BTreeMap::new(),
        citations: BTreeMap::new(),
        limits: BTreeMap::new(),
        all_cited: faults.all(|fault| {
            let column = fault.column.as_deref();
            fault.sheet != "依据" || column.is_some_and(|column| !["条目", "文件"].contains(&column))
        }),
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
    for part in shared.parts.iter().filter(|part| part.bonus && standard.bonus_cap == Points::ZERO) {
        let problem = "“标准”表没有写“加分上限”，加分都不算".to_owned();
        faults.push(at("分项", part.row, "加分", problem, "在“标准”表加一行“加分上限”，写最多加几分"));
    }
    twice(shared, faults);
    let mut made = Vec::new();
    for ((sector, sector_name), marks) in shared.names.sectors.iter().zip(shared.sector_marks) {
        let mut aspects: Vec<Aspect> = Vec::new();
        let mut seen = BTreeSet::new();
        for (id, name) in &shared.names.aspects {
            aspects.push(Aspect { id: id.clone(), name: name.clone(), items: Vec::new() });
        }
        for row in shared.items.iter().filter(|row| row.sectors.named.contains(sector)) {
            if !seen.insert(&row.id) {
                continue;
            }
            let item = item(row, sector, &index, missing, faults);
            if let Some(aspect) = aspects.iter_mut().find(|aspect| Some(&aspect.id) == row.aspect.as_ref()) {
                aspect.items.push(item);
            }
        }
        let mut checklist = Checklist {
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
            full: standard.full,
            limits: shared
                .whole_limits
                .iter()
                .filter(|row| row.sectors.hold(sector))
                .map(|row| row.limit.clone())
                .collect(),
            year: shared.year.to_vec(),
            bonus_cap: standard.bonus_cap,
            aspects,
            engine: 1,
        };
        checklist.engine = checklist.needs();
        made.push(checklist);
    }
    let before = faults.clone();
    for checklist in &made {
        placing::check(shared, checklist, missing, &before, faults);
    }
    made
}

fn at(sheet: &str, row: usize, column: &str, problem: String, remedy: &str) -> Fault {
    Fault { sheet: sheet.into(), row: Some(row), column: Some(column.into()), problem, remedy: remedy.into() }
}

/// Items whose id another one has in the same sectors.
fn twice(shared: &Shared<'_>, faults: &mut Faults) {
    let mut held: BTreeMap<&ItemId, BTreeSet<&SectorId>> = BTreeMap::new();
    for row in shared.items {
        let held = held.entry(&row.id).or_default();
        let both = shared.names.sectors.iter();
        let both = both.filter(|(id, _)| row.sectors.named.contains(id) && held.contains(id));
        let both: Vec<String> = both.map(|(_, name)| quoted(name)).collect();
        if !both.is_empty() {
            let problem = format!("编号{}在{}领域重复了", quoted(row.id.as_str()), both.join("、"));
            faults.push(at("条目", row.row, "编号", problem, "每个条目用一个编号，用过的不再给别的条目"));
        }
        held.extend(&row.sectors.named);
    }
}

/// Rows for a sector that their item, or their part, does not have: no branch would ever see them.
fn elsewhere(shared: &Shared<'_>, faults: &mut Faults) {
    // What cannot be read may have held the sector.
    if !faults.spare(&["领域", "条目", "分项"]) {
        return;
    }
    let mut of_item: BTreeMap<&ItemId, BTreeSet<&SectorId>> = BTreeMap::new();
    for row in shared.items {
        of_item.entry(&row.id).or_default().extend(&row.sectors.named);
    }
    let mut of_part: BTreeMap<(&ItemId, &PartId), BTreeSet<&SectorId>> = BTreeMap::new();
    for row in shared.parts {
        let held = of_part.entry((&row.item, &row.id)).or_default();
        if row.sectors.says {
            held.extend(&row.sectors.named);
        } else {
            held.extend(of_item.get(&row.item).into_iter().flatten());
        }
    }
    let parts = shared.parts.iter().map(|row| ("分项", row.row, &row.sectors, &row.item, None));
    let citations = shared.citations.iter().map(|row| ("依据", row.row, &row.sectors, &row.item, None));
    let options = shared.options.iter();
    let options = options.map(|row| ("选项", row.row, &row.sectors, &row.item, Some(&row.part)));
    let limits = shared.limits.iter();
    let limits = limits.map(|row| ("限制", row.row, &row.sectors, &row.item, Some(&row.limit.part)));
    for (sheet, row, own, item, part) in parts.chain(citations).chain(options).chain(limits) {
        // 全部 is said of all that there are; and what an item has that is not there, nobody knows.
        if own.named.len() == shared.names.sectors.len() || !of_item.contains_key(item) {
            continue;
        }
        let without = |held: Option<&BTreeSet<&SectorId>>| -> Vec<&str> {
            let Some(held) = held else { return Vec::new() };
            let names = shared.names.sectors.iter();
            let names = names.filter(|(id, _)| own.named.contains(id) && !held.contains(id));
            names.map(|(_, name)| name.as_str()).collect()
        };
        let mut whose = format!("条目{}", quoted(item.as_str()));
        let mut names = without(of_item.get(item));
        // What the item does not have is said of the item.
        if let Some(part) = part.filter(|_| names.is_empty()) {
            whose.push_str(&format!("的分项{}", quoted(part.as_str())));
            names = without(of_part.get(&(item, part)));
        }
        if !names.is_empty() {
            let problem = format!("{whose}不用于{}", names.join("、"));
            let remedy = "空着，或者填它有的领域；该有的话，补在它自己那一行的“领域”里";
            faults.push(at(sheet, row, "领域", problem, remedy));
        }
    }
}

fn item(
    row: &ItemRow,
    sector: &SectorId,
    index: &Index<'_>,
    missing: &Missing<'_>,
    faults: &mut Faults,
) -> Item {
    let mut parts: Vec<Part> = Vec::new();
    for part_row in index.parts.get(&row.id).into_iter().flatten().filter(|p| p.sectors.hold(sector)) {
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
    let cited = || index.citations.get(&row.id).into_iter().flatten();
    // One whose sectors cannot be told may be for this one.
    let said = cited().any(|cited| cited.sectors.hold(sector) || cited.sectors.lost);
    for cited in cited().filter(|cited| cited.sectors.hold(sector)) {
        match &cited.citation {
            Some(citation) => citations.push(citation.clone()),
            None if marks.contains(&rows::no_citation()) => {
                faults.push(at("依据", cited.row, "文件", "“无”写了两次".into(), "只留一行"));
            }
            None => marks.push(rows::no_citation()),
        }
    }
    // An item that neither has a citation nor a part while another one is missing: all their rows may name it by that other id.
    let renamed = !missing.items.is_empty() && !index.parts.contains_key(&row.id);
    let unread = faults.has_cell("条目", row.row, "编号");
    if !said && !renamed && !unread && index.all_cited {
        let problem = format!("条目{}在“依据”表里没有一行", quoted(row.id.as_str()));
        faults.push(at("条目", row.row, "编号", problem, "在“依据”表写明文件；确实没有依据的，“文件”填“无”"));
    }
    let mut limits = Vec::new();
    for limit in index.limits.get(&row.id).into_iter().flatten().filter(|l| l.sectors.hold(sector)) {
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
        options.into_iter().flatten().copied().filter(|option| option.sectors.hold(sector)).collect();
    match &part.rule {
        RuleRow::Whole(rule) => {
            for option in options {
                let problem = "这个分项的办法不用选项".to_owned();
                faults.push(at("选项", option.row, "分项", problem, "删去这一行，或者改分项的办法"));
            }
            rule.clone()
        }
        RuleRow::Unread => Rule::YesNo,
        RuleRow::Bands { numerator, denominator, from_profile } => {
            let mut bands = Vec::new();
            for option in &options {
                match Proportion::read(&option.id) {
                    Some(at_least) => bands.push(ShareBand { at_least, points: option.points }),
                    None => {
                        let problem = format!("{}不是比例", quoted(&option.id));
                        faults.push(at(
                            "选项",
                            option.row,
                            "编号",
                            problem,
                            "占比档的编号填从多少起，如 90 或 三分之一",
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
        RuleRow::FromTotal => {
            let make = |id, text, each| Occurrence { id, text, each };
            Rule::FromTotal { occurrences: named(&options, make, OccurrenceId::new, faults) }
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
