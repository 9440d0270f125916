//! What inspectors found, as a table: every fault in one run, all of it or nothing, and the same table again changes nothing.
//!
//! A row is a finding of its own by branch, item and text. One that is known already is not written again; where its deadline or
//! source reads otherwise now, only that is.

use super::{
    error::{self, CliError},
    findings::{MOST_TRIES, busy, said},
    review::find_item,
    text::say,
};
use crate::{
    authoring::{
        Row, Sheet,
        fault::{Faults, quoted},
        table::{Line, Table},
        workbook,
    },
    domain::{
        BranchCode, Checklist, Finding, FindingField, FindingId, FindingOrigin, FindingState, FindingValue,
        Findings, ItemId, answer::MAX_TEXT_CHARS, check::is_plain_text, finding::ItemPoints,
        period::shanghai_date,
    },
    protocol::Level,
    server::{
        clock::{Clock as _, SystemClock},
        database::{
            Database, Unit,
            findings::{FromAbove, Word},
            results::Counting,
        },
    },
};
use jiff::civil::Date;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// How faults name the table.
const NAME: &str = "问题清单";
/// The header stands within so many filled rows.
const MAX_TITLE_ROWS: usize = 5;
/// No inspection finds more.
const MAX_ROWS: usize = 20_000;

const CODE: &str = "支部编号";
const BRANCH: &str = "支部";
const TOWN: &str = "乡镇";
const ITEM: &str = "条目";
const PROBLEM: &str = "存在问题";
const DEADLINE: &str = "整改时限";
const SOURCE: &str = "问题来源";
const COLUMNS: [&str; 7] = [CODE, BRANCH, TOWN, ITEM, PROBLEM, DEADLINE, SOURCE];
/// Other words for the same columns, as tables of townships have them.
const SYNONYMS: [(&str, &str); 5] =
    [("党组织", BRANCH), ("上级党组织", TOWN), ("考核指标", ITEM), ("问题", PROBLEM), ("branch_code", CODE)];

/// The published checklists by sector.
pub(super) async fn checklists(database: &Database) -> Result<BTreeMap<String, Checklist>, CliError> {
    let published = database.version_in_force().await?;
    let lists = published.into_iter().flat_map(|published| published.checklists);
    Ok(lists.map(|list| (list.sector.as_str().to_owned(), list)).collect())
}

/// Takes a table, all or nothing.
pub(super) async fn import(database: &Database, file: &Path) -> Result<(), CliError> {
    let sheets = workbook::read(NAME, &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
    let Some(first) = sheets.first() else {
        return Err(CliError::refused("这个文件里没有表", "核对文件"));
    };
    let (sheet, notices) = named(first);
    for _ in 0..MOST_TRIES {
        let (known, seen) = database.all_findings().await?;
        let desk = Desk {
            units: database.units().await?,
            checklists: checklists(database).await?,
            known,
            today: shanghai_date(SystemClock.now_ms()),
        };
        let read = desk.read(&sheet).map_err(CliError::Faults)?;
        let words = words(database, &read).await?;
        if said(database, words, seen).await? {
            tell(&read, &notices);
            if sheets.len() > 1 {
                say(format!("提示：这个文件有{}张表，只读了第一张“{}”。", sheets.len(), first.name));
            }
            return Ok(());
        }
    }
    Err(busy())
}

fn tell(read: &[Read], notices: &[String]) {
    let count = |of: fn(&Read) -> bool| read.iter().filter(|row| of(row)).count();
    let branches: BTreeSet<&BranchCode> = read.iter().map(|row| &row.branch).collect();
    say(format!(
        "{}个支部的{}个问题：新增{}，更新{}，没有变化{}。支部的手机联网以后就看到。",
        branches.len(),
        read.len(),
        count(|row| row.known.is_none()),
        count(|row| row.known.is_some() && row.differs()),
        count(|row| row.known.is_some() && !row.differs()),
    ));
    let closed =
        count(|row| row.known.as_ref().is_some_and(|known| known.finding.state == FindingState::Closed));
    if closed > 0 {
        say(format!("提示：其中{closed}个已经销号，没有动；问题又出现了，用 findings return 重新打开。"));
    }
    for notice in notices {
        say(format!("提示：{notice}"));
    }
}

/// The sheet under the name that faults use, from its header on, with the headers that are known; and what was not read.
fn named(sheet: &Sheet) -> (Sheet, Vec<String>) {
    let filled = |row: &&Row| row.cells.iter().any(|cell| !cell.is_empty());
    let is_header = |row: &Row| row.cells.iter().any(|cell| known_as(cell) == Some(PROBLEM));
    let rows: Vec<Row> = sheet.rows.iter().filter(filled).cloned().collect();
    let header = rows.iter().take(MAX_TITLE_ROWS).position(is_header).unwrap_or(0);
    let mut sheet = Sheet { name: NAME.into(), rows: rows.into_iter().skip(header).collect() };
    let mut unread = Vec::new();
    if let Some(header) = sheet.rows.first_mut() {
        for title in header.cells.iter_mut().filter(|title| !title.is_empty()) {
            match known_as(title) {
                Some(known) => *title = known.into(),
                None if ["备注", "序号"].contains(&title.as_str()) => title.clear(),
                None => {
                    unread.push(format!("“{title}”列没有用到。"));
                    title.clear();
                }
            }
        }
    }
    (sheet, unread)
}

fn known_as(title: &str) -> Option<&'static str> {
    let own = COLUMNS.into_iter().find(|column| *column == title);
    own.or_else(|| SYNONYMS.iter().find(|(other, _)| *other == title).map(|(_, column)| *column))
}

/// What a row asks for.
struct Read {
    branch: BranchCode,
    item: Option<ItemId>,
    problem: String,
    deadline: Option<Date>,
    source: String,
    /// The finding that it is already.
    known: Option<Known>,
}

/// A finding that a row is already, and what of the row is new about it.
struct Known {
    finding: Finding,
    /// Whether the row says another day than the last table did.
    deadline: bool,
    /// Whether it names another source.
    source: bool,
}

impl Read {
    /// Whether anything about a known finding is to be written. A closed one is left alone.
    fn differs(&self) -> bool {
        self.known.as_ref().is_some_and(|known| {
            known.finding.state != FindingState::Closed && (known.deadline || known.source)
        })
    }
}

/// What rows are read against.
struct Desk {
    units: Vec<Unit>,
    checklists: BTreeMap<String, Checklist>,
    known: BTreeMap<BranchCode, Findings>,
    today: Date,
}

impl Desk {
    fn read(&self, sheet: &Sheet) -> Result<Vec<Read>, Vec<crate::authoring::Fault>> {
        let mut faults = Faults::default();
        let sheets = [sheet.clone()];
        let has = |column: &str| {
            let header = sheet.rows.first();
            header.is_some_and(|row| row.cells.iter().any(|title| title == column))
        };
        let mut needed = vec![PROBLEM];
        if !has(CODE) {
            needed.push(if has(BRANCH) { BRANCH } else { CODE });
        }
        let mut table = Table::find(&sheets, NAME, &needed, &COLUMNS, &mut faults);
        table.no_more_than(MAX_ROWS, &mut faults);
        table.no_dates_but(&[DEADLINE], &mut faults);
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
        if faults.is_empty() { Ok(read) } else { Err(faults.into_vec()) }
    }

    fn row(&self, line: Line<'_>, faults: &mut Faults) -> Option<Read> {
        let branch = self.branch(line, faults);
        let problem = text(line, PROBLEM, faults).filter(|_| line.needed(PROBLEM, faults).is_some());
        let (source, deadline) = (text(line, SOURCE, faults), line.date(DEADLINE, faults));
        let branch = branch?;
        let item = self.item(line, branch, faults);
        let (problem, source, item) = (problem?, source?, item?);
        let known = self.known.get(&branch.code).and_then(|of_branch| {
            let is_known =
                |known: &Finding| known.from_above && known.item == item && known.problem == problem;
            let finding = of_branch.all().into_iter().find(is_known)?;
            let source = !source.is_empty() && finding.detail != source;
            let deadline = deadline.is_some_and(|day| self.is_other_day(of_branch, finding.id, day));
            Some(Known { finding, deadline, source })
        });
        let row = Read { branch: branch.code.clone(), item, problem, deadline, source, known };
        let is_new = row.known.as_ref().is_none_or(|known| known.deadline && row.differs());
        if is_new && deadline.is_some_and(|deadline| deadline < self.today) {
            line.fault(DEADLINE, "整改时限已经过了", "写今天或以后的日子", faults);
        }
        Some(row)
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
            line.no_number(CODE, faults);
            let found = self.units.iter().find(|unit| unit.code.as_str() == code);
            let branch = found.filter(|unit| unit.level == Level::Branch);
            if branch.is_none() {
                let problem = match found {
                    Some(unit) => format!("{}是“{}”，不是支部", quoted(code), unit.name),
                    None => format!("名册里没有编号{}", quoted(code)),
                };
                line.fault(CODE, problem, "填支部的编号；没有导入的先 roster import", faults);
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
        let Some(list) = self.checklists.get(&branch.sector) else {
            let problem = format!("“{}”所在的领域还没有发布标准，看不出是哪一条", branch.name);
            line.fault(ITEM, problem, "先发布标准，或者这一格空着", faults);
            return None;
        };
        let titled: Vec<&ItemId> =
            list.items().filter(|(_, item)| item.title == text).map(|(_, item)| &item.id).collect();
        let found = match titled[..] {
            [id] => Some(id.clone()),
            _ => find_item(list, text),
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

/// What there is to say, in the order of the rows.
async fn words(database: &Database, read: &[Read]) -> Result<Vec<FromAbove>, CliError> {
    let mut words = Vec::new();
    let mut scores = BTreeMap::new();
    // The last period's: they come in the order of periods.
    let counting: BTreeMap<BranchCode, Counting> =
        database.counting(None).await?.into_iter().map(|report| (report.branch.clone(), report)).collect();
    let now = SystemClock.now_ms();
    for row in read {
        let mut say = |finding: FindingId, field: FindingField, value: FindingValue| {
            let word = Word::Write(field, value);
            words.push(FromAbove { branch: row.branch.clone(), finding, word });
        };
        let origin =
            || FindingValue::Origin { origin: FindingOrigin::Inspection, detail: row.source.clone() };
        let (id, deadline, source) = match &row.known {
            Some(known) if row.differs() => (known.finding.id, known.deadline, known.source),
            Some(_) => continue,
            None => {
                let mut random = [0; 10];
                getrandom::fill(&mut random).map_err(|_| {
                    CliError::refused("系统给不出随机数", "过一会儿再试；一直这样就检查这台机器")
                })?;
                let id = FindingId::from_parts(now, &random);
                say(id, FindingField::Problem, FindingValue::Text { text: row.problem.clone() });
                if let Some(item) = &row.item {
                    say(id, FindingField::Item, FindingValue::Item { item: item.clone() });
                    if !scores.contains_key(&row.branch) {
                        scores.insert(row.branch.clone(), scored(database, counting.get(&row.branch)).await?);
                    }
                    let score = scores.get(&row.branch).and_then(|scores| scores.get(item)).cloned();
                    if let Some(score) = score {
                        say(id, FindingField::Score, FindingValue::Score { score });
                    }
                }
                (id, row.deadline.is_some(), true)
            }
        };
        if source {
            say(id, FindingField::Origin, origin());
        }
        if deadline {
            say(id, FindingField::Deadline, FindingValue::Day { day: row.deadline });
        }
    }
    Ok(words)
}

/// What the items score by the report that counts of a branch.
async fn scored(
    database: &Database,
    newest: Option<&Counting>,
) -> Result<BTreeMap<ItemId, ItemPoints>, CliError> {
    let Some(newest) = newest else { return Ok(BTreeMap::new()) };
    let Some(report) = database.report(newest.receipt.submission).await? else { return Ok(BTreeMap::new()) };
    let counting = report.sheet.items().filter(|score| score.state.counts());
    let of = |score: &crate::domain::scoring::ItemScore| ItemPoints {
        period: newest.period.clone(),
        got: score.got,
        of: score.points,
    };
    Ok(counting.map(|score| (score.item.clone(), of(score))).collect())
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
    fn read(known: Findings, day: &str, today: Date) -> Result<Vec<Read>, Vec<crate::authoring::Fault>> {
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
        let desk = Desk { units: vec![unit], checklists: BTreeMap::new(), known, today };
        let row = |number: usize, cells: [&str; 3]| Row {
            number,
            cells: cells.map(str::to_owned).to_vec(),
            kinds: BTreeMap::new(),
        };
        let rows = vec![row(1, [CODE, PROBLEM, DEADLINE]), row(2, ["b", "缺签到表", day])];
        desk.read(&Sheet { name: NAME.into(), rows })
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
        assert_eq!(changes(&known, "2026-11-19", today), Err(1), "never said, and passed");
        known.write(day(second, 20));
        assert_eq!(changes(&known, "2026-11-20", today), Ok(false), "the table before the last");
        assert_eq!(changes(&known, "2026-11-30", today), Ok(false));
        assert_eq!(changes(&known, "2026-11-20", date(2026, 11, 10)), Ok(true), "put back in time");
    }
}
