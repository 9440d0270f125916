//! 今天要办, 上报一览, 收到纸质: what waits, who reported, and what came on paper.

use super::{COUNTY, County, NEXT_TOWN, PASSWORD, TOWN};
use crate::common::{NOON, branch};
use biaochi::domain::ClaimedGrade;
use calamine::{Data, Reader as _};
use reqwest::{Method, StatusCode};

/// The rows of 镇汇总表 behind an address.
async fn table(clerk: &super::Clerk, address: &str) -> Vec<Vec<String>> {
    let answer = clerk.request(Method::GET, address).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let bytes = std::io::Cursor::new(answer.bytes().await.unwrap());
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(bytes).unwrap();
    assert_eq!(book.sheet_names(), ["镇汇总表"]);
    let sheet = book.worksheet_range("镇汇总表").unwrap();
    let text = |cell: &Data| cell.to_string();
    sheet.rows().map(|row| row.iter().map(text).collect()).collect()
}

#[tokio::test]
async fn what_waits_is_counted_and_each_count_leads_to_its_list() {
    let county = County::new(4).await;
    for number in [0, 1, 100] {
        county.submits(number, |_| {}).await;
    }
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let today = clerk.get("/desk").await;
    assert_eq!(today.status, StatusCode::OK, "{}", today.html);
    assert!(today.says("今天要办　示例镇党委"), "{}", today.html);
    assert!(today.says("应报4，已报2，待审2，退回0，通过0"), "{}", today.text());
    let waiting = today.links().into_iter().find(|to| to.ends_with("state=waiting")).unwrap();
    let list = clerk.get(&waiting).await;
    assert!(list.says("共2条") && list.says("第1村党支部") && !list.says("第100村党支部"), "{}", list.text());
    let unreported = today.links().into_iter().find(|to| to.ends_with("state=unreported")).unwrap();
    let list = clerk.get(&unreported).await;
    assert!(list.says("共2条") && list.says("第3村党支部") && list.says("登记纸质"));

    let county_clerk = county.person(COUNTY, "赵部长", "zhaobuzhang", "查看").await;
    let today = county_clerk.get("/desk").await;
    assert!(today.says("应报8，已报3"), "{}", today.text());
    // Units stand in the order of their codes, each with the way to its list.
    let (own, next) = (today.html.find(TOWN).unwrap(), today.html.find(NEXT_TOWN).unwrap());
    assert!(own < next && today.links().iter().any(|to| to.contains(&format!("under={NEXT_TOWN}"))));
    let list = county_clerk.get(&format!("/desk/reports?under={NEXT_TOWN}&state=waiting")).await;
    assert!(list.says("共1条") && list.says("第100村党支部"));
    // Who may only look is offered nothing to do.
    let list = county_clerk.get("/desk/reports?state=unreported").await;
    assert!(list.says("共5条") && !list.says("登记纸质"));
}

#[tokio::test]
async fn what_waits_of_the_last_period_is_told_in_the_next_one() {
    let county = County::new(2).await;
    county.submits(0, |_| {}).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let county = county.again_at(NOON + 20 * 24 * 60 * 60 * 1000);
    let clerk = clerk.at(&county.program.base);
    clerk.sign_in("wangfang", PASSWORD).await;
    let today = clerk.get("/desk").await;
    assert!(today.says("2027年上半年，") && today.says("2026年下半年待审"), "{}", today.text());
    // The next reports are due in half a year: nobody has to be asked for them yet.
    assert!(!today.says("未报"), "{}", today.text());
    let waiting = today.links().into_iter().find(|to| to.ends_with("state=waiting")).unwrap();
    assert!(clerk.get(&waiting).await.says("第0村党支部"));
}

#[tokio::test]
async fn a_list_is_filtered_by_its_address_and_goes_out_as_it_is_seen() {
    let county = County::new(3).await;
    county.submits(0, |_| {}).await;
    county.submits(1, |sent| sent.declaration.claimed_grade = ClaimedGrade::Excellent).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let all = clerk.get("/desk/reports").await;
    assert!(all.says("共3条"), "{}", all.text());
    let excellent = clerk.get("/desk/reports?claimed=excellent").await;
    assert!(excellent.says("共1条") && excellent.says("第1村党支部"));
    for nothing in ["late=1", "photos=1", "paper=1", "state=approved", "state=overdue", "sector=school"] {
        assert!(clerk.get(&format!("/desk/reports?{nothing}")).await.says("没有这样的支部"), "{nothing}");
    }
    let export = excellent.links().into_iter().find(|to| to.contains("xlsx")).unwrap();
    let rows = table(&clerk, &export).await;
    assert_eq!((rows.len(), rows[1][1].as_str(), rows[1][5].as_str()), (2, "第1村党支部", "优秀"));
    assert_eq!(table(&clerk, "/desk/reports.xlsx?state=unreported").await.len(), 2);
    // What lies elsewhere is not there, however it is asked for.
    for elsewhere in [NEXT_TOWN, COUNTY, branch(100).as_str(), "no-such-unit"] {
        for page in ["/desk", "/desk/reports", "/desk/reports.xlsx"] {
            let page = clerk.get(&format!("{page}?under={elsewhere}")).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{elsewhere}");
        }
    }
    assert_eq!(clerk.get("/desk/reports?page=99999999999&claimed=<b>&state=x").await.status, StatusCode::OK);
    assert_eq!(clerk.get("/desk/reports?page=7").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_came_on_paper_counts_as_reported_and_is_followed_never_changed() {
    let county = County::new(3).await;
    county.submits(0, |_| {}).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let list = clerk.get("/desk/reports?state=unreported").await;
    let way =
        list.links().into_iter().find(|to| to.contains("paper") && to.contains(branch(1).as_str())).unwrap();
    let ask = clerk.get(&way).await;
    assert!(ask.says("第1村党支部") && ask.says("登记，算已报"), "{}", ask.html);
    let action = ask.html.split("action=\"").find(|part| part.starts_with("/desk/reports/paper")).unwrap();
    let action = action.split('"').next().unwrap().replace("&amp;", "&");
    let enter = async |page: &super::clerk::Page, total: &'static str, act: &'static str| {
        let typed = [("total", total), ("claimed", "excellent"), ("note", "<b>补签</b>"), ("act", act)];
        clerk.send(page, &action, &typed).await
    };
    for (total, why) in [("一百", "得分写成数字"), ("120", "最多")] {
        let again = enter(&ask, total, "enter").await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.says(why) && again.html.contains(&format!("value=\"{total}\"")), "{}", again.html);
    }
    let done = enter(&ask, "92.5", "enter").await;
    assert!(done.says("登记好了") && done.says("共1条"), "{}", done.text());
    // The same form again changes nothing; another one is told what is there now.
    assert!(enter(&ask, "92.5", "enter").await.says("登记好了"));
    let late = enter(&ask, "90", "enter").await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.says("别人已经登记了") && late.says("92.5分，申报优秀"), "{}", late.text());
    assert!(late.html.contains("&lt;b&gt;补签&lt;/b&gt;") && !late.html.contains("<b>补签"));
    let today = clerk.get("/desk").await;
    assert!(today.says("应报3，已报2（其中纸质1）"), "{}", today.text());
    let on_paper = clerk.get("/desk/reports?paper=1").await;
    assert!(on_paper.says("共1条") && on_paper.says("纸质，11月24日收到") && on_paper.says("92.5"));
    let rows = table(&clerk, "/desk/reports.xlsx").await;
    let row = rows.iter().find(|row| row[1] == "第1村党支部").unwrap();
    assert_eq!((row[4].as_str(), row[5].as_str(), row[9].as_str()), ("92.5", "优秀", "纸质"));
    // Beside a phone's report it is shown, and the phone's counts.
    let period = "2026-H2";
    let told = county.run(&[
        "review",
        "paper",
        "第0村党支部",
        "--period",
        period,
        "--total",
        "80",
        "--claimed",
        "标兵",
        "--by",
        "张组委",
    ]);
    assert!(told.contains("第0村党支部") && told.contains("80分"), "{told}");
    let list = clerk.get("/desk/reports").await;
    assert!(list.says("另有纸质：80分，申报标兵；以手机上报的为准"), "{}", list.text());
    // What nobody handed in after all is no report.
    let struck = enter(&clerk.get(&way).await, "92.5", "strike").await;
    assert!(struck.says("纸质登记撤销了"), "{}", struck.html);
    assert!(clerk.get("/desk").await.says("应报3，已报1"));
    // Another town's branch is not there.
    let other = way.replace(branch(1).as_str(), branch(100).as_str());
    assert_eq!(clerk.get(&other).await.status, StatusCode::NOT_FOUND);
    let reader = county.person(TOWN, "孙干事", "sunganshi", "查看").await;
    assert_eq!(reader.get(&way).await.status, StatusCode::NOT_FOUND);
}
