//! A form as a Word file, set as Chinese offices set theirs: A4, 小标宋 for the title, 仿宋 三号 for texts, 宋体 五号 in tables.
//!
//! Fonts are only named, not embedded. A computer that lacks one takes the substitute named beside it.

use super::{
    Align, Block, DATE_LINE, Foot, Orientation, Paper, PaperError, Row, Table,
    layout::{label_columns, widths},
};
use docx_rs::{
    AlignmentType, Docx, FieldCharType, Footer, HeightRule, InstrNUMPAGES, InstrPAGE, InstrText, LineSpacing,
    LineSpacingType, PageMargin, PageOrientationType, Paragraph, Run, RunFonts, SpecialIndentType,
    Table as DocxTable, TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
    XMLDocx,
};
use std::io::{Cursor, Write as _};
use zip::{ZipWriter, write::SimpleFileOptions};

const TITLE_FONT: &str = "方正小标宋简体";
const HEADING_FONT: &str = "黑体";
const TEXT_FONT: &str = "仿宋";
const TABLE_FONT: &str = "宋体";
/// What stands in for a font that is not there.
const SUBSTITUTES: [(&str, &str); 4] =
    [(TITLE_FONT, "宋体"), (HEADING_FONT, "SimHei"), (TEXT_FONT, "仿宋_GB2312"), (TABLE_FONT, "SimSun")];

// Sizes in half-points, as Word counts them.
/// 二号
const TITLE: usize = 44;
/// 三号
const TEXT: usize = 32;
/// 小四
const SUBTITLE: usize = 24;
/// 五号
const CELL: usize = 21;
/// 小五
const DENSE: usize = 18;

// Lengths in twentieths of a point.
const A4: (u32, u32) = (11_906, 16_838);
/// A millimetre.
const MM: f32 = 56.7;
/// A line of a table.
const CELL_LINE: u16 = 300;
/// 28 points, which makes the 22 lines of an official page.
const TEXT_LINE: i32 = 560;

/// The file's bytes.
pub(super) fn write(paper: &Paper) -> Result<Vec<u8>, PaperError> {
    let landscape = paper.orientation == Orientation::Landscape;
    let (width, height) = if landscape { (A4.1, A4.0) } else { A4 };
    let has_table = paper.blocks.iter().any(|block| matches!(block, Block::Table(_)));
    // Official letters have broad margins; a form uses the sheet.
    let (vertical, horizontal) = if has_table { (18.0, 16.0) } else { (35.0, 27.0) };
    let twips = |mm: f32| (mm * MM) as i32;
    let margin = PageMargin::new()
        .top(twips(vertical))
        .bottom(twips(vertical))
        .left(twips(horizontal))
        .right(twips(horizontal))
        .header(twips(12.0))
        .footer(twips(10.0));
    let room = width as usize - 2 * twips(horizontal) as usize;
    let mut docx = Docx::new()
        .page_size(width, height)
        .page_margin(margin)
        .page_orient(if landscape { PageOrientationType::Landscape } else { PageOrientationType::Portrait })
        .default_fonts(fonts(TEXT_FONT))
        .default_size(TEXT)
        .footer(page_numbers());
    for line in paper.title.split('\n') {
        docx = docx.add_paragraph(centered(line, TITLE_FONT, TITLE).line_spacing(around(60, 60)));
    }
    for line in &paper.subtitle {
        docx = docx.add_paragraph(centered(line, TABLE_FONT, SUBTITLE).line_spacing(around(0, 60)));
    }
    let boxed: Vec<&Foot> = paper.feet.iter().filter(|foot| !foot.label.is_empty()).collect();
    let under_last = paper.last_table().is_some();
    for (place, block) in paper.blocks.iter().enumerate() {
        docx = match block {
            Block::Heading(text) => docx.add_paragraph(text_paragraph(text, HEADING_FONT).keep_next(true)),
            Block::Paragraph(text) => {
                text.split('\n').fold(docx, |docx, line| docx.add_paragraph(text_paragraph(line, TEXT_FONT)))
            }
            Block::Remark(text) => docx.add_paragraph(
                Paragraph::new().add_run(run(text, TABLE_FONT, CELL)).line_spacing(around(60, 60)),
            ),
            Block::Table(one) => {
                let last = under_last && place + 1 == paper.blocks.len();
                docx.add_table(table(one, if last { &boxed } else { &[] }, room))
            }
        };
    }
    if !under_last && !boxed.is_empty() {
        docx = docx.add_table(table(&super::layout::foot_columns(), &boxed, room));
    }
    for foot in paper.feet.iter().filter(|foot| foot.label.is_empty()) {
        docx = signature_lines(docx, foot);
    }
    let mut parts = docx.build();
    parts.document = repeat_heads(parts.document)?;
    parts.font_table = with_substitutes(parts.font_table)?;
    pack(&parts)
}

/// The package, compressed, which the library's own is not: a tenth of the size on its way through a phone.
fn pack(parts: &XMLDocx) -> Result<Vec<u8>, PaperError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8]| {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(bytes).map_err(zip::result::ZipError::from)
    };
    add("[Content_Types].xml", &parts.content_type)?;
    add("_rels/.rels", &parts.rels)?;
    add("docProps/app.xml", &parts.doc_props.app)?;
    add("docProps/core.xml", &parts.doc_props.core)?;
    add("docProps/custom.xml", &parts.doc_props.custom)?;
    add("word/_rels/document.xml.rels", &parts.document_rels)?;
    add("word/document.xml", &parts.document)?;
    add("word/styles.xml", &parts.styles)?;
    add("word/settings.xml", &parts.settings)?;
    add("word/fontTable.xml", &parts.font_table)?;
    add("word/comments.xml", &parts.comments)?;
    add("word/numbering.xml", &parts.numberings)?;
    add("word/commentsExtended.xml", &parts.comments_extended)?;
    add("word/footnotes.xml", &parts.footnotes)?;
    for (number, (footer, rels)) in (1..).zip(parts.footers.iter().zip(&parts.footer_rels)) {
        add(&format!("word/footer{number}.xml"), footer)?;
        add(&format!("word/_rels/footer{number}.xml.rels"), rels)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn fonts(name: &str) -> RunFonts {
    RunFonts::new().ascii("Times New Roman").hi_ansi("Times New Roman").east_asia(name).hint("eastAsia")
}

/// A text; what must not stand in XML is left out.
fn run(text: &str, font: &str, size: usize) -> Run {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    Run::new().add_text(text).fonts(fonts(font)).size(size)
}

fn around(before: u32, after: u32) -> LineSpacing {
    LineSpacing::new().before(before).after(after)
}

fn centered(text: &str, font: &str, size: usize) -> Paragraph {
    Paragraph::new().add_run(run(text, font, size)).align(AlignmentType::Center)
}

fn official_line() -> LineSpacing {
    LineSpacing::new().line(TEXT_LINE).line_rule(LineSpacingType::Exact)
}

fn text_paragraph(text: &str, font: &str) -> Paragraph {
    Paragraph::new()
        .add_run(run(text, font, TEXT))
        .indent(None, Some(SpecialIndentType::FirstLine(640)), None, None)
        .first_line_chars(200)
        .align(AlignmentType::Both)
        .line_spacing(official_line())
}

/// 第X页 共Y页
fn page_numbers() -> Footer {
    let word = |text: &str| run(text, TABLE_FONT, CELL);
    // A run for each piece, as Word writes them: else its size is not heeded everywhere.
    let piece = || Run::new().fonts(fonts(TABLE_FONT)).size(CELL);
    let field = |paragraph: Paragraph, instruction| {
        paragraph
            .add_run(piece().add_field_char(FieldCharType::Begin, false))
            .add_run(piece().add_instr_text(instruction))
            .add_run(piece().add_field_char(FieldCharType::Separate, false))
            .add_run(piece().add_text("1"))
            .add_run(piece().add_field_char(FieldCharType::End, false))
    };
    let first = Paragraph::new().align(AlignmentType::Center).add_run(word("第"));
    let first = field(first, InstrText::PAGE(InstrPAGE {})).add_run(word("页　共"));
    let paragraph = field(first, InstrText::NUMPAGES(InstrNUMPAGES {})).add_run(word("页"));
    Footer::new().add_paragraph(paragraph)
}

/// Lines at the right, under the text.
fn signature_lines(docx: Docx, foot: &Foot) -> Docx {
    let line = |text: &str| {
        Paragraph::new()
            .add_run(run(text, TEXT_FONT, TEXT))
            .align(AlignmentType::Right)
            .indent(None, None, Some(640), None)
            .keep_lines(true)
            .line_spacing(official_line())
    };
    let mut docx = docx.add_paragraph(line("").keep_next(true));
    for sign in &foot.signs {
        docx = docx.add_paragraph(line(sign).keep_next(true));
    }
    docx.add_paragraph(line(DATE_LINE))
}

fn table(table: &Table, feet: &[&Foot], room: usize) -> DocxTable {
    let widths = widths(table, room);
    let size = if table.dense { DENSE } else { CELL };
    let mut rows = Vec::with_capacity(table.rows.len() + 1 + feet.len());
    if table.headed {
        let cells = table.columns.iter().zip(&widths).map(|(column, width)| {
            let paragraph =
                Paragraph::new().add_run(run(&column.name, HEADING_FONT, size)).align(AlignmentType::Center);
            cell(*width).vertical_align(VAlignType::Center).add_paragraph(paragraph)
        });
        // A row without properties is a head: see repeat_heads.
        rows.push(TableRow::new(cells.collect()));
    }
    for row in &table.rows {
        rows.push(body_row(table, row, &widths, size));
    }
    let label = label_columns(table);
    for foot in feet {
        rows.push(foot_row(foot, &widths, label));
    }
    DocxTable::new(rows)
        .set_grid(widths)
        .width(room, WidthType::Dxa)
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(20, 60, 20, 60))
}

fn cell(width: usize) -> TableCell {
    TableCell::new().width(width, WidthType::Dxa)
}

fn body_row(table: &Table, row: &Row, widths: &[usize], size: usize) -> TableRow {
    let cells = table.columns.iter().zip(widths).enumerate().map(|(place, (column, width))| {
        let text = row.cells.get(place).map_or("", String::as_str);
        let align = match column.align {
            Align::Left => AlignmentType::Left,
            Align::Center => AlignmentType::Center,
        };
        let cell = cell(*width).vertical_align(VAlignType::Center);
        text.split('\n').fold(cell, |cell, line| {
            cell.add_paragraph(Paragraph::new().add_run(run(line, TABLE_FONT, size)).align(align))
        })
    });
    let height = f32::from(u16::from(row.lines.max(1)) * CELL_LINE + 40);
    TableRow::new(cells.collect()).cant_split().row_height(height).height_rule(HeightRule::AtLeast)
}

/// 支部意见 | … 书记（签字）：　　（盖章）　　年　月　日
fn foot_row(foot: &Foot, widths: &[usize], label: usize) -> TableRow {
    let (left, right) = widths.split_at(label.min(widths.len()));
    let name = Paragraph::new().add_run(run(&foot.label, TABLE_FONT, CELL)).align(AlignmentType::Center);
    let name =
        cell(left.iter().sum()).grid_span(left.len()).vertical_align(VAlignType::Center).add_paragraph(name);
    let line = |text: &str| Paragraph::new().add_run(run(text, TABLE_FONT, CELL));
    let mut said = cell(right.iter().sum()).grid_span(right.len()).vertical_align(VAlignType::Center);
    said = foot.text.split('\n').fold(said, |said, text| said.add_paragraph(line(text)));
    if !foot.signs.is_empty() {
        // Room to write and to stamp.
        said = said.add_paragraph(line("")).add_paragraph(line(""));
        let at_right =
            |text: &str| line(text).align(AlignmentType::Right).indent(None, None, Some(400), None);
        for sign in &foot.signs {
            said = said.add_paragraph(at_right(sign));
        }
        said = said.add_paragraph(at_right(DATE_LINE));
    }
    let row = if right.is_empty() { vec![name] } else { vec![name, said] };
    TableRow::new(row).cant_split().row_height(f32::from(CELL_LINE + 40)).height_rule(HeightRule::AtLeast)
}

/// The library cannot mark a row as the head that is repeated on every page. Heads are the only rows without properties, and
/// no text can look like this, because a text's `<` is escaped.
fn repeat_heads(document: Vec<u8>) -> Result<Vec<u8>, PaperError> {
    let document = text_of(document)?;
    Ok(document.replace("<w:trPr />", "<w:trPr><w:cantSplit /><w:tblHeader /></w:trPr>").into_bytes())
}

/// Names the substitutes, which the library cannot.
fn with_substitutes(table: Vec<u8>) -> Result<Vec<u8>, PaperError> {
    let named = SUBSTITUTES.map(|(name, substitute)| {
        format!(
            r#"<w:font w:name="{name}"><w:altName w:val="{substitute}" /><w:charset w:val="86" /></w:font>"#
        )
    });
    Ok(text_of(table)?.replace("</w:fonts>", &format!("{}</w:fonts>", named.concat())).into_bytes())
}

fn text_of(bytes: Vec<u8>) -> Result<String, PaperError> {
    Ok(String::from_utf8(bytes)?)
}
