//! What of a worksheet is not in the values of its cells: what is hidden, what is merged, and which formulas have no result.
//!
//! After ECMA-376 part 1, sections 18.3.1 (worksheets) and 15.2.13 (relationships). The library that reads the values does not tell
//! these.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufReader, Cursor, Read},
};

/// The archive that a workbook is.
pub(super) type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;

/// A rectangle of cells: first row, first column, last row, last column, counted from 0.
pub(super) type Area = (u32, u32, u32, u32);

/// What is known of a sheet besides the values of its cells. Rows and columns are counted from 0.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) hidden_rows: BTreeSet<u32>,
    /// First and last.
    pub(super) hidden_columns: Vec<(u32, u32)>,
    pub(super) merged: Vec<Area>,
    /// Cells with a formula and without its result.
    pub(super) unanswered: BTreeSet<(u32, u32)>,
}

/// More merged cells than this are no table.
const MAX_MERGED: usize = 100_000;

/// The parts of a workbook that hold its sheets, in the order of the sheets. `None` when they cannot be told.
pub(super) fn parts(archive: &mut Archive<'_>) -> Option<Vec<String>> {
    let of_package = targets(archive, "_rels/.rels", "")?;
    let workbook = of_package.into_values().find(|(kind, _)| kind.ends_with("/officeDocument"))?.1;
    let (folder, name) = workbook.rsplit_once('/').unwrap_or(("", &workbook));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let targets = targets(archive, &format!("{folder}_rels/{name}.rels"), &folder)?;
    let mut parts = Vec::new();
    elements(archive, &workbook, |element, _| {
        if element.local_name().as_ref() == "sheet" {
            let id = attribute_of_any(element, "id")?;
            parts.push(targets.get(&id).map(|(_, target)| target.clone()).unwrap_or_default());
        }
        Some(())
    })?;
    Some(parts)
}

/// Reads what is known of the sheet in a part. `None` when it is damaged.
pub(super) fn read(archive: &mut Archive<'_>, part: &str) -> Option<Layout> {
    let mut layout = Layout::default();
    let (mut row, mut column) = (0, 0);
    // The formula that waits for its result.
    let mut waiting: Option<(u32, u32)> = None;
    let mut cell = (0, 0);
    let mut holds_text = false;
    elements(archive, part, |element, follows| {
        match element.local_name().as_ref() {
            "row" => {
                row = attribute(element, "r")
                    .and_then(|r| r.parse::<u32>().ok()?.checked_sub(1))
                    .unwrap_or(row);
                column = 0;
                if is_set(element, "hidden") {
                    layout.hidden_rows.insert(row);
                }
                row = row.saturating_add(1);
            }
            "col" if is_set(element, "hidden") => {
                let number = |name| attribute(element, name)?.parse::<u32>().ok()?.checked_sub(1);
                layout.hidden_columns.extend(number("min").zip(number("max")));
            }
            "c" => {
                layout.unanswered.extend(waiting.take());
                let place = attribute(element, "r").and_then(|place| position(&place));
                cell = place.unwrap_or((row.saturating_sub(1), column));
                column = cell.1.saturating_add(1);
                // The result of a formula may be an empty text.
                holds_text = attribute(element, "t").is_some_and(|kind| kind == "str");
            }
            "f" if !holds_text => waiting = Some(cell),
            "v" | "is" if follows => waiting = None,
            "mergeCells" => layout.unanswered.extend(waiting.take()),
            "mergeCell" if layout.merged.len() < MAX_MERGED => {
                let place = attribute(element, "ref")?;
                let (first, last) = place.split_once(':').unwrap_or((&place, &place));
                let (first, last) = (position(first)?, position(last)?);
                if first != last {
                    layout.merged.push((first.0, first.1, last.0.max(first.0), last.1.max(first.1)));
                }
            }
            "mergeCell" => return None,
            _ => {}
        }
        Some(())
    })?;
    layout.unanswered.extend(waiting);
    Some(layout)
}

/// C3 as row 2, column 2.
fn position(place: &str) -> Option<(u32, u32)> {
    let place = place.replace('$', "");
    let digits = place.find(|c: char| c.is_ascii_digit())?;
    let (letters, number) = place.split_at(digits);
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let value = letter.to_ascii_uppercase().checked_sub(b'A').filter(|value| *value < 26)?;
        column = column.checked_mul(26)?.checked_add(u32::from(value) + 1)?;
    }
    Some((number.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

/// Relationships by their id: what kind each is, and the part that it leads to.
fn targets(
    archive: &mut Archive<'_>,
    part: &str,
    folder: &str,
) -> Option<BTreeMap<String, (String, String)>> {
    let mut targets = BTreeMap::new();
    elements(archive, part, |element, _| {
        if element.local_name().as_ref() == "Relationship" {
            let target = attribute(element, "Target").unwrap_or_default();
            let target = match target.strip_prefix('/') {
                Some(whole) => whole.to_owned(),
                None => format!("{folder}{target}"),
            };
            targets
                .insert(attribute(element, "Id")?, (attribute(element, "Type").unwrap_or_default(), target));
        }
        Some(())
    })?;
    Some(targets)
}

/// Goes through the elements of a part; each is given with whether something stands right behind its beginning. `None` when the part
/// is missing or damaged, or the visitor gives up.
fn elements(
    archive: &mut Archive<'_>,
    part: &str,
    mut visit: impl FnMut(&BytesStart<'_>, bool) -> Option<()>,
) -> Option<()> {
    let index = archive.index_for_name(part).or_else(|| {
        // Some programs write backslashes, or other letters than they refer to.
        let is_it = |name: &str| name.replace('\\', "/").eq_ignore_ascii_case(part);
        archive.file_names().position(|name| name.is_ok_and(|name| is_it(&name)))
    })?;
    let file = archive.by_index(index).ok()?;
    let mut reader = Reader::from_reader(BufReader::new(file.take(super::workbook::MAX_UNPACKED_BYTES)));
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let mut begun: Option<BytesStart<'static>> = None;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).ok()?;
        if let Some(element) = begun.take() {
            visit(&element, !matches!(event, Event::End(_)))?;
        }
        match event {
            Event::Start(element) => begun = Some(element.into_owned()),
            Event::Empty(element) => visit(&element, false)?,
            Event::Eof => return Some(()),
            _ => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

/// An attribute whatever its prefix: r:id.
fn attribute_of_any(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = element.attributes();
    let found = all
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

fn is_set(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| value == "1" || value == "true")
}
