//! Signing in: who is let in, who is not, and what nobody is told.

use super::{County, PASSWORD, TOWN};
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn somebody_sets_a_password_by_a_link_signs_in_and_out() {
    let county = County::new(1).await;
    let link = county.invite(TOWN, "王芳", "wangfang", "审核");
    let clerk = county.visitor();
    let welcome = clerk.get(&link).await;
    assert!(welcome.says("示例镇党委　王芳") && welcome.says("wangfang"));
    for (password, again, why) in [
        ("短", "短", "至少10个字"),
        ("1234567890", "1234567890", "一猜就中"),
        ("wangfang-is-here", "wangfang-is-here", "不要有姓名"),
        (PASSWORD, "别的什么什么什么什么", "两次输入的不一样"),
    ] {
        let page =
            clerk.send(&welcome, "/desk/welcome", &[("password", password), ("password-again", again)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says(why), "{}", page.html);
        assert!(!page.html.contains(password), "a password is never shown again");
    }
    let set = [("password", PASSWORD), ("password-again", PASSWORD)];
    assert!(clerk.send(&welcome, "/desk/welcome", &set).await.says("密码设好了"));
    for page in [clerk.get(&link).await, clerk.send(&welcome, "/desk/welcome", &set).await] {
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.says("已经用过了"), "{}", page.html);
    }
    clerk.sign_in(" WangFang ", PASSWORD).await;
    let page = clerk.get("/desk/nowhere").await;
    assert_eq!(page.headers["cache-control"], "no-store");
    let tab = clerk.tab();
    let me = clerk.get("/desk/me").await;
    let out = clerk.send(&me, "/desk/sign-out", &[]).await;
    assert_eq!(out.address, "/desk/sign-in");
    // What the browser still shows, as after the back button, opens nothing.
    let after = tab.get("/desk/me").await;
    assert_eq!(after.address, "/desk/sign-in?next=%2Fdesk%2Fme");
}

#[tokio::test]
async fn nobody_learns_whether_a_name_exists() {
    let county = County::new(1).await;
    county.person(TOWN, "王芳", "wangfang", "审核").await;
    county.invite(TOWN, "李强", "liqiang", "查看");
    let visitor = county.visitor();
    let mut told = Vec::new();
    // Of one who has a password, one who has none yet, and nobody.
    for name in ["wangfang", "liqiang", "nobody00"] {
        let page = visitor.try_sign_in(name, "不是这个密码不是这个").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        told.push((page.html.replace(name, "…"), format!("{:?}", page.headers.keys().collect::<Vec<_>>())));
    }
    assert!(told.iter().all(|one| *one == told[0]), "{told:#?}");
}

#[tokio::test]
async fn who_guesses_waits_and_keeps_nobody_else_out() {
    let county = County::new(1).await;
    county.person(TOWN, "王芳", "wangfang", "审核").await;
    let guess = |from: &'static str, name: String, password: &'static str| {
        let visitor = county.visitor();
        async move {
            let request = visitor.request(Method::POST, "/desk/sign-in").header("x-forwarded-for", from);
            visitor.follow(request.form(&[("login", name.as_str()), ("password", password)])).await
        }
    };
    let mut refused = 0;
    for _ in 0..12 {
        let page = guess("198.51.100.1", "wangfang".into(), "不是这个密码不是这个").await;
        refused += usize::from(page.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(refused, 4, "eight are free");
    let page = guess("198.51.100.1", "WANGFANG".into(), PASSWORD).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "the right one as well, or it would be told");
    let wait: u64 = page.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "not for good: {wait} seconds");
    // It is noted beside the answer; this waits until it is.
    while !county.run(&["log", "show"]).contains("多次登录不成") {}
    // Who comes from elsewhere is not kept out by that.
    let page = guess("198.51.100.2", "wangfang".into(), PASSWORD).await;
    assert_ne!(page.status, StatusCode::TOO_MANY_REQUESTS);
    // One address that goes through names waits as well.
    let mut last = StatusCode::OK;
    for number in 0..41 {
        last = guess("198.51.100.3", format!("name{number}"), "不是这个密码不是这个").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_form_of_another_site_or_of_another_session_does_nothing() {
    let county = County::new(1).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    let me = clerk.get("/desk/me").await;
    let token = me.form("/desk/sign-out").fields.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
    let with = |headers: &[(&str, &str)], token: &str| {
        let request = clerk.request(Method::POST, "/desk/sign-out").form(&[("csrf", token)]);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    };
    let own = clerk.tab();
    for (headers, token) in [
        (&[("origin", "https://evil.example")][..], token.as_str()),
        (&[("origin", "null")], &token),
        (&[("sec-fetch-site", "cross-site"), ("origin", &county.program.base)], &token),
        (&[("sec-fetch-site", "same-site")], &token),
        (&[("sec-fetch-site", "same-origin")], "0123"),
        (&[("sec-fetch-site", "same-origin")], ""),
        (&[], ""),
    ] {
        let page = clerk.follow(with(headers, token)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(page.says("什么都没有改"));
    }
    let json =
        own.request(Method::POST, "/desk/sign-out").header("content-type", "text/plain").body("csrf=x");
    assert_eq!(own.follow(json).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(own.get("/desk/me").await.status, StatusCode::OK, "still signed in");
    // Without a session another site's form is not carried on to after signing in.
    let stranger = county.visitor();
    let forged = stranger.request(Method::POST, "/desk/me/password").header("origin", "https://evil.example");
    assert_eq!(stranger.follow(forged.form(&[("present", "x")])).await.status, StatusCode::FORBIDDEN);
}
