use super::stage::{BUILTIN, SHILI, Stage, copy_folder, demo_roster};
use rust_xlsxwriter::Workbook;
use std::path::Path;

const MANUAL: &str = include_str!("../../src/server/cli/管理员手册.md");

/// The lines of its shell blocks.
fn commands() -> Vec<&'static str> {
    let blocks = MANUAL.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    blocks.flat_map(str::lines).collect()
}

/// The table that the manual shows, as a workbook.
fn from_the_manual(file: &Path) {
    let begin = MANUAL.find("| 支部编号 |").unwrap();
    let lines = MANUAL[begin..].lines().take_while(|line| line.starts_with('|'));
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(lines.filter(|line| !line.contains("---"))) {
        for (column, cell) in (0..).zip(line.trim_matches('|').split('|')) {
            let cell = cell.trim().replace("2026-11-27", "2099-12-31");
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save(file).unwrap();
}

#[tokio::test]
async fn every_command_of_the_administrators_manual_works_as_written() {
    let stage = Stage::empty();
    copy_folder(Path::new(BUILTIN), &stage.path("标准"));
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(std::fs::read_to_string(demo_roster()).unwrap().lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save(stage.path("名册.xlsx")).unwrap();
    let server = stage.serve();
    let mut receipt = String::new();
    let findings = stage.path("问题清单.xlsx");
    let mut finding = String::new();
    let (mut ran, mut groups) = (0, std::collections::BTreeSet::new());
    for line in commands() {
        // Those in the manual are examples, and their day will be over some time.
        let line = line.replace("1234-5678", &receipt).replace("1a2b3c4d", &finding);
        let line = line.replace("2026-11-27", "2099-12-31");
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some("biaochi"), "{line}");
        let words: Vec<&str> = words.collect();
        groups.insert(words[0].to_owned());
        // Of PostgreSQL the manual says that its own tools make the backup.
        let is_of_a_file = words[0] == "backup" || words.contains(&"备份.sqlite");
        if words[0] == "serve" || is_of_a_file && stage.has_no_file() {
            continue;
        }
        if line.starts_with("biaochi findings import") {
            from_the_manual(&findings);
        }
        let done = stage.run(&words);
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{line}: {}", done.out);
        ran += 1;
        if receipt.is_empty() && line.starts_with("biaochi roster import") {
            let phone = server.phone(&stage, SHILI, 1).await;
            receipt = phone.submit(&phone.submission(0, &[])).await.code;
        }
        if line.starts_with("biaochi findings import") {
            let list = stage.run(&["findings", "list", "--json"]).json();
            finding = list[0]["number"].as_str().unwrap().to_owned();
        }
    }
    assert!(ran >= 20, "{ran}");
    let all = [
        "account", "backup", "codes", "device", "findings", "judge", "log", "orders", "results", "review",
        "roster", "serve", "sessions", "standard",
    ];
    assert!(groups.iter().eq(all), "{groups:?}");
}
