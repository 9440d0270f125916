use super::stage::{DALING, SHILI, Stage};
use calamine::{Data, Reader as _, open_workbook};
use rust_xlsxwriter::Workbook;
use std::path::Path;

/// A day that no run of this test will see.
const DUE: &str = "2099-12-31";

/// The exported table with cells filled in: (row of the spreadsheet, column, text).
fn filled(from: &Path, to: &Path, cells: &[(usize, &str, &str)]) {
    let mut book: calamine::Xlsx<_> = open_workbook(from).unwrap();
    let range = book.worksheet_range("审核表").unwrap();
    let mut rows: Vec<Vec<String>> = range
        .rows()
        .map(|row| {
            row.iter()
                .map(|cell| if *cell == Data::Empty { String::new() } else { cell.to_string() })
                .collect()
        })
        .collect();
    for (row, column, text) in cells {
        let at = rows[0].iter().position(|title| title == column).unwrap();
        rows[row - 1][at] = (*text).into();
    }
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("审核表").unwrap();
    for (row, cells) in (0..).zip(&rows) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save(to).unwrap();
}

#[tokio::test]
async fn a_submission_is_begun_returned_sent_again_and_approved() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    let first = phone.submission(0, &[]);
    let receipt = phone.submit(&first).await;
    let list = stage.run(&["review", "list", "--period", "2026-H2", "--under", "镇安镇党委"]).ok();
    assert!(list.contains(&receipt.code) && list.contains("未审") && list.contains("优秀"), "{list}");
    assert!(stage.run(&["review", "list", "--period", "2027-H1"]).ok().contains("共0份"));
    let unknown = ["没有“2026-H3”这个考核周期", "改用这里面的一个：2026-H2、2027-H1"];
    stage.run(&["review", "list", "--period", "2026-H3"]).refused(&unknown);
    stage.run(&["review", "export", "--period", "2026-H3", "-o", &stage.arg("none.xlsx")]).refused(&unknown);
    assert!(!stage.path("none.xlsx").exists());

    stage.run(&["review", "begin", &receipt.code]).ok();
    assert!(stage.run(&["review", "begin", &receipt.code]).ok().contains("没有变化"));
    stage.run(&["review", "return", &receipt.code, "--item", "51=x"]).refused(&["没有“51”这一条", "1到50"]);
    stage
        .run(&["review", "return", &receipt.code, "--item", "31"])
        .refused(&["没有写原因", "--item 31=缺签到表"]);
    stage
        .run(&["review", "return", &receipt.code, "--item", "44=缺签到表"])
        .refused(&["第44条“中心工作和乡村振兴”由上级评", "分由上级打"]);
    stage
        .run(&["review", "return", &receipt.code, "--item", "17=缺签到表"])
        .refused(&["第17条“年度计划和总结”这一期不评"]);
    stage.run(&["review", "return", &receipt.code, "--reason", " "]).refused(&["退回没有写原因"]);
    assert_eq!(stage.run(&["review", "return", &receipt.code]).code, 2);
    let typed_wrongly = ["review", "return", &receipt.code, "--reason", "x", "--due", "0206-11-27"];
    stage.run(&typed_wrongly).refused(&["核对年份"]);
    stage
        .run(&["review", "return", &receipt.code, "--item", "31=缺签到表；3、照片看不清"])
        .refused(&["“3、照片看不清”像是另一条", "几条就写几次 --item"]);
    let id = first.id.to_string();
    let back = ["review", "return", &id[..20], "--reason", "请补", "--item", "第31条=缺签到表", "--due", DUE];
    let told = stage.run(&back).ok();
    assert!(told.contains("十里村党支部") && told.contains("退回修改") && !told.contains("逾期"), "{told}");

    assert!(stage.run(&back).ok().contains("已经是“退回修改”，没有变化"));
    let seen = phone.list().await.unwrap();
    assert_eq!(seen[0]["reviews"].as_array().unwrap().len(), 2, "said once");
    let review = &seen[0]["reviews"][1];
    assert_eq!((&review["state"], &review["by"]), (&"returned".into(), &"镇安镇党委".into()));
    let (_, thirty_first) =
        super::stage::rural().items().nth(30).map(|(a, i)| (a.clone(), i.clone())).unwrap();
    assert_eq!(review["items"][0]["item"], thirty_first.id.as_str());
    assert_eq!((&review["items"][0]["reason"], &review["due"]), (&"缺签到表".into(), &DUE.into()));

    let second = phone.submission(1_000, &[first.id]);
    let again = phone.submit(&second).await;
    stage.run(&["review", "approve", &receipt.code]).refused(&["重新上报了", "review list"]);
    stage.run(&["review", "approve", &again.code.replace('-', "")]).ok();
    let list = stage.run(&["review", "list", "--json"]).json();
    assert_eq!(list.as_array().unwrap().len(), 1, "only the newest counts");
    assert_eq!(
        (&list[0]["state"], &list[0]["submission"]),
        (&"审核通过".into(), &second.id.to_string().into())
    );
    stage.run(&["review", "begin", &again.code]).refused(&["已经是“审核通过”"]);
    stage.run(&["review", "approve", "0000-0000"]).refused(&["没有“0000-0000”这次上报"]);
    stage.run(&["review", "approve", &id[..6]]).refused(&["对得上2次上报", "写全"]);
}

#[tokio::test]
async fn what_was_withdrawn_does_not_count_and_two_phones_are_named() {
    let stage = Stage::ready();
    let server = stage.serve();
    let (one, two) = (server.phone(&stage, SHILI, 1).await, server.phone(&stage, SHILI, 2).await);
    let first = one.submission(0, &[]);
    let receipt = one.submit(&first).await;
    let newer = two.submission(1_000, &[]);
    two.submit(&newer).await;
    let list = stage.run(&["review", "list"]).ok();
    assert!(list.contains("两部手机各报了一份（共2份），以最新的为准"), "{list}");
    two.withdraw(newer.id).await;
    let list = stage.run(&["review", "list", "--json"]).json();
    assert_eq!((&list[0]["receipt"]["code"], &list[0]["heads"]), (&receipt.code.into(), &1.into()));
}

#[tokio::test]
async fn the_table_goes_out_is_filled_in_and_comes_back() {
    let stage = Stage::ready();
    let server = stage.serve();
    let (shili, daling) = (server.phone(&stage, SHILI, 1).await, server.phone(&stage, DALING, 2).await);
    let first = shili.submission(0, &[]);
    shili.submit(&first).await;
    daling.submit(&daling.submission(0, &[])).await;
    let out = stage.arg("out.xlsx");
    assert!(stage.run(&["review", "export", "--under", "镇安镇党委", "-o", &out]).ok().contains("2份"));
    stage.run(&["review", "export", "-o", &out]).refused(&["已经有了"]);

    let back = stage.path("back.xlsx");
    let import = ["review", "import", back.to_str().unwrap()];
    filled(
        &stage.path("out.xlsx"),
        &back,
        &[
            (2, "审核意见", "退回"),
            (2, "条目与原因", "第99条：缺签到表"),
            (3, "审核意见", "退回修改"),
            (3, "截止日期", "明天"),
        ],
    );
    stage.run(&import).refused(&[
        "“审核表”表第2行“审核意见”列：不认识“退回”",
        "第2行“条目与原因”列",
        "第3行“原因”列：退回没有写原因",
        "第3行“截止日期”列：“明天”不是日期",
        "共4处错误，什么也没有写入",
    ]);
    assert!(stage.run(&["review", "list"]).ok().matches("未审").count() == 2, "nothing of it");

    let long = "长".repeat(501);
    let of_item = format!("第31条：{long}");
    let cells = [
        (2, "审核意见", "退回修改"),
        (2, "原因", &*long),
        (3, "审核意见", "退回修改"),
        (3, "条目与原因", &*of_item),
    ];
    filled(&stage.path("out.xlsx"), &back, &cells);
    stage.run(&import).refused(&["第2行“原因”列：原因超过500个字", "第3行“条目与原因”列：原因超过500个字"]);

    let good = [
        (2, "审核意见", "需补材料"),
        (2, "条目与原因", "第31条：缺签到表；也缺记录；18:照片看不清"),
        (2, "截止日期", DUE),
        (3, "审核意见", "审核通过"),
    ];
    filled(&stage.path("out.xlsx"), &back, &good);
    assert!(stage.run(&import).ok().contains("写入2份审核意见，没有变化0份"));
    assert!(stage.run(&import).ok().contains("写入0份审核意见，没有变化2份"));
    let seen = shili.list().await.unwrap();
    let review = &seen[0]["reviews"][0];
    assert_eq!((&review["state"], &review["due"]), (&"incomplete".into(), &DUE.into()));
    assert_eq!(review["items"][0]["reason"], "缺签到表；也缺记录");
    assert_eq!(review["items"].as_array().unwrap().len(), 2);
    assert_eq!(daling.list().await.unwrap()[0]["reviews"][0]["state"], "approved");

    // Another opinion out of the same old file does not slip over the one that is there.
    let other = stage.path("other.xlsx");
    filled(&stage.path("out.xlsx"), &other, &[(2, "审核意见", "审核通过")]);
    stage
        .run(&["review", "import", other.to_str().unwrap()])
        .refused(&["又有了审核意见（现在是“需补材料”）"]);

    // The branch answers: the old file still changes nothing, and a new opinion on the old submission is refused.
    let fresh = stage.arg("fresh.xlsx");
    stage.run(&["review", "export", "-o", &fresh]).ok();
    shili.submit(&shili.submission(1_000, &[first.id])).await;
    assert!(stage.run(&import).ok().contains("没有变化2份"));
    filled(&stage.path("fresh.xlsx"), &other, &[(2, "审核意见", "审核通过")]);
    stage.run(&["review", "import", other.to_str().unwrap()]).refused(&["支部撤回了这份，或者重新上报了"]);
}

/// Each row is an act of its own: what is sound goes in, the rest is named, and the run says that it left something out.
#[tokio::test]
async fn sound_rows_go_in_and_the_others_are_named() {
    let stage = Stage::ready();
    let server = stage.serve();
    let third = "210726117201";
    let mut phones = Vec::new();
    for (number, branch) in (1..).zip([third, SHILI, DALING]) {
        let phone = server.phone(&stage, branch, number).await;
        phone.submit(&phone.submission(0, &[])).await;
        phones.push(phone);
    }
    stage.run(&["review", "export", "--under", "镇安镇党委", "-o", &stage.arg("out.xlsx")]).ok();
    let back = stage.path("back.xlsx");
    let import = ["review", "import", back.to_str().unwrap()];
    let cells = [
        (2, "审核意见", "退回修改"),
        (2, "条目与原因", "31：缺签到表；3、照片看不清"),
        (3, "审核意见", "审核通过"),
        (4, "原因", "请补"),
    ];
    filled(&stage.path("out.xlsx"), &back, &cells);
    let (done, told) = stage.run(&import).partly();
    assert!(done.contains("写入1份审核意见，没有变化0份"), "{done}");
    for wanted in [
        "“审核表”表第2行“条目与原因”列：“3、照片看不清”像是另一条，又像是接着说前一条",
        "第4行“原因”列：填了这一格，却没有选审核意见",
        "共2处错误：第2、4行没有写入，别的行已经写入",
    ] {
        assert!(told.contains(wanted), "{wanted} not in\n{told}");
    }
    let reviewed = async |phone: usize| {
        let list = phones[phone].list().await.unwrap();
        list[0]["reviews"].as_array().cloned().unwrap_or_default()
    };
    assert_eq!((reviewed(0).await.len(), reviewed(1).await.len(), reviewed(2).await.len()), (0, 1, 0));
    // The same again: what is written stays, what is wrong is wrong.
    let (done, _) = stage.run(&import).partly();
    assert!(done.contains("写入0份审核意见，没有变化1份"), "{done}");
    // Mended, two items of it, and a day that has passed.
    let mended = [
        (2, "审核意见", "退回修改"),
        (2, "条目与原因", "31：缺签到表；第3条：照片看不清"),
        (2, "截止日期", "2026-11-20"),
        (3, "审核意见", "审核通过"),
    ];
    filled(&stage.path("out.xlsx"), &back, &mended);
    let told = stage.run(&import).ok();
    assert!(told.contains("写入1份审核意见，没有变化1份"), "{told}");
    assert!(told.contains("提示：其中1份的截止日期已经过了，照实记作逾期"), "{told}");
    let items = &reviewed(0).await[0]["items"];
    assert_eq!((&items[0]["reason"], &items[1]["reason"]), (&"缺签到表".into(), &"照片看不清".into()));
    let list = stage.run(&["review", "list"]).ok();
    assert!(list.contains("限2026-11-20前改好，已逾期"), "{list}");
}

/// Two rows for one submission: which of them is meant nobody knows but the clerk.
#[tokio::test]
async fn of_two_rows_for_one_submission_neither_goes_in() {
    let stage = Stage::ready();
    let server = stage.serve();
    for (number, branch) in (1..).zip([SHILI, DALING, "210726117201"]) {
        let phone = server.phone(&stage, branch, number).await;
        phone.submit(&phone.submission(0, &[])).await;
    }
    stage.run(&["review", "export", "-o", &stage.arg("out.xlsx")]).ok();
    let list = stage.run(&["review", "list", "--json"]).json();
    let first = |what: &str| list[0][what].as_str().unwrap();
    let back = stage.path("back.xlsx");
    let cells = [
        (2, "审核意见", "审核通过"),
        (3, "上报编号", first("submission")),
        (3, "回执码", list[0]["receipt"]["code"].as_str().unwrap()),
        (3, "支部编号", first("branch")),
        (3, "审核意见", "审核中"),
        (4, "审核意见", "审核通过"),
    ];
    filled(&stage.path("out.xlsx"), &back, &cells);
    let (done, told) = stage.run(&["review", "import", back.to_str().unwrap()]).partly();
    assert!(done.contains("写入1份"), "{done}");
    assert!(
        told.contains("第2行“上报编号”列：和第3行是同一次上报")
            && told.contains("第3行“上报编号”列：和第2行"),
        "{told}"
    );
}

/// Where the visible columns were sorted without 上报编号, an opinion would go to another branch than the one it was written at.
#[tokio::test]
async fn a_row_that_was_taken_apart_is_refused() {
    let stage = Stage::ready();
    let server = stage.serve();
    for (number, branch) in (1..).zip([SHILI, DALING]) {
        let phone = server.phone(&stage, branch, number).await;
        phone.submit(&phone.submission(0, &[])).await;
    }
    stage.run(&["review", "export", "-o", &stage.arg("out.xlsx")]).ok();
    let list = stage.run(&["review", "list", "--json"]).json();
    let code = |row: usize| list[row]["receipt"]["code"].as_str().unwrap();
    let branch = |row: usize| list[row]["branch"].as_str().unwrap();
    let back = stage.path("back.xlsx");
    let import = ["review", "import", back.to_str().unwrap()];
    let sorted = [
        (2, "回执码", code(1)),
        (2, "支部编号", branch(1)),
        (3, "回执码", code(0)),
        (3, "支部编号", branch(0)),
        (2, "审核意见", "审核通过"),
    ];
    filled(&stage.path("out.xlsx"), &back, &sorted);
    let wanted = format!("第2行“回执码”列：“{}”和上报编号对不上：那一份是“{}”", code(1), code(0));
    stage.run(&import).refused(&[&wanted, "第2行“支部编号”列", "排序的时候选中所有的列", "什么也没有写入"]);
    for (column, text) in
        [("回执码", ""), ("回执码", "0000-0000"), ("支部编号", branch(1)), ("已审次数", "3")]
    {
        filled(&stage.path("out.xlsx"), &back, &[(2, column, text), (2, "审核意见", "审核通过")]);
        stage.run(&import).refused(&[&format!("第2行“{column}”列"), "和上报编号对不上"]);
    }
    assert_eq!(stage.run(&["review", "list"]).ok().matches("未审").count(), 2, "nothing of it");
    filled(
        &stage.path("out.xlsx"),
        &back,
        &[(2, "审核意见", "退回修改"), (2, "原因", "请补"), (3, "审核意见", "审核通过")],
    );
    let told = stage.run(&import).ok();
    let name = |row: usize| list[row]["branch_name"].as_str().unwrap();
    for (word, row) in [("退回修改", 0), ("审核通过", 1)] {
        assert!(told.contains(&format!("{word}：{}。", name(row))), "{told}");
    }
}

/// A table that is not one leaves nothing to rely on, however good its rows look.
#[tokio::test]
async fn what_is_wrong_with_the_table_itself_stops_all_of_it() {
    let stage = Stage::ready();
    let server = stage.serve();
    let phone = server.phone(&stage, SHILI, 1).await;
    phone.submit(&phone.submission(0, &[])).await;
    stage.run(&["review", "export", "-o", &stage.arg("out.xlsx")]).ok();
    let back = stage.path("back.xlsx");
    filled(&stage.path("out.xlsx"), &back, &[(1, "已审次数", "次数"), (2, "审核意见", "审核通过")]);
    stage.run(&["review", "import", back.to_str().unwrap()]).refused(&["缺这一列", "什么也没有写入"]);
}
