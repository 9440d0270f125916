//! A form as a Word file, set as Chinese offices set theirs: A4, 小标宋 for the title, 仿宋 三号 for texts, 宋体 五号 in tables.

use super::{
    Align, Block, DATE_LINE, Foot, Orientation, Paper, PaperError, Row, Table,
    layout::{label_columns, widths},
    word::{
        A4, CELL, HEADING_FONT, MM, SUBTITLE, TABLE_FONT, TEXT, TEXT_FONT, TITLE, TITLE_FONT, around, fonts,
        official_line, pack, page_numbers, run, text_of, with_substitutes,
    },
};
use docx_rs::{
    AlignmentType, Docx, HeightRule, PageMargin, PageOrientationType, Paragraph, SpecialIndentType,
    Table as DocxTable, TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};

/// 小五
const DENSE: usize = 18;

/// A line of a table.
const CELL_LINE: u32 = 300;
/// No row is higher, however many lines it asks for: a row is never split, so it has to fit on a sheet that lies across, below
/// the row of names.
const TALLEST: u32 = 9_000;
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

fn centered(text: &str, font: &str, size: usize) -> Paragraph {
    Paragraph::new().add_run(run(text, font, size)).align(AlignmentType::Center)
}

fn text_paragraph(text: &str, font: &str) -> Paragraph {
    Paragraph::new()
        .add_run(run(text, font, TEXT))
        .indent(None, Some(SpecialIndentType::FirstLine(640)), None, None)
        .first_line_chars(200)
        .align(AlignmentType::Both)
        .line_spacing(official_line())
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
    TableRow::new(cells.collect()).cant_split().row_height(height(row.lines)).height_rule(HeightRule::AtLeast)
}

/// How high a row of so many lines is at least.
fn height(lines: u8) -> f32 {
    (u32::from(lines.max(1)) * CELL_LINE + 40).min(TALLEST) as f32
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
    TableRow::new(row).cant_split().row_height(height(1)).height_rule(HeightRule::AtLeast)
}

/// The library cannot mark a row as the head that is repeated on every page. Heads are the only rows without properties, and
/// no text can look like this, because a text's `<` is escaped.
fn repeat_heads(document: Vec<u8>) -> Result<Vec<u8>, PaperError> {
    let document = text_of(document)?;
    Ok(document.replace("<w:trPr />", "<w:trPr><w:cantSplit /><w:tblHeader /></w:trPr>").into_bytes())
}
