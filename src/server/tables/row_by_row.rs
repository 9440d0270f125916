//! Tables of which each row is an act of its own: what is sound is written, the rest is named.

use crate::sheets::{
    Fault,
    fault::Faults,
    table::{Line, Table},
};
use std::collections::BTreeMap;

/// What the rows of a table come to.
pub(crate) struct Rows<'t, T> {
    /// What is to be done, by row.
    pub(crate) acts: Vec<(Line<'t>, T)>,
    /// Rows that say what is known already.
    pub(crate) unchanged: Vec<Line<'t>>,
    /// What is wrong, with the table or with rows of it.
    pub(crate) faults: Faults,
}

/// The rows that were read, by what they are of.
pub(crate) struct Seen<'t, K>(BTreeMap<K, Line<'t>>);

impl<'t, K: Ord> Seen<'t, K> {
    /// Whether a row is the only one so far of this; if not, both are at fault in this column, as being of the same.
    pub(crate) fn is_first(
        &mut self,
        of: K,
        line: Line<'t>,
        (column, same): (&'static str, &str),
        faults: &mut Faults,
    ) -> bool {
        let Some(first) = self.0.insert(of, line) else { return true };
        // Which of the two is meant nobody knows but the clerk.
        for (one, other) in [(first, line), (line, first)] {
            one.fault(column, format!("和第{}行是{same}", other.number()), "只留一行", faults);
        }
        false
    }
}

/// Whether a row is filled in: the cell is that makes it an act. If it is not, but others are, they are at fault.
pub(crate) fn is_filled(
    line: Line<'_>,
    act: &'static str,
    others: &[&'static str],
    (problem, remedy): (&str, &str),
    faults: &mut Faults,
) -> bool {
    let is_filled = !line.text(act).is_empty();
    for column in others.iter().filter(|column| !is_filled && !line.text(column).is_empty()) {
        line.fault(column, problem, remedy, faults);
    }
    is_filled
}

impl<'t, T> Rows<'t, T> {
    /// Those of a table with these faults, each put where it belongs.
    pub(crate) fn read<K: Ord>(
        table: &'t Table,
        faults: Faults,
        mut put: impl FnMut(Line<'t>, &mut Seen<'t, K>, &mut Self),
    ) -> Self {
        let mut rows = Self { acts: Vec::new(), unchanged: Vec::new(), faults };
        let mut seen = Seen(BTreeMap::new());
        for line in table.lines() {
            put(line, &mut seen, &mut rows);
        }
        rows
    }

    /// Leaves only the rows of which nothing is wrong.
    ///
    /// # Errors
    /// When the table itself is wrong, not only rows of it, or nothing of it is sound: then nothing could be relied on.
    pub(crate) fn sound(mut self, table: &Table, name: &str) -> Result<Self, Vec<Fault>> {
        let faults = &self.faults;
        let is_sound = |line: &Line<'_>| !faults.has_row(name, Some(line.number()));
        self.acts.retain(|(line, _)| is_sound(line));
        self.unchanged.retain(is_sound);
        let all_of_rows = faults.all(|fault| table.lines().any(|line| Some(line.number()) == fault.row));
        let is_nothing_sound = self.acts.is_empty() && self.unchanged.is_empty();
        if !all_of_rows || (!faults.is_empty() && is_nothing_sound) {
            return Err(self.faults.into_vec());
        }
        Ok(self)
    }
}
