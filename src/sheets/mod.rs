//! What people's tables say: xlsx and CSV → sheets of text cells → lines under known headers, every fault with sheet, row, column
//! and remedy. Standards, rosters, lists of findings and reviews are all read through here.
//!
//! What a cell shows is what it means, or it is refused; where there is a safe meaning (a merged cell means all its rows) it is
//! taken and said once.

mod cells;
pub mod csv;
pub(crate) mod day;
pub mod fault;
mod form;
mod layout;
mod once;
pub mod sheet;
mod shown;
pub(crate) mod table;
mod text;
pub mod workbook;
pub(crate) mod write;

#[cfg(test)]
pub(crate) mod damage;
#[cfg(test)]
mod tests;

pub use fault::Fault;
pub(crate) use form::{Column, Form, Takes, Unknown};
pub(crate) use once::{once, places};
pub use sheet::{CellKind, Row, Sheet};
#[cfg(test)]
pub(crate) use text::canonical;
pub(crate) use text::{folded, half_width, is_near};
