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
    stage.run(&["standard", "show"]).refused(&["还没有发布标准", "standard publish"]);
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
        stage.run(args).refused(&["没有数据库文件", "核对 --database", "standard publish-builtin"]);
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
