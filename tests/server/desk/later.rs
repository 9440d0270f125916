//! What was left alone for a while: a form over night, a session, a link, a password that was given.

use super::{COUNTY, County, PASSWORD, TOWN};
use crate::common::NOON;
use reqwest::StatusCode;

const MINUTE: u64 = 60 * 1000;
const HOUR: u64 = 60 * MINUTE;

#[tokio::test]
async fn a_form_left_open_over_night_loses_nothing() {
    let county = County::new(1).await;
    let zhang = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    let open = zhang.get("/desk/people/new").await;
    let before = open.form("/desk/people/new").fields;
    let token = &before.iter().find(|(name, _)| name == "csrf").unwrap().1;
    let county = county.again_at(NOON + 13 * HOUR);
    let zhang = zhang.at(&county.program.base);
    let typed = [
        ("unit", TOWN),
        ("name", "王\"芳' & <i>李"),
        ("login", "wangfang"),
        ("role", "review"),
        ("role", "read"),
    ];
    let asked = zhang.send(&open, "/desk/people/new", &typed).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(
        asked.says("登录以后接着办") && !asked.html.contains(token.as_str()) && !asked.html.contains("<i>")
    );
    // A slip of the finger loses nothing either.
    let wrong = [("login", "zhangmin"), ("password", "不是这个密码不是这个")];
    let again = zhang.send(&asked, "/desk/sign-in", &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let carry = zhang.send(&again, "/desk/sign-in", &[("login", "zhangmin"), ("password", PASSWORD)]).await;
    assert!(carry.says("接着办") && !carry.html.contains("<i>"), "{}", carry.html);
    let kept = carry.form("/desk/people/new").fields;
    for (name, value) in typed {
        assert!(kept.contains(&(name.into(), value.into())), "{name}={value} in {kept:?}");
    }
    assert!(carry.says("登录名wangfang"), "{}", carry.text());
    assert!(!carry.html.contains(PASSWORD));
    let made = zhang.send(&carry, "/desk/people/new", &[]).await;
    assert!(made.says("开了账号"), "{}", made.text());
    assert!(county.run(&["account", "list"]).contains("wangfang"));
}

#[tokio::test]
async fn a_password_is_never_kept_and_nobody_is_led_elsewhere() {
    let county = County::new(1).await;
    let visitor = county.visitor();
    let typed = [
        ("csrf", "x"),
        ("password-now", "旧的密码旧的密码"),
        ("password", PASSWORD),
        ("password-again", PASSWORD),
    ];
    let asked = visitor.post("/desk/me/password", &typed).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(!asked.html.contains(PASSWORD) && !asked.html.contains("旧的密码"));
    county.person(TOWN, "王芳", "wangfang", "审核").await;
    for next in ["https://evil.example/desk", "//evil.example", "/desk\\evil", "/"] {
        let visitor = county.visitor();
        let fields = [("next", next), ("login", "wangfang"), ("password", PASSWORD)];
        let page = visitor.post("/desk/sign-in", &fields).await;
        assert_eq!(page.address, "/desk", "{next}");
        let visitor = county.visitor();
        let page =
            visitor.post("/desk/sign-in", &[&fields[..], &[("kept.", ""), ("kept.a", "b")]].concat()).await;
        assert!(!page.html.contains("evil"), "{next}: {}", page.html);
    }
    let large = "长".repeat(400_000);
    let page =
        county.visitor().post("/desk/sign-in", &[("login", "x"), ("kept.", ""), ("kept.a", &large)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_session_lasts_while_it_is_used() {
    let county = County::new(1).await;
    let wang = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let county = county.again_at(NOON + 11 * HOUR);
    let wang = wang.at(&county.program.base);
    // Its use is noted beside the page; this waits until it is.
    while !wang.get("/desk/me").await.says("2026-11-24 23:00") {}
    let county = county.again_at(NOON + 22 * HOUR);
    let wang = wang.at(&county.program.base);
    while !wang.get("/desk/me").await.says("2026-11-25 10:00") {}
    let county = county.again_at(NOON + 34 * HOUR);
    let wang = wang.at(&county.program.base);
    assert_eq!(wang.get("/desk/me").await.address, "/desk/sign-in?next=%2Fdesk%2Fme");
}

#[tokio::test]
async fn what_cannot_be_undone_asks_for_the_password_again() {
    let county = County::new(1).await;
    let zhang = county.person(COUNTY, "张敏", "zhangmin", "管理").await;
    county.invite(TOWN, "王芳", "wangfang", "审核");
    let county = county.again_at(NOON + 11 * MINUTE);
    let zhang = zhang.at(&county.program.base);
    let list = zhang.get("/desk/people?text=wangfang").await;
    let account = list.links().into_iter().find(|link| link.len() > 45).unwrap();
    let close = format!("{account}/close");
    let page = zhang.get(&close).await;
    let asked = zhang.send(&page, &close, &[]).await;
    assert!(asked.says("再输一次自己的密码") && !asked.says("收不回来"), "{}", asked.text());
    let wrong = zhang.send(&asked, "/desk/proof", &[("password", "不是这个密码不是这个")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!county.run(&["account", "list"]).contains("关"));
    let carry = zhang.send(&wrong, "/desk/proof", &[("password", PASSWORD)]).await;
    let closed = zhang.send(&carry, &close, &[]).await;
    assert!(closed.says("账号关了"), "{}", closed.text());
    // What is guessed here is slowed down as well.
    let county = county.again_at(NOON + 30 * MINUTE);
    let zhang = zhang.at(&county.program.base);
    let asked = zhang.send(&page, &close, &[]).await;
    let mut last = StatusCode::OK;
    for _ in 0..9 {
        last = zhang.send(&asked, "/desk/proof", &[("password", "不是这个密码不是这个")]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_a_link_its_week() {
    let county = County::new(1).await;
    let wang = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let other = county.visitor();
    other.sign_in("wangfang", PASSWORD).await;
    let me = wang.get("/desk/me").await;
    assert!(me.says("别的地方"));
    let new = "河边三棵柳树朝南第二棵";
    for (now, next, again, why) in [
        ("不是这个密码不是这个", new, new, "密码不对"),
        (PASSWORD, "太短了", "太短了", "至少10个字"),
        (PASSWORD, new, PASSWORD, "两次输入的不一样"),
    ] {
        let typed = [("password-now", now), ("password", next), ("password-again", again)];
        let page = wang.send(&me, "/desk/me/password", &typed).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.says(why), "{why}: {}", page.text());
    }
    let typed = [("password-now", PASSWORD), ("password", new), ("password-again", new)];
    assert_eq!(wang.send(&me, "/desk/me/password", &typed).await.address, "/desk/sign-in");
    assert!(other.get("/desk/me").await.address.starts_with("/desk/sign-in"));
    assert_eq!(other.try_sign_in("wangfang", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    other.sign_in("wangfang", new).await;
    // From here another place can be signed out, too.
    wang.sign_in("wangfang", new).await;
    let ended = wang.send(&wang.get("/desk/me").await, "/desk/me/sessions", &[]).await;
    assert!(ended.says("共1处"), "{}", ended.text());
    assert!(other.get("/desk/me").await.address.starts_with("/desk/sign-in"));
    // Of two links the newer one is good, and for a week.
    let first = county.invite(TOWN, "李强", "liqiang", "查看");
    let told =
        county.run(&["account", "link", "--login", "LiQiang", "--base-url", "https://biaochi.example.cn/"]);
    let second = told.lines().next().unwrap().strip_prefix("https://biaochi.example.cn").unwrap().to_owned();
    let visitor = county.visitor();
    assert!(visitor.get(&first).await.says("用过了"));
    assert!(visitor.get(&second).await.says("李强"));
    assert!(visitor.get(&second[..40]).await.says("没有复制完整"));
    let county = county.again_at(NOON + 8 * 24 * HOUR);
    assert!(county.visitor().get(&second).await.says("过期了"));
}

#[tokio::test]
async fn a_password_that_was_typed_too_late_is_asked_for_once_more() {
    let county = County::new(1).await;
    let wang = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let open = wang.get("/desk/me").await;
    let county = county.again_at(NOON + 13 * HOUR);
    let wang = wang.at(&county.program.base);
    let new = "河边三棵柳树朝南第二棵";
    let typed = [("password-now", PASSWORD), ("password", new), ("password-again", new)];
    let asked = wang.send(&open, "/desk/me/password", &typed).await;
    assert!(asked.status == StatusCode::UNAUTHORIZED && !asked.html.contains(new));
    let carry = wang.send(&asked, "/desk/sign-in", &[("login", "wangfang"), ("password", PASSWORD)]).await;
    let form = wang.send(&carry, "/desk/me/password", &[]).await;
    assert_eq!(form.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(form.says("密码不会留着"), "{}", form.text());
    assert_eq!(wang.send(&form, "/desk/me/password", &typed).await.address, "/desk/sign-in");
    wang.sign_in("wangfang", new).await;
}
