//! The sheets 手册 and 制度, and the Markdown files that stand for their rows: the documents of 一编一册.

use super::{
    book::{self, BODY_LINE},
    markdown,
    names::{Names, sectors},
    rows, schema,
};
use crate::domain::{
    Citation, ItemId, SectionId, SectorId,
    document::{Block, Collection, Document, Section},
};
use crate::sheets::{
    Column, Fault, Sheet, Takes, day,
    fault::{Faults, quoted},
    table::{Line, Table},
};
use std::collections::BTreeSet;

/// The books by the names of their sheets and folders.
pub(super) const BOOKS: [(&str, Collection); 2] =
    [("手册", Collection::Handbook), ("制度", Collection::Compilation)];
/// The longest title of a document or a section, in characters.
const MAX_TITLE_CHARS: usize = 40;

/// Whether a sheet holds documents.
pub(super) fn is_book(name: &str) -> bool {
    BOOKS.iter().any(|(book, _)| belongs(name, book))
}

/// The sheet itself, or one that a file in the folder of its name was read into.
pub(super) fn belongs(name: &str, book: &str) -> bool {
    name == book || name.strip_prefix(book).is_some_and(|rest| rest.starts_with('/'))
}

/// Reads all documents, in the order of the books and in each in the order of its sheets. `said` is every 编号 in 条目, also of items
/// that cannot be read.
pub(super) fn documents(
    sheets: &[Sheet],
    names: &Names,
    items: &BTreeSet<&ItemId>,
    said: &BTreeSet<&str>,
    faults: &mut Faults,
) -> Vec<Document> {
    let mut reader = Reader { names, items, said, documents: Vec::new(), sections: BTreeSet::new() };
    for (book, collection) in BOOKS {
        let mut number = 0;
        if sheets.iter().filter(|sheet| sheet.name == book).count() > 1 {
            faults.sheet(book, "这张表出现了两次", "只留一张");
        }
        for sheet in sheets.iter().filter(|sheet| belongs(&sheet.name, book)) {
            let mut columns = schema::columns(book, &[]);
            columns.push(Column::may(BODY_LINE, Takes::Exact));
            let form = schema::filled_in_on(&sheet.name, &columns);
            let mut table = Table::read(sheet, &form, faults);
            table.no_more_than(2_000, faults);
            reader.book(&table, collection, &mut number, faults);
        }
    }
    reader.documents
}

struct Reader<'a> {
    names: &'a Names,
    items: &'a BTreeSet<&'a ItemId>,
    /// Every 编号 that stands in 条目, also in rows that cannot be read.
    said: &'a BTreeSet<&'a str>,
    documents: Vec<Document>,
    sections: BTreeSet<SectionId>,
}

impl Reader<'_> {
    fn book(&mut self, table: &Table, collection: Collection, number: &mut u16, faults: &mut Faults) {
        // The document that the rows go to; none while its own first row is faulty.
        let mut current: Option<usize> = None;
        let mut began = false;
        for line in table.lines() {
            let repeats = current.and_then(|at| self.documents.get(at));
            if !line.text(book::DOCUMENT).is_empty()
                && repeats.is_none_or(|document| document.id.as_str() != line.text(book::DOCUMENT))
            {
                began = true;
                current = self.begin(line, collection, number, faults);
            } else if !began {
                line.fault(
                    book::DOCUMENT,
                    "这一格没有填",
                    "文档的第一行填上编号；后面的行空着就是同一个文档",
                    faults,
                );
                began = true;
            } else if differs(repeats, line) || self.has_other_sectors(repeats, line, faults) {
                let remedy = "题目和领域只写在文档的第一行；另一个文档用另一个编号";
                line.fault(book::TITLE, "同一个文档又写了题目或领域", remedy, faults);
            }
            let id = current.and_then(|at| self.documents.get(at)).map(|document| document.id.to_string());
            let section = self.section(line, id.as_deref(), faults);
            if let (Some(section), Some(at)) = (section, current)
                && let Some(document) = self.documents.get_mut(at)
            {
                document.sections.push(section);
            }
        }
    }

    /// Begins a document with the cells of its first row.
    fn begin(
        &mut self,
        line: Line<'_>,
        collection: Collection,
        number: &mut u16,
        faults: &mut Faults,
    ) -> Option<usize> {
        let id = line.id(book::DOCUMENT, faults);
        let title = title(line, book::TITLE, faults);
        let sectors = self.sectors(line, faults);
        let (id, title) = (id?, title?);
        if self.documents.iter().any(|known| known.id == id) {
            let problem = format!("编号{}已经给了另一个文档", quoted(line.text(book::DOCUMENT)));
            line.fault(
                book::DOCUMENT,
                problem,
                "手册和制度里每个文档用一个编号，同一个文档的各行写在一起",
                faults,
            );
            return None;
        }
        *number = number.saturating_add(1);
        self.documents.push(Document {
            id,
            collection,
            number: *number,
            title,
            sectors,
            sections: Vec::new(),
        });
        self.documents.len().checked_sub(1)
    }

    /// The sectors of a row; none for all.
    fn sectors(&self, line: Line<'_>, faults: &mut Faults) -> Vec<SectorId> {
        let all = sectors(line, self.names, faults).named;
        let every = self.names.sectors.iter().map(|(id, _)| id);
        if all.len() == self.names.sectors.len() {
            return Vec::new();
        }
        every.filter(|id| all.contains(*id)).cloned().collect()
    }

    /// Whether a later row gives the document other sectors. The same again, as merged cells have it, is none.
    fn has_other_sectors(&self, document: Option<&Document>, line: Line<'_>, faults: &mut Faults) -> bool {
        let said = !line.text(book::SECTORS).is_empty();
        said && document.is_some_and(|document| document.sectors != self.sectors(line, faults))
    }

    fn section(&mut self, line: Line<'_>, document: Option<&str>, faults: &mut Faults) -> Option<Section> {
        let id = line.id::<SectionId>(book::SECTION, faults);
        if let Some(id) = &id {
            let within = document.is_none_or(|document| {
                id.as_str().strip_prefix(document).is_some_and(|rest| rest.len() > 1 && rest.starts_with('-'))
            });
            if !within {
                let document = quoted(document.unwrap_or_default());
                let problem = format!("节的编号不是以文档的编号{document}开头");
                line.fault(book::SECTION, problem, "写成“文档编号-序号”，如 H4-1", faults);
            }
            if !self.sections.insert(id.clone()) {
                let problem = format!("节的编号{}重复了", quoted(id.as_str()));
                line.fault(book::SECTION, problem, "每一节用一个编号，用过的不再给别的节", faults);
            }
        }
        let title = title(line, book::SECTION_TITLE, faults);
        let blocks = body(line, faults);
        let mut items: Vec<ItemId> = Vec::new();
        for piece in line.pieces(book::ITEMS) {
            match self.items.iter().find(|known| known.as_str() == piece) {
                Some(known) if items.contains(known) => {
                    line.fault(book::ITEMS, format!("条目{}写了两次", quoted(piece)), "只留一个", faults);
                }
                Some(known) => items.push((*known).clone()),
                // It is there, in a row or a sheet that cannot be read.
                None if self.said.is_empty() || self.said.contains(piece) => {}
                None => {
                    let problem = format!("“条目”表里没有{}", quoted(piece));
                    line.fault(book::ITEMS, problem, "改成有的编号，几个用、隔开，或者删去", faults);
                }
            }
        }
        let citations =
            line.text(book::CITATIONS).lines().filter_map(|text| citation(line, text, faults)).collect();
        let marks = rows::marks(line, book::MARKS, faults);
        Some(Section { id: id?, title: title?, blocks: blocks?, items, citations, marks })
    }
}

/// Whether a later row gives the document another title.
fn differs(document: Option<&Document>, line: Line<'_>) -> bool {
    let title = line.text(book::TITLE);
    !title.is_empty() && document.is_some_and(|document| document.title != title)
}

fn title(line: Line<'_>, column: &str, faults: &mut Faults) -> Option<String> {
    let title = line.needed(column, faults)?;
    if title.contains('\n') || title.chars().count() > MAX_TITLE_CHARS {
        line.fault(column, format!("题目换了行，或者超过{MAX_TITLE_CHARS}个字"), "写成短短的一行", faults);
    }
    Some(title.into())
}

/// The body's blocks. A fault of a file is told with the file's own line, that of a cell with the line in the cell.
fn body(line: Line<'_>, faults: &mut Faults) -> Option<Vec<Block>> {
    let text = line.needed(book::BODY, faults)?;
    if line.too_long(book::BODY) {
        return None;
    }
    let in_file: Option<usize> = line.text(BODY_LINE).parse().ok();
    let found = match markdown::blocks(text) {
        Ok(blocks) => return Some(blocks),
        Err(found) => found,
    };
    for fault in found {
        match in_file {
            Some(first) => faults.push(Fault {
                sheet: line.sheet().into(),
                row: Some(first.saturating_add(fault.line).saturating_sub(1)),
                column: None,
                problem: fault.problem,
                remedy: fault.remedy.into(),
            }),
            None => {
                let problem = format!("格内第{}行：{}", fault.line, fault.problem);
                line.fault(book::BODY, problem, fault.remedy, faults);
            }
        }
    }
    None
}

/// `文件|条款|已核|施行日期|废止日期`, the later pieces as far as they are known.
fn citation(line: Line<'_>, text: &str, faults: &mut Faults) -> Option<Citation> {
    let form =
        "每行一条，写成“文件|条款|已核|施行日期|废止日期”，后面的可以空着；已核填是或否，日期写成 2026-06-05";
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let mut fault = |problem: String| line.fault(book::CITATIONS, problem, form, faults);
    let mut pieces = text.split(['|', '｜']).map(str::trim);
    let mut next = || pieces.next().unwrap_or_default();
    let (document, article, checked, from, to) = (next(), next(), next(), next(), next());
    if pieces.any(|piece| !piece.is_empty()) {
        fault(format!("{}多于五段", quoted(text)));
    }
    if document.is_empty() {
        fault(format!("{}没有写文件", quoted(text)));
    }
    if !matches!(checked, "" | "是" | "否") {
        fault(format!("“已核”不认识{}", quoted(checked)));
    }
    if checked == "是" && article.is_empty() {
        fault(format!("{}写了已核，却没有条款", quoted(text)));
    }
    let mut date = |text: &str| {
        let date = day::parse(text);
        if let Some(error) = date.as_ref().err().filter(|_| !text.is_empty()) {
            fault(format!("{}{error}", quoted(text)));
        }
        date.ok()
    };
    let (effective_from, effective_to) = (date(from), date(to));
    if matches!((effective_from, effective_to), (Some(from), Some(to)) if to < from) {
        fault(format!("{}的废止日期早于施行日期", quoted(document)));
    }
    Some(Citation {
        document: document.into(),
        article: article.into(),
        article_checked: checked == "是",
        effective_from,
        effective_to,
    })
}
