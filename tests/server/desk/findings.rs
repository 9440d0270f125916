//! 问题台账: problems are written down, followed and decided on by whoever may, and by nobody else.

use super::{COUNTY, Clerk, County, NEXT_TOWN, TOWN, clerk::Page};
use crate::common::{self, NOON, branch, device, token};
use biaochi::{
    domain::{
        ContentHash, FindingEntry, FindingField, FindingId, FindingValue, Findings, Progress, Stamp,
        finding::more_time::Turn,
    },
    protocol::{BranchFindings, NewFindings, paths},
};
use reqwest::{Client, Method, StatusCode, header};
use rust_xlsxwriter::Workbook;
use serde_json::json;

const LIST: &str = "/desk/findings";
const NEW: &str = "/desk/findings/new";
const WRITE: &str = "/desk/findings/write";
const TABLE: &str = "/desk/findings/table";
const CONFIRM: &str = "/desk/findings/table/confirm";
const GIVE: &str = "/desk/findings/kinds/give";

/// A county with three branches in each town, and a reviewer of 示例镇党委.
async fn town() -> (County, Clerk) {
    let county = County::new(3).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    (county, clerk)
}

/// Who sends a form again, a browser that was opened again say, takes no later word back.
#[tokio::test]
async fn a_problem_that_is_written_again_keeps_its_later_day() {
    let (_county, clerk) = town().await;
    let one = address(&raise(&clerk, "缺签到表", &[0]).await, 0);
    let opened = clerk.get(&one).await;
    let typed = [("until", "2026-12-30"), ("why", "等县里批复")];
    assert!(clerk.send(&opened, &format!("{one}/postpone"), &typed).await.says("时限改好了"));
    let again = raise(&clerk, "缺签到表", &[0, 1]).await;
    assert!(again.says("写好了1个问题") && again.says("另外1个以前写过了，没有动"), "{}", again.text());
    assert!(clerk.get(&one).await.says("12月30日"));
}

#[tokio::test]
async fn a_problem_of_a_merged_branch_is_decided_on_where_it_goes_on() {
    let (county, clerk) = town().await;
    let one = address(&raise(&clerk, "缺签到表", &[0]).await, 0);
    let before = clerk.get(&one).await;
    let manager = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let form = manager.get("/desk/roster/merge").await;
    let units = format!("{}\n{}", branch(0), branch(1));
    let new = branch(7);
    let typed =
        [("units", units.as_str()), ("code", new.as_str()), ("name", "合河村党支部"), ("on", "2026-11-20")];
    assert!(manager.send(&form, "/desk/roster/merge", &typed).await.says("合并好了"));
    let late = clerk.send(&before, &format!("{one}/close"), &[("seen", "看过现场")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.says("这个问题由合河村党支部接着改"), "{}", late.text());
    let old = clerk.get(&one).await;
    assert!(!old.has_form(&format!("{one}/close")));
    let begins = format!("{LIST}/{new}/");
    let goes_on = old.links().into_iter().find(|link| link.starts_with(&begins)).unwrap();
    let now = clerk.get(&goes_on).await;
    assert!(clerk.send(&now, &format!("{goes_on}/close"), &[("seen", "看过现场")]).await.says("已销号"));
}

/// Writes down a problem for these branches of 示例镇党委.
async fn raise(clerk: &Clerk, problem: &str, branches: &[usize]) -> Page {
    let form = clerk.get(&format!("{NEW}?under={TOWN}")).await;
    let codes: Vec<String> = branches.iter().map(|number| branch(*number).to_string()).collect();
    let mut typed =
        vec![("problem", problem), ("item", "第1条"), ("due", "2026-12-20"), ("source", "11月县里检查")];
    typed.extend(codes.iter().map(|code| ("branch", code.as_str())));
    clerk.send(&form, WRITE, &typed).await
}

/// The address of the problem that is about this on a list.
#[track_caller]
fn address(page: &Page, number: usize) -> String {
    let begins = format!("{LIST}/{}/", branch(number));
    let found = page.links().into_iter().find(|link| link.starts_with(&begins));
    found.unwrap_or_else(|| panic!("nothing of branch {number}:\n{}", page.html))
}

/// The phone of a branch, which writes that its only problem from above is mended.
async fn mend(county: &County, number: usize) {
    write(county, number, 60_000, |heard, finding| {
        let text = |text: &str| FindingValue::Text { text: text.into() };
        vec![
            (FindingField::Measure, text("补上<b>签到表</b>")),
            (FindingField::Responsible, text("=1+1")),
            (FindingField::Progress, heard.progress(finding, Progress::Mended)),
        ]
    })
    .await;
}

/// The phone of a branch, which writes of its only problem from above, so long after noon: later than anything the endpoint says itself
/// in a slow run.
async fn write(
    county: &County,
    number: usize,
    ms: u64,
    words: impl FnOnce(&Findings, FindingId) -> Vec<(FindingField, FindingValue)>,
) {
    let base = &county.program.base;
    let client = Client::new();
    let heard = findings_of(county, number).await;
    let address = format!("{base}{}", paths::FINDINGS);
    let finding = heard.all()[0].id;
    let stamp = Stamp { ms: NOON + ms, count: 0, device: device(number) };
    let words = words(&heard, finding).into_iter();
    let entries: Vec<_> = words.map(|(field, value)| FindingEntry { finding, field, stamp, value }).collect();
    let answer =
        client.put(&address).bearer_auth(token(number)).json(&NewFindings { entries: entries.into() });
    assert_eq!(answer.send().await.unwrap().status(), StatusCode::OK);
}

/// What the phone of a branch hears of problems.
async fn findings_of(county: &County, number: usize) -> Findings {
    let base = &county.program.base;
    let client = Client::new();
    let body = json!({
        "code": common::code(number), "device": device(number), "token_hash": ContentHash::of(token(number).as_bytes()),
    });
    client.post(format!("{base}{}", paths::ACTIVATE)).json(&body).send().await.unwrap();
    let address = format!("{base}{}", paths::FINDINGS);
    let heard = client.get(&address).bearer_auth(token(number)).send().await.unwrap();
    heard.json::<BranchFindings>().await.unwrap().into()
}

#[tokio::test]
async fn a_problem_for_three_branches_is_mended_returned_given_time_and_closed() {
    let (county, clerk) = town().await;
    let page = raise(&clerk, "缺签到表", &[0, 1, 2]).await;
    assert!(page.says("写好了3个问题"), "{}", page.html);
    assert!(raise(&clerk, "缺签到表", &[0, 1, 2]).await.says("以前写过了，没有动"), "sent twice");
    mend(&county, 0).await;
    let list = clerk.get(&format!("{LIST}?state=mended")).await;
    assert!(list.says("第0村党支部") && !list.says("第1村党支部") && list.says("第1条"), "{}", list.html);
    assert!(list.says("支部自己查出来的另有0个"));
    let one = address(&list, 0);
    let opened = clerk.get(&one).await;
    assert!(opened.says("补上<b>签到表</b>"), "{}", opened.html);
    assert!(!opened.html.contains("<b>签到表"), "what a branch wrote is text");
    let (close, back, postpone) =
        (format!("{one}/close"), format!("{one}/return"), format!("{one}/postpone"));
    let blank = clerk.send(&opened, &close, &[("seen", " ")]).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(blank.says("写上看到了什么，再销号"), "{}", blank.html);
    assert!(!opened.html.contains(">上级</td>"), "whoever wrote it down is named: {}", opened.html);
    for item in ["1", "第1条"] {
        assert!(clerk.get(&format!("{LIST}?item={item}")).await.says("共3条"), "{item}");
    }
    assert!(clerk.get(&format!("{LIST}?item=2")).await.says("没有符合条件的问题"));
    let form = clerk.get(&format!("{NEW}?under={TOWN}")).await;
    let code = branch(2).to_string();
    let typed = [("problem", "没有会议记录"), ("branch", code.as_str())];
    assert!(clerk.send(&form, WRITE, &typed).await.says("写好了1个问题"));
    let unsaid = clerk.get(&format!("{LIST}?under={code}")).await;
    assert!(unsaid.says("示例镇党委检查"), "without a source it is of whoever wrote it: {}", unsaid.text());
    let wrong = clerk.send(&opened, &back, &[("reason", "照片看不清"), ("until", "0206-01-01")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.says("核对年份") && wrong.html.contains(">照片看不清</textarea>"),
        "what was typed is kept"
    );
    let returned = clerk.send(&opened, &back, &[("reason", "照片\r\n看不清"), ("until", "2026-12-25")]).await;
    assert!(returned.says("已退回") && returned.says("示例镇党委 王芳"), "{}", returned.html);
    assert!(returned.says("12月25日前改好"));
    // Sent twice, as with the back button: the same again is nothing new.
    let again = clerk.send(&opened, &back, &[("reason", "照片\r\n看不清"), ("until", "2026-12-25")]).await;
    assert_eq!(again.text().matches("退回：照片").count(), 1, "{}", again.html);
    // Another tab that was left open is told what happened meanwhile, and keeps what was typed.
    let late = clerk.send(&opened, &close, &[("seen", "看过现场")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.says("就在刚才") && late.html.contains(">看过现场</textarea>"), "{}", late.html);
    let later = clerk.send(&late, &postpone, &[("until", "2026-12-31"), ("why", "等镇里盖章")]).await;
    assert!(later.says("时限改好了") && later.says("12月31日") && later.says("记下：等镇里盖章"));
    let closed = clerk.send(&later, &close, &[("seen", "看过现场")]).await;
    assert!(closed.says("已销号，支部的手机") && closed.says("记下：看过现场"), "{}", closed.html);
    assert!(!closed.has_form(&close) && closed.has_form(&back), "it can only be opened again");
    assert!(clerk.get(&format!("{LIST}?state=closed")).await.says("第0村党支部"));
    let log = county.run(&["log", "verify"]);
    assert!(!log.is_empty());
}

#[tokio::test]
async fn a_branch_that_asks_for_time_is_a_task_until_it_is_answered() {
    let (county, clerk) = town().await;
    raise(&clerk, "缺签到表", &[0, 1]).await;
    let asks = async |number, ms, reason: &str| {
        let (reason, day) = (reason.to_owned(), jiff::civil::date(2026, 12, 31));
        write(&county, number, ms, |_, _| {
            vec![
                (FindingField::Deadline, FindingValue::Day { day: Some(day) }),
                (FindingField::DelayReason, FindingValue::Text { text: reason }),
            ]
        })
        .await;
    };
    assert!(!clerk.get("/desk").await.says("申请延期"));
    asks(0, 600_000, "等<b>镇里</b>盖章").await;
    asks(1, 600_000, "等材料").await;
    let today = clerk.get("/desk").await;
    assert!(today.says("2问题申请延期"), "{}", today.text());
    let way = today.links().into_iter().find(|link| link.ends_with("state=asking")).unwrap();
    let list = clerk.get(&way).await;
    assert!(list.says("支部申请延期到12月31日") && list.says("共2条"), "{}", list.text());
    let (first, second) = (address(&list, 0), address(&list, 1));
    let opened = clerk.get(&first).await;
    let postpone = format!("{first}/postpone");
    assert!(opened.says("等<b>镇里</b>盖章") && !opened.html.contains("<b>镇里"), "{}", opened.html);
    let offered = opened.form(&postpone).fields;
    assert!(
        offered.contains(&("until".into(), "2026-12-31".into())),
        "what is asked for is filled in: {offered:?}"
    );
    assert!(clerk.send(&opened, &postpone, &[]).await.says("时限改好了"));
    let opened = clerk.get(&second).await;
    let keep = format!("{second}/keep");
    assert!(opened.says("不同意，仍是12月20日"), "{}", opened.text());
    // Two buttons of one form: the reason goes along with either.
    let read = |page: &Page| {
        let [first, second, third] = ["csrf", "read", "kept"].map(|name| {
            let fields = page.form(&format!("{second}/postpone")).fields;
            fields.into_iter().find(|(field, _)| field == name).unwrap().1
        });
        (first, second, third)
    };
    let (csrf, said, old) = read(&opened);
    let fields = [
        ("csrf", csrf.as_str()),
        ("read", &said),
        ("kept", &old),
        ("until", ""),
        ("why", "材料<b>早有</b>了"),
    ];
    let kept = clerk.post(&keep, &fields).await;
    assert!(kept.says("时限不变") && !kept.html.contains(&keep), "{}", kept.text());
    assert!(clerk.post(&keep, &fields).await.says("时限不变"), "sent twice");
    let told = "不同意延期，仍是12月20日：材料<b>早有</b>了";
    assert!(kept.says("申请延期到12月31日") && kept.text().matches(told).count() == 1, "{}", kept.text());
    let findings = findings_of(&county, 1).await;
    let reply = findings.answered(findings.all()[0].id);
    assert!(
        matches!(&reply, Some((_, Turn::Refused { reply, .. })) if reply == "材料<b>早有</b>了"),
        "the phone hears it: {reply:?}"
    );
    assert!(!clerk.get("/desk").await.says("申请延期") && clerk.get(&way).await.says("没有符合条件的问题"));
    let reader = county.person(TOWN, "赵敏", "zhaomin", "查看").await;
    let page = reader.get(&second).await;
    assert!(!page.has_form(&keep) && !page.has_form(&postpone));
    county.run(&["log", "verify"]);
}

#[tokio::test]
async fn nobody_of_another_unit_sees_or_decides_anything() {
    let (county, clerk) = town().await;
    raise(&clerk, "缺签到表", &[0]).await;
    let one = address(&clerk.get(LIST).await, 0);
    let opened = clerk.get(&one).await;
    let next = county.person(NEXT_TOWN, "李强", "liqiang", "审核").await;
    let reader = county.person(TOWN, "赵敏", "zhaomin", "查看").await;
    let manager = county.person(COUNTY, "周平", "zhouping", "管理").await;
    let nothing = next.get("/desk/nothing-at-all").await;
    for path in [
        one.as_str(),
        &format!("{one}/photos/{}", ContentHash::of(b"x")),
        &format!("{LIST}?under={TOWN}"),
        &format!("{NEW}?under={TOWN}"),
        &format!("/desk/findings/kinds?under={TOWN}"),
        &format!("/desk/findings/ledger.xlsx?under={TOWN}"),
        "/desk/findings/x/y",
        "/desk/findings/210726/019ab000-0000-7000-8000-00001a2b3c4d",
    ] {
        let page = next.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(page.text(), nothing.text(), "{path}: as if nothing were there");
    }
    // Somebody else's form, typed by hand with one's own token.
    let token = |page: &Page| {
        let fields = page.form("/desk/sign-out").fields;
        fields.into_iter().find(|(name, _)| name == "csrf").unwrap().1
    };
    let read = opened
        .form(&format!("{one}/close"))
        .fields
        .iter()
        .find(|(name, _)| name == "read")
        .unwrap()
        .1
        .clone();
    let code = branch(0).to_string();
    let finding = one.strip_prefix(&format!("{LIST}/")).unwrap();
    for other in [&next, &reader, &manager] {
        let token = token(&other.get("/desk/me").await);
        let base = [("csrf", token.as_str()), ("read", read.as_str())];
        for (path, more) in [
            (format!("{one}/close"), vec![("seen", "看过")]),
            (format!("{one}/return"), vec![("reason", "缺")]),
            (format!("{one}/postpone"), vec![("until", "2026-12-31")]),
            (WRITE.to_owned(), vec![("under", TOWN), ("problem", "缺"), ("branch", code.as_str())]),
            (
                "/desk/findings/kinds/make".to_owned(),
                vec![("under", TOWN), ("name", "缺"), ("sort", "common")],
            ),
            (GIVE.to_owned(), vec![("finding", finding), ("kind", "unsort"), ("back", "")]),
        ] {
            let page = other.post(&path, &[&base[..], &more].concat()).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}: {}", page.text());
        }
    }
    assert!(reader.get(&one).await.says("缺签到表"), "who may see sees");
    assert!(
        !reader.get(&one).await.has_form(&format!("{one}/close")),
        "and is offered nothing that is refused"
    );
    assert_eq!(clerk.get(&one).await.text(), opened.text(), "nothing was changed");
    let county_clerk = county.person(COUNTY, "孙莉", "sunli", "审核").await;
    assert!(county_clerk.get(LIST).await.says("缺签到表"), "who is above sees it");
}

#[tokio::test]
async fn kinds_are_made_given_to_ticked_problems_and_suggested() {
    let (_county, clerk) = town().await;
    raise(&clerk, "缺签到表", &[0, 1, 2]).await;
    let kinds = clerk.get("/desk/findings/kinds").await;
    assert!(kinds.says("3个以上支部都有的问题") && kinds.says("第1条"), "{}", kinds.html);
    let hostile = "<script>alert(1)</script>";
    let made =
        clerk.send(&kinds, "/desk/findings/kinds/make", &[("name", hostile), ("sort", "common")]).await;
    assert!(made.says("类别加好了") && made.says(hostile) && !made.html.contains(hostile));
    let again =
        clerk.send(&made, "/desk/findings/kinds/make", &[("name", hostile), ("sort", "common")]).await;
    assert!(again.says("已经有了"));
    let blank = clerk.send(&made, "/desk/findings/kinds/make", &[("name", ""), ("sort", "common")]).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    let list = clerk.get(LIST).await;
    let ticks: Vec<String> = list
        .html
        .split("name=\"finding\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(ticks.len(), 3);
    let option = list.html.split("<option value=\"").find(|rest| rest.contains("alert(1)")).unwrap();
    let kind = option.split('"').next().unwrap().to_owned();
    let typed = [("finding", ticks[0].as_str()), ("finding", &ticks[1]), ("kind", &kind)];
    let sorted = clerk.send(&list, GIVE, &typed).await;
    assert!(sorted.says("2个问题归好类了"), "{}", sorted.text());
    assert!(clerk.send(&list, GIVE, &typed).await.says("没有变化"), "sent twice");
    assert!(clerk.send(&list, GIVE, &[("kind", &kind)]).await.says("没有勾上问题。先在左边勾上"));
    let ticked = ("finding", ticks[0].as_str());
    assert!(
        clerk.send(&list, GIVE, &[ticked, ("kind", "")]).await.says("没有选类别"),
        "nothing is undone by it"
    );
    let of_kind = clerk.get(&format!("{LIST}?kind={kind}")).await;
    assert!(of_kind.says("共2条"), "{}", of_kind.text());
    assert!(clerk.send(&list, GIVE, &[ticked, ("kind", "unsort")]).await.says("1个问题取消归类了"));
    assert!(clerk.get(&format!("{LIST}?kind={kind}")).await.says("共1条"));
    // A list's address that leads elsewhere is not followed.
    let led = clerk.send(&list, GIVE, &[("finding", &ticks[0]), ("kind", &kind), ("back", "\r\nx: y")]).await;
    assert_eq!(led.status, StatusCode::BAD_REQUEST);
}

/// Sends a file as a browser does, in the form of the page; the token first.
async fn upload(clerk: &Clerk, page: &Page, name: &str, bytes: &[u8]) -> Page {
    let fields = page.form(TABLE).fields;
    let token = &fields.iter().find(|(field, _)| field == "csrf").unwrap().1;
    let mut body = Vec::new();
    body.extend_from_slice(
        format!("--zz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--zz\r\n")
            .as_bytes(),
    );
    body.extend_from_slice(
        format!("Content-Disposition: form-data; name=\"table\"; filename=\"{name}\"\r\n\r\n").as_bytes(),
    );
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--zz--\r\n");
    let request = clerk.request(Method::POST, TABLE);
    let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=zz");
    clerk.follow(request.body(body)).await
}

fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn a_table_is_looked_at_first_and_stored_when_it_is_confirmed() {
    let (county, clerk) = town().await;
    let code = |number| branch(number).to_string();
    let header: &[&str] = &["支部编号", "条目", "存在问题", "整改时限", "问题来源"];
    let rows = |first: &str, second: &str| {
        workbook(&[
            header,
            &[first, "1", "缺签到表", "2026-11-01", ""],
            &[second, "", "<b>门牌</b>脱落", "", "县里"],
        ])
    };
    let choose = clerk.get(TABLE).await;
    let blank = clerk.request(Method::GET, "/desk/findings/blank.xlsx").send().await.unwrap();
    let blank = upload(&clerk, &choose, "空表.xlsx", &blank.bytes().await.unwrap()).await;
    assert!(
        blank.says("一行都没有") && blank.says("共1处错误"),
        "its headers are those that are read: {}",
        blank.text()
    );
    let book = rows(&code(0), &code(1));
    let shown = upload(&clerk, &choose, "清单.xlsx", &book).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.says("2个问题，还没有写进去") && shown.says("第0村党支部"), "{}", shown.text());
    assert!(shown.says("<b>门牌</b>脱落") && !shown.html.contains("<b>门牌"));
    assert!(clerk.get(LIST).await.says("没有符合条件的问题"), "nothing is stored before");
    // Somebody else does not confirm what this one has looked at.
    let other = county.person(TOWN, "李强", "liqiang", "检查").await;
    let kept = shown.form(CONFIRM).fields.iter().find(|(name, _)| name == "table").unwrap().1.clone();
    let token = other.get("/desk/me").await.form("/desk/sign-out").fields[0].1.clone();
    let forged = other.post(CONFIRM, &[("csrf", &token), ("table", &kept)]).await;
    assert_eq!(forged.status, StatusCode::CONFLICT, "{}", forged.text());
    let stored = clerk.send(&shown, CONFIRM, &[]).await;
    assert!(stored.says("新增2个问题，更新0个，没有变化0个"), "{}", stored.text());
    assert!(stored.says("1个的整改时限已经过了"));
    assert!(clerk.send(&shown, CONFIRM, &[]).await.says("新增0个问题，更新0个，没有变化2个"), "sent twice");
    assert!(other.get(LIST).await.says("门牌"));
    // Of branches beside nobody learns here that they are there.
    let beside = upload(&clerk, &choose, "清单.xlsx", &rows(&code(0), &code(100))).await;
    assert_eq!(beside.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(beside.says("名册里没有编号") && !beside.says("第100村"), "{}", beside.text());
    // A branch that went elsewhere between looking and confirming.
    let looked =
        upload(&clerk, &choose, "清单.xlsx", &workbook(&[header, &[&code(2), "", "灯不亮", "", ""]])).await;
    assert!(looked.says("1个问题"));
    county.run(&["roster", "end", &code(2), "--on", "2026-11-01"]);
    let gone = clerk.send(&looked, CONFIRM, &[]).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(gone.says("什么也没有写入"), "{}", gone.text());
    assert!(!clerk.get(LIST).await.says("灯不亮"));
}

#[tokio::test]
async fn a_wrong_huge_or_hostile_upload_is_refused_in_words() {
    let (_county, clerk) = town().await;
    let choose = clerk.get(TABLE).await;
    let xls = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0];
    for (name, bytes, status) in [
        ("空.xlsx", &b""[..], StatusCode::UNPROCESSABLE_ENTITY),
        ("老.xls", &xls, StatusCode::UNPROCESSABLE_ENTITY),
        ("图.xlsx", b"PK\x03\x04 not a workbook", StatusCode::UNPROCESSABLE_ENTITY),
        ("网页.xls", b"<html><table><tr><td>x</td></tr></table></html>", StatusCode::UNPROCESSABLE_ENTITY),
        (
            "错.csv",
            "支部编号,存在问题\n999,<script>x</script>\n".as_bytes(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        ("大.csv", &vec![b'a'; 5 << 20], StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let page = upload(&clerk, &choose, name, bytes).await;
        assert_eq!(page.status, status, "{name}: {}", page.text());
        assert!(page.says("没有办成") && !page.html.contains("<script>"), "{name}: {}", page.html);
    }
    let request = clerk.request(Method::POST, TABLE);
    let broken = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=zz").body("--zz\r\nx");
    assert_eq!(clerk.follow(broken).await.status, StatusCode::BAD_REQUEST);
    assert!(clerk.get(LIST).await.says("没有符合条件的问题"));
}

#[tokio::test]
async fn the_ledger_that_comes_out_holds_no_formula_and_only_what_is_asked_for() {
    let (county, clerk) = town().await;
    raise(&clerk, "=HYPERLINK(\"http://evil.example\")", &[0]).await;
    raise(&clerk, "@缺记录", &[1]).await;
    mend(&county, 0).await;
    let answer = clerk.request(Method::GET, "/desk/findings/ledger.xlsx?state=mended").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let named = answer.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
    assert!(named.starts_with("attachment;") && named.contains(".xlsx"), "{named}");
    let bytes = answer.bytes().await.unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "整改台账").unwrap();
    assert_eq!(sheet.rows().count(), 2, "the header and what is mended");
    let texts: Vec<String> = sheet.rows().nth(1).unwrap().iter().map(ToString::to_string).collect();
    assert!(
        texts.iter().any(|text| text.contains("HYPERLINK")) && texts.contains(&"=1+1".to_owned()),
        "{texts:?}"
    );
    assert_eq!(calamine::Reader::worksheet_formula(&mut book, "整改台账").unwrap().used_cells().count(), 0);
}

#[tokio::test]
async fn whatever_a_form_holds_is_no_failure_of_the_server() {
    let (_county, clerk) = town().await;
    raise(&clerk, "缺签到表", &[0]).await;
    let one = address(&clerk.get(LIST).await, 0);
    let form = clerk.get(&format!("{NEW}?under={TOWN}")).await;
    let long = "长".repeat(501);
    for (problem, status) in [
        ("", StatusCode::UNPROCESSABLE_ENTITY),
        (long.as_str(), StatusCode::UNPROCESSABLE_ENTITY),
        ("<img src=x onerror=alert(1)>", StatusCode::OK),
        ("\u{202e}倒过来\r\n", StatusCode::OK),
        // No keyboard types it.
        ("倒\u{0}过来", StatusCode::BAD_REQUEST),
    ] {
        let code = branch(1).to_string();
        let page = clerk.send(&form, WRITE, &[("problem", problem), ("branch", &code)]).await;
        assert_eq!(page.status, status, "{problem:?}: {}", page.text());
        assert!(!page.html.contains("<img src=x"));
    }
    for typed in [
        vec![("problem", "缺"), ("branch", "'; DROP TABLE findings; --")],
        vec![("problem", "缺"), ("branch", "210726105")],
    ] {
        let page = clerk.send(&form, WRITE, &typed).await;
        assert!(page.status.is_client_error(), "{typed:?}: {}", page.text());
    }
    let code = branch(1).to_string();
    for (field, value) in [("item", "第999条"), ("due", "明天"), ("due", "0206-01-01")] {
        let typed = [("problem", "缺"), ("branch", code.as_str()), (field, value)];
        assert_eq!(
            clerk.send(&form, WRITE, &typed).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{value}"
        );
    }
    for query in
        ["state=x&page=-1", "page=99999999999", "item=%00&kind=%27", "source=%25_%5C&page=2", "under=%00"]
    {
        let page = clerk.get(&format!("{LIST}?{query}")).await;
        assert!(!page.status.is_server_error(), "{query}: {}", page.status);
    }
    let opened = clerk.get(&one).await;
    for read in ["", "x", "1", "-1.-1", "99999999999999999999.1"] {
        let page = clerk.send(&opened, &format!("{one}/close"), &[("read", read), ("seen", "看过")]).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{read}");
    }
    let act = clerk.send(&opened, &format!("{one}/close"), &[("seen", "看过"), ("read", "0.0")]).await;
    assert_eq!(act.status, StatusCode::CONFLICT);
}
