//! What inspectors found goes to the branches as a table, comes back mended, and is closed or returned.

use super::stage::{DALING, Phone, SHILI, Stage, rural};
use biaochi::domain::{
    ContentHash, FindingField, FindingId, FindingOrigin, FindingState, FindingValue, Findings, Points,
    Progress, Ruling,
};
use calamine::{Data, Reader as _, open_workbook};
use rust_xlsxwriter::Workbook;

/// A day that no run of this test will see.
const DUE: &str = "2099-12-31";

/// A workbook with these rows.
fn workbook(stage: &Stage, name: &str, rows: &[&[&str]]) -> String {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    book.save(stage.path(name)).unwrap();
    stage.arg(name)
}

fn list(stage: &Stage, name: &str) -> String {
    workbook(
        stage,
        name,
        &[
            &["黑山县检查发现问题清单"],
            &["序号", "支部编号", "支部", "乡镇", "条目", "存在问题", "整改时限", "问题来源", "检查组"],
            &["1", SHILI, "", "", "1", "缺签到表", DUE, "11月县里检查", "甲"],
            &["2", "", "十里村党支部", "镇安镇", "第2条", "=记录本缺页", "", "", "甲"],
            &["3", DALING, "", "", "", "门牌脱落", DUE, "", ""],
        ],
    )
}

async fn mend(phone: &Phone, id: FindingId, progress: Progress) -> Findings {
    let seen = phone.write_findings(vec![]).await;
    let entry = phone.entry(&seen, id, FindingField::Progress, seen.progress(id, progress));
    phone.write_findings(vec![entry]).await
}

fn number(id: FindingId) -> String {
    let id = id.to_string();
    id[id.len() - 8..].to_owned()
}

#[tokio::test]
async fn a_finding_from_above_is_mended_returned_mended_again_closed_and_reopened() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    phone.submit(&phone.submission(0, &[])).await;
    let file = list(&stage, "清单.xlsx");
    let told = stage.run(&["findings", "import", &file]).ok();
    assert!(told.contains("2个支部的3个问题：新增3，更新0，没有变化0"), "{told}");
    assert!(told.contains("“检查组”列没有用到"), "{told}");

    let pulled = phone.write_findings(vec![]).await.all();
    assert_eq!(pulled.len(), 2, "not the neighbour's");
    let item = rural().items().next().map(|(_, item)| (item.id.clone(), item.points())).unwrap();
    let finding = pulled.iter().find(|finding| finding.problem == "缺签到表").unwrap();
    assert_eq!((finding.item.as_ref(), finding.detail.as_str()), (Some(&item.0), "11月县里检查"));
    assert_eq!(finding.demanded.unwrap().to_string(), DUE);
    assert!(finding.from_above && finding.state == FindingState::Open);
    let scored = finding.scored.as_ref().unwrap();
    assert_eq!((scored.got, scored.of), (Points::ZERO, item.1), "by the branch's own report");

    let (id, name) = (finding.id, number(finding.id));
    stage.run(&["findings", "close", &name]).refused(&["支部没有说整改好", "--yes-not-mended"]);
    mend(&phone, id, Progress::Mended).await;
    let waiting = stage.run(&["findings", "list", "--mended"]).ok();
    assert!(waiting.contains(&name) && waiting.contains("支部已整改") && waiting.contains("共1个问题"));

    let back = ["findings", "return", &name, "--reason", "和到会人数对不上", "--due", "2098-01-31"];
    assert!(stage.run(&back).ok().contains("已退回"));
    assert!(stage.run(&back).ok().contains("没有变化"));
    stage.run(&["findings", "return", &name, "--reason", " "]).refused(&["原因空着"]);
    stage.run(&["findings", "return", &name, "--reason", "x", "--due", "0206-01-01"]).refused(&["核对年份"]);
    let seen = phone.write_findings(vec![]).await.find(id).unwrap();
    let verdict = seen.verdict.unwrap();
    assert_eq!((seen.state, verdict.by.as_str()), (FindingState::Returned, "镇安镇党委"));
    assert_eq!(seen.demanded.unwrap().to_string(), "2098-01-31");
    assert!(matches!(verdict.ruling, Ruling::Returned { reason, .. } if reason == "和到会人数对不上"));

    assert_eq!(mend(&phone, id, Progress::Mended).await.find(id).unwrap().state, FindingState::Mended);
    assert!(stage.run(&["findings", "close", &name, "--by", "张组委"]).ok().contains("已销号"));
    assert!(stage.run(&["findings", "close", &name]).ok().contains("没有变化"));
    let closed = phone.write_findings(vec![]).await.find(id).unwrap();
    assert_eq!((closed.state, closed.verdict.unwrap().by.as_str()), (FindingState::Closed, "张组委"));
    stage.run(&["findings", "return", &name, "--reason", "又缺了"]).ok();
    assert_eq!(phone.write_findings(vec![]).await.find(id).unwrap().state, FindingState::Returned);
    stage.run(&["findings", "close", "ffffffff"]).refused(&["没有“ffffffff”这个问题", "findings list"]);
}

#[tokio::test]
async fn what_the_branch_found_itself_it_closes_itself_and_nobody_above_decides_on_it() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    let id = FindingId::from_parts(1, &[7; 10]);
    let problem = FindingValue::Text { text: "缺签到表".into() };
    phone.write_findings(vec![phone.entry(&Findings::default(), id, FindingField::Problem, problem)]).await;
    let refuse = |number: &str| {
        let told = ["自己查出来的，由支部自己销号", "findings import"];
        stage.run(&["findings", "close", number, "--yes-not-mended"]).refused(&told);
        stage.run(&["findings", "return", number, "--reason", "又缺了"]).refused(&told);
    };
    refuse(&number(id));
    let closed = mend(&phone, id, Progress::Mended).await.find(id).unwrap();
    assert!(closed.state == FindingState::Closed && closed.settled.is_some() && closed.verdict.is_none());
    refuse(&number(id));
    assert!(stage.run(&["findings", "list", "--mended"]).ok().contains("共0个问题"), "nobody waits");
    assert_eq!(stage.run(&["findings", "list", "--json"]).json()[0]["state"], "已销号");
    let out = stage.arg("台账.xlsx");
    stage.run(&["findings", "export", "-o", &out]).ok();
    let mut book: calamine::Xlsx<_> = open_workbook(&out).unwrap();
    let ledger = book.worksheet_range("整改台账").unwrap();
    assert!(ledger.rows().nth(1).unwrap()[11].to_string().starts_with("支部，"), "by whom and when");
}

#[tokio::test]
async fn the_table_imported_again_over_an_older_database_makes_no_second_findings() {
    let stage = Stage::ready();
    if stage.has_no_file() {
        return;
    }
    let old = stage.arg("备份.sqlite");
    stage.run(&["backup", &old]).ok();
    let file = list(&stage, "清单.xlsx");
    let ids = |database: &[&str]| {
        stage.run(&[&["findings", "import", &file], database].concat()).ok();
        let list = stage.run(&[&["findings", "list", "--json"], database].concat()).json();
        let list = list.as_array().unwrap().iter();
        list.map(|one| (one["problem"].to_string(), one["finding"].to_string())).collect::<Vec<_>>()
    };
    let first = ids(&[]);
    assert_eq!(first.len(), 3);
    assert_eq!(ids(&["--database", &old]), first);
}

#[tokio::test]
async fn a_number_as_it_is_printed_always_means_one_finding() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    let ids = [[1, 1, 1, 1, 1, 1, 7, 7, 7, 7], [1, 1, 1, 1, 1, 2, 7, 7, 7, 7]];
    for (ms, random) in (1..).zip(&ids) {
        let problem = FindingValue::Text { text: format!("问题{ms}") };
        let id = FindingId::from_parts(ms, random);
        // What the branch wrote down of an inspection of which it has the paper.
        let origin =
            FindingValue::Origin { origin: FindingOrigin::Inspection, detail: "县里检查".into() };
        let word = |field, value| phone.entry(&Findings::default(), id, field, value);
        phone
            .write_findings(vec![word(FindingField::Problem, problem), word(FindingField::Origin, origin)])
            .await;
    }
    let told = stage.run(&["findings", "list"]).ok();
    let printed: Vec<&str> = told.lines().skip(1).take(2).filter_map(|line| line.split(' ').next()).collect();
    stage.run(&["findings", "close", "07070707", "--yes-not-mended"]).refused(&["对得上2个问题", "照第一列"]);
    stage.run(&["findings", "close", "7070707", "--yes-not-mended"]).refused(&["没有“7070707”这个问题"]);
    assert_eq!(printed, ["107070707", "207070707"]);
    for number in printed {
        assert!(stage.run(&["findings", "close", number, "--yes-not-mended"]).ok().contains(number));
    }
    let full = FindingId::from_parts(1, &ids[0]).to_string();
    assert!(stage.run(&["findings", "return", &full, "--reason", "x"]).ok().contains("107070707"));
}

#[tokio::test]
async fn what_is_typed_keeps_the_bounds_that_hold_for_phones() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    let receipt = phone.submit(&phone.submission(0, &[])).await.code;
    stage.run(&["findings", "import", &list(&stage, "清单.xlsx")]).ok();
    let before = stage.run(&["findings", "list", "--json"]).json();
    let number = before[0]["number"].as_str().unwrap();
    let long = "长".repeat(501);
    for by in [long.as_str(), "响\u{7f}铃", "两\n行", " "] {
        let told = ["--by 写的名字空着、超过500个字", "不写 --by 就是支部的上级党组织"];
        stage.run(&["findings", "close", number, "--yes-not-mended", "--by", by]).refused(&told);
        stage.run(&["findings", "return", number, "--reason", "x", "--by", by]).refused(&told);
        stage.run(&["review", "begin", &receipt, "--by", by]).refused(&told);
    }
    for reason in [long.as_str(), "响\u{7f}铃"] {
        stage.run(&["findings", "return", number, "--reason", reason]).refused(&["原因空着、超过500个字"]);
    }
    assert_eq!(stage.run(&["findings", "list", "--json"]).json(), before);
    assert!(stage.run(&["review", "list"]).ok().contains("未审"));
    // A reason may have several lines, as a phone's words may.
    stage.run(&["findings", "return", number, "--reason", "一\n二", "--by", " 张组委 "]).ok();
    let after = stage.run(&["findings", "list", "--json"]).json();
    assert_eq!(after[0]["verdict"]["by"], "张组委");
}

#[tokio::test]
async fn the_same_table_again_changes_nothing_and_a_changed_one_only_what_it_says() {
    let stage = Stage::ready();
    let file = list(&stage, "清单.xlsx");
    stage.run(&["findings", "import", &file]).ok();
    let before = stage.run(&["findings", "list", "--json"]).json();
    assert!(stage.run(&["findings", "import", &file]).ok().contains("新增0，更新0，没有变化3"));
    assert_eq!(stage.run(&["findings", "list", "--json"]).json(), before);
    let rows: [&[&str]; 3] = [
        &["支部编号", "条目", "存在问题", "整改时限"],
        &[SHILI, "1", "缺签到表", "2098-06-01"],
        &[SHILI, "1", "缺签到表两次", ""],
    ];
    // A day that was set with a return is not taken back by the table from before it.
    let known = before.as_array().unwrap().iter().find(|one| one["problem"] == "门牌脱落").unwrap();
    let number = known["number"].as_str().unwrap();
    stage.run(&["findings", "return", number, "--reason", "还没有修", "--due", "2099-01-31"]).ok();
    let returned = stage.run(&["findings", "list", "--json"]).json();
    assert!(stage.run(&["findings", "import", &file]).ok().contains("新增0，更新0，没有变化3"));
    assert_eq!(stage.run(&["findings", "list", "--json"]).json(), returned);
    let changed = workbook(&stage, "改.xlsx", &rows);
    assert!(stage.run(&["findings", "import", &changed]).ok().contains("新增1，更新1，没有变化0"));
    let after = stage.run(&["findings", "list", "--json"]).json();
    assert_eq!(after.as_array().unwrap().len(), 4);
    let finding = after.as_array().unwrap().iter().find(|one| one["problem"] == "缺签到表").unwrap();
    assert_eq!((&finding["due"], &finding["origin"]), (&"2098-06-01".into(), &"11月县里检查".into()));
    let name = finding["number"].as_str().unwrap();
    stage.run(&["findings", "close", name, "--yes-not-mended"]).ok();
    let told = stage.run(&["findings", "import", &file]).ok();
    assert!(told.contains("没有变化3") && told.contains("1个已经销号"), "{told}");
}

#[test]
fn every_fault_is_named_with_its_row_and_nothing_is_taken() {
    let stage = Stage::ready();
    let long = "长".repeat(501);
    let rows: [&[&str]; 12] = [
        &["支部编号", "支部", "乡镇", "条目", "存在问题", "整改时限"],
        &["", "", "", "", "没有支部", ""],
        &["999", "", "", "", "没有这个支部", ""],
        &["210726117", "", "", "", "是个镇", ""],
        &["", "十里村党支部", "大虎山镇", "", "不在那个镇", ""],
        &[SHILI, "", "", "51", "没有这一条", ""],
        &[SHILI, "", "", "", "", ""],
        &[SHILI, "", "", "", &long, ""],
        &[SHILI, "", "", "", "没有这一天", "2020-13-01"],
        &[SHILI, "", "", "", "一样", "明天"],
        &[SHILI, "", "", "", "一样", ""],
        &[SHILI, "", "", "", "响\u{7f}铃", ""],
    ];
    let file = workbook(&stage, "错.xlsx", &rows);
    stage.run(&["findings", "import", &file]).refused(&[
        "第2行“支部编号”列：没有写是哪个支部",
        "第3行“支部编号”列：名册里没有编号“999”",
        "第4行“支部编号”列：“210726117”是“镇安镇党委”，不是支部",
        "第5行“支部”列：“大虎山镇”下面没有“十里村党支部”",
        "第6行“条目”列：标准里没有“51”这一条。办法：写第几条（1到50）",
        "第7行“存在问题”列：这一格没有填",
        "第8行“存在问题”列：超过500个字",
        "第9行“整改时限”列：“2020-13-01”不是日期",
        "第10行“整改时限”列：“明天”不是日期",
        "第11行“存在问题”列：和第10行是同一个支部的同一个问题",
        "第12行“存在问题”列：文字超过4000个字，或者有看不见的控制字符",
        "共11处错误，什么也没有写入",
    ]);
    assert!(stage.run(&["findings", "list"]).ok().contains("共0个问题"));
    let file = stage.write("空.csv", "支部编号,条目\n210726117203,17\n");
    stage.run(&["findings", "import", &file]).refused(&["“存在问题”列：缺这一列"]);
}

#[tokio::test]
async fn the_workbook_tells_common_from_individual_and_counts_per_item_and_town() {
    let stage = Stage::ready();
    let server = stage.serve();
    let (shili, daling) = (server.phone(&stage, SHILI, 1).await, server.phone(&stage, DALING, 2).await);
    stage.run(&["findings", "import", &list(&stage, "清单.xlsx")]).ok();
    // The neighbour finds the same item short by itself.
    let id = FindingId::from_parts(1, &[7; 10]);
    let item = rural().items().next().unwrap().1.id.clone();
    let problem = FindingValue::Text { text: "照片不清".into() };
    let seen = Findings::default();
    let entries = vec![
        daling.entry(&seen, id, FindingField::Problem, problem),
        daling.entry(&seen, id, FindingField::Item, FindingValue::Item { item }),
    ];
    daling.write_findings(entries).await;
    let seen = shili.write_findings(vec![]).await;
    let first = seen.all().into_iter().find(|finding| finding.problem == "缺签到表").unwrap();
    let measure = FindingValue::Text { text: "会前备好签到表".into() };
    let attached = || FindingValue::Attached { attached: true };
    let photo = |of: &[u8]| ContentHash::of(of);
    let words = vec![
        shili.entry(&seen, first.id, FindingField::Measure, measure),
        shili.entry(&seen, first.id, FindingField::Before { sha256: photo(b"one") }, attached()),
        shili.entry(&seen, first.id, FindingField::After { sha256: photo(b"two") }, attached()),
        shili.entry(&seen, first.id, FindingField::After { sha256: photo(b"three") }, attached()),
    ];
    shili.write_findings(words).await;

    let out = stage.arg("台账.xlsx");
    let told = stage.run(&["findings", "export", "--common", "2", "-o", &out]).ok();
    assert!(told.contains("4个问题") && told.contains("共性问题，共1条"), "{told}");
    stage.run(&["findings", "export", "-o", &out]).refused(&["已经有了"]);
    let mut book: calamine::Xlsx<_> = open_workbook(&out).unwrap();
    let ledger = book.worksheet_range("整改台账").unwrap();
    let titles: Vec<String> = ledger.rows().next().unwrap().iter().map(Data::to_string).collect();
    let paper = [
        "问题来源",
        "存在问题",
        "整改措施",
        "责任人",
        "整改时限",
        "完成情况",
        "佐证",
        "销号（验收人、日期）",
        "备注",
    ];
    assert_eq!(titles[4..13], paper);
    let row = ledger.rows().find(|row| row[5] == *"缺签到表").unwrap();
    let text = |column: usize| row[column].to_string();
    assert_eq!((text(1), text(2), text(3)), ("镇安镇党委".into(), "十里村党支部".into(), "第1条".into()));
    assert_eq!((text(4), text(6), text(8)), ("11月县里检查".into(), "会前备好签到表".into(), DUE.into()));
    assert_eq!((text(9), text(13)), ("待整改".into(), "共性".into()));
    assert_eq!(text(10), "照片：整改前1张、整改后2张");
    assert_eq!(book.worksheet_formula("整改台账").unwrap().used_cells().count(), 0);
    let by_item = book.worksheet_range("按条目").unwrap();
    let row = by_item.rows().find(|row| row[1] == *"第1条").unwrap();
    assert_eq!((row[3].to_string(), &row[4], &row[5]), ("共性".into(), &Data::Float(2.0), &Data::Float(2.0)));
    assert_eq!(row[15].to_string(), "十里村党支部、陈屯村党支部");
    assert!(by_item.rows().any(|row| row[1] == *"不针对条目"));
    let towns = book.worksheet_range("按乡镇").unwrap();
    let total = towns.rows().next_back().unwrap();
    assert_eq!(
        (total[0].to_string(), &total[2], &total[3]),
        ("合计".into(), &Data::Float(4.0), &Data::Float(2.0))
    );
}

/// Whoever writes down today what should have been done last week writes last week's day, and it is overdue from the start.
#[tokio::test]
async fn a_deadline_that_has_passed_is_taken_as_it_is_and_shown_as_overdue() {
    let stage = Stage::empty();
    stage.run(&["standard", "publish-builtin"]).ok();
    let roster = "编号,上级编号,层级,名称,领域\n210701100,,乡镇/街道,黑山县甲镇党委,\n\
        2107011000000,210701100,支部,甲村党支部,农村\n";
    stage.run(&["roster", "import", &stage.write("roster.csv", roster)]).ok();
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cases/30/findings_时限已过.csv");
    let told = stage.run(&["findings", "import", case]).ok();
    assert!(told.contains("新增1") && told.contains("其中1个的整改时限已经过了，照实记作逾期"), "{told}");
    let told = stage.run(&["findings", "import", case]).ok();
    assert!(told.contains("没有变化1") && !told.contains("逾期"), "again is nothing: {told}");
    let rows: [&[&str]; 2] =
        [&["支部编号", "条目", "存在问题", "整改时限"], &["2107011000000", "", "门牌脱落", "2026年10月1日"]];
    stage.run(&["findings", "import", &workbook(&stage, "又.xlsx", &rows)]).ok();
    // A code of one branch beside the name of another: whose problem it is nobody guesses.
    stage
        .run(&[
            "roster",
            "import",
            &stage.write("又.csv", roster.replace("2107011000000", "2107011000001").replace("甲村", "乙村")),
        ])
        .ok();
    let apart: [&[&str]; 2] =
        [&["支部编号", "支部", "条目", "存在问题"], &["2107011000000", "乙村党支部", "", "档案缺页"]];
    stage
        .run(&["findings", "import", &workbook(&stage, "排乱.xlsx", &apart)])
        .refused(&["“乙村党支部”和编号对不上：编号说的是“甲村党支部”"]);
    let list = stage.run(&["findings", "list"]).ok();
    assert_eq!(list.matches("逾期").count(), 2, "{list}");
    let found = stage.run(&["findings", "list", "--json"]).json();
    let dues: std::collections::BTreeSet<&str> =
        found.as_array().unwrap().iter().map(|one| one["due"].as_str().unwrap()).collect();
    assert!(dues.iter().eq(&["2026-10-01", "2026-11-20"]), "{dues:?}");
    let number = found[0]["number"].as_str().unwrap();
    let told = stage.run(&["findings", "return", number, "--reason", "没有改", "--due", "2026-11-23"]).ok();
    assert!(told.contains("已退回") && told.contains("2026-11-23已经过了，照实记作逾期"), "{told}");
    assert_eq!(stage.run(&["findings", "list"]).ok().matches("逾期").count(), 2);
}
