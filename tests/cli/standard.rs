use super::stage::{BUILTIN, Stage, copy_folder};
use std::path::Path;

/// The built-in standard with a text in one of its files replaced.
fn copied(stage: &Stage, file: &str, from: &str, to: &str) -> String {
    copy_folder(Path::new(BUILTIN), &stage.path("standard"));
    let file = stage.path("standard").join(file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from));
    std::fs::write(file, text.replace(from, to)).unwrap();
    stage.arg("standard")
}

#[test]
fn a_folder_is_checked_without_a_database() {
    let stage = Stage::empty();
    assert!(stage.run(&["standard", "check", BUILTIN]).ok().contains("没有错误"));
    let broken = copied(&stage, "等次.csv", "优秀", "良好");
    stage.run(&["standard", "check", &broken]).refused(&[
        "“等次”表第",
        "不认识“良好”",
        "办法：",
        "什么也没有写入",
    ]);
    stage.run(&["standard", "publish", &broken]).refused(&["不认识“良好”"]);
    stage.run(&["standard", "show"]).refused(&[stage.nothing_there(), "standard publish-builtin"]);
    stage.run(&["standard", "check", &stage.arg("nowhere")]).refused(&[
        "读不了",
        "没有这个文件",
        "核对文件名",
    ]);
}

#[test]
fn what_only_reads_begins_no_database() {
    for args in [
        &["standard", "show"][..],
        &["standard", "show", "--json"],
        &["standard", "export", "-o", "在用.xlsx"],
        &["standard", "diff", "在用", BUILTIN],
        &["standard", "diff", BUILTIN, "在用"],
        &["codes", "issue", "--under", "镇安镇党委", "--base-url", "https://biaochi.example.cn"],
        &["device", "list"],
        &["review", "list", "--period", "2026-H2"],
        &["results", "export", "--period", "2026-H2", "-o", "结果.xlsx"],
        &["backup", "备份.sqlite"],
    ] {
        let stage = Stage::empty();
        stage.run(args).refused(&[stage.nothing_there(), "核对 --database", "standard publish-builtin"]);
        stage
            .run(&[args, &["--database", "没有/b.sqlite"]].concat())
            .refused(&["没有数据库文件“没有/b.sqlite”"]);
        let left: Vec<_> = std::fs::read_dir(stage.path("")).unwrap().collect();
        assert!(left.is_empty(), "{args:?}: {left:?}");
    }
    let stage = Stage::empty();
    stage.run(&["standard", "check", BUILTIN]).ok();
    stage.run(&["standard", "burden", BUILTIN]).ok();
    assert!(!stage.path("b.sqlite").exists());
}

#[test]
fn a_published_standard_is_shown_and_published_again_without_change() {
    let stage = Stage::empty();
    let first = stage.run(&["standard", "publish", BUILTIN, "--json"]).ok();
    assert_eq!(stage.run(&["standard", "publish-builtin", "--json"]).ok(), first);
    let shown = stage.run(&["standard", "show", "--json"]).json();
    assert_eq!(shown, serde_json::from_str::<serde_json::Value>(&first).unwrap());
    let text = stage.run(&["standard", "show"]).ok();
    assert!(text.contains("示例标准") && text.contains("农村") && text.contains("2026-H2"), "{text}");
}

#[test]
fn documents_lie_in_folders_of_their_own() {
    let stage = Stage::empty();
    let text = stage.run(&["standard", "check", BUILTIN]).ok();
    assert!(text.contains("手册") && text.contains("制度"), "{text}");
    copy_folder(Path::new(BUILTIN), &stage.path("standard"));
    let file = stage.path("standard").join("制度").join("R01 三会一课制度.md");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, format!("{text}\n**加粗**\n")).unwrap();
    let broken = stage.arg("standard");
    stage.run(&["standard", "check", &broken]).refused(&[
        "“制度/R01 三会一课制度.md”文件第",
        "有加粗或斜体",
        "办法：删去星号",
    ]);
}

/// What libraries and the operating system say is English; a clerk is told in Chinese what to do.
#[test]
fn failures_of_the_machine_are_told_in_chinese() {
    let stage = Stage::ready();
    let other = stage.write("名册.csv", "编号,上级编号,层级,名称,领域\nc1,,县,甲县委,\n".repeat(200));
    stage
        .run(&["review", "list", "--database", &other])
        .refused(&["名册.csv”不是支部标尺的数据文件", "核对 --database"]);
    let export = |file: &str| stage.run(&["standard", "export", "--builtin", "-o", file]);
    export("没有/标准.xlsx").refused(&["写不了“没有/标准.xlsx”：没有这个文件或文件夹。办法"]);
    for (file, right) in
        [("结果.csv", "-o 结果.xlsx"), ("结果.xls", "-o 结果.xlsx"), ("结果", "-o 结果.xlsx")]
    {
        export(file).refused(&["不是 .xlsx", right]);
        assert!(!stage.path(file).exists());
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let serve = |args: &[&str]| {
        let ran = stage.run(&[&["serve"], args].concat());
        assert_eq!(ran.code, 1, "{}", ran.err);
        ran.err
    };
    let told = serve(&["--listen", &address]);
    assert!(told.contains(&format!("{address}已经被别的程序占用")) && told.contains("--listen"), "{told}");
    let told = serve(&["--tls-cert", "没有.pem", "--tls-key", "没有.key"]);
    assert!(told.contains("读不了证书文件“没有.pem”：没有这个文件"), "{told}");
}

/// An empty database beside a command that refused would answer the next one wrongly.
#[test]
fn what_is_refused_for_its_arguments_leaves_no_database_behind() {
    let stage = Stage::empty();
    let roster = stage.write("r.csv", "编号,上级编号,层级,名称,领域\nc1,,县,甲县委,\n");
    stage
        .run(&["roster", "import", &roster, "--on", "9月1日"])
        .refused(&["“9月1日”不是日期", "2026年11月27日"]);
    stage.run(&["roster", "import", "没有.csv"]).refused(&["没有.csv"]);
    stage.run(&["standard", "publish", "没有.xlsx"]).refused(&["没有.xlsx"]);
    assert!(!stage.path("b.sqlite").exists());
    stage.run(&["roster", "import", &roster, "--on", "2026年9月1日"]).ok();
}

#[test]
fn modules_are_switched_by_name_and_what_each_adds_is_said_before() {
    let stage = Stage::ready();
    let burden = stage.run(&["standard", "burden", "在用"]).ok();
    for said in
        ["自查以外的模块另外加多少", "台账（关着）：", "照片（关着）：从不要求", "问题和整改（关着）："]
    {
        assert!(burden.contains(said), "{said}: {burden}");
    }
    assert!(stage.run(&["standard", "burden", BUILTIN]).ok().contains("台账（关着）："), "of a folder, too");
    stage.run(&["standard", "modules", "--on", "台账,mending"]).ok();
    let told = stage.run(&["standard", "modules", "--json"]).json();
    let on: Vec<bool> = told.as_array().unwrap().iter().map(|one| one["is_on"].as_bool().unwrap()).collect();
    assert_eq!(on, [true, false, true]);
    let unknown = stage.run(&["standard", "modules", "--on", "calendar"]);
    assert!(unknown.code == 2 && unknown.err.contains("没有这个模块"), "{}", unknown.err);
    stage.run(&["standard", "modules", "--on", "photos", "--off", "photos"]).refused(&["又要开又要关"]);
    assert_eq!(stage.run(&["standard", "modules", "--json"]).json(), told);
}
