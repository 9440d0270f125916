//! What faulty documents are told, and that a file and the rows of a sheet are the same document.

use super::{book::titles, builtin, *};
use crate::domain::document::{Block, Collection};
use crate::sheets::{Fault, Sheet};
use std::collections::BTreeSet;

const FILE: &str = "手册/H4 支部组织生活.md";

/// The small standard of the template without its documents.
fn tables() -> Vec<Sheet> {
    let mut sheets = template::sheets();
    sheets.retain(|sheet| !documents::is_book(&sheet.name));
    sheets
}

/// The small standard with these rows in the sheet 手册.
fn with_rows(rows: &[[&str; 9]]) -> Result<Package, Vec<Fault>> {
    let mut sheets = tables();
    sheets.push(Sheet::new("手册", core::iter::once(&titles()).chain(rows)));
    parse(&sheets)
}

fn with_file(name: &str, text: &str) -> Result<Package, Vec<Fault>> {
    let mut sheets = tables();
    sheets.extend(source::sheets(&[source::File { name: name.into(), bytes: text.into() }])?);
    parse(&sheets)
}

const GOOD: [&str; 9] = [
    "H4",
    "支部组织生活",
    "H4-1",
    "党员大会",
    "每季度一次。\n\n- 一\n- 二",
    "EX-1、EX-2",
    "《甲》|第十一条|是|2018-10-28|\n《乙》",
    "建议：次数",
    "",
];

#[test]
fn a_standard_without_documents_is_fine() {
    assert!(parse(&tables()).unwrap().documents.is_empty());
}

#[test]
fn a_file_and_a_sheet_make_the_same_document() {
    let second = ["", "", "H4-2", "支委会", "每月一次。", "", "", "", ""];
    let from_sheet = with_rows(&[GOOD, second]).unwrap().documents;
    let text = "# H4 支部组织生活\n\n## H4-1 党员大会\n条目：EX-1、EX-2\n依据：《甲》|第十一条|是|2018-10-28|\n依据：《乙》\n\
                标记：建议：次数\n\n每季度一次。\n\n- 一\n- 二\n\n## H4-2 支委会\n\n每月一次。\n";
    let from_file = with_file(FILE, text).unwrap().documents;
    assert_eq!(from_file, from_sheet);
    let document = &from_file[0];
    assert_eq!((document.number, document.collection), (1, Collection::Handbook));
    assert!(document.sectors.is_empty());
    assert_eq!(document.sections.len(), 2);
    assert!(document.sections[0].citations[0].article_checked);
    assert!(matches!(&document.sections[0].blocks[1], Block::List { entries } if entries.len() == 2));
}

#[test]
fn documents_are_numbered_in_each_book_and_may_be_for_some_sectors() {
    let mut sheets = tables();
    sheets[1] = Sheet::new("领域", [["编号", "名称"], ["rural", "农村"], ["community", "社区"]]);
    let items = sheets.iter_mut().find(|sheet| sheet.name == "条目").unwrap();
    items.rows[1..].iter_mut().for_each(|row| row.cells[1] = "全部".into());
    let file = |name: &str, sector: &str| {
        let id = name.split(['/', ' ']).nth(1).unwrap();
        let text = format!("# {id} 题\n{sector}\n## {id}-1 节\n\n好\n");
        source::File { name: name.into(), bytes: text.into() }
    };
    let files = [
        file("手册/H1 题.md", "领域：农村"),
        file("手册/H2 题.md", ""),
        file("制度/R01 题.md", "领域：全部"),
    ];
    sheets.extend(source::sheets(&files).unwrap());
    let documents = parse(&sheets).unwrap().documents;
    let seen: Vec<String> = documents
        .iter()
        .map(|document| {
            let sectors: Vec<&str> = document.sectors.iter().map(|sector| sector.as_str()).collect();
            format!("{:?} {} {} {sectors:?}", document.collection, document.number, document.id)
        })
        .collect();
    let expected = [r#"Handbook 1 H1 ["rural"]"#, "Handbook 2 H2 []", "Compilation 1 R01 []"];
    assert_eq!(seen, expected);
}

#[test]
fn each_fault_of_a_document_is_named_with_its_place_and_its_remedy() {
    let long = "长".repeat(10_001);
    let title = "长".repeat(41);
    // column, what is written there, what the message must say
    let cases = [
        ("文档", "", "没有填"),
        ("文档", "四", "不能作编号"),
        ("题目", "", "没有填"),
        ("题目", &title, "超过40个字"),
        ("节", "", "没有填"),
        ("节", "H5-1", "节的编号不是以文档的编号“H4”开头"),
        ("节", "H4-", "节的编号不是以文档的编号“H4”开头"),
        ("节题目", "", "没有填"),
        ("正文", "", "没有填"),
        ("正文", &long, "超过10000个字"),
        ("正文", "好\n\n<b>", "格内第3行：有HTML标记"),
        ("条目", "EX-0", "“条目”表里没有“EX-0”"),
        ("条目", "EX-1、EX-1", "写了两次"),
        ("依据", "|第一条", "没有写文件"),
        ("依据", "《甲》|一|核过", "“已核”不认识"),
        ("依据", "《甲》||是", "却没有条款"),
        ("依据", "《甲》|一||昨天", "不是日期"),
        ("依据", "《甲》|一||2020-01-01|2019-01-01", "早于施行日期"),
        ("依据", "《甲》|一||||多", "多于五段"),
        ("标记", "猜的：次数", "不认识“猜的”"),
        ("领域", "城市", "没有“城市”这个领域"),
    ];
    for (column, text, says) in cases {
        let mut row = GOOD;
        row[titles().iter().position(|known| *known == column).unwrap()] = text;
        let faults = with_rows(&[row]).unwrap_err();
        let said = faults.iter().any(|fault| {
            (fault.sheet.as_str(), fault.row, fault.column.as_deref()) == ("手册", Some(2), Some(column))
                && fault.to_string().contains(says)
                && !fault.remedy.is_empty()
        });
        assert!(said, "{column} {text:?}: {faults:#?}");
    }
}

#[test]
fn ids_are_used_once_over_both_books() {
    let faults = with_rows(&[GOOD, ["", "", "H4-1", "又", "好", "", "", "", ""]]).unwrap_err();
    assert!(faults[0].to_string().starts_with("“手册”表第3行“节”列：节的编号“H4-1”重复了"), "{faults:#?}");
    let mut sheets = tables();
    for name in ["手册", "制度"] {
        sheets.push(Sheet::new(name, [titles(), GOOD]));
    }
    let faults = parse(&sheets).unwrap_err();
    assert!(faults[0].to_string().starts_with("“制度”表第2行“文档”列：编号“H4”已经给了"), "{faults:#?}");
    let faults = with_rows(&[GOOD, ["", "别的题", "H4-2", "又", "好", "", "", "", ""]]).unwrap_err();
    assert!(faults[0].to_string().contains("又写了题目"), "{faults:#?}");
}

#[test]
fn a_fault_in_a_file_names_the_file_and_its_line() {
    let text = "# H4 支部组织生活\n\n## H4-1 党员大会\n条目：EX-0\n\n好\n\n![图](a.png)\n\n## H4-2 节\n\n好 **重**\n";
    let faults = with_file(FILE, text).unwrap_err();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for expected in [
        "“手册/H4 支部组织生活.md”文件第3行“条目”列：“条目”表里没有",
        "“手册/H4 支部组织生活.md”文件第8行：有图片",
        "“手册/H4 支部组织生活.md”文件第12行：有加粗",
    ] {
        assert!(said.iter().any(|fault| fault.starts_with(expected)), "{expected}: {said:#?}");
    }
}

#[test]
fn the_built_in_documents_are_read() {
    let package = builtin().unwrap_or_else(|faults| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", all.join("\n"));
    });
    let of = |book: Collection| package.documents.iter().filter(move |document| document.collection == book);
    assert_eq!(
        of(Collection::Handbook).map(|chapter| chapter.title.as_str()).collect::<Vec<_>>(),
        [
            "组织体系设置",
            "支部班子建设",
            "党员教育管理",
            "支部组织生活",
            "支部阵地建设",
            "支部议事决策",
            "档案资料管理"
        ]
    );
    assert_eq!(of(Collection::Compilation).count(), 22);
    // Every item leads to a section, whatever the sector, and every section to an item.
    let sections = || package.documents.iter().flat_map(|document| &document.sections);
    let helped: BTreeSet<&str> =
        sections().flat_map(|section| &section.items).map(|id| id.as_str()).collect();
    for checklist in &package.checklists {
        for (_, item) in checklist.items() {
            assert!(helped.contains(item.id.as_str()), "no section helps with {}", item.id);
        }
    }
    let alone: Vec<&str> =
        sections().filter(|section| section.items.is_empty()).map(|section| section.id.as_str()).collect();
    assert_eq!(alone, [""; 0]);
}
