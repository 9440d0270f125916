//! What stands in the files: unzipped, and their XML looked at.

use super::{Align, Block, Column, Foot, Kind, Orientation, Paper, PaperError, Request, Row, Table};

fn paper() -> Paper {
    let column = |name: &str, share, number| Column {
        name: name.into(),
        share,
        align: if number { Align::Center } else { Align::Left },
        number,
    };
    let row = |cells: [&str; 3], lines| Row { cells: cells.map(String::from).to_vec(), lines };
    Paper {
        title: "自评表".into(),
        subtitle: vec!["十里村党支部".into()],
        orientation: Orientation::Landscape,
        blocks: vec![
            Block::Heading("一、<说明>".into()),
            Block::Paragraph("第一段\n第二段".into()),
            Block::Table(Table {
                columns: vec![
                    column("考核项目", 2, false),
                    column("考核指标", 5, false),
                    column("得分", 1, true),
                ],
                headed: true,
                dense: true,
                rows: vec![
                    row(["组织健全", "=1+1\n写两行", "2.5"], 0),
                    row(["组织健全", "控制字符\u{8}没有", "不适用"], 4),
                ],
            }),
        ],
        feet: vec![
            Foot { label: "总分".into(), text: "2.5".into(), ..Foot::default() },
            Foot {
                label: "支部意见".into(),
                text: String::new(),
                signs: vec!["书记（签字）：　　　　（盖章）".into()],
            },
        ],
    }
}

/// The text of one file in a zip, by reading its directory; written uncompressed or deflated.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    std::io::read_to_string(archive.by_name(name).unwrap()).unwrap()
}

fn made(kind: Kind, paper: Paper) -> Vec<u8> {
    Request { kind, paper }.answer().unwrap()
}

#[test]
fn a_word_file_repeats_its_heads_and_keeps_rows_whole() {
    let bytes = made(Kind::Docx, paper());
    let document = part(&bytes, "word/document.xml");
    assert_eq!(document.matches("<w:tblHeader />").count(), 1);
    assert_eq!(document.matches("<w:cantSplit />").count(), 1 + 2 + 2);
    assert!(!document.contains("<w:trPr />"));
    assert!(document.contains(r#"w:orient="landscape""#));
    assert!(document.contains(r#"<w:gridSpan w:val="2" />"#));
    assert!(document.contains("一、&lt;说明&gt;") && document.contains("控制字符没有"));
    assert!(document.contains("年　　月　　日"));
    assert!(part(&bytes, "word/fontTable.xml").contains(r#"<w:altName w:val="宋体" />"#));
    let footer = part(&bytes, "word/footer1.xml");
    assert!(footer.contains("PAGE") && footer.contains("NUMPAGES"));
}

#[test]
fn a_workbook_holds_numbers_as_numbers_and_texts_as_texts() {
    let bytes = made(Kind::Xlsx, paper());
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<v>2.5</v>"), "{sheet}");
    assert!(!sheet.contains("<f>"));
    assert!(sheet.contains(r#"orientation="landscape""#) && sheet.contains(r#"paperSize="9""#));
    assert!(sheet.contains("第&amp;P页"));
    assert!(part(&bytes, "xl/workbook.xml").contains("Print_Titles"));
    let texts = part(&bytes, "xl/sharedStrings.xml");
    assert!(texts.contains("=1+1") && texts.contains("书记（签字）"));
}

#[test]
fn a_form_of_texts_alone_ends_with_lines_to_sign() {
    let report = Paper {
        title: "自查报告".into(),
        blocks: vec![Block::Paragraph("正文".into())],
        feet: vec![Foot { signs: vec!["十里村党支部（盖章）".into()], ..Foot::default() }],
        ..Paper::default()
    };
    let document = part(&made(Kind::Docx, report.clone()), "word/document.xml");
    assert!(document.contains("十里村党支部（盖章）") && !document.contains("<w:tbl>"));
    made(Kind::Xlsx, report);
    // Nothing at all is still a sheet.
    for kind in [Kind::Docx, Kind::Xlsx] {
        made(kind, Paper::default());
    }
}

#[test]
fn a_row_of_many_lines_is_at_most_as_high_as_a_sheet() {
    let mut most = paper();
    if let Some(Block::Table(table)) = most.blocks.last_mut() {
        table.rows[1].lines = u8::MAX;
        table.columns[0].name = "长".repeat(5_000);
        table.columns.resize(super::MOST_COLUMNS, Column { share: u16::MAX, ..Column::default() });
    }
    let document = part(&made(Kind::Docx, most.clone()), "word/document.xml");
    assert!(document.contains(r#"<w:trHeight w:val="9000" w:hRule="atLeast" />"#), "{document}");
    let sheet = part(&made(Kind::Xlsx, most), "xl/worksheets/sheet1.xml");
    let heights = sheet.split(r#" ht=""#).skip(1).filter_map(|rest| rest.split('"').next());
    let heights: Vec<f64> = heights.map(|height| height.parse().unwrap()).collect();
    assert!(heights.len() > 4 && heights.iter().all(|height| *height <= 409.5), "{heights:?}");
}

/// The rows that a merged cell of this column takes, from the first one on, with their heights.
fn merged_heights(sheet: &str, column: char) -> Vec<(f64, Vec<f64>)> {
    let attribute = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    let rows: std::collections::BTreeMap<u32, f64> = sheet
        .split("<row ")
        .skip(1)
        .filter_map(|row| {
            let head = format!(" {}", row.split('>').next()?);
            Some((attribute(&head, "r")?.parse().ok()?, attribute(&head, "ht")?.parse().ok()?))
        })
        .collect();
    let places = sheet.split("<mergeCell ").skip(1).filter_map(|cell| attribute(&format!(" {cell}"), "ref"));
    places
        .filter_map(|place| {
            let (first, last) = place.split_once(':')?;
            let row =
                |place: &str| place.trim_start_matches(|c: char| c.is_ascii_uppercase()).parse::<u32>().ok();
            let heights: Vec<f64> = (row(first)?..=row(last)?).map(|row| rows[&row]).collect();
            let is_of = first.starts_with(column) && heights.len() > 1;
            is_of.then(|| (heights.iter().sum(), heights))
        })
        .collect()
}

#[test]
fn a_long_text_is_not_cut_where_a_row_can_be_no_higher() {
    let mut long = paper();
    let text = "长".repeat(10_000);
    if let Some(Block::Table(table)) = long.blocks.last_mut() {
        table.rows[0].cells = vec!["甲".into(), text.clone(), "2.5".into()];
    }
    long.blocks.insert(0, Block::Paragraph(text.clone()));
    long.feet[0].text = text.clone();
    let bytes = made(Kind::Xlsx, long);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    let merged = merged_heights(&sheet, 'A');
    // The paragraph, the cell beside the long one, and the label of the foot.
    assert_eq!(merged.len(), 3, "{merged:?}");
    for (whole, heights) in &merged {
        assert!(heights.iter().all(|height| *height <= 409.5), "{heights:?}");
        // More than a hundred Chinese characters fit into no line of this paper.
        assert!(*whole > 100.0 * 12.0, "{whole}");
    }
    assert_eq!(merged_heights(&sheet, 'C').len(), 1, "its neighbours go along");
    assert!(sheet.contains("<v>2.5</v>"));
    assert_eq!(
        part(&bytes, "xl/sharedStrings.xml").matches(text.as_str()).count(),
        2,
        "whole, in one cell each"
    );
}

#[test]
fn what_no_sheet_can_hold_is_refused() {
    let wide = Table { columns: vec![Column::default(); 21], ..Table::default() };
    let paper = Paper { blocks: vec![Block::Table(wide)], ..Paper::default() };
    for kind in [Kind::Docx, Kind::Xlsx] {
        let refused = Request { kind, paper: paper.clone() }.answer();
        assert!(matches!(refused, Err(PaperError::TooWide(21))));
    }
    assert!(serde_json::from_str::<Request>(r#"{"kind":"pdf"}"#).is_err());
}
