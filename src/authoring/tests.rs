//! What faulty files are told. What the built-in standard promises stands in `content_tests.rs`.

use super::{content_tests::rural, *};
use crate::domain::{ActivityKind, LedgerSource, MarkKind, OccurrenceId, Rule, SectorId};
use crate::sheets::{Fault, Sheet, csv};

/// The built-in sheets without the documents, to be broken.
fn sheets() -> Vec<Sheet> {
    let mut sheets = builtin::sheets().unwrap();
    sheets.retain(|sheet| !documents::is_book(&sheet.name));
    sheets
}

/// Sets the cell of a sheet by row number and header.
fn set(sheets: &mut [Sheet], sheet: &str, row: usize, column: &str, text: &str) {
    let sheet = sheets.iter_mut().find(|known| known.name == sheet).unwrap();
    let index = sheet.rows[0].cells.iter().position(|cell| cell == column).unwrap();
    sheet.rows[row - 1].cells[index] = text.into();
}

#[test]
fn each_fault_is_named_with_its_place_and_its_remedy() {
    // sheet, row, column, what is written there, what the message must say
    let cases = [
        ("标准", 2, "内容", "锦州", "不能作编号"),
        ("标准", 2, "项目", "标题", "不认识“标题”"),
        ("标准", 6, "内容", "猜的：周期", "不认识“猜的”"),
        ("领域", 2, "编号", "", "没有填"),
        ("领域", 6, "标记", "也许：算一个", "不认识“也许”"),
        ("方面", 3, "编号", "organisation", "重复"),
        ("考核方式", 3, "编号", "report", "重复"),
        ("考核周期", 3, "开始", "六月一日", "不是日期"),
        ("考核周期", 3, "开始", "2026-02-30", "不是日期"),
        ("考核周期", 3, "上报截止", "2026-11-01", "早于"),
        ("等次", 2, "等次", "一等", "只能填：标兵、优秀、达标、不合格"),
        ("等次", 3, "分数线", "八十五", "不是分值"),
        ("条目", 4, "编号", "NC-A1", "重复"),
        ("条目", 2, "领域", "城市", "没有“城市”这个领域"),
        ("条目", 2, "方面", "组织", "没有“组织”这个方面"),
        ("条目", 2, "考核方式", "问", "没有“问”这种方式"),
        ("条目", 2, "标题", "", "没有填"),
        ("条目", 2, "标记", "猜的：人数", "不认识“猜的”"),
        ("条目", 2, "上级评", "对", "只能填：是、否"),
        ("条目", 2, "适用条件", "支委大于1", "看不懂"),
        ("条目", 2, "抓什么", "铃\u{7}", "控制字符"),
        ("分项", 2, "分值", "3分", "“3分”不是分值"),
        ("分项", 2, "分值", "1.234", "不是分值"),
        ("分项", 2, "办法", "打分", "是否、次数、占比、占比档、占比扣、档次、扣分、倒扣、逐项"),
        ("分项", 2, "周期", "周", "月、季、半年、年、届、期末"),
        ("分项", 2, "条目", "NC-Z9", "“条目”表里没有“NC-Z9”"),
        ("选项", 2, "分项", "p9", "“分项”表里没有"),
        ("选项", 4, "编号", "f1", "重复"),
        ("选项", 2, "编号", "甲", "不能作编号"),
        ("选项", 2, "内容", "", "没有填"),
        ("依据", 2, "已核", "核过", "只能填：是、否"),
        ("依据", 2, "施行日期", "昨天", "不是日期"),
        ("限制", 2, "最高等次", "差", "只能填"),
        ("限制", 2, "情形", "答是", "不认识“答是”"),
        ("限制", 2, "分项", "p9", "“分项”表里没有"),
    ];
    for (sheet, row, column, text, says) in cases {
        let mut all = sheets();
        set(&mut all, sheet, row, column, text);
        let faults = parse(&all).unwrap_err();
        let said = |fault: &&Fault| {
            fault.sheet == sheet
                && fault.row == Some(row)
                && fault.column.as_deref() == Some(column)
                && fault.to_string().contains(says)
        };
        assert!(faults.iter().any(|fault| said(&fault)), "{sheet} {row} {column} {text:?}: {faults:#?}");
        assert!(faults.iter().all(|fault| !fault.remedy.is_empty()));
    }
}

#[test]
fn all_faults_come_in_one_run_without_those_that_only_follow() {
    let mut all = sheets();
    set(&mut all, "分项", 2, "分值", "三");
    set(&mut all, "选项", 9, "分值", "-1");
    set(&mut all, "条目", 4, "方面", "别的");
    set(&mut all, "等次", 2, "等次", "最好");
    let faults = parse(&all).unwrap_err();
    let places: Vec<(&str, Option<usize>)> = faults.iter().map(|f| (f.sheet.as_str(), f.row)).collect();
    for place in [("分项", Some(2)), ("选项", Some(9)), ("条目", Some(4)), ("等次", Some(2))] {
        assert!(places.contains(&place), "{faults:#?}");
    }
    assert!(!faults.iter().any(|fault| fault.problem.contains("不是100分")), "{faults:#?}");
}

#[test]
fn what_the_core_finds_is_said_at_its_row() {
    let cases = [
        ("分项", 2, "分值", "2.5", "分项", None, "不是100分"),
        ("分项", 3, "分值", "1", "分项", Some(3), "办法的数字"),
        ("限制", 2, "情形", "缺这一项", "限制", Some(2), "没有填"),
        ("考核周期", 3, "开始", "2026-06-02", "考核周期", None, "没有接上"),
        ("等次", 2, "分数线", "80", "等次", None, "从高到低"),
    ];
    for (sheet, row, column, text, at, at_row, says) in cases {
        let mut all = sheets();
        set(&mut all, sheet, row, column, text);
        let faults = parse(&all).unwrap_err();
        let said = |f: &Fault| f.sheet == at && f.row == at_row && f.to_string().contains(says);
        assert!(faults.iter().any(said), "{sheet} {row} {column} {text:?}: {faults:#?}");
    }
}

#[test]
fn blank_rows_change_neither_content_nor_row_numbers() {
    let text = "\n\n项目,内容\n标准编号,test\n,\n\n版本,1\n名称,标准\n标记,\"假定：周期\n建议：分数线\"\n\n看法,好\n";
    let mut all = sheets();
    all[0] = csv::read("标准", text.as_bytes()).unwrap();
    let faults = parse(&all).unwrap_err();
    let places: Vec<(&str, Option<usize>)> = faults.iter().map(|f| (f.sheet.as_str(), f.row)).collect();
    assert_eq!(places, [("标准", Some(11))], "{faults:#?}");
    all[0] = csv::read("标准", text.replace("看法,好\n", "").as_bytes()).unwrap();
    let marks = parse(&all).unwrap().checklists[0].marks.clone();
    let marks: Vec<(MarkKind, &str)> = marks.iter().map(|mark| (mark.kind, mark.text.as_str())).collect();
    assert_eq!(marks, [(MarkKind::Assumed, "周期"), (MarkKind::Suggested, "分数线")]);
}

#[test]
fn missing_and_strange_sheets_and_columns_are_named() {
    let mut all = sheets();
    all.retain(|sheet| sheet.name != "选项");
    all.push(Sheet::new("草稿", [["一"]]));
    let items = all.iter_mut().find(|sheet| sheet.name == "条目").unwrap();
    items.rows[0].cells[3] = "题目".into();
    let faults = parse(&all).unwrap_err();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    for expected in [
        "“选项”表：没有这张表",
        "“草稿”表：不认识这张表",
        "“条目”表第1行“题目”列：不认识这一列",
        "“条目”表第1行“标题”列：缺这一列",
    ] {
        assert!(said.iter().any(|fault| fault.starts_with(expected)), "{expected}: {said:#?}");
    }
    assert!(parse(&[]).is_err());
}

#[test]
fn the_file_encoding_does_not_change_the_content() {
    let hash = rural().hash().unwrap();
    let mut all = sheets();
    for sheet in &mut all {
        let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &sheet.rows {
            writer.write_record(&row.cells).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let (gbk, _, lossy) = encoding_rs::GB18030.encode(&text);
        assert!(!lossy);
        *sheet = csv::read(&sheet.name, &gbk).unwrap();
    }
    let package = parse(&all).unwrap();
    assert_eq!(package.checklists[0].hash().unwrap(), hash);
}

#[test]
fn a_shared_item_is_written_once_and_may_differ_by_sector() {
    let written = |id: &str| {
        let items = sheets().into_iter().find(|sheet| sheet.name == "条目").unwrap();
        items.rows.iter().filter(|row| row.cells[0] == id).count()
    };
    let package = parse(&sheets()).unwrap();
    let item = |sector: &str, id: &str| {
        let list = package.checklist(&SectorId::new(sector).unwrap()).unwrap();
        list.items().find(|(_, item)| item.id.as_str() == id).unwrap().1.clone()
    };
    assert_eq!(written("NC-D2"), 1);
    assert_eq!(item("rural", "NC-D2"), item("school", "NC-D2"));
    // The requirement, a question, an option and a citation that are other ones elsewhere.
    assert_eq!((written("NC-A1"), written("NC-A3")), (2, 3));
    let (rural, school) = (item("rural", "NC-A3"), item("school", "NC-A3"));
    assert!(rural.requirement.contains("5年") && school.requirement.contains("3年"));
    assert!(rural.parts[0].text.contains("5年") && school.parts[0].text.contains("3年"));
    assert_eq!(rural.parts[1], school.parts[1]);
    let (rural, school) = (item("rural", "NC-A1"), item("school", "NC-A1"));
    let texts = |rule: &Rule| match rule {
        Rule::Facts { facts } => facts.iter().map(|fact| fact.text.clone()).collect(),
        _ => Vec::new(),
    };
    let (rural_facts, facts) = (texts(&rural.parts[0].rule), texts(&school.parts[0].rule));
    assert!(rural_facts[0] != facts[0] && rural_facts[1..] == facts[1..], "{facts:?}");
    assert_eq!((rural.citations.len(), school.citations.len()), (3, 2));
}

#[test]
fn what_the_ledger_answers_is_written_in_words_and_fits_the_rule() {
    let find = |item: &str| {
        let list = rural();
        let id = crate::domain::ItemId::new(item).unwrap();
        list.find(&id).unwrap().2.parts[0].from_ledger.clone().unwrap()
    };
    let of = |kinds: &[ActivityKind]| kinds.iter().copied().collect();
    use ActivityKind::{CommitteeMeeting, MemberMeeting, ThemedDay};
    assert_eq!(find("NC-D2"), LedgerSource::Count { kinds: of(&[CommitteeMeeting]) });
    assert_eq!(find("NC-D10"), LedgerSource::Attendance { kinds: of(&[MemberMeeting, ThemedDay]) });
    let occurrence = OccurrenceId::new("o1").unwrap();
    assert_eq!(find("NC-C2"), LedgerSource::BelowQuorum { kinds: of(&[CommitteeMeeting]), occurrence });
    for (words, said) in [
        ("支委会、茶话会", "不认识“茶话会”"),
        ("出勤：支委会", "看不懂“出勤”"),
        ("不足半数：支委会", "看不懂“不足半数”"),
        ("到会率：支委会", "从台账数的，与分项的办法对不上"),
        ("不足半数（o9）：支委会", "从台账数的，与分项的办法对不上"),
    ] {
        let mut all = sheets();
        let parts = all.iter_mut().find(|sheet| sheet.name == "分项").unwrap();
        let column = parts.rows[0].cells.iter().position(|title| title == "台账").unwrap();
        let row = parts.rows.iter_mut().find(|row| row.cells[0] == "NC-D2").unwrap();
        row.cells[column] = words.into();
        let faults = parse(&all).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:#?}");
        assert!(faults[0].to_string().contains(said), "{}", faults[0]);
        assert_eq!(faults[0].column.as_deref(), Some("台账"));
    }
}

mod anything {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(sheet) = csv::read("条目", &bytes) {
                let _ = parse(&[sheet]);
            }
        }

        #[test]
        fn no_cell_makes_the_parser_panic(
            sheet in 0_usize..11, row in 0_usize..300, column in 0_usize..17, text in any::<String>(),
        ) {
            let mut all = sheets();
            if let Some(cell) = all[sheet].rows.get_mut(row).and_then(|row| row.cells.get_mut(column)) {
                *cell = text;
            }
            let _ = parse(&all);
        }
    }
}
