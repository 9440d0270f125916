//! What is found in a small standard: points, aspects, windows, and what a spreadsheet made of what was typed.

use super::*;
use crate::domain::{Proportion, Rule, ShareCredit};
use crate::sheets::{Sheet, workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// Sets the cell of a sheet by row number and header.
fn set(sheets: &mut [Sheet], sheet: &str, row: usize, column: &str, text: &str) {
    let sheet = sheets.iter_mut().find(|known| known.name == sheet).unwrap();
    let index = sheet.rows[0].cells.iter().position(|cell| cell == column).unwrap();
    sheet.rows[row - 1].cells[index] = text.into();
}

fn said(sheets: &[Sheet]) -> Vec<String> {
    parse(sheets).unwrap_err().iter().map(ToString::to_string).collect()
}

#[track_caller]
fn has(said: &[String], expected: &str) {
    assert!(said.iter().any(|fault| fault.starts_with(expected)), "{expected}: {said:#?}");
}

/// The template with another sector, whose items are the same.
fn two_sectors() -> Vec<Sheet> {
    let mut sheets = template::sheets();
    let sectors = sheets.iter_mut().find(|sheet| sheet.name == "领域").unwrap();
    let mut row = sectors.rows[1].clone();
    row.number = 3;
    row.cells[..2].clone_from_slice(&["other".into(), "另一领域".into()]);
    sectors.rows.push(row);
    set(&mut sheets, "条目", 2, "领域", "全部");
    sheets
}

#[test]
fn every_sector_has_a_hundred_points_however_its_aspects_share_them() {
    assert!(parse(&two_sectors()).is_ok());
    let mut sheets = two_sectors();
    set(&mut sheets, "分项", 2, "分值", "19");
    let both = said(&sheets);
    has(&both, "“分项”表“分值”列：“示例领域”领域各条目合计99分，不是100分（示例方面一59、示例方面二40）");
    has(&both, "“分项”表“分值”列：“另一领域”领域各条目合计99分");
    // The aspects of one sector may weigh more than those of the other.
    let mut sheets = two_sectors();
    let parts = sheets.iter_mut().find(|sheet| sheet.name == "分项").unwrap();
    let column = |title: &str| parts.rows[0].cells.iter().position(|cell| cell == title).unwrap();
    let (points, sector) = (column("分值"), column("领域"));
    for (index, other) in [(1, "25"), (8, "0")] {
        let mut row = parts.rows[index].clone();
        row.number = parts.rows.len() + 1;
        row.cells[points] = other.into();
        row.cells[sector] = "另一领域".into();
        parts.rows[index].cells[sector] = "示例领域".into();
        parts.rows.push(row);
    }
    let package = parse(&sheets).unwrap();
    let sums = package.checklists.iter().map(|list| list.aspects[0].points().to_string());
    assert_eq!(sums.collect::<Vec<_>>(), ["60", "65"]);
}

#[test]
fn a_sector_that_rosters_know_keeps_its_id() {
    let mut sheets = template::sheets();
    set(&mut sheets, "领域", 2, "名称", "农村");
    for (sheet, column) in
        [("条目", "领域"), ("选项", "领域"), ("分项", "领域"), ("依据", "领域"), ("限制", "领域")]
    {
        let sheet = sheets.iter_mut().find(|known| known.name == sheet).unwrap();
        let index = sheet.rows[0].cells.iter().position(|cell| cell == column).unwrap();
        for row in &mut sheet.rows[1..] {
            if let Some(cell) = row.cells.get_mut(index).filter(|cell| *cell == "示例领域") {
                *cell = "农村".into();
            }
        }
    }
    has(
        &said(&sheets),
        "“领域”表第2行“编号”列：“农村”的编号不是“example”，名册里的支部找不到它的标准。办法：填 rural",
    );
}

#[test]
fn what_no_branch_would_ever_see_is_named() {
    let mut sheets = two_sectors();
    set(&mut sheets, "条目", 2, "领域", "示例领域");
    for sheet in ["分项", "依据"] {
        let mut sheets = sheets.clone();
        set(&mut sheets, sheet, 2, "领域", "另一领域");
        has(&said(&sheets), &format!("“{sheet}”表第2行“领域”列：条目“EX-1”不用于另一领域"));
    }
}

#[test]
fn a_fault_does_not_hide_those_of_other_sheets_nor_bring_others_with_it() {
    // A date in one sheet, the points in another.
    let mut sheets = template::sheets();
    set(&mut sheets, "依据", 2, "施行日期", "2018");
    set(&mut sheets, "分项", 2, "分值", "19");
    let both = said(&sheets);
    has(&both, "“依据”表第2行“施行日期”列：");
    has(&both, "“分项”表“分值”列：“示例领域”领域各条目合计99分");
    // A row that cannot be read, and what belongs to it.
    let mut sheets = template::sheets();
    set(&mut sheets, "条目", 2, "方面", "没有的方面");
    let one = said(&sheets);
    assert_eq!(one.len(), 1, "{one:#?}");
    // A column that is missing, and everything that belongs to its rows.
    let mut sheets = template::sheets();
    set(&mut sheets, "条目", 1, "怎么抓", "怎么做");
    assert_eq!(said(&sheets).len(), 1, "missing under this title");
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_what_is_wrong_in_the_others() {
    let file = |name: &str, bytes: &[u8]| source::File { name: name.into(), bytes: bytes.into() };
    let mut files = builtin::files();
    let place = |files: &[source::File], name: &str| files.iter().position(|file| file.name == name).unwrap();
    let (at, items) = (place(&files, "领域"), place(&files, "条目"));
    files[at] = file("领域", b"\xFF\xFE\x16\x7F\x00\x00");
    let text = String::from_utf8(files[items].bytes.clone()).unwrap();
    files[items].bytes = text.replacen("组织健全", "组织建全", 1).into();
    files.push(file("手册/H9 坏的.md", b"# H9 \xE5\x9D\x8F\n\n![x](y)\n"));
    let said: Vec<String> = source::read(&files).unwrap_err().iter().map(ToString::to_string).collect();
    has(&said, "“领域”表：文件的编码不是UTF-8");
    has(&said, "“条目”表第2行“方面”列：没有“组织建全”这个方面");
    assert!(said.iter().any(|fault| fault.contains("H9 坏的")), "{said:#?}");
    assert_eq!(said.iter().filter(|fault| !fault.contains("H9")).count(), 2, "{said:#?}");
}

#[test]
fn a_page_of_text_in_a_header_is_named_by_its_beginning() {
    let mut sheets = template::sheets();
    let header = &mut sheets.iter_mut().find(|sheet| sheet.name == "限制").unwrap().rows[0];
    header.cells.push("说明".repeat(500));
    has(&said(&sheets), "“限制”表第1行“说明说明说明说明说明说明说明说明说明说明…”列：不认识这一列");
}

#[test]
fn a_citation_contradicts_itself_and_bonus_points_need_a_cap() {
    let mut sheets = template::sheets();
    set(&mut sheets, "依据", 2, "条款", "");
    set(&mut sheets, "依据", 2, "已核", "是");
    set(&mut sheets, "依据", 2, "施行日期", "2020-01-01");
    set(&mut sheets, "依据", 2, "废止日期", "2019-01-01");
    let both = said(&sheets);
    has(&both, "“依据”表第2行“条款”列：写了已核，却没有条款");
    has(&both, "“依据”表第2行“废止日期”列：早于施行日期");
    let mut sheets = template::sheets();
    let about = sheets.iter_mut().find(|sheet| sheet.name == "标准").unwrap();
    about.rows.retain(|row| row.cells[0] != "加分上限");
    set(&mut sheets, "分项", 2, "加分", "是");
    has(&said(&sheets), "“分项”表第2行“加分”列：“标准”表没有写“加分上限”，加分都不算");
}

#[test]
fn an_aspect_without_an_item_is_named() {
    let mut sheets = template::sheets();
    for row in [5, 6, 7, 8, 11, 12] {
        set(&mut sheets, "条目", row, "方面", "示例方面一");
    }
    has(&said(&sheets), "“条目”表“方面”列：“示例领域”领域在“示例方面二”方面一个条目也没有");
}

#[test]
fn a_window_that_ends_in_no_period_is_named() {
    let mut sheets = template::sheets();
    set(&mut sheets, "分项", 2, "周期", "年");
    assert!(parse(&sheets).is_ok());
    let periods = sheets.iter_mut().find(|sheet| sheet.name == "考核周期").unwrap();
    periods.rows.truncate(2);
    has(&said(&sheets), "“分项”表第2行“周期”列：没有一个考核周期会评到它");
}

#[test]
fn thresholds_and_figures_that_contradict_each_other_are_named() {
    let cases = [
        ("等次", 3, "分数线", "96", "“等次”表“分数线”列：分数线没有从高到低"),
        ("选项", 3, "编号", "95", "“分项”表第5行“办法”列：办法的数字不全"),
        ("选项", 2, "编号", "九成", "“选项”表第2行“编号”列：“九成”不是比例"),
        (
            "分项",
            4,
            "满分比例",
            "0.9",
            "“分项”表第4行“满分比例”列：“0.9”不是这里能用的比例。办法：百分之九十写 90，不写 0.9",
        ),
        ("分项", 4, "底线比例", "95", "“分项”表第4行“办法”列：办法的数字不全"),
        ("分项", 3, "最低次数", "", "“分项”表第3行“最低次数”列：这一格没有填"),
        ("领域", 2, "标记", "猜的", "“领域”表第2行“标记”列：不认识“猜的”"),
    ];
    for (sheet, row, column, text, expected) in cases {
        let mut sheets = template::sheets();
        set(&mut sheets, sheet, row, column, text);
        has(&said(&sheets), expected);
    }
}

#[test]
fn the_marks_of_a_sector_stand_behind_those_of_the_standard() {
    let mut sheets = two_sectors();
    set(&mut sheets, "领域", 3, "标记", "假定：另一领域的分值");
    let package = parse(&sheets).unwrap();
    let marks = package.checklists.iter().map(|list| list.marks.len());
    assert_eq!(marks.collect::<Vec<_>>(), [1, 2]);
    assert_eq!(package.checklists[1].marks[1].text, "另一领域的分值");
}

/// The template as a workbook, with some cells as a spreadsheet would have them.
fn typed(change: impl Fn(&str, u32, u16, &str, &mut rust_xlsxwriter::Worksheet) -> bool) -> Vec<Sheet> {
    let mut book = Workbook::new();
    for sheet in template::sheets() {
        let page = book.add_worksheet().set_name(&sheet.name).unwrap();
        for (row, cells) in (0..).zip(&sheet.rows) {
            for (column, cell) in (0..).zip(&cells.cells) {
                let title = &sheet.rows[0].cells[usize::from(column)];
                if row == 0 || !change(&format!("{} {title}", sheet.name), row + 1, column, cell, page) {
                    page.write_string(row, column, cell).unwrap();
                }
            }
        }
    }
    workbook::read("x", &book.save_to_buffer().unwrap()).unwrap()
}

#[test]
fn cells_that_the_spreadsheet_turned_into_something_else_are_named() {
    let day = ExcelDateTime::from_ymd(2026, 1, 1).unwrap();
    let as_day = Format::new().set_num_format("yyyy-m-d");
    let sheets = typed(|place, row, column, _, page| {
        match (place, row) {
            ("标准 内容", 3) => page.write_number(row - 1, column, 2026.1),
            ("条目 编号" | "分项 分值" | "条目 标题", 2) | ("选项 编号", 4) => {
                page.write_datetime_with_format(row - 1, column, &day, &as_day)
            }
            ("领域 编号", 2) => page.write_number(row - 1, column, 1.1),
            ("方面 编号", 2) => page.write_number(row - 1, column, 1_234_567_890_123_456_789.0),
            _ => return false,
        }
        .unwrap();
        true
    });
    let said = said(&sheets);
    for expected in [
        "“标准”表第3行“内容”列：这一格是数字格式，现在是“2026.1”",
        "“条目”表第2行“编号”列：这一格被表格软件改成了日期，现在是“2026-01-01”",
        "“条目”表第2行“标题”列：这一格被表格软件改成了日期",
        "“分项”表第2行“分值”列：这一格被表格软件改成了日期",
        "“选项”表第4行“编号”列：这一格被表格软件改成了日期",
        "“领域”表第2行“编号”列：这一格是数字格式，现在是“1.1”",
        "“方面”表第2行“编号”列：这一格是数字格式",
    ] {
        has(&said, expected);
    }
    assert!(
        said.iter().all(|fault| !fault.contains("数字格式") || fault.contains("设为“文本”")),
        "{said:#?}"
    );
}

#[test]
fn cells_that_still_say_what_was_typed_are_read() {
    let percent = Format::new().set_num_format("0%");
    let date = Format::new().set_num_format("yyyy/m/d");
    let sheets = typed(|place, row, column, text, page| {
        match place {
            "分项 满分比例" | "分项 底线比例" if text.parse::<f64>().is_ok() => {
                let share = text.parse::<f64>().unwrap() / 100.0;
                page.write_number_with_format(row - 1, column, share, &percent)
            }
            "选项 编号" if row < 4 => {
                page.write_number_with_format(row - 1, column, text.parse::<f64>().unwrap() / 100.0, &percent)
            }
            "分项 分值" | "选项 分值" | "等次 分数线" => {
                page.write_number(row - 1, column, text.parse::<f64>().unwrap() / 3.0 * 3.0)
            }
            "考核周期 开始" | "考核周期 结束" | "考核周期 上报截止" => {
                let day = ExcelDateTime::parse_from_str(text).unwrap();
                page.write_datetime_with_format(row - 1, column, &day, &date)
            }
            "分项 最低次数" if !text.is_empty() => {
                page.write_number(row - 1, column, text.parse::<f64>().unwrap())
            }
            _ => return false,
        }
        .unwrap();
        true
    });
    let package = parse(&sheets).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(package, parse(&template::sheets()).unwrap());
}

#[test]
fn a_table_that_is_no_standard_is_not_multiplied_out() {
    let mut sheets = template::sheets();
    let sectors = (0..5_000).map(|number| [format!("s{number}"), format!("领域{number}")]);
    let header = ["编号", "名称"].map(String::from);
    sheets[1] = Sheet::new("领域", core::iter::once(header).chain(sectors));
    has(&said(&sheets), "“领域”表：这张表超过60行");
}

#[test]
fn faults_of_every_kind_come_in_one_run() {
    let mut sheets = template::sheets();
    set(&mut sheets, "分项", 2, "条目", "EX-0");
    set(&mut sheets, "条目", 3, "编号", "EX-1");
    set(&mut sheets, "条目", 4, "方面", "没有的方面");
    set(&mut sheets, "依据", 3, "施行日期", "2018");
    set(&mut sheets, "等次", 2, "分数线", "九十五");
    set(&mut sheets, "手册", 2, "正文", "**重点**");
    set(&mut sheets, "制度", 2, "节", "H1-1");
    let said = said(&sheets);
    for expected in [
        "“分项”表第2行“条目”列：“条目”表里没有“EX-0”",
        "“条目”表第3行“编号”列：编号“EX-1”在“示例领域”领域重复了",
        "“条目”表第4行“方面”列：没有“没有的方面”这个方面",
        "“依据”表第3行“施行日期”列：“2018”不是日期",
        "“等次”表第2行“分数线”列：“九十五”不是分值",
        "“手册”表第2行“正文”列：格内第1行：有加粗或斜体",
        "“制度”表第2行“节”列：节的编号“H1-1”",
    ] {
        has(&said, expected);
    }
}

#[test]
fn what_the_new_rules_lack_is_named_at_its_cell() {
    // 分项: row 10 is EX-8, 11 is EX-9, 12 and 13 are the ways of EX-10, 14 is EX-11. 限制: row 3 is EX-8's, 4 is EX-9's.
    let cases = [
        ("分项", 10, "扣几分", "", "“分项”表第10行“扣几分”列：这一格没有填"),
        ("分项", 10, "扣几分", "0", "“分项”表第10行“扣几分”列：扣0分等于不扣"),
        (
            "分项",
            10,
            "不足时",
            "扣",
            "“分项”表第10行“不足时”列：不认识“扣”。办法：只能填：按比例、不得分、每缺一次扣",
        ),
        ("分项", 11, "每低几点", "0", "“分项”表第11行“每低几点”列：“0”不是1到100的整数"),
        ("分项", 11, "满分比例", "三分之四", "“分项”表第11行“满分比例”列：“三分之四”不是这里能用的比例"),
        ("分项", 11, "满分比例", "0", "“分项”表第11行“满分比例”列：“0”不是这里能用的比例"),
        ("分项", 11, "底线比例", "70", "“分项”表第11行“办法”列：办法的数字不全"),
        (
            "分项",
            13,
            "办法",
            "倒扣",
            "“分项”表第13行“办法”列：倒扣从总分里扣，不能是加分，也不能是取最高里的一种做法",
        ),
        ("限制", 3, "情形", "占比高于", "“限制”表第3行“情形”列：情形与分项的办法对不上"),
        ("限制", 3, "数值", "0", "“限制”表第3行“数值”列：“0”不是1到9999的整数"),
        ("限制", 4, "数值", "0%", "“限制”表第4行“数值”列：“0%”不是这里能用的比例"),
    ];
    for (sheet, row, column, text, expected) in cases {
        let mut sheets = template::sheets();
        set(&mut sheets, sheet, row, column, text);
        has(&said(&sheets), expected);
    }
}

#[test]
fn a_fraction_is_one_however_it_is_written_unless_a_spreadsheet_made_a_day_of_it() {
    let target = |sheets: &[Sheet]| {
        let list = parse(sheets).unwrap().checklists.remove(0);
        let (_, _, item) = list.find(&crate::domain::ItemId::new("EX-9").unwrap()).unwrap();
        match &item.parts[0].rule {
            Rule::Share { credit: ShareCredit::EachBelow { target, .. }, .. } => *target,
            other => panic!("{other:?}"),
        }
    };
    for text in ["三分之二", "2/3", "2／3", "4 / 6"] {
        let mut sheets = template::sheets();
        set(&mut sheets, "分项", 11, "满分比例", text);
        assert_eq!(target(&sheets), Proportion::new(2, 3).unwrap(), "{text}");
    }
    let mut sheets = template::sheets();
    set(&mut sheets, "分项", 11, "满分比例", "四分之三");
    assert_eq!(target(&sheets), Proportion::percent(75));
    let day = ExcelDateTime::from_ymd(2026, 2, 3).unwrap();
    let as_day = Format::new().set_num_format("m/d");
    let sheets = typed(|place, row, column, _, page| {
        if (place, row) != ("分项 满分比例", 11) {
            return false;
        }
        page.write_datetime_with_format(row - 1, column, &day, &as_day).unwrap();
        true
    });
    has(&said(&sheets), "“分项”表第11行“满分比例”列：这一格被表格软件改成了日期");
}

#[test]
fn a_cell_that_the_rule_does_not_use_is_a_fault() {
    let row = |rule: &str| {
        let sheets = template::sheets();
        let parts = sheets.iter().find(|sheet| sheet.name == "分项").unwrap();
        let column = parts.rows[0].cells.iter().position(|cell| cell == "办法").unwrap();
        parts.rows.iter().find(|row| row.cells[column] == rule).unwrap().number
    };
    for (rule, column, text, expected) in [
        ("占比", "扣几分", "0.5", "占比不用“扣几分”。办法：清空这一格；要每低几点扣的，办法填 占比扣"),
        ("占比", "每低几点", "5", "占比不用“每低几点”"),
        ("占比档", "满分比例", "90", "占比档不用“满分比例”"),
        ("是否", "最低次数", "3", "是否不用“最低次数”。办法：清空这一格；要按次数给分的，办法填 次数"),
        ("是否", "不足时", "按比例", "是否不用“不足时”"),
    ] {
        let (mut sheets, row) = (template::sheets(), row(rule));
        set(&mut sheets, "分项", row, column, text);
        has(&said(&sheets), &format!("“分项”表第{row}行“{column}”列：{expected}"));
    }
    let (mut sheets, row) = (template::sheets(), row("次数"));
    set(&mut sheets, "分项", row, "不足时", "按比例");
    set(&mut sheets, "分项", row, "扣几分", "0.5");
    has(
        &said(&sheets),
        &format!(
            "“分项”表第{row}行“扣几分”列：次数的“不足时”填 按比例，不用“扣几分”。办法：清空这一格；要每缺一次扣的"
        ),
    );
}
