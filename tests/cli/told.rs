//! What `standard` says before and after a version is published: the points of every period, limits that nobody would ever feel,
//! and that it is published, in words.

use super::stage::{BUILTIN, Stage, copy_folder, demo_roster};
use std::path::Path;

/// A county's table of 2012, with a limit on an item that the upper level judges, and duties of the year in half-years.
fn village() -> String {
    format!("{}/tests/fixtures/cases/30/standard_满意度限制不生效.xlsx", env!("CARGO_MANIFEST_DIR"))
}

/// The built-in standard in the folder 标准, with words in a file replaced.
fn edited(stage: &Stage, file: &str, from: &str, to: &str) {
    if !stage.path("标准").exists() {
        copy_folder(Path::new(BUILTIN), &stage.path("标准"));
    }
    let path = stage.path("标准").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}: {from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// The cells of the rows of a period in the table of points.
fn rows<'a>(text: &'a str, period: &str) -> Vec<Vec<&'a str>> {
    let lines = text.lines().filter(|line| line.starts_with(period));
    lines.map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn check_tells_what_each_period_judges_of_the_points() {
    let stage = Stage::empty();
    let text = stage.run(&["standard", "check", &village()]).ok();
    // 乡镇评的8分；年内才满的：向村民代表会议报告1分、组织生活会和评议4分、实事2分。机关没有第一样。
    assert_eq!(
        rows(&text, "2026-H2"),
        [["2026-H2", "农村、社区", "100", "85", "8", "7"], ["2026-H2", "机关", "100", "86", "8", "6"]]
    );
    // The year ends in December, and with it what is asked once a year.
    assert_eq!(rows(&text, "2027-H1"), [["2027-H1", "农村、社区、机关", "100", "92", "8", "0"]]);
    for said in [
        "提示：2026-H2这一期，农村、社区的100分里支部自评只有85分。",
        "上级评8分：两委关系3分、群众满意度5分。",
        "本期不评7分：村委会汇报工作1分、组织生活会和民主评议4分、为民办实事2分。",
        "提示：2026-H2这一期，机关的100分里支部自评只有86分。",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn what_is_wholly_judged_by_the_branches_is_told_without_a_hint() {
    let stage = Stage::empty();
    let enterprise = format!("{}/tests/fixtures/tables/enterprise", env!("CARGO_MANIFEST_DIR"));
    let text = stage.run(&["standard", "check", &enterprise]).ok();
    let points = text.lines().skip_while(|line| !line.starts_with("每一期评多少分"));
    let points: Vec<Vec<&str>> = points.skip(2).map(|line| line.split_whitespace().collect()).collect();
    let whole = points.iter().take_while(|cells| cells.len() == 6);
    for cells in whole.clone() {
        let [all, own, above, not_due] = [2, 3, 4, 5].map(|at: usize| cells[at].parse::<f64>().unwrap());
        assert!((all - own - above - not_due).abs() < f64::EPSILON, "{cells:?}");
        // A hint stands there exactly where the branches do not account for everything.
        let hint = format!("提示：{}这一期，{}的100分里", cells[0], cells[1]);
        assert_eq!(text.contains(&hint), own < all, "{text}");
    }
    assert!(whole.count() > 0, "{text}");
}

#[test]
fn a_limit_that_can_never_hold_is_told_before_and_after_it_is_published() {
    let stage = Stage::empty();
    // On what the upper level judges they can hold: it says so with its points.
    for file in [village().as_str(), BUILTIN] {
        let text = stage.run(&["standard", "check", file]).ok();
        assert!(!text.contains("永远不会起作用"), "{text}");
    }
    let told = |text: &str, row: usize, why: &str| {
        let line = format!("提示：“限制”表第{row}行：");
        text.lines().any(|said| said.starts_with(&line) && said.contains(why))
    };
    // Nothing is better than the best grade that there is.
    let limits = std::fs::read_to_string(format!("{BUILTIN}/限制.csv")).unwrap();
    let first = limits.lines().nth(1).unwrap();
    edited(&stage, "限制.csv", first, &first.replace(",不合格,", ",标兵,"));
    let text = stage.run(&["standard", "check", "标准"]).ok();
    assert!(told(&text, 2, "没有比“标兵”更高的等次") && text.contains("改“最高等次”"), "{text}");
    edited(&stage, "限制.csv", ",标兵,", ",优秀,");
    let text = stage.run(&["standard", "check", "标准"]).ok();
    assert!(!told(&text, 2, ""), "{text}");
    let grades = std::fs::read_to_string(format!("{BUILTIN}/等次.csv")).unwrap();
    let best = grades.lines().find(|line| line.starts_with("标兵,")).unwrap();
    edited(&stage, "等次.csv", best, "");
    let text = stage.run(&["standard", "check", "标准"]).ok();
    assert!(told(&text, 2, "没有比“优秀”更高的等次"), "{text}");
}

#[test]
fn publishing_ends_in_words() {
    let stage = Stage::empty();
    edited(&stage, "标准.csv", "版本,2026.2", "版本,2026.3");
    let first = stage.run(&["standard", "publish-builtin"]).ok();
    let second = stage.run(&["standard", "publish", "标准"]).ok();
    for (text, said) in [
        (&first, "2026.2，从现在起用这一版。"),
        (&first, "还没有激活的，导入名册、发激活码以后收到"),
        (&second, "2026.3，从现在起用这一版；在这以前用的是《"),
        (&second, "》2026.2。"),
        (&second, "正在填的草稿留在原来的版本"),
        (&second, "农村"),
        (&second, "手册"),
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let has_hash = |text: &str| text.split(|c: char| !c.is_ascii_hexdigit()).any(|word| word.len() >= 32);
    assert!(!has_hash(&first) && !has_hash(&second), "{first}{second}");
    let again = stage.run(&["standard", "publish", "标准"]).ok();
    assert!(again.contains("2026.3正在使用，内容一样，什么也没有变。"), "{again}");
    assert!(again.lines().skip(1).all(|line| line.starts_with("提示：")), "{again}");
    // An older one that comes back says so.
    let shown = stage.run(&["standard", "show"]).ok();
    stage.run(&["standard", "publish-builtin"]).refused(&["正在使用的是《", "》2026.3，", "--yes-instead"]);
    assert_eq!(stage.run(&["standard", "show"]).ok(), shown, "refused, nothing is switched back");
    let back = stage.run(&["standard", "publish-builtin", "--yes-instead"]).ok();
    assert!(
        back.contains("2026.2，从现在起用这一版；在这以前用的是《") && back.contains("2026.3。"),
        "{back}"
    );
    // Programs are told what phones are told.
    let json = stage.run(&["standard", "publish-builtin", "--json"]).json();
    assert_eq!(json, stage.run(&["standard", "show", "--json"]).json());
    assert!(has_hash(json["checklists"][0]["hash"].as_str().unwrap()));
}

#[test]
fn the_built_in_standard_takes_no_period_away_either() {
    let stage = Stage::empty();
    edited(&stage, "标准.csv", "版本,2026.2", "版本,2026.1");
    edited(&stage, "考核周期.csv", "2026-H2,2026年下半年", "2026-autumn,2026年秋");
    stage.run(&["standard", "publish", "标准"]).ok();
    let shown = stage.run(&["standard", "show"]).ok();
    // An earlier version of the same standard gives way by itself, and a confirmed other one too, but not what branches work on.
    for asked in [&["standard", "publish-builtin"][..], &["standard", "publish-builtin", "--yes-instead"]] {
        let said = [
            "没有正在用的考核周期2026-autumn“2026年秋”",
            "standard export --builtin",
            "--yes-without-period",
        ];
        stage.run(asked).refused(&said);
    }
    assert_eq!(stage.run(&["standard", "show"]).ok(), shown);
    stage.run(&["standard", "publish-builtin", "--yes-without-period"]).ok();
}

#[test]
fn what_is_in_force_is_named_wherever_a_version_is_read() {
    let stage = Stage::ready();
    let of_file = stage.run(&["standard", "burden", BUILTIN]).ok();
    assert_eq!(stage.run(&["standard", "burden", "在用"]).ok(), of_file);
    let same = stage.run(&["standard", "burden", "在用", "--against", "在用"]).ok();
    assert!(same.contains("负担没有变化"), "{same}");
    stage.run(&["standard", "template", "-o", "旧.xlsx"]).ok();
    let text = stage.run(&["standard", "burden", "在用", "--against", "旧.xlsx"]).ok();
    assert!(text.contains("新增") && text.contains("NC-A1"), "{text}");
    stage.run(&["standard", "export", "在用", "-o", "在用标准.xlsx"]).ok();
    assert_eq!(stage.run(&["standard", "diff", "在用", "在用标准.xlsx"]).ok().trim(), "没有变化。");
    let shown = stage.run(&["standard", "show"]).ok();
    let points = |text: &str| rows(text, "2026-H2").into_iter().filter(|cells| cells.len() == 6).count();
    assert!(points(&shown) > 0, "{shown}");
    // Nothing published yet, and no database at all.
    let stage = Stage::empty();
    stage.run(&["standard", "burden", "在用"]).refused(&[stage.nothing_there()]);
    stage.run(&["standard", "export", "在用", "-o", "x.xlsx"]).refused(&[stage.nothing_there()]);
    assert!(!stage.path("b.sqlite").exists());
    stage.run(&["roster", "import", &demo_roster()]).ok();
    stage.run(&["standard", "burden", "在用"]).refused(&["还没有发布标准"]);
    stage.run(&["standard", "export", "在用", "-o", "x.xlsx"]).refused(&["还没有发布标准"]);
}

#[test]
fn sheets_of_results_stand_in_the_standards_order() {
    use calamine::Reader as _;
    let stage = Stage::empty();
    stage.run(&["standard", "publish-builtin"]).ok();
    let usual = ["农村", "社区", "机关", "国企", "非公企业", "学校", "公立医院", "社会组织"];
    let mut roster = "编号,上级编号,层级,名称,领域,电话\nc,,县,县委,,\nt,c,乡镇,镇党委,,\n".to_owned();
    for sector in usual {
        roster.push_str(&format!("b{},t,支部,{sector}党支部,{sector},\n", roster.len()));
    }
    stage.run(&["roster", "import", &stage.write("roster.csv", roster)]).ok();
    let sheets = || {
        let file = stage.path("结果.xlsx");
        stage.run(&["results", "export", "--period", "2026-H2", "-o", "结果.xlsx"]).ok();
        let book: calamine::Xlsx<_> = calamine::open_workbook(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        book.sheet_names()
    };
    let of = |sectors: &[&str]| {
        let points = sectors.iter().map(|sector| format!("条目得分 {sector}"));
        let around = [vec!["镇汇总表".to_owned()], points.collect()].concat();
        [around, vec!["扣分明细".into(), "与台账不同".into()]].concat()
    };
    assert_eq!(sheets(), of(&usual));
    // Another standard has another order.
    edited(&stage, "标准.csv", "版本,2026.2", "版本,2026.3");
    let file = stage.path("标准").join("领域.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    std::fs::write(&file, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
    stage.run(&["standard", "publish", "标准"]).ok();
    let mut turned = usual;
    turned.reverse();
    assert_eq!(sheets(), of(&turned));
}

#[test]
fn one_missing_thing_is_one_line_and_not_a_page() {
    let stage = Stage::empty();
    let sectors = std::fs::read_to_string(format!("{BUILTIN}/领域.csv")).unwrap();
    let row = sectors.lines().find(|line| line.starts_with("school,")).unwrap();
    edited(&stage, "领域.csv", &format!("{row}\n"), "");
    let refused = stage.run(&["standard", "check", "标准"]);
    let lines: Vec<&str> = refused.err.lines().filter(|line| line.contains("没有“学校”这个领域")).collect();
    assert_eq!(lines.len(), 1, "{}", refused.err);
    assert!(lines[0].starts_with("“条目”表第") && lines[0].contains("“分项”表第"), "{}", refused.err);
    refused.refused(&["共1处错误"]);
    // A header of the rules, mistyped.
    edited(&stage, "领域.csv", "rural,", &format!("{row}\nrural,"));
    edited(&stage, "分项.csv", "最低次数", "最少次数");
    stage.run(&["standard", "check", "标准"]).refused(&[
        "“分项”表第1行“最少次数”列：不认识这一列",
        "最接近的是“最低次数”",
        "共1处错误",
    ]);
}
