//! From files to sheets: one workbook, or the files of a folder with its subfolders 手册 and 制度.

use super::{Package, document_file, documents, parse};
use crate::sheets::{Fault, Sheet, workbook};

/// A file of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name without the ending (条目), and for a document its folder and whole name (手册/H4 支部组织生活.md).
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Reads the sheets of a package's files.
///
/// # Errors
/// What is wrong with the files as such, and in those that can be read. While all can be, their contents are for
/// [`parse`](parse::parse).
pub fn sheets(files: &[File]) -> Result<Vec<Sheet>, Vec<Fault>> {
    let mut sheets = Vec::new();
    let mut faults = Vec::new();
    for file in files {
        if is_document(&file.name) {
            match document_file::read(&file.name, &file.bytes) {
                Ok(sheet) => sheets.push(sheet),
                Err(found) => faults.extend(found),
            }
            continue;
        }
        match workbook::read(&file.name, &file.bytes) {
            Ok(read) => sheets.extend(read),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        return Ok(sheets);
    }
    // All that can be said is said at once: what can be read is checked as far as that goes without the rest.
    faults.extend(parse::beside(&sheets, &faults));
    Err(faults)
}

/// Reads and checks a package.
///
/// # Errors
/// Every fault that was found.
pub fn read(files: &[File]) -> Result<Package, Vec<Fault>> {
    sheets(files).and_then(|sheets| parse(&sheets))
}

/// The subfolders of a package that hold documents.
pub fn document_folders() -> impl Iterator<Item = &'static str> {
    documents::BOOKS.into_iter().map(|(name, _)| name)
}

fn is_document(name: &str) -> bool {
    name.contains('/') && name.ends_with(".md") && documents::is_book(name)
}
