//! The parts that pages are made of: plain functions over values, one look and one behaviour each.

mod days;
mod files;
mod forms;
mod grants;
mod lists;
mod notes;
mod times;

pub(crate) use days::{NO_DAY, day_typed, some_day_typed};
pub(crate) use files::{DOCX, XLSX, download, faults};
pub(crate) use forms::{
    area, ask, checks, choice, confirm, hidden, line, password, post, post_list, submit, typed, typed_line,
    upload,
};
pub(crate) use grants::{grant, place};
pub(crate) use lists::{Column, filter, pager, pages, table};
pub(crate) use notes::{Tone, note, nothing};
pub(crate) use times::{moment, quicker};
