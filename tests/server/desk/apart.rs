//! The desk at an address of its own, and what it says of 备案.

use super::{Clerk, County, TOWN, prepare};
use crate::common::{Program, branch, file, program};
use reqwest::StatusCode;
use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

const FILED: &str = "辽ICP备2026000001号-1；辽公网安备21070002000001号；密评<b>";

/// A county whose desk is at an address of its own, and the phones' address.
async fn served(app: &str, more: &[&str]) -> (County, String) {
    let folder = tempfile::tempdir().unwrap();
    prepare(&folder, 1).await;
    let mut command = program(&file(&folder));
    command.args(["--app", app, "--filing", FILED]);
    command.args(["--listen", "127.0.0.1:0", "--desk-listen", "127.0.0.1:0"]).args(more);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let said = |line: String| line.split_once("listening on ").map(|(_, base)| base.trim().to_owned());
    let [phones, base] = [(); 2].map(|()| lines.find_map(said).expect("it says where it listens"));
    std::thread::spawn(move || lines.for_each(drop));
    (County { folder, program: Program { child, base } }, phones)
}

#[tokio::test]
async fn a_desk_at_an_address_of_its_own_is_nowhere_else_and_nothing_else_is_there() {
    let app = tempfile::tempdir().unwrap();
    for (name, text) in [("index.html", "<!doctype html>the app"), ("csp.txt", "default-src 'self'")] {
        std::fs::write(app.path().join(name), text).unwrap();
    }
    let app = app.path().to_str().unwrap();
    let (county, phones) = served(app, &[]).await;
    let at_phones = Clerk::new(&phones);
    assert!(at_phones.get("/check").await.says("the app"));
    for path in ["/desk", "/desk/", "/desk/sign-in", "/desk/style.css", "/desk/welcome?link=x"] {
        let page = at_phones.get(path).await;
        assert_eq!((page.status, page.says("the app")), (StatusCode::NOT_FOUND, false), "{path}");
    }
    assert_eq!(at_phones.post("/desk/sign-in", &[("login", "x")]).await.status, StatusCode::NOT_FOUND);
    let at_desk = county.visitor();
    assert!(at_desk.get("/").await.address.starts_with("/desk/sign-in"));
    for path in ["/api/v1/health", "/api/v1/standard", "/check", "/index.html", "/desk/nothing"] {
        let page = at_desk.get(path).await;
        assert_eq!((page.status, page.says("这里没有内容")), (StatusCode::NOT_FOUND, true), "{path}");
        assert!(page.headers.contains_key("content-security-policy"), "{path}");
    }
    // Whoever is signed in goes on as ever; where phones open the app is not to be guessed from here.
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let codes = manager.get(&format!("/desk/codes/{}", branch(0))).await;
    let fields = codes.form(&format!("/desk/codes/{}/issue", branch(0))).fields;
    assert!(fields.contains(&("base".into(), String::new())), "{fields:?}");
    assert!(codes.says("写支部手机打开支部标尺的网址，不是这个工作台的"), "{}", codes.text());
    for page in [&codes, &at_desk.get("/desk/sign-in").await, &manager.get("/desk/nothing").await] {
        assert!(page.says("辽ICP备2026000001号-1") && !page.says("试用"), "{}", page.text());
        assert!(page.html.contains("密评&lt;b&gt;") && !page.html.contains("<b>"));
        let links = page.links();
        assert!(links.contains(&"https://beian.miit.gov.cn/".into()), "{links:?}");
        assert!(links.contains(&"https://beian.mps.gov.cn/".into()), "{links:?}");
    }
}

#[tokio::test]
async fn where_phones_open_the_app_can_be_told_once_for_all_codes() {
    let (county, _) = served("nowhere", &["--phone-url", "https://biaochi.example.cn/"]).await;
    let manager = county.person(TOWN, "王芳", "wangfang", "管理").await;
    let codes = manager.get(&format!("/desk/codes/{}", branch(0))).await;
    let fields = codes.form(&format!("/desk/codes/{}/issue", branch(0))).fields;
    assert!(fields.contains(&("base".into(), "https://biaochi.example.cn".into())), "{fields:?}");
    let output = program(&file(&county.folder)).args(["--phone-url", "biaochi"]).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("不是网址"));
}

#[tokio::test]
async fn without_a_number_every_page_says_that_it_is_a_trial() {
    let county = County::new(1).await;
    let clerk = county.person(TOWN, "王芳", "wangfang", "审核").await;
    for path in ["/desk", "/desk/reports", "/desk/manual", "/desk/nothing"] {
        assert!(clerk.get(path).await.says("试用：这套系统还没有备案号"), "{path}");
    }
    assert!(county.visitor().get("/desk/sign-in").await.says("试用"));
    for filing in ["", " ", "两\n行", &"长".repeat(101)] {
        let output = program(&file(&county.folder)).args(["--filing", filing]).output().unwrap();
        assert!(!output.status.success(), "{filing:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("备案号是一行字"), "{filing:?}");
    }
}
