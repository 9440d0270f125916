//! Sheets → package: everything that is wrong is found in one run.

use super::{
    assemble, documents, export, missing,
    names::Names,
    package::{Package, Standard},
    rows, schema,
    shared::Shared,
    whole,
};
use crate::domain::{
    AspectId, ItemId, Mark, Method, MethodId, Period, PeriodId, Points, SectorId, YearShare, sector::SECTORS,
};
use crate::sheets::{
    Fault, Sheet,
    fault::{Faults, quoted},
    once,
    table::{Line, Table},
};
use std::collections::BTreeSet;

/// Turns sheets into a package.
///
/// # Errors
/// Every fault that was found, in the order of the sheets.
pub fn parse(sheets: &[Sheet]) -> Result<Package, Vec<Fault>> {
    told(sheets).map(|(package, _)| package)
}

/// The same, with what its author should know though it is no fault, in Chinese: what was taken in a safe meaning.
///
/// # Errors
/// Every fault that was found, in the order of the sheets.
pub fn told(sheets: &[Sheet]) -> Result<(Package, Vec<String>), Vec<Fault>> {
    let mut faults = Faults::default();
    match read(sheets, &mut faults) {
        Some(package) if faults.is_empty() => Ok((package, faults.take_notices())),
        _ => Err(once(faults.into_vec())),
    }
}

/// What else is wrong in these sheets, when others could not be read and that is `known`.
pub(super) fn beside(sheets: &[Sheet], known: &[Fault]) -> Vec<Fault> {
    let mut faults = Faults::default();
    for fault in known {
        faults.push(fault.clone());
    }
    let said = faults.len();
    read(sheets, &mut faults);
    once(faults.into_vec().split_off(said))
}

fn read(sheets: &[Sheet], faults: &mut Faults) -> Option<Package> {
    for sheet in sheets.iter().filter(|sheet| !is_known(&sheet.name) && !is_blank(sheet)) {
        faults.sheet(&sheet.name, "不认识这张表", "改成模板里的表名，或者删去");
    }
    let standard = standard(sheets, faults);
    let mut unread = BTreeSet::new();
    let (sectors, sector_marks) =
        named::<SectorId>(sheets, "领域", &SECTORS, &mut unread, faults).into_iter().unzip();
    let aspects = named::<AspectId>(sheets, "方面", &[], &mut unread, faults);
    let aspects = aspects.into_iter().map(|(name, _)| name).collect();
    let methods = methods(sheets, &mut unread, faults);
    let (periods, year) = periods(sheets, faults);
    let grading = whole::grading(&table(sheets, "等次", &[], faults), faults);
    let sector_marks: Vec<Vec<Mark>> = sector_marks;
    let names = Names { sectors, aspects, methods, unread };

    let table = table(sheets, "条目", &[], faults);
    let items = rows::items(&table, &names, faults);
    let said_items: BTreeSet<&str> = table.lines().map(|line| line.text("编号")).collect();
    let table = self::table(sheets, "分项", &[], faults);
    let parts = rows::parts(&table, &names, faults);
    let said_parts: BTreeSet<(&str, &str)> =
        table.lines().map(|line| (line.text("条目"), line.text("分项"))).collect();
    let table = self::table(sheets, "选项", &[], faults);
    let options = rows::options(&table, &names, faults);
    let table = self::table(sheets, "依据", &["施行日期", "废止日期"], faults);
    let citations = rows::citations(&table, &names, faults);
    let table = self::table(sheets, "限制", &[], faults);
    let limits = rows::limits(&table, &names, &grading, faults);
    let whole_limits = whole::limits(&table, &names, &grading, faults);

    let methods = names.methods.iter().map(|(id, _, name)| Method { id: id.clone(), name: name.clone() });
    let methods: Vec<Method> = methods.collect();
    let shared = Shared {
        standard: standard.as_ref(),
        names: &names,
        sector_marks: &sector_marks,
        methods: &methods,
        periods: &periods,
        grading: &grading,
        items: &items,
        said_items: &said_items,
        parts: &parts,
        said_parts: &said_parts,
        options: &options,
        citations: &citations,
        limits: &limits,
        whole_limits: &whole_limits,
        year: &year,
    };
    let missing = missing::find(&shared, faults);
    let checklists = assemble::checklists(&shared, &missing, faults);
    // What is missing is said; documents that refer to it need not say it again, nor to what cannot be read.
    let said_items = match missing.all_items {
        true => said_items.iter().chain(&missing.items).copied().collect(),
        false => BTreeSet::new(),
    };
    let known: BTreeSet<&ItemId> = items.iter().map(|item| &item.id).collect();
    let documents = documents::documents(sheets, &names, &known, &said_items, faults);
    Some(Package { standard: standard?, checklists, documents })
}

/// The sheets that a spreadsheet adds by itself have nothing in them.
fn is_blank(sheet: &Sheet) -> bool {
    sheet.rows.iter().all(|row| row.cells.iter().all(String::is_empty))
}

fn is_known(sheet: &str) -> bool {
    sheet == export::GUIDE || schema::form(sheet).is_some() || documents::is_book(sheet)
}

/// A sheet by its form; only these columns take days.
fn table(sheets: &[Sheet], name: &'static str, days: &[&str], faults: &mut Faults) -> Table {
    let columns = schema::columns(name, days);
    let mut table = Table::find(sheets, &schema::filled_in_on(name, &columns), faults);
    // Every sector may have every item: the product is what has to stay small.
    let most = match name {
        "领域" | "方面" => 60,
        "条目" => 2_000,
        _ => 20_000,
    };
    table.no_more_than(most, faults);
    table
}

fn standard(sheets: &[Sheet], faults: &mut Faults) -> Option<Standard> {
    let sheet = "标准";
    let table = table(sheets, sheet, &[], faults);
    let (mut id, mut version, mut title) = (None, None, None);
    let (mut notice, mut marks, mut bonus_cap) = (String::new(), Vec::new(), Points::ZERO);
    let mut full = Points::HUNDRED;
    let (mut seen, mut strange) = (BTreeSet::new(), 0);
    for line in table.lines() {
        let key = line.text("项目");
        if !seen.insert(key) {
            line.fault("项目", format!("{}出现了两次", quoted(key)), "只留一行", faults);
        }
        match key {
            "标准编号" => id = line.id("内容", faults),
            "版本" => {
                line.no_number("内容", faults);
                version = line.needed("内容", faults);
            }
            "名称" => title = line.needed("内容", faults),
            "声明" => notice = line.text("内容").into(),
            "标记" => marks = rows::marks(line, "内容", faults),
            "总分" => full = line.points("内容", faults).unwrap_or(Points::HUNDRED),
            "加分上限" => bonus_cap = line.points("内容", faults).unwrap_or_default(),
            _ => {
                strange += 1;
                let remedy = format!("只能填：{}", schema::ABOUT_STANDARD.join("、"));
                line.fault("项目", format!("不认识{}", quoted(key)), &remedy, faults);
            }
        }
    }
    let unread = seen.is_empty() && faults.has_sheet(sheet);
    let lacking = ["标准编号", "版本", "名称"].iter().filter(|needed| !unread && !seen.contains(**needed));
    let lacking: Vec<&str> = lacking.copied().collect();
    // Rows under another word are perhaps these.
    for needed in lacking.iter().filter(|_| lacking.len() > strange) {
        faults.sheet(sheet, format!("缺“{needed}”这一行"), "补上");
    }
    Some(Standard { id: id?, version: version?.into(), title: title?.into(), notice, marks, full, bonus_cap })
}

/// Reads a sheet of 编号 and 名称, with the 标记 of each. Names that others know, too, have the ids by which they are known: no branch
/// of a roster would find the checklist of its sector under another one.
fn named<T>(
    sheets: &[Sheet],
    sheet: &'static str,
    known: &[(&str, &str)],
    unread: &mut BTreeSet<&'static str>,
    faults: &mut Faults,
) -> Vec<((T, String), Vec<Mark>)>
where
    T: TryFrom<String> + PartialEq,
{
    let table = table(sheets, sheet, &[], faults);
    let mut found: Vec<((T, String), Vec<Mark>)> = Vec::new();
    for line in table.lines() {
        let marks = rows::marks(line, "标记", faults);
        let id = line.id::<T>("编号", faults);
        let name = line.needed("名称", faults);
        if is_unread(line, &["编号", "名称"], faults) {
            unread.insert(sheet);
        }
        let (Some(id), Some(name)) = (id, name) else { continue };
        let said = line.text("编号");
        if let Some((_, needed)) = known.iter().find(|(known, needed)| *known == name && *needed != said) {
            let problem = format!("{}的编号不是{}，名册里的支部找不到它的标准", quoted(name), quoted(said));
            line.fault("编号", problem, &format!("填 {needed}"), faults);
        }
        if found.iter().any(|((known, _), _)| known == &id) {
            line.fault("编号", format!("编号{}重复了", quoted(line.text("编号"))), "每行用一个编号", faults);
            unread.insert(sheet);
            continue;
        }
        if found.iter().any(|((_, known), _)| known == name) {
            line.fault("名称", format!("名称{}重复了", quoted(name)), "每行用一个名称", faults);
        }
        found.push(((id, name.into()), marks));
    }
    if found.is_empty() && !faults.has_sheet(sheet) {
        faults.sheet(sheet, "一行都没有", "至少填一行");
    }
    found
}

/// Whether one of these cells, by which other rows name this one, is blank or not what was typed.
fn is_unread(line: Line<'_>, columns: &[&str], faults: &Faults) -> bool {
    columns.iter().any(|column| faults.has_cell(line.sheet(), line.number(), column))
}

fn methods(
    sheets: &[Sheet],
    unread: &mut BTreeSet<&'static str>,
    faults: &mut Faults,
) -> Vec<(MethodId, String, String)> {
    let sheet = "考核方式";
    let table = table(sheets, sheet, &[], faults);
    let mut found: Vec<(MethodId, String, String)> = Vec::new();
    for line in table.lines() {
        let id = line.id::<MethodId>("编号", faults);
        let (short, name) = (line.needed("简称", faults), line.needed("名称", faults));
        if is_unread(line, &["编号", "简称", "名称"], faults) {
            unread.insert(sheet);
        }
        let (Some(id), Some(short), Some(name)) = (id, short, name) else { continue };
        if found.iter().any(|(known, ..)| known == &id) {
            line.fault("编号", format!("编号{}重复了", quoted(id.as_str())), "每行用一个编号", faults);
            unread.insert(sheet);
            continue;
        }
        found.push((id, short.into(), name.into()));
    }
    found
}

fn periods(sheets: &[Sheet], faults: &mut Faults) -> (Vec<Period>, Vec<YearShare>) {
    let table = table(sheets, "考核周期", &["开始", "结束", "上报截止"], faults);
    let mut found: Vec<Period> = Vec::new();
    let mut year = Vec::new();
    for line in table.lines() {
        let id = line.id::<PeriodId>("编号", faults);
        let name = line.needed("名称", faults);
        let mut date = |column| {
            line.needed(column, faults)?;
            line.date(column, faults)
        };
        let (starts, ends, submit_by) = (date("开始"), date("结束"), date("上报截止"));
        let (Some(id), Some(name), Some(starts), Some(ends), Some(submit_by)) =
            (id, name, starts, ends, submit_by)
        else {
            continue;
        };
        if found.iter().any(|known| known.id == id) {
            line.fault("编号", format!("编号{}重复了", quoted(id.as_str())), "每行用一个编号", faults);
            continue;
        }
        if submit_by < ends {
            line.fault("上报截止", "早于周期结束的日子", "改到结束当天或者以后", faults);
        }
        if !line.text("占全年").is_empty() {
            let percent = line.number_in("占全年", 1, 100, faults);
            year.extend(percent.map(|percent| YearShare { period: id.clone(), percent }));
        }
        found.push(Period { id, name: name.into(), starts, ends, submit_by });
    }
    if found.is_empty() && !faults.has_sheet("考核周期") {
        faults.sheet("考核周期", "一行都没有", "至少填一个周期");
    }
    (found, year)
}
