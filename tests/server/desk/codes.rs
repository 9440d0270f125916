//! 激活码和手机.

use super::{COUNTY, County, NEXT_TOWN, TOWN};
use crate::common::{branch, device, token};
use biaochi::protocol::TokenHash;
use reqwest::{Client, StatusCode};
use serde_json::json;

#[tokio::test]
async fn a_code_is_shown_once_lets_one_phone_in_and_the_phone_is_put_out() {
    let county = County::new(2).await;
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let own = format!("/desk/codes/{}", branch(0));
    let page = manager.get(&own).await;
    assert!(page.says("还没有手机启用"), "{}", page.text());
    let issue = format!("{own}/issue");
    for (typed, why) in [
        ([("base", "biaochi.example.cn"), ("days", "14")], "网址写成"),
        ([("base", "javascript:alert(1)"), ("days", "14")], "网址写成"),
        ([("base", "https://biaochi.example.cn"), ("days", "0")], "有效天数写1到90的数"),
    ] {
        let refused = manager.send(&page, &issue, &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says(why), "{}", refused.text());
    }
    let typed = [("base", "https://biaochi.example.cn"), ("days", "14"), ("to", "王<b>文书")];
    for wrong in ["=1+1", &"长".repeat(31)] {
        let refused = manager.send(&page, &issue, &[typed[0], typed[1], ("to", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says("发给谁写成一行") && refused.html.contains(wrong), "{}", refused.text());
    }
    let slip = manager.send(&page, &issue, &typed).await;
    assert_eq!(slip.status, StatusCode::OK, "{}", slip.text());
    assert!(slip.says("发给：王<b>文书") && !slip.html.contains("<b>文书"));
    let waits = manager.get(&own).await;
    assert!(waits.says("还没有用过的激活码") && waits.says("王<b>文书"), "{}", waits.text());
    assert!(
        slip.says("第0村党支部") && slip.says("有效到2026-12-08") && slip.html.contains("<svg class=\"qr\"")
    );
    assert!(
        slip.html.contains("<div class=\"on-screen\"><p class=\"note calm\">") && slip.says("按 Ctrl+P"),
        "not on paper"
    );
    assert!(!slip.html.contains("style="), "the policy allows no inline style");
    let text = slip.text();
    let digits = text.split("activate#code=").nth(1).unwrap();
    let code: String = digits.chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 12);
    assert!(!manager.get(&own).await.html.contains(&code), "never again");
    // It opens the door once.
    let activate =
        json!({ "code": code, "device": device(7), "token_hash": TokenHash::of(token(7).as_bytes()) });
    let activate = async || {
        let address = format!("{}/api/v1/activate", county.program.base);
        Client::new().post(address).json(&activate).send().await.unwrap().status()
    };
    assert_eq!(activate().await, StatusCode::OK);
    let page = manager.get(&own).await;
    assert!(page.says(&device(7).to_string()[..8]) && page.says("在用"), "{}", page.text());
    assert!(
        !page.says("文书") && !page.says("还没有用过的激活码"),
        "used, the name is gone: {}",
        page.text()
    );
    let revoked = manager.send(&page, &format!("{own}/revoke"), &[]).await;
    assert!(revoked.says("停用了1部手机") && revoked.says("停用了（"), "{}", revoked.text());
    assert_ne!(activate().await, StatusCode::OK);
    let told = county.run(&["log", "show"]);
    assert!(
        told.contains("发激活码")
            && told.contains("停用手机")
            && !told.contains(&code)
            && !told.contains("文书"),
        "{told}"
    );
}

#[tokio::test]
async fn slips_of_a_town_are_one_file_and_nobody_elses_branch_is_let_in() {
    let county = County::new(2).await;
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let own = format!("/desk/codes/{TOWN}");
    let page = manager.get(&own).await;
    let issue = format!("{own}/issue");
    let wrong = manager.ask(&page, &issue, &[("base", "biaochi.example.cn")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = manager.ask(&page, &issue, &[("base", "https://biaochi.example.cn")]).await;
    assert!(asked.says("都作废") && asked.links().contains(&own), "{}", asked.text());
    assert!(!county.run(&["log", "show"]).contains("发激活码"), "only asked");
    let file = manager.send(&asked, &issue, &[]).await;
    assert!(
        file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"),
        "{}",
        file.text()
    );
    assert_eq!(file.html.matches("<article>").count(), 2);
    assert!(file.html.contains("第1村党支部") && !file.html.contains("第100村"));
    let fields = asked.form(&issue).fields;
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for unit in [COUNTY, NEXT_TOWN, branch(100).as_str(), "nowhere"] {
        assert_eq!(manager.get(&format!("/desk/codes/{unit}")).await.status, StatusCode::NOT_FOUND);
        for act in ["issue", "revoke"] {
            let page = manager.post(&format!("/desk/codes/{unit}/{act}"), &fields).await;
            assert!(matches!(page.status, StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST), "{unit} {act}");
        }
    }
    let reviewer = county.person(TOWN, "李强", "liqiang", "审核").await;
    assert_eq!(reviewer.get(&own).await.status, StatusCode::NOT_FOUND);
    // A form of another site.
    let foreign = manager.request(reqwest::Method::POST, &format!("{own}/issue"));
    let foreign = foreign.header("origin", "https://evil.example").form(&fields);
    assert_eq!(manager.follow(foreign).await.status, StatusCode::FORBIDDEN);
}
