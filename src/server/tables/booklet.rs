//! 一编一册 as one file to print and hand out.

use crate::{
    domain::{
        Collection, Document,
        document::{Block, Section, Step},
    },
    paper::booklet::{Book, Booklet, Piece, Text},
    protocol::PublishedStandard,
    words::terms::{cite, marked},
};

pub(crate) use crate::paper::booklet::write;

/// Chapters of the handbook first, then the institution documents, each in the order of its number.
pub(crate) fn booklet(standard: &PublishedStandard, notice: &str, documents: &[Document]) -> Booklet {
    let books = [(Collection::Handbook, "一册　工作手册"), (Collection::Compilation, "一编　制度汇编")];
    let books = books.into_iter().map(|(collection, title)| {
        let mut own: Vec<&Document> = documents.iter().filter(|one| one.collection == collection).collect();
        own.sort_by_key(|one| one.number);
        Book { title: title.into(), texts: own.into_iter().map(text).collect() }
    });
    Booklet {
        title: "党支部标准化规范化建设\n一编一册".into(),
        subtitle: [format!("《{}》{}", standard.title, standard.version), notice.to_owned()]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect(),
        books: books.filter(|book| !book.texts.is_empty()).collect(),
    }
}

fn text(document: &Document) -> Text {
    let number = document.number;
    let title = match document.collection {
        Collection::Handbook => format!("第{number}章　{}", document.title),
        Collection::Compilation => format!("{number}．{}", document.title),
    };
    Text { title, sections: document.sections.iter().map(section).collect() }
}

fn section(section: &Section) -> (String, Vec<Piece>) {
    let mut pieces: Vec<Piece> = section.blocks.iter().flat_map(pieces).collect();
    if !section.citations.is_empty() {
        let cited: Vec<String> = section.citations.iter().map(cite).collect();
        pieces.push(Piece::Remark(format!("依据：{}", cited.join("；"))));
    }
    pieces.extend(section.marks.iter().map(|mark| Piece::Remark(marked(mark))));
    (section.title.clone(), pieces)
}

fn pieces(block: &Block) -> Vec<Piece> {
    match block {
        Block::Paragraph { text } => vec![Piece::Paragraph(text.clone())],
        Block::List { entries } => {
            entries.iter().map(|entry| Piece::Point(format!("·{entry}"), Vec::new())).collect()
        }
        Block::Steps { steps } => (1..).zip(steps).map(|(number, one)| step(number, one)).collect(),
        Block::Table { head, rows } => {
            vec![Piece::Table { title: String::new(), head: head.clone(), rows: rows.clone() }]
        }
        Block::Template { title, fields } => vec![Piece::Table {
            title: format!("样表：{title}"),
            head: vec!["栏目".into(), "怎么填".into()],
            rows: fields.iter().map(|field| vec![field.name.clone(), field.hint.clone()]).collect(),
        }],
    }
}

fn step(number: usize, step: &Step) -> Piece {
    let beneath = [("谁", &step.who), ("何时", &step.when), ("记什么", &step.record)];
    let beneath = beneath.into_iter().filter(|(_, text)| !text.is_empty());
    Piece::Point(
        format!("{number}．{}", step.text),
        beneath.map(|(name, text)| format!("{name}：{text}")).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authoring::builtin;

    #[test]
    fn the_built_in_books_become_one_booklet() {
        let package = builtin().unwrap();
        let standard = PublishedStandard {
            standard: package.standard.id.clone(),
            version: package.standard.version.clone(),
            title: package.standard.title.clone(),
            checklists: Vec::new().into(),
            documents: Vec::new().into(),
            modules: None,
        };
        let booklet = booklet(&standard, &package.standard.notice, &package.documents);
        let counts: Vec<usize> = booklet.books.iter().map(|book| book.texts.len()).collect();
        assert_eq!(counts, [7, 22]);
        assert!(booklet.books[0].texts[0].title.starts_with("第1章"));
        let bytes = write(&booklet).unwrap();
        assert!(bytes.starts_with(b"PK") && bytes.len() > 20_000, "{}", bytes.len());
    }
}
