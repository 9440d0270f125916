//! 打分表: branches × items that the upper level judges, as a table that goes out, is filled in, and comes back.
//!
//! Every row says how many values its item had when it went out, as the table of reviews does: the same file again finds its own
//! values there and changes nothing, and nobody's later word is overwritten by an old file.

use super::{
    columns::{Column, Page, headers},
    row_by_row::{Rows, Seen, is_filled},
};
use crate::{
    domain::{
        BranchCode, Item, ItemId, LimitId, PeriodId, Points, above::AskedAbove, answer::MAX_TEXT_CHARS,
    },
    server::office::judging::{self, Holding, Row, Sound, Unsound, Value, check},
    sheets::{
        Column as Read, Form, Sheet, Takes, Unknown,
        fault::{Faults, quoted},
        table::{Line, Table},
        write::{Cell, how_to},
    },
};
use rust_xlsxwriter::{Workbook, XlsxError};
use std::collections::{BTreeMap, BTreeSet};

/// How faults name the table.
pub(crate) const NAME: &str = "打分表";
const CODE: &str = "支部编号";
const BRANCH: &str = "支部";
const PERIOD: &str = "周期";
const ITEM: &str = "条目编号";
const TITLE: &str = "条目";
/// The column that says how often the item was judged when the table went out.
pub(crate) const TIMES: &str = "已评次数";
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

/// The table of these items as a workbook, which says how it comes back.
pub(crate) fn write(rows: &[Row<'_>], back: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let columns = columns();
    Page::new(&mut workbook, NAME, &columns)?.rows(&columns, rows)?;
    let lines = [
        "只填“得分”“成立的限制”“说明”三列，其他列不要改。不评的、不改的行，三列都空着。",
        "要排序，选中所有的列一起排：只排几列，得分就对不上支部，导入时不收。",
        "“得分”写数，不带单位，不超过满分，最多两位小数。",
        "有限制的条目，“成立的限制”必填：成立的写它的编号（几个用、隔开），都不成立的写“无”。没有限制的空着。",
        "“说明”可以空着。支部在手机上看得到得分、成立的限制、说明、谁评的、哪天评的。",
        back,
    ];
    how_to(&mut workbook, &lines)?;
    workbook.save_to_buffer()
}

/// The table that a file's sheets hold, and what is wrong with it as such; told with where there is a right one.
pub(crate) fn table(sheets: &[Sheet], template: &'static str) -> (Table, Faults) {
    let mut faults = Faults::default();
    let columns = headers(&columns());
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
        _ => standing(row),
    }
}

fn title(row: &Row<'_>) -> String {
    format!("第{}条 {}", row.asked.number, row.asked.item.title)
}

/// How an item stands: 3.5, 没有评, or that the standard has changed since.
pub(crate) fn standing(row: &Row<'_>) -> String {
    match (row.counting(), row.given.last()) {
        (Some(value), _) => value.points.to_string(),
        (None, Some(old)) => format!("按原来的标准评过{}分（满分{}分），要重新评", old.points, old.of),
        (None, None) => "没有评".into(),
    }
}

/// The limits that hold, in their own words.
pub(crate) fn held(item: &Item, holds: &[LimitId]) -> String {
    let held = item.limits.iter().filter(|limit| holds.contains(&limit.id));
    held.map(|limit| limit.text.clone()).collect::<Vec<_>>().join("；")
}

/// That no limit of the item holds.
const NONE: &str = "无";

/// What is wrong, and what to do.
pub(crate) type Told = (String, String);

/// Points as somebody typed them for an item.
pub(crate) fn points(text: &str, asked: &AskedAbove<'_>) -> Result<Points, Told> {
    let typed = text.strip_suffix('分').unwrap_or(text).trim();
    let points = Points::parse(typed).map_err(|_| (format!("“{text}”不是分值"), in_points(asked)))?;
    judging::points(asked, points).map_err(|unsound| told(&unsound, asked))
}

fn in_points(asked: &AskedAbove<'_>) -> String {
    format!("写成0到{}的数，不带单位，最多两位小数", asked.most())
}

/// The limits that hold, as somebody typed them.
pub(crate) fn holds<'t>(
    typed: impl Iterator<Item = &'t str>,
    asked: &AskedAbove<'_>,
) -> Result<Holding, Told> {
    let typed: Vec<&str> = typed.map(str::trim).filter(|text| !text.is_empty()).collect();
    let said = match typed[..] {
        [] => None,
        [NONE] => Some(&[][..]),
        [..] => Some(&typed[..]),
    };
    judging::holds(asked, said).map_err(|unsound| told(&unsound, asked))
}

/// Why something cannot be given for an item.
pub(crate) fn told(unsound: &Unsound, asked: &AskedAbove<'_>) -> Told {
    let said = asked.item.limits.iter().map(|limit| format!("{}（{}）", limit.id, limit.text));
    let said = said.collect::<Vec<_>>().join("、");
    let number = asked.number;
    match unsound {
        Unsound::TooMany(points) => {
            (format!("第{number}条满分{}分，{points}分超过了", asked.most()), in_points(asked))
        }
        Unsound::LimitsUnsaid => (
            format!("第{number}条有限制，没有写是不是成立"),
            format!("成立的写编号：{said}；都不成立的写“无”"),
        ),
        Unsound::NoLimit(unknown) => {
            let remedy = if said.is_empty() {
                "这一条没有限制，空着".to_owned()
            } else {
                format!("成立的写编号：{said}；都不成立的只写“无”")
            };
            (format!("第{number}条没有限制“{unknown}”"), remedy)
        }
        Unsound::UnfitReason => {
            let problem = format!("说明超过{MAX_TEXT_CHARS}个字，或者有看不见的控制字符");
            (problem, "缩短，或者重新手工输入".into())
        }
        Unsound::Newer => (format!("第{number}条又打过分"), "重新导出打分表，看过以后再填".into()),
    }
}

/// The periods that a filled-in table gives points for.
pub(crate) fn periods(table: &Table) -> BTreeSet<PeriodId> {
    let filled = table.lines().filter(|line| !line.text(POINTS).is_empty());
    filled.filter_map(|line| PeriodId::new(line.text(PERIOD)).ok()).collect()
}

/// Period, branch and item.
type Key<'a> = (&'a PeriodId, &'a BranchCode, &'a ItemId);

/// What a filled-in table gives for items that are judged above.
pub(crate) fn read<'t>(
    table: &'t Table,
    known: &BTreeMap<Key<'_>, Row<'_>>,
    faults: Faults,
) -> Rows<'t, Sound> {
    Rows::read(table, faults, |line, seen, rows| read_line(line, known, seen, rows))
}

fn read_line<'t, 'k>(
    line: Line<'t>,
    known: &'k BTreeMap<Key<'_>, Row<'_>>,
    seen: &mut Seen<'t, Key<'k>>,
    rows: &mut Rows<'t, Sound>,
) {
    let faults = &mut rows.faults;
    let without = ("填了这一格，却没有写得分", "写上得分，或者清空这一格");
    if !is_filled(line, POINTS, &[HOLDS, REASON], without, faults) {
        return;
    }
    let after = line.number_in(TIMES, 0_usize, 10_000, faults);
    let [period, code, item] = [PERIOD, CODE, ITEM].map(|column| line.needed(column, faults));
    let (Some(period), Some(code), Some(item)) = (period, code, item) else { return };
    let ids = (PeriodId::new(period), BranchCode::new(code), ItemId::new(item));
    let row = match &ids {
        (Ok(period), Ok(code), Ok(item)) => known.get(&(period, code, item)),
        _ => None,
    };
    let Some(row) = row else {
        let problem = format!("{}在{}这一期没有由上级评的条目{}", quoted(code), quoted(period), quoted(item));
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
    let key = (&row.period.id, &row.branch.code, &row.asked.item.id);
    if !seen.is_first(key, line, (ITEM, "同一个支部的同一条"), faults) {
        return;
    }
    let mut said = |column, (problem, remedy): Told| {
        line.fault(column, problem, &remedy, faults);
    };
    let points = points(line.text(POINTS), &row.asked).map_err(|why| said(POINTS, why));
    let holds = holds(line.pieces(HOLDS), &row.asked).map_err(|why| said(HOLDS, why));
    let (Ok(points), Ok(holds), Some(after)) = (points, holds, after) else { return };
    match check(row, after, Value { points, holds, reason: line.text(REASON).to_owned() }) {
        Ok(Some(sound)) => rows.acts.push((line, sound)),
        Ok(None) => rows.unchanged.push(line),
        Err(Unsound::Newer) => {
            let problem = format!("导出这张表以后，这一条又打过分（现在是{}）", standing(row));
            line.fault(TIMES, problem, "重新导出打分表，看过以后再填", faults);
        }
        Err(unsound) => {
            let column = if unsound == Unsound::UnfitReason { REASON } else { POINTS };
            let (problem, remedy) = told(&unsound, &row.asked);
            line.fault(column, problem, &remedy, faults);
        }
    }
}
