//! 限期整改: a town is told to mend by a day, reports, is given time and released.

use super::{COUNTY, Clerk, County, NEXT_TOWN, TOWN, clerk::Page};
use reqwest::StatusCode;

const LIST: &str = "/desk/orders";
const NEW: &str = "/desk/orders/new";

async fn given(county_clerk: &Clerk) -> Page {
    let form = county_clerk.get(NEW).await;
    let typed = [
        ("unit", TOWN),
        ("reason", "十二个问题<b>逾期</b>"),
        ("decision", "县组发〔2026〕3号"),
        ("done_when", "全部\r\n销号"),
        ("due", "2026-12-10"),
    ];
    county_clerk.send(&form, NEW, &typed).await
}

#[tokio::test]
async fn a_town_is_told_reports_is_given_time_and_released() {
    let county = County::new(1).await;
    let above = county.person(COUNTY, "孙莉", "sunli", "审核").await;
    let town = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let order = given(&above).await;
    assert!(order.says("下达了") && order.says("十二个问题<b>逾期</b>"), "{}", order.text());
    assert!(!order.html.contains("<b>逾期"));
    let path = order.address.split('?').next().unwrap().to_owned();
    assert_eq!(given(&above).await.address.split('?').next().unwrap(), path, "sent twice is once");
    assert_eq!(above.get(LIST).await.links().iter().filter(|link| **link == path).count(), 1);
    assert!(town.get("/desk").await.says("1限期整改要报告"), "it is told on the first page");
    let list = town.get(LIST).await;
    assert!(list.says("县组发〔2026〕3号") && list.says("整改中"), "{}", list.text());
    let seen = town.get(&path).await;
    let (answer, extend, release) =
        (format!("{path}/answer"), format!("{path}/extend"), format!("{path}/release"));
    assert!(seen.has_form(&answer) && !seen.has_form(&release));
    assert!(!order.has_form(&answer) && order.has_form(&release) && order.has_form(&extend));
    let blank = town.send(&seen, &answer, &[("text", " ")]).await;
    assert_eq!(blank.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(town.send(&seen, &answer, &[("text", "改了十个")]).await.says("报告上去了"));
    assert_eq!(town.send(&seen, &answer, &[("text", "改了十个")]).await.status, StatusCode::OK, "sent twice");
    // The county's page is from before the report: it is told, and keeps what was typed.
    let late = above.send(&order, &release, &[("text", "看过")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.says("示例镇党委 王芳") && late.html.contains(">看过</textarea>"), "{}", late.text());
    let never = above.send(&late, &extend, &[("text", "还差两个"), ("due", "0206-01-01")]).await;
    assert_eq!(never.status, StatusCode::UNPROCESSABLE_ENTITY);
    let more = above.send(&never, &extend, &[("text", "还差两个"), ("due", "2026-12-20")]).await;
    assert!(more.says("期限改好了") && more.says("12月20日"), "{}", more.text());
    let seen = town.get(&path).await;
    town.send(&seen, &answer, &[("text", "都改了")]).await;
    let now = above.get(&path).await;
    let free = above.send(&now, &release, &[("text", "看过")]).await;
    assert!(free.says("已解除") && !free.has_form(&extend), "{}", free.text());
    let over = town.send(&seen, &answer, &[("text", "又改了")]).await;
    assert_eq!(over.status, StatusCode::CONFLICT);
    let told = county.run(&["orders", "list"]);
    assert!(told.contains("示例镇党委") && told.contains("已解除") && told.contains("2026-12-20"), "{told}");
}

#[tokio::test]
async fn only_whoever_it_is_entrusted_to_sees_or_says_anything() {
    let county = County::new(1).await;
    let above = county.person(COUNTY, "孙莉", "sunli", "审核").await;
    let order = given(&above).await;
    let path = order.address.split('?').next().unwrap().to_owned();
    let next = county.person(NEXT_TOWN, "李强", "liqiang", "审核,管理").await;
    let reader = county.person(TOWN, "赵敏", "zhaomin", "查看").await;
    let nothing = next.get("/desk/nothing-at-all").await;
    for path in [
        path.as_str(),
        &format!("{LIST}/x"),
        &format!("{LIST}?under={COUNTY}"),
        &format!("{LIST}?under={TOWN}"),
    ] {
        assert_eq!(next.get(path).await.text(), nothing.text(), "{path}");
    }
    assert!(!next.get(LIST).await.says("县组发"));
    assert_eq!(reader.get(NEW).await.status, StatusCode::NOT_FOUND);
    let seen = reader.get(&path).await;
    assert!(seen.says("县组发") && !seen.has_form(&format!("{path}/answer")));
    for other in [&next, &reader] {
        let me = other.get("/desk/me").await;
        let token = me.form("/desk/sign-out").fields[0].1.clone();
        let typed = [
            ("csrf", token.as_str()),
            ("read", "1"),
            ("text", "改了"),
            ("due", "2026-12-20"),
            ("unit", TOWN),
            ("reason", "x"),
            ("done_when", "x"),
        ];
        for act in [
            format!("{path}/answer"),
            format!("{path}/extend"),
            format!("{path}/release"),
            NEW.to_owned(),
            format!("{path}/x"),
            format!("{LIST}/x/answer"),
        ] {
            let page = other.post(&act, &typed).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{act}: {}", page.text());
        }
    }
    // A branch, and the county itself, are told nothing so.
    let form = above.get(NEW).await;
    for unit in [COUNTY, crate::common::branch(0).as_str(), "", "x y"] {
        let typed = [("unit", unit), ("reason", "x"), ("done_when", "x"), ("due", "2026-12-20")];
        assert_eq!(above.send(&form, NEW, &typed).await.status, StatusCode::NOT_FOUND, "{unit}");
    }
    assert_eq!(above.get(&path).await.text().matches("下达，").count(), 1);
}
