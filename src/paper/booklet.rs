//! Several texts as one Word file that can be printed and bound: a title page, contents, every text on a page of its own, numbered pages.
//!
//! A Word file, not a page to print: no browser of 2020 numbers pages, nor knows on which page a text will come to stand. Word and WPS do.

use super::{
    PaperError,
    word::{
        A4, CELL, HEADING_FONT, MM, TABLE_FONT, TEXT, TEXT_FONT, TITLE, TITLE_FONT, around, fonts,
        official_line, pack, page_numbers, run, text_of, with_substitutes,
    },
};
use docx_rs::{
    AlignmentType, Docx, PageMargin, Paragraph, SpecialIndentType, Style, StyleType, Table, TableCell,
    TableLayoutType, TableOfContents, TableOfContentsItem, TableRow, WidthType,
};

/// The whole.
#[derive(Debug, Clone, Default)]
pub struct Booklet {
    /// In large type on the title page.
    pub title: String,
    /// What stands beneath it: the version, who publishes it.
    pub subtitle: Vec<String>,
    /// Its parts.
    pub books: Vec<Book>,
}

/// A part, such as 一册.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// What it is called.
    pub title: String,
    /// What is in it.
    pub texts: Vec<Text>,
}

/// One text.
#[derive(Debug, Clone, Default)]
pub struct Text {
    /// What it is called.
    pub title: String,
    /// Its sections, each with its title.
    pub sections: Vec<(String, Vec<Piece>)>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
pub enum Piece {
    /// A paragraph.
    Paragraph(String),
    /// A line that begins with its own sign or number, and the lines that belong to it.
    Point(String, Vec<String>),
    /// A table; the head may be empty.
    Table {
        /// What stands above it; may be empty.
        title: String,
        /// The names of its columns.
        head: Vec<String>,
        /// Its rows.
        rows: Vec<Vec<String>>,
    },
    /// A small remark.
    Remark(String),
}

/// 小三, for titles of texts.
const TEXT_TITLE: usize = 36;

/// The file's bytes.
///
/// # Errors
/// When the library writes no text, or cannot pack it.
pub fn write(booklet: &Booklet) -> Result<Vec<u8>, PaperError> {
    let twips = |mm: f32| (mm * MM) as i32;
    let margin = PageMargin::new()
        .top(twips(30.0))
        .bottom(twips(28.0))
        .left(twips(28.0))
        .right(twips(26.0))
        .header(twips(12.0))
        .footer(twips(14.0));
    let room = A4.0 as usize - twips(54.0) as usize;
    let style = |id: &str, name: &str, size| {
        Style::new(id, StyleType::Paragraph).name(name).fonts(fonts(TEXT_FONT)).size(size)
    };
    let mut docx = Docx::new()
        .page_size(A4.0, A4.1)
        .page_margin(margin)
        .default_fonts(fonts(TEXT_FONT))
        .default_size(TEXT)
        .add_style(style("Heading1", "heading 1", TITLE))
        .add_style(style("Heading2", "heading 2", TEXT_TITLE))
        .add_style(style("ToC1", "toc 1", TEXT))
        .add_style(style("ToC2", "toc 2", 28))
        .footer(page_numbers());
    docx = title_page(docx, booklet);
    let (contents, keys) = contents(booklet);
    docx = docx
        .add_paragraph(centered("目　录", HEADING_FONT, TEXT_TITLE).page_break_before(true))
        .add_table_of_contents(contents);
    let mut keys = keys.into_iter();
    let mut marked = |paragraph: Paragraph, text: &str, font, size| {
        let (number, key) = keys.next().unwrap_or_default();
        paragraph
            .add_bookmark_start(number, key)
            .add_run(run(text, font, size))
            .add_bookmark_end(number)
            .align(AlignmentType::Center)
            .page_break_before(true)
            .line_spacing(around(120, 240))
    };
    for book in &booklet.books {
        docx = docx.add_paragraph(marked(Paragraph::new().style("Heading1"), &book.title, TITLE_FONT, TITLE));
        for text in &book.texts {
            docx = docx.add_paragraph(marked(
                Paragraph::new().style("Heading2"),
                &text.title,
                TITLE_FONT,
                TEXT_TITLE,
            ));
            for (title, pieces) in &text.sections {
                docx = docx.add_paragraph(indented(title, HEADING_FONT).keep_next(true));
                docx = pieces.iter().fold(docx, |docx, one| piece(docx, one, room));
            }
        }
    }
    let mut parts = docx.build();
    let document = text_of(parts.document)?;
    parts.document =
        document.replace("<w:trPr />", "<w:trPr><w:cantSplit /><w:tblHeader /></w:trPr>").into_bytes();
    parts.font_table = with_substitutes(parts.font_table)?;
    pack(&parts)
}

fn title_page(docx: Docx, booklet: &Booklet) -> Docx {
    let mut docx = docx.add_paragraph(centered("", TITLE_FONT, TITLE).line_spacing(around(0, 4_000)));
    for line in booklet.title.split('\n') {
        docx = docx.add_paragraph(centered(line, TITLE_FONT, 56).line_spacing(around(0, 240)));
    }
    for line in &booklet.subtitle {
        docx = docx.add_paragraph(centered(line, TEXT_FONT, TEXT));
    }
    docx
}

/// The contents, and for each title in order the bookmark that they lead to.
fn contents(booklet: &Booklet) -> (TableOfContents, Vec<(usize, String)>) {
    let mut contents = TableOfContents::new().heading_styles_range(1, 2).hyperlink().dirty();
    let mut keys = Vec::new();
    for book in &booklet.books {
        let titles = [(1, &book.title)].into_iter().chain(book.texts.iter().map(|text| (2, &text.title)));
        for (level, title) in titles {
            let number = keys.len() + 1;
            let key = format!("_Toc{number:08}");
            contents = contents
                .add_item(TableOfContentsItem::new().text(plain(title)).level(level).toc_key(key.clone()));
            keys.push((number, key));
        }
    }
    (contents, keys)
}

/// What may stand in XML.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn centered(text: &str, font: &str, size: usize) -> Paragraph {
    Paragraph::new().add_run(run(text, font, size)).align(AlignmentType::Center)
}

fn indented(text: &str, font: &str) -> Paragraph {
    Paragraph::new()
        .add_run(run(text, font, TEXT))
        .indent(None, Some(SpecialIndentType::FirstLine(640)), None, None)
        .first_line_chars(200)
        .align(AlignmentType::Both)
        .line_spacing(official_line())
}

fn piece(docx: Docx, piece: &Piece, room: usize) -> Docx {
    match piece {
        Piece::Paragraph(text) => {
            text.split('\n').fold(docx, |docx, line| docx.add_paragraph(indented(line, TEXT_FONT)))
        }
        Piece::Point(text, beneath) => {
            let docx = docx.add_paragraph(indented(text, TEXT_FONT));
            beneath.iter().fold(docx, |docx, line| {
                docx.add_paragraph(indented(line, TEXT_FONT).indent(Some(640), None, None, None))
            })
        }
        Piece::Table { title, head, rows } => {
            let docx = match title.as_str() {
                "" => docx,
                title => docx.add_paragraph(centered(title, HEADING_FONT, CELL).keep_next(true)),
            };
            docx.add_table(table(head, rows, room)).add_paragraph(centered("", TABLE_FONT, CELL))
        }
        Piece::Remark(text) => docx.add_paragraph(
            Paragraph::new().add_run(run(text, TABLE_FONT, CELL)).line_spacing(around(60, 60)),
        ),
    }
}

fn table(head: &[String], rows: &[Vec<String>], room: usize) -> Table {
    let columns = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or(1).max(1);
    let widths = vec![room / columns; columns];
    let cell = |text: &str, font: &str| {
        let cell = TableCell::new().width(room / columns, WidthType::Dxa);
        text.split('\n')
            .fold(cell, |cell, line| cell.add_paragraph(Paragraph::new().add_run(run(line, font, CELL))))
    };
    let row = |texts: &[String], font: &str| {
        let text = |place: usize| texts.get(place).map_or("", String::as_str);
        (0..columns).map(|place| cell(text(place), font)).collect::<Vec<_>>()
    };
    // A row without properties is a head: see `docx.rs`.
    let first = (!head.is_empty()).then(|| TableRow::new(row(head, HEADING_FONT)));
    let rest = rows.iter().map(|texts| TableRow::new(row(texts, TABLE_FONT)).cant_split());
    Table::new(first.into_iter().chain(rest).collect())
        .set_grid(widths)
        .width(room, WidthType::Dxa)
        .layout(TableLayoutType::Fixed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn contents_lead_to_every_title_and_pages_are_numbered() {
        let table = Piece::Table {
            title: "党费".into(),
            head: vec!["党员".into(), "标准".into()],
            rows: vec![vec!["农民党员".into(), "每月0.2元".into()]],
        };
        let text = |title: &str| Text {
            title: title.into(),
            sections: vec![(
                "一、<总则>".into(),
                vec![
                    Piece::Paragraph("第一段\u{8}\n第二段".into()),
                    Piece::Point("1．开会".into(), vec!["谁：支委会".into()]),
                    table.clone(),
                    Piece::Remark("依据：《…》".into()),
                ],
            )],
        };
        let booklet = Booklet {
            title: "一编一册".into(),
            subtitle: vec!["示例".into()],
            books: vec![
                Book {
                    title: "一册".into(), texts: vec![text("第1章 组织设置"), text("第2章 组织生活")]
                },
                Book { title: "一编".into(), texts: vec![text("三会一课制度")] },
            ],
        };
        let bytes = write(&booklet).unwrap();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        let document = read("word/document.xml");
        for number in 1..=5 {
            let key = format!("_Toc{number:08}");
            assert_eq!(document.matches(&format!("w:name=\"{key}\"")).count(), 1, "{key}");
            assert!(document.contains(&format!("PAGEREF {key}")), "{key}");
        }
        assert!(document.contains("TOC") && document.contains("&lt;总则&gt;"), "escaped");
        assert!(!document.contains('\u{8}') && document.contains("<w:tblHeader />"));
        assert!(read("word/footer1.xml").contains("PAGE"));
        quick_xml_reads(&document);
    }

    fn quick_xml_reads(text: &str) {
        let mut reader = quick_xml::Reader::from_str(text);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    }
}
