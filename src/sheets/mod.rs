//! What people's tables say: xlsx and CSV → sheets of text cells → lines under known headers, every fault with sheet, row, column
//! and remedy. Standards, rosters, lists of findings and reviews are all read through here.

pub mod csv;
pub mod fault;
pub mod sheet;
pub(crate) mod table;
pub mod workbook;

pub use fault::Fault;
pub use sheet::{CellKind, Row, Sheet};
