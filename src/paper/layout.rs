//! How a form is laid out, whatever file it becomes: joined cells, spans, widths in whole units.

use super::{Column, Table};

/// How a cell stands to the one above it in a joined column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// By itself, or the first of so many.
    First(u32),
    /// Part of the one above.
    Below,
}

/// For each row, how its cell in this column is joined.
#[must_use]
pub fn joins(table: &Table, column: usize) -> Vec<Joined> {
    let text =
        |row: usize| table.rows.get(row).and_then(|row| row.cells.get(column)).map_or("", String::as_str);
    let joined = table.columns.get(column).is_some_and(|column| column.joined);
    let below = |row: usize| joined && row > 0 && !text(row).is_empty() && text(row) == text(row - 1);
    let count = |row: usize| 1 + (row + 1..table.rows.len()).take_while(|next| below(*next)).count();
    let rows = 0..table.rows.len();
    rows.map(
        |row| {
            if below(row) { Joined::Below } else { Joined::First(u32::try_from(count(row)).unwrap_or(1)) }
        },
    )
    .collect()
}

/// The columns' widths, which add up to `whole`.
#[must_use]
pub fn widths(table: &Table, whole: usize) -> Vec<usize> {
    let all: usize = table.columns.iter().map(|column| usize::from(column.share)).sum::<usize>().max(1);
    let mut widths: Vec<usize> =
        table.columns.iter().map(|column| whole * usize::from(column.share) / all).collect();
    let rest = whole - widths.iter().sum::<usize>().min(whole);
    if let Some(widest) = widths.iter_mut().max() {
        *widest += rest;
    }
    widths
}

/// The columns of the boxed feet of a form that does not end with a table.
#[must_use]
pub fn foot_columns() -> Table {
    let column = |share| Column { share, ..Column::default() };
    Table { columns: vec![column(1), column(6)], headed: false, rows: Vec::new() }
}

/// How many of the first columns the label of a boxed foot takes: about an eighth of the width, and never all.
#[must_use]
pub fn label_columns(table: &Table) -> usize {
    let all: u32 = table.columns.iter().map(|column| u32::from(column.share)).sum();
    let mut share = 0;
    let wanted = table.columns.iter().take_while(|column| {
        let more = share * 8 < all;
        share += u32::from(column.share);
        more
    });
    wanted.count().clamp(1, table.columns.len().saturating_sub(1).max(1))
}

/// How many lines a text needs in a room of so many Chinese characters.
#[must_use]
pub fn lines(text: &str, characters: usize) -> usize {
    let halves = |c: char| if c.is_ascii() { 1 } else { 2 };
    let room = (characters * 2).max(2);
    text.split('\n').map(|line| line.chars().map(halves).sum::<usize>().div_ceil(room).max(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::Row;

    fn table(texts: &[&str]) -> Table {
        let column = |share, joined| Column { share, joined, ..Column::default() };
        let row = |text: &&str| Row { cells: vec![(*text).into(), "同".into()], lines: 0 };
        Table {
            columns: vec![column(1, true), column(6, false)],
            headed: true,
            rows: texts.iter().map(row).collect(),
        }
    }

    #[test]
    fn equal_cells_below_each_other_are_joined_and_empty_ones_are_not() {
        let joined = joins(&table(&["甲", "甲", "乙", "", "", "甲"]), 0);
        let first = Joined::First;
        assert_eq!(joined, [first(2), Joined::Below, first(1), first(1), first(1), first(1)]);
        assert!(joins(&table(&["甲", "甲"]), 1).iter().all(|join| *join == first(1)));
    }

    #[test]
    fn widths_add_up_and_the_label_never_takes_every_column() {
        let table = table(&[]);
        assert_eq!(widths(&table, 1000), [142, 858]);
        assert_eq!(label_columns(&table), 1);
        assert_eq!(widths(&Table::default(), 1000), Vec::<usize>::new());
        assert_eq!(label_columns(&Table::default()), 1);
    }

    #[test]
    fn a_line_holds_twice_as_many_latin_letters() {
        assert_eq!(lines("一二三四五", 4), 2);
        assert_eq!(lines("abcdefgh", 4), 1);
        assert_eq!(lines("一\n\n二", 4), 3);
    }
}
