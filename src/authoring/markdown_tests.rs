//! What the body of a section may hold, and what it is told otherwise.

use super::{markdown::blocks, markdown_source::width};
use crate::domain::Block;

#[test]
fn lines_that_are_numbered_as_in_chinese_papers_stay_apart() {
    let text = |text: &str| Block::Paragraph { text: text.into() };
    let body = "先说一句\n接着说\n1、第一步，开会\n2、第二步，\n表决\n（一）甲\n① 乙\n32学时";
    let apart = ["先说一句接着说", "1、第一步，开会", "2、第二步，表决", "（一）甲", "① 乙32学时"];
    assert_eq!(blocks(body).unwrap(), apart.map(text));
}

#[test]
fn every_construct_becomes_its_block() {
    let text = "一段话，\n接着写。\n\n- 一\n- 二\n\n1. 先\n   - 谁：支委会\n   - 何时：会前3天\n   - 记什么：会议通知\n2. 再\n\n\
                | 党员 | 标准 |\n|---|---|\n| 农民党员 | 每月0.2元\\|1元 |\n| 其他 |  |\n\n\
                ### 样表：会议记录\n| 栏目 | 怎么填 |\n|---|---|\n| 应到 | 人数 |\n| 备注 | |\n";
    let read = blocks(text).unwrap();
    let json = serde_json::to_string(&read).unwrap();
    let expected = r#"[{"paragraph":{"text":"一段话，接着写。"}},{"list":{"entries":["一","二"]}},{"steps":{"steps":[{"text":"先","who":"支委会","when":"会前3天","record":"会议通知"},{"text":"再"}]}},{"table":{"head":["党员","标准"],"rows":[["农民党员","每月0.2元|1元"],["其他",""]]}},{"template":{"title":"会议记录","fields":[{"name":"应到","hint":"人数"},{"name":"备注"}]}}]"#;
    assert_eq!(json, expected);
    // Blank lines between the entries change nothing.
    let loose = text.replace("\n2. 再", "\n\n2. 再").replace("\n- 二", "\n\n- 二");
    assert_eq!(blocks(&loose).unwrap(), read);
}

#[test]
fn what_is_unsafe_or_has_no_place_is_named_with_its_line() {
    let cases = [
        ("好\n\n<script>x</script>", 3, "HTML"),
        ("好<br>坏", 1, "HTML"),
        ("看[网](http://a.cn)", 1, "链接"),
        ("看<http://a.cn>", 1, "链接"),
        ("看[网]\n\n[网]: http://a.cn", 3, "链接"),
        ("![图](a.png)", 1, "图片"),
        ("写`x`", 1, "代码"),
        ("好\n\n```\nx\n```", 3, "代码"),
        ("好\n\n    四格", 3, "代码"),
        ("**重点**", 1, "加粗"),
        ("*重点*", 1, "加粗"),
        ("# 题", 1, "标题"),
        ("#### 题", 1, "标题"),
        ("### 小题", 1, "标题"),
        ("题\n---", 1, "标题"),
        ("> 引", 1, "引用"),
        ("好\n\n---", 3, "分隔线"),
        ("一\\\n二", 1, "强制换行"),
        ("- 一\n  - 二", 1, "又套了列表"),
        ("- 一\n  - 二\n\n  后话\n- 三", 1, "又套了列表"),
        ("1. 一\n   - 地点：村部", 2, "只能写谁、何时、记什么"),
        ("1. 一\n   1. 二", 2, "又套了列表"),
        ("1. 一\n   - 谁：甲\n   - 谁：乙", 3, "写了两次"),
        ("1. 一\n   - 谁：", 2, "后面没有写"),
        ("1. 一\n   - 谁：甲\n     - 乙", 2, "又套了列表"),
        ("2. 一", 1, "从1开始"),
        ("- 一\n\n  二", 3, "两段"),
        ("- \n- 二", 1, "没有文字"),
        ("| 一 | 二 |\n| 三 | 四 |", 1, "不成表格"),
        ("- 先说\n| 一 | 二 |\n|---|---|", 2, "不成表格"),
        ("1. 一\n\n- 谁：支委会", 3, "不在步骤下面"),
        ("| 一 | 二 |\n|---|---|\n| 三 |", 3, "这一行有1格，表头有2格"),
        ("| 一 | 二 |\n|---|---|\n| 三 | 四 | 五 |", 3, "这一行有3格"),
        ("| 一 |\n|---|\n| 三 |", 1, "表格有1列"),
        ("| 一 | 二 |\n|---|---|", 1, "只有表头"),
        ("| 一 | **二** |\n|---|---|\n| 三 | 四 |", 1, "加粗"),
        // A cell of which nothing else is left.
        ("| 一 | 二 |\n|---|---|\n| 三 | <br> |", 3, "HTML"),
        ("| 一 | 二 |\n|---|---|\n| 三 | `四` |", 3, "代码"),
        ("| 一 | 二 |\n|---|---|\n| ![](a.png) | 四 |", 3, "图片"),
        ("| 一 | 二 |\n|---|---|\n| 三 | [](a) |", 3, "链接"),
        ("#题", 1, "#后面没有空格"),
        ("### 样表：记录\n\n一段", 1, "下面不是表格"),
        ("### 样表：\n| 栏目 | 怎么填 |\n|---|---|\n| 一 | 二 |", 1, "样表没有名称"),
        ("### 样表：记录\n| 名称 | 怎么填 |\n|---|---|\n| 一 | 二 |", 1, "样表的表头"),
        ("### 样表：记录\n| 栏目 | 怎么填 |\n|---|---|\n|  | 二 |", 1, "没有名称"),
    ];
    for (text, line, says) in cases {
        let faults = blocks(text).unwrap_err();
        let said = faults.iter().any(|fault| fault.line == line && fault.problem.contains(says));
        assert!(said, "{text:?}: {faults:#?}");
        assert!(faults.iter().all(|fault| !fault.remedy.is_empty()));
    }
}

#[test]
fn a_row_is_as_wide_as_its_bars() {
    for (row, cells) in [("| a | b |", 2), ("a | b", 2), ("| a \\| b |", 1), ("||", 1), ("| | |", 2)] {
        assert_eq!(width(row), cells, "{row}");
    }
}
