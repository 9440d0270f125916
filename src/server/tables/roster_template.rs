//! A blank roster, with drop-downs, a note on every header, and cells that stay text.

use super::roster::{COLUMNS, NAME};
use crate::sheets::write::how_to;
use rust_xlsxwriter::{
    DataValidation, Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet, XlsxError,
};

/// As far down as drop-downs and formats reach.
const LAST_ROW: u32 = 10_000;

/// The blank roster, which says how it comes back.
pub(crate) fn blank(back: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    table(book.add_worksheet().set_name(NAME)?)?;
    let lines = [
        "每个党组织一行，从县（市、区）到支部；上级先写后写都可以。",
        "橙色的列必须填，鼠标停在表头上有说明；可以自己加“备注”列，不导入。",
        "编号定了就不要改：激活码、上报和问题都跟着编号走。",
        "不要合并单元格，不要隐藏行和列；从别处粘贴时选“只粘贴值”。",
        back,
    ];
    how_to(&mut book, &lines)?;
    book.save_to_buffer()
}

fn table(page: &mut Worksheet) -> Result<(), XlsxError> {
    // What is typed stays what it is: 007, 3.10, eighteen digits.
    let cell = Format::new().set_num_format("@").set_border(FormatBorder::Hair);
    let header = Format::new().set_bold().set_align(FormatAlign::Center).set_border(FormatBorder::Thin);
    for (index, column) in (0_u16..).zip(&COLUMNS) {
        let colour = if column.header.needed { "#FCE4D6" } else { "#EDEDED" };
        let header = header.clone().set_background_color(colour);
        page.set_column_width(index, column.width)?.set_column_format(index, &cell)?;
        page.write_string_with_format(0, index, column.header.title, &header)?;
        let note = Note::new(column.note).add_author_prefix(false).set_width(240).set_height(90);
        page.insert_note(0, index, &note)?;
        let Some(one_of) = column.one_of else { continue };
        let list = DataValidation::new()
            .allow_list_strings(&one_of())?
            .set_error_title("不能这样填")?
            .set_error_message("请从下拉里选一个。")?;
        page.add_data_validation(1, index, LAST_ROW, index, &list)?;
    }
    page.set_freeze_panes(1, 0)?;
    Ok(())
}
