//! What is wrong with an authored file, said to the person who filled it in: where, what, and what to do.

use std::collections::BTreeSet;

/// One fault, with its place as the spreadsheet shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub struct Fault {
    /// The sheet's name: 条目. A document that was read from a file is called after it: 手册/H4 支部组织生活.md.
    pub sheet: String,
    /// The row as the spreadsheet numbers it, the header being row 1; the line of a file.
    pub row: Option<usize>,
    /// The column's header: 分值.
    pub column: Option<String>,
    /// What is wrong, in Chinese.
    pub problem: String,
    /// What to do about it, in Chinese.
    pub remedy: String,
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let kind = if self.sheet.ends_with(".md") { "文件" } else { "表" };
        write!(f, "“{}”{kind}", self.sheet)?;
        if let Some(row) = self.row {
            write!(f, "第{row}行")?;
        }
        if let Some(column) = &self.column {
            // A header may be anything that somebody pasted there.
            write!(f, "{}列", quoted(column))?;
        }
        write!(f, "：{}。办法：{}。", self.problem, self.remedy)
    }
}

/// Collects the faults of one run, each once, in the order they were found; and what was taken in a safe meaning, to be said once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    list: Vec<Fault>,
    seen: BTreeSet<Fault>,
    notices: Vec<String>,
}

impl Faults {
    /// Adds a fault unless the same one is there already.
    pub(crate) fn push(&mut self, fault: Fault) {
        if self.seen.insert(fault.clone()) {
            self.list.push(fault);
        }
    }

    /// Adds a fault that concerns a whole sheet.
    pub(crate) fn sheet(&mut self, sheet: &str, problem: impl Into<String>, remedy: &str) {
        self.push(Fault {
            sheet: sheet.into(),
            row: None,
            column: None,
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// Adds what the author should know though it is no fault, in Chinese.
    pub(crate) fn notice(&mut self, notice: impl Into<String>) {
        let notice = notice.into();
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// Takes what was noticed.
    pub(crate) fn take_notices(&mut self) -> Vec<String> {
        core::mem::take(&mut self.notices)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether something is known to be wrong in this sheet.
    pub(crate) fn has_sheet(&self, sheet: &str) -> bool {
        self.list.iter().any(|fault| fault.sheet == sheet)
    }

    /// Whether something is known to be wrong in this row.
    pub(crate) fn has_row(&self, sheet: &str, row: Option<usize>) -> bool {
        self.list.iter().any(|fault| fault.sheet == sheet && fault.row == row)
    }

    /// Whether something is known to be wrong in this cell.
    pub(crate) fn has_cell(&self, sheet: &str, row: usize, column: &str) -> bool {
        let is_it = |fault: &Fault| fault.row == Some(row) && fault.column.as_deref() == Some(column);
        self.list.iter().any(|fault| fault.sheet == sheet && is_it(fault))
    }

    /// Whether all that is known to be wrong is of this kind.
    pub(crate) fn all(&self, is: impl Fn(&Fault) -> bool) -> bool {
        self.list.iter().all(is)
    }

    /// Whether nothing is known to be wrong in these sheets.
    pub(crate) fn spare(&self, sheets: &[&str]) -> bool {
        !sheets.iter().any(|sheet| self.has_sheet(sheet))
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The faults in the order they were found.
    pub(crate) fn into_vec(self) -> Vec<Fault> {
        self.list
    }
}

/// A piece of somebody's text that is short enough to be quoted in a message.
pub(crate) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(20).collect();
    if short.len() < text.len() { format!("“{short}…”") } else { format!("“{short}”") }
}
