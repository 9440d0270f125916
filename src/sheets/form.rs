//! A form: under which headers a table is filled in. And where in a sheet, and on which sheet of a file, that is done.

use super::{
    fault::{Fault, Faults, quoted},
    sheet::{Row, Sheet},
    text::{folded, is_near, nearest},
};

/// The header stands within so many filled rows; titles and notes are often put above it.
const MAX_TITLE_ROWS: usize = 10;
/// Every table may have these columns; they are for the people who fill it in.
const UNREAD: [&str; 2] = ["备注", "序号"];
/// How sheets are called that only say how the others are filled in.
const GUIDES: [&str; 2] = ["怎么填", "说明"];
/// So many headers are named where one is missing.
const NAMED_HEADERS: usize = 8;

/// A kind of table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form<'a> {
    /// How faults name it.
    pub(crate) name: &'a str,
    pub(crate) columns: &'a [Column],
    /// What a header is that is none of these.
    pub(crate) unknown: Unknown,
    /// Whether a row of a text file may leave out its last cells: a standard is written by hand, too, and what it says stays within
    /// the row. Elsewhere a row that does not fit the header may be another branch's.
    pub(crate) may_end_early: bool,
    /// Where a table with the right headers comes from, said as a remedy: 用 roster template 做一张空表.
    pub(crate) template: &'a str,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Its header, by which its cells are asked for.
    pub(crate) title: &'static str,
    /// Other headers for the same.
    pub(crate) also: &'static [&'static str],
    /// Whether the header must be there.
    pub(crate) needed: bool,
    pub(crate) takes: Takes,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Words and sentences, as they stand.
    Text,
    /// Ids and figures: full-width digits and letters are half-width ones.
    Exact,
    /// Days.
    Day,
}

/// What to do about a header that a form does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// It is a fault: the table is ours.
    Fault,
    /// It is said that it was not read: people have more in their tables.
    Notice,
}

impl Column {
    /// A column that must be there.
    pub(crate) const fn must(title: &'static str, takes: Takes) -> Self {
        Self { title, also: &[], needed: true, takes }
    }

    /// A column that may be there.
    pub(crate) const fn may(title: &'static str, takes: Takes) -> Self {
        Self { title, also: &[], needed: false, takes }
    }

    /// With other headers for the same.
    pub(crate) const fn or(self, also: &'static [&'static str]) -> Self {
        Self { also, ..self }
    }
}

/// The header that is likely to stand for a title, mistyped or in other words.
pub(super) fn likely<'a>(title: &str, headers: &'a [String]) -> Option<&'a str> {
    nearest(title, headers.iter().map(String::as_str)).filter(|found| is_near(title, found))
}

/// The header of a table: which of its row's cells are which columns.
pub(super) struct Header {
    /// Where in the sheet's rows it stands, counted from 0.
    pub(super) index: usize,
    /// Known columns: title, place, and the header as the file has it, in one line.
    pub(super) columns: Vec<(&'static str, usize, String)>,
    /// The last column that has a header.
    pub(super) last: usize,
    /// Headers that were refused.
    pub(super) strange: Vec<String>,
}

impl Form<'_> {
    fn known(&self, title: &str) -> Option<&'static str> {
        let title = folded(title);
        let is = |column: &&Column| {
            core::iter::once(&column.title).chain(column.also).any(|known| folded(known) == title)
        };
        self.columns.iter().find(is).map(|column| column.title)
    }

    /// How many of its columns a row is the header of.
    fn titles_in(&self, row: &Row) -> usize {
        let mut titles: Vec<&str> = row.cells.iter().filter_map(|cell| self.known(cell)).collect();
        titles.sort_unstable();
        titles.dedup();
        titles.len()
    }

    /// Where the header stands, if anything does, and how many columns it names: in the row that names most. The sheet's first filled
    /// row where none names any.
    fn header_row(&self, sheet: &Sheet) -> Option<(usize, usize)> {
        let filled = |(_, row): &(usize, &Row)| row.cells.iter().any(|cell| !cell.is_empty());
        let rows = sheet.rows.iter().enumerate().filter(filled).take(MAX_TITLE_ROWS);
        let mut best = None;
        for (index, row) in rows {
            let titles = self.titles_in(row);
            if best.is_none_or(|(_, most)| titles > most) {
                best = Some((index, titles));
            }
        }
        best
    }

    /// The header of a sheet and the filled rows below it, as they stand.
    pub(crate) fn header_and_rows<'a>(
        &self,
        sheet: &'a Sheet,
    ) -> Option<(&'a Row, impl Iterator<Item = &'a Row> + use<'a>)> {
        let (index, _) = self.header_row(sheet)?;
        let rows = sheet.rows.iter().skip(index + 1).filter(|row| row.is_filled());
        Some((sheet.rows.get(index)?, rows))
    }

    fn is_complete(&self, sheet: &Sheet) -> bool {
        let Some(row) = self.header_row(sheet).and_then(|(index, _)| sheet.rows.get(index)) else {
            return false;
        };
        let has = |column: &Column| row.cells.iter().any(|cell| self.known(cell) == Some(column.title));
        self.columns.iter().filter(|column| column.needed).all(has)
    }

    /// The sheet of a file that is filled in on this form. What is on the others is said; hidden ones are not looked at.
    pub(crate) fn pick<'a>(&self, sheets: &'a [Sheet], faults: &mut Faults) -> Option<&'a Sheet> {
        let is_filled =
            |sheet: &&Sheet| sheet.rows.iter().any(|row| row.cells.iter().any(|cell| !cell.is_empty()));
        let filled: Vec<&Sheet> = sheets.iter().filter(is_filled).collect();
        let (seen, hidden): (Vec<&Sheet>, Vec<&Sheet>) =
            filled.into_iter().partition(|sheet| !sheet.hidden.sheet);
        let complete: Vec<&Sheet> = seen.iter().copied().filter(|sheet| self.is_complete(sheet)).collect();
        let picked = match complete[..] {
            [sheet] => sheet,
            [_, _, ..] => {
                let names: Vec<String> = complete.iter().map(|sheet| quoted(&sheet.name)).collect();
                let problem =
                    format!("这个文件里有{}张表都是这样的表头：{}", complete.len(), names.join("、"));
                faults.sheet(self.name, problem, "只留要导入的一张，别的删去，或者一张表存一个文件");
                return None;
            }
            [] => {
                if let Some(sheet) = hidden.iter().find(|sheet| self.is_complete(sheet)) {
                    let problem = format!("这张表（{}）是隐藏的", quoted(&sheet.name));
                    faults.sheet(self.name, problem, "取消隐藏，看过以后再导入");
                    return None;
                }
                let titles = |sheet: &&Sheet| self.header_row(sheet).map_or(0, |(_, titles)| titles);
                // The first of equals.
                let Some(sheet) = seen.iter().copied().rev().max_by_key(titles) else {
                    let remedy = format!("核对文件；{}", self.template);
                    faults.sheet(self.name, "这个文件里没有填了内容的表", &remedy);
                    return None;
                };
                sheet
            }
        };
        let others: Vec<String> = seen
            .iter()
            .chain(&hidden)
            .filter(|sheet| !core::ptr::eq(**sheet, picked) && !GUIDES.contains(&sheet.name.as_str()))
            .map(|sheet| quoted(&sheet.name))
            .collect();
        if !others.is_empty() {
            faults.notice(format!("只读了“{}”这张表，没有读{}。", picked.name, others.join("、")));
        }
        Some(picked)
    }

    /// Finds the header of a sheet and says what is wrong with it. `None` when the sheet is empty or lacks a needed column.
    pub(super) fn header(&self, sheet: &Sheet, faults: &mut Faults) -> Option<Header> {
        let Some((index, row)) =
            self.header_row(sheet).and_then(|(index, _)| Some((index, sheet.rows.get(index)?)))
        else {
            let remedy = format!("补上表头和内容；{}", self.template);
            faults.sheet(self.name, "这张表是空的", &remedy);
            return None;
        };
        let mut header = Header { index, columns: Vec::new(), last: 0, strange: Vec::new() };
        let mut strange = Vec::new();
        for (place, cell) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            header.last = place;
            let shown: String = cell.split_whitespace().collect();
            let fault = |problem: &str, remedy: &str| Fault {
                sheet: self.name.into(),
                row: Some(row.number),
                column: Some(shown.clone()),
                problem: problem.into(),
                remedy: remedy.into(),
            };
            match self.known(cell) {
                // A header that is merged over columns with nothing in them is that of the first.
                Some(_)
                    if row.merged.get(&place).is_some_and(|(_, of)| *of < place)
                        && sheet.is_bare(index, place) => {}
                Some(title) if header.columns.iter().any(|(known, ..)| *known == title) => {
                    faults.push(fault("这一列出现了两次", "只留一列，表头也不要合并"));
                }
                Some(title) => {
                    if *cell != shown {
                        faults.notice(format!(
                            "{}第{}行的表头{}当作“{title}”。",
                            self.of(),
                            row.number,
                            quoted(cell)
                        ));
                    }
                    header.columns.push((title, place, shown));
                }
                None if UNREAD.contains(&folded(cell).as_str()) => {}
                None => strange.push(shown),
            }
        }
        let missing: Vec<&Column> = self
            .columns
            .iter()
            .filter(|column| {
                column.needed && !header.columns.iter().any(|(title, ..)| *title == column.title)
            })
            .collect();
        for shown in &strange {
            if self.unknown == Unknown::Notice {
                faults.notice(format!("“{shown}”列没有用到。"));
                continue;
            }
            header.strange.push(shown.clone());
            // A needed one under another title is missing: that is one fault.
            if missing.iter().any(|column| likely(column.title, &strange) == Some(shown)) {
                continue;
            }
            let known = self.columns.iter().map(|column| column.title);
            let near = nearest(shown, known).map(|near| format!("；最接近的是“{near}”")).unwrap_or_default();
            faults.push(Fault {
                sheet: self.name.into(),
                row: Some(row.number),
                column: Some(shown.clone()),
                problem: "不认识这一列".into(),
                remedy: format!("改成模板里的表头{near}；只是说明的话用“备注”列"),
            });
        }
        for column in &missing {
            faults.push(self.missing(column.title, row, &strange));
        }
        if missing.is_empty() { Some(header) } else { None }
    }

    /// That a column is missing: what stands there instead, and what to do.
    pub(super) fn missing(&self, title: &str, row: &Row, strange: &[String]) -> Fault {
        let near = nearest(title, strange.iter().map(String::as_str));
        let problem = match near {
            Some(near) => format!("缺这一列；表头里最接近的是{}", quoted(near)),
            None => {
                let all: Vec<&str> =
                    row.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
                let more = if all.len() > NAMED_HEADERS { "等" } else { "" };
                let named: Vec<String> = all.iter().take(NAMED_HEADERS).map(|cell| quoted(cell)).collect();
                format!("缺这一列；这一行有{}{more}", named.join("、"))
            }
        };
        let remedy = match likely(title, strange) {
            Some(found) => format!("把{}改成“{title}”；{}", quoted(found), self.template),
            None => format!("在表头这一行补上“{title}”；{}", self.template),
        };
        Fault { sheet: self.name.into(), row: Some(row.number), column: Some(title.into()), problem, remedy }
    }

    /// How a notice names the table.
    pub(super) fn of(&self) -> String {
        format!("“{}”表", self.name)
    }
}
