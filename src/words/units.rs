//! Units of the organisation tree.

use jiff::civil::Date;

/// How a unit ended, with the name of what it was merged into: 2026-11-15撤销, 2026-11-15并入十里村党总支.
pub fn gone(on: Date, into: Option<&str>) -> String {
    match into {
        Some(whole) => format!("{on}并入{whole}"),
        None => format!("{on}撤销"),
    }
}
