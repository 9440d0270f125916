//! The built-in standard: an example until the department's own is in.

use super::{Package, parse, source};
use crate::sheets::{Fault, Sheet};
use include_dir::{Dir, include_dir};

/// The sheets' names, in the order in which a workbook shows them.
const SHEETS: [&str; 11] =
    ["标准", "领域", "方面", "考核方式", "考核周期", "等次", "条目", "分项", "选项", "依据", "限制"];
/// The sheets and, in folders, the documents. When a file was added or changed without a change of code, cargo does not
/// notice it: touch this file. A test says so.
static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/authoring/builtin");

/// The built-in standard.
///
/// # Errors
/// Its faults, which a test rules out.
pub fn builtin() -> Result<Package, Vec<Fault>> {
    parse(&sheets()?)
}

/// Its sheets.
pub fn sheets() -> Result<Vec<Sheet>, Vec<Fault>> {
    source::sheets(&files())
}

/// Its files: the sheets in their order, the documents in the order of their names.
pub fn files() -> Vec<source::File> {
    let of_sheet = |name: &str| {
        let file = FOLDER.get_file(format!("{name}.csv"))?;
        Some(source::File { name: name.into(), bytes: file.contents().to_vec() })
    };
    let mut files: Vec<source::File> = SHEETS.iter().filter_map(|name| of_sheet(name)).collect();
    for folder in source::document_folders().filter_map(|name| FOLDER.get_dir(name)) {
        let documents = folder.files().map(|file| source::File {
            // Forward slashes whatever the system that built this writes.
            name: file.path().iter().map(|piece| piece.to_string_lossy()).collect::<Vec<_>>().join("/"),
            bytes: file.contents().to_vec(),
        });
        let mut documents: Vec<source::File> = documents.collect();
        documents.sort_by(|a, b| a.name.cmp(&b.name));
        files.extend(documents);
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_is_what_lies_in_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/authoring/builtin");
        let stale = "the built-in files changed since the build: touch src/authoring/builtin.rs";
        let files = files();
        for file in &files {
            let path = if file.name.contains('/') { file.name.clone() } else { format!("{}.csv", file.name) };
            assert_eq!(std::fs::read(format!("{folder}/{path}")).ok().as_ref(), Some(&file.bytes), "{stale}");
        }
        let mut count =
            std::fs::read_dir(folder).unwrap().filter(|e| e.as_ref().unwrap().path().is_file()).count();
        for book in source::document_folders() {
            count += std::fs::read_dir(format!("{folder}/{book}")).map_or(0, Iterator::count);
        }
        assert_eq!(files.len(), count, "{stale}");
    }
}
