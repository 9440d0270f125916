//! 整改台账 as a workbook: the findings with the columns of the paper form, and counted per item and per town. Rows follow the
//! roster's codes: nobody is ranked.

use super::columns::{Column, Page};
use crate::{
    domain::{BranchCode, FindingId, FindingState, ItemId},
    server::office::mending::{
        Row,
        counts::{Common, Counts, OfItem, by_item, by_town},
        items::Items,
        kinds::{Kind, Sort},
    },
    sheets::write::Cell,
    words::{
        findings::{closed, done, item, returned, source},
        terms::finding_photos,
        units,
    },
};
use jiff::civil::Date;
use rust_xlsxwriter::{Workbook, XlsxError};
use std::{collections::BTreeMap, io::Write};

/// How many branches an item's row names before it says how many there are.
const NAMED_BRANCHES: usize = 20;

/// All that the workbook is made of.
pub(crate) struct Book<'a> {
    /// The findings.
    pub(crate) rows: &'a [Row],
    /// The items that many branches have one about.
    pub(crate) common: &'a Common,
    /// Of which kind somebody has found them to be.
    pub(crate) kinds: &'a BTreeMap<(BranchCode, FindingId), Kind>,
    /// What they are about.
    pub(crate) items: &'a Items,
    /// The day on which they stand as they are told.
    pub(crate) today: Date,
}

/// Of what nobody has said whether it is 共性 or 个性.
const UNSORTED: &str = "未归类";

/// How many findings stand how: a column with its width in characters.
type Count = (&'static str, f64, fn(&Counts) -> u32);

const COUNTS: [Count; 11] = [
    ("存在问题的支部", 10.0, Counts::branches),
    ("问题", 8.0, |counts| counts.all),
    ("共性问题", 9.0, |counts| counts.common),
    ("个性问题", 9.0, |counts| counts.individual),
    (UNSORTED, 9.0, Counts::unsorted),
    ("待整改", 8.0, |counts| counts.of(FindingState::Open)),
    ("整改中", 8.0, |counts| counts.of(FindingState::UnderWay)),
    ("支部已整改", 11.0, |counts| counts.of(FindingState::Mended)),
    ("退回", 8.0, |counts| counts.of(FindingState::Returned)),
    ("已销号", 8.0, |counts| counts.of(FindingState::Closed)),
    ("其中逾期", 9.0, |counts| counts.overdue),
];

/// A line of the ledger.
struct Line<'a> {
    number: usize,
    row: &'a Row,
    book: &'a Book<'a>,
}

fn ledger<'a>() -> [Column<Line<'a>>; 16] {
    [
        Column::shown("序号", 6.0, |line| Cell::count(line.number)),
        Column::shown("上级党组织", 16.0, |line| (&line.row.above).into()),
        Column::shown("党组织", 18.0, |line| (&line.row.branch.name).into()),
        Column::shown("条目", 10.0, |line| {
            named(line.book.items, &line.row.branch.sector, line.row.finding.item.as_ref()).into()
        }),
        Column::shown("问题来源", 16.0, |line| source(&line.row.finding).into()),
        Column::shown("存在问题", 36.0, |line| (&line.row.finding.problem).into()),
        Column::shown("整改措施", 30.0, |line| (&line.row.finding.measure).into()),
        Column::shown("责任人", 10.0, |line| (&line.row.finding.responsible).into()),
        Column::shown("整改时限", 12.0, |line| line.row.finding.due().map(|due| due.to_string()).into()),
        Column::shown("完成情况", 26.0, |line| done(&line.row.finding, line.book.today).into()),
        Column::shown("佐证", 16.0, |line| finding_photos(&line.row.finding).into()),
        Column::shown("销号（验收人、日期）", 20.0, |line| closed(&line.row.finding).into()),
        Column::shown("备注", 20.0, |line| {
            let gone = line.row.gone.as_ref().map(|gone| units::gone(gone.on, gone.into.as_deref()));
            returned(&line.row.finding).into_iter().chain(gone).collect::<Vec<_>>().join("；").into()
        }),
        Column::shown("类别", 14.0, |line| line.book.kind_of(line.row).into()),
        Column::shown("支部编号", 15.0, |line| line.row.branch.code.as_str().into()),
        Column::shown("编号", 11.0, |line| (&line.row.number).into()),
    ]
}

/// 第17条 of the checklist in force; 原第7条“党务公开” where only an earlier version has the item; the bare id where none has; empty
/// where no item is named.
pub(crate) fn named(items: &Items, sector: &str, id: Option<&ItemId>) -> String {
    let Some(id) = id else { return String::new() };
    let Some(known) = items.find(sector, id) else { return id.to_string() };
    item(known.number, known.is_of_old.then_some(known.item.title.as_str()))
}

/// The same with its title: 第29条 党小组会.
pub(crate) fn titled(items: &Items, sector: &str, id: Option<&ItemId>) -> String {
    let name = named(items, sector, id);
    match id.and_then(|id| items.find(sector, id)) {
        Some(known) if !known.is_of_old => format!("{name} {}", known.item.title),
        _ => name,
    }
}

/// 共性 or 个性.
pub(crate) fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Common => "共性",
        Sort::Individual => "个性",
    }
}

impl Book<'_> {
    /// Writes the workbook.
    pub(crate) fn save(&self, to: impl Write + Send) -> Result<(), XlsxError> {
        let mut book = Workbook::new();
        let mut page = Page::long(&mut book, "整改台账", &ledger())?;
        for (number, row) in (1..).zip(self.rows) {
            page.add_whole(&ledger(), &Line { number, row, book: self })?;
        }
        page.end(&mut book);
        self.by_item(&mut book)?;
        self.by_town(&mut book)?;
        book.save_to_writer(to)
    }

    fn given(&self, row: &Row) -> Option<&Kind> {
        self.kinds.get(&(row.branch.code.clone(), row.finding.id))
    }

    /// The kind that somebody has said; else what the count suggests.
    fn kind_of(&self, row: &Row) -> String {
        match self.given(row) {
            Some(kind) => format!("{}：{}", sort(kind.sort), kind.name),
            None => self.sort_of(row).map_or(UNSORTED, sort).into(),
        }
    }

    /// As somebody has said; else what is found at many branches is 共性, and of the rest nothing is known.
    fn sort_of(&self, row: &Row) -> Option<Sort> {
        let suggested = || self.common.has(&row.finding).then_some(Sort::Common);
        self.given(row).map(|kind| kind.sort).or_else(suggested)
    }

    /// All that the problems about an item are.
    fn sorts(counts: &Counts) -> String {
        let all = [("共性", counts.common), ("个性", counts.individual), (UNSORTED, counts.unsorted())];
        let there = all.iter().filter(|(_, count)| *count > 0).map(|(name, _)| *name);
        there.collect::<Vec<_>>().join("、")
    }

    fn by_item(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let mut columns = vec![("领域", 8.0), ("条目", 9.0), ("标题", 24.0), ("类别", 8.0)];
        columns.extend(COUNTS.map(|(title, width, _)| (title, width)));
        columns.push(("哪些支部", 60.0));
        let mut page = Page::under(book, "按条目", &columns)?;
        for OfItem { first, counts, names } in
            by_item(self.rows, &|row| self.sort_of(row), self.items, self.today)
        {
            let (sector, id) = (first.branch.sector.as_str(), first.finding.item.as_ref());
            let list = id.and_then(|_| self.items.in_force(sector));
            let title = id.and_then(|id| self.items.find(sector, id)).map(|known| &known.item.title);
            let number = id.map_or_else(|| "不针对条目".into(), |_| named(self.items, sector, id));
            let all = names.len();
            let mut named = names.into_iter().take(NAMED_BRANCHES).collect::<Vec<_>>().join("、");
            if all > NAMED_BRANCHES {
                named.push_str(&format!("等{all}个"));
            }
            let of_item: [Cell<'_>; 4] = [
                list.map(|list| &list.sector_name).into(),
                number.into(),
                title.into(),
                Self::sorts(&counts).into(),
            ];
            let counts = COUNTS.map(|(.., count)| count(&counts).into());
            page.row(&of_item.into_iter().chain(counts).chain([named.into()]).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Town by town, and all of them together.
    fn by_town(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let mut columns = vec![("上级党组织", 20.0)];
        columns.extend(COUNTS.map(|(title, width, _)| (title, width)));
        let mut page = Page::under(book, "按乡镇", &columns)?;
        let (towns, total) = by_town(self.rows, &|row| self.sort_of(row), self.today);
        for (name, counts) in towns.into_iter().chain([("合计", total)]) {
            let counts = COUNTS.map(|(.., count)| count(&counts).into());
            page.row(&core::iter::once(name.into()).chain(counts).collect::<Vec<_>>())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::item_id;

    #[test]
    fn an_item_that_no_version_has_is_named_by_its_id() {
        let items = Items::default();
        assert_eq!(named(&items, "rural", Some(&item_id("NC-X9"))), "NC-X9");
        assert_eq!(named(&items, "rural", None), "");
    }
}
