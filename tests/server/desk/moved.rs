//! A branch that went to another town while somebody had a page of it open.

use super::{COUNTY, County, NEXT_TOWN, TOWN};
use crate::common::branch;
use reqwest::StatusCode;

#[tokio::test]
async fn whoever_decides_too_late_reads_where_the_branch_went_and_what_was_typed() {
    let county = County::new(2).await;
    let id = county.submits(0, |_| {}).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let manager = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let new = county.person(NEXT_TOWN, "李强", "liqiang", "审核").await;
    let (at, own) = (format!("/desk/reports/{id}"), branch(0));
    let review = format!("{at}/review");
    let report = clerk.get(&at).await;
    let note = report.html.split("name=\"note.").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let form = clerk.get(&format!("/desk/findings/new?under={TOWN}")).await;
    let typed = [("problem", "缺签到表"), ("branch", own.as_str())];
    clerk.send(&form, "/desk/findings/write", &typed).await;
    let begins = format!("/desk/findings/{own}/");
    let list = clerk.get("/desk/findings").await;
    let finding = list.links().into_iter().find(|link| link.starts_with(&begins)).unwrap();
    let problem = clerk.get(&finding).await;
    let reports = clerk.get("/desk/reports").await;
    let is_paper = |to: &String| to.contains("/paper?") && to.contains(own.as_str());
    let ask = reports.links().into_iter().find(is_paper);

    let change = manager.get(&format!("/desk/roster/unit/{own}/change")).await;
    let typed = [("text", NEXT_TOWN), ("on", "2026-11-20")];
    let moved = manager.send(&change, &format!("/desk/roster/unit/{own}/above"), &typed).await;
    assert!(moved.says("转到新的上级了"), "{}", moved.text());

    let field = format!("note.{note}");
    let typed = [
        ("act", "returned"),
        (field.as_str(), "缺<b>照片</b>"),
        ("reason", "材料不齐"),
        ("due", "2026-12-04"),
    ];
    let late = clerk.send(&report, &review, &typed).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text());
    for said in ["第0村党支部从11月20日起转到邻镇党委了", "缺<b>照片</b>", "材料不齐"]
    {
        assert!(late.says(said), "{said}: {}", late.text());
    }
    assert!(!late.html.contains("<b>照片"));
    let late = clerk.send(&problem, &format!("{finding}/close"), &[("seen", "看过现场")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.says("转到邻镇党委了") && late.says("看过现场"), "{}", late.text());
    if let Some(ask) = ask {
        assert_eq!(clerk.get(&ask).await.status, StatusCode::NOT_FOUND);
    }
    // Whoever never had it learns nothing, and whoever has it now goes on.
    let reader = county.person(TOWN, "孙干事", "sunganshi", "审计").await;
    let token = reader.get("/desk/log").await.form("/desk/sign-out").fields.remove(0).1;
    let sent = [("csrf", token.as_str()), ("act", "approved"), ("after", "0")];
    assert_eq!(reader.post(&review, &sent).await.status, StatusCode::NOT_FOUND);
    let report = new.get(&at).await;
    assert!(new.send(&report, &review, &[("act", "approved")]).await.says("审核通过"));
    assert!(new.get("/desk/reports").await.says("第0村党支部"));
}

#[tokio::test]
async fn a_report_of_a_branch_that_has_ended_is_approved_or_left() {
    let county = County::new(1).await;
    let id = county.submits(0, |_| {}).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let (at, review) = (format!("/desk/reports/{id}"), format!("/desk/reports/{id}/review"));
    let before = clerk.get(&at).await;
    county.run(&["roster", "end", branch(0).as_str(), "--on", "2026-11-20"]);
    let typed = [("act", "returned"), ("reason", "材料不齐"), ("due", "2026-12-04")];
    let refused = clerk.send(&before, &review, &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("支部已经撤销或者合并了，改不了"), "{}", refused.text());
    let page = clerk.get(&at).await;
    assert!(!page.html.contains("value=\"returned\"") && page.html.contains("value=\"approved\""));
    assert!(clerk.send(&page, &review, &[("act", "approved")]).await.says("审核通过"));
}

#[tokio::test]
async fn people_and_what_it_is_to_mend_go_along_when_their_town_is_merged() {
    let county = County::new(1).await;
    let id = county.submits(0, |_| {}).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let manager = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let above = county.person(COUNTY, "孙莉", "sunli", "审核").await;
    let form = above.get("/desk/orders/new").await;
    let typed = [("unit", TOWN), ("reason", "问题逾期"), ("done_when", "全部销号"), ("due", "2026-12-10")];
    assert!(above.send(&form, "/desk/orders/new", &typed).await.says("下达了"));
    county.run(&["roster", "freeze", "--period", "2026-H2", "--on", "2026-11-10"]);
    let form = manager.get("/desk/roster/merge").await;
    assert!(form.says("原来单位的账号和权限转到新的"));
    let units = format!("{TOWN}\n{NEXT_TOWN}");
    let typed =
        [("units", units.as_str()), ("code", "210726199"), ("name", "新镇党委"), ("on", "2026-11-20")];
    let merged = manager.send(&form, "/desk/roster/merge", &typed).await;
    assert!(merged.says("合并好了") && merged.says("账号和权限也转到新的"), "{}", merged.text());
    // Still signed in, at the new place, with all that lies below it.
    let me = clerk.get("/desk/me").await;
    assert!(me.says("新镇党委") && me.says("审核"), "{}", me.text());
    // The period's reports are those of the towns that were; nothing above stands among what lies below.
    let today = clerk.get("/desk").await;
    assert!(today.says("应报2，已报1") && !today.says("县委") && !today.says("直属支部"), "{}", today.text());
    assert!(manager.get("/desk").await.says("邻镇党委（已并入新镇党委）"));
    let ended = manager.get(&format!("/desk/roster/unit/{TOWN}")).await;
    assert!(ended.says("11月20日并入新镇党委，见新镇党委") && !ended.says("下一级"), "{}", ended.text());
    assert!(ended.links().contains(&"/desk/roster/unit/210726199".to_owned()) && !ended.says("导入名册"));
    let level = manager.get(&format!("/desk/roster/unit/{COUNTY}?ended=1")).await;
    assert!(level.says("11月20日并入新镇党委"), "{}", level.text());
    let away = clerk.get(&format!("/desk/reports?under={COUNTY}")).await;
    assert_eq!(away.status, StatusCode::NOT_FOUND);
    assert!(away.links().contains(&"/desk".to_owned()) && !away.says("菜单"), "{}", away.text());
    let list = clerk.get("/desk/reports").await;
    assert!(list.says("第0村党支部") && list.says("第100村党支部"), "{}", list.text());
    let (at, review) = (format!("/desk/reports/{id}"), format!("/desk/reports/{id}/review"));
    let page = clerk.get(&at).await;
    let typed = [("act", "returned"), ("reason", "材料不齐"), ("due", "2026-12-04")];
    assert!(clerk.send(&page, &review, &typed).await.says("退回修改"));
    let orders = clerk.get("/desk/orders").await;
    assert!(orders.says("新镇党委") && orders.says("整改中"), "{}", orders.text());
    assert!(manager.get("/desk/people?text=wangfang").await.says("新镇党委"));
    county.run(&["log", "verify"]);
}
