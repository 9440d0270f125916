use super::stage::{DALING, NOON, SHILI, Stage, rural};
use biaochi::domain::{AnswerKey, AnswerValue, DeviceId, Entry, PartAnswer, Rule, Stamp};
use calamine::{Data, Range, Reader as _, open_workbook};

fn cell<'a>(range: &'a Range<Data>, row: usize, column: &str) -> &'a Data {
    let at = range.rows().next().unwrap().iter().position(|title| *title == *column).unwrap();
    range.get((row, at)).unwrap()
}

fn row_of(range: &Range<Data>, code: &str) -> usize {
    range.rows().position(|row| row.iter().any(|cell| *cell == *code)).unwrap()
}

#[tokio::test]
async fn the_townships_table_holds_what_is_known_and_nothing_else() {
    let stage = Stage::ready();
    let server = stage.serve();
    let (shili, daling) = (server.phone(&stage, SHILI, 1).await, server.phone(&stage, DALING, 2).await);
    let mut reported = shili.submission(0, &[]);
    reported.answers.push(against_the_ledger());
    let receipt = shili.submit(&reported).await;
    let taken_back = daling.submission(0, &[]);
    daling.submit(&taken_back).await;
    daling.withdraw(taken_back.id).await;
    let file = stage.path("results.xlsx");
    let args =
        ["results", "export", "--period", "2026-H2", "--under", "镇安镇党委", "-o", file.to_str().unwrap()];
    let told = stage.run(&args).ok();
    assert!(told.contains("22个支部，已上报1个，未上报21个"), "{told}");
    stage.run(&args).refused(&["已经有了"]);

    let mut book: calamine::Xlsx<_> = open_workbook(&file).unwrap();
    assert_eq!(book.sheet_names(), ["镇汇总表", "条目得分 农村", "扣分明细", "与台账不同"]);
    let table = book.worksheet_range("镇汇总表").unwrap();
    let header: Vec<String> = table.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let paper =
        ["序号", "党组织", "书记", "党员数", "自评得分", "申报等次", "考评得分", "拟定等次", "主要问题"];
    assert_eq!(header[..9], paper);
    let codes: Vec<String> = table.rows().skip(1).map(|row| row[11].to_string()).collect();
    assert!(codes.is_sorted() && codes.len() == 22, "in the roster's order, not the scores': {codes:?}");

    let row = row_of(&table, SHILI);
    assert_eq!(cell(&table, row, "书记"), &Data::String("=李书记".into()), "a text, not a formula");
    assert_eq!(cell(&table, row, "党员数"), &Data::Float(13.0));
    let score = f64::from(receipt.score.hundredths()) / 100.0;
    assert_eq!(cell(&table, row, "自评得分"), &Data::Float(score));
    assert_eq!(cell(&table, row, "申报等次").to_string(), "优秀");
    assert_eq!(cell(&table, row, "上报情况").to_string(), "未审");
    assert!(cell(&table, row, "主要问题").to_string().contains("（扣"));
    assert_eq!((cell(&table, row, "考评得分"), cell(&table, row, "拟定等次")), (&Data::Empty, &Data::Empty));
    let absent = row_of(&table, DALING);
    assert_eq!(cell(&table, absent, "上报情况").to_string(), "未上报", "what was withdrawn was not reported");
    for column in ["书记", "党员数", "自评得分", "申报等次", "主要问题"] {
        assert_eq!(cell(&table, absent, column), &Data::Empty, "{column}");
    }
    assert_eq!(book.worksheet_formula("镇汇总表").unwrap().used_cells().count(), 0);

    let points = book.worksheet_range("条目得分 农村").unwrap();
    assert_eq!(points.width(), 3 + rural().items().count());
    let row = row_of(&points, SHILI);
    let judged_above = rural().items().position(|(_, item)| item.judged_above).unwrap();
    assert_eq!(points.get((row, 3 + judged_above)).unwrap().to_string(), "由上级评");
    assert_eq!(points.get((row_of(&points, DALING), 2)).unwrap().to_string(), "未上报");

    let short = book.worksheet_range("扣分明细").unwrap();
    let noted = short.rows().find(|row| row[1] == *"第1条").unwrap();
    assert_eq!((noted[3].to_string(), noted[7].to_string()), ("十里村党支部".into(), "@签到表在镇里".into()));
    assert!(noted[6].to_string().contains("还没填"), "{noted:?}");
    assert_eq!(book.worksheet_formula("扣分明细").unwrap().used_cells().count(), 0);

    let against = book.worksheet_range("与台账不同").unwrap();
    assert_eq!(against.height(), 2, "the one answer that has a reason");
    assert_eq!(cell(&against, 1, "党组织").to_string(), "十里村党支部");
    assert_eq!(cell(&against, 1, "为什么和台账不一样").to_string(), "有一次记在镇里的本子上");
    assert_eq!(cell(&against, 1, "得分"), cell(&against, 1, "满分"));
}

/// A part that was done by the branch's own word, with the reason why its ledger says otherwise.
fn against_the_ledger() -> Entry {
    let checklist = rural();
    let mut parts = checklist.items().flat_map(|(_, item)| item.parts.iter().map(move |part| (item, part)));
    let (item, part) = parts.find(|(_, part)| matches!(part.rule, Rule::YesNo)).unwrap();
    Entry {
        key: AnswerKey::Part { item: item.id.clone(), part: part.id.clone() },
        stamp: Stamp { ms: NOON, count: 1, device: DeviceId::from_random([1; 16]) },
        value: AnswerValue::Part {
            answer: Some(PartAnswer::YesNo { yes: true }),
            counted: None,
            own: None,
            reason: "有一次记在镇里的本子上".into(),
        },
        under: None,
    }
}

#[test]
fn a_period_that_is_not_there_is_refused_with_those_that_are() {
    let stage = Stage::ready();
    let file = stage.arg("r.xlsx");
    stage
        .run(&["results", "export", "--period", "2026-H9", "-o", &file])
        .refused(&["没有“2026-H9”这个考核周期", "2026-H2"]);
    assert!(!stage.path("r.xlsx").exists());
    assert_eq!(stage.run(&["results", "export", "--period", "下半年", "-o", &file]).code, 2);
}
