//! A document as a Markdown file: turned into the rows that the sheets 手册 and 制度 have, one row a section.
//!
//! The sheet is called after the file and its rows are numbered by the lines of the section headings, so that a fault names
//! the file and the line.

use super::book::{self, BODY_LINE};
use crate::sheets::{Fault, Sheet, csv};

/// A section while its lines are read.
#[derive(Default)]
struct Draft {
    line: usize,
    id: String,
    title: String,
    items: Vec<String>,
    citations: Vec<String>,
    marks: Vec<String>,
    body: Vec<String>,
    body_line: usize,
    in_body: bool,
}

/// Reads a file; `name` is its folder and name: 手册/H4 支部组织生活.md.
///
/// # Errors
/// Every line that has no place.
pub(super) fn read(name: &str, bytes: &[u8]) -> Result<Sheet, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault = |row: usize, problem: &str, remedy: &str| {
        faults.push(Fault {
            sheet: name.into(),
            row: Some(row),
            column: None,
            problem: problem.into(),
            remedy: remedy.into(),
        });
    };
    let Some(text) = csv::decoded(bytes) else {
        fault(1, "文件的编码不是UTF-8，也不是GBK", "用记事本打开，另存时编码选UTF-8");
        return Err(faults);
    };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (mut document, mut sectors) = (None, String::new());
    let mut sections: Vec<Draft> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_end();
        if let Some(heading) = line.strip_prefix("## ") {
            if document.is_none() {
                fault(number, "第一节前面没有文档的题目", TITLE);
                document = Some(("", ""));
            }
            let (id, title) = named(heading);
            sections.push(Draft { line: number, id: id.into(), title: title.into(), ..Draft::default() });
        } else if let Some(section) = sections.last_mut() {
            if section.in_body || line.is_empty() {
                section.in_body = true;
                if section.body.is_empty() {
                    section.body_line = number;
                }
                // Blank lines before the body are none of it.
                if !(section.body.is_empty() && line.is_empty()) {
                    section.body.push(line.into());
                }
            } else if let Some(said) = said(line, book::ITEMS) {
                section.items.push(said.into());
            } else if let Some(said) = said(line, book::CITATIONS) {
                section.citations.push(said.into());
            } else if let Some(said) = said(line, book::MARKS) {
                section.marks.push(said.into());
            } else {
                let remedy = "节的题目下面只能写“条目：”“依据：”“标记：”，正文前面空一行";
                fault(number, "不认识这一行", remedy);
            }
        } else if let Some(heading) = line.strip_prefix("# ") {
            if document.is_some() {
                fault(number, "文档的题目写了两次", "一个文件写一个文档");
            }
            document = Some(named(heading));
        } else if let Some(said) = said(line, book::SECTORS) {
            sectors = said.into();
        } else if !line.is_empty() {
            let remedy = "第一节“## 编号 题目”前面只能写“# 编号 题目”和“领域：”";
            fault(number, "不认识这一行", remedy);
        }
    }
    let (id, title) = document.unwrap_or_default();
    let file = name.rsplit('/').next().unwrap_or(name);
    if document.is_none() {
        fault(1, "没有文档的题目", TITLE);
    } else if !id.is_empty() && !file.starts_with(&format!("{id} ")) && file != format!("{id}.md") {
        fault(1, "文件名和题目里的编号不一样", "文件名写成“编号 题目.md”，编号和第一行的一样");
    }
    if sections.is_empty() {
        fault(1, "一节都没有", "用“## 编号 题目”写出每一节");
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let header: Vec<&str> = book::titles().into_iter().chain([BODY_LINE]).collect();
    let numbers: Vec<usize> = sections.iter().map(|section| section.line).collect();
    let rows = sections.into_iter().enumerate().map(|(index, section)| {
        let once = |text: &str| if index == 0 { text.to_owned() } else { String::new() };
        let mut cells = [
            (book::DOCUMENT, once(id)),
            (book::TITLE, once(title)),
            (book::SECTION, section.id),
            (book::SECTION_TITLE, section.title),
            (book::BODY, section.body.join("\n")),
            (book::ITEMS, section.items.join("、")),
            (book::CITATIONS, section.citations.join("\n")),
            (book::MARKS, section.marks.join("\n")),
            (book::SECTORS, once(&sectors)),
            (BODY_LINE, section.body_line.to_string()),
        ];
        let mut cell = |title: &&str| {
            let found = cells.iter_mut().find(|(of, _)| of == title);
            found.map(|(_, text)| core::mem::take(text)).unwrap_or_default()
        };
        header.iter().map(&mut cell).collect::<Vec<String>>()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let header = header.into_iter().map(String::from).collect();
    let mut sheet = Sheet::new(name, core::iter::once(header).chain(rows));
    for (row, number) in sheet.rows.iter_mut().skip(1).zip(numbers) {
        row.number = number;
    }
    Ok(sheet)
}

const TITLE: &str = "文件的第一行写“# 编号 题目”，如“# H4 支部组织生活”";

/// `H4 支部组织生活` as its two pieces.
fn named(heading: &str) -> (&str, &str) {
    let heading = heading.trim();
    let (id, title) = heading.split_once(char::is_whitespace).unwrap_or((heading, ""));
    (id, title.trim())
}

/// What a line `条目：…` says.
fn said<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.strip_prefix(word)?.strip_prefix(['：', ':']).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_become_rows_that_know_their_lines() {
        let text = "\u{feff}# H4 支部组织生活\r\n领域：农村\r\n\r\n## H4-1 党员大会\r\n条目：NC-D1\r\n依据：《甲》|一\r\n\
                    依据：《乙》\r\n标记：建议：次数\r\n\r\n\r\n正文\r\n\r\n- 一\r\n\r\n## H4-2 支委会\r\n\r\n好\r\n";
        let sheet = read("手册/H4 支部组织生活.md", text.as_bytes()).unwrap();
        let rows: Vec<(usize, Vec<&str>)> = sheet.rows[1..]
            .iter()
            .map(|row| (row.number, row.cells.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(sheet.rows[0].cells[..9], book::titles());
        assert_eq!(sheet.rows[0].cells[9..], [BODY_LINE]);
        let first = vec![
            "H4",
            "支部组织生活",
            "H4-1",
            "党员大会",
            "正文\n\n- 一",
            "NC-D1",
            "《甲》|一\n《乙》",
            "建议：次数",
            "农村",
            "11",
        ];
        let second = vec!["", "", "H4-2", "支委会", "好", "", "", "", "", "17"];
        assert_eq!(rows, [(4, first), (15, second)]);
    }

    #[test]
    fn lines_that_have_no_place_are_named() {
        let cases = [
            ("正文\n", 1, "不认识这一行"),
            ("## H4-1 节\n\n好\n", 1, "没有文档的题目"),
            ("# H4 题\n", 1, "一节都没有"),
            ("# H4 题\n# H5 题\n## H4-1 节\n\n好\n", 2, "写了两次"),
            ("# H4 题\n## H4-1 节\n直接写正文\n", 3, "不认识这一行"),
            ("# H5 题\n## H5-1 节\n\n好\n", 1, "不一样"),
        ];
        for (text, row, says) in cases {
            let faults = read("手册/H4 题.md", text.as_bytes()).unwrap_err();
            let said = faults.iter().any(|fault| fault.row == Some(row) && fault.problem.contains(says));
            assert!(said, "{text:?}: {faults:#?}");
        }
        assert!(read("手册/H4 题.md", b"\xff\xfe\x00").unwrap_err()[0].problem.contains("编码"));
    }
}
