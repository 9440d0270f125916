use super::stage::Stage;

const BUILTIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/authoring/builtin");

/// The built-in tables with a text in one of them replaced.
fn copied(stage: &Stage, file: &str, from: &str, to: &str) -> String {
    std::fs::create_dir(stage.path("standard")).unwrap();
    for entry in std::fs::read_dir(BUILTIN).unwrap() {
        let entry = entry.unwrap();
        let mut text = std::fs::read_to_string(entry.path()).unwrap();
        if entry.file_name() == file {
            assert!(text.contains(from));
            text = text.replace(from, to);
        }
        std::fs::write(stage.path("standard").join(entry.file_name()), text).unwrap();
    }
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
    stage.run(&["standard", "check", &stage.arg("nowhere")]).refused(&["读不了", "核对文件名"]);
}

#[test]
fn a_published_standard_is_shown_and_published_again_without_change() {
    let stage = Stage::empty();
    let first = stage.run(&["standard", "publish", BUILTIN]).ok();
    assert_eq!(stage.run(&["standard", "publish-builtin"]).ok(), first);
    let shown = stage.run(&["standard", "show", "--json"]).json();
    assert_eq!(shown, serde_json::from_str::<serde_json::Value>(&first).unwrap());
    let text = stage.run(&["standard", "show"]).ok();
    assert!(text.contains("示例标准") && text.contains("农村") && text.contains("2026-H2"), "{text}");
}
