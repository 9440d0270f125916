//! One missing thing is one fault, whatever hangs on it.

use super::*;
use crate::sheets::Sheet;

/// What is said of the sheets; nothing where they are right.
fn said(sheets: &[Sheet]) -> Vec<String> {
    parse(sheets).err().into_iter().flatten().map(|fault| fault.to_string()).collect()
}

/// Takes a column away.
fn without_column(sheet: &mut Sheet, column: usize) {
    for row in &mut sheet.rows {
        if column < row.cells.len() {
            row.cells.remove(column);
        }
    }
}

/// Every way to take one thing away from a standard.
fn each_without(sheets: &[Sheet], mut look: impl FnMut(&str, &[Sheet])) {
    for (index, sheet) in sheets.iter().enumerate() {
        let mut rest = sheets.to_vec();
        rest.remove(index);
        look(&format!("the sheet {}", sheet.name), &rest);
        for column in 0..sheet.rows[0].cells.len() {
            let mut rest = sheets.to_vec();
            without_column(&mut rest[index], column);
            look(&format!("{} without {}", sheet.name, sheet.rows[0].cells[column]), &rest);
        }
        for row in 1..sheet.rows.len() {
            let mut rest = sheets.to_vec();
            let gone = rest[index].rows.remove(row);
            look(&format!("{} without row {}: {:?}", sheet.name, row + 1, gone.cells), &rest);
            for column in 0..gone.cells.len() {
                let mut rest = sheets.to_vec();
                rest[index].rows[row].cells[column].clear();
                look(
                    &format!("{} row {} without {}", sheet.name, row + 1, sheet.rows[0].cells[column]),
                    &rest,
                );
            }
        }
    }
}

#[test]
fn one_missing_thing_is_said_once_in_the_template() {
    let mut looked = 0;
    let mut chains = Vec::new();
    each_without(&template::sheets(), |what, rest| {
        let said = said(rest);
        looked += usize::from(!said.is_empty());
        if said.len() > 1 {
            chains.push(format!("{what}: {said:#?}"));
        }
    });
    assert!(looked > 100, "{looked}");
    assert!(chains.is_empty(), "{} of {looked}:\n{}", chains.len(), chains.join("\n"));
}

#[test]
fn a_missing_row_of_the_built_in_standard_is_said_once() {
    let sheets: Vec<Sheet> = builtin::sheets().unwrap();
    let mut chains = Vec::new();
    for (name, rows) in [
        ("领域", vec![2, 7]),
        ("方面", vec![2, 5]),
        ("考核方式", vec![2, 3]),
        ("条目", vec![2, 9, 40]),
        ("分项", vec![2, 3, 30]),
        ("选项", vec![2, 9]),
    ] {
        for row in rows {
            let mut rest = sheets.clone();
            let sheet = rest.iter_mut().find(|sheet| sheet.name == name).unwrap();
            let gone = sheet.rows.remove(row - 1);
            let said = said(&rest);
            if said.len() > 1 {
                chains.push(format!("{name} {row} {:?}: {said:#?}", gone.cells));
            }
        }
    }
    assert!(chains.is_empty(), "{}", chains.join("\n"));
}

#[test]
fn an_id_that_was_mistyped_is_said_once_with_every_row_that_needs_it() {
    let set = |sheet: &str, row: usize, column: &str, text: &str| {
        let mut sheets = template::sheets();
        let sheet = sheets.iter_mut().find(|known| known.name == sheet).unwrap();
        let index = sheet.rows[0].cells.iter().position(|cell| cell == column).unwrap();
        sheet.rows[row - 1].cells[index] = text.into();
        said(&sheets)
    };
    let item = set("条目", 2, "编号", "EX-1x");
    assert_eq!(item.len(), 1, "{item:#?}");
    assert!(item[0].starts_with("“分项”表第2行“条目”列：“条目”表里没有“EX-1”（“依据”表第2行"), "{item:#?}");
    // A part with options.
    let part = set("分项", 5, "分项", "p7");
    assert_eq!(part.len(), 1, "{part:#?}");
    assert!(part[0].starts_with("“选项”表第2行“分项”列：“分项”表里没有条目“"), "{part:#?}");
    assert!(part[0].contains("也要用它"), "{part:#?}");
}

#[test]
fn two_things_that_are_missing_are_both_said() {
    let mut sheets = template::sheets();
    let mut remove = |name: &str, row: usize| {
        sheets.iter_mut().find(|sheet| sheet.name == name).unwrap().rows.remove(row - 1);
    };
    remove("依据", 3);
    remove("方面", 2);
    let both = said(&sheets);
    assert!(both.iter().any(|fault| fault.contains("没有“示例方面一”这个方面")), "{both:#?}");
    assert!(both.iter().any(|fault| fault.contains("在“依据”表里没有一行")), "{both:#?}");
    assert_eq!(both.len(), 2, "{both:#?}");
}
