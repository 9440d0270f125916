//! Tables as people's computers save them: what they show is what is taken, or they are refused with what to do.

use super::stage::{DALING, SHILI, Stage};
use biaochi::{protocol::Level, server::database::Unit};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

fn case(name: &str) -> String {
    format!("{}/tests/fixtures/cases/{name}", env!("CARGO_MANIFEST_DIR"))
}

async fn units(stage: &Stage) -> Vec<Unit> {
    let database = stage.database().await;
    let units = database.units().await.unwrap();
    database.close().await;
    units
}

fn findings(stage: &Stage) -> Vec<serde_json::Value> {
    stage.run(&["findings", "list", "--json"]).json().as_array().unwrap().clone()
}

/// A workbook of one sheet: texts by cell, and what else is done to it.
fn book(rows: &[&[&str]], also: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    also(sheet);
    book.save_to_buffer().unwrap()
}

const ROSTER: [&str; 6] = ["编号", "上级编号", "层级", "名称", "领域", "电话"];

#[tokio::test]
async fn a_merged_cell_counts_for_all_its_rows() {
    let stage = Stage::ready();
    let told = stage.run(&["findings", "import", &case("02/findings.xlsx")]).ok();
    assert!(told.contains("2个问题：新增2"), "{told}");
    assert!(
        told.contains("合并的格子，每一行都当作填了同样的内容：1格，第一处在第3行“整改时限”列"),
        "{told}"
    );
    let due: Vec<String> =
        findings(&stage).iter().map(|one| one["due"].as_str().unwrap().to_owned()).collect();
    assert_eq!(due, ["2099-12-31", "2099-12-31"]);

    let stage = Stage::empty();
    stage.run(&["roster", "import", &case("02/sibling-roster-parent.xlsx")]).ok();
    let above: Vec<(String, Option<String>)> = units(&stage)
        .await
        .into_iter()
        .map(|unit| (unit.code.to_string(), unit.parent.map(|code| code.to_string())))
        .collect();
    let c1 = Some("c1".to_owned());
    assert_eq!(above, [("c1".into(), None), ("t1".into(), c1.clone()), ("t2".into(), c1)]);

    // 层级 and 领域 of neighbours are often one cell.
    let rows: &[&[&str]] = &[
        &ROSTER,
        &["t", "", "乡镇", "镇安镇党委"],
        &["b1", "t", "", "十里村党支部"],
        &["b2", "t", "", "大岭村党支部"],
    ];
    let plain = Format::new();
    let file = book(rows, |sheet| {
        sheet.merge_range(2, 2, 3, 2, "支部", &plain).unwrap();
        sheet.merge_range(2, 4, 3, 4, "农村", &plain).unwrap();
    });
    let stage = Stage::empty();
    stage.run(&["roster", "import", &stage.write("r.xlsx", file)]).ok();
    let branches = units(&stage).await.into_iter().filter(|unit| unit.level == Level::Branch);
    assert_eq!(branches.map(|unit| unit.sector).collect::<Vec<_>>(), ["rural", "rural"]);
}

#[tokio::test]
async fn a_merged_opinion_is_that_of_every_row() {
    let stage = Stage::ready();
    let server = stage.serve();
    for (branch, number) in [(SHILI, 1), (DALING, 2)] {
        let phone = server.phone(&stage, branch, number).await;
        phone.submit(&phone.submission(0, &[])).await;
    }
    stage.run(&["review", "export", "-o", "out.xlsx"]).ok();
    let mut out: calamine::Xlsx<_> = calamine::open_workbook(stage.path("out.xlsx")).unwrap();
    let range = calamine::Reader::worksheet_range(&mut out, "审核表").unwrap();
    let rows: Vec<Vec<String>> =
        range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let column =
        |title: &str| u16::try_from(rows[0].iter().position(|cell| *cell == title).unwrap()).unwrap();
    let filled = book(&rows, |sheet| {
        let plain = Format::new();
        for (title, text) in [("审核意见", "退回修改"), ("原因", "请补"), ("截止日期", "2099-12-31")]
        {
            sheet.merge_range(1, column(title), 2, column(title), text, &plain).unwrap();
        }
    });
    let told = stage.run(&["review", "import", &stage.write("back.xlsx", filled)]).ok();
    assert!(told.contains("写入2份") && told.contains("合并的格子"), "{told}");
}

#[test]
fn a_code_that_is_a_number_is_taken_only_as_it_was_typed() {
    let stage = Stage::empty();
    for (file, now) in [
        ("03/roster.xlsx", "210726117203010000"),
        ("03/roster-16-digits.xlsx", "1234567890123460"),
        ("03/sibling-code-3.10.xlsx", "3.1"),
    ] {
        let words = ["第2行“编号”列", "数字格式，现在是", now, "设为“文本”"];
        stage.run(&["roster", "import", &case(file)]).refused(&words);
    }
    // Above, too; and an item of a finding: 3.10 is not the third one.
    let parent =
        book(&[&ROSTER, &["a", "", "县", "甲县委"], &["b", "", "乡镇", "乙镇党委"]], |sheet| {
            sheet.write_number_with_format(2, 1, 7, &Format::new().set_num_format("000")).unwrap();
        });
    stage
        .run(&["roster", "import", &stage.write("p.xlsx", parent)])
        .refused(&["第3行“上级编号”列", "数字格式"]);
    let stage = Stage::ready();
    let item = book(&[&["支部编号", "存在问题", "条目"], &[SHILI, "甲"]], |sheet| {
        sheet.write_number(1, 2, 3.1).unwrap();
    });
    stage.run(&["findings", "import", &stage.write("f.xlsx", item)]).refused(&["第2行“条目”列", "数字格式"]);
}

#[tokio::test]
async fn a_date_is_no_code_no_name_and_no_reason() {
    let stage = Stage::empty();
    stage
        .run(&["roster", "import", &case("04/roster.xlsx")])
        .refused(&["第2行“编号”列", "改成了日期，现在是“2026-01-02”"]);
    stage
        .run(&["roster", "import", &case("04/sibling-name-and-telephone.xlsx")])
        .refused(&["第2行“名称”列：这一格被表格软件改成了日期", "第2行“电话”列：这一格被表格软件改成了日期"]);
    let stage = Stage::ready();
    let date = ExcelDateTime::from_ymd(2026, 3, 5).unwrap();
    let format = Format::new().set_num_format("yyyy-mm-dd");
    let header: &[&str] = &["上报编号", "已审次数", "审核意见", "原因", "条目与原因", "截止日期"];
    let review = book(&[header, &["x", "0", "退回修改"]], |sheet| {
        sheet.write_datetime_with_format(1, 3, &date, &format).unwrap();
        sheet.write_datetime_with_format(1, 4, &date, &format).unwrap();
    });
    stage.run(&["review", "import", &stage.write("r.xlsx", review)]).refused(&[
        "第2行“原因”列：这一格被表格软件改成了日期",
        "第2行“条目与原因”列：这一格被表格软件改成了日期",
    ]);
}

#[tokio::test]
async fn a_quotation_mark_that_is_not_closed_takes_nothing_along() {
    let stage = Stage::empty();
    stage.run(&["roster", "import", &case("07/roster.csv")]).refused(&["第2行", "引号没有收尾"]);
    assert_eq!(units(&stage).await, []);
    stage
        .run(&["standard", "check", &case("07/sibling-standard")])
        .refused(&["“选项”表第49行", "引号没有收尾"]);
    let stage = Stage::ready();
    stage.run(&["findings", "import", &case("07/sibling-findings.csv")]).refused(&["第2行", "引号没有收尾"]);
    // Closed by the next one: two rows would be one.
    let two = format!("支部编号,存在问题\n{SHILI},\"甲\n{DALING},\"乙\"\n");
    stage
        .run(&["findings", "import", &stage.write("two.csv", two)])
        .refused(&["第2行", "收尾的引号后面还有字"]);
    let shifted = format!("支部编号,存在问题,整改时限\n{SHILI},甲\n{DALING},乙,\n");
    let shifted = stage.write("shifted.csv", shifted);
    stage.run(&["findings", "import", &shifted]).refused(&["第2行：这一行有2格，表头有3格"]);
    assert_eq!(findings(&stage), Vec::<serde_json::Value>::new());
    let review =
        "上报编号,已审次数,审核意见,原因,条目与原因,截止日期\nx,0,退回修改,\"请补,,\ny,0,审核通过,,,\n";
    stage.run(&["review", "import", &stage.write("r.csv", review)]).refused(&["第2行", "引号没有收尾"]);
}

#[test]
fn a_merged_sector_holds_for_its_rows() {
    let stage = Stage::empty();
    let told = stage.run(&["standard", "publish", &case("09/standard.xlsx")]).ok();
    assert!(told.contains("“限制”表合并的格子") && told.contains("第一处在第4行“领域”列"), "{told}");
    stage.run(&["standard", "export", "-o", "out.xlsx"]).ok();
    let mut out: calamine::Xlsx<_> = calamine::open_workbook(stage.path("out.xlsx")).unwrap();
    let range = calamine::Reader::worksheet_range(&mut out, "限制").unwrap();
    let rows: Vec<Vec<String>> =
        range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let column = |title: &str| rows[0].iter().position(|cell| cell == title).unwrap();
    let sectors = |id: &str| {
        let row = rows.iter().find(|row| row[column("编号")] == id).unwrap();
        row[column("领域")].clone()
    };
    assert_eq!(sectors("cap-b"), "农村");
}

/// A county's table as the office made it: under a title that is merged over all columns, with merged cells and twenty mistakes,
/// each of which is named where it is, once.
#[test]
fn a_title_and_merged_cells_hide_none_of_a_standards_faults() {
    let stage = Stage::empty();
    let ran = stage.run(&["standard", "check", &case("30/standard_标题行和合并.xlsx")]);
    for strange in ["缺这一列", "不认识这一列", "没有填"] {
        assert!(!ran.err.contains(strange), "{strange}: {}", ran.err);
    }
    ran.refused(&[
        "“标准”表第3行“内容”列：这一格是数字格式，现在是“2026.1”",
        "“考核周期”表第2行“编号”列：这一格被表格软件改成了日期，现在是“2026-07-01”",
        "“条目”表第9行：这一行是隐藏的，或者被筛选掉了",
        "“条目”表第12行“上级评”列：不认识“√”",
        "“分项”表第7行“分值”列：这一格是公式，文件里没有它的结果",
        "“条目”表第4行“编号”列：条目“ZR2”在“依据”表里没有一行",
        "共20处错误",
    ]);
}

#[test]
fn a_year_has_four_digits() {
    let stage = Stage::ready();
    stage
        .run(&["findings", "import", &case("12/findings.csv")])
        .refused(&["第2行“整改时限”列：“27.1.5”年份不是四位", "年份写四位"]);
    stage.run(&["standard", "check", &case("12/standard")]).refused(&[
        "“考核周期”表第2行“开始”列：“26.1.1”年份不是四位",
        "“考核周期”表第3行“上报截止”列：“28.1.10”年份不是四位",
        "“手册/H1 甲.md”文件第3行“依据”列：“18-10-28”年份不是四位",
    ]);
    for (day, why) in [("3027-1-5", "年份不在1949到2100之间"), ("2027-02-30", "不是日期")] {
        let text = format!("支部编号,存在问题,整改时限\n{SHILI},甲,{day}\n");
        stage.run(&["findings", "import", &stage.write("f.csv", text)]).refused(&["第2行“整改时限”列", why]);
        let text = format!("上报编号,已审次数,审核意见,原因,条目与原因,截止日期\nx,0,退回修改,请补,,{day}\n");
        stage.run(&["review", "import", &stage.write("r.csv", text)]).refused(&["没有“x”这次上报"]);
    }
}

#[tokio::test]
async fn a_header_is_known_by_its_words() {
    let stage = Stage::empty();
    let told = stage.run(&["roster", "import", &case("16/roster.xlsx")]).ok();
    assert!(told.contains("第1行的表头“编\u{3000}号”当作“编号”"), "{told}");
    let spaced = "编 号,上级编号,层　级,名称,领域,电　话\nc2,,县,乙县委,,0416-1\n";
    stage.run(&["roster", "import", &stage.write("s.csv", spaced)]).ok();
    assert_eq!(units(&stage).await[1].telephone, "0416-1");
    let stage = Stage::ready();
    stage.run(&["findings", "import", &case("16/sibling-findings.xlsx")]).ok();
    assert_eq!(findings(&stage)[0]["due"], "2099-12-31");
}

#[tokio::test]
async fn tables_without_commas_are_read_or_told_what_they_are() {
    for file in ["17/roster-semicolons.csv", "17/roster-tabs.csv"] {
        let stage = Stage::empty();
        let told = stage.run(&["roster", "import", &case(file)]).ok();
        assert!(told.contains("分开的，照样读了"), "{told}");
        assert_eq!(units(&stage).await[0].name, "甲县委");
    }
    let stage = Stage::ready();
    for (file, what) in [
        ("17/roster-html.xls", "其实是网页"),
        ("17/roster-one-line-html.xls", "其实是网页"),
        ("17/roster-xml.xls", "其实是XML"),
    ] {
        for command in ["roster", "findings", "review"] {
            stage.run(&[command, "import", &case(file)]).refused(&[what, "另存为“Excel工作簿（xlsx）”"]);
        }
        stage.run(&["standard", "check", &case(file)]).refused(&[what]);
    }
    let tabs = format!("支部编号\t存在问题\n{SHILI}\t甲\n");
    stage.run(&["findings", "import", &stage.write("f.txt", tabs)]).ok();
    assert_eq!(findings(&stage).len(), 1);
}

#[tokio::test]
async fn forms_as_offices_make_them_are_read() {
    let stage = Stage::ready();
    let roster = case("30/roster_反写零宽名称.xlsx");
    stage.run(&["roster", "import", &roster]).refused(&["第4行“名称”列：有改变文字方向的控制字符"]);
    // The header is found under its title, and the rows keep their numbers.
    stage
        .run(&["review", "import", &case("30/review_标题行.xlsx")])
        .refused(&["第3行“上报编号”列：没有“01a22bad-3083-72a0-8…”这次上报"]);
    let stage = Stage::empty();
    let clean = "编号,上级编号,层级,名称,领域\nc1,,县,甲\u{200b}县委,\n";
    let told = stage.run(&["roster", "import", &stage.write("r.csv", clean)]).ok();
    assert!(told.contains("去掉了看不见的字符：1格，第一处在第2行“名称”列"), "{told}");
    assert_eq!(units(&stage).await[0].name, "甲县委");
}

#[test]
fn a_formula_without_a_result_and_hidden_rows_are_refused_everywhere() {
    let stage = Stage::ready();
    let tables: [(&str, &[&str], &[&str]); 3] = [
        ("roster", &ROSTER, &["c1", "", "县", "甲县委"]),
        ("findings", &["支部编号", "存在问题"], &[SHILI, "甲"]),
        (
            "review",
            &["上报编号", "已审次数", "审核意见", "原因", "条目与原因", "截止日期"],
            &["x", "0", "审核通过"],
        ),
    ];
    for (command, header, cells) in tables {
        let failed = book(&[header, cells], |sheet| {
            sheet.write_formula(1, 1, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        });
        let failed = stage.write("failed.xlsx", failed);
        stage.run(&[command, "import", &failed]).refused(&["第2行", "这一格的公式出错了"]);
        let hidden = book(&[header, cells, cells], |sheet| {
            sheet.set_row_hidden(2).unwrap();
        });
        let hidden = stage.write("hidden.xlsx", hidden);
        stage.run(&[command, "import", &hidden]).refused(&["第3行：这一行是隐藏的，或者被筛选掉了"]);
    }
}

#[test]
fn files_in_a_standards_folder_that_nobody_reads_are_named() {
    let stage = Stage::empty();
    super::stage::copy_folder(super::stage::BUILTIN.as_ref(), &stage.path("标准"));
    stage.write("标准/.~lock.条目.csv#", "");
    stage.write("标准/手册/~$H1.docx", "");
    let told = stage.run(&["standard", "check", "标准"]).ok();
    assert!(!told.contains("没有读"), "{told}");
    stage.write("标准/怎么改.pdf", "");
    std::fs::create_dir(stage.path("标准/附件")).unwrap();
    let told = stage.run(&["standard", "check", "标准"]).ok();
    assert!(told.contains("提示：文件夹里的“怎么改.pdf”、“附件/”没有读"), "{told}");
    stage.write("标准/条目补充.xlsx", "");
    stage.write("标准/手册/H99 新的一章.docx", "");
    stage.run(&["standard", "check", "标准"]).refused(&[
        "“条目补充.xlsx”",
        "另存为“CSV UTF-8（逗号分隔）”",
        "“手册/H99 新的一章.docx”",
        "写成Markdown",
        "共2处错误",
    ]);
}

#[tokio::test]
async fn a_blank_roster_can_be_made_and_filled_in() {
    let stage = Stage::empty();
    let told = stage.run(&["roster", "template", "-o", "名册.xlsx"]).ok();
    assert!(told.contains("名册.xlsx") && !stage.path("b.sqlite").exists(), "{told}");
    stage.run(&["roster", "template", "-o", "名册.xlsx"]).refused(&["已经有了"]);
    stage.run(&["roster", "import", "名册.xlsx"]).refused(&["一行都没有"]);
    let wrong = stage.write("wrong.csv", "单位编码,名称\na,甲\n");
    stage
        .run(&["roster", "import", &wrong])
        .refused(&["“编号”列：缺这一列；表头里最接近的是“单位编码”", "roster template"]);
}
