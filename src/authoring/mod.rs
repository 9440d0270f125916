//! Standards as tables: read by machine, written by people, checked with sheet, row and column.
//!
//! A package is a set of sheets with Chinese headers, today as CSV files. The words in the cells are those people use (是否,
//! 次数, 每月 …); `vocabulary.rs` lists them. Lists within a cell are separated by `|` or a line break.

pub mod builtin;
pub mod fault;
mod item;
pub mod package;
pub mod sheet;
mod vocabulary;

pub use fault::Fault;
pub use package::Package;
pub use sheet::Sheet;
