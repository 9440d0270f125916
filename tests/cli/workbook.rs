//! A standard's way as a workbook: template, export, burden, and ids that are given to another item.

use super::stage::{BUILTIN, Stage, copy_folder, demo_roster};
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
    stage.run(&["standard", "export", "-o", "在用.xlsx"]).refused(&[stage.nothing_there()]);
    let first = stage.run(&["standard", "publish", "内置.xlsx", "--json"]).ok();
    assert_eq!(stage.run(&["standard", "publish-builtin", "--json"]).ok(), first);
    stage.run(&["standard", "export", "-o", "在用.xlsx"]).ok();
    assert_eq!(stage.run(&["standard", "publish", "在用.xlsx", "--json"]).ok(), first);
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
    for word in ["示例领域", "2026-H2、2027-H1", "上限", "没有实测", "没有导入名册"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let text = stage.run(&["standard", "burden", "旧.xlsx", "--against", "旧.xlsx"]).ok();
    assert!(text.contains("负担没有变化"), "{text}");
    let text = stage.run(&["standard", "burden", BUILTIN, "--against", "旧.xlsx"]).ok();
    assert!(text.contains("新增") && text.contains("NC-A1"), "{text}");
    let stage = Stage::ready();
    let told = stage.run(&["standard", "burden", BUILTIN, "--json"]).json();
    let rural = told["sectors"].as_array().unwrap().iter().find(|one| one["sector"] == "rural").unwrap();
    let branches = rural["branches"].as_u64().unwrap();
    assert!(branches > 1_000 && rural["hours_of_all"].as_f64().unwrap() > 0.0);
    assert_eq!(rural["answers_of_all"], branches * rural["cost"]["answers"].as_u64().unwrap());
    assert_eq!(rural["photos_of_all"], branches * rural["cost"]["photos"].as_u64().unwrap());
    let text = stage.run(&["standard", "burden", BUILTIN]).ok();
    assert!(text.contains("全部支部一期合计") && text.contains("用时（小时）"), "{text}");
    assert!(told["assumptions"]["photo"].as_u64().unwrap() > 0);
    assert_eq!(told["dropped"], serde_json::json!([]));
}

#[test]
fn a_sector_that_a_version_leaves_out_is_told_before_it_is_published() {
    let stage = Stage::ready();
    // The template has one sector, and none of those that are in force.
    stage.run(&["standard", "template", "-o", "新.xlsx"]).ok();
    let all = stage.run(&["standard", "burden", "新.xlsx"]).ok();
    assert!(all.contains("注意：正在使用的一版里的“农村”领域没有了（原来50条，名册里有"), "{all}");
    assert_eq!(all.matches("领域没有了").count(), 8, "{all}");
    // Told once, whichever way it is asked.
    let named = stage.run(&["standard", "burden", "新.xlsx", "--against", "在用", "--json"]).json();
    let dropped = named["dropped"].as_array().unwrap();
    assert_eq!(dropped.len(), 8);
    assert_eq!((&dropped[0]["sector"], &dropped[0]["against"]), (&"rural".into(), &"in_force".into()));
    assert!(dropped[0]["branches"].as_u64().unwrap() > 1_000);
    // Nothing published yet.
    let stage = Stage::empty();
    stage.run(&["roster", "import", &demo_roster()]).ok();
    stage.run(&["standard", "burden", BUILTIN, "--against", "在用"]).refused(&["还没有发布标准"]);
    // Without a database, against what is named.
    let stage = Stage::empty();
    stage.run(&["standard", "template", "-o", "新.xlsx"]).ok();
    let text = stage.run(&["standard", "burden", "新.xlsx", "--against", BUILTIN]).ok();
    assert!(text.contains("注意：那一版里的“社会组织”领域没有了（原来52条）。"), "{text}");
    stage.run(&["standard", "burden", "新.xlsx", "--against", "在用"]).refused(&[stage.nothing_there()]);
    assert!(!stage.path("b.sqlite").exists());
}

#[test]
fn a_version_is_published_once_and_leaves_no_branch_without_a_standard() {
    let stage = Stage::ready();
    copy_folder(Path::new(BUILTIN), &stage.path("标准"));
    let edit = |file: &str, from: &str, to: &str| edit(&stage, file, from, to);
    edit("等次.csv", "优秀,85", "优秀,88");
    let text = stage.run(&["standard", "check", "标准"]).ok();
    let said = "版本“2026.2”已经发布过，内容不一样";
    assert!(text.contains(&format!("提示：照这样发布会被拒绝：{said}。")), "{text}");
    stage.run(&["standard", "publish", "标准"]).refused(&[said, "换一个版本"]);
    new_version(&stage, "2026.2", "2026.3");
    stage.run(&["standard", "publish", "标准"]).ok();
    // A table of one sector.
    copy_folder(Path::new("tests/fixtures/tables/village"), &stage.path("小"));
    let text = stage.run(&["standard", "check", "小"]).ok();
    assert!(text.contains("提示：照这样发布会被拒绝：这一版里没有社区（"), "{text}");
    stage.run(&["standard", "publish", "小"]).refused(&["就没有标准可用", "--yes-fewer-sectors"]);
    // Its period is the year, and that in force is a half-year that runs.
    let said = ["没有正在用的考核周期20", "“20", "上报截止20", "--yes-without-period"];
    assert!(text.contains("提示：照这样发布会被拒绝：这一版里没有正在用的考核周期20"), "{text}");
    stage.run(&["standard", "publish", "小", "--yes-fewer-sectors"]).refused(&said);
    stage.run(&["standard", "publish", "小", "--yes-fewer-sectors", "--yes-without-period"]).ok();
    // With nothing to compare with, it says so.
    let stage = Stage::empty();
    assert!(stage.run(&["standard", "check", BUILTIN]).ok().contains("没有找到数据库"));
}

#[test]
fn what_changed_between_two_versions_is_said_in_words() {
    let stage = Stage::ready();
    copy_folder(Path::new(BUILTIN), &stage.path("标准"));
    let edit = |file: &str, from: &str, to: &str| edit(&stage, file, from, to);
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
    let stage = Stage::empty();
    stage.run(&["roster", "import", &demo_roster()]).ok();
    stage.run(&["standard", "diff", "在用", BUILTIN]).refused(&["还没有发布标准"]);
}

/// The corrections of the built-in standard, as a township reads them before it publishes.
#[test]
fn what_2026_2_mends_of_2026_1_is_said_in_words() {
    let stage = Stage::empty();
    let earlier = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/standards/2026.1");
    let text = stage.run(&["standard", "diff", earlier, BUILTIN]).ok();
    for said in [
        "农村：改11条。",
        "【改了】第21条 发展党员程序合规（农村）",
        "现在：怎么抓：村党委、党总支只能审议，审批在乡镇党委。",
        "原来：问：本期党费收缴情况向党员公布过",
        "现在：问：这一年党费收缴情况向党员公布过",
        "现在：依据：《全国党员教育培训工作规划（2024—2028年）》，2028年12月31日止",
        "现在：依据：《中国共产党发展党员工作细则》（2026年）第二十二条，2026年5月11日起",
        "手册3《党员教育管理》：改了“发展党员先看这里”",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    // No item comes or goes; and what is asked in other words is not said again with its points, its options and its window.
    for other in ["【新增】", "【不再要求】", "每人每样算1次，没有就填0：4分"] {
        assert!(!text.contains(other), "{other}: {text}");
    }
}

#[test]
fn an_id_that_is_given_to_another_item_is_asked_about() {
    let stage = Stage::ready();
    copy_folder(Path::new(BUILTIN), &stage.path("标准"));
    let file = stage.path("标准").join("条目.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    let (line, other) = another_matter(&text, "NC-A1");
    std::fs::write(&file, text.replace(&line, &other)).unwrap();
    new_version(&stage, "2026.2", "2026.3");
    let text = stage.run(&["standard", "check", "标准"]).ok();
    assert!(text.contains("照这样发布会被拒绝：1个编号以前发布给了别的条目"), "{text}");
    assert!(text.contains("提示：“条目”表第2行“编号”列：编号“NC-A1”已经发布给"), "{text}");
    stage.run(&["standard", "publish", "标准"]).refused(&["已经发布给", "--yes-same-item", "什么也没有写入"]);
    stage.run(&["standard", "publish", "标准", "--yes-same-item"]).ok();
}

/// Replaces words in a file of the folder 标准.
fn edit(stage: &Stage, file: &str, from: &str, to: &str) {
    let path = stage.path("标准").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}: {from}");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

/// Gives the folder 标准 another version.
fn new_version(stage: &Stage, from: &str, to: &str) {
    edit(stage, "标准.csv", &format!("版本,{from}"), &format!("版本,{to}"));
}

/// The row of an item in 条目.csv, and the same with another matter in it.
fn another_matter(items: &str, id: &str) -> (String, String) {
    let line = items.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap();
    let cells: Vec<&str> = line.split(',').collect();
    let other = line.replace(cells[3], "远教站点").replace(cells[4], "播放设备能用，每月有登记。");
    (line.to_owned(), other)
}

#[test]
fn an_id_that_only_an_older_version_had_is_still_taken() {
    let stage = Stage::ready();
    copy_folder(Path::new(BUILTIN), &stage.path("标准"));
    let path = |name: &str| stage.path("标准").join(name);
    for book in ["手册", "制度"] {
        std::fs::remove_dir_all(path(book)).unwrap();
    }
    let rename = |from: &str, to: &str| {
        for file in ["条目.csv", "分项.csv", "选项.csv", "依据.csv", "限制.csv"] {
            let text = std::fs::read_to_string(path(file)).unwrap();
            std::fs::write(path(file), text.replace(&format!("{from},"), &format!("{to},"))).unwrap();
        }
    };
    // The second version gives the item another id, so the version in force no longer knows the first one.
    rename("NC-D2", "NC-D51");
    new_version(&stage, "2026.2", "2026.3");
    stage.run(&["standard", "publish", "标准"]).ok();
    // The third gives the first id to something else.
    rename("NC-D51", "NC-D2");
    new_version(&stage, "2026.3", "2026.4");
    let items = std::fs::read_to_string(path("条目.csv")).unwrap();
    let (line, other) = another_matter(&items, "NC-D2");
    std::fs::write(path("条目.csv"), items.replace(&line, &other)).unwrap();
    let text = stage.run(&["standard", "check", "标准"]).ok();
    assert!(text.contains("编号“NC-D2”已经发布给"), "{text}");
    stage.run(&["standard", "publish", "标准"]).refused(&["编号“NC-D2”已经发布给", "--yes-same-item"]);
}

#[test]
fn the_built_in_standard_does_not_take_ids_either() {
    let stage = Stage::empty();
    copy_folder(Path::new(BUILTIN), &stage.path("标准"));
    let file = stage.path("标准").join("条目.csv");
    let items = std::fs::read_to_string(&file).unwrap();
    let (line, other) = another_matter(&items, "NC-A2");
    std::fs::write(&file, items.replace(&line, &other)).unwrap();
    stage.run(&["standard", "publish", "标准"]).ok();
    let said = ["编号“NC-A2”已经发布给“远教站点”", "standard export --builtin", "什么也没有写入"];
    stage.run(&["standard", "publish-builtin"]).refused(&said);
    stage.run(&["standard", "publish-builtin", "--yes-same-item"]).ok();
}
