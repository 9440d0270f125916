//! What a small standard says of the whole: own grades, quotas, full points, shares of the year, limits that look at no item.

use super::*;
use crate::domain::{Grade, GradeName, Points, Quota, QuotaSize, Threshold, WholeTest};
use crate::sheets::Sheet;

fn sheet<'a>(sheets: &'a mut [Sheet], name: &str) -> &'a mut Sheet {
    sheets.iter_mut().find(|known| known.name == name).unwrap()
}

/// Sets the cell of a sheet by row number and header.
fn set(sheets: &mut [Sheet], name: &str, row: usize, column: &str, text: &str) {
    let sheet = sheet(sheets, name);
    let index = sheet.rows[0].cells.iter().position(|cell| cell == column).unwrap();
    sheet.rows[row - 1].cells[index] = text.into();
}

/// The template with these rows in a sheet.
fn with(name: &str, rows: &[&[(&str, &str)]]) -> Vec<Sheet> {
    let mut sheets = template::sheets();
    let sheet = sheet(&mut sheets, name);
    let header = sheet.rows[0].cells.clone();
    let cells = |row: &&[(&str, &str)]| -> Vec<String> {
        let text = |title: &String| row.iter().find(|(of, _)| of == title).map_or("", |(_, text)| *text);
        header.iter().map(|title| text(title).to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    *sheet = Sheet::new(name, core::iter::once(header.clone()).chain(rows));
    sheets
}

fn said(sheets: &[Sheet]) -> String {
    parse(sheets).unwrap_err().iter().map(|fault| format!("{fault}\n")).collect()
}

/// The first of the rows of 限制 that look at the whole.
const WHOLE: usize = 5;

const STARS: &[&[(&str, &str)]] = &[
    &[("等次", "五星级"), ("分数线", "95"), ("评选", "是"), ("名额", "10%")],
    &[("等次", "四星级"), ("分数线", "85")],
    &[("等次", "三星级"), ("分数线", "70"), ("名额", "3")],
    &[("等次", "不评星")],
];

/// The template speaks of the usual grades where it limits them.
fn stars() -> Vec<Sheet> {
    let mut sheets = with("等次", STARS);
    let limits: Vec<(usize, String)> = sheet(&mut sheets, "限制")
        .rows
        .iter()
        .enumerate()
        .map(|(index, row)| (index + 1, row.cells[1].clone()))
        .collect();
    for (row, id) in limits.iter().skip(1) {
        let most = match id.as_str() {
            "veto" => "不评星",
            "w2" => "四星级",
            _ => "三星级",
        };
        set(&mut sheets, "限制", *row, "最高等次", most);
    }
    set(&mut sheets, "限制", WHOLE + 1, "数值", "三星级");
    sheets
}

/// Written and read again: the same.
#[track_caller]
fn goes_round(package: &Package) {
    let again = Package::from_published(package.checklists.clone(), package.documents.clone()).unwrap();
    let read = parse(&again.to_sheets()).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(&read, package);
}

#[test]
fn a_standard_has_grades_of_its_own() {
    let package = parse(&stars()).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let list = &package.checklists[0];
    let name = |name: &str, selected| GradeName { name: name.into(), selected };
    let names = [name("不评星", false), name("三星级", false), name("四星级", false), name("五星级", true)];
    assert_eq!(list.grading.names, names);
    let line =
        |place, points| Threshold { grade: Grade::Own(place), at_least: Points::from_hundredths(points) };
    assert_eq!(list.grading.thresholds, [line(3, 9_500), line(2, 8_500), line(1, 7_000)]);
    let quota = |place, most| Quota { grade: Grade::Own(place), most };
    assert_eq!(list.grading.quotas, [quota(3, QuotaSize::Percent(10)), quota(1, QuotaSize::Number(3))]);
    assert!(list.items().next().unwrap().1.limits[0].is_veto());
    assert_eq!(list.grading.by_score(Points::from_hundredths(6_999)), Grade::Own(0));
    assert_eq!(list.limits[1].when, WholeTest::LastYear { at_most: Grade::Own(1) });
    goes_round(&package);
    // The limits of a standard know its grades, and no others.
    let mut sheets = stars();
    set(&mut sheets, "限制", 2, "最高等次", "不合格");
    let told = said(&sheets);
    assert!(told.contains("“限制”表第2行“最高等次”列：不认识“不合格”"), "{told}");
    assert!(told.contains("只能填：五星级、四星级、三星级、不评星"), "{told}");
}

#[test]
fn the_usual_four_stay_what_they_are_however_they_are_written() {
    let usual = parse(&template::sheets()).unwrap();
    assert!(usual.checklists[0].grading.names.is_empty());
    let mut rows: Vec<&[(&str, &str)]> = vec![
        &[("等次", "标兵"), ("分数线", "95"), ("名额", "30%"), ("评选", "是")],
        &[("等次", "优秀"), ("分数线", "85")],
        &[("等次", "达标"), ("分数线", "60")],
        &[("等次", "不合格")],
    ];
    assert_eq!(
        parse(&with("等次", &rows)).unwrap().checklists[0].hash().unwrap(),
        usual.checklists[0].hash().unwrap()
    );
    // A line that was forgotten makes no grade the lowest.
    rows.pop();
    rows[2] = &[("等次", "达标")];
    let told = said(&with("等次", &rows));
    assert!(told.contains("“等次”表第4行“分数线”列：这一格没有填"), "{told}");
    rows[1] = &[("等次", "优秀"), ("分数线", "85"), ("评选", "是")];
    let told = said(&with("等次", &rows));
    assert!(told.contains("“等次”表第3行“评选”列：只有标兵由上级从够线的里面评选"), "{told}");
}

#[test]
fn names_and_quotas_that_make_no_sense_are_told_with_their_row() {
    for (row, column, text, says) in [
        (3, "等次", "五星级", "“等次”表第3行“等次”列：等次“五星级”重复了"),
        (3, "分数线", "", "“等次”表第3行“分数线”列：这一格没有填"),
        (3, "分数线", "96", "分数线没有从高到低"),
        (2, "名额", "三成", "“等次”表第2行“名额”列：看不懂名额“三成”"),
        (2, "名额", "130%", "看不懂名额“130%”"),
        (2, "名额", "0", "看不懂名额“0”"),
        (5, "名额", "2", "“等次”表“名额”列：名额写在了最低的一等"),
        (2, "评选", "要", "“等次”表第2行“评选”列：不认识“要”"),
    ] {
        let mut sheets = stars();
        set(&mut sheets, "等次", row, column, text);
        let told = said(&sheets);
        assert!(told.contains(says), "{says}: {told}");
    }
}

#[test]
fn limits_on_the_whole_are_read_and_told_where_they_fail() {
    let package = parse(&template::sheets()).unwrap();
    let list = &package.checklists[0];
    let aspect = list.aspects[0].id.clone();
    assert_eq!(list.limits[0].when, WholeTest::AspectBelow { aspect, percent: 60 });
    assert_eq!(list.limits[0].at_most, Grade::Qualified);
    assert_eq!(list.limits[1].when, WholeTest::LastYear { at_most: Grade::Unqualified });
    goes_round(&package);
    for (row, column, text, says) in [
        (WHOLE, "方面", "别的", "“限制”表第5行“方面”列：没有“别的”这个方面"),
        (WHOLE, "方面", "", "“限制”表第5行“方面”列：这一格没有填"),
        (WHOLE, "数值", "六成", "“限制”表第5行“数值”列：“六成”不是1到100的整数"),
        (WHOLE, "条目", "EX-1", "“限制”表第5行“条目”列：“方面得分率低于”看整体，不看哪一个条目"),
        (WHOLE + 1, "方面", "示例方面一", "“限制”表第6行“方面”列：“上年度等次”不看方面"),
        (WHOLE + 1, "数值", "60", "“限制”表第6行“数值”列：不认识“60”"),
        (WHOLE + 1, "编号", "w1", "“限制”表第5行“编号”列：看整体的限制“w1”重复了"),
    ] {
        let mut sheets = template::sheets();
        set(&mut sheets, "限制", row, column, text);
        let told = said(&sheets);
        assert!(told.contains(says), "{says}: {told}");
    }
    // One that leaves the best grade is told to be of no use.
    let mut sheets = template::sheets();
    set(&mut sheets, "限制", WHOLE + 1, "最高等次", "标兵");
    let package = parse(&sheets).unwrap();
    let told: Vec<String> = idle::limits(&package, &sheets).iter().map(ToString::to_string).collect();
    assert!(told[0].starts_with("“限制”表第6行：看整体的限制“w2”"), "{told:?}");
    assert!(told[0].contains("没有比“标兵”更高的等次"), "{told:?}");
}

#[test]
fn a_limit_on_the_whole_may_be_one_sectors_alone() {
    let one = parse(&template::sheets()).unwrap().checklists.remove(0);
    let mut other = one.clone();
    other.sector = crate::domain::SectorId::new("other").unwrap();
    other.sector_name = "另一领域".into();
    other.limits.remove(0);
    let package = Package::from_published(vec![one, other], Vec::new()).unwrap();
    goes_round(&package);
    let sheets = package.to_sheets();
    let limits = sheets.iter().find(|sheet| sheet.name == "限制").unwrap();
    assert!(limits.rows.iter().any(|row| row.cells.iter().any(|cell| cell == "示例领域")));
}

#[test]
fn a_standard_may_add_up_to_other_points_if_it_says_so() {
    let mut sheets = template::sheets();
    set(&mut sheets, "标准", 7, "内容", "120");
    let told = said(&sheets);
    assert!(told.contains("“示例领域”领域各条目合计100分，不是120分"), "{told}");
    assert!(told.contains("改“标准”表的“总分”"), "{told}");
    set(&mut sheets, "分项", 2, "分值", "40");
    let package = parse(&sheets).unwrap();
    assert_eq!(package.checklists[0].full, Points::from_hundredths(12_000));
    goes_round(&package);
    // Without the line it is a hundred, and the content what it always was.
    let mut plain = template::sheets();
    sheet(&mut plain, "标准").rows.remove(6);
    let hash = |sheets: &[Sheet]| parse(sheets).unwrap().checklists[0].hash().unwrap();
    assert_eq!(hash(&plain), hash(&template::sheets()));
}

#[test]
fn shares_of_the_year_add_up_to_it() {
    let mut sheets = template::sheets();
    set(&mut sheets, "考核周期", 2, "占全年", "50%");
    let told = said(&sheets);
    assert!(told.contains("“考核周期”表“占全年”列：2026年各期占全年的合计是50%，不是100%"), "{told}");
    set(&mut sheets, "考核周期", 2, "占全年", "100");
    let package = parse(&sheets).unwrap();
    assert_eq!(package.checklists[0].year[0].percent, 100);
    goes_round(&package);
    set(&mut sheets, "考核周期", 2, "占全年", "一半");
    assert!(said(&sheets).contains("“考核周期”表第2行“占全年”列"), "{}", said(&sheets));
}
