//! Tables of which each row is an act of its own: what is sound is written, the rest is named.

use super::{error::CliError, text::say};
use crate::sheets::{
    fault::Faults,
    table::{Line, Table},
};

/// Leaves only the acts, and the rows that say what is known already, of whose rows nothing is wrong.
///
/// # Errors
/// When the table itself is wrong, not only rows of it, or nothing of it is sound: then nothing could be relied on.
pub(super) fn sound<'t, T>(
    table: &Table,
    name: &str,
    faults: Faults,
    acts: &mut Vec<(Line<'t>, T)>,
    unchanged: &mut Vec<Line<'t>>,
) -> Result<Faults, CliError> {
    let is_sound = |line: &Line<'_>| !faults.has_row(name, Some(line.number()));
    acts.retain(|(line, _)| is_sound(line));
    unchanged.retain(is_sound);
    let all_of_rows = faults.all(|fault| table.lines().any(|line| Some(line.number()) == fault.row));
    if !all_of_rows || (!faults.is_empty() && acts.is_empty() && unchanged.is_empty()) {
        return Err(CliError::Faults(faults.into_vec()));
    }
    Ok(faults)
}

/// Says what there is to say besides, and ends with the rows that were left out.
pub(super) fn end(mut faults: Faults) -> Result<(), CliError> {
    for notice in faults.take_notices() {
        say(format!("提示：{notice}"));
    }
    if faults.is_empty() { Ok(()) } else { Err(CliError::LeftOut(faults.into_vec())) }
}
