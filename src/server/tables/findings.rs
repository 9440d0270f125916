//! 问题清单, the table of what inspectors found, read: every fault in one run, with its row and column. A row is a finding of its own
//! by branch, item and text.

use crate::{
    domain::{BranchCode, ItemId, answer::MAX_TEXT_CHARS, check::is_plain_text},
    protocol::Level,
    server::{
        office::{
            mending::adding::{Found, Known},
            roster::Unit,
            scope::Gone,
        },
        tables::items::find_item,
    },
    sheets::{
        Column, Fault, Form, Sheet, Takes, Unknown,
        fault::{Faults, quoted},
        half_width, once,
        table::{Line, Table},
        write::how_to,
    },
    words::units::gone,
};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
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

/// A blank table, whose cells stay what is typed: 007, eighteen digits.
pub(crate) fn blank() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let page = book.add_worksheet().set_name(NAME)?;
    let (cell, header) = (Format::new().set_num_format("@"), Format::new().set_bold());
    for (index, column) in (0_u16..).zip(&COLUMNS) {
        page.set_column_width(index, 18)?.set_column_format(index, &cell)?;
        page.write_string_with_format(0, index, column.title, &header)?;
    }
    page.set_freeze_panes(1, 0)?;
    let lines = [
        "一行一个问题。支部编号，或者支部和乡镇的名称，写一样就行。",
        "条目写第几条，不针对哪一条的空着；整改时限写成 2026-12-01 这样，可以不写。",
        "填好存成xlsx，在“问题台账”的“导入问题清单”里选这个文件。",
    ];
    how_to(&mut book, &lines)?;
    book.save_to_buffer()
}

/// The table that a file's sheets hold, what of it was not read or taken in a safe meaning, or what is wrong with it as such.
fn table(sheets: &[Sheet]) -> (Table, Faults) {
    let mut faults = Faults::default();
    let mut table = Table::pick(sheets, &FORM, &mut faults);
    if faults.is_empty() && !table.has(CODE) && !table.has(BRANCH) {
        table.misses(CODE, &FORM, &mut faults);
    }
    table.no_more_than(MAX_ROWS, &mut faults);
    (table, faults)
}

/// What is told of a branch that is not known: whoever speaks knows why that may be, and how to mend it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Missing {
    /// What else it may be, after 名册里没有编号….
    pub(crate) or: &'static str,
    /// What to do.
    pub(crate) remedy: &'static str,
}

/// What the rows of the table that a file's sheets hold say, in their order, and what there is to notice; or everything that is wrong.
pub(crate) fn read(
    sheets: &[Sheet],
    known: &Known,
    missing: Missing,
) -> Result<(Vec<Found>, Vec<String>), Vec<Fault>> {
    let (table, mut faults) = table(sheets);
    let notices = faults.take_notices();
    let reader = Reader::new(known, missing);
    let mut rows: BTreeMap<(BranchCode, Option<ItemId>, String), usize> = BTreeMap::new();
    let mut found = Vec::new();
    for line in table.lines() {
        let Some(row) = reader.row(line, &mut faults) else { continue };
        let same = (row.branch.clone(), row.item.clone(), row.problem.clone());
        if let Some(first) = rows.insert(same, line.number()) {
            let problem = format!("和第{first}行是同一个支部的同一个问题");
            line.fault(PROBLEM, problem, "只留一行", &mut faults);
        }
        found.push(row);
    }
    if faults.is_empty() && found.is_empty() {
        faults.sheet(NAME, "一行都没有", "表头下面至少填一行");
    }
    if faults.is_empty() { Ok((found, notices)) } else { Err(once(faults.into_vec())) }
}

/// Tells what rows speak of.
struct Reader<'a> {
    known: &'a Known,
    missing: Missing,
    /// The units that are there, by name.
    named: BTreeMap<&'a str, Vec<&'a Unit>>,
}

impl<'a> Reader<'a> {
    fn new(known: &'a Known, missing: Missing) -> Self {
        let mut named: BTreeMap<&str, Vec<&Unit>> = BTreeMap::new();
        for member in known.tree.all().filter(|member| member.ended.is_none()) {
            named.entry(&member.unit.name).or_default().push(&member.unit);
        }
        Self { known, missing, named }
    }

    fn row(&self, line: Line<'_>, faults: &mut Faults) -> Option<Found> {
        let branch = self.branch(line, faults);
        let problem = text(line, PROBLEM, faults).filter(|_| line.needed(PROBLEM, faults).is_some());
        let (source, deadline) = (text(line, SOURCE, faults), line.date(DEADLINE, faults));
        let branch = branch?;
        let item = self.item(line, branch, faults);
        let (problem, source, item) = (problem?, source?, item?);
        Some(Found { branch: branch.code.clone(), item, problem, deadline, source })
    }

    /// The branch by its code, or by its name with the town's where several have it.
    fn branch(&self, line: Line<'_>, faults: &mut Faults) -> Option<&'a Unit> {
        if line.text(CODE).is_empty() { self.by_name(line, faults) } else { self.by_code(line, faults) }
    }

    fn by_code(&self, line: Line<'_>, faults: &mut Faults) -> Option<&'a Unit> {
        let code = line.text(CODE);
        if !line.no_number(CODE, faults) {
            return None;
        }
        let tree = &self.known.tree;
        let found = BranchCode::new(code).ok().and_then(|code| tree.get(&code));
        let (problem, remedy) = match found.map(|member| (&member.unit, &member.ended)) {
            Some((unit, None)) if unit.level == Level::Branch => {
                // Sorted without the column of codes, one branch's problems would go to another.
                let said = line.text(BRANCH);
                if unit.name == said || !self.named.contains_key(said) {
                    return Some(unit);
                }
                let problem = format!("{}和编号对不上：编号说的是{}", quoted(said), quoted(&unit.name));
                line.fault(BRANCH, problem, "核对是哪个支部；排序要选中所有的列一起排", faults);
                return None;
            }
            Some((unit, None)) => (format!("{}是“{}”，不是支部", quoted(code), unit.name), "填支部的编号"),
            Some((_, Some(ended))) => {
                let Gone { on, into } = Gone::of(ended, tree);
                let problem = format!("{}已经没有了：{}", quoted(code), gone(on, into.as_deref()));
                (problem, "填合并以后的支部；撤销了的不再发")
            }
            None => {
                let Missing { or, remedy } = self.missing;
                (format!("名册里没有编号{}{or}", quoted(code)), remedy)
            }
        };
        line.fault(CODE, problem, remedy, faults);
        None
    }

    fn by_name(&self, line: Line<'_>, faults: &mut Faults) -> Option<&'a Unit> {
        let (name, town) = (line.text(BRANCH), line.text(TOWN));
        if name.is_empty() {
            line.fault(CODE, "没有写是哪个支部", "填支部编号，或者支部和乡镇的名称", faults);
            return None;
        }
        let meant = |unit: &&&Unit| unit.level == Level::Branch && self.lies_in(unit, town);
        let named = self.named.get(name).into_iter().flatten();
        let (problem, remedy) = match named.filter(meant).collect::<Vec<_>>()[..] {
            [branch] => return Some(branch),
            [] if town.is_empty() => {
                let problem = format!("名册里没有{}{}", quoted(name), self.missing.or);
                (problem, "写支部的全称，或者填支部编号")
            }
            [] => (format!("{}下面没有{}", quoted(town), quoted(name)), "两个名称都写全，或者填支部编号"),
            [..] => {
                let problem = format!("名册里叫{}的不止一个", quoted(name));
                (problem, "在“乡镇”列写上是哪个乡镇，或者填支部编号")
            }
        };
        line.fault(BRANCH, problem, remedy, faults);
        None
    }

    /// Whether any unit above this one has the name of this town; every unit lies in a town without a name.
    fn lies_in(&self, unit: &Unit, town: &str) -> bool {
        let tree = &self.known.tree;
        let mut above = tree.above(unit);
        for _ in 0..10 {
            let Some(parent) = above else { break };
            // 镇安镇 is written for 镇安镇党委.
            if parent.name == town || parent.name.strip_prefix(town).is_some_and(is_committee) {
                return true;
            }
            above = tree.above(parent);
        }
        town.is_empty()
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
        let Some(list) = self.known.checklists.get(&branch.sector) else {
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
