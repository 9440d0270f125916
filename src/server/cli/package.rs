//! A standard's files as they lie on disk: one workbook, or a folder of CSV files with the folders 手册 and 制度 in it.

use super::error::{self, CliError};
use crate::{
    authoring::{self, Package, source},
    sheets::{Fault, Sheet, workbook::MAX_FILE_BYTES},
};
use std::path::Path;

/// What the commands take.
pub(super) const PACKAGE: &str = "一个xlsx文件，或者装着各张CSV表（还可以有手册、制度两个子文件夹）的文件夹";
/// More files than this are no standard; the folder is another one.
const MAX_FILES: usize = 500;

/// A package with the sheets that it was read from.
pub(super) struct Source {
    pub(super) package: Package,
    pub(super) sheets: Vec<Sheet>,
    /// What its author should know though it is no fault.
    pub(super) notices: Vec<String>,
}

/// Reads and checks a package.
pub(super) fn read(path: &Path) -> Result<Source, CliError> {
    let (files, mut notices) = files(path)?;
    let sheets = source::sheets(&files).map_err(CliError::Faults)?;
    let (package, more) = authoring::told(&sheets).map_err(CliError::Faults)?;
    notices.extend(more);
    Ok(Source { package, sheets, notices })
}

/// The one file, or every CSV file of the folder and every Markdown file of its folders of documents, in the order of names; and what
/// else lies there. What looks as if it belonged to the standard and would not be read is refused.
fn files(path: &Path) -> Result<(Vec<source::File>, Vec<String>), CliError> {
    if !path.is_dir() {
        return Ok((vec![source::File { name: stem(path), bytes: bytes(path)? }], Vec::new()));
    }
    let (mut files, mut faults, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let books: Vec<&str> = source::document_folders().collect();
    for entry in listed(path)? {
        let name = name(&entry);
        if books.contains(&name.as_str()) && entry.is_dir() {
            continue;
        }
        if entry.is_dir() {
            others.push(format!("{name}/"));
        } else if ends(&entry, &["csv"]) {
            files.push(source::File { name: stem(&entry), bytes: bytes(&entry)? });
        } else if ends(&entry, &TABLES) {
            faults
                .push(unread(name, "另存为“CSV UTF-8（逗号分隔）”；只用这一个工作簿的，检查时写它的文件名"));
        } else {
            others.push(name);
        }
    }
    for book in books {
        let folder = path.join(book);
        if !folder.is_dir() {
            continue;
        }
        for entry in listed(&folder)? {
            let name = format!("{book}/{}", name(&entry));
            if ends(&entry, &["md"]) {
                files.push(source::File { name, bytes: bytes(&entry)? });
            } else if ends(&entry, &TABLES) || ends(&entry, &TEXTS) || entry.is_dir() {
                faults.push(unread(name, "写成Markdown，文件名以 .md 结尾，直接放在这个文件夹里"));
            } else {
                others.push(name);
            }
        }
    }
    if !faults.is_empty() {
        return Err(CliError::Faults(faults));
    }
    let notice = format!(
        "文件夹里的{}没有读。",
        others.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join("、")
    );
    Ok((files, if others.is_empty() { Vec::new() } else { vec![notice] }))
}

/// What people keep tables and texts in.
const TABLES: [&str; 7] = ["xlsx", "xls", "xlsm", "xlsb", "et", "ods", "csv"];
const TEXTS: [&str; 5] = ["docx", "doc", "wps", "txt", "markdown"];

fn unread(name: String, remedy: &str) -> Fault {
    Fault {
        sheet: name,
        row: None,
        column: None,
        problem: "标准的文件夹里，这种文件不会被读".into(),
        remedy: format!("{remedy}；不要的移出这个文件夹"),
    }
}

fn name(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn ends(file: &Path, endings: &[&str]) -> bool {
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    file.is_file() && endings.contains(&ending.as_str())
}

/// What programs leave behind, and nobody put there: 条目.csv that is open in a spreadsheet has one of these beside it.
fn is_left_behind(name: &str) -> bool {
    name.starts_with(['.', '~']) || ["thumbs.db", "desktop.ini"].contains(&name.to_lowercase().as_str())
}

fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What lies in a folder, in the order of the names.
fn listed(folder: &Path) -> Result<Vec<std::path::PathBuf>, CliError> {
    let failed = |error| CliError::Read(folder.display().to_string(), error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if !is_left_behind(&name(&file)) {
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
