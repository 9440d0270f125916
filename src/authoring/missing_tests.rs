//! One missing or broken thing is one fault, whatever hangs on it.

use super::*;
use crate::sheets::Sheet;

/// What is said of the sheets; nothing where they are right.
fn said(sheets: &[Sheet]) -> Vec<String> {
    parse(sheets).err().into_iter().flatten().map(|fault| fault.to_string()).collect()
}

fn named<'a>(sheets: &'a mut [Sheet], name: &str) -> &'a mut Sheet {
    sheets.iter_mut().find(|sheet| sheet.name == name).unwrap()
}

/// Sets the cell of a sheet by row number and header.
fn set(sheets: &mut [Sheet], sheet: &str, row: usize, column: &str, text: &str) {
    let sheet = named(sheets, sheet);
    let index = sheet.rows[0].cells.iter().position(|cell| cell == column).unwrap();
    sheet.rows[row - 1].cells[index] = text.into();
}

/// Every way to take away or mistype one thing of a row: the row itself, and each of its cells.
fn each_of_a_row(sheets: &[Sheet], sheet: usize, row: usize, look: &mut impl FnMut(&str, &[Sheet])) {
    let what = |column: usize, how: &str| {
        let title = &sheets[sheet].rows[0].cells[column];
        format!("{} row {} {title} {how}", sheets[sheet].name, row + 1)
    };
    let mut rest = sheets.to_vec();
    let gone = rest[sheet].rows.remove(row);
    look(&format!("{} without row {}: {:?}", sheets[sheet].name, row + 1, gone.cells), &rest);
    for (column, cell) in gone.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        for (how, text) in [("blank", String::new()), ("mistyped", format!("{cell}x"))] {
            let mut rest = sheets.to_vec();
            rest[sheet].rows[row].cells[column] = text;
            look(&what(column, how), &rest);
        }
    }
}

/// Every way to take away or mistype one header, and the sheet as a whole.
fn each_header(sheets: &[Sheet], sheet: usize, look: &mut impl FnMut(&str, &[Sheet])) {
    let name = &sheets[sheet].name;
    let mut rest = sheets.to_vec();
    rest.remove(sheet);
    look(&format!("the sheet {name}"), &rest);
    for (column, title) in sheets[sheet].rows[0].cells.iter().enumerate() {
        let mut rest = sheets.to_vec();
        for row in rest[sheet].rows.iter_mut().filter(|row| column < row.cells.len()) {
            row.cells.remove(column);
        }
        look(&format!("{name} without {title}"), &rest);
        let mut rest = sheets.to_vec();
        rest[sheet].rows[0].cells[column].push('栏');
        look(&format!("{name} with {title}栏"), &rest);
    }
}

/// Collects what is said more than once.
#[derive(Default)]
struct Chains {
    looked: usize,
    found: Vec<String>,
}

impl Chains {
    fn look(&mut self, what: &str, sheets: &[Sheet]) {
        let said = said(sheets);
        self.looked += usize::from(!said.is_empty());
        if said.len() > 1 {
            self.found.push(format!("{what}: {said:#?}"));
        }
    }

    #[track_caller]
    fn none_in(self, least: usize) {
        assert!(self.looked > least, "{}", self.looked);
        assert!(self.found.is_empty(), "{} of {}:\n{}", self.found.len(), self.looked, self.found.join("\n"));
    }
}

#[test]
fn one_missing_thing_is_said_once_in_the_template() {
    let sheets = template::sheets();
    let mut chains = Chains::default();
    for sheet in 0..sheets.len() {
        each_header(&sheets, sheet, &mut |what, rest| chains.look(what, rest));
        for row in 1..sheets[sheet].rows.len() {
            each_of_a_row(&sheets, sheet, row, &mut |what, rest| chains.look(what, rest));
        }
    }
    chains.none_in(100);
}

/// The built-in standard without its books, whose rows are looked at in the template: many rows hang on every one of its sectors,
/// aspects and ways of inspection.
#[test]
fn what_hundreds_of_rows_need_is_said_once_in_the_built_in_standard() {
    let mut sheets: Vec<Sheet> = builtin::sheets().unwrap();
    sheets.retain(|sheet| {
        sheet.rows.len() < 2 || !["手册", "制度"].iter().any(|book| sheet.name.starts_with(book))
    });
    let mut chains = Chains::default();
    for (name, rows) in [
        ("领域", vec![1, 2]),
        ("方面", vec![1]),
        ("考核方式", vec![1]),
        ("考核周期", vec![1]),
        ("条目", vec![8]),
        ("分项", vec![1, 29]),
        ("选项", vec![8]),
        ("依据", vec![3]),
        ("限制", vec![2]),
    ] {
        let sheet = sheets.iter().position(|sheet| sheet.name == name).unwrap();
        for row in rows {
            each_of_a_row(&sheets, sheet, row, &mut |what, rest| chains.look(what, rest));
        }
    }
    let parts = sheets.iter().position(|sheet| sheet.name == "分项").unwrap();
    // Without 领域, a part that is written for each sector apart is there several times: that is all there is to see.
    let look = &mut |what: &str, rest: &[Sheet]| {
        if what != "分项 without 领域" {
            chains.look(what, rest);
        }
    };
    each_header(&sheets, parts, look);
    chains.none_in(50);
}

#[test]
fn what_is_missing_is_said_with_every_row_that_needs_it() {
    // An item.
    let mut sheets = template::sheets();
    set(&mut sheets, "条目", 2, "编号", "EX-1x");
    let item = said(&sheets);
    assert_eq!(item.len(), 1, "{item:#?}");
    assert!(item[0].starts_with("“分项”表第2行“条目”列：“条目”表里没有“EX-1”（“依据”表第2行"), "{item:#?}");
    // A part with options.
    let mut sheets = template::sheets();
    set(&mut sheets, "分项", 5, "分项", "p7");
    let part = said(&sheets);
    assert_eq!(part.len(), 1, "{part:#?}");
    assert!(part[0].starts_with("“选项”表第2行“分项”列：“分项”表里没有条目“"), "{part:#?}");
    assert!(part[0].contains("也要用它"), "{part:#?}");
    // A sector: of the built-in standard, whose rows name it in six sheets.
    let mut sheets: Vec<Sheet> = builtin::sheets().unwrap();
    let gone = named(&mut sheets, "领域").rows.remove(2);
    let sector = said(&sheets);
    assert_eq!(sector.len(), 1, "{sector:#?}");
    assert!(sector[0].contains(&format!("没有“{}”这个领域（", gone.cells[1])), "{sector:#?}");
    assert!(sector[0].contains("行也是）。办法：填“领域”表里的名称"), "{sector:#?}");
    // An aspect.
    let mut sheets = template::sheets();
    named(&mut sheets, "方面").rows.remove(1);
    let aspect = said(&sheets);
    assert_eq!(aspect.len(), 1, "{aspect:#?}");
    let said_of_it = "“条目”表第2行“方面”列：没有“示例方面一”这个方面（“条目”表第3、4、";
    assert!(
        aspect[0].starts_with(said_of_it) && aspect[0].ends_with("办法：填“方面”表里的名称。"),
        "{aspect:#?}"
    );
    // A header that only some rules need.
    let mut sheets: Vec<Sheet> = builtin::sheets().unwrap();
    let header = &mut named(&mut sheets, "分项").rows[0];
    let index = header.cells.iter().position(|cell| cell == "最低次数").unwrap();
    header.cells[index] = "备注".into();
    let rule = said(&sheets);
    assert_eq!(rule.len(), 1, "{rule:#?}");
    assert!(rule[0].contains("“最低次数”列：表头里没有“最低次数”这一列（“分项”表第"), "{rule:#?}");
    // A period.
    let mut sheets = template::sheets();
    set(&mut sheets, "分项", 2, "周期", "年");
    set(&mut sheets, "分项", 6, "周期", "年");
    named(&mut sheets, "考核周期").rows.truncate(2);
    let period = said(&sheets);
    assert_eq!(period.len(), 1, "{period:#?}");
    assert!(
        period[0].starts_with("“分项”表第2行“周期”列：没有一个考核周期会评到它（“年”）（“分项”表第6行也是）"),
        "{period:#?}"
    );
}

#[test]
fn two_things_that_are_missing_are_both_said() {
    let mut sheets = template::sheets();
    named(&mut sheets, "依据").rows.remove(2);
    named(&mut sheets, "方面").rows.remove(1);
    let both = said(&sheets);
    assert!(both.iter().any(|fault| fault.contains("没有“示例方面一”这个方面")), "{both:#?}");
    assert!(both.iter().any(|fault| fault.contains("在“依据”表里没有一行")), "{both:#?}");
    assert_eq!(both.len(), 2, "{both:#?}");
}
