//! What is wrong with a table, where, and what would be right: in Chinese, for the department that writes it.

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("《{sheet}》第{row}行「{column}」:{problem}")]
pub struct Fault {
    /// The sheet.
    pub sheet: String,
    /// The row as a spreadsheet numbers it, the header being row 1; 0 when the whole sheet is meant.
    pub row: usize,
    /// The column's header; empty when the whole row is meant.
    pub column: String,
    /// What is wrong and what would be right.
    pub problem: String,
}
