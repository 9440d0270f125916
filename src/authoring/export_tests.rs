//! Workbooks that are written are read as the same standard.

use super::{source::File, *};
use crate::sheets::workbook;
use std::collections::BTreeMap;

/// Content hashes by sector and document.
fn hashes(package: &Package) -> BTreeMap<String, String> {
    let lists =
        package.checklists.iter().map(|list| (list.sector.to_string(), list.hash().unwrap().to_string()));
    let documents = package.documents.iter();
    lists.chain(documents.map(|one| (one.id.to_string(), one.hash().unwrap().to_string()))).collect()
}

fn read(book: Vec<u8>) -> Package {
    let files = [File { name: "工作簿".into(), bytes: book }];
    source::read(&files).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

#[test]
fn the_built_in_standard_goes_through_a_workbook_unchanged() {
    let package = builtin().unwrap();
    let book = export::workbook(&builtin::sheets().unwrap()).unwrap();
    assert_eq!(book, export::workbook(&builtin::sheets().unwrap()).unwrap());
    let again = read(book);
    assert_eq!(hashes(&again), hashes(&package));
    assert_eq!(again, package);
    let published = export::workbook(&package.to_sheets()).unwrap();
    assert_eq!(hashes(&read(published)), hashes(&package));
}

#[test]
fn the_template_checks_without_a_fault_and_shows_every_way_of_asking() {
    let book = export::workbook(&template::sheets()).unwrap();
    let package = read(book);
    assert_eq!(package.standard.id.as_str(), template::TEMPLATE_ID);
    let rules = format!("{:?}", package.checklists[0]);
    for rule in [
        "YesNo",
        "Count {",
        "EachMissing {",
        "Proportional {",
        "EachBelow {",
        "Bands {",
        "Level {",
        "Deduction {",
        "FromTotal {",
        "Facts {",
        "combine: Any",
        "CountBelow {",
        "engine: 2",
    ] {
        assert!(rules.contains(rule), "{rule}");
    }
    for item in package.checklists[0].items().map(|(_, item)| item) {
        assert!(item.title.starts_with("示例"), "{}", item.title);
    }
    assert_eq!(package.documents.len(), 2);
}

/// A workbook of an earlier day is read as it was then. It was written by `standard template`; do not write it again.
/// `BIAOCHI_WRITE_GOLDEN=1` does, for a format that has to change.
#[test]
fn a_golden_workbook_keeps_its_hashes() {
    let lines = |package: &Package| {
        hashes(package).into_iter().map(|(name, hash)| format!("{name} {hash}\n")).collect::<String>()
    };
    if std::env::var_os("BIAOCHI_WRITE_GOLDEN").is_some() {
        let book = export::workbook(&template::sheets()).unwrap();
        std::fs::write("src/authoring/golden/workbook-hashes.txt", lines(&read(book.clone()))).unwrap();
        std::fs::write("src/authoring/golden/workbook.xlsx", book).unwrap();
    }
    let golden = |name: &str| std::fs::read(format!("src/authoring/golden/{name}")).unwrap();
    let found = lines(&read(golden("workbook.xlsx")));
    assert_eq!(found, String::from_utf8(golden("workbook-hashes.txt")).unwrap());
}

#[test]
fn a_remark_goes_along_and_markdown_files_become_one_sheet() {
    let mut sheets = template::sheets();
    let header = sheets[2].rows[0].cells.len();
    sheets[2].rows[0].cells.push("备注".into());
    sheets[2].rows[1].cells.resize(header, String::new());
    sheets[2].rows[1].cells.push("写给自己".into());
    sheets.retain(|sheet| sheet.name != "手册");
    let text = "# H4 题\n\n## H4-1 节\n\n好\n";
    sheets.extend(source::sheets(&[File { name: "手册/H4 题.md".into(), bytes: text.into() }]).unwrap());
    let book = export::workbook(&sheets).unwrap();
    let again = workbook::read("x", &book).unwrap();
    let aspects = again.iter().find(|sheet| sheet.name == "方面").unwrap();
    assert_eq!(aspects.rows[1].cells.last().unwrap(), "写给自己");
    let handbook = again.iter().find(|sheet| sheet.name == "手册").unwrap();
    assert_eq!(handbook.rows[1].cells, ["H4", "题", "H4-1", "节", "好"]);
    assert!(again.iter().any(|sheet| sheet.name == "说明"));
}
