//! Files that leave the desk, and what is wrong with files that come.

use super::{Column, Tone, note, table};
use crate::{
    authoring,
    server::{desk::links::escaped, tables::roster},
    sheets::Fault,
};
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

/// A workbook, by its media type.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// A text document, by its media type.
pub(crate) const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// So many faults are shown; whoever has more mends these first.
const MOST: usize = 100;

/// A file to keep, under a name that may be Chinese (RFC 6266 §4.1, RFC 8187).
pub(crate) fn download(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename*=UTF-8''{}", escaped(name));
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}

/// A remedy without commands: who sits at a desk has a page for them.
fn at_the_desk(remedy: &str) -> String {
    remedy
        .replace(roster::BY_COMMAND, "或者点“下载空表”，照着填")
        .replace(authoring::BY_COMMAND, "表头照模板的写，模板点“下载空模板”")
}

/// What is wrong with a file, each where it stands.
pub(crate) fn faults(file: &str, faults: &[Fault]) -> Markup {
    let place = |fault: &Fault| html! { (fault.sheet) };
    let row = |fault: &Fault| html! { @if let Some(row) = fault.row { "第" (row) "行" } };
    let column = |fault: &Fault| html! { @if let Some(column) = &fault.column { (column) } };
    let problem = |fault: &Fault| html! { (fault.problem) };
    let remedy = |fault: &Fault| html! { (at_the_desk(&fault.remedy)) };
    let columns = [
        Column { head: "表", cell: &place },
        Column { head: "行", cell: &row },
        Column { head: "列", cell: &column },
        Column { head: "哪里不对", cell: &problem },
        Column { head: "怎么改", cell: &remedy },
    ];
    let count = faults.len();
    html! {
        (note(Tone::Wrong, &format!("“{file}”里有{count}处不对，什么也没有写入。在表格软件里改好，再选一次。")))
        (table("不对的地方", &columns, &faults[..count.min(MOST)]))
        @if count > MOST { p { "只列了前" (MOST) "处，改好这些再看。" } }
    }
}
