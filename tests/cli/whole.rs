//! A standard of 120 points with grades of its own, from its tables to a branch's report and the township's results.

use super::stage::Stage;
use biaochi::{
    authoring::template,
    domain::{Checklist, ClaimedGrade, ContentHash},
    protocol::paths,
};
use calamine::{Reader as _, open_workbook};

const BRANCH: &str = "210700000001";

/// The template as a folder of tables: 120 points, three grades, half of the year each half.
fn folder(stage: &Stage) -> String {
    std::fs::create_dir(stage.path("标准")).unwrap();
    for sheet in template::sheets().into_iter().filter(|sheet| !["手册", "制度"].contains(&&*sheet.name))
    {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let mut rows: Vec<Vec<String>> = sheet.rows.iter().map(|row| row.cells.clone()).collect();
        let header = rows[0].clone();
        let at = |title: &str| header.iter().position(|known| known == title).unwrap();
        match sheet.name.as_str() {
            "标准" => {
                for row in &mut rows {
                    row[1] = match row[0].as_str() {
                        "标准编号" => "stars".into(),
                        "总分" => "120".into(),
                        _ => row[1].clone(),
                    };
                }
            }
            "领域" => rows[1][..2].clone_from_slice(&["rural".into(), "农村".into()]),
            "考核周期" => rows[1][at("占全年")] = "100%".into(),
            "等次" => {
                let row = |cells: [&str; 4]| cells.map(ToOwned::to_owned).to_vec();
                rows.truncate(1);
                assert_eq!(header, ["等次", "分数线", "评选", "名额"]);
                rows.push(row(["好", "100", "是", "20%"]));
                rows.push(row(["较好", "80", "", ""]));
                rows.push(row(["差", "", "", ""]));
            }
            "条目" => rows.iter_mut().skip(1).for_each(|row| row[at("领域")] = "全部".into()),
            "分项" => {
                let first = rows[1][at("分值")].parse::<u32>().unwrap();
                rows[1][at("分值")] = (first + 20).to_string();
            }
            "限制" => {
                for row in rows.iter_mut().skip(1) {
                    let is_veto = row[at("最高等次")] == "不合格";
                    row[at("最高等次")] = if is_veto { "差" } else { "较好" }.into();
                    if row[at("数值")] == "不合格" {
                        row[at("数值")] = "差".into();
                    }
                }
            }
            _ => {}
        }
        let lines: Vec<String> =
            rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
        stage.write(&format!("标准/{}.csv", sheet.name), lines.join("\n"));
    }
    stage.arg("标准")
}

#[tokio::test]
async fn own_grades_and_other_totals_go_from_the_tables_to_the_results() {
    let stage = Stage::empty();
    let folder = folder(&stage);
    let told = stage.run(&["standard", "check", &folder]).ok();
    for said in [
        "- 总分120分",
        "- 好100分，较好80分，再低是差",
        "- 好不超过参评支部的20%",
        "（示例方面一得分率低于60%，最高较好）",
        "（上年度差，最高较好）",
        "- 全年的结果：2026年下半年占100%",
        "系统不评等次",
        "农村的120分里支部自评只有",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    stage.run(&["standard", "publish", &folder]).ok();
    assert!(stage.run(&["standard", "show"]).ok().contains("- 好不超过参评支部的20%"));
    stage.run(&["standard", "export", "-o", &stage.arg("again.xlsx")]).ok();
    assert_eq!(stage.run(&["standard", "diff", "在用", &stage.arg("again.xlsx")]).ok().trim(), "没有变化。");
    let roster = format!(
        "编号,上级编号,层级,名称,领域,电话\nc,,县,县委,,\nt,c,乡镇,镇安镇党委,,\n{BRANCH},t,支部,甲村党支部,农村,\n"
    );
    stage.run(&["roster", "import", &stage.write("roster.csv", roster)]).ok();

    let server = stage.serve();
    let phone = server.phone(&stage, BRANCH, 1).await;
    let shown = stage.run(&["standard", "show", "--json"]).json();
    let hash: ContentHash = serde_json::from_value(shown["checklists"][0]["hash"].clone()).unwrap();
    let list: Checklist = serde_json::from_value(phone.get(&paths::checklist(&hash)).await).unwrap();
    assert_eq!(list.engine, 2, "what a phone of the first version would show wrongly it does not read");
    let mut report = phone.submission(0, &[]);
    report.checklist = hash;
    report.answers.retain(|entry| entry.key.item().is_none());
    // Nobody applies for a grade that the standard does not have, nor for its lowest.
    for wrong in [ClaimedGrade::Model, ClaimedGrade::Own(0), ClaimedGrade::Own(3)] {
        report.declaration.claimed_grade = wrong;
        assert_eq!(phone.try_submit(&report).await, 422, "{wrong:?}");
    }
    report.declaration.claimed_grade = ClaimedGrade::Own(1);
    phone.submit(&report).await;
    let listed = stage.run(&["review", "list"]).ok();
    assert!(listed.contains("较好"), "{listed}");
    let file = stage.path("结果.xlsx");
    stage.run(&["results", "export", "--period", "2026-H2", "-o", file.to_str().unwrap()]).ok();
    let mut book: calamine::Xlsx<_> = open_workbook(&file).unwrap();
    let table = book.worksheet_range("镇汇总表").unwrap();
    let column = |title: &str| table.rows().next().unwrap().iter().position(|cell| *cell == *title).unwrap();
    let row = table.rows().nth(1).unwrap();
    assert_eq!(
        (row[column("申报等次")].to_string(), row[column("标准总分")].to_string()),
        ("较好".into(), "120".into())
    );
}
