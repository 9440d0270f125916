//! The built-in standard from one version to the next: what was published stays what it was, and ids go on meaning the same.

use super::{Package, builtin, source};
use crate::domain::{Item, LimitId, PartId, Points, Rule};
use std::{collections::BTreeMap, path::Path};

/// The tables and books of an earlier version, as they were published.
fn earlier(version: &str) -> Package {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/standards")).join(version);
    let names = |folder: &Path| {
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    let file = |name: &str, path: &str| source::File {
        name: name.into(),
        bytes: std::fs::read(folder.join(path)).unwrap(),
    };
    let tables = names(&folder);
    let tables = tables.iter().filter_map(|path| Some(file(path.strip_suffix(".csv")?, path)));
    let books = source::document_folders().flat_map(|book| {
        let paths = names(&folder.join(book)).into_iter().map(move |name| format!("{book}/{name}"));
        paths.map(|path| file(&path, &path)).collect::<Vec<_>>()
    });
    let files: Vec<source::File> = tables.chain(books).collect();
    source::read(&files).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// Phones and databases hold what 2026.1 was; it is read as the same content for ever.
#[test]
fn what_2026_1_was_keeps_its_identities() {
    let package = earlier("2026.1");
    let hashes = package.checklists.iter().map(|list| format!("{} {}\n", list.sector, list.hash().unwrap()));
    assert_eq!(hashes.collect::<String>(), include_str!("golden/hashes-2026.1.txt"));
}

/// What an answer hangs on: parts with their points and ways of asking, options, limits.
type Shape = (Vec<(PartId, Points, core::mem::Discriminant<Rule>, Vec<String>)>, Vec<LimitId>);

fn shape(item: &Item) -> Shape {
    let options = |rule: &Rule| -> Vec<String> {
        match rule {
            Rule::Level { choices } => choices.iter().map(|choice| choice.id.to_string()).collect(),
            Rule::Deduction { occurrences } | Rule::FromTotal { occurrences } => {
                occurrences.iter().map(|kind| kind.id.to_string()).collect()
            }
            Rule::Facts { facts } => facts.iter().map(|fact| fact.id.to_string()).collect(),
            Rule::YesNo | Rule::Count { .. } | Rule::Share { .. } => Vec::new(),
        }
    };
    let parts = item
        .parts
        .iter()
        .map(|part| (part.id.clone(), part.points, core::mem::discriminant(&part.rule), options(&part.rule)));
    (parts.collect(), item.limits.iter().map(|limit| limit.id.clone()).collect())
}

#[test]
fn a_correction_moves_no_id_no_point_and_no_title() {
    let (was, is) = (earlier("2026.1"), builtin().unwrap());
    assert_ne!(was.standard.version, is.standard.version);
    let items = |package: &Package| -> BTreeMap<(String, String), (String, Shape)> {
        let lists = package.checklists.iter().flat_map(|list| {
            list.items().map(|(_, item)| {
                ((list.sector.to_string(), item.id.to_string()), (item.title.clone(), shape(item)))
            })
        });
        lists.collect()
    };
    assert_eq!(items(&was), items(&is));
    let sections = |package: &Package| -> Vec<(String, String)> {
        let sections = package.documents.iter().flat_map(|document| &document.sections);
        sections.map(|section| (section.id.to_string(), section.title.clone())).collect()
    };
    assert_eq!(sections(&was), sections(&is));
}
