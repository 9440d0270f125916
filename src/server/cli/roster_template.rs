//! `roster template`: a blank roster, with drop-downs, a note on every header, and cells that stay text.

use super::{
    error::{CliError, must_be_new_workbook, write_new},
    text::say,
};
use crate::sheets::write::how_to;
use crate::{domain::sector::SECTORS, server::tables::roster};
use rust_xlsxwriter::{
    DataValidation, Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet, XlsxError,
};
use std::path::Path;

/// As far down as drop-downs and formats reach.
const LAST_ROW: u32 = 10_000;

/// Writes the blank table.
pub(super) fn write(output: &Path) -> Result<(), CliError> {
    must_be_new_workbook(output)?;
    write_new(output, &workbook()?)?;
    say(format!("空的名册写在“{}”。填好以后用 roster import 导入。", output.display()));
    Ok(())
}

fn workbook() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    table(book.add_worksheet().set_name(roster::NAME)?)?;
    let lines = [
        "每个党组织一行，从县（市、区）到支部；上级先写后写都可以。",
        "橙色的列必须填，鼠标停在表头上有说明；可以自己加“备注”列，不导入。",
        "编号定了就不要改：激活码、上报和问题都跟着编号走。",
        "不要合并单元格，不要隐藏行和列；从别处粘贴时选“只粘贴值”。",
        "填好存成xlsx，用 roster import 导入。有错误会一次列全，什么也不写入。",
    ];
    how_to(&mut book, &lines)?;
    book.save_to_buffer()
}

fn table(page: &mut Worksheet) -> Result<(), XlsxError> {
    // What is typed stays what it is: 007, 3.10, eighteen digits.
    let cell = Format::new().set_num_format("@").set_border(FormatBorder::Hair);
    let header = Format::new().set_bold().set_align(FormatAlign::Center).set_border(FormatBorder::Thin);
    for (index, column) in (0_u16..).zip(&roster::COLUMNS) {
        let (width, note) = about(column.title);
        let colour = if column.needed { "#FCE4D6" } else { "#EDEDED" };
        page.set_column_width(index, width)?.set_column_format(index, &cell)?;
        page.write_string_with_format(0, index, column.title, &header.clone().set_background_color(colour))?;
        page.insert_note(0, index, &Note::new(note).add_author_prefix(false).set_width(240).set_height(90))?;
        let list: Vec<&str> = match column.title {
            roster::LEVEL => roster::levels().collect(),
            roster::SECTOR => SECTORS.iter().map(|(name, _)| *name).collect(),
            _ => continue,
        };
        let list = DataValidation::new()
            .allow_list_strings(&list)?
            .set_error_title("不能这样填")?
            .set_error_message("请从下拉里选一个。")?;
        page.add_data_validation(1, index, LAST_ROW, index, &list)?;
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}

/// How wide a column is, in characters, and what goes into it.
fn about(title: &str) -> (f64, &'static str) {
    match title {
        roster::CODE => (
            22.0,
            "必填。1到64个英文字母、数字、点、横线或下划线，如 210726117203。每个党组织一个，定了就不要改",
        ),
        roster::PARENT => (22.0, "上级党组织的编号：它上报给谁。最上面一级空着，支部必填"),
        roster::LEVEL => (18.0, "必填。从下拉里选"),
        roster::UNIT_NAME => (34.0, "必填。党组织的全称，最多60个字"),
        roster::SECTOR => (14.0, "支部必填，从下拉里选；上级空着"),
        roster::TELEPHONE => (18.0, "可以空着。支部在手机上看到的上级电话"),
        _ => (16.0, ""),
    }
}
