//! Units in time: a roster held against what is stored, branches that end or are merged, periods that keep the tree of their day.

use super::stage::{DALING, SHILI, Stage};
use biaochi::domain::{FindingField, Progress};
use calamine::{Reader as _, open_workbook};
use std::collections::BTreeMap;

const HEADER: &str = "编号,上级编号,层级,名称,领域,电话\n";
/// A city in which the files of case 30 have their places.
const CITY: &str = "210700,,市,锦州市委,,\n210701,210700,县,黑山县委,,\n210701100,210701,乡镇/街道,黑山县甲镇党委,,\n\
    2107011000000,210701100,支部,甲村党支部,农村,\n2107011000001,210701100,支部,乙村党支部,农村,\n\
    210701900,210701,系统党(工)委,教育党工委,,\n210701900100,210701900,村党委/党总支,第一中学党总支,,\n";
const TOWN: &str = "210726117";

fn case(name: &str) -> String {
    format!("{}/tests/fixtures/cases/30/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn import(stage: &Stage, rows: &str) -> super::stage::Ran {
    let file = stage.write("roster.csv", format!("{HEADER}{rows}"));
    stage.run(&["roster", "import", &file])
}

/// 镇汇总表 by codes: the name, the superior, and how it stands.
fn results(stage: &Stage, under: &str) -> BTreeMap<String, [String; 3]> {
    let file = stage.path("results.xlsx");
    let _ = std::fs::remove_file(&file);
    let period = ["results", "export", "--period", "2026-H2", "--under", under, "-o"];
    stage.run(&[&period[..], &[file.to_str().unwrap()]].concat()).ok();
    let mut book: calamine::Xlsx<_> = open_workbook(&file).unwrap();
    let table = book.worksheet_range("镇汇总表").unwrap();
    let at = |name: &str| table.rows().next().unwrap().iter().position(|title| *title == *name).unwrap();
    let columns = ["党组织", "上级党组织", "上报情况"].map(at);
    let read =
        |row: &[calamine::Data]| (row[at("编号")].to_string(), columns.map(|column| row[column].to_string()));
    table.rows().skip(1).map(read).collect()
}

#[test]
fn a_roster_is_held_against_what_is_stored() {
    let stage = Stage::empty();
    import(&stage, CITY).ok();
    stage.run(&["roster", "import", &case("roster_县在镇下面.csv")]).refused(&[
        "第2行“上级编号”列：上级“210701100”（黑山县甲镇党委）是乡镇/街道，县不能在它下面",
        "办法：",
    ]);
    stage
        .run(&["roster", "import", &case("roster_镇改成支部.csv")])
        .refused(&["第2行“层级”列：已导入的名册里它下面还有2个党组织，如“甲村党支部”（支部），不能是支部"]);
    for (rows, told) in [
        ("210702,210701900,县,北镇市委,,\n", "是系统党(工)委，县不能在它下面"),
        ("210701200,210701900100,乡镇/街道,乙镇党委,,\n", "是村党委/党总支，乡镇/街道不能在它下面"),
        (
            "210701,210700,乡镇/街道,黑山镇党委,,\n",
            "它下面还有1个党组织，如“黑山县甲镇党委”（乡镇/街道），不能是乡镇/街道",
        ),
        (
            "210701900100,210701900,支部,第一中学党支部,学校,\n2107019001001,210701900100,支部,教工党支部,学校,\n",
            "上级“210701900100”是一个支部",
        ),
        ("210700,210701,市,锦州市委,,\n", "又回到了自己"),
    ] {
        import(&stage, rows).refused(&[told, "什么也没有写入"]);
    }
    // What a whole table moves together is no fault of any of its rows.
    let promoted =
        "210701100,210701,系统党(工)委,甲开发区党工委,,\n210701110,210701100,乡镇/街道,丙街道党工委,,\n";
    import(&stage, promoted).ok();
}

#[test]
fn one_name_twice_under_one_unit_is_a_hint() {
    let stage = Stage::empty();
    import(&stage, CITY).ok();
    let told = import(&stage, "2107011000002,210701100,支部,甲村党支部,农村,\n").ok();
    let hint = "提示：“黑山县甲镇党委”下面有2个“甲村党支部”（2107011000000、2107011000002）";
    assert!(told.contains("新增1") && told.contains(hint), "{told}");
    let told = import(&stage, "2107011000009,210701900,支部,甲村党支部,学校,\n").ok();
    assert!(!told.contains("甲村党支部"), "the same name under another unit is another branch: {told}");
}

#[tokio::test]
async fn a_branch_that_has_ended_gets_no_code_and_is_not_missing_for_ever() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    let receipt = phone.submit(&phone.submission(0, &[])).await;
    let told = stage.run(&["roster", "end", SHILI, "--on", "2026-09-01"]).ok();
    assert!(told.contains("从2026-09-01起撤销") && told.contains("手机1部"), "{told}");
    assert!(stage.run(&["roster", "end", SHILI, "--on", "2026-09-01"]).ok().contains("没有变化"));
    stage.run(&["roster", "end", DALING, "--on", "2026-09-01"]).ok();
    for words in [
        &["codes", "issue", "--branch", SHILI][..],
        &["roster", "end", SHILI, "--on", "2026-09-02"],
        &["roster", "merge", SHILI, "210726117201", "--code", "x", "--name", "某", "--on", "2026-09-02"],
    ] {
        stage.run(words).refused(&["十里村党支部", "2026-09-01", "办法："]);
    }
    let codes = stage.run(&["codes", "issue", "--under", "镇安镇党委", "--json"]).json();
    assert_eq!(codes.as_array().unwrap().len(), 20, "of 22");
    let findings = stage.write("f.csv", format!("支部编号,存在问题\n{DALING},缺签到表\n"));
    stage
        .run(&["findings", "import", &findings])
        .refused(&["已经没有了：2026-09-01撤销", "填合并以后的支部"]);
    // The report stays; who never reported is not asked for any more.
    let table = results(&stage, "镇安镇党委");
    assert_eq!(table.len(), 21, "{table:?}");
    assert_eq!(table[SHILI][2], "未审，2026-09-01撤销");
    assert!(!table.contains_key(DALING));
    let list = stage.run(&["review", "list", "--under", "镇安镇党委"]).ok();
    assert!(list.contains(&receipt.code) && list.contains("2026-09-01撤销"), "{list}");
    // A roster from before changes nothing of it, and says so.
    let told = stage.run(&["roster", "import", &super::stage::demo_roster()]).ok();
    assert!(told.contains("从2026-09-01起已经没有了，没有动它") && told.contains("新增0，更新0"), "{told}");
    let below = format!("{SHILI}01,{SHILI},支部,某党支部,农村,\n");
    import(&stage, &below).refused(&["从2026-09-01起已经没有了", "填它现在的上级"]);
    assert!(stage.run(&["roster", "end", SHILI, "--undo"]).ok().contains("已恢复"));
    assert!(stage.run(&["roster", "end", SHILI, "--undo"]).ok().contains("没有变化"));
    stage.run(&["codes", "issue", "--branch", SHILI]).ok();
    assert_eq!(results(&stage, "镇安镇党委")[SHILI][2], "未审");
}

#[test]
fn what_cannot_be_ended_is_refused_in_words() {
    let stage = Stage::ready();
    for (words, told) in [
        (&["roster", "end", "镇安镇党委", "--on", "2026-09-01"][..], "下面还有22个党组织"),
        (&["roster", "end", SHILI, "--on", "2099-01-01"], "还没有到"),
        (&["roster", "end", SHILI, "--on", "0206-09-01"], "核对年份"),
        (&["roster", "end", SHILI, "--on", "昨天"], "不是日期"),
        (&["roster", "end", "没有的党支部", "--on", "2026-09-01"], "名册里没有"),
        (&["roster", "merge", SHILI, SHILI, "--code", "x", "--name", "某", "--on", "2026-09-01"], "写了两次"),
        (
            &["roster", "merge", SHILI, TOWN, "--code", "x", "--name", "某", "--on", "2026-09-01"],
            "不是同一级",
        ),
        (
            &["roster", "merge", SHILI, DALING, "--code", TOWN, "--name", "某", "--on", "2026-09-01"],
            "没有用过的新编号",
        ),
        (
            &["roster", "merge", SHILI, DALING, "--code", "a b", "--name", "某", "--on", "2026-09-01"],
            "不能作编号",
        ),
        (
            &["roster", "merge", SHILI, DALING, "--code", "x", "--name", "=1+1", "--on", "2026-09-01"],
            "不能作名称",
        ),
        (
            &["roster", "merge", SHILI, "210702002001", "--code", "x", "--name", "某", "--on", "2026-09-01"],
            "用 --under 写上",
        ),
        (
            &[
                "roster",
                "merge",
                SHILI,
                DALING,
                "--code",
                "x",
                "--name",
                "某",
                "--on",
                "2026-09-01",
                "--under",
                "210726117201",
            ],
            "是一个支部",
        ),
        (&["roster", "freeze", "--period", "2031-H2"], "没有“2031-H2”这个考核周期"),
        (
            &["roster", "freeze", "--period", "2026-H2", "--on", "2026-05-31"],
            "2026-05-31在“2026-H2”开始以前，它从2026-06-01开始",
        ),
    ] {
        stage.run(words).refused(&[told, "办法："]);
    }
    assert_eq!(stage.run(&["roster", "end", SHILI]).code, 2, "with its day, or not at all");
}

#[tokio::test]
async fn branches_are_merged_into_a_new_one_that_names_them() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    phone.submit(&phone.submission(0, &[])).await;
    let whole = "210726117299";
    let merge = [
        "roster",
        "merge",
        SHILI,
        "大岭村党支部",
        "--code",
        whole,
        "--name",
        "十里联合党支部",
        "--on",
        "2026-09-01",
    ];
    // 大岭 is a name that several have.
    stage.run(&merge).refused(&["不止一个", "填编号"]);
    let merge = merge.map(|word| if word == "大岭村党支部" { DALING } else { word });
    let told = stage.run(&merge).ok();
    assert!(told.contains("从2026-09-01起合并为“十里联合党支部”（210726117299）"), "{told}");
    assert!(told.contains("codes issue --branch 210726117299") && told.contains("手机1部"), "{told}");
    stage.run(&["codes", "issue", "--branch", SHILI]).refused(&["2026-09-01并入十里联合党支部"]);
    stage.run(&["codes", "issue", "--branch", whole]).ok();
    let table = results(&stage, "镇安镇党委");
    assert_eq!(table[whole], ["十里联合党支部", "镇安镇党委", "未上报"].map(str::to_owned));
    assert_eq!(table[SHILI][2], "未审，2026-09-01并入十里联合党支部");
    assert!(!table.contains_key(DALING) && table.len() == 22, "{table:?}");
    // As the period has it that ended before: the two of them, and not the one.
    stage.run(&["roster", "freeze", "--period", "2026-H2", "--on", "2026-08-31"]).ok();
    let table = results(&stage, "镇安镇党委");
    assert!(!table.contains_key(whole) && table.len() == 22, "{table:?}");
    assert_eq!(table[DALING][2], "未上报，2026-09-01并入十里联合党支部");
}

#[tokio::test]
async fn open_problems_go_over_to_the_branch_that_others_became() {
    let stage = Stage::ready();
    let server = stage.serve();
    let table = format!(
        "支部编号,条目,存在问题,整改时限,问题来源\n{SHILI},17,缺签到表,2099-12-31,县里检查\n{SHILI},,照片看不清,,\n\
         {DALING},,记录本没有签字,,\n{DALING},,已经改好的,,\n"
    );
    stage.run(&["findings", "import", &stage.write("f.csv", table)]).ok();
    let listed = |under: Option<&str>| {
        let under = under.map_or(Vec::new(), |under| vec!["--under", under]);
        let list = stage.run(&[&["findings", "list", "--json"][..], &under].concat()).json();
        let rows = list.as_array().unwrap().clone();
        rows.into_iter()
            .map(|row| (row["problem"].as_str().unwrap().to_owned(), row))
            .collect::<BTreeMap<_, _>>()
    };
    let number = |problem: &str| listed(None)[problem]["number"].as_str().unwrap().to_owned();
    stage.run(&["findings", "close", &number("已经改好的"), "--yes-not-mended"]).ok();
    stage.run(&["findings", "return", &number("照片看不清"), "--reason", "重拍", "--due", "2099-11-30"]).ok();
    let whole = "210726117299";
    let name = "十里联合党支部";
    let merge = ["roster", "merge", SHILI, DALING, "--code", whole, "--name", name, "--on", "2026-09-01"];
    let told = stage.run(&merge).ok();
    assert!(told.contains("没有销号的3个问题由新的接着改，写明接自哪个支部"), "{told}");
    let now = listed(None);
    let of = |problem: &str| {
        ["branch", "origin", "state", "due"]
            .map(|field| now[problem][field].as_str().unwrap_or("").to_owned())
    };
    let shili = "接自十里村党支部：";
    assert_eq!(of("缺签到表"), [whole, &format!("{shili}县里检查"), "待整改", "2099-12-31"]);
    assert_eq!(of("照片看不清"), [whole, &format!("{shili}上级检查"), "退回", "2099-11-30"]);
    assert_eq!(of("记录本没有签字")[0], whole);
    // Each stands there once; what was closed stays with the branch that mended it.
    assert_eq!((now.len(), of("已经改好的")[0].as_str()), (4, DALING));
    let list = stage.run(&["findings", "list"]).ok();
    assert!(list.contains("共4个问题"), "{list}");
    // Its phone shows them, and mends them.
    let phone = server.phone(&stage, whole, 3).await;
    let seen = phone.write_findings(Vec::new()).await;
    let first = seen.all().into_iter().find(|finding| finding.problem == "缺签到表").unwrap();
    assert_eq!((seen.all().len(), first.detail.as_str()), (3, "接自十里村党支部：县里检查"));
    let mended = seen.progress(first.id, Progress::Mended);
    let word = phone.entry(&seen, first.id, FindingField::Progress, mended);
    phone.write_findings(vec![word]).await;
    stage.run(&["findings", "close", now["缺签到表"]["number"].as_str().unwrap()]).ok();
    // The history is where it was; and where the merging was a mistake, so is the work.
    let history = listed(Some(SHILI));
    assert_eq!((history.len(), &history["缺签到表"]["state"]), (2, &"待整改".into()));
    let told = stage.run(&["roster", "end", SHILI, "--undo"]).ok();
    assert!(told.contains("转出去的2个问题又由它自己改"), "{told}");
    assert!(stage.run(&["findings", "list"]).ok().contains("共6个问题"));
}

/// 撤并乡镇: the branches go over, and what was before stays with the old town.
#[tokio::test]
async fn towns_are_merged_and_past_results_keep_the_superior_of_then() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    phone.submit(&phone.submission(0, &[])).await;
    let whole = "210726190";
    let merge =
        ["roster", "merge", TOWN, "210726116", "--code", whole, "--name", "新镇党委", "--on", "2026-09-01"];
    let told = stage.run(&merge).ok();
    assert!(told.contains("党组织归到新的下面"), "{told}");
    let frozen = stage.run(&["roster", "freeze", "--period", "2026-H2"]).ok();
    assert!(frozen.contains("2026-H2：党组织的名称、上级、撤并以2026-11-30的为准"), "{frozen}");
    assert_eq!(results(&stage, whole)[SHILI], ["十里村党支部", "新镇党委", "未审"].map(str::to_owned));
    stage.run(&["roster", "freeze", "--period", "2026-H2", "--on", "2026-08-31"]).ok();
    let table = results(&stage, TOWN);
    assert_eq!((table.len(), &table[SHILI][1]), (22, &"镇安镇党委".to_owned()));
    assert!(stage.run(&["review", "list", "--under", TOWN]).ok().contains("共1份"));
    let code = stage.run(&["codes", "issue", "--branch", SHILI, "--json"]).json();
    assert_eq!(code[0]["reports_to"], "新镇党委", "what is said now is said by the new one");
    stage
        .run(&["roster", "end", SHILI, "--on", "2026-08-01"])
        .refused(&["“十里村党支部”在2026-09-01已经有一次变动", "以后的日子"]);
}

#[tokio::test]
async fn a_change_counts_from_its_day_and_a_correction_from_ever() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    phone.submit(&phone.submission(0, &[])).await;
    stage.run(&["roster", "freeze", "--period", "2026-H2", "--on", "2026-08-31"]).ok();
    let file = |name: &str, above: &str| {
        stage.write(
            "change.csv",
            format!("{HEADER}{SHILI},{above},支部,{name},农村,\n{SHILI}9,{above},支部,新设党支部,农村,\n"),
        )
    };
    let changed = file("十里新村党支部", "210726116");
    let told = stage.run(&["roster", "import", &changed, "--on", "2026-09-01"]).ok();
    assert!(
        told.contains("新增1，更新1") && told.contains("1个的名称、上级、层级或领域从2026-09-01起按新的"),
        "{told}"
    );
    let then = |stage: &Stage| results(stage, TOWN)[SHILI].clone();
    assert_eq!(then(&stage)[..2], ["十里村党支部", "镇安镇党委"].map(str::to_owned));
    assert!(!results(&stage, "210726116").contains_key(&format!("{SHILI}9")), "it was founded later");
    stage.run(&["roster", "import", &changed, "--on", "2026-08-01"]).ok();
    stage
        .run(&["roster", "import", &file("十里党支部", "210726116"), "--on", "2026-08-01"])
        .refused(&["“十里新村党支部”在2026-09-01已经有一次变动"]);
    // The name of today was mistyped; that of then was not, and stays.
    stage.run(&["roster", "import", &file("十里新村支部委员会", "210726116"), "--correct"]).ok();
    assert_eq!(then(&stage)[0], "十里村党支部");
    // What stood there all along is mended wherever it stands.
    let town = stage.write("town.csv", format!("{HEADER}{TOWN},210726,乡镇/街道,镇安满族乡党委,,\n"));
    stage.run(&["roster", "import", &town, "--correct"]).ok();
    assert_eq!(then(&stage)[1], "镇安满族乡党委");
    stage.run(&["roster", "freeze", "--period", "2026-H2", "--on", "2026-11-30"]).ok();
    let table = results(&stage, "210726116");
    assert_eq!(
        (table[SHILI][0].as_str(), table[&format!("{SHILI}9")][2].as_str()),
        ("十里新村支部委员会", "未上报")
    );
}
