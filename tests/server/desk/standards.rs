//! 标准: versions, differences, a new one, and one file to print.

use super::{COUNTY, County, TOWN};
use reqwest::StatusCode;

const UPLOAD: &str = "/desk/standards/upload";

/// The built-in standard with another version and title, as a workbook.
fn workbook(county: &County, version: &str) -> Vec<u8> {
    let folder = county.folder.path().join("标准");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    copy(std::path::Path::new("src/authoring/builtin"), &folder);
    let sheet = folder.join("标准.csv");
    let text = std::fs::read_to_string(&sheet).unwrap().replace("2026.2", version);
    std::fs::write(&sheet, text).unwrap();
    let out = county.folder.path().join(format!("{version}.xlsx"));
    county.run(&["standard", "export", folder.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    std::fs::read(out).unwrap()
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(drop).unwrap() }
    }
}

#[tokio::test]
async fn a_version_is_checked_shown_and_published_once_it_was_confirmed() {
    let county = County::new(1).await;
    let manager = county.person(COUNTY, "王芳", "wangfang", "管理").await;
    let list = manager.get("/desk/standards").await;
    assert!(list.says("2026.2") && list.says("在用"), "{}", list.text());
    let form = manager.get(UPLOAD).await;
    let checked = manager.upload(&form, UPLOAD, &[], ("file", "新.xlsx", &workbook(&county, "2026.9"))).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.text());
    for said in [
        "没有错误",
        "2026.9",
        "还没有发布",
        "一期要支部填多少",
        "2026年下半年",
        "变了什么",
        "和在用的一版比，负担没有变化",
    ] {
        assert!(checked.says(said), "{said}: {}", checked.text());
    }
    assert!(checked.html.len() < 60_000, "{}", checked.html.len());
    assert!(!manager.get("/desk/standards").await.says("2026.9"), "a check publishes nothing");
    let done = manager.send(&checked, &checked.address, &[]).await;
    assert!(done.says("发布了") && done.says("2026.9") && done.says("以前的"), "{}", done.text());
    let again = manager.send(&checked, &checked.address, &[]).await;
    assert!(again.says("发布了"), "{}", again.text());
    assert_eq!(county.run(&["log", "show"]).matches("发布标准").count(), 1);
    let since = done.links().into_iter().find(|to| to.contains("/since/")).unwrap();
    assert_eq!(manager.get(&since).await.status, StatusCode::OK);
}

#[tokio::test]
async fn two_who_publish_at_once_are_told_and_only_who_holds_all_of_it_may() {
    let county = County::new(1).await;
    let manager = county.person(COUNTY, "王芳", "wangfang", "管理").await;
    let other = county.person(COUNTY, "李强", "liqiang", "管理").await;
    let (one, two) = (workbook(&county, "2026.8"), workbook(&county, "2026.9"));
    let form = manager.get(UPLOAD).await;
    let mine = manager.upload(&form, UPLOAD, &[], ("file", "一.xlsx", &one)).await;
    let theirs = other.upload(&other.get(UPLOAD).await, UPLOAD, &[], ("file", "二.xlsx", &two)).await;
    assert!(other.send(&theirs, &theirs.address, &[]).await.says("发布了"));
    let told = manager.send(&mine, &mine.address, &[]).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.says("另外有人发布了") && told.says("2026.9"), "{}", told.text());
    let town = county.person(TOWN, "赵静", "zhaojing", "管理").await;
    let list = town.get("/desk/standards").await;
    assert!(list.says("2026.9") && !list.says("上传新的一版"));
    for path in [UPLOAD, "/desk/standards/blank.xlsx", &mine.address] {
        assert_eq!(town.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn faults_are_said_by_sheet_row_and_column_and_what_is_no_workbook_is_refused() {
    let county = County::new(1).await;
    let manager = county.person(COUNTY, "王芳", "wangfang", "管理").await;
    let form = manager.get(UPLOAD).await;
    let template = county.folder.path().join("模板.xlsx");
    county.run(&["standard", "template", "-o", template.to_str().unwrap()]);
    let page =
        manager.upload(&form, UPLOAD, &[], ("file", "模板.xlsx", &std::fs::read(template).unwrap())).await;
    assert!(page.says("还是模板里的") && !page.html.contains(">发布</button>"), "{}", page.text());
    let bad = std::fs::read("tests/fixtures/cases/30/standard_满意度限制不生效.xlsx").unwrap();
    let page = manager.upload(&form, UPLOAD, &[], ("file", "坏.xlsx", &bad)).await;
    assert!(page.html.len() < 60_000, "{}", page.html.len());
    for (bytes, status) in [
        (&b"no workbook"[..], StatusCode::UNPROCESSABLE_ENTITY),
        (&vec![0; 9 << 20], StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let page = manager.upload(&form, UPLOAD, &[], ("file", "x.xlsx", bytes)).await;
        assert_eq!(page.status, status, "{}", page.text());
    }
    // The same version with other words.
    let same = workbook(&county, "2026.2");
    let page = manager.upload(&form, UPLOAD, &[], ("file", "同.xlsx", &same)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
}

#[tokio::test]
async fn a_version_is_read_and_its_books_leave_as_one_file() {
    let county = County::new(1).await;
    let reader = county.person(TOWN, "李强", "liqiang", "查看").await;
    let list = reader.get("/desk/standards").await;
    let version = list.links().into_iter().find(|to| to.contains("/version/")).unwrap();
    let page = reader.get(&version).await;
    for said in ["考核周期", "农村", "一册，7件", "一编，22件", "下载一编一册"] {
        assert!(page.says(said), "{said}: {}", page.text());
    }
    assert!(page.html.len() < 60_000);
    // Item by item, as it can be printed and handed out.
    let items = format!("{version}/items");
    assert!(page.links().contains(&items));
    for list in biaochi::authoring::builtin().unwrap().checklists {
        let page = reader.get(&format!("{items}?sector={}", list.sector)).await;
        assert!(page.html.len() < 60_000, "{} has {} bytes", list.sector, page.html.len());
        assert_eq!(
            page.html.matches("<thead>").count(),
            list.aspects.len(),
            "a table with its head an aspect"
        );
        for (number, (_, item)) in (1..).zip(list.items()) {
            let text = page.text();
            assert!(
                text.contains(&format!("第{number}条{}{}", item.title, item.requirement)),
                "{}: {text}",
                item.id
            );
        }
        assert_eq!(page.html.matches("支部一期最多填").count(), list.aspects.len());
        assert!(page.says("由上级评，支部不填") && page.says("扣完为止") && page.says("一票否决："));
    }
    assert!(reader.get(&format!("{items}?sector=nowhere")).await.says("考核条目：农村"));
    let booklet = reader.get(&format!("{version}/booklet")).await;
    assert_eq!(booklet.status, StatusCode::OK);
    assert!(booklet.headers["content-type"].to_str().unwrap().contains("wordprocessingml"));
    assert!(reader.get(&format!("{version}/workbook")).await.html.starts_with("PK"));
    for path in [
        "/desk/standards/version/nowhere",
        "/desk/standards/version/nowhere/booklet",
        "/desk/standards/version/nowhere/items",
    ] {
        assert_eq!(reader.get(path).await.status, StatusCode::NOT_FOUND);
    }
    assert!(county.visitor().get(&items).await.address.starts_with("/desk/sign-in"));
    assert_eq!(county.visitor().get(&version).await.address.split('?').next(), Some("/desk/sign-in"));
}

#[tokio::test]
async fn a_module_is_off_until_it_is_switched_on_here_or_by_command_and_phones_are_told() {
    let county = County::new(1).await;
    let manager = county.person(COUNTY, "王芳", "wangfang", "管理").await;
    let address = |module: &str| format!("/desk/standards/modules/{module}");
    let told = async |known: Option<&str>| {
        let request = manager.request(reqwest::Method::GET, biaochi::protocol::paths::STANDARD);
        let request = known.into_iter().fold(request, |request, tag| request.header("if-none-match", tag));
        let answer = request.send().await.unwrap();
        let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
        let status = answer.status();
        let body = answer.text().await.unwrap();
        let modules =
            serde_json::from_str::<serde_json::Value>(&body).map(|told| told["modules"].to_string());
        (status, modules.unwrap_or_default(), tag)
    };
    let (_, modules, before) = told(None).await;
    assert_eq!(modules, "[]");
    let list = manager.get("/desk/standards").await;
    for said in ["自查以外的模块", "关着（没有开过）", "照标准要的最低次数", "从不要求", "有一个问题才填一次"]
    {
        assert!(list.says(said), "{said}: {}", list.text());
    }
    assert!(list.html.len() < 60_000);
    for _ in 0..2 {
        let done = manager.send(&list, &address("ledger"), &[]).await;
        assert!(done.says("打开了") && done.says("示例县委组织部 王芳"), "{}", done.text());
        assert!(!done.has_form(&address("ledger")) && done.links().contains(&address("ledger")));
    }
    let (status, modules, on) = told(Some(&before)).await;
    assert_eq!((status, modules.as_str()), (StatusCode::OK, r#"["ledger"]"#));
    assert_eq!(told(Some(&on)).await.0, StatusCode::NOT_MODIFIED);
    // By another process.
    let said = county.run(&["standard", "modules", "--on", "photos,ledger", "--off", "mending"]);
    for line in ["照片现在开着", "台账本来就开着", "问题和整改本来就关着"] {
        assert!(said.contains(line), "{said}");
    }
    assert_eq!(told(Some(&on)).await.1, r#"["ledger","photos"]"#);
    assert!(manager.get("/desk/standards").await.says("服务器上的命令"));
    let asked = manager.get(&address("ledger")).await;
    assert!(asked.says("一条也不删"), "{}", asked.text());
    let done = manager.send(&asked, &address("ledger"), &[]).await;
    assert!(done.says("关上了"), "{}", done.text());
    assert_eq!(told(None).await.1, r#"["photos"]"#);
    let log = county.run(&["log", "show"]);
    assert_eq!(log.matches("开关模块").count(), 3, "{log}");
    assert!(log.contains("ledger off"), "{log}");

    // Who holds less than all of it reads how they stand.
    let town = county.person(TOWN, "赵静", "zhaojing", "管理").await;
    let list = town.get("/desk/standards").await;
    assert!(list.says("自查以外的模块") && !list.has_form(&address("ledger")));
    assert_eq!(town.get(&address("photos")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(manager.get(&address("other")).await.status, StatusCode::NOT_FOUND);
}
