//! 由上级评: values are given on the command line and by a table, seen on the phone and in the results, and never mixed into the
//! branch's own score.

use super::stage::{Phone, Server, Stage};
use biaochi::{
    domain::{Checklist, ContentHash, Submission},
    protocol::paths,
};
use calamine::{Data, Reader as _, open_workbook};
use rust_xlsxwriter::Workbook;
use std::path::Path;

const ONE: &str = "210700000001";
const TWO: &str = "210700000002";

/// A county's table in which the upper level judges two items: 两委关系, 3 points, and 群众满意度, 5 points with a limit.
fn village() -> String {
    format!("{}/tests/fixtures/cases/30/standard_满意度限制不生效.xlsx", env!("CARGO_MANIFEST_DIR"))
}

fn ready() -> Stage {
    let stage = Stage::empty();
    stage.run(&["standard", "publish", &village()]).ok();
    let roster = format!(
        "编号,上级编号,层级,名称,领域,电话\nc,,县,县委,,\nt,c,乡镇,镇安镇党委,,\n{ONE},t,支部,甲村党支部,农村,\n{TWO},t,支部,乙村党支部,农村,\n"
    );
    stage.run(&["roster", "import", &stage.write("roster.csv", roster)]).ok();
    stage
}

async fn checklist(stage: &Stage, phone: &Phone) -> Checklist {
    let shown = stage.run(&["standard", "show", "--json"]).json();
    let lists = shown["checklists"].as_array().unwrap();
    let rural = lists.iter().find(|list| list["sector"] == "rural").unwrap();
    let hash: ContentHash = serde_json::from_value(rural["hash"].clone()).unwrap();
    serde_json::from_value(phone.get(&paths::checklist(&hash)).await).unwrap()
}

fn report(phone: &Phone, list: &Checklist) -> Submission {
    let mut report = phone.submission(0, &[]);
    report.checklist = list.hash().unwrap();
    report.answers.retain(|entry| entry.key.item().is_none());
    report
}

/// The number (第几条) of the item of this title, and of its limit the id.
fn named(list: &Checklist, title: &str) -> (String, Option<String>) {
    let found = list.items().enumerate().find(|(_, (_, item))| item.title == title).unwrap();
    let limit = found.1.1.limits.first().map(|limit| limit.id.to_string());
    ((found.0 + 1).to_string(), limit)
}

/// The exported table with cells filled in: (row of the spreadsheet, column, text).
fn filled(from: &Path, to: &Path, cells: &[(usize, &str, &str)]) {
    let mut book: calamine::Xlsx<_> = open_workbook(from).unwrap();
    let range = book.worksheet_range("打分表").unwrap();
    let text = |cell: &Data| if *cell == Data::Empty { String::new() } else { cell.to_string() };
    let mut rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(text).collect()).collect();
    for (row, column, text) in cells {
        let at = rows[0].iter().position(|title| title == column).unwrap();
        rows[row - 1][at] = (*text).into();
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("打分表").unwrap();
    for (row, cells) in (0..).zip(&rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save(to).unwrap();
}

async fn phones(stage: &Stage) -> (Server, Phone, Phone) {
    let server = stage.serve();
    let (one, two) = (server.phone(stage, ONE, 1).await, server.phone(stage, TWO, 2).await);
    (server, one, two)
}

#[tokio::test]
async fn a_value_is_given_corrected_and_seen_with_who_and_when() {
    let stage = ready();
    let (_server, phone, other) = phones(&stage).await;
    let list = checklist(&stage, &phone).await;
    let own = phone.submit(&report(&phone, &list)).await.score;
    let ((relation, none), (content, limit)) = (named(&list, "两委关系"), named(&list, "群众满意度"));
    let limit = limit.unwrap();
    assert_eq!(none, None);
    let give = |item: &str, points: &str, more: &[&str]| {
        let args =
            ["judge", "give", "--branch", ONE, "--period", "2026-H2", "--item", item, "--points", points];
        stage.run(&[&args[..], more].concat())
    };
    give("1", "1", &[]).refused(&["”这一期不由上级评", "两委关系", "群众满意度"]);
    give("99", "1", &[]).refused(&["没有“99”这一条"]);
    give(&relation, "3.5", &[]).refused(&["满分3分，3.5分超过了", "写成0到3的数"]);
    give(&relation, "三分", &[]).refused(&["“三分”不是分值"]);
    give(&relation, "2", &["--limit", "x"]).refused(&["没有限制“x”", "空着"]);
    give(&content, "4", &[]).refused(&["没有写是不是成立", "都不成立的写“无”", &limit]);
    let told = give(&content, "4", &["--limit", "无"]).ok();
    assert!(told.contains("甲村党支部 2026-H2") && told.contains("镇安镇党委评4分（满分5分）"), "{told}");
    assert!(give(&content, "4", &["--limit", "无"]).ok().contains("没有变化"));
    let held = give(&content, "1.5", &["--limit", &limit, "--reason", "测评不到六成", "--by", "李组委"]).ok();
    assert!(held.contains("李组委评1.5分") && held.contains("限制成立："), "{held}");

    // Append-only: the correction stands beside what it corrects.
    let json = stage.run(&["judge", "list", "--period", "2026-H2", "--json"]).json();
    let row = json.as_array().unwrap().iter().find(|row| row["counting"].is_object()).unwrap();
    assert_eq!((row["given"].as_array().unwrap().len(), &row["counting"]["points"]), (2, &150.into()));
    let table = stage.run(&["judge", "list", "--period", "2026-H2", "--under", "镇安镇党委"]).ok();
    assert!(table.contains("共4处，评了1处") && table.contains("改过1次"), "{table}");
    assert!(table.contains("李组委") && table.contains("没有评"), "{table}");

    // The phone is told what counts, of its own branch alone; the branch's own score stays.
    let seen = phone.get(paths::BRANCH).await;
    let values = seen["judged"].as_array().unwrap();
    assert_eq!(values.len(), 1);
    assert_eq!((&values[0]["by"], &values[0]["holds"][0]), (&"李组委".into(), &limit.as_str().into()));
    assert_eq!(other.get(paths::BRANCH).await.get("judged"), None);
    let listed = phone.list().await.unwrap();
    assert_eq!(listed[0]["receipt"]["score"], own.hundredths());
    stage.run(&["judge", "list", "--period", "2020"]).refused(&["没有“2020”这个考核周期"]);
}

#[tokio::test]
async fn the_table_goes_out_is_filled_in_and_comes_back_row_by_row() {
    let stage = ready();
    let (_server, phone, other) = phones(&stage).await;
    let list = checklist(&stage, &phone).await;
    let own = phone.submit(&report(&phone, &list)).await.score;
    let (_, limit) = named(&list, "群众满意度");
    let limit = limit.unwrap();
    let out = stage.arg("打分.xlsx");
    let export = ["judge", "export", "--period", "2026-H2", "--under", "镇安镇党委", "-o", &out];
    assert!(stage.run(&export).ok().contains("4行"));
    stage.run(&export).refused(&["已经有了"]);
    let back = stage.path("填好.xlsx");
    let import = ["judge", "import", back.to_str().unwrap()];
    // What leaves and comes back untouched changes nothing.
    filled(&stage.path("打分.xlsx"), &back, &[]);
    assert!(stage.run(&import).ok().contains("写入0处得分，没有变化0处"));
    let cells = [
        (2, "得分", "3"),
        (3, "得分", "５"),
        (3, "成立的限制", &*limit),
        (3, "说明", "走访问的"),
        (4, "得分", "9"),
        (5, "成立的限制", "无"),
    ];
    filled(&stage.path("打分.xlsx"), &back, &cells);
    let (done, told) = stage.run(&import).partly();
    assert!(done.contains("写入2处得分，没有变化0处"), "{done}");
    for said in [
        "“打分表”表第4行“得分”列：第",
        "满分3分，9分超过了",
        "“打分表”表第5行“成立的限制”列：填了这一格，却没有写得分",
        "第4、5行没有写入",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let (done, _) = stage.run(&import).partly();
    assert!(done.contains("写入0处得分，没有变化2处"), "{done}");
    assert_eq!(other.get(paths::BRANCH).await.get("judged"), None);

    // Sorted without the column of codes: one branch's points are not given to another.
    let apart = [(2, "支部", "乙村党支部"), (2, "得分", "1"), (3, "条目", "第1条 别的"), (3, "得分", "1")];
    filled(&stage.path("打分.xlsx"), &back, &apart);
    stage.run(&import).refused(&[
        "第2行“支部”列：“乙村党支部”和编号对不上：编号说的是“甲村党支部”",
        "第3行“条目”列：“第1条 别的”和编号对不上",
        "选中所有的列一起排",
    ]);

    // A later word is not overwritten by an old file; two rows for one are not guessed at.
    filled(&stage.path("打分.xlsx"), &back, &[(2, "得分", "1"), (5, "条目编号", ""), (5, "得分", "1")]);
    stage.run(&import).refused(&[
        "第2行“已评次数”列",
        "又打过分（现在是3）",
        "第5行“条目编号”列：这一格没有填",
    ]);
    let cell = |row: usize, column: usize| {
        let mut book: calamine::Xlsx<_> = open_workbook(stage.path("打分.xlsx")).unwrap();
        book.worksheet_range("打分表").unwrap().get((row - 1, column)).unwrap().to_string()
    };
    let twice =
        [(4, "得分", "1"), (5, "得分", "2"), (5, "条目编号", &*cell(4, 4)), (5, "条目", &*cell(4, 5))];
    filled(&stage.path("打分.xlsx"), &back, &twice);
    stage.run(&import).refused(&["第4行“条目编号”列：和第5行是同一个支部的同一条"]);

    let unread = [(4, "得分", "1"), (4, "说明", &*"长".repeat(501))];
    filled(&stage.path("打分.xlsx"), &back, &unread);
    stage.run(&import).refused(&["第4行“说明”列：说明超过500个字"]);

    // The results say who gave what and when, beside the branch's own score.
    let file = stage.path("结果.xlsx");
    stage.run(&["results", "export", "--period", "2026-H2", "-o", file.to_str().unwrap()]).ok();
    let mut book: calamine::Xlsx<_> = open_workbook(&file).unwrap();
    let judged = book.worksheet_range("上级评").unwrap();
    let rows: Vec<Vec<String>> =
        judged.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(rows.len(), 3);
    let content = rows.iter().find(|row| row[2] == "群众满意度").unwrap();
    assert_eq!(
        (content[4].as_str(), content[7].as_str(), content[8].as_str()),
        ("5", "走访问的", "镇安镇党委")
    );
    assert!(content[9].starts_with("2026-11-24 ") && !content[6].is_empty(), "{content:?}");
    let table = book.worksheet_range("镇汇总表").unwrap();
    let row = table.rows().find(|row| row[11] == *ONE).unwrap();
    let points = |hundredths: u32| Data::Float(f64::from(hundredths) / 100.0);
    assert_eq!((&row[4], &row[14], &row[15]), (&points(own.hundredths()), &points(800), &points(800)));
    assert_eq!(row[6], Data::Empty, "考评得分 is not the system's to fill in");
    // 8 of 93 points are due and were given, out of the items whose windows have ended.
    let whole: f64 = row[16].to_string().parse().unwrap();
    assert!(whole > f64::from(own.hundredths()) / 100.0, "{whole}");
}
