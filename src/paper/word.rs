//! What every Word file of ours has: A4, the fonts of Chinese offices, numbers at the foot of the page, and the package.
//!
//! Fonts are only named, not embedded. A computer that lacks one takes the substitute named beside it.

use super::PaperError;
use docx_rs::{
    AlignmentType, FieldCharType, Footer, InstrNUMPAGES, InstrPAGE, InstrText, LineSpacing, LineSpacingType,
    Paragraph, Run, RunFonts, XMLDocx,
};
use std::io::{Cursor, Write as _};
use zip::{ZipWriter, write::SimpleFileOptions};

pub(super) const TITLE_FONT: &str = "方正小标宋简体";
pub(super) const HEADING_FONT: &str = "黑体";
pub(super) const TEXT_FONT: &str = "仿宋";
pub(super) const TABLE_FONT: &str = "宋体";
/// What stands in for a font that is not there.
const SUBSTITUTES: [(&str, &str); 4] =
    [(TITLE_FONT, "宋体"), (HEADING_FONT, "SimHei"), (TEXT_FONT, "仿宋_GB2312"), (TABLE_FONT, "SimSun")];

// Sizes in half-points, as Word counts them.
/// 二号
pub(super) const TITLE: usize = 44;
/// 三号
pub(super) const TEXT: usize = 32;
/// 小四
#[cfg(feature = "paper")]
pub(super) const SUBTITLE: usize = 24;
/// 五号
pub(super) const CELL: usize = 21;

// Lengths in twentieths of a point.
pub(super) const A4: (u32, u32) = (11_906, 16_838);
/// A millimetre.
pub(super) const MM: f32 = 56.7;
/// 28 points, which makes the 22 lines of an official page.
const TEXT_LINE: i32 = 560;

/// The package, compressed, which the library's own is not: a tenth of the size on its way through a phone.
pub(super) fn pack(parts: &XMLDocx) -> Result<Vec<u8>, PaperError> {
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

pub(super) fn fonts(name: &str) -> RunFonts {
    RunFonts::new().ascii("Times New Roman").hi_ansi("Times New Roman").east_asia(name).hint("eastAsia")
}

/// A text; what must not stand in XML is left out.
pub(super) fn run(text: &str, font: &str, size: usize) -> Run {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    Run::new().add_text(text).fonts(fonts(font)).size(size)
}

pub(super) fn around(before: u32, after: u32) -> LineSpacing {
    LineSpacing::new().before(before).after(after)
}

pub(super) fn official_line() -> LineSpacing {
    LineSpacing::new().line(TEXT_LINE).line_rule(LineSpacingType::Exact)
}

/// 第X页 共Y页
pub(super) fn page_numbers() -> Footer {
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

/// Names the substitutes, which the library cannot.
pub(super) fn with_substitutes(table: Vec<u8>) -> Result<Vec<u8>, PaperError> {
    let named = SUBSTITUTES.map(|(name, substitute)| {
        format!(
            r#"<w:font w:name="{name}"><w:altName w:val="{substitute}" /><w:charset w:val="86" /></w:font>"#
        )
    });
    Ok(text_of(table)?.replace("</w:fonts>", &format!("{}</w:fonts>", named.concat())).into_bytes())
}

pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, PaperError> {
    Ok(String::from_utf8(bytes)?)
}
