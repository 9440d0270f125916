//! 镇汇总表, the points item by item, and what is short, as a workbook.

use super::{
    columns::{Column, Page},
    judge::{held, standing as standing_above},
};
use crate::{
    domain::{
        AnswerKey, AnswerValue, Assessment, Checklist, ContentHash, Grading, Item, Part, Points,
        ProfileNumber, ScoreSheet, ValueAbove, WithAbove,
        scoring::{ItemScore, PartScore},
    },
    server::office::{
        judging,
        papers::Paper,
        results::{Report, Results},
        reviewing::Row,
        roster::Unit,
        scope::Gone,
    },
    sheets::write::{Cell, moment, number},
    words::{explain, terms, units},
};
use rust_xlsxwriter::{Workbook, XlsxError};
use std::collections::BTreeSet;

/// How many items 主要问题 names before it says how many there are.
const NAMED_PROBLEMS: usize = 5;

/// 镇汇总表 alone.
pub(crate) fn summary_of(results: &Results) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    Page::new(&mut book, "镇汇总表", &summary())?.rows(&summary(), lines(results))?;
    book.save_to_buffer()
}

/// The workbook of these results.
pub(crate) fn write(results: &Results) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let page = Page::new(&mut book, "镇汇总表", &summary())?;
    page.rows(&summary(), lines(results))?;
    let mut titles = BTreeSet::new();
    for (hash, list) in results.checklists() {
        let mut title = title(results, list);
        if !titles.insert(title.clone()) {
            title = format!("条目得分 {} {}", list.sector_name, hash.as_str().get(..6).unwrap_or_default());
        }
        item_points(&mut book, &title, results, hash, list)?;
    }
    let page = Page::new(&mut book, "扣分明细", &short())?;
    page.whole_rows(&short(), shortfalls(results))?;
    let page = Page::new(&mut book, "与台账不同", &differing())?;
    page.whole_rows(&differing(), against_ledger(results))?;
    // No sheet where nothing was given.
    if results.given.values().any(|given| !given.is_empty()) {
        let page = Page::new(&mut book, "上级评", &judged())?;
        page.whole_rows(&judged(), all_judged(results))?;
    }
    book.save_to_buffer()
}

/// The sheet of a checklist; where a sector stands under two versions, with the version.
fn title(results: &Results, list: &Checklist) -> String {
    let of_sector = results.checklists().filter(|(_, other)| other.sector == list.sector);
    let plain = format!("条目得分 {}", list.sector_name);
    if of_sector.count() < 2 {
        return plain;
    }
    // What Excel takes as a sheet's name.
    let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    let version: String = list.version.chars().filter(allowed).take(10).collect();
    format!("{plain} {version}")
}

/// One row a branch, one column an item.
fn item_points(
    book: &mut Workbook,
    title: &str,
    results: &Results,
    hash: &ContentHash,
    list: &Checklist,
) -> Result<(), XlsxError> {
    let mut columns =
        vec![("编号".to_owned(), 15.0), ("党组织".to_owned(), 20.0), ("自评得分".to_owned(), 9.0)];
    columns.extend(list.items().enumerate().map(|(index, (_, item))| {
        let worth = if item.only_takes() { "倒扣".into() } else { format!("{}分", item.points()) };
        (format!("第{}条 {}（{worth}）", index + 1, item.title), 12.0)
    }));
    let mut page = Page::under(book, title, &columns)?;
    page.keep_in_sight(2)?;
    for branch in results.under(hash) {
        let mut cells: Vec<Cell<'_>> = vec![branch.code.as_str().into(), (&branch.name).into()];
        match results.reports.get(&branch.code) {
            None => cells.push("未上报".into()),
            Some(report) => {
                cells.push(report.sheet.total().into());
                cells.extend(report.sheet.items().map(|score| {
                    let instead = terms::aside(score.state, "上级");
                    // What is taken from the total stands as what it is: less than nothing.
                    let points = || Cell::Number(number(score.got) - number(score.taken));
                    instead.map_or_else(points, Cell::from)
                }));
            }
        }
        page.row(&cells)?;
    }
    Ok(())
}

/// An item of a branch.
struct At<'a> {
    list: &'a Checklist,
    /// 第几条, from 1.
    number: usize,
    item: &'a Item,
    branch: &'a Unit,
    above: &'a str,
}

impl<'a> At<'a> {
    fn new(
        results: &'a Results,
        list: &'a Checklist,
        index: usize,
        item: &'a Item,
        branch: &'a Unit,
    ) -> Self {
        let above = results.above.get(&branch.code).map_or("", String::as_str);
        Self { list, number: index + 1, item, branch, above }
    }
}

/// A row about an item of a branch begins and ends alike, whatever is said of it.
trait IsAt {
    fn at(&self) -> &At<'_>;
}

fn sector<R: IsAt>() -> Column<R> {
    Column::shown("领域", 8.0, |row| (&row.at().list.sector_name).into())
}

fn numbered<R: IsAt>() -> Column<R> {
    Column::shown("条目", 9.0, |row| format!("第{}条", row.at().number).into())
}

fn content<R: IsAt>() -> Column<R> {
    Column::shown("内容", 24.0, |row| (&row.at().item.title).into())
}

fn branch<R: IsAt>() -> Column<R> {
    Column::shown("党组织", 20.0, |row| (&row.at().branch.name).into())
}

fn above<R: IsAt>() -> Column<R> {
    Column::shown("上级党组织", 18.0, |row| row.at().above.into())
}

fn code<R: IsAt>() -> Column<R> {
    Column::shown("编号", 15.0, |row| row.at().branch.code.as_str().into())
}

fn version<R: IsAt>() -> Column<R> {
    Column::shown("标准版本", 10.0, |row| (&row.at().list.version).into())
}

/// What a branch is short of in an item.
struct Short<'a> {
    at: At<'a>,
    score: &'a ItemScore,
    /// In the branch's own figures.
    why: String,
    note: &'a str,
}

impl IsAt for Short<'_> {
    fn at(&self) -> &At<'_> {
        &self.at
    }
}

/// 扣分明细
fn short<'a>() -> [Column<Short<'a>>; 11] {
    [
        sector(),
        numbered(),
        content(),
        branch(),
        Column::shown("得分", 8.0, |row| row.score.got.into()),
        Column::shown("满分", 8.0, |row| row.score.points.into()),
        Column::shown("情况", 40.0, |row| (&row.why).into()),
        Column::shown("自评纪实", 32.0, |row| row.note.into()),
        above(),
        code(),
        version(),
    ]
}

/// Item by item, every branch that is short of it, with its own figures and note.
fn shortfalls(results: &Results) -> impl Iterator<Item = Short<'_>> {
    let lists =
        results.checklists().filter_map(|(hash, list)| Some((hash, list, list.period(&results.period)?)));
    let items = lists.flat_map(|(hash, list, period)| {
        list.items().enumerate().map(move |(index, (_, item))| (hash, list, period, index, item))
    });
    items.flat_map(move |(hash, list, period, index, item)| {
        results.under(hash).filter_map(move |branch| {
            let report = results.reports.get(&branch.code)?;
            let score = report.sheet.items().nth(index)?;
            if !score.state.counts() || score.lost() == Points::ZERO {
                return None;
            }
            let key = AnswerKey::Note { item: item.id.clone() };
            let note = report.submission.answers.iter().find(|entry| entry.key == key);
            let note = match note.map(|entry| &entry.value) {
                Some(AnswerValue::Text { text }) => text.as_str(),
                _ => "",
            };
            let why = explain::short(item, score, period);
            Some(Short { at: At::new(results, list, index, item, branch), score, why, note })
        })
    })
}

/// What a branch answered otherwise than its own ledger counts.
struct Differing<'a> {
    at: At<'a>,
    part: &'a Part,
    score: &'a PartScore,
    reason: String,
}

impl IsAt for Differing<'_> {
    fn at(&self) -> &At<'_> {
        &self.at
    }
}

/// 与台账不同
fn differing<'a>() -> [Column<Differing<'a>>; 11] {
    [
        sector(),
        numbered(),
        content(),
        Column::shown("分项", 30.0, |row| (&row.part.text).into()),
        branch(),
        Column::shown("得分", 8.0, |row| row.score.got.into()),
        Column::shown("满分", 8.0, |row| row.score.points.into()),
        Column::shown("为什么和台账不一样", 40.0, |row| (&row.reason).into()),
        above(),
        code(),
        version(),
    ]
}

/// Where a branch answered otherwise than its own ledger counts, with its reason: what to look at first on site.
fn against_ledger(results: &Results) -> impl Iterator<Item = Differing<'_>> {
    let known = results.branches.iter().filter_map(|branch| {
        Some((branch, results.reports.get(&branch.code)?, results.checklist(&branch.code)?))
    });
    known.flat_map(move |(branch, report, list)| {
        let said = Assessment::new(report.submission.answers.iter().cloned(), None);
        let mut rows = Vec::new();
        for (index, ((_, item), score)) in list.items().zip(report.sheet.items()).enumerate() {
            for (part, score) in item.parts.iter().zip(&score.parts) {
                let key = AnswerKey::Part { item: item.id.clone(), part: part.id.clone() };
                if let Some(AnswerValue::Part { answer: Some(_), reason, .. }) =
                    said.current(&key).map(|entry| &entry.value)
                    && !reason.is_empty()
                {
                    let at = At::new(results, list, index, item, branch);
                    rows.push(Differing { at, part, score, reason: reason.clone() });
                }
            }
        }
        rows
    })
}

/// What the upper level gave for an item.
struct Judged<'a> {
    at: At<'a>,
    row: judging::Row<'a>,
    /// The last value, which counts as long as the item is the same.
    last: &'a ValueAbove,
}

impl IsAt for Judged<'_> {
    fn at(&self) -> &At<'_> {
        &self.at
    }
}

/// 上级评
fn judged<'a>() -> [Column<Judged<'a>>; 13] {
    [
        sector(),
        numbered(),
        content(),
        branch(),
        Column::shown("得分", 16.0, |row| match row.row.counting() {
            Some(value) => value.points.into(),
            None => standing_above(&row.row).into(),
        }),
        Column::shown("满分", 8.0, |row| row.row.asked.most().into()),
        Column::shown("成立的限制", 36.0, |row| {
            row.row.counting().map(|value| held(row.at.item, &value.holds)).into()
        }),
        Column::shown("说明", 32.0, |row| (&row.last.reason).into()),
        Column::shown("谁评的", 18.0, |row| (&row.last.by).into()),
        Column::shown("什么时候", 17.0, |row| moment(row.last.at).into()),
        Column::shown("改过几次", 9.0, |row| Cell::count(row.row.given.len().saturating_sub(1))),
        code(),
        version(),
    ]
}

/// Every value that counts, with who gave it and when.
fn all_judged(results: &Results) -> impl Iterator<Item = Judged<'_>> {
    judging::rows(results).filter_map(|row| {
        let (last, list) = (row.given.last().copied()?, results.checklist(&row.branch.code)?);
        let at = At::new(results, list, row.asked.number - 1, row.asked.item, row.branch);
        Some(Judged { at, row, last })
    })
}

/// A branch in 镇汇总表.
struct Line<'a> {
    number: usize,
    branch: &'a Unit,
    /// What it reported.
    known: Option<&'a Row>,
    /// What that says.
    report: Option<&'a Report>,
    /// What it handed in on paper.
    paper: Option<&'a Paper>,
    list: Option<&'a Checklist>,
    above: &'a str,
    gone: Option<&'a Gone>,
    /// Beside its own score, never in its place.
    whole: Option<WithAbove>,
}

/// A row a branch.
fn lines(results: &Results) -> impl Iterator<Item = Line<'_>> {
    results.branches.iter().enumerate().map(|(index, branch)| Line {
        number: index + 1,
        branch,
        known: results.reported.get(&branch.code),
        report: results.reports.get(&branch.code),
        paper: results.papers.get(&branch.code),
        list: results.checklist(&branch.code),
        above: results.above.get(&branch.code).map_or("", String::as_str),
        gone: results.gone.get(&branch.code),
        whole: results.with_above(&branch.code),
    })
}

/// 镇汇总表. What nobody has said yet stays blank.
fn summary<'a>() -> [Column<Line<'a>>; 18] {
    [
        Column::shown("序号", 6.0, |line| Cell::count(line.number)),
        Column::shown("党组织", 20.0, |line| (&line.branch.name).into()),
        Column::shown("书记", 10.0, |line| {
            line.report.map(|report| &report.submission.declaration.secretary).into()
        }),
        Column::shown("党员数", 8.0, |line| line.report.and_then(members).into()),
        Column::shown("自评得分", 9.0, |line| {
            line.report.map(|report| report.sheet.total()).or(on_paper(line).map(|(score, _)| score)).into()
        }),
        Column::shown("申报等次", 9.0, |line| match line.known {
            Some(known) => (&known.claimed).into(),
            None => on_paper(line).map(|(_, claimed)| claimed).into(),
        }),
        Column::shown("考评得分", 9.0, |_| Cell::BLANK),
        Column::shown("拟定等次", 9.0, |_| Cell::BLANK),
        Column::shown("主要问题", 48.0, |line| {
            line.report.zip(line.list).map(|(report, list)| problems(list, &report.sheet)).into()
        }),
        Column::shown("上报情况", 14.0, |line| standing(line).into()),
        Column::shown("上级党组织", 18.0, |line| line.above.into()),
        Column::shown("编号", 15.0, |line| line.branch.code.as_str().into()),
        Column::shown("标准版本", 10.0, |line| line.list.map(|list| &list.version).into()),
        Column::shown("标准总分", 9.0, |line| line.list.map(|list| list.full).into()),
        Column::shown("上级评的得分", 11.0, |line| line.whole.as_ref().map(|whole| whole.got).into()),
        Column::shown("上级评的满分", 11.0, |line| line.whole.as_ref().map(|whole| whole.of).into()),
        Column::shown("加上级评的合计", 12.0, |line| {
            line.whole.as_ref().map(|whole| whole.sheet.total()).into()
        }),
        Column::shown("上级还没评的", 16.0, |line| line.whole.as_ref().map(missing).into()),
    ]
}

fn members(report: &Report) -> Option<u32> {
    let assessment = Assessment::new(report.submission.answers.iter().cloned(), None);
    Some(assessment.profile()?.number(ProfileNumber::AllMembers))
}

/// 自评得分 and 申报等次 of a branch that handed in paper alone.
fn on_paper(line: &Line<'_>) -> Option<(Points, String)> {
    let (score, claimed) = line.paper.filter(|_| line.known.is_none())?.said?;
    let usual = Grading::default();
    let grading = line.list.map_or(&usual, |list| &list.grading);
    Some((score, terms::grade(grading, claimed.into()).to_owned()))
}

/// 上报情况
fn standing(line: &Line<'_>) -> String {
    let mut standing = match (line.known, line.paper) {
        (Some(known), None) => terms::review(known.state()).to_owned(),
        (Some(known), Some(_)) => format!("{}，另有纸质", terms::review(known.state())),
        (None, Some(_)) => "纸质".to_owned(),
        (None, None) => "未上报".to_owned(),
    };
    if line.known.is_some_and(|known| known.counting.receipt.late) {
        standing.push_str("，迟报");
    }
    if let Some(gone) = line.gone {
        standing.push('，');
        standing.push_str(&units::gone(gone.on, gone.into.as_deref()));
    }
    standing
}

/// The items that the upper level has not judged yet.
fn missing(whole: &WithAbove) -> String {
    whole.missing.iter().map(|number| format!("第{number}条")).collect::<Vec<_>>().join("、")
}

/// 主要问题: the items that lost most by the branch's own account, in their order, and how many lost anything.
fn problems(list: &Checklist, sheet: &ScoreSheet) -> String {
    let short = list.items().zip(sheet.items()).enumerate().filter_map(|(index, ((_, item), score))| {
        let lost = score.lost();
        (score.state.counts() && lost > Points::ZERO).then_some((index + 1, &item.title, lost))
    });
    let mut short: Vec<(usize, &String, Points)> = short.collect();
    let all = short.len();
    short.sort_by_key(|(number, _, lost)| (core::cmp::Reverse(*lost), *number));
    short.truncate(NAMED_PROBLEMS);
    short.sort_by_key(|(number, ..)| *number);
    let named: Vec<String> =
        short.iter().map(|(number, title, lost)| format!("第{number}条{title}（扣{lost}分）")).collect();
    let more = if all > NAMED_PROBLEMS { format!("等{all}条") } else { String::new() };
    format!("{}{more}", named.join("；"))
}
