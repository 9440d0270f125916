//! 镇汇总表, the points item by item, and what is short, as a workbook.

use super::{
    columns::{Column, Page},
    judge::{held, standing as standing_above},
};
use crate::{
    domain::{
        AnswerKey, AnswerValue, Assessment, Checklist, Grading, Item, Part, Points, ProfileNumber,
        ScoreSheet, ValueAbove, WithAbove, scoring::PartScore,
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
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

/// How many items 主要问题 names before it says how many there are.
const NAMED_PROBLEMS: usize = 5;

/// The workbook of results, which is told branch by branch what was reported.
pub(crate) struct Book<'r> {
    results: &'r Results,
    book: Workbook,
    summary: Page<Worksheet>,
    number: usize,
    /// Of each checklist, in their order.
    items: Vec<Page<Worksheet>>,
    /// 扣分明细 goes item by item, so it is kept until all are told: by the places of checklist and item.
    short: BTreeMap<(usize, usize), Vec<Shortfall<'r>>>,
    /// Without it, 镇汇总表 stands alone.
    differing: Option<Page<Worksheet>>,
}

impl<'r> Book<'r> {
    /// 镇汇总表 alone, with the headers alone.
    pub(crate) fn summary(results: &'r Results) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        let summary = Page::long(&mut book, "镇汇总表", &summary())?;
        let (items, short) = (Vec::new(), BTreeMap::new());
        Ok(Self { results, book, summary, number: 0, items, short, differing: None })
    }

    /// All sheets, with the headers alone.
    pub(crate) fn whole(results: &'r Results) -> Result<Self, XlsxError> {
        let mut whole = Self::summary(results)?;
        let mut titles = BTreeSet::new();
        for (hash, list) in results.checklists() {
            let mut title = title(results, list);
            if !titles.insert(title.clone()) {
                title =
                    format!("条目得分 {} {}", list.sector_name, hash.as_str().get(..6).unwrap_or_default());
            }
            whole.items.push(item_points(&mut whole.book, &title, list)?);
        }
        whole.differing = Some(Page::long(&mut whole.book, "与台账不同", &differing())?);
        Ok(whole)
    }

    /// The next branch, and what it reported if it has.
    pub(crate) fn add(&mut self, branch: &'r Unit, report: Option<&Report>) -> Result<(), XlsxError> {
        self.number += 1;
        let results = self.results;
        self.summary.add(&summary(), &Line::of(results, self.number, branch, report))?;
        let Some(in_detail) = &mut self.differing else { return Ok(()) };
        let list = results.checklist(&branch.code).zip(results.place(&branch.code));
        let Some((list, place)) = list else { return Ok(()) };
        if let Some(page) = self.items.get_mut(place) {
            page.row(&points_of(branch, report))?;
        }
        let Some(report) = report else { return Ok(()) };
        for (item, shortfall) in shortfalls(results, list, branch, report) {
            self.short.entry((place, item)).or_default().push(shortfall);
        }
        for row in against_ledger(results, list, branch, report) {
            in_detail.add_whole(&differing(), &row)?;
        }
        Ok(())
    }

    /// Writes it, when all branches are told.
    pub(crate) fn save(self, to: impl Write + Send) -> Result<(), XlsxError> {
        let Self { results, mut book, summary, items, short: shortfalls, differing, .. } = self;
        summary.end(&mut book);
        let Some(differing) = differing else { return book.save_to_writer(to) };
        items.into_iter().for_each(|page| page.end(&mut book));
        let mut page = Page::long(&mut book, "扣分明细", &short())?;
        let lists: Vec<&Checklist> = results.checklists().map(|(_, list)| list).collect();
        for ((place, index), of_item) in &shortfalls {
            let item = lists.get(*place).and_then(|list| Some((list, list.items().nth(*index)?.1)));
            let Some((list, item)) = item else { continue };
            for shortfall in of_item {
                let at = At::new(results, list, *index, item, shortfall.branch);
                page.add_whole(&short(), &Short { at, shortfall })?;
            }
        }
        page.end(&mut book);
        differing.end(&mut book);
        // No sheet where nothing was given.
        if results.given.values().any(|given| !given.is_empty()) {
            let mut page = Page::long(&mut book, "上级评", &judged())?;
            all_judged(results).try_for_each(|row| page.add_whole(&judged(), &row))?;
            page.end(&mut book);
        }
        book.save_to_writer(to)
    }
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
fn item_points(book: &mut Workbook, title: &str, list: &Checklist) -> Result<Page<Worksheet>, XlsxError> {
    let mut columns =
        vec![("编号".to_owned(), 15.0), ("党组织".to_owned(), 20.0), ("自评得分".to_owned(), 9.0)];
    columns.extend(list.items().enumerate().map(|(index, (_, item))| {
        let worth = if item.only_takes() { "倒扣".into() } else { format!("{}分", item.points()) };
        (format!("第{}条 {}（{worth}）", index + 1, item.title), 12.0)
    }));
    let mut page = Page::long_under(book, title, &columns)?;
    page.keep_in_sight(2)?;
    Ok(page)
}

/// What a branch has item by item.
fn points_of<'a>(branch: &'a Unit, report: Option<&Report>) -> Vec<Cell<'a>> {
    let mut cells: Vec<Cell<'_>> = vec![branch.code.as_str().into(), (&branch.name).into()];
    match report {
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
    cells
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
struct Shortfall<'r> {
    branch: &'r Unit,
    got: Points,
    of: Points,
    /// In the branch's own figures.
    why: String,
    note: String,
}

/// The same, said of the item.
struct Short<'a> {
    at: At<'a>,
    shortfall: &'a Shortfall<'a>,
}

impl IsAt for Short<'_> {
    fn at(&self) -> &At<'_> {
        &self.at
    }
}

/// 扣分明细: item by item, every branch that is short of it, with its own figures and note.
fn short<'a>() -> [Column<Short<'a>>; 11] {
    [
        sector(),
        numbered(),
        content(),
        branch(),
        Column::shown("得分", 8.0, |row| row.shortfall.got.into()),
        Column::shown("满分", 8.0, |row| row.shortfall.of.into()),
        Column::shown("情况", 40.0, |row| (&row.shortfall.why).into()),
        Column::shown("自评纪实", 32.0, |row| (&row.shortfall.note).into()),
        above(),
        code(),
        version(),
    ]
}

/// What a branch is short of, with the places of the items.
fn shortfalls<'r>(
    results: &Results,
    list: &Checklist,
    branch: &'r Unit,
    report: &Report,
) -> Vec<(usize, Shortfall<'r>)> {
    let Some(period) = list.period(&results.period) else { return Vec::new() };
    let short =
        list.items().zip(report.sheet.items()).enumerate().filter_map(|(index, ((_, item), score))| {
            if !score.state.counts() || score.lost() == Points::ZERO {
                return None;
            }
            let key = AnswerKey::Note { item: item.id.clone() };
            let note = report.submission.answers.iter().find(|entry| entry.key == key);
            let note = match note.map(|entry| &entry.value) {
                Some(AnswerValue::Text { text }) => text.clone(),
                _ => String::new(),
            };
            let why = explain::short(item, score, period);
            Some((index, Shortfall { branch, got: score.got, of: score.points, why, note }))
        });
    short.collect()
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
fn against_ledger<'a>(
    results: &'a Results,
    list: &'a Checklist,
    branch: &'a Unit,
    report: &'a Report,
) -> Vec<Differing<'a>> {
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

impl<'a> Line<'a> {
    fn of(results: &'a Results, number: usize, branch: &'a Unit, report: Option<&'a Report>) -> Self {
        Self {
            number,
            branch,
            known: results.reported.get(&branch.code),
            report,
            paper: results.papers.get(&branch.code),
            list: results.checklist(&branch.code),
            above: results.above.get(&branch.code).map_or("", String::as_str),
            gone: results.gone.get(&branch.code),
            whole: report.and_then(|report| results.with_above(&branch.code, report)),
        }
    }
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
