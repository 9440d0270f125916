//! A column of a package's sheets: what it takes, and how that is said to its author.

/// A column.
pub(super) struct Column {
    pub(super) title: &'static str,
    /// Whether the header must be there. Cells that must be filled say so in the note.
    pub(super) needed: bool,
    /// In characters.
    pub(super) width: f64,
    pub(super) takes: Takes,
    /// What a cell takes, as the author reads it.
    pub(super) note: &'static str,
}

/// What a column takes.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    /// Sentences, wrapped.
    Prose,
    /// Ids, dates, points, figures: what a spreadsheet would like to turn into something else.
    Text,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// These words, or more than one of them, or something that begins with one.
    Words(fn() -> Vec<&'static str>),
    /// One entry of another sheet's column, counted from 0.
    One(&'static str, u16),
    /// Entries of another sheet's column.
    Some(&'static str, u16),
}

pub(super) const fn must(title: &'static str, width: f64, takes: Takes, note: &'static str) -> Column {
    Column { title, needed: true, width, takes, note }
}

pub(super) const fn may(title: &'static str, width: f64, takes: Takes, note: &'static str) -> Column {
    Column { title, needed: false, width, takes, note }
}

pub(super) const MARKS: Takes = Takes::Words(|| vec!["假定：", "建议：", "本地要求："]);
pub(super) const SECTORS: Takes = Takes::Some("领域", 1);
pub(super) const MARK_NOTE: &str =
    "可以空着。不是明文规定的照实写，每行一条，以“假定：”“建议：”或“本地要求：”开头";
