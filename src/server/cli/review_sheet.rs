//! The review as a table that goes out, is filled in, and comes back.
//!
//! Every row says how many reviews its submission had when it went out. Coming back, a row counts only while that is still so:
//! the same file again finds its own review there and changes nothing, and nobody's later word is overwritten by an old file.

use super::{
    error::{self, CliError, must_be_new_workbook, write_new},
    review::{Row, pinned, speaker},
    review_items, row_by_row,
    text::{review_state, say},
};
use crate::server::office::scope;
use crate::{
    domain::{BranchCode, Checklist, PeriodId, SubmissionId, period::shanghai_date},
    protocol::{Review, ReviewItem, ReviewState},
    server::{
        database::{Database, results::Counting, reviews::Decision},
        host::clock::SystemClock,
        office::clock::Clock as _,
        tables::columns::{Column, Page, headers, place},
    },
    sheets::{
        Column as Read, Form, Sheet, Takes, Unknown,
        fault::{Faults, quoted},
        table::{Line, Table},
        workbook,
        write::{Cell, how_to},
    },
    words::terms,
};
use jiff::civil::Date;
use rust_xlsxwriter::{DataValidation, Workbook};
use std::{collections::BTreeMap, path::Path};

const NAME: &str = "审核表";
const ID: &str = "上报编号";
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
    Column::new(Read::must(ID, Takes::Exact), 12.0, |row| row.id().to_string().into()),
    Column::new(Read::may(RECEIPT, Takes::Exact), 11.0, |row| (&row.counting.receipt.code).into()),
    Column::new(Read::may(BRANCH, Takes::Exact), 15.0, |row| row.branch.code.as_str().into()),
    Column::shown("支部", 18.0, |row| (&row.branch.name).into()),
    Column::shown("上级党组织", 16.0, |row| (&row.above).into()),
    Column::shown("周期", 9.0, |row| row.counting.period.as_str().into()),
    Column::shown("自评得分", 9.0, |row| row.counting.receipt.score.into()),
    Column::shown("申报等次", 9.0, |row| (&row.claimed).into()),
    Column::shown("现状", 10.0, |row| review_state(&row.counting.reviews).into()),
    Column::new(Read::must(REVIEWS, Takes::Exact), 9.0, |row| Cell::count(row.counting.reviews.len())),
    Column::filled_in(Read::must(OPINION, Takes::Text), 12.0),
    Column::filled_in(Read::must(REASON, Takes::Text), 24.0),
    Column::filled_in(Read::must(ITEMS, Takes::Text), 36.0),
    Column::filled_in(Read::must(DUE, Takes::Day), 12.0),
];
/// What to do about a row that was taken apart.
const WHOLE_ROWS: &str = "重新导出审核表再填；排序的时候选中所有的列，前面几列不要改";
/// 审核意见
const OPINIONS: [(&str, ReviewState); 4] = [
    opinion(ReviewState::InReview),
    opinion(ReviewState::Returned),
    opinion(ReviewState::Incomplete),
    opinion(ReviewState::Approved),
];

const fn opinion(state: ReviewState) -> (&'static str, ReviewState) {
    (terms::review(Some(state)), state)
}

/// Writes the table of these submissions.
pub(super) fn export(file: &Path, rows: &[Row]) -> Result<(), CliError> {
    must_be_new_workbook(file)?;
    let mut book = Workbook::new();
    let sheet = Page::new(&mut book, NAME, &COLUMNS)?.rows(&COLUMNS, rows)?;
    if let (Ok(last @ 1..), Some(opinion)) = (u32::try_from(rows.len()), place(&COLUMNS, OPINION)) {
        let choices = DataValidation::new()
            .allow_list_strings(&OPINIONS.map(|(word, _)| word))?
            .set_error_title("审核意见")?
            .set_error_message(format!("请从下拉框里选：{}", OPINIONS.map(|(word, _)| word).join("、")))?;
        sheet.add_data_validation(1, opinion, last, opinion, &choices)?;
    }
    let lines = [
        "只填“审核意见”“原因”“条目与原因”“截止日期”四列，其他列不要改。",
        "不审的那一行，四列都空着。",
        "要排序，选中所有的列一起排：只排几列，意见就对不上支部，导入时不收。",
        "“条目与原因”这样写：第31条：缺签到表；第32条：照片看不清。几条之间用分号隔开，每条都写“第几条：”。",
        "“截止日期”这样写：2026-11-27。",
        "填好存成xlsx，交给管系统的人用 review import 导入。导出以后又有了变化的，导入时会说出来。",
    ];
    how_to(&mut book, &lines)?;
    write_new(file, &book.save_to_buffer()?)?;
    say(format!("已写入“{}”，{}份。填好以后用 review import 导入。", file.display(), rows.len()));
    Ok(())
}

/// Takes a filled-in table. Each row is an act of its own: what is sound is written, the rest is named.
pub(super) async fn import(database: &Database, file: &Path, by: Option<&str>) -> Result<(), CliError> {
    let sheets = workbook::read(NAME, &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
    let (table, mut faults) = table(&sheets);
    let now = SystemClock.now_ms();
    let mut desk = Desk {
        database,
        counting: database
            .counting(None)
            .await?
            .into_iter()
            .map(|one| (one.receipt.submission, one))
            .collect(),
        receipts: database.receipt_codes().await?.into_iter().collect(),
        rows: BTreeMap::new(),
        decisions: Vec::new(),
        unchanged: Vec::new(),
        now,
    };
    for line in table.lines() {
        desk.read(line, by, &mut faults).await?;
    }
    let Desk { counting, mut decisions, mut unchanged, .. } = desk;
    let mut faults = row_by_row::sound(&table, NAME, faults, &mut decisions, &mut unchanged)?;
    let overtaken =
        database.decide(&decisions.iter().map(|(_, one)| one.clone()).collect::<Vec<_>>()).await?;
    decisions.retain(|(line, decision)| {
        let is_written = !overtaken.contains(&decision.submission);
        if !is_written {
            line.fault(
                ID,
                "就在刚才，支部撤回了这份，或者别人审核了它",
                "重新导出审核表，看过以后再填",
                &mut faults,
            );
        }
        is_written
    });
    say(format!("写入{}份审核意见，没有变化{}份。", decisions.len(), unchanged.len()));
    let names = scope::names(&database.units().await?);
    for (word, state) in OPINIONS {
        let of_state = decisions.iter().filter(|(_, decision)| decision.review.state == state);
        let branches = of_state.filter_map(|(_, decision)| counting.get(&decision.submission));
        let named: Vec<&str> =
            branches.filter_map(|one| names.get(&one.branch)).map(String::as_str).collect();
        if !named.is_empty() {
            say(format!("{word}：{}。", named.join("、")));
        }
    }
    let today = shanghai_date(now);
    let overdue = |due: Option<Date>| due.is_some_and(|due| due < today);
    let overdue = decisions.iter().filter(|(_, decision)| overdue(decision.review.due)).count();
    if overdue > 0 {
        say(format!("提示：其中{overdue}份的截止日期已经过了，照实记作逾期。"));
    }
    row_by_row::end(faults)
}

/// The table that a file's sheets hold, and what is wrong with it as such.
pub(super) fn table(sheets: &[Sheet]) -> (Table, Faults) {
    let mut faults = Faults::default();
    let columns = headers(&COLUMNS);
    let template = "或者用 review export 重新导出审核表";
    let form =
        Form { name: NAME, columns: &columns, unknown: Unknown::Fault, may_end_early: false, template };
    (Table::pick(sheets, &form, &mut faults), faults)
}

/// What is read so far.
struct Desk<'a, 't> {
    database: &'a Database,
    counting: BTreeMap<SubmissionId, Counting>,
    /// 回执码 of every submission.
    receipts: BTreeMap<SubmissionId, String>,
    rows: BTreeMap<SubmissionId, Line<'t>>,
    decisions: Vec<(Line<'t>, Decision)>,
    unchanged: Vec<Line<'t>>,
    now: u64,
}

impl<'t> Desk<'_, 't> {
    async fn read(&mut self, line: Line<'t>, by: Option<&str>, faults: &mut Faults) -> Result<(), CliError> {
        if line.text(OPINION).is_empty() {
            for column in [REASON, ITEMS, DUE].into_iter().filter(|column| !line.text(column).is_empty()) {
                line.fault(column, "填了这一格，却没有选审核意见", "选上审核意见，或者清空这一格", faults);
            }
            return Ok(());
        }
        let opinion = line.word(OPINION, &OPINIONS, faults);
        let after = line.number_in(REVIEWS, 0_usize, 10_000, faults);
        let Some(id) = line.needed(ID, faults) else { return Ok(()) };
        let known = match id.parse::<SubmissionId>() {
            Ok(id) => self
                .database
                .reviews_of(id)
                .await?
                .zip(self.database.report(id).await?)
                .map(|known| (id, known)),
            Err(_) => None,
        };
        let Some((id, (reviews, report))) = known else {
            line.fault(ID, format!("没有{}这次上报", quoted(id)), "不要改这一列；重新导出审核表", faults);
            return Ok(());
        };
        if !self.is_one(line, id, &report.submission.branch, faults) {
            return Ok(());
        }
        if let Some(first) = self.rows.insert(id, line) {
            // Which of the two is meant nobody knows but the clerk.
            for (one, other) in [(first, line), (line, first)] {
                one.fault(ID, format!("和第{}行是同一次上报", other.number()), "只留一行", faults);
            }
            return Ok(());
        }
        let checklist = pinned(self.database, &report).await?;
        let items = items(line, &checklist, &report.submission.period, faults);
        let due = line.date(DUE, faults);
        let (Some(state), Some(after)) = (opinion, after) else { return Ok(()) };
        let reason = line.text(REASON).to_owned();
        let said = |written: &&Review| {
            (written.state, &written.reason, &written.items, written.due) == (state, &reason, &items, due)
        };
        if !faults.has_row(NAME, Some(line.number())) && reviews.get(after).filter(said).is_some() {
            self.unchanged.push(line);
            return Ok(());
        }
        if after > reviews.len() {
            // No table that went out said so.
            let problem = format!("和上报编号对不上：这份审过{}次", reviews.len());
            line.fault(REVIEWS, problem, WHOLE_ROWS, faults);
            return Ok(());
        }
        if after != reviews.len() {
            let problem = format!("导出这张表以后，这份又有了审核意见（现在是“{}”）", review_state(&reviews));
            line.fault(REVIEWS, problem, "重新导出审核表，看过以后再填", faults);
            return Ok(());
        }
        let Some(counting) = self.counting.get(&id) else {
            let problem = "导出这张表以后，支部撤回了这份，或者重新上报了";
            line.fault(ID, problem, "清空这一行的审核意见，或者重新导出审核表", faults);
            return Ok(());
        };
        let asks = matches!(state, ReviewState::Returned | ReviewState::Incomplete);
        if asks && line.text(REASON).is_empty() && line.text(ITEMS).is_empty() {
            let remedy = "写上原因，或者在“条目与原因”里写是哪一条、缺什么";
            line.fault(REASON, "退回没有写原因", remedy, faults);
        }
        let by = speaker(self.database, &counting.branch, by).await?;
        let review = Review { state, at: self.now, by, reason, items, due };
        self.decisions.push((line, Decision { submission: id, after, review }));
        Ok(())
    }

    /// Whether a row is of one submission in all its columns. Where only the others were sorted, the clerk has read another
    /// branch's line than the one that 上报编号 would give the opinion to.
    fn is_one(&self, line: Line<'_>, id: SubmissionId, branch: &BranchCode, faults: &mut Faults) -> bool {
        let receipt = self.receipts.get(&id).map(String::as_str).unwrap_or_default();
        let mut is_one = true;
        for (column, own) in [(RECEIPT, receipt), (BRANCH, branch.as_str())] {
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
}

/// 条目与原因, with what is unclear in it named.
fn items(line: Line<'_>, checklist: &Checklist, period: &PeriodId, faults: &mut Faults) -> Vec<ReviewItem> {
    review_items::read(line.text(ITEMS), checklist, period).unwrap_or_else(|unclear| {
        for one in unclear {
            let (problem, remedy) = one.told(checklist.items().count());
            line.fault(ITEMS, problem, &remedy, faults);
        }
        Vec::new()
    })
}
