//! 打分表: branches × items that the upper level judges, as a table that goes out, is filled in, and comes back.
//!
//! Every row says how many values its item had when it went out, as the table of reviews does: the same file again finds its own
//! values there and changes nothing, and nobody's later word is overwritten by an old file.

use super::{
    error::{self, CliError, must_be_new_workbook, write_new},
    judge::{Row, held, holds, points, rows},
    results::Book,
    review::{PeriodIdArg, speaker},
    row_by_row,
    text::say,
};
use crate::{
    domain::{PeriodId, ValueAbove},
    server::{
        database::{Database, values_above::Giving},
        host::clock::SystemClock,
        office::clock::Clock as _,
        tables::columns::{Column, Page, headers},
    },
    sheets::{
        Column as Read, Form, Sheet, Takes, Unknown,
        fault::{Faults, quoted},
        table::{Line, Table},
        workbook,
        write::{Cell, how_to},
    },
};
use rust_xlsxwriter::Workbook;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

const NAME: &str = "打分表";
const CODE: &str = "支部编号";
const BRANCH: &str = "支部";
const PERIOD: &str = "周期";
const ITEM: &str = "条目编号";
const TITLE: &str = "条目";
const TIMES: &str = "已评次数";
const POINTS: &str = "得分";
const HOLDS: &str = "成立的限制";
const REASON: &str = "说明";
/// The columns.
fn columns<'a>() -> [Column<Row<'a>>; 13] {
    [
        Column::new(Read::must(CODE, Takes::Exact), 15.0, |row| row.branch.code.as_str().into()),
        Column::shown(BRANCH, 18.0, |row| (&row.branch.name).into()),
        Column::shown("上级党组织", 16.0, |row| row.above.into()),
        Column::new(Read::must(PERIOD, Takes::Exact), 9.0, |row| row.period.id.as_str().into()),
        Column::new(Read::must(ITEM, Takes::Exact), 10.0, |row| row.asked.item.id.as_str().into()),
        Column::shown(TITLE, 26.0, |row| title(row).into()),
        Column::shown("满分", 7.0, |row| row.asked.most().into()),
        Column::shown("有哪些限制", 36.0, |row| limits(row).into()),
        Column::shown("现得分", 16.0, |row| now(row).into()),
        Column::new(Read::must(TIMES, Takes::Exact), 9.0, |row| Cell::count(row.given.len())),
        Column::filled_in(Read::must(POINTS, Takes::Exact), 8.0),
        Column::filled_in(Read::must(HOLDS, Takes::Exact), 14.0),
        Column::filled_in(Read::must(REASON, Takes::Text), 30.0),
    ]
}

/// Writes the table of these branches.
pub(super) fn export(file: &Path, book: &Book) -> Result<(), CliError> {
    must_be_new_workbook(file)?;
    let mut workbook = Workbook::new();
    let (columns, rows) = (columns(), rows(book).collect::<Vec<_>>());
    Page::new(&mut workbook, NAME, &columns)?.rows(&columns, &rows)?;
    let lines = [
        "只填“得分”“成立的限制”“说明”三列，其他列不要改。不评的、不改的行，三列都空着。",
        "要排序，选中所有的列一起排：只排几列，得分就对不上支部，导入时不收。",
        "“得分”写数，不带单位，不超过满分，最多两位小数。",
        "有限制的条目，“成立的限制”必填：成立的写它的编号（几个用、隔开），都不成立的写“无”。没有限制的空着。",
        "“说明”可以空着。支部在手机上看得到得分、成立的限制、说明、谁评的、哪天评的。",
        "填好存成xlsx，交给管系统的人用 judge import 导入。改分就再填一次，原来的留着。",
    ];
    how_to(&mut workbook, &lines)?;
    write_new(file, &workbook.save_to_buffer()?)?;
    say(format!("已写入“{}”，{}行。填好以后用 judge import 导入。", file.display(), rows.len()));
    Ok(())
}

/// Takes a filled-in table. Each row is an act of its own: what is sound is written, the rest is named.
pub(super) async fn import(database: &Database, file: &Path, by: Option<&str>) -> Result<(), CliError> {
    let sheets = workbook::read(NAME, &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
    let (table, mut faults) = table(&sheets);
    let periods = table.lines().filter(|line| is_filled(*line));
    let periods: BTreeSet<PeriodId> =
        periods.filter_map(|line| Some(line.text(PERIOD).parse::<PeriodIdArg>().ok()?.0)).collect();
    let mut books = Vec::new();
    for period in periods {
        match Book::collect(database, &PeriodIdArg(period), None).await {
            Ok(book) => books.push(book),
            // There is no such period: said at each of its rows.
            Err(CliError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let known = books.iter().flat_map(rows).map(|row| {
        let key = (row.period.id.to_string(), row.branch.code.to_string(), row.asked.item.id.to_string());
        (key, row)
    });
    let mut desk = Desk {
        known: known.collect(),
        given: Vec::new(),
        unchanged: Vec::new(),
        seen: BTreeMap::new(),
        now: SystemClock.now_ms(),
    };
    for line in table.lines() {
        desk.read(line, &mut faults);
    }
    let Desk { mut given, mut unchanged, .. } = desk;
    let mut faults = row_by_row::sound(&table, NAME, faults, &mut given, &mut unchanged)?;
    for (_, giving) in &mut given {
        giving.value.by = speaker(database, &giving.branch, by).await?;
    }
    let overtaken = database.give(&given.iter().map(|(_, one)| one.clone()).collect::<Vec<_>>()).await?;
    for place in &overtaken {
        if let Some((line, _)) = given.get(*place) {
            let remedy = "重新导出打分表，看过以后再填";
            line.fault(TIMES, "就在刚才，别人给这一条打了分", remedy, &mut faults);
        }
    }
    let written = given.len().saturating_sub(overtaken.len());
    say(format!("写入{written}处得分，没有变化{}处。", unchanged.len()));
    row_by_row::end(faults)
}

/// The table that a file's sheets hold, and what is wrong with it as such.
pub(super) fn table(sheets: &[Sheet]) -> (Table, Faults) {
    let mut faults = Faults::default();
    let columns = headers(&columns());
    let template = "或者用 judge export 重新导出打分表";
    let form =
        Form { name: NAME, columns: &columns, unknown: Unknown::Fault, may_end_early: false, template };
    (Table::pick(sheets, &form, &mut faults), faults)
}

/// The limits that an item has.
fn limits(row: &Row<'_>) -> String {
    let limits = row.asked.item.limits.iter().map(|limit| format!("{}：{}", limit.id, limit.text));
    limits.collect::<Vec<_>>().join("\n")
}

/// What counts now.
fn now(row: &Row<'_>) -> String {
    match row.counting() {
        Some(value) if !value.holds.is_empty() => {
            format!("{}（{}）", value.points, held(row.asked.item, &value.holds))
        }
        _ if row.given.is_empty() => String::new(),
        _ => row.standing(),
    }
}

fn title(row: &Row<'_>) -> String {
    format!("第{}条 {}", row.asked.number, row.asked.item.title)
}

fn is_filled(line: Line<'_>) -> bool {
    [POINTS, HOLDS, REASON].iter().any(|column| !line.text(column).is_empty())
}

/// Period, branch and item.
type Key = (String, String, String);

/// What is read so far.
struct Desk<'t, 'b> {
    /// Every item that is judged above in the periods of the table: by period, branch and item.
    known: BTreeMap<Key, Row<'b>>,
    given: Vec<(Line<'t>, Giving)>,
    unchanged: Vec<Line<'t>>,
    seen: BTreeMap<Key, Line<'t>>,
    now: u64,
}

impl<'t> Desk<'t, '_> {
    fn read(&mut self, line: Line<'t>, faults: &mut Faults) {
        if line.text(POINTS).is_empty() {
            for column in [HOLDS, REASON].into_iter().filter(|column| !line.text(column).is_empty()) {
                line.fault(column, "填了这一格，却没有写得分", "写上得分，或者清空这一格", faults);
            }
            return;
        }
        let after = line.number_in(TIMES, 0_usize, 10_000, faults);
        let [period, code, item] = [PERIOD, CODE, ITEM].map(|column| line.needed(column, faults));
        let (Some(period), Some(code), Some(item)) = (period, code, item) else { return };
        let key = (period.to_owned(), code.to_owned(), item.to_owned());
        let Some(row) = self.known.get(&key) else {
            let problem =
                format!("{}在{}这一期没有由上级评的条目{}", quoted(code), quoted(period), quoted(item));
            line.fault(ITEM, problem, "支部编号、周期、条目编号三列不要改；重新导出打分表", faults);
            return;
        };
        // Sorted without the columns of codes, a row would give one branch's points to another.
        let stood = [(BRANCH, row.branch.name.clone()), (TITLE, title(row))];
        for (column, own) in stood {
            let said = line.text(column);
            if !said.is_empty() && said != own {
                let problem = format!("{}和编号对不上：编号说的是{}", quoted(said), quoted(&own));
                line.fault(column, problem, "排序要选中所有的列一起排；重新导出打分表", faults);
                return;
            }
        }
        if let Some(first) = self.seen.insert(key, line) {
            // Which of the two is meant nobody knows but the clerk.
            for (one, other) in [(first, line), (line, first)] {
                one.fault(ITEM, format!("和第{}行是同一个支部的同一条", other.number()), "只留一行", faults);
            }
            return;
        }
        let mut said = |column, (problem, remedy): (String, String)| {
            line.fault(column, problem, &remedy, faults);
        };
        let points = points(line.text(POINTS), &row.asked).map_err(|why| said(POINTS, why));
        let holds = holds(line.pieces(HOLDS), &row.asked).map_err(|why| said(HOLDS, why));
        let (Ok(points), Ok(holds), Some(after)) = (points, holds, after) else { return };
        let reason = line.text(REASON).to_owned();
        let is_same = |value: &&ValueAbove| {
            row.asked.takes(value) && (value.points, &value.holds, &value.reason) == (points, &holds, &reason)
        };
        if row.given.get(after).copied().filter(is_same).is_some() {
            self.unchanged.push(line);
            return;
        }
        if after != row.given.len() {
            let problem = format!("导出这张表以后，这一条又打过分（现在是{}）", row.standing());
            line.fault(TIMES, problem, "重新导出打分表，看过以后再填", faults);
            return;
        }
        let value = ValueAbove {
            period: row.period.id.clone(),
            item: row.asked.item.id.clone(),
            points,
            of: row.asked.most(),
            holds,
            reason,
            at: self.now,
            by: String::new(),
        };
        self.given.push((line, Giving { branch: row.branch.code.clone(), after, value }));
    }
}
