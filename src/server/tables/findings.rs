//! The table of what inspectors found, read: every fault in one run, with its row and column.
//!
//! A row is a finding of its own by branch, item and text. Where the upper level has written it already, the row says what is new
//! about it.

use crate::server::cli::review_items::find_item;
use crate::{
    domain::{
        BranchCode, Checklist, Finding, FindingField, FindingId, FindingState, FindingValue, Findings,
        ItemId, answer::MAX_TEXT_CHARS, check::is_plain_text,
    },
    protocol::Level,
    server::database::Unit,
    sheets::{
        Column, Fault, Form, Sheet, Takes, Unknown,
        fault::{Faults, quoted},
        half_width, once,
        table::{Line, Table},
    },
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How faults name the table.
pub(crate) const NAME: &str = "问题清单";
/// No inspection finds more.
const MAX_ROWS: usize = 20_000;

const CODE: &str = "支部编号";
const BRANCH: &str = "支部";
const TOWN: &str = "乡镇";
const ITEM: &str = "条目";
const PROBLEM: &str = "存在问题";
const DEADLINE: &str = "整改时限";
const SOURCE: &str = "问题来源";

/// The columns, with other words for the same as tables of townships have them. Of 支部编号 and 支部 one must be there.
const COLUMNS: [Column; 7] = [
    Column::may(CODE, Takes::Exact).or(&["branch_code"]),
    Column::may(BRANCH, Takes::Text).or(&["党组织"]),
    Column::may(TOWN, Takes::Text).or(&["上级党组织"]),
    Column::may(ITEM, Takes::Text).or(&["考核指标"]),
    Column::must(PROBLEM, Takes::Text).or(&["问题"]),
    Column::may(DEADLINE, Takes::Day),
    Column::may(SOURCE, Takes::Text),
];
const FORM: Form<'_> = Form {
    name: NAME,
    columns: &COLUMNS,
    unknown: Unknown::Notice,
    may_end_early: false,
    template: "表头写：支部编号（或者支部、乡镇）、条目、存在问题、整改时限、问题来源",
};

/// The table that a file's sheets hold, what of it was not read or taken in a safe meaning, or what is wrong with it as such.
pub(crate) fn table(sheets: &[Sheet]) -> (Table, Faults) {
    let mut faults = Faults::default();
    let mut table = Table::pick(sheets, &FORM, &mut faults);
    if faults.is_empty() && !table.has(CODE) && !table.has(BRANCH) {
        table.misses(CODE, &FORM, &mut faults);
    }
    table.no_more_than(MAX_ROWS, &mut faults);
    (table, faults)
}

/// What a row asks for.
pub(crate) struct Read {
    /// Of which branch.
    pub(crate) branch: BranchCode,
    /// About which item, if any.
    pub(crate) item: Option<ItemId>,
    /// 存在问题
    pub(crate) problem: String,
    /// 整改时限, if any.
    pub(crate) deadline: Option<Date>,
    /// 问题来源; may be empty.
    pub(crate) source: String,
    /// The finding that it is already.
    pub(crate) known: Option<Known>,
}

/// A finding that a row is already, and what of the row is new about it.
pub(crate) struct Known {
    /// The finding.
    pub(crate) finding: Finding,
    /// Whether the row says another day than the last table did.
    pub(crate) deadline: bool,
    /// Whether it names another source.
    pub(crate) source: bool,
}

impl Read {
    /// Whether anything about a known finding is to be written. A closed one is left alone.
    pub(crate) fn differs(&self) -> bool {
        self.known.as_ref().is_some_and(|known| {
            known.finding.state != FindingState::Closed && (known.deadline || known.source)
        })
    }
}

/// What is known of a branch.
struct OfBranch {
    findings: Findings,
    /// What the upper level found, by item and text: worked out once, not for every row. Of several that read alike, the oldest.
    from_above: BTreeMap<(Option<ItemId>, String), Finding>,
}

impl From<Findings> for OfBranch {
    fn from(findings: Findings) -> Self {
        let mut from_above = BTreeMap::new();
        for finding in findings.all().into_iter().filter(|finding| finding.from_above) {
            from_above.entry((finding.item.clone(), finding.problem.clone())).or_insert(finding);
        }
        Self { findings, from_above }
    }
}

/// What rows are read against.
pub(crate) struct Desk {
    units: Vec<Unit>,
    /// Units that are there no more, each with how it ended: 2026-11-15撤销.
    gone: BTreeMap<BranchCode, String>,
    checklists: BTreeMap<String, Checklist>,
    known: BTreeMap<BranchCode, OfBranch>,
    today: Date,
}

impl Desk {
    /// With the roster, the checklists by sector, and what is stored of findings, on this day.
    pub(crate) fn new(
        units: Vec<Unit>,
        checklists: BTreeMap<String, Checklist>,
        known: BTreeMap<BranchCode, Findings>,
        today: Date,
    ) -> Self {
        let known = known.into_iter().map(|(branch, findings)| (branch, findings.into())).collect();
        Self { units, gone: BTreeMap::new(), checklists, known, today }
    }

    /// With what has become of units that are there no more: nothing is written to them.
    pub(crate) fn without(mut self, gone: BTreeMap<BranchCode, String>) -> Self {
        self.units.retain(|unit| !gone.contains_key(&unit.code));
        self.gone = gone;
        self
    }

    /// What the rows of a table ask for, in their order, or everything that is wrong with them and was before.
    pub(crate) fn read(&self, table: &Table, mut faults: Faults) -> Result<Vec<Read>, Vec<Fault>> {
        let mut rows: BTreeMap<(BranchCode, Option<ItemId>, String), usize> = BTreeMap::new();
        let mut read = Vec::new();
        for line in table.lines() {
            let Some(row) = self.row(line, &mut faults) else { continue };
            let same = (row.branch.clone(), row.item.clone(), row.problem.clone());
            if let Some(first) = rows.insert(same, line.number()) {
                let problem = format!("和第{first}行是同一个支部的同一个问题");
                line.fault(PROBLEM, problem, "只留一行", &mut faults);
            }
            read.push(row);
        }
        if faults.is_empty() && read.is_empty() {
            faults.sheet(NAME, "一行都没有", "表头下面至少填一行");
        }
        if faults.is_empty() { Ok(read) } else { Err(once(faults.into_vec())) }
    }

    fn row(&self, line: Line<'_>, faults: &mut Faults) -> Option<Read> {
        let branch = self.branch(line, faults);
        let problem = text(line, PROBLEM, faults).filter(|_| line.needed(PROBLEM, faults).is_some());
        let (source, deadline) = (text(line, SOURCE, faults), line.date(DEADLINE, faults));
        let branch = branch?;
        let item = self.item(line, branch, faults);
        let (problem, source, item) = (problem?, source?, item?);
        let known = self.known.get(&branch.code).and_then(|of_branch| {
            let finding = of_branch.from_above.get(&(item.clone(), problem.clone()))?.clone();
            let source = !source.is_empty() && finding.detail != source;
            let deadline =
                deadline.is_some_and(|day| self.is_other_day(&of_branch.findings, finding.id, day));
            Some(Known { finding, deadline, source })
        });
        Some(Read { branch: branch.code.clone(), item, problem, deadline, source, known })
    }

    /// Whether a table says another day than the tables before it did. The day that was set with a return is not a table's: the
    /// same table again does not take it back. Nor does an old one whose day has passed.
    fn is_other_day(&self, of_branch: &Findings, finding: FindingId, day: Date) -> bool {
        let imported: Vec<Option<Date>> = of_branch
            .history(finding, &FindingField::Deadline)
            .filter(|entry| entry.is_from_above())
            .filter_map(|entry| match entry.value {
                FindingValue::Day { day } => Some(day),
                _ => None,
            })
            .collect();
        let is_old = day < self.today && imported.contains(&Some(day));
        !is_old && imported.last() != Some(&Some(day))
    }

    /// The branch by its code, or by its name with the town's where several have it.
    fn branch(&self, line: Line<'_>, faults: &mut Faults) -> Option<&Unit> {
        let code = line.text(CODE);
        if !code.is_empty() {
            if !line.no_number(CODE, faults) {
                return None;
            }
            let found = self.units.iter().find(|unit| unit.code.as_str() == code);
            let branch = found.filter(|unit| unit.level == Level::Branch);
            if branch.is_none() {
                let gone = self.gone.iter().find(|(gone, _)| gone.as_str() == code).map(|(_, how)| how);
                let (problem, remedy) = match (found, gone) {
                    (Some(unit), _) => {
                        (format!("{}是“{}”，不是支部", quoted(code), unit.name), "填支部的编号")
                    }
                    (None, Some(how)) => {
                        (format!("{}已经没有了：{how}", quoted(code)), "填合并以后的支部；撤销了的不再发")
                    }
                    (None, None) => (
                        format!("名册里没有编号{}", quoted(code)),
                        "填支部的编号；没有导入的先 roster import",
                    ),
                };
                line.fault(CODE, problem, remedy, faults);
            }
            // Sorted without the column of codes, one branch's problems would go to another.
            let said = line.text(BRANCH);
            let is_another = |own: &Unit| own.name != said && self.units.iter().any(|unit| unit.name == said);
            if let Some(own) = branch.filter(|own| is_another(own)) {
                let problem = format!("{}和编号对不上：编号说的是{}", quoted(said), quoted(&own.name));
                line.fault(BRANCH, problem, "核对是哪个支部；排序要选中所有的列一起排", faults);
                return None;
            }
            return branch;
        }
        let name = line.text(BRANCH);
        if name.is_empty() {
            line.fault(CODE, "没有写是哪个支部", "填支部编号，或者支部和乡镇的名称", faults);
            return None;
        }
        let town = line.text(TOWN);
        let lies_in = |unit: &Unit| {
            let mut above = unit.parent.as_ref();
            let mut steps = 0;
            while let Some(code) = above.filter(|_| steps < 10) {
                let Some(parent) = self.units.iter().find(|unit| &unit.code == code) else { break };
                // 镇安镇 is written for 镇安镇党委.
                if parent.name == town || parent.name.strip_prefix(town).is_some_and(is_committee) {
                    return true;
                }
                (above, steps) = (parent.parent.as_ref(), steps + 1);
            }
            town.is_empty()
        };
        let named: Vec<&Unit> = self
            .units
            .iter()
            .filter(|unit| unit.level == Level::Branch && unit.name == name && lies_in(unit))
            .collect();
        match named[..] {
            [branch] => Some(branch),
            [] if town.is_empty() => {
                line.fault(
                    BRANCH,
                    format!("名册里没有{}", quoted(name)),
                    "写支部的全称，或者填支部编号",
                    faults,
                );
                None
            }
            [] => {
                let problem = format!("{}下面没有{}", quoted(town), quoted(name));
                line.fault(BRANCH, problem, "两个名称都写全，或者填支部编号", faults);
                None
            }
            [..] => {
                let problem = format!("名册里叫{}的不止一个", quoted(name));
                line.fault(BRANCH, problem, "在“乡镇”列写上是哪个乡镇，或者填支部编号", faults);
                None
            }
        }
    }

    /// The item by its number, its id or its title; `Some(None)` where the row names none.
    fn item(&self, line: Line<'_>, branch: &Unit, faults: &mut Faults) -> Option<Option<ItemId>> {
        let text = line.text(ITEM);
        if text.is_empty() {
            return Some(None);
        }
        if !line.no_number(ITEM, faults) {
            return None;
        }
        let Some(list) = self.checklists.get(&branch.sector) else {
            let problem = format!("“{}”所在的领域还没有发布标准，看不出是哪一条", branch.name);
            line.fault(ITEM, problem, "先发布标准，或者这一格空着", faults);
            return None;
        };
        let titled: Vec<&ItemId> =
            list.items().filter(|(_, item)| item.title == text).map(|(_, item)| &item.id).collect();
        let found = match titled[..] {
            [id] => Some(id.clone()),
            _ => find_item(list, &half_width(text)),
        };
        if found.is_none() {
            let remedy = format!("写第几条（1到{}）、条目编号，或者条目的标题", list.items().count());
            line.fault(ITEM, format!("标准里没有{}这一条", quoted(text)), &remedy, faults);
        }
        found.map(Some)
    }
}

fn is_committee(rest: &str) -> bool {
    ["党委", "党工委", "党(工)委", "党（工）委"].contains(&rest)
}

fn text(line: Line<'_>, column: &str, faults: &mut Faults) -> Option<String> {
    let text = line.text(column);
    if is_plain_text(text, MAX_TEXT_CHARS, true) {
        return Some(text.to_owned());
    }
    // Control characters the table has named already, in every cell.
    if text.chars().count() > MAX_TEXT_CHARS {
        line.fault(column, format!("超过{MAX_TEXT_CHARS}个字"), "写短一些，几个问题分几行写", faults);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FindingEntry, Ruling, Stamp, Verdict, finding::endpoint_device};
    use jiff::civil::date;

    fn above(ms: u64) -> Stamp {
        Stamp { ms, count: 0, device: endpoint_device() }
    }

    /// What a table with this day for a finding of these words asks for, on a day.
    fn read(known: Findings, day: &str, today: Date) -> Result<Vec<Read>, Vec<Fault>> {
        let code = BranchCode::new("b").unwrap();
        let unit = Unit {
            code: code.clone(),
            parent: None,
            level: Level::Branch,
            name: "支部".into(),
            sector: "rural".into(),
            telephone: String::new(),
        };
        let known = [(code, known)].into();
        let desk = Desk::new(vec![unit], BTreeMap::new(), known, today);
        let (table, faults) = table(&[Sheet::new(NAME, [[CODE, PROBLEM, DEADLINE], ["b", "缺签到表", day]])]);
        desk.read(&table, faults)
    }

    #[test]
    fn an_old_table_is_no_fault_and_changes_nothing_once_its_day_has_passed() {
        let finding = FindingId::from_parts(1, &[1; 10]);
        let word = |field, value, ms| FindingEntry { finding, field, stamp: above(ms), value };
        let day = |day, ms| word(FindingField::Deadline, FindingValue::Day { day: Some(day) }, ms);
        let problem = FindingValue::Text { text: "缺签到表".into() };
        let (first, second) = (date(2026, 11, 20), date(2026, 11, 30));
        let returned = Verdict {
            finding,
            stamp: above(9),
            given_at: 9,
            by: "镇".into(),
            ruling: Ruling::Returned { reason: "照片看不清".into(), until: Some(date(2026, 12, 20)) },
        };
        let mut known = Findings::new([word(FindingField::Problem, problem, 1), day(first, 2)], [returned]);
        let changes = |known: &Findings, text: &str, today| {
            read(known.clone(), text, today).map(|read| read[0].differs()).map_err(|faults| faults.len())
        };
        for today in [date(2026, 11, 10), date(2026, 11, 24), date(2026, 12, 24)] {
            assert_eq!(changes(&known, "2026-11-20", today), Ok(false), "{today}");
        }
        let today = date(2026, 11, 24);
        assert_eq!(changes(&known, "2026-11-30", today), Ok(true));
        assert_eq!(
            changes(&known, "2026-11-19", today),
            Ok(true),
            "never said: it has passed, and is written as it is"
        );
        known.write(day(second, 20));
        assert_eq!(changes(&known, "2026-11-20", today), Ok(false), "the table before the last");
        assert_eq!(changes(&known, "2026-11-30", today), Ok(false));
        assert_eq!(changes(&known, "2026-11-20", date(2026, 11, 10)), Ok(true), "put back in time");
    }
}
