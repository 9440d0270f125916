//! One guard for all: what a table shows is what it means, or it is refused by row, column and remedy.

use super::{fault::Faults, form::*, sheet::Sheet, table::Table, workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

const COLUMNS: [Column; 4] = [
    Column::must("编号", Takes::Exact).or(&["code"]),
    Column::must("名称", Takes::Text),
    Column::may("时限", Takes::Day),
    Column::may("分值", Takes::Exact),
];
const FORM: Form<'_> = Form {
    name: "表",
    columns: &COLUMNS,
    unknown: Unknown::Notice,
    may_end_early: false,
    template: "用 template 做一张空表",
};

/// What is said of these sheets: lines as texts, or faults; and notices.
fn said(sheets: &[Sheet], form: &Form<'_>) -> (Result<Vec<String>, String>, String) {
    let mut faults = Faults::default();
    let table = Table::pick(sheets, form, &mut faults);
    let mut lines = Vec::new();
    for line in table.lines() {
        line.no_number("编号", &mut faults);
        let day = line.date("时限", &mut faults).map(|day| day.to_string()).unwrap_or_default();
        let texts = [line.text("编号"), line.text("名称"), &day, line.text("分值")];
        lines.push(format!("{} {}", line.number(), texts.join("|")));
    }
    let notices = faults.take_notices().join("\n");
    if faults.is_empty() {
        return (Ok(lines), notices);
    }
    let faults: Vec<String> = faults.into_vec().iter().map(ToString::to_string).collect();
    (Err(faults.join("\n")), notices)
}

fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<Sheet> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in (0..).zip(["编号", "名称", "时限", "分值"]) {
        sheet.write_string(0, column, title).unwrap();
    }
    fill(sheet);
    workbook::read("表", &book.save_to_buffer().unwrap()).unwrap()
}

fn row(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        sheet.write_string(row, column, *cell).unwrap();
    }
}

#[track_caller]
fn refused(sheets: &[Sheet], words: &[&str]) {
    let told = said(sheets, &FORM).0.unwrap_err();
    for word in words {
        assert!(told.contains(word), "{word} is not in\n{told}");
    }
}

#[track_caller]
fn taken(sheets: &[Sheet], lines: &[&str], notice: &str) {
    let (read, notices) = said(sheets, &FORM);
    assert_eq!(
        read.as_deref().map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>()),
        Ok(lines.to_vec())
    );
    assert!(notices.contains(notice) && notice.is_empty() == notices.is_empty(), "{notices}");
    let once = notices.lines().collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(once, notices.lines().count(), "said once: {notices}");
}

#[test]
fn a_merged_cell_means_all_its_rows() {
    let plain = Format::new();
    let sheets = book(|sheet| {
        row(sheet, 1, &["a", "甲"]);
        row(sheet, 2, &["b", "乙"]);
        row(sheet, 3, &["c", "丙", "2026-12-31"]);
        sheet.merge_range(1, 2, 2, 2, "2099-12-31", &plain).unwrap();
        // Over blank columns and far below the table: the same.
        sheet.merge_range(3, 3, 900, 3, "5", &plain).unwrap();
    });
    taken(
        &sheets,
        &["2 a|甲|2099-12-31|", "3 b|乙|2099-12-31|", "4 c|丙|2026-12-31|5"],
        "第一处在第3行“时限”列",
    );
    // A row that is merged as a whole is one row.
    let sheets = book(|sheet| {
        for (column, text) in (0..).zip(["a", "甲", "2099-12-31", "5"]) {
            sheet.merge_range(1, column, 3, column, text, &plain).unwrap();
        }
        row(sheet, 4, &["b", "乙"]);
    });
    let (read, _) = said(&sheets, &FORM);
    assert_eq!(read.unwrap(), ["2 a|甲|2099-12-31|5", "5 b|乙||"]);
    let sheets = book(|sheet| {
        row(sheet, 1, &["a"]);
        sheet.merge_range(1, 1, 1, 2, "甲", &plain).unwrap();
    });
    refused(&sheets, &["第2行", "合并成了一格", "取消合并"]);
}

#[test]
fn what_lies_beneath_a_merged_cell_is_not_read() {
    let sheets = book(|sheet| {
        row(sheet, 1, &["a", "甲"]);
        row(sheet, 2, &["b"]);
        sheet.merge_range(1, 1, 2, 1, "甲", &Format::new()).unwrap();
        // WPS and LibreOffice keep what was there.
        sheet.write_string(2, 1, "看不见的").unwrap();
    });
    let (read, _) = said(&sheets, &FORM);
    assert_eq!(read.unwrap(), ["2 a|甲||", "3 b|甲||"]);
}

#[test]
fn a_title_above_the_header_and_a_header_of_two_rows_are_passed_over() {
    let plain = Format::new();
    let mut titled = Workbook::new();
    let sheet = titled.add_worksheet();
    sheet.merge_range(0, 0, 0, 3, "2026年名册", &plain).unwrap();
    row(sheet, 1, &["填表单位：", "镇安镇"]);
    sheet.merge_range(2, 0, 3, 0, "编号", &plain).unwrap();
    sheet.merge_range(2, 1, 2, 2, "党组织", &plain).unwrap();
    row(sheet, 3, &["", "名称", "时限"]);
    row(sheet, 4, &["a", "甲"]);
    let sheets = workbook::read("表", &titled.save_to_buffer().unwrap()).unwrap();
    taken(&sheets, &["5 a|甲||"], "表头在第4行，上面的标题没有读");
}

#[test]
fn headers_are_known_by_their_words() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    row(sheet, 0, &["编　号", "名\n称", "时 限", "书记"]);
    row(sheet, 1, &["a", "甲"]);
    let sheets = workbook::read("表", &book.save_to_buffer().unwrap()).unwrap();
    let (read, notices) = said(&sheets, &FORM);
    assert_eq!(read.unwrap(), ["2 a|甲||"]);
    for notice in ["当作“编号”", "当作“名称”", "当作“时限”", "“书记”列没有用到"]
    {
        assert!(notices.contains(notice), "{notices}");
    }
    let near = Sheet::new("表", [["编码", "名称"], ["a", "甲"]]);
    refused(
        std::slice::from_ref(&near),
        &["第1行“编号”列：缺这一列；表头里最接近的是“编码”", "用 template 做一张空表"],
    );
    // Where every header must be known, the one that is missing and the one that is not known are one fault.
    let (told, _) = said(&[near], &Form { unknown: Unknown::Fault, ..FORM });
    let told = told.unwrap_err();
    assert!(told.contains("缺这一列；表头里最接近的是“编码”。办法：把“编码”改成“编号”"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    let strange = Sheet::new("表", [["编号", "名称", "分植"], ["a", "甲", "5"]]);
    let (told, _) = said(&[strange], &Form { unknown: Unknown::Fault, ..FORM });
    assert!(told.unwrap_err().contains("“分植”列：不认识这一列。办法：改成模板里的表头；最接近的是“分值”"));
    refused(&[Sheet::new("表", [["甲", "乙"]])], &["缺这一列；这一行有“甲”、“乙”"]);
    refused(
        &[Sheet::new("表", [["编号", "code", "名称"], ["a", "b", "甲"]])],
        &["“code”列：这一列出现了两次"],
    );
}

#[test]
fn a_number_that_is_no_longer_what_was_typed_is_refused() {
    let number = |value: f64, format: &str| {
        book(|sheet| {
            sheet.write_number_with_format(1, 0, value, &Format::new().set_num_format(format)).unwrap();
            row(sheet, 1, &["", "甲"]);
        })
    };
    taken(&number(210_726_117_203.0, "0"), &["2 210726117203|甲||"], "");
    for (value, format) in [
        (210_726_117_203_010_000.0, "0"),
        (1_234_567_890_123_456.0, "General"),
        (3.1, "0.00"),
        (3.1, "General"),
        (7.0, "000"),
        (-5.0, "0"),
    ] {
        refused(&number(value, format), &["第2行“编号”列", "数字格式", "设为“文本”"]);
    }
    for (value, format) in [(210_726_117_203.0, "0.00E+00"), (12.6, "0"), (5.0, ";;;")] {
        refused(&number(value, format), &["第2行“编号”列", "显示的和存的不一样"]);
    }
    let points = |value: f64, format: &str| {
        book(|sheet| {
            row(sheet, 1, &["a", "甲"]);
            sheet.write_number_with_format(1, 3, value, &Format::new().set_num_format(format)).unwrap();
        })
    };
    taken(&points(2.5, "0.00"), &["2 a|甲||2.5"], "");
    refused(&points(2.55, "0.0"), &["第2行“分值”列", "显示的和存的不一样，存的是“2.55”"]);
}

#[test]
fn a_date_is_a_day_and_nothing_else() {
    let date = ExcelDateTime::from_ymd(2026, 12, 5).unwrap();
    let dated = |column: u16, format: &str| {
        book(|sheet| {
            row(sheet, 1, &["a", "甲"]);
            sheet
                .write_datetime_with_format(1, column, &date, &Format::new().set_num_format(format))
                .unwrap();
        })
    };
    taken(&dated(2, "yyyy/m/d"), &["2 a|甲|2026-12-05|"], "");
    for column in [0, 1, 3] {
        refused(&dated(column, "yyyy/m/d"), &["第2行", "被表格软件改成了日期，现在是“2026-12-05”"]);
    }
    for format in ["m\"月\"d\"日\"", "yyyy\"年\"m\"月\"", "h:mm"] {
        refused(&dated(2, format), &["第2行“时限”列", "没有显示年或日"]);
    }
    let typed = |text: &str| [Sheet::new("表", [["编号", "名称", "时限"], ["a", "甲", text]])];
    refused(&typed("26.1.1"), &["第2行“时限”列：“26.1.1”年份不是四位", "年份写四位"]);
    refused(&typed("3027-1-5"), &["年份不在1949到2100之间"]);
    refused(&typed("46361"), &["“46361”不是日期"]);
    taken(&typed("２０２６．１２．５"), &["2 a|甲|2026-12-05|"], "全角的数字和字母当作半角");
}

#[test]
fn a_formula_without_a_result_and_one_that_failed_are_refused() {
    let sheets = book(|sheet| {
        row(sheet, 1, &["a", "甲"]);
        row(sheet, 2, &["b", "乙"]);
        row(sheet, 3, &["c", "丙"]);
        sheet.write_formula(1, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.write_formula(2, 3, Formula::new("=SUM(1,1)").set_result("2")).unwrap();
        // As programs write it that do not calculate.
        sheet.write_formula(3, 3, Formula::new("=SUM(1,2)").set_result("")).unwrap();
    });
    let told = said(&sheets, &FORM).0.unwrap_err();
    assert!(told.contains("第2行“时限”列：这一格的公式出错了"), "{told}");
    assert!(!told.contains("第3行"), "{told}");
}

#[test]
fn what_is_hidden_is_not_read_in_silence() {
    let filled = |sheet: &mut Worksheet| {
        row(sheet, 1, &["a", "甲", "2026-12-31"]);
        row(sheet, 2, &["b", "乙"]);
        row(sheet, 3, &["c", "丙"]);
    };
    let sheets = book(|sheet| {
        filled(sheet);
        sheet.set_row_hidden(2).unwrap();
        sheet.set_row_hidden(3).unwrap();
        sheet.set_row_hidden(9).unwrap();
    });
    refused(&sheets, &["第3行：这一行是隐藏的，或者被筛选掉了", "第4行：这一行是隐藏的", "取消隐藏和筛选"]);
    let sheets = book(|sheet| {
        filled(sheet);
        sheet.set_column_hidden(2).unwrap();
        // Nothing in it.
        sheet.set_column_hidden(3).unwrap();
    });
    refused(&sheets, &["第1行“时限”列：这一列是隐藏的，里面有内容"]);
    assert!(!said(&sheets, &FORM).0.unwrap_err().contains("分值"));
}

/// A workbook of sheets: name, hidden, filled in.
fn several(of: &[(&str, bool, bool)]) -> Vec<Sheet> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Sheet1").unwrap();
    for (name, hidden, filled) in of {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        if *filled {
            row(sheet, 0, &["编号", "名称"]);
            row(sheet, 1, &[name, "甲"]);
        } else {
            row(sheet, 0, &["这张表是这样填的："]);
        }
        sheet.set_hidden(*hidden);
    }
    workbook::read("表", &book.save_to_buffer().unwrap()).unwrap()
}

#[test]
fn the_sheet_that_is_the_table_is_found() {
    taken(&several(&[("说明", false, false), ("b", false, true)]), &["2 b|甲||"], "");
    taken(
        &several(&[("封面", false, false), ("b", false, true)]),
        &["2 b|甲||"],
        "只读了“b”这张表，没有读“封面”",
    );
    taken(&several(&[("old", true, true), ("b", false, true)]), &["2 b|甲||"], "没有读“old”");
    refused(
        &several(&[("a", false, true), ("b", false, true)]),
        &["有2张表都是这样的表头：“a”、“b”", "只留要导入的一张"],
    );
    refused(&several(&[("a", true, true)]), &["这张表（“a”）是隐藏的", "取消隐藏"]);
    refused(&several(&[]), &["没有填了内容的表"]);
    refused(&[], &["没有填了内容的表"]);
}

#[test]
fn what_nobody_sees_in_a_text_is_left_out_or_refused() {
    let named = |name: &str| [Sheet::new("表", [["编号", "名称"], ["a", name]])];
    taken(
        &named("十\u{200b}里\u{feff}村"),
        &["2 a|十里村||"],
        "去掉了看不见的字符：1格，第一处在第2行“名称”列",
    );
    taken(&named("党\u{2f40}部"), &["2 a|党支部||"], "偏旁部首");
    for name in ["\u{202e}部支党", "党\u{fffd}部", "\u{2ec4}丰县委"] {
        refused(&named(name), &["第2行“名称”列", "重新手工输入"]);
    }
}

#[test]
fn a_text_file_is_read_by_its_separator_and_its_rows_fit_the_header() {
    let read = |text: &str| workbook::read("表", text.as_bytes()).unwrap();
    taken(&read("编号;名称;时限\na;甲;\n"), &["2 a|甲||"], "是用分号分开的");
    taken(&read("编号\t名称\t时限\na\t甲\t\n"), &["2 a|甲||"], "是用制表符分开的");
    taken(&read("\n名册\n编号,名称,时限,,\na,甲,,,\n"), &["4 a|甲||"], "表头在第3行");
    refused(&read("编号,名称,时限\na,甲,,\nb,乙\n"), &["第3行：这一行有2格，表头有3格，对不上"]);
    refused(&read("编号,名称\na,甲,乙\n"), &["第2行：这一行有3格，表头有2格"]);
    let standard = Form { may_end_early: true, ..FORM };
    let told = |text: &str| said(&read(text), &standard).0;
    assert_eq!(told("编号,名称,时限\na,甲\n").unwrap(), ["2 a|甲||"]);
    for text in ["编号,时限,名称\na,\n", "编号,名称,时限\na,\"甲\nb,乙\"\n", "编号,名称\na,甲,乙\n"]
    {
        assert!(told(text).unwrap_err().contains("第2行：这一行有"), "{text}");
    }
}

#[test]
fn what_calls_itself_a_table_and_is_none_is_told_what_it_is() {
    for (text, what) in [
        ("<html><table></table></html>", "网页"),
        ("\u{feff}\r\n <TABLE><tr><td>编号</td></tr></TABLE>", "网页"),
        ("<!DOCTYPE html>\n<html></html>", "网页"),
        ("<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\"></html>", "网页"),
        ("MIME-Version: 1.0\nContent-Type: multipart/related\n", "网页"),
        ("<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>", "XML"),
        ("{\\rtf1 编号}", "不是表格"),
    ] {
        let fault = workbook::read("表", text.as_bytes()).unwrap_err();
        assert!(fault.problem.contains(what) && fault.remedy.contains("另存为"), "{text}: {fault}");
    }
}

#[test]
fn what_stands_beside_the_table_is_said() {
    let sheets = book(|sheet| {
        row(sheet, 1, &["a", "甲", "", "", "", "记在边上的话"]);
    });
    taken(&sheets, &["2 a|甲||"], "第2行有写在表头以外的内容，没有读");
}
