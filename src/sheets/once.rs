//! One wrong thing, said once: a name that many rows use and no sheet has would otherwise fill the screen.

use super::Fault;

/// How many rows are named before it is only said how many there are.
const NAMED: usize = 20;

/// Of faults that say the same of the same thing in several rows, the first, with the places of the others.
pub(crate) fn once(faults: Vec<Fault>) -> Vec<Fault> {
    let mut told: Vec<(Fault, Vec<(String, usize)>)> = Vec::new();
    for fault in faults {
        // A text in quotation marks is the thing that it is about. What is wrong with a cell itself is as many things as there are
        // cells.
        let row = fault.row.filter(|_| fault.problem.contains('“') && !fault.problem.starts_with("这一格"));
        let same = |known: &Fault| {
            known.row.is_some()
                && known.column == fault.column
                && known.problem == fault.problem
                && known.remedy == fault.remedy
        };
        match (row, told.iter_mut().find(|(known, _)| row.is_some() && same(known))) {
            (Some(row), Some((_, others))) => others.push((fault.sheet, row)),
            _ => told.push((fault, Vec::new())),
        }
    }
    let told = told.into_iter().map(|(mut fault, others)| {
        if !others.is_empty() {
            let others: Vec<(&str, usize)> =
                others.iter().map(|(sheet, row)| (sheet.as_str(), *row)).collect();
            fault.problem.push_str(&format!("（{}也是）", places(&others)));
        }
        fault
    });
    told.collect()
}

/// Rows, sheet by sheet: “分项”表第3、4行，“依据”表第2行.
pub(crate) fn places(rows: &[(&str, usize)]) -> String {
    let mut sheets: Vec<(&str, Vec<usize>)> = Vec::new();
    for (sheet, row) in rows {
        match sheets.iter_mut().find(|(known, _)| known == sheet) {
            Some((_, rows)) => rows.push(*row),
            None => sheets.push((sheet, vec![*row])),
        }
    }
    let sheets = sheets.into_iter().map(|(sheet, rows)| {
        let kind = if sheet.ends_with(".md") { "文件" } else { "表" };
        let named: Vec<String> = rows.iter().take(NAMED).map(ToString::to_string).collect();
        let more = if rows.len() > NAMED { format!("等{}", rows.len()) } else { String::new() };
        format!("“{sheet}”{kind}第{}{more}行", named.join("、"))
    });
    sheets.collect::<Vec<_>>().join("，")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(sheet: &str, row: usize, problem: &str) -> Fault {
        Fault {
            sheet: sheet.into(),
            row: Some(row),
            column: Some("领域".into()),
            problem: problem.into(),
            remedy: "改".into(),
        }
    }

    #[test]
    fn the_same_thing_is_said_once_with_all_its_places() {
        let mut faults = vec![fault("条目", 2, "没有“甲”"), fault("条目", 3, "没有“乙”")];
        faults.extend((4..=30).map(|row| fault("条目", row, "没有“甲”")));
        faults.push(fault("手册/H1.md", 4, "没有“甲”"));
        faults.extend([2, 3].map(|row| fault("条目", row, "这一格没有填")));
        let told = once(faults);
        let said: Vec<&str> = told.iter().map(|fault| fault.problem.as_str()).collect();
        assert_eq!(said[1..], ["没有“乙”", "这一格没有填", "这一格没有填"]);
        assert!(said[0].starts_with("没有“甲”（“条目”表第4、5、6、"), "{said:?}");
        assert!(said[0].ends_with("、23等27行，“手册/H1.md”文件第4行也是）"), "{said:?}");
    }
}
