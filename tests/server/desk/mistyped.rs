//! Days that nobody can mean, and addresses that nobody's page leads to: told in Chinese, in the frame, never in a framework's English.

use super::{COUNTY, County, TOWN};
use crate::common::branch;
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn a_mistyped_address_is_a_page_of_ours() {
    let county = County::new(1).await;
    let clerk = county.person(COUNTY, "王芳", "wangfang", "管理,审核").await;
    for (address, status) in [
        ("/desk/people?page=x", StatusCode::OK),
        ("/desk/reports?state=zzz&page=-1&claimed=own-x", StatusCode::OK),
        ("/desk/findings?page=%E4%B8%80&state=zzz", StatusCode::OK),
        ("/desk/log?before=x", StatusCode::NOT_FOUND),
        ("/desk?period=%00", StatusCode::NOT_FOUND),
        ("/desk/me?ended=x", StatusCode::BAD_REQUEST),
        ("/desk/reports?page=1&page=2", StatusCode::BAD_REQUEST),
        ("/desk/findings/table?new=x", StatusCode::BAD_REQUEST),
        ("/desk/people/%ff", StatusCode::BAD_REQUEST),
        ("/desk/roster/unit/%ff%fe", StatusCode::BAD_REQUEST),
        // Forms that are opened by hand.
        ("/desk/me/password", StatusCode::NOT_FOUND),
        ("/desk/sign-out", StatusCode::NOT_FOUND),
    ] {
        let page = clerk.get(address).await;
        assert_eq!(page.status, status, "{address}: {}", page.text());
        assert!(page.html.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">"), "{address}: {}", page.html);
        assert!(page.html.contains("支部标尺") && page.headers.contains_key("content-security-policy"));
    }
    let codes = format!("/desk/codes/{}?revoked=x", branch(0));
    assert_eq!(clerk.get(&codes).await.status, StatusCode::BAD_REQUEST);
    for (method, body) in [(Method::DELETE, ""), (Method::PUT, "x"), (Method::POST, "{}")] {
        let sent = clerk.request(method, "/desk/people").header("origin", &county.program.base).body(body);
        let page = clerk.follow(sent).await;
        assert!(page.status.is_client_error() && page.html.contains("支部标尺"), "{}", page.html);
    }
}

#[tokio::test]
async fn a_day_that_nobody_can_mean_is_refused_where_it_was_typed() {
    const IMPOSSIBLE: [&str; 5] = ["0001-01-01", "9999-12-31", "1948-12-31", "2026-02-30", "哪天"];
    let county = County::new(2).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "管理,审核").await;
    let id = county.submits(0, |_| {}).await;
    let review = format!("/desk/reports/{id}/review");
    let report = clerk.get(&format!("/desk/reports/{id}")).await;
    let list = clerk.get("/desk/reports").await;
    let is_paper = |to: &String| to.contains("/paper?") && to.contains(branch(1).as_str());
    let paper = clerk.get(&list.links().into_iter().find(is_paper).unwrap()).await;
    let (_, action) = paper.html.split_once("action=\"/desk/reports/paper").unwrap();
    let action = format!("/desk/reports/paper{}", action.split('"').next().unwrap().replace("&amp;", "&"));
    let new = clerk.get(&format!("/desk/findings/new?under={TOWN}")).await;
    let own = branch(0);
    let (unit, change) = (format!("/desk/roster/unit/{own}"), format!("/desk/roster/unit/{own}/change"));
    let roster = clerk.get(&change).await;
    let lend = clerk.get("/desk/people/lend").await;
    for day in IMPOSSIBLE {
        let returned = [("act", "returned"), ("reason", "缺签到表"), ("due", day)];
        let handed = [("total", "92.5"), ("claimed", "excellent"), ("act", "enter"), ("received_on", day)];
        let found = [("problem", "缺签到表"), ("branch", own.as_str()), ("due", day)];
        let named = [("text", "新名"), ("on", day)];
        let lent = [("login", "nobody"), ("role", "read"), ("until", day)];
        for (page, action, typed) in [
            (&report, review.as_str(), &returned[..]),
            (&paper, &action, &handed),
            (&new, "/desk/findings/write", &found),
            (&roster, &format!("{unit}/name"), &named),
            (&lend, "/desk/people/lend", &lent),
        ] {
            let refused = clerk.send(page, action, typed).await;
            assert_eq!(
                refused.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{action} {day}: {}",
                refused.text()
            );
            assert!(refused.says("核对年份"), "{action} {day}: {}", refused.text());
        }
    }
    for (day, why) in [("2026-11-25", "这一天还没到"), ("2020-01-01", "考核周期从")] {
        let typed = [("total", "92.5"), ("claimed", "excellent"), ("act", "enter"), ("received_on", day)];
        let refused = clerk.send(&paper, &action, &typed).await;
        assert!(
            refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.says(why),
            "{}",
            refused.text()
        );
    }
    assert!(county.submissions(0).await[0].reviews.is_empty());
}
