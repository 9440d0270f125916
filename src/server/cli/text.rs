//! How things are said and laid out on a terminal.

use super::progress;
pub(super) use crate::sheets::write::moment;
use std::io::Write as _;

/// Says a line. A reader that has gone away (`| head`) is no failure.
pub(super) fn say(line: impl AsRef<str>) {
    progress::aside(|| {
        let _ = writeln!(std::io::stdout().lock(), "{}", line.as_ref());
    });
}

/// A table with aligned columns; a Chinese character is as wide as two others.
pub(super) fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum::<usize>();
    let mut widths: Vec<usize> = header.iter().map(|title| width(title)).collect();
    for row in rows {
        for (most, cell) in widths.iter_mut().zip(row) {
            *most = width(cell).max(*most);
        }
    }
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths);
        let padded =
            padded.map(|(cell, most)| format!("{cell}{}", " ".repeat(most.saturating_sub(width(cell)))));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rows = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    core::iter::once(line(header.to_vec())).chain(rows).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_stand_under_each_other() {
        let rows = [vec!["十里村党支部".into(), "1".into()], vec!["ab".into(), String::new()]];
        assert_eq!(super::table(&["支部", "数"], &rows), "支部          数\n十里村党支部  1\nab");
    }
}
