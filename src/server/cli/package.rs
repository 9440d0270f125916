//! A standard's files as they lie on disk: one workbook, or a folder of CSV files with the folders 手册 and 制度 in it.

use super::error::{self, CliError};
use crate::{
    authoring::{self, Package, source},
    sheets::{Sheet, workbook::MAX_FILE_BYTES},
};
use std::path::Path;

/// More files than this are no standard; the folder is another one.
const MAX_FILES: usize = 500;

/// Reads and checks a package.
pub(super) fn read(path: &Path) -> Result<Package, CliError> {
    authoring::parse(&sheets(path)?).map_err(CliError::Faults)
}

/// Reads its sheets.
pub(super) fn sheets(path: &Path) -> Result<Vec<Sheet>, CliError> {
    source::sheets(&files(path)?).map_err(CliError::Faults)
}

/// The one file, or every CSV file of the folder and every Markdown file of its folders of documents, in the order of names.
fn files(path: &Path) -> Result<Vec<source::File>, CliError> {
    if !path.is_dir() {
        return Ok(vec![source::File { name: stem(path), bytes: bytes(path)? }]);
    }
    let mut files = Vec::new();
    for file in listed(path, "csv")? {
        files.push(source::File { name: stem(&file), bytes: bytes(&file)? });
    }
    for book in source::document_folders() {
        let folder = path.join(book);
        if !folder.is_dir() {
            continue;
        }
        for file in listed(&folder, "md")? {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.push(source::File { name: format!("{book}/{name}"), bytes: bytes(&file)? });
        }
    }
    Ok(files)
}

fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The files of a folder that end so, in the order of their names.
fn listed(folder: &Path, ending: &str) -> Result<Vec<std::path::PathBuf>, CliError> {
    let failed = |error| CliError::Read(folder.display().to_string(), error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|known| known.eq_ignore_ascii_case(ending)) {
            files.push(file);
        }
        if files.len() > MAX_FILES {
            let problem = format!("“{}”里的文件太多，不像一套标准", folder.display());
            return Err(CliError::refused(problem, "核对文件夹"));
        }
    }
    files.sort();
    Ok(files)
}

/// The bytes of a file of a sane size. A larger one is not brought into memory.
fn bytes(file: &Path) -> Result<Vec<u8>, CliError> {
    let size = std::fs::metadata(file).map(|known| known.len());
    let size = size.map_err(|error| CliError::Read(file.display().to_string(), error))?;
    if usize::try_from(size).map_or(true, |size| size > MAX_FILE_BYTES) {
        let problem = format!("“{}”超过{}MB，不像一套标准", file.display(), MAX_FILE_BYTES >> 20);
        return Err(CliError::refused(problem, "核对文件；是的话删去里面的图片和多余的表"));
    }
    error::read(file)
}
