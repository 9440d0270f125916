//! Tables of which each row is an act of its own: what is sound is written, the rest is named.

use crate::sheets::{
    Fault,
    fault::Faults,
    table::{Line, Table},
};

/// What the rows of a table come to.
pub(crate) struct Rows<'t, T> {
    /// What is to be done, by row.
    pub(crate) acts: Vec<(Line<'t>, T)>,
    /// Rows that say what is known already.
    pub(crate) unchanged: Vec<Line<'t>>,
    /// What is wrong, with the table or with rows of it.
    pub(crate) faults: Faults,
}

impl<'t, T> Rows<'t, T> {
    /// None yet, of a table with these faults.
    pub(crate) fn new(faults: Faults) -> Self {
        Self { acts: Vec::new(), unchanged: Vec::new(), faults }
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
