//! A standard's way as a workbook: template, export, burden, and ids that are given to another item.

use super::stage::{BUILTIN, Stage, copy_folder};
use std::path::Path;

#[test]
fn the_template_checks_clean_but_is_no_standard() {
    let stage = Stage::empty();
    let text = stage.run(&["standard", "template", "-o", "模板.xlsx"]).ok();
    assert!(text.contains("模板.xlsx"), "{text}");
    let text = stage.run(&["standard", "check", "模板.xlsx"]).ok();
    assert!(text.contains("没有错误") && text.contains("提示：“标准编号”还是模板里的"), "{text}");
    stage.run(&["standard", "publish", "模板.xlsx"]).refused(&["还是模板里的", "换成自己的编号"]);
    stage.run(&["standard", "template", "-o", "模板.xlsx"]).refused(&["已经有了，没有动它"]);
}

#[test]
fn a_standard_goes_out_as_a_workbook_and_comes_back_the_same() {
    let stage = Stage::empty();
    stage.run(&["standard", "export", "--builtin", "-o", "内置.xlsx"]).ok();
    assert!(!stage.path("b.sqlite").exists());
    stage.run(&["standard", "export", "-o", "在用.xlsx"]).refused(&["还没有发布标准"]);
    let first = stage.run(&["standard", "publish", "内置.xlsx"]).ok();
    assert_eq!(stage.run(&["standard", "publish-builtin"]).ok(), first);
    stage.run(&["standard", "export", "-o", "在用.xlsx"]).ok();
    assert_eq!(stage.run(&["standard", "publish", "在用.xlsx"]).ok(), first);
    stage.run(&["standard", "export", BUILTIN, "-o", "文件夹.xlsx"]).ok();
    assert_eq!(
        std::fs::read(stage.path("文件夹.xlsx")).unwrap().len(),
        std::fs::read(stage.path("内置.xlsx")).unwrap().len()
    );
    stage.run(&["standard", "export", "-o", "在用.xlsx"]).refused(&["已经有了"]);
}

#[test]
fn a_version_tells_what_it_asks_and_what_it_adds() {
    let stage = Stage::empty();
    stage.run(&["standard", "template", "-o", "旧.xlsx"]).ok();
    let text = stage.run(&["standard", "burden", "旧.xlsx"]).ok();
    for word in ["示例领域", "2026-H2、2027-H1", "上限", "没有实测", "—"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let text = stage.run(&["standard", "burden", "旧.xlsx", "--against", "旧.xlsx"]).ok();
    assert!(text.contains("负担没有变化"), "{text}");
    let text = stage.run(&["standard", "burden", BUILTIN, "--against", "旧.xlsx"]).ok();
    assert!(text.contains("新增") && text.contains("NC-A1"), "{text}");
    let stage = Stage::ready();
    let told = stage.run(&["standard", "burden", BUILTIN, "--json"]).json();
    let rural = told["sectors"].as_array().unwrap().iter().find(|one| one["sector"] == "rural").unwrap();
    assert!(rural["branches"].as_u64().unwrap() > 1_000 && rural["hours_of_all"].as_u64().unwrap() > 0);
    assert!(told["assumptions"]["photo"].as_u64().unwrap() > 0);
}

#[test]
fn what_changed_between_two_versions_is_said_in_words() {
    let stage = Stage::ready();
    copy_folder(Path::new(BUILTIN), &stage.path("标准"));
    let edit = |file: &str, from: &str, to: &str| {
        let path = stage.path("标准").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    };
    assert_eq!(stage.run(&["standard", "diff", "在用", "标准"]).ok().trim(), "没有变化。");
    edit("条目.csv", "正式党员3人以上的村设党支部", "正式党员3人以上的村必须单独设党支部");
    edit("等次.csv", "优秀,85", "优秀,88");
    edit("手册/H4 支部组织生活.md", "一般每季开1次。", "每季开1次。");
    let text = stage.run(&["standard", "diff", "在用", "标准"]).ok();
    for said in [
        "农村：改1条，等次线变了。",
        "【改了】第1条 组织设置与规模（农村）",
        "原来：正式党员3人以上的村设党支部",
        "现在：正式党员3人以上的村必须单独设党支部",
        "对支部：要重新看一遍",
        "【改了】等次线（农村、社区、机关、国企、非公企业、学校、公立医院、社会组织）",
        "手册4《支部组织生活》：改了“支部党员大会”。",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let back = stage.run(&["standard", "diff", "标准", BUILTIN]).ok();
    assert!(back.contains("现在：正式党员3人以上的村设党支部"), "{back}");
    assert!(!Stage::empty().run(&["standard", "diff", BUILTIN, BUILTIN]).ok().contains("【"));
    Stage::empty().run(&["standard", "diff", "在用", BUILTIN]).refused(&["还没有发布标准"]);
}

#[test]
fn an_id_that_is_given_to_another_item_is_asked_about() {
    let stage = Stage::ready();
    copy_folder(Path::new(BUILTIN), &stage.path("标准"));
    let file = stage.path("标准").join("条目.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    let line = text.lines().find(|line| line.starts_with("NC-A1,")).unwrap();
    let cells: Vec<&str> = line.split(',').collect();
    let changed = line.replace(cells[3], "远教站点").replace(cells[4], "播放设备能用，每月有登记。");
    std::fs::write(&file, text.replace(line, &changed.replace("能用，", "能用"))).unwrap();
    let text = stage.run(&["standard", "check", "标准"]).ok();
    assert!(text.contains("提示：“条目”表第2行“编号”列：编号“NC-A1”已经发布给"), "{text}");
    stage.run(&["standard", "publish", "标准"]).refused(&["已经发布给", "--yes-same-item", "什么也没有写入"]);
    stage.run(&["standard", "publish", "标准", "--yes-same-item"]).ok();
}
