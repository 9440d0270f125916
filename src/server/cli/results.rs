//! `results export`: the township's table, the points item by item, and what is short. Rows follow the roster's codes, never
//! the scores: nobody is ranked.

use super::{
    error::{CliError, must_be_new_workbook, write_new},
    judge::{held, rows as rows_above},
    review::{PeriodIdArg, Row, pinned, rows},
    text::{moment, review_state, say},
    units,
};
use crate::server::office::scope::{self, Trees};
use crate::{
    domain::{
        AnswerKey, AnswerValue, Assessment, BranchCode, Checklist, ContentHash, PeriodId, Points,
        ProfileNumber, ScoreSheet, SectorId, ValueAbove, WithAbove, sector::SECTORS, with_above,
    },
    server::{
        database::{Database, Unit},
        tables::columns::{Column, Page},
    },
    sheets::write::{Cell, number},
    words::{explain, terms},
};
use rust_xlsxwriter::{Workbook, XlsxError};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// How many items 主要问题 names before it says how many there are.
const NAMED_PROBLEMS: usize = 5;

#[derive(clap::Subcommand)]
pub(super) enum Results {
    #[command(about = "导出一个考核周期的镇汇总表、条目得分和扣分明细（xlsx）")]
    Export {
        #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
        period: PeriodIdArg,
        #[arg(long, value_name = "UNIT", help = "只要这个党组织下面的（编号或全称）")]
        under: Option<String>,
        #[arg(short, long, value_name = "FILE", help = "写到哪个新文件")]
        output: PathBuf,
    },
}

/// All that the workbook is made of.
pub(super) struct Book {
    /// The period.
    pub(super) period: PeriodId,
    /// In the order of codes.
    pub(super) branches: Vec<Unit>,
    /// The name of whom each reports to.
    pub(super) above: BTreeMap<BranchCode, String>,
    reported: BTreeMap<BranchCode, Row>,
    /// 由上级评: what was given for the period, oldest first.
    pub(super) given: BTreeMap<BranchCode, Vec<ValueAbove>>,
    /// Branches that have ended since, each with how: 2026-11-15撤销.
    gone: BTreeMap<BranchCode, String>,
    /// What is in use: by what was submitted, and by what is published for branches that have not reported.
    checklists: BTreeMap<ContentHash, Checklist>,
    /// The same in the order in which their sheets stand: the standard's, and of one sector the version in force last.
    order: Vec<ContentHash>,
    /// Which checklist a branch stands under.
    stands_under: BTreeMap<BranchCode, ContentHash>,
}

impl Results {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let Self::Export { period, under, output } = self;
        must_be_new_workbook(&output)?;
        let book = Book::collect(database, &period, under.as_deref()).await?;
        write_new(&output, &book.write()?)?;
        say(format!(
            "已写入“{}”：{}个支部，已上报{}个，未上报{}个。",
            output.display(),
            book.branches.len(),
            book.reported.len(),
            book.branches.len() - book.reported.len()
        ));
        Ok(())
    }
}

impl Book {
    /// Of the branches below a unit, or all, in a period.
    pub(super) async fn collect(
        database: &Database,
        period: &PeriodIdArg,
        under: Option<&str>,
    ) -> Result<Self, CliError> {
        let root = scope::above(&database.tree().await?, under)?;
        let mut trees = Trees::new(database);
        let frozen = trees.of(&period.0).await?;
        let tree = &frozen.tree;
        let mut checklists = BTreeMap::new();
        let mut by_sector = BTreeMap::new();
        let mut periods = BTreeSet::new();
        let mut in_force = Vec::new();
        if let Some(published) = database.version_in_force().await? {
            for (one, list) in
                published.summary.checklists.into_parts().0.into_iter().zip(published.checklists)
            {
                periods.extend(list.periods.iter().map(|period| period.id.clone()));
                in_force.push((one.sector.clone(), one.hash.clone()));
                by_sector.insert(one.sector, one.hash.clone());
                checklists.insert(one.hash, list);
            }
        }
        let rows = rows(database, Some(period), under).await?;
        if rows.is_empty() && !periods.contains(&period.0) {
            return Err(scope::Refusal::NoPeriod(period.0.clone(), periods).into());
        }
        // Who was there on that day was to report; who reported and was not is not left out either.
        let has_reported: BTreeSet<&BranchCode> = rows.iter().map(|row| &row.branch.code).collect();
        let was_there = |unit: &&Unit| {
            let member = tree.get(&unit.code);
            has_reported.contains(&unit.code)
                || member.is_some_and(|member| frozen.day.is_none_or(|day| member.is_there_on(day)))
        };
        let branches: Vec<Unit> =
            scope::branches_in(tree, root.as_ref()).filter(was_there).cloned().collect();
        if let (true, Some(under)) = (branches.is_empty(), under) {
            return Err(CliError::NoBranches(under.into()));
        }
        let gone = branches.iter().filter_map(|branch| {
            let ended = tree.get(&branch.code)?.ended.as_ref()?;
            Some((branch.code.clone(), units::gone(ended, tree)))
        });
        let gone = gone.collect();
        let mut stands_under: BTreeMap<BranchCode, ContentHash> = BTreeMap::new();
        for branch in &branches {
            let sector = by_sector.iter().find(|(sector, _)| sector.as_str() == branch.sector);
            if let Some((_, hash)) = sector {
                stands_under.insert(branch.code.clone(), hash.clone());
            }
        }
        let mut reported = BTreeMap::new();
        for row in rows {
            let hash = row.report.submission.checklist.clone();
            if !checklists.contains_key(&hash) {
                checklists.insert(hash.clone(), pinned(database, &row.report).await?);
            }
            stands_under.insert(row.branch.code.clone(), hash);
            reported.insert(row.branch.code.clone(), row);
        }
        checklists.retain(|hash, _| stands_under.values().any(|used| used == hash));
        let order = in_order(&checklists, &in_force);
        let above = branches
            .iter()
            .filter_map(|branch| Some((branch.code.clone(), tree.above(branch)?.name.clone())));
        let above = above.collect();
        let mut given = database.all_given().await?;
        for values in given.values_mut() {
            values.retain(|value| value.period == period.0);
        }
        let period = period.0.clone();
        Ok(Self { period, above, branches, reported, given, gone, checklists, order, stands_under })
    }

    fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        self.summary(&mut book)?;
        let mut titles = BTreeSet::new();
        for (hash, list) in self.in_order() {
            let mut title = self.title(list);
            if !titles.insert(title.clone()) {
                title =
                    format!("条目得分 {} {}", list.sector_name, hash.as_str().get(..6).unwrap_or_default());
            }
            self.item_points(&mut book, &title, hash, list)?;
        }
        self.shortfalls(&mut book)?;
        self.against_ledger(&mut book)?;
        self.judged(&mut book)?;
        book.save_to_buffer()
    }

    /// The sheet of a checklist; where a sector stands under two versions, with the version.
    fn title(&self, list: &Checklist) -> String {
        let of_sector = self.checklists.values().filter(|other| other.sector == list.sector);
        let plain = format!("条目得分 {}", list.sector_name);
        if of_sector.count() < 2 {
            return plain;
        }
        // What Excel takes as a sheet's name.
        let allowed = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
        let version: String = list.version.chars().filter(allowed).take(10).collect();
        format!("{plain} {version}")
    }

    fn in_order(&self) -> impl Iterator<Item = (&ContentHash, &Checklist)> {
        self.order.iter().filter_map(|hash| self.checklists.get_key_value(hash))
    }

    /// The checklist that a branch answered, or else would answer.
    pub(super) fn checklist(&self, branch: &BranchCode) -> Option<&Checklist> {
        self.stands_under.get(branch).and_then(|hash| self.checklists.get(hash))
    }

    /// 镇汇总表. What nobody has said yet stays blank.
    fn summary(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let lines: Vec<Line<'_>> = self
            .branches
            .iter()
            .enumerate()
            .map(|(index, branch)| Line {
                number: index + 1,
                branch,
                known: self.reported.get(&branch.code),
                list: self.checklist(&branch.code),
                above: self.above.get(&branch.code).map_or("", String::as_str),
                gone: self.gone.get(&branch.code).map(String::as_str),
                whole: self.with_above(&branch.code),
            })
            .collect();
        let columns = summary();
        Page::new(book, "镇汇总表", &columns)?.rows(&columns, &lines)?;
        Ok(())
    }

    /// What a branch has together with what the upper level gave it.
    fn with_above(&self, branch: &BranchCode) -> Option<WithAbove> {
        let (known, given) = (self.reported.get(branch)?, self.given.get(branch)?);
        let list = self.checklist(branch)?;
        let said = Assessment::new(known.report.submission.answers.iter().cloned(), None);
        with_above(list, list.period(&self.period)?, &said, given)
    }

    /// 上级评: every value that counts, with who gave it and when. No sheet where nothing was given.
    fn judged(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        if self.given.values().all(Vec::is_empty) {
            return Ok(());
        }
        let columns = [
            ("领域", 8.0),
            ("条目", 9.0),
            ("内容", 24.0),
            ("党组织", 20.0),
            ("得分", 16.0),
            ("满分", 8.0),
            ("成立的限制", 36.0),
            ("说明", 32.0),
            ("谁评的", 18.0),
            ("什么时候", 17.0),
            ("改过几次", 9.0),
            ("编号", 15.0),
            ("标准版本", 10.0),
        ];
        let mut page = Page::under(book, "上级评", &columns)?;
        for row in rows_above(self) {
            let (Some(last), Some(list)) = (row.given.last(), self.checklist(&row.branch.code)) else {
                continue;
            };
            let standing = row.standing();
            page.whole_row(&[
                (&list.sector_name).into(),
                format!("第{}条", row.asked.number).into(),
                (&row.asked.item.title).into(),
                (&row.branch.name).into(),
                row.counting().map_or(standing.into(), |value| value.points.into()),
                row.asked.most().into(),
                row.counting().map(|value| held(row.asked.item, &value.holds)).into(),
                (&last.reason).into(),
                (&last.by).into(),
                moment(last.at).into(),
                Cell::count(row.given.len() - 1),
                row.branch.code.as_str().into(),
                (&list.version).into(),
            ])?;
        }
        Ok(())
    }

    /// One row a branch, one column an item.
    fn item_points(
        &self,
        book: &mut Workbook,
        title: &str,
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
        let branches =
            self.branches.iter().filter(|branch| self.stands_under.get(&branch.code) == Some(hash));
        for branch in branches {
            let mut cells: Vec<Cell<'_>> = vec![branch.code.as_str().into(), (&branch.name).into()];
            match self.reported.get(&branch.code) {
                None => cells.push("未上报".into()),
                Some(known) => {
                    cells.push(known.report.sheet.total().into());
                    cells.extend(known.report.sheet.items().map(|score| {
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

    /// Item by item, every branch that is short of it, with its own figures and note.
    fn shortfalls(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let columns = [
            ("领域", 8.0),
            ("条目", 9.0),
            ("内容", 24.0),
            ("党组织", 20.0),
            ("得分", 8.0),
            ("满分", 8.0),
            ("情况", 40.0),
            ("自评纪实", 32.0),
            ("上级党组织", 18.0),
            ("编号", 15.0),
            ("标准版本", 10.0),
        ];
        let mut page = Page::under(book, "扣分明细", &columns)?;
        for (hash, list) in self.in_order() {
            let Some(period) = list.period(&self.period) else { continue };
            for (index, (_, item)) in list.items().enumerate() {
                for branch in &self.branches {
                    let of_list = self.stands_under.get(&branch.code) == Some(hash);
                    let Some(known) = self.reported.get(&branch.code).filter(|_| of_list) else { continue };
                    let score = known.report.sheet.items().nth(index);
                    let Some(score) =
                        score.filter(|score| score.state.counts() && score.lost() > Points::ZERO)
                    else {
                        continue;
                    };
                    let key = AnswerKey::Note { item: item.id.clone() };
                    let note = known.report.submission.answers.iter().find(|entry| entry.key == key);
                    let note = match note.map(|entry| &entry.value) {
                        Some(AnswerValue::Text { text }) => text,
                        _ => "",
                    };
                    page.whole_row(&[
                        (&list.sector_name).into(),
                        format!("第{}条", index + 1).into(),
                        (&item.title).into(),
                        (&branch.name).into(),
                        score.got.into(),
                        score.points.into(),
                        explain::short(item, score, period).into(),
                        note.into(),
                        self.above.get(&branch.code).into(),
                        branch.code.as_str().into(),
                        (&list.version).into(),
                    ])?;
                }
            }
        }
        Ok(())
    }

    /// Where a branch answered otherwise than its own ledger counts, with its reason: what to look at first on site.
    fn against_ledger(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let columns = [
            ("领域", 8.0),
            ("条目", 9.0),
            ("内容", 24.0),
            ("分项", 30.0),
            ("党组织", 20.0),
            ("得分", 8.0),
            ("满分", 8.0),
            ("为什么和台账不一样", 40.0),
            ("上级党组织", 18.0),
            ("编号", 15.0),
            ("标准版本", 10.0),
        ];
        let mut page = Page::under(book, "与台账不同", &columns)?;
        for branch in &self.branches {
            let Some((known, list)) = self.reported.get(&branch.code).zip(self.checklist(&branch.code))
            else {
                continue;
            };
            let said = Assessment::new(known.report.submission.answers.iter().cloned(), None);
            for (index, ((_, item), score)) in list.items().zip(known.report.sheet.items()).enumerate() {
                for (part, scored) in item.parts.iter().zip(&score.parts) {
                    let key = AnswerKey::Part { item: item.id.clone(), part: part.id.clone() };
                    let reason = match said.current(&key).map(|entry| &entry.value) {
                        Some(AnswerValue::Part { answer: Some(_), reason, .. }) if !reason.is_empty() => {
                            reason
                        }
                        _ => continue,
                    };
                    page.whole_row(&[
                        (&list.sector_name).into(),
                        format!("第{}条", index + 1).into(),
                        (&item.title).into(),
                        (&part.text).into(),
                        (&branch.name).into(),
                        scored.got.into(),
                        scored.points.into(),
                        reason.into(),
                        self.above.get(&branch.code).into(),
                        branch.code.as_str().into(),
                        (&list.version).into(),
                    ])?;
                }
            }
        }
        Ok(())
    }
}

/// Sectors as the standard in force has them, then those that only earlier versions had, as everybody counts them; of one sector,
/// the earlier versions first.
fn in_order(
    checklists: &BTreeMap<ContentHash, Checklist>,
    in_force: &[(SectorId, ContentHash)],
) -> Vec<ContentHash> {
    let place = |hash: &ContentHash, list: &Checklist| {
        let own = in_force.iter().position(|(sector, _)| sector == &list.sector);
        let usual = SECTORS.iter().position(|(_, id)| *id == list.sector.as_str());
        let is_in_force = in_force.iter().any(|(_, known)| known == hash);
        let sector = (own.unwrap_or(usize::MAX), usual.unwrap_or(usize::MAX), list.sector.to_string());
        (sector, is_in_force, list.version.clone())
    };
    let mut order: Vec<_> = checklists.iter().map(|(hash, list)| (place(hash, list), hash)).collect();
    order.sort();
    order.into_iter().map(|(_, hash)| hash.clone()).collect()
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

/// A branch in 镇汇总表.
struct Line<'a> {
    number: usize,
    branch: &'a Unit,
    /// What it reported.
    known: Option<&'a Row>,
    list: Option<&'a Checklist>,
    above: &'a str,
    gone: Option<&'a str>,
    /// Beside its own score, never in its place.
    whole: Option<WithAbove>,
}

/// 镇汇总表. What nobody has said yet stays blank.
fn summary<'a>() -> [Column<Line<'a>>; 18] {
    [
        Column::shown("序号", 6.0, |line| Cell::count(line.number)),
        Column::shown("党组织", 20.0, |line| (&line.branch.name).into()),
        Column::shown("书记", 10.0, |line| {
            line.known.map(|known| &known.report.submission.declaration.secretary).into()
        }),
        Column::shown("党员数", 8.0, |line| line.known.and_then(members).into()),
        Column::shown("自评得分", 9.0, |line| line.known.map(|known| known.report.sheet.total()).into()),
        Column::shown("申报等次", 9.0, |line| line.known.map(|known| &known.claimed).into()),
        Column::shown("考评得分", 9.0, |_| Cell::BLANK),
        Column::shown("拟定等次", 9.0, |_| Cell::BLANK),
        Column::shown("主要问题", 48.0, |line| {
            line.known.zip(line.list).map(|(known, list)| problems(list, &known.report.sheet)).into()
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

fn members(known: &Row) -> Option<u32> {
    let assessment = Assessment::new(known.report.submission.answers.iter().cloned(), None);
    Some(assessment.profile()?.number(ProfileNumber::AllMembers))
}

/// 上报情况
fn standing(line: &Line<'_>) -> String {
    let mut standing = line.known.map_or("未上报", |known| review_state(&known.counting.reviews)).to_owned();
    if line.known.is_some_and(|known| known.counting.receipt.late) {
        standing.push_str("，迟报");
    }
    if let Some(gone) = line.gone {
        standing.push('，');
        standing.push_str(gone);
    }
    standing
}

/// The items that the upper level has not judged yet.
fn missing(whole: &WithAbove) -> String {
    whole.missing.iter().map(|number| format!("第{number}条")).collect::<Vec<_>>().join("、")
}
