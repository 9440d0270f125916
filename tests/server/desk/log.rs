//! 记录: for 审计 alone.

use super::{COUNTY, County, NEXT_TOWN, TOWN};
use crate::common::branch;
use reqwest::StatusCode;

#[tokio::test]
async fn who_decides_does_not_read_the_log_and_who_reads_it_decides_nothing() {
    let county = County::new(1).await;
    let manager = county.person(COUNTY, "王芳", "wangfang", "管理,审核").await;
    assert_eq!(manager.get("/desk/log").await.status, StatusCode::NOT_FOUND);
    assert_eq!(manager.get("/desk/log.xlsx").await.status, StatusCode::NOT_FOUND);
    let auditor = county.person(COUNTY, "李强", "liqiang", "审计").await;
    assert_eq!(auditor.get("/desk/roster").await.status, StatusCode::NOT_FOUND);
    // The page to begin with is the one that is theirs.
    assert!(auditor.get("/desk").await.says("记录"));
    let page = manager.get(&format!("/desk/roster/unit/{}/change", branch(0))).await;
    let action = format!("/desk/roster/unit/{}/name", branch(0));
    manager.send(&page, &action, &[("text", "新名党支部"), ("on", "2026-11-24")]).await;
    let log = auditor.get("/desk/log").await;
    for said in [
        "名册更改",
        "示例县委组织部 王芳",
        "新名党支部",
        branch(0).as_str(),
        "登录",
        "名称",
        "wangfang 管理",
        "11月24日",
    ] {
        assert!(log.says(said), "{said}: {}", log.text());
    }
    // Each filter by itself.
    let only = |query: &str| format!("/desk/log?{query}");
    let page = auditor.get(&only("deed=unit.changed")).await;
    assert!(page.says("名册更改") && !page.says("发设密码的链接</td>"), "{}", page.text());
    assert_eq!(page.html.matches("<tr>").count(), 2, "{}", page.html);
    assert!(auditor.get(&only("who=wangfang&deed=unit.changed")).await.says("新名党支部"));
    assert!(auditor.get(&only("who=liqiang&deed=unit.changed")).await.says("没有对得上的记录"));
    assert!(auditor.get(&only("who=nobody")).await.says("没有这个党组织或者登录名"));
    assert!(auditor.get(&only(&format!("unit={TOWN}&deed=unit.changed"))).await.says("新名党支部"));
    assert!(auditor.get(&only(&format!("unit={NEXT_TOWN}&deed=unit.changed"))).await.says("没有对得上"));
    assert!(auditor.get(&only("from=2026-11-25")).await.says("没有对得上"));
    assert!(auditor.get(&only("to=2026-11-24&from=2026-11-24&deed=unit.changed")).await.says("新名党支部"));
    let hostile = auditor.get(&only("unit=%3Cscript%3E&before=x&from=x&deed=x")).await;
    assert!(hostile.status.is_success() && !hostile.html.contains("<script>"));
    // A town's auditor reads the town's alone.
    let town = county.person(TOWN, "赵静", "zhaojing", "审计").await;
    let page = town.get("/desk/log").await;
    assert!(page.says("新名党支部") && !page.says("核对"), "{}", page.text());
    assert!(town.get(&only(&format!("unit={COUNTY}"))).await.says("没有这个党组织或者登录名"));
    let book = auditor.get("/desk/log.xlsx?deed=unit.changed").await;
    assert!(book.headers["content-type"].to_str().unwrap().contains("spreadsheet"));
}

#[tokio::test]
async fn the_log_is_paged_and_verified() {
    let county = County::new(1).await;
    let auditor = county.person(COUNTY, "李强", "liqiang", "审计").await;
    let on = ["2026-11-24", "2026-11-25"];
    for number in 0..56 {
        county.run(&["roster", "freeze", "--period", "2026-H2", "--on", on[number % 2]]);
    }
    let page = auditor.get("/desk/log?deed=period.frozen").await;
    assert_eq!(page.html.matches("<tr>").count(), 51, "{}", page.text());
    assert!(page.html.len() < 60_000);
    let older = page.links().into_iter().find(|to| to.contains("before=")).unwrap();
    assert!(page.says("2026年下半年 2026年11月25日"), "{}", page.text());
    assert_eq!(auditor.get(&older).await.html.matches("<tr>").count(), 7);
    assert!(auditor.get("/desk/log?verify=1").await.says("核对过了 记录共"));
}
