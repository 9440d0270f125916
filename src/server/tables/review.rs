//! The review as a table that goes out, is filled in, and comes back.
//!
//! Every row says how many reviews its submission had when it went out. Coming back, a row counts only while that is still so:
//! the same file again finds its own review there and changes nothing, and nobody's later word is overwritten by an old file.

use super::{
    columns::{Column, Page, headers, place},
    items,
    row_by_row::{Rows, Seen, is_filled},
};
use crate::{
    domain::{Checklist, PeriodId, SubmissionId, answer::MAX_TEXT_CHARS},
    protocol::{ReviewItem, ReviewState},
    server::office::reviewing::{Known, Opinion, Row, Sound, Unsound, check},
    sheets::{
        Column as Read, Form, Sheet, Takes, Unknown,
        fault::{Faults, quoted},
        table::{Line, Table},
        write::{Cell, how_to},
    },
    words::terms,
};
use rust_xlsxwriter::{DataValidation, Workbook, XlsxError};
use std::collections::BTreeMap;

/// How faults name the table.
pub(crate) const NAME: &str = "审核表";
/// The column that says which submission a row is of.
pub(crate) const ID: &str = "上报编号";
const RECEIPT: &str = "回执码";
const BRANCH: &str = "支部编号";
const REVIEWS: &str = "已审次数";
const OPINION: &str = "审核意见";
const REASON: &str = "原因";
const ITEMS: &str = "条目与原因";
const DUE: &str = "截止日期";
/// The columns. Those that say whose row it is must come back; without 回执码 and 支部编号 a row is refused for not agreeing with its
/// 上报编号.
const COLUMNS: [Column<Row>; 14] = [
    Column::new(Read::must(ID, Takes::Exact), 12.0, |row| row.counting.receipt.submission.to_string().into()),
    Column::new(Read::may(RECEIPT, Takes::Exact), 11.0, |row| (&row.counting.receipt.code).into()),
    Column::new(Read::may(BRANCH, Takes::Exact), 15.0, |row| row.branch.code.as_str().into()),
    Column::shown("支部", 18.0, |row| (&row.branch.name).into()),
    Column::shown("上级党组织", 16.0, |row| (&row.above).into()),
    Column::shown("周期", 9.0, |row| row.counting.period.as_str().into()),
    Column::shown("自评得分", 9.0, |row| row.counting.receipt.score.into()),
    Column::shown("申报等次", 9.0, |row| (&row.claimed).into()),
    Column::shown("现状", 10.0, |row| terms::review(row.state()).into()),
    Column::new(Read::must(REVIEWS, Takes::Exact), 9.0, |row| Cell::count(row.counting.reviews.len())),
    Column::filled_in(Read::must(OPINION, Takes::Text), 12.0),
    Column::filled_in(Read::must(REASON, Takes::Text), 24.0),
    Column::filled_in(Read::must(ITEMS, Takes::Text), 36.0),
    Column::filled_in(Read::must(DUE, Takes::Day), 12.0),
];
/// What to do about a row that was taken apart.
const WHOLE_ROWS: &str = "重新导出审核表再填；排序的时候选中所有的列，前面几列不要改";
/// 审核意见
pub(crate) const OPINIONS: [(&str, ReviewState); 4] = [
    opinion(ReviewState::InReview),
    opinion(ReviewState::Returned),
    opinion(ReviewState::Incomplete),
    opinion(ReviewState::Approved),
];

const fn opinion(state: ReviewState) -> (&'static str, ReviewState) {
    (terms::review(Some(state)), state)
}

/// The table of these submissions as a workbook, which says how it comes back.
pub(crate) fn write(rows: &[Row], back: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = Page::new(&mut book, NAME, &COLUMNS)?.rows(&COLUMNS, rows)?;
    if let (Ok(last @ 1..), Some(opinion)) = (u32::try_from(rows.len()), place(&COLUMNS, OPINION)) {
        let words = OPINIONS.map(|(word, _)| word);
        let choices = DataValidation::new()
            .allow_list_strings(&words)?
            .set_error_title(OPINION)?
            .set_error_message(format!("请从下拉框里选：{}", words.join("、")))?;
        sheet.add_data_validation(1, opinion, last, opinion, &choices)?;
    }
    let lines = [
        "只填“审核意见”“原因”“条目与原因”“截止日期”四列，其他列不要改。",
        "不审的那一行，四列都空着。",
        "要排序，选中所有的列一起排：只排几列，意见就对不上支部，导入时不收。",
        "“条目与原因”这样写：第31条：缺签到表；第32条：照片看不清。几条之间用分号隔开，每条都写“第几条：”。",
        "“截止日期”这样写：2026-11-27。",
        back,
    ];
    how_to(&mut book, &lines)?;
    book.save_to_buffer()
}

/// The table that a file's sheets hold, and what is wrong with it as such; told with where there is a right one.
pub(crate) fn table(sheets: &[Sheet], template: &'static str) -> (Table, Faults) {
    let mut faults = Faults::default();
    let columns = headers(&COLUMNS);
    let form =
        Form { name: NAME, columns: &columns, unknown: Unknown::Fault, may_end_early: false, template };
    (Table::pick(sheets, &form, &mut faults), faults)
}

/// The submissions that a filled-in table says something of.
pub(crate) fn submissions(table: &Table) -> impl Iterator<Item = SubmissionId> {
    let filled = table.lines().filter(|line| !line.text(OPINION).is_empty());
    filled.filter_map(|line| line.text(ID).parse().ok())
}

/// What a filled-in table says of submissions that are known.
pub(crate) fn read<'t>(
    table: &'t Table,
    known: &BTreeMap<SubmissionId, Known>,
    faults: Faults,
) -> Rows<'t, Sound> {
    Rows::read(table, faults, |line, seen, rows| read_line(line, known, seen, rows))
}

fn read_line<'t>(
    line: Line<'t>,
    known: &BTreeMap<SubmissionId, Known>,
    seen: &mut Seen<'t, SubmissionId>,
    rows: &mut Rows<'t, Sound>,
) {
    let faults = &mut rows.faults;
    let without = ("填了这一格，却没有选审核意见", "选上审核意见，或者清空这一格");
    if !is_filled(line, OPINION, &[REASON, ITEMS, DUE], without, faults) {
        return;
    }
    let state = line.word(OPINION, &OPINIONS, faults);
    let after = line.number_in(REVIEWS, 0_usize, 10_000, faults);
    let Some(id) = line.needed(ID, faults) else { return };
    let Some(known) = id.parse().ok().and_then(|id: SubmissionId| known.get(&id)) else {
        line.fault(ID, format!("没有{}这次上报", quoted(id)), "不要改这一列；重新导出审核表", faults);
        return;
    };
    if !is_one(line, known, faults) {
        return;
    }
    if !seen.is_first(known.id, line, (ID, "同一次上报"), faults) {
        return;
    }
    let items = items(line, &known.checklist, &known.period, faults);
    let due = line.date(DUE, faults);
    let (Some(state), Some(after)) = (state, after) else { return };
    let opinion = Opinion { state, reason: line.text(REASON).to_owned(), items, due };
    match check(known, after, opinion) {
        Ok(Some(sound)) => rows.acts.push((line, sound)),
        Ok(None) => rows.unchanged.push(line),
        // What is written there cannot be read: that is said already.
        Err(Unsound::NoReason) if !line.text(ITEMS).is_empty() => {}
        Err(unsound) => {
            let (column, problem, remedy) = told(unsound, known);
            line.fault(column, problem, remedy, faults);
        }
    }
}

/// In which column a row is not sound, why, and what to do.
fn told(unsound: Unsound, known: &Known) -> (&'static str, String, &'static str) {
    match unsound {
        // No table that went out said so.
        Unsound::NeverSo(times) => (REVIEWS, format!("和上报编号对不上：这份审过{times}次"), WHOLE_ROWS),
        Unsound::Newer => {
            let now = terms::review(known.reviews.last().map(|review| review.state));
            let problem = format!("导出这张表以后，这份又有了审核意见（现在是“{now}”）");
            (REVIEWS, problem, "重新导出审核表，看过以后再填")
        }
        Unsound::Replaced => {
            let problem = "导出这张表以后，支部撤回了这份，或者重新上报了";
            (ID, problem.into(), "清空这一行的审核意见，或者重新导出审核表")
        }
        Unsound::Gone => {
            let problem = "支部已经撤销或者合并了，退回什么都送不到";
            (ID, problem.into(), "没有别的问题就写审核通过；不然清空这一行的审核意见")
        }
        Unsound::NoReason => {
            let remedy = "写上原因，或者在“条目与原因”里写是哪一条、缺什么";
            (REASON, "退回没有写原因".into(), remedy)
        }
        Unsound::UnfitReason => (REASON, unfit(), "缩短，或者重新手工输入"),
        Unsound::UnfitItem => (ITEMS, unfit(), "缩短，或者重新手工输入"),
        // Said already, with the item's title, where the items were read.
        Unsound::NotTheirs(number, _) => {
            (ITEMS, format!("第{number}条支部改不了"), "核对是第几条；要支部补什么，写在原因里")
        }
    }
}

fn unfit() -> String {
    format!("原因超过{MAX_TEXT_CHARS}个字，或者有看不见的控制字符")
}

/// Whether a row is of one submission in all its columns. Where only the others were sorted, the clerk has read another branch's
/// line than the one that 上报编号 would give the opinion to.
fn is_one(line: Line<'_>, known: &Known, faults: &mut Faults) -> bool {
    let mut is_one = true;
    for (column, own) in [(RECEIPT, known.receipt.as_str()), (BRANCH, known.branch.as_str())] {
        let said = line.text(column);
        if said != own {
            let said = if said.is_empty() { "这一格空着，".to_owned() } else { quoted(said) };
            let problem = format!("{said}和上报编号对不上：那一份是{}", quoted(own));
            line.fault(column, problem, WHOLE_ROWS, faults);
            is_one = false;
        }
    }
    is_one
}

/// 条目与原因, with what is unclear in it named.
fn items(line: Line<'_>, checklist: &Checklist, period: &PeriodId, faults: &mut Faults) -> Vec<ReviewItem> {
    items::read(line.text(ITEMS), checklist, period).unwrap_or_else(|unclear| {
        for one in unclear {
            let (problem, remedy) = one.told(checklist.items().count());
            line.fault(ITEMS, problem, &remedy, faults);
        }
        Vec::new()
    })
}
