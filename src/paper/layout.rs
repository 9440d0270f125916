//! How a form is laid out, whatever file it becomes: widths in whole units, spans, lines.

use super::{Column, Table};

/// The columns' widths, which add up to `whole`.
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
pub fn foot_columns() -> Table {
    let column = |share| Column { share, ..Column::default() };
    Table { columns: vec![column(1), column(6)], ..Table::default() }
}

/// How many of the first columns the label of a boxed foot takes: about an eighth of the width, and never all.
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
pub fn lines(text: &str, characters: usize) -> usize {
    let halves = |c: char| if c.is_ascii() { 1 } else { 2 };
    let room = (characters * 2).max(2);
    text.split('\n').map(|line| line.chars().map(halves).sum::<usize>().div_ceil(room).max(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_add_up_and_the_label_never_takes_every_column() {
        let table = foot_columns();
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
