//! Standards as tables: written by people in a spreadsheet, checked with sheet, row and column, all faults in one run.
//!
//! A package is a set of sheets with Chinese headers, one workbook or a folder of CSV files; `words.rs` lists the words their
//! cells use. Sheets become rows (`rows.rs`), rows become one checklist a sector (`assemble.rs`) and the documents of 一编一册
//! (`documents.rs`), which may also be written as Markdown files (`document_file.rs`). The sheets themselves are read by `crate::sheets`.
//!
//! A standard is one workbook, and comes back the same: template, reader and export go by one list of columns, and an export that would not
//! publish to the same content hashes is refused. Documents are published as structure: what has no block there is a fault.

mod assemble;
mod book;
pub mod builtin;
pub mod burden;
mod column;
mod document_file;
mod documents;
pub mod export;
mod from_ledger;
pub mod idle;
mod markdown;
mod markdown_source;
mod markdown_writer;
mod missing;
mod names;
mod package;
mod parse;
mod placing;
pub mod reuse;
mod rows;
mod schema;
mod shared;
pub mod source;
pub mod template;
mod unparse;
mod unparse_rows;
mod unparse_whole;
mod unused;
mod whole;
mod words;

#[cfg(test)]
mod check_tests;
#[cfg(test)]
mod claims_tests;
#[cfg(test)]
mod content_tests;
#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod export_tests;
#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod honesty_tests;
#[cfg(test)]
mod markdown_tests;
#[cfg(test)]
mod missing_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod version_tests;
#[cfg(test)]
mod whole_tests;
#[cfg(test)]
mod wording_tests;

pub use builtin::builtin;
pub use package::{Package, Standard};
pub use parse::{parse, told};
pub use schema::BY_COMMAND;
