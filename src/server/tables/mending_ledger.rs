//! The findings as a workbook: 整改台账 with the columns of the paper form, counted per item and per town. Rows follow the
//! roster's codes: nobody is ranked.

use crate::server::cli::{
    error::{CliError, must_be_new_workbook, write_new},
    findings::{Row, rows},
    text::say,
};
use crate::{
    domain::{BranchCode, Finding, FindingState, ItemId, period::shanghai_date},
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{clock::Clock as _, items::Items},
        tables::columns::Page,
    },
    sheets::write::Cell,
    words::{
        findings::{closed, done, returned, source},
        terms::finding_photos,
    },
};
use jiff::civil::Date;
use rust_xlsxwriter::{Workbook, XlsxError};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// How many branches an item's row names before it says how many there are.
const NAMED_BRANCHES: usize = 20;

/// Writes the workbook.
pub(crate) async fn export(
    database: &Database,
    output: &Path,
    under: Option<&str>,
    common: u32,
) -> Result<(), CliError> {
    must_be_new_workbook(output)?;
    let rows = rows(database, under).await?;
    let book = Book {
        rows: &rows,
        common: common_items(&rows, common),
        items: Items::read(database).await?,
        today: shanghai_date(SystemClock.now_ms()),
    };
    write_new(output, &book.write()?)?;
    let closed = rows.iter().filter(|row| row.finding.state == FindingState::Closed).count();
    say(format!(
        "已写入“{}”：{}个问题，已销号{closed}个。有{common}个以上支部存在问题的条目算共性问题，共{}条（--common 可以改）。",
        output.display(),
        rows.len(),
        book.common.len(),
    ));
    Ok(())
}

/// The items that so many branches have a finding about.
fn common_items(rows: &[Row], common: u32) -> BTreeSet<ItemId> {
    let mut branches: BTreeMap<&ItemId, BTreeSet<&BranchCode>> = BTreeMap::new();
    for row in rows {
        if let Some(item) = &row.finding.item {
            branches.entry(item).or_default().insert(&row.branch.code);
        }
    }
    let many = usize::try_from(common).unwrap_or(usize::MAX);
    branches.into_iter().filter(|(_, of)| of.len() >= many).map(|(item, _)| item.clone()).collect()
}

/// All that the workbook is made of.
struct Book<'a> {
    rows: &'a [Row],
    common: BTreeSet<ItemId>,
    items: Items,
    today: Date,
}

/// How many findings stand how.
#[derive(Default)]
struct Counts {
    branches: BTreeSet<BranchCode>,
    all: u32,
    common: u32,
    by_state: BTreeMap<FindingState, u32>,
    overdue: u32,
}

impl Counts {
    const COLUMNS: [(&'static str, f64); 10] = [
        ("存在问题的支部", 10.0),
        ("问题", 8.0),
        ("共性问题", 9.0),
        ("个性问题", 9.0),
        ("待整改", 8.0),
        ("整改中", 8.0),
        ("支部已整改", 11.0),
        ("退回", 8.0),
        ("已销号", 8.0),
        ("其中逾期", 9.0),
    ];

    fn add(&mut self, row: &Row, is_common: bool, today: Date) {
        self.branches.insert(row.branch.code.clone());
        self.all += 1;
        self.common += u32::from(is_common);
        *self.by_state.entry(row.finding.state).or_default() += 1;
        self.overdue += u32::from(row.finding.is_overdue(today));
    }

    fn numbers(&self) -> [u32; 10] {
        let of = |state| self.by_state.get(&state).copied().unwrap_or(0);
        let branches = u32::try_from(self.branches.len()).unwrap_or(u32::MAX);
        [
            branches,
            self.all,
            self.common,
            self.all.saturating_sub(self.common),
            of(FindingState::Open),
            of(FindingState::UnderWay),
            of(FindingState::Mended),
            of(FindingState::Returned),
            of(FindingState::Closed),
            self.overdue,
        ]
    }
}

impl Book<'_> {
    fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        self.ledger(&mut book)?;
        self.by_item(&mut book)?;
        self.by_town(&mut book)?;
        book.save_to_buffer()
    }

    fn is_common(&self, finding: &Finding) -> bool {
        finding.item.as_ref().is_some_and(|item| self.common.contains(item))
    }

    /// 整改台账
    fn ledger(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let columns = [
            ("序号", 6.0),
            ("上级党组织", 16.0),
            ("党组织", 18.0),
            ("条目", 10.0),
            ("问题来源", 16.0),
            ("存在问题", 36.0),
            ("整改措施", 30.0),
            ("责任人", 10.0),
            ("整改时限", 12.0),
            ("完成情况", 26.0),
            ("佐证", 16.0),
            ("销号（验收人、日期）", 20.0),
            ("备注", 20.0),
            ("类别", 8.0),
            ("支部编号", 15.0),
            ("编号", 11.0),
        ];
        let mut page = Page::under(book, "整改台账", &columns)?;
        for (number, row) in (1_u32..).zip(self.rows) {
            let finding = &row.finding;
            let texts = [
                row.above.clone(),
                row.branch.name.clone(),
                self.items.named(finding.item.as_ref(), &row.branch.sector),
                source(finding),
                finding.problem.clone(),
                finding.measure.clone(),
                finding.responsible.clone(),
                finding.due().map(|due| due.to_string()).unwrap_or_default(),
                done(finding, self.today),
                finding_photos(finding),
                closed(finding),
                returned(finding).into_iter().chain(row.gone.clone()).collect::<Vec<_>>().join("；"),
                if self.is_common(finding) { "共性" } else { "个性" }.to_owned(),
                row.branch.code.to_string(),
                row.number.clone(),
            ];
            let cells: Vec<Cell<'_>> =
                core::iter::once(number.into()).chain(texts.iter().map(Cell::from)).collect();
            page.whole_row(&cells)?;
        }
        Ok(())
    }

    /// Item by item, in the order of the checklists; what names no item comes last.
    fn by_item(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let mut columns = vec![("领域", 8.0), ("条目", 9.0), ("标题", 24.0), ("类别", 8.0)];
        columns.extend(Counts::COLUMNS);
        columns.push(("哪些支部", 60.0));
        let mut page = Page::under(book, "按条目", &columns)?;
        type Place = (usize, String);
        let mut counted: BTreeMap<Place, (Counts, &Row, BTreeSet<&str>)> = BTreeMap::new();
        for row in self.rows {
            let list = self.items.in_force(&row.branch.sector);
            let item = row.finding.item.as_ref();
            let number =
                item.map(|item| list.and_then(|list| list.find(item)).map_or(usize::MAX - 1, |(n, ..)| n));
            let name = item.map(|item| format!("{}/{item}", row.branch.sector)).unwrap_or_default();
            let entry = counted
                .entry((number.unwrap_or(usize::MAX), name))
                .or_insert_with(|| (Counts::default(), row, BTreeSet::new()));
            entry.0.add(row, self.is_common(&row.finding), self.today);
            entry.2.insert(&row.branch.name);
        }
        for (counts, row, names) in counted.into_values() {
            let list = self.items.in_force(&row.branch.sector);
            let item = row.finding.item.as_ref();
            let title = item.map_or("", |item| self.items.title(item, &row.branch.sector));
            let all = names.len();
            let mut named = names.into_iter().take(NAMED_BRANCHES).collect::<Vec<_>>().join("、");
            if all > NAMED_BRANCHES {
                named.push_str(&format!("等{all}个"));
            }
            let sector = if item.is_some() { list.map_or("", |list| &list.sector_name) } else { "" };
            let number = self.items.named(item, &row.branch.sector);
            let texts = [
                sector,
                if item.is_some() { &number } else { "不针对条目" },
                title,
                if self.is_common(&row.finding) { "共性" } else { "个性" },
            ];
            let counts = counts.numbers().map(Cell::from);
            let cells = texts.map(Cell::from).into_iter().chain(counts).chain([named.into()]);
            page.row(&cells.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Town by town, and all of them together.
    fn by_town(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let mut columns = vec![("上级党组织", 20.0)];
        columns.extend(Counts::COLUMNS);
        let mut page = Page::under(book, "按乡镇", &columns)?;
        let mut towns: BTreeMap<Option<&BranchCode>, (&str, Counts)> = BTreeMap::new();
        let mut total = Counts::default();
        for row in self.rows {
            let is_common = self.is_common(&row.finding);
            let town =
                towns.entry(row.branch.parent.as_ref()).or_insert_with(|| (&row.above, Counts::default()));
            town.1.add(row, is_common, self.today);
            total.add(row, is_common, self.today);
        }
        let lines = towns.into_values().chain([("合计", total)]);
        for (name, counts) in lines {
            let counts = counts.numbers().map(Cell::from);
            page.row(&core::iter::once(name.into()).chain(counts).collect::<Vec<_>>())?;
        }
        Ok(())
    }
}
