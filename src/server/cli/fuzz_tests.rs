//! Damaged tables of rosters, findings and reviews: the shared reader says what is wrong with them, or reads them, with little work.

use crate::{
    domain::BranchCode,
    protocol::Level,
    server::{
        database::{Member, Unit},
        office::{mending::adding::Known, roster::importing},
        tables::{findings, review, roster},
    },
    sheets::{
        Fault, Sheet,
        damage::{self, Change, TOKENS, XML, are_in_words, damaged},
        workbook,
    },
};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use std::collections::BTreeMap;

const ROSTER: &str = "编号,上级编号,层级,名称,领域,电话\nc,,县,黑山县委,,\nt,c,乡镇/街道,镇安镇党委,,0416-1\n\
    b,t,支部,十里村党支部,农村,\nd,t,支部,大岭村党支部,农村,\n";
const FINDINGS: &str = "支部编号,支部,乡镇,条目,存在问题,整改时限,问题来源\nb,,,,缺签到表,2099-12-31,镇党委\n\
    ,十里村党支部,镇安镇,,\"照片\n看不清\",2099年12月31日,\n";
const REVIEW: &str = "上报编号,支部,已审次数,审核意见,原因,条目与原因,截止日期\n\
    01a22bad-3083-72a0-868f-539d82e86ae3,十里村党支部,0,退回修改,请补,第1条：缺,2099-12-31\n\
    01a22bac-b802-7448-8e1f-0b76de91209f,大岭村党支部,1,审核通过,,,\n";

/// The table as a workbook with a title, a merged cell and a date.
fn book(text: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 4, "一张表", &plain).unwrap();
    let read = crate::sheets::csv::read("x", text.as_bytes()).unwrap();
    for (row, cells) in (1..).zip(&read.rows) {
        for (column, cell) in (0..).zip(&cells.cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    sheet.merge_range(2, 4, 3, 4, "一样", &plain).unwrap();
    let day = ExcelDateTime::from_ymd(2099, 12, 31).unwrap();
    sheet.write_datetime_with_format(2, 5, &day, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    book.save_to_buffer().unwrap()
}

/// Reads what is left of a damaged table.
fn try_table(text: &str, read: impl Fn(&[Sheet]) -> Result<(), Vec<Fault>>) {
    let book = book(text);
    let parts = damage::parts(&book);
    let told = |bytes: &[u8]| -> Result<(), TestCaseError> {
        match workbook::read("表", bytes) {
            Err(fault) => are_in_words(&[fault]),
            Ok(sheets) => read(&sheets).map_or_else(|faults| are_in_words(&faults), Ok),
        }
    };
    // Whole, it can be read.
    read(&workbook::read("表", text.as_bytes()).unwrap()).unwrap();
    told(&book).unwrap();
    damage::try_all(|way, which, changes: &[Change]| {
        let mut bytes = match way % 4 {
            0 => text.as_bytes().to_vec(),
            1 => encoding_rs::GB18030.encode(text).0.into_owned(),
            2 => book.clone(),
            _ => return told(&damage::with_damaged_part(&parts, usize::from(which), changes)),
        };
        let tokens = if way % 4 == 2 { XML } else { TOKENS };
        changes.iter().for_each(|change| damaged(&mut bytes, *change, tokens));
        told(&bytes)
    });
}

#[test]
fn a_damaged_roster_is_told_what_is_wrong_with_it() {
    try_table(ROSTER, |sheets| roster::read(sheets, &importing::Known::default()).map(|_| ()));
}

#[test]
fn damaged_findings_are_told_what_is_wrong_with_them() {
    let unit = |code: &str, parent: Option<&str>, level: Level, name: &str| Unit {
        code: BranchCode::new(code).unwrap(),
        parent: parent.map(|code| BranchCode::new(code).unwrap()),
        level,
        name: name.into(),
        sector: "rural".into(),
        telephone: String::new(),
    };
    let units =
        [unit("t", None, Level::Township, "镇安镇党委"), unit("b", Some("t"), Level::Branch, "十里村党支部")]
            .map(|unit| Member { unit, since: None, ended: None, off_system: None });
    let known = Known { tree: units.into_iter().collect(), checklists: BTreeMap::new() };
    try_table(FINDINGS, |sheets| findings::read(sheets, &known, super::findings::MISSING).map(|_| ()));
}

#[test]
fn a_damaged_review_is_told_what_is_wrong_with_it() {
    try_table(REVIEW, |sheets| {
        let (table, mut faults) = review::table(sheets, "");
        for line in table.lines() {
            line.number_in("已审次数", 0_usize, 10_000, &mut faults);
            line.date("截止日期", &mut faults);
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.into_vec()) }
    });
}
