//! Every form sent twice at one instant, through two programs over one database, and a third time afterwards: whoever sent it reads what
//! was done, never that somebody else was quicker, and it was done once.

use super::{COUNTY, Clerk, County, NEXT_TOWN, Page, TOWN};
use crate::common::{NOON, Program, branch, file};
use reqwest::StatusCode;

/// Two programs over one database, with somebody at a browser who reaches either.
struct Twice {
    county: County,
    other: Program,
}

impl Twice {
    async fn new(branches: usize) -> Self {
        let county = County::new(branches).await;
        let other = Program::start_at(NOON, &file(&county.folder), &[]);
        Self { county, other }
    }

    /// Sends the form three times; what each time must be said in the end.
    async fn send(&self, clerk: &Clerk, page: &Page, action: &str, typed: &[(&str, &str)], said: &[&str]) {
        let there = clerk.at(&self.other.base);
        let (one, two) = tokio::join!(clerk.send(page, action, typed), there.send(page, action, typed));
        let again = clerk.tab().send(page, action, typed).await;
        for answer in [&one, &two, &again] {
            assert_eq!(answer.status, StatusCode::OK, "{action}: {}", answer.text());
            assert!(said.iter().any(|said| answer.says(said)), "{action}: {}", answer.text());
        }
    }

    /// How often something is in the log.
    #[track_caller]
    fn noted(&self, deed: &str, times: usize) {
        let log = self.county.run(&["log", "show"]);
        assert_eq!(log.matches(deed).count(), times, "{deed}: {log}");
    }
}

async fn account(clerk: &Clerk, login: &str) -> String {
    let list = clerk.get(&format!("/desk/people?closed=1&text={login}")).await;
    list.links().into_iter().find(|link| link.len() == "/desk/people/".len() + 36).unwrap()
}

#[tokio::test]
async fn what_is_said_of_a_report_and_of_paper_is_said_once() {
    let twice = Twice::new(3).await;
    let clerk = twice.county.person(TOWN, "王芳", "wangfang", "审核").await;
    let id = twice.county.submits(0, |_| {}).await;
    let (at, review) = (format!("/desk/reports/{id}"), format!("/desk/reports/{id}/review"));
    let page = clerk.get(&at).await;
    let typed = [("act", "returned"), ("reason", "缺签到表"), ("due", "2026-12-04")];
    twice.send(&clerk, &page, &review, &typed, &["退回修改，支部的手机上能看到"]).await;
    assert_eq!(twice.county.submissions(0).await[0].reviews.len(), 1);
    // Other words are not lost as if they had been said.
    let typed = [("act", "returned"), ("reason", "缺照片"), ("due", "2026-12-04")];
    let other = clerk.send(&page, &review, &typed).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    assert!(other.says("缺照片"), "{}", other.text());
    let list = clerk.get("/desk/reports").await;
    let is_paper = |to: &String| to.contains("/paper?") && to.contains(branch(1).as_str());
    let ask = list.links().into_iter().find(is_paper).unwrap();
    let form = clerk.get(&ask).await;
    let (_, action) = form.html.split_once("action=\"/desk/reports/paper").unwrap();
    let action = format!("/desk/reports/paper{}", action.split('"').next().unwrap().replace("&amp;", "&"));
    let typed = [("total", "92.5"), ("claimed", "excellent"), ("act", "enter")];
    twice.send(&clerk, &form, &action, &typed, &["登记好了"]).await;
    let form = clerk.get(&ask).await;
    twice.send(&clerk, &form, &action, &[("act", "strike")], &["纸质登记撤销了"]).await;
    twice.noted("收到纸质", 2);
}

#[tokio::test]
async fn what_is_decided_of_a_problem_is_decided_once() {
    let twice = Twice::new(1).await;
    let clerk = twice.county.person(TOWN, "王芳", "wangfang", "审核").await;
    let form = clerk.get(&format!("/desk/findings/new?under={TOWN}")).await;
    let own = branch(0);
    let typed = [("problem", "缺签到表"), ("branch", own.as_str())];
    twice.send(&clerk, &form, "/desk/findings/write", &typed, &["写好了1个问题", "以前写过了"]).await;
    let begins = format!("/desk/findings/{}/", branch(0));
    let list = clerk.get("/desk/findings").await;
    let one = list.links().into_iter().find(|link| link.starts_with(&begins)).unwrap();
    for (act, typed, said) in [
        ("return", [("reason", "照片看不清"), ("until", "2026-12-25")], "已退回"),
        ("postpone", [("until", "2026-12-31"), ("why", "等镇里盖章")], "时限改好了"),
        ("close", [("seen", "看过现场"), ("x", "")], "已销号"),
    ] {
        let page = clerk.get(&one).await;
        let action = format!("{one}/{act}");
        twice.send(&clerk, &page, &action, &typed, &[said]).await;
        // The same with other words is another thing.
        let words = match act {
            "return" => [("reason", "别的"), ("until", "2026-12-25")],
            "postpone" => [("until", "2026-12-31"), ("why", "别的")],
            _ => [("seen", "别的"), ("x", "")],
        };
        let other = clerk.send(&page, &action, &words).await;
        assert_eq!(other.status, StatusCode::CONFLICT, "{act}: {}", other.text());
    }
    for deed in ["退回再整改", "改问题的时限或来源", "验收销号"] {
        twice.noted(deed, 1);
    }
}

#[tokio::test]
async fn an_account_is_made_lent_closed_and_handed_over_once() {
    let twice = Twice::new(1).await;
    let zhang = twice.county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let new = zhang.get("/desk/people/new").await;
    let typed = [("unit", TOWN), ("name", "王芳"), ("login", "wangfang"), ("role", "manage")];
    twice.send(&zhang, &new, "/desk/people/new", &typed, &["给王芳开了账号", "已经开好了"]).await;
    // Somebody else of that name is not told so.
    let other = [("unit", TOWN), ("name", "王方"), ("login", "wangfang"), ("role", "manage")];
    let other = zhang.send(&new, "/desk/people/new", &other).await;
    assert!(other.status == StatusCode::UNPROCESSABLE_ENTITY && other.says("有人用了"));
    let wang = account(&zhang, "wangfang").await;
    let page = zhang.get(&wang).await;
    let (link, give, take) = (format!("{wang}/link"), format!("{wang}/give"), format!("{wang}/take-back"));
    twice.send(&zhang, &page, &link, &[], &["做了一个新的链接", "没有再发一个"]).await;
    twice.send(&zhang, &page, &give, &[("role", "review")], &["权限给了"]).await;
    let page = zhang.get(&wang).await;
    assert!(page.says("审核") && page.has_form(&take));
    twice.send(&zhang, &page, &take, &[("role", "review")], &["权限收回了"]).await;
    let hand = format!("{wang}/hand-over");
    let page = zhang.get(&hand).await;
    let to = [("to", ""), ("name", "李强"), ("login", "liqiang")];
    twice.send(&zhang, &page, &hand, &to, &["交接好了"]).await;
    let (li, page) = (account(&zhang, "liqiang").await, zhang.get(&wang).await);
    twice.send(&zhang, &page, &format!("{wang}/reopen"), &[], &["账号又开了", "账号已经又开了"]).await;
    let hand = format!("{li}/hand-over");
    let (page, to) = (zhang.get(&hand).await, [("to", &wang["/desk/people/".len()..])]);
    twice.send(&zhang, &page, &hand, &to, &["交接好了"]).await;
    let page = zhang.get(&format!("{wang}/close")).await;
    twice.send(&zhang, &page, &format!("{wang}/close"), &[], &["账号关了"]).await;
    // What is lent to somebody of elsewhere is taken back as well, of whom nothing is left here then.
    let neighbour = twice.county.person(NEXT_TOWN, "赵刚", "zhaogang", "管理").await;
    let lend = neighbour.get("/desk/people/lend").await;
    let typed = [("login", "zhangmin"), ("role", "read"), ("until", "2026-12-31")];
    twice.county.invite(TOWN, "孙干事", "sunganshi", "查看");
    let lent = [("login", "sunganshi"), typed[1], typed[2]];
    twice.send(&neighbour, &lend, "/desk/people/lend", &lent, &["权限给了"]).await;
    let sun = account(&neighbour, "sunganshi").await;
    let page = neighbour.get(&sun).await;
    twice.send(&neighbour, &page, &format!("{sun}/take-back"), &[], &["权限收回了"]).await;
    for (deed, times) in [("账号交接", 2), ("停用账号", 3), ("恢复账号", 1), ("发设密码的链接", 1)]
    {
        twice.noted(deed, times);
    }
}

#[tokio::test]
async fn codes_are_issued_once_and_phones_put_out_once() {
    let twice = Twice::new(2).await;
    let manager = twice.county.person(TOWN, "王芳", "wangfang", "管理").await;
    let own = format!("/desk/codes/{}", branch(0));
    let page = manager.get(&own).await;
    let typed = [("base", "https://biaochi.example.cn"), ("days", "14")];
    let said = ["有效到2026-12-08", "您已经发了激活码，没有再发"];
    twice.send(&manager, &page, &format!("{own}/issue"), &typed, &said).await;
    twice.noted("发激活码", 1);
    let own = format!("/desk/codes/{TOWN}");
    let page = manager.get(&own).await;
    let sure = manager.ask(&page, &format!("{own}/issue"), &typed).await;
    twice.send(&manager, &sure, &format!("{own}/issue"), &[], &["一次", "没有再发"]).await;
    twice.noted("发激活码", 3);
    // Whoever looks again may issue again.
    let page = manager.get(&own).await;
    let sure = manager.ask(&page, &format!("{own}/issue"), &typed).await;
    manager.send(&sure, &format!("{own}/issue"), &[]).await;
    twice.noted("发激活码", 5);
}

#[tokio::test]
async fn what_happens_to_a_unit_happens_once() {
    let twice = Twice::new(3).await;
    let manager = twice.county.person(COUNTY, "王芳", "wangfang", "管理").await;
    let of = |number: usize, act: &str| format!("/desk/roster/unit/{}/{act}", branch(number));
    let page = manager.get(&of(0, "change")).await;
    for (act, typed, said) in [
        ("name", [("text", "改名党支部"), ("on", "2026-11-24")], "名称改好了"),
        ("above", [("text", NEXT_TOWN), ("on", "2026-11-24")], "转到新的上级了"),
        ("telephone", [("text", "0416-1234567"), ("on", "")], "电话改好了"),
    ] {
        twice.send(&manager, &page, &of(0, act), &typed, &[said]).await;
    }
    for (act, said) in [("use", "改成不用本系统了"), ("end", "撤销登记好了")] {
        let page = manager.get(&of(0, "change")).await;
        let sure = manager.ask(&page, &of(0, act), &[("on", "2026-11-24")]).await;
        twice.send(&manager, &sure, &of(0, act), &[], &[said]).await;
    }
    let page = manager.get(&of(0, "change")).await;
    twice.send(&manager, &page, &of(0, "back"), &[], &["恢复了"]).await;
    let form = manager.get("/desk/roster/merge").await;
    let units = format!("{}\n{}", branch(1), branch(2));
    let typed = [("units", units.as_str()), ("code", "whole1"), ("name", "联合党支部"), ("on", "2026-11-24")];
    twice.send(&manager, &form, "/desk/roster/merge", &typed, &["合并好了"]).await;
    // The same parts under another name are another thing.
    let other = [typed[0], typed[1], ("name", "别的党支部"), typed[3]];
    let other = manager.send(&form, "/desk/roster/merge", &other).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text());
    for (deed, times) in
        [("名册更改", 3), ("改是否用本系统", 1), ("撤销党组织", 1), ("恢复党组织", 1), ("合并党组织", 2)]
    {
        twice.noted(deed, times);
    }
}
