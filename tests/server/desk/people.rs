//! 人员: accounts come and go, roles are given and taken back, and what nobody may do is not done.

use super::{COUNTY, Clerk, County, NEXT_TOWN, PASSWORD, Page, TOWN};
use reqwest::StatusCode;

/// Where the account of this name is, as the list leads there.
async fn account(clerk: &Clerk, name: &str) -> String {
    let list = clerk.get(&format!("/desk/people?text={name}")).await;
    let is_one = |link: &String| link.len() == "/desk/people/".len() + 36;
    list.links().into_iter().find(is_one).unwrap_or_else(|| panic!("{name} is not in {}", list.text()))
}

/// The link that a page shows this once, as a path.
fn link(page: &Page) -> String {
    let (_, rest) = page.html.split_once("/desk/welcome?link=").unwrap_or_else(|| panic!("{}", page.text()));
    format!("/desk/welcome?link={}", &rest[..48])
}

async fn set_password(clerk: &Clerk, link: &str) {
    let welcome = clerk.get(link).await;
    let set = [("password", PASSWORD), ("password-again", PASSWORD)];
    assert!(clerk.send(&welcome, "/desk/welcome", &set).await.says("密码设好了"));
}

#[tokio::test]
async fn the_county_opens_an_account_for_a_town_and_its_owner_goes_on() {
    let county = County::new(1).await;
    let zhang = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let new = zhang.get("/desk/people/new").await;
    assert_eq!(
        new.form("/desk/people/new").fields.iter().find(|(name, _)| name == "unit").unwrap().1,
        COUNTY
    );
    let typed = [
        ("unit", "示例镇党委"),
        ("name", "王芳<b>"),
        ("login", "wangfang"),
        ("role", "manage"),
        ("role", "review"),
    ];
    for (wrong, why) in [
        (("name", ""), "姓名要填"),
        (("login", "王 芳"), "登录名2到30个字"),
        (("login", "ZhangMin"), "有人用了"),
        (("unit", "210799"), "没有这个单位"),
        (("unit", "第0村党支部"), "支部用手机"),
        (("telephone", &"1".repeat(50)), "电话太长"),
    ] {
        let mut typed = typed.to_vec();
        typed.retain(|(name, _)| *name != wrong.0);
        typed.push(wrong);
        let page = zhang.send(&new, "/desk/people/new", &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(page.says(why), "{wrong:?}: {}", page.text());
        let kept = page.form("/desk/people/new").fields;
        assert!(kept.contains(&("role".into(), "review".into())), "what was typed stays: {kept:?}");
    }
    for (roles, why) in
        [(&[][..], "选一个"), (&[("role", "manage"), ("role", "audit")], "不能同时有别的权限：")]
    {
        let typed: Vec<_> = typed.iter().filter(|(name, _)| *name != "role").chain(roles).copied().collect();
        assert!(zhang.send(&new, "/desk/people/new", &typed).await.says(why));
    }
    let made = zhang.send(&new, "/desk/people/new", &typed).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    assert!(made.html.contains("王芳&lt;b&gt;") && !made.html.contains("<b>"));
    let wang = county.visitor();
    set_password(&wang, &link(&made)).await;
    wang.sign_in("wangfang", PASSWORD).await;
    let list = wang.get("/desk/people").await;
    assert!(list.says("管理；审核") && !list.says("张敏"), "the county is not the town's business");
    // The town opens one for itself, and none for its neighbour, which it is told as if there were none.
    let new = wang.get("/desk/people/new").await;
    let typed = [("unit", NEXT_TOWN), ("name", "李强"), ("login", "liqiang"), ("role", "read")];
    let page = wang.send(&new, "/desk/people/new", &typed).await;
    assert!(page.says("没有这个单位"), "{}", page.text());
    let typed = [("unit", TOWN), ("name", "李强"), ("login", "liqiang"), ("role", "read")];
    let made = wang.send(&new, "/desk/people/new", &typed).await;
    assert!(made.says("给李强开了账号"));
    let log = county.run(&["log", "show"]);
    assert!(log.contains("新建账号") && log.contains("登录") && !log.contains("李强"), "{log}");
    county.run(&["log", "verify"]);
}

#[tokio::test]
async fn anothers_address_typed_by_hand_is_as_nothing() {
    let county = County::new(1).await;
    let zhang = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let wang = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let li = county.person(TOWN, "李强", "liqiang", "审核").await;
    county.person(NEXT_TOWN, "赵刚", "zhaogang", "管理").await;
    let (own, others) = (account(&zhang, "liqiang").await, account(&zhang, "zhaogang").await);
    let nothing = wang.get("/desk/people/00000000-0000-0000-0000-000000000000").await;
    for (clerk, address) in [
        (&wang, others.clone()),
        (&wang, format!("{others}/hand-over")),
        (&wang, format!("{others}/close")),
        (&wang, account(&zhang, "zhangmin").await),
        (&wang, "/desk/people/nobody".into()),
        (&li, "/desk/people".into()),
        (&li, "/desk/people/new".into()),
        (&li, own.clone()),
    ] {
        let page = clerk.get(&address).await;
        assert_eq!((page.status, &page.html), (StatusCode::NOT_FOUND, &nothing.html), "{address}");
    }
    let page = wang.get(&own).await;
    let token = page.form("/desk/sign-out").fields[0].1.clone();
    let of_li = li.get("/desk/me").await.form("/desk/sign-out").fields[0].1.clone();
    for act in ["give", "take-back", "link", "sign-out", "change", "close", "reopen", "hand-over"] {
        let fields =
            [("unit", NEXT_TOWN), ("role", "manage"), ("name", "某人"), ("login", "mouren"), ("seen", "0")];
        for (clerk, token, address) in [(&wang, &token, &others), (&li, &of_li, &own)] {
            let with = [&fields[..], &[("csrf", token)]].concat();
            let page = clerk.post(&format!("{address}/{act}"), &with).await;
            assert_eq!((page.status, &page.html), (StatusCode::NOT_FOUND, &nothing.html), "{act}");
        }
    }
    // Nor does one raise oneself.
    let mine = account(&wang, "wangfang").await;
    let page = wang.get(&mine).await;
    let up = [("unit", COUNTY), ("role", "manage")];
    let page = wang.send(&page, &format!("{mine}/give"), &up).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("没有这个单位"));
}

#[tokio::test]
async fn a_role_that_is_taken_back_ends_while_its_page_is_open() {
    let county = County::new(1).await;
    let zhang = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let wang = county.person(TOWN, "王芳", "wangfang", "管理,审核").await;
    let open = wang.get("/desk/people/new").await;
    let of_wang = account(&zhang, "wangfang").await;
    let page = zhang.get(&of_wang).await;
    let took =
        zhang.send(&page, &format!("{of_wang}/take-back"), &[("unit", TOWN), ("role", "manage")]).await;
    assert!(took.says("权限收回了"), "{}", took.text());
    let typed = [("name", "李强"), ("login", "liqiang"), ("role", "read")];
    let late = wang.send(&open, "/desk/people/new", &typed).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    assert!(!county.run(&["account", "list"]).contains("liqiang"));
    // Sent twice, it is gone already, which is what was asked.
    let again =
        zhang.send(&page, &format!("{of_wang}/take-back"), &[("unit", TOWN), ("role", "manage")]).await;
    assert!(again.says("权限收回了"), "{}", again.text());
    let back = zhang
        .send(&page, &format!("{of_wang}/give"), &[("unit", TOWN), ("role", "manage"), ("until", "")])
        .await;
    assert!(back.says("权限给了"));
    assert_eq!(wang.get("/desk/people/new").await.status, StatusCode::OK);
    let apart = zhang
        .send(&page, &format!("{of_wang}/give"), &[("unit", TOWN), ("role", "audit"), ("until", "")])
        .await;
    assert!(apart.says("审计不能同时有别的权限："));
}

#[tokio::test]
async fn the_last_who_tends_the_accounts_stays() {
    let county = County::new(1).await;
    let zhang = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let own = account(&zhang, "zhangmin").await;
    let page = zhang.get(&own).await;
    let asked = zhang.get(&format!("{own}/close")).await;
    assert!(
        asked.says("关掉张敏（示例县委组织部）的账号") && asked.links().contains(&own),
        "{}",
        asked.text()
    );
    for (page, act) in [(&asked, "close"), (&page, "take-back")] {
        let refused =
            zhang.send(page, &format!("{own}/{act}"), &[("unit", COUNTY), ("role", "manage")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{act}");
        assert!(refused.says("最后一个管理员"));
    }
    // What is told of a person can be told otherwise, and what is wrong of it is said.
    let change = format!("{own}/change");
    for (name, told) in [("", "姓名要填"), ("张敏敏", "改好了")] {
        let changed =
            zhang.send(&page, &change, &[("name", name), ("post", "干部科科长"), ("telephone", "")]).await;
        assert!(changed.says(told) && changed.html.contains("干部科科长"), "{}", changed.text());
    }
    assert!(zhang.get("/desk/me").await.says("张敏敏"));
    // Below, the county can always make another.
    county.person(TOWN, "王芳", "wangfang", "管理").await;
    let of_wang = account(&zhang, "wangfang").await;
    let close = format!("{of_wang}/close");
    assert!(zhang.get(&of_wang).await.links().contains(&close));
    let closed = zhang.send(&zhang.get(&close).await, &close, &[]).await;
    assert!(closed.says("账号关了"), "{}", closed.text());
    let opened = zhang.send(&closed, &format!("{of_wang}/reopen"), &[]).await;
    let wang = county.visitor();
    assert_eq!(wang.try_sign_in("wangfang", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    set_password(&wang, &link(&opened)).await;
    wang.sign_in("wangfang", PASSWORD).await;
    assert!(wang.get("/desk/me").await.says("管理"));
    let again = zhang.send(&closed, &format!("{of_wang}/reopen"), &[]).await;
    assert!(again.says("账号已经又开了") && !again.html.contains("welcome?link="), "{}", again.text());
    // Handed over it is not lost.
    let ask = zhang.get(&format!("{own}/hand-over")).await;
    let typed = [("name", "陈静"), ("login", "chenjing")];
    let handed = zhang.send(&ask, &format!("{own}/hand-over"), &typed).await;
    assert!(handed.says("张敏敏的权限已经转给陈静"), "{}", handed.text());
    assert_eq!(zhang.get("/desk/me").await.address, "/desk/sign-in?next=%2Fdesk%2Fme");
    assert_eq!(zhang.try_sign_in("zhangmin", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let chen = county.visitor();
    set_password(&chen, &link(&handed)).await;
    chen.sign_in("chenjing", PASSWORD).await;
    assert!(chen.get("/desk/people").await.says("陈静"));
}

#[tokio::test]
async fn work_is_handed_over_to_a_colleague_in_one_act() {
    let county = County::new(1).await;
    let zhang = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let wang = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let li = county.person(TOWN, "李强", "liqiang", "查看").await;
    let zhao = county.person(NEXT_TOWN, "赵刚", "zhaogang", "查看").await;
    let of_wang = account(&zhang, "wangfang").await;
    let action = format!("{of_wang}/hand-over");
    let ask = zhang.get(&action).await;
    let of = |address: String| address.rsplit('/').next().unwrap().to_owned();
    let (to_li, to_zhao) = (of(account(&zhang, "liqiang").await), of(account(&zhang, "zhaogang").await));
    let elsewhere = zhang.send(&ask, &action, &[("to", &to_zhao)]).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "not of this unit");
    let done = zhang.send(&ask, &action, &[("to", &to_li)]).await;
    assert!(done.says("交接好了"), "{}", done.text());
    assert!(li.get("/desk/me").await.says("查看；审核"), "{}", li.get("/desk/me").await.text());
    assert!(wang.get("/desk/me").await.address.starts_with("/desk/sign-in"));
    assert!(zhao.get("/desk/me").await.says("查看"));
    let again = zhang.send(&ask, &action, &[("to", &to_li)]).await;
    assert!(again.says("交接好了"), "once, and said again: {}", again.text());
    // Whoever hands over the own work reads that it was done, though signed out with it.
    let chen = county.person(COUNTY, "陈静", "chenjing", "查看").await;
    let own = format!("{}/hand-over", account(&zhang, "zhangmin").await);
    let to_chen = of(account(&zhang, "chenjing").await);
    let done = zhang.send(&zhang.get(&own).await, &own, &[("to", &to_chen)]).await;
    assert!(done.says("交接好了") && done.says("您的账号关了"), "{}", done.text());
    assert!(chen.get("/desk/me").await.says("管理"));
    assert!(county.run(&["log", "show"]).contains("交接"));
}

#[tokio::test]
async fn who_is_gone_is_erased_and_the_log_still_fits() {
    let county = County::new(1).await;
    let zhang = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let audit = county.person(COUNTY, "周平", "zhouping", "审计").await;
    let wang = county.person(TOWN, "王芳", "wangfang", "管理").await;
    county.person(TOWN, "李强<i>", "liqiang", "审核").await;
    let li = account(&zhang, "liqiang").await;
    let (close, erase) = (format!("{li}/close"), format!("{li}/erase"));
    assert!(!wang.get(&li).await.links().contains(&erase), "an open account is closed first");
    assert_eq!(wang.get(&erase).await.address, li);
    let open = wang.get(&li).await.form("/desk/sign-out").fields.remove(0).1;
    let refused = wang.post(&erase, &[("csrf", &open)]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.says("先关账号"), "{}", refused.text());
    let closed = wang.send(&wang.get(&close).await, &close, &[]).await;
    assert!(closed.links().contains(&erase), "{}", closed.text());
    let asked = wang.get(&erase).await;
    assert!(asked.says("抹去李强<i>（示例镇党委）") && asked.links().contains(&li), "{}", asked.text());
    assert!(wang.get(&li).await.says("李强"), "only asked");
    let next = county.person(NEXT_TOWN, "赵刚", "zhaogang", "管理").await;
    let token = next.get("/desk/me").await.form("/desk/sign-out").fields.remove(0).1;
    for page in [next.get(&erase).await, next.post(&erase, &[("csrf", &token)]).await] {
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
    for time in ["once", "again"] {
        let erased = wang.send(&asked, &erase, &[]).await;
        assert!(erased.says("抹去了：姓名") && erased.says("已删除的人员"), "{time}: {}", erased.text());
        assert!(!erased.says("李强") && !erased.says("liqiang") && !erased.has_form(&format!("{li}/reopen")));
    }
    let list = wang.get("/desk/people?closed=1").await;
    assert!(list.says("已删除的人员") && !list.says("李强") && !list.says("liqiang"), "{}", list.text());
    let told = audit.get("/desk/log").await;
    assert!(told.says("抹去姓名") && told.says("已删除的人员") && !told.says("liqiang"), "{}", told.text());
    assert!(audit.get("/desk/log?verify=1").await.says("核对过了"));
    county.run(&["log", "verify"]);
    assert!(!county.run(&["account", "list"]).contains("liqiang"));
}

#[tokio::test]
async fn an_inspector_is_lent_until_a_day() {
    let county = County::new(1).await;
    let wang = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let zhao = county.person(NEXT_TOWN, "赵刚", "zhaogang", "查看").await;
    let ask = wang.get("/desk/people/lend").await;
    let typed = [("login", "zhaogang"), ("unit", TOWN), ("role", "inspect"), ("until", "2026-11-30")];
    for (wrong, why) in [
        (("login", "nobody"), "没有这个登录名"),
        (("until", "2026-11-23"), "已经过了"),
        (("until", ""), "核对年份"),
        (("unit", NEXT_TOWN), "没有这个单位"),
        (("role", "manage"), "不给外单位的"),
    ] {
        let mut typed = typed.to_vec();
        typed.retain(|(name, _)| *name != wrong.0);
        typed.push(wrong);
        let page = wang.send(&ask, "/desk/people/lend", &typed).await;
        assert!(page.says(why), "{wrong:?}: {}", page.text());
    }
    let lent = wang.send(&ask, "/desk/people/lend", &typed).await;
    assert!(lent.says("权限给了") && !lent.says("zhaogang"), "{}", lent.text());
    assert!(zhao.get("/desk/me").await.says("检查：示例镇党委，到11月30日"));
    let list = wang.get("/desk/people").await;
    assert!(list.says("赵刚") && list.says("外单位检查：示例镇党委，到11月30日在用"), "{}", list.text());
    let close = format!("{}/close", lent.address.split('?').next().unwrap());
    assert!(!lent.links().contains(&close), "tended at home");
    assert_eq!(wang.get(&close).await.status, StatusCode::NOT_FOUND);
}
