use super::stage::{BASE, SHILI, Stage};

#[test]
fn codes_are_shown_once_and_only_their_hashes_are_kept() {
    let stage = Stage::ready();
    let issued = stage.run(&["codes", "issue", "--branch", SHILI, "--base-url", BASE, "--json"]).json();
    let digits = issued[0]["code"].as_str().unwrap().to_owned();
    assert_eq!(digits.len(), 12);
    assert_eq!(issued[0]["link"], format!("{BASE}/activate#code={digits}"));
    for name in ["b.sqlite", "b.sqlite-wal"] {
        let bytes = std::fs::read(stage.path(name)).unwrap_or_default();
        assert!(!bytes.windows(12).any(|window| window == digits.as_bytes()), "{name}");
    }
    let told = stage.run(&["codes", "issue", "--branch", SHILI]).ok();
    assert!(told.contains("系统不保存激活码，只显示这一次"), "{told}");
    assert!(!told.contains(&digits), "every run issues a new one");
}

#[test]
fn a_town_gets_a_table_and_a_sheet_of_slips() {
    let stage = Stage::ready();
    let (csv, slips) = (stage.arg("codes.csv"), stage.arg("slips.html"));
    let args =
        ["codes", "issue", "--under", "镇安镇党委", "--base-url", BASE, "--csv", &csv, "--slips", &slips];
    let told = stage.run(&args).ok();
    assert!(told.contains("发了22个激活码"), "{told}");
    let text = std::fs::read_to_string(&csv).unwrap();
    let line = text.lines().find(|line| line.contains(SHILI)).unwrap();
    let cells: Vec<&str> = line.split(',').collect();
    assert_eq!((cells[0], cells[2]), ("镇安镇党委", "十里村党支部"));
    assert!(text.starts_with('\u{feff}') && text.lines().count() == 23);
    assert!(!told.contains(cells[3]), "codes that were written to a file are not on the screen as well");
    let page = std::fs::read_to_string(&slips).unwrap();
    assert_eq!((page.matches("<article>").count(), page.matches("<svg").count()), (22, 22));
    for wanted in ["十里村党支部", cells[3], "请用浏览器打开，<br>不要在微信里打开", "有效到", "size:A4"]
    {
        assert!(page.contains(wanted), "{wanted}");
    }
    stage.run(&args).refused(&["已经有了，没有动它"]);
    assert_eq!(std::fs::read_to_string(&csv).unwrap(), text);
}

#[test]
fn each_of_several_towns_gets_a_sheet_of_its_own() {
    let stage = Stage::ready();
    let slips = stage.arg("码条.html");
    let args = ["codes", "issue", "--under", "黑山县委", "--base-url", BASE, "--slips", &slips];
    let told = stage.run(&args).ok();
    assert!(told.contains("码条”：") && told.contains("个乡镇，每个一个文件"), "{told}");
    assert!(!stage.path("码条.html").exists());
    let page = std::fs::read_to_string(stage.path("码条").join("210726117 镇安镇党委.html")).unwrap();
    assert_eq!(page.matches("<article>").count(), 22);
    let pages = std::fs::read_dir(stage.path("码条")).unwrap();
    let of_page = |page: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(page.unwrap().path()).unwrap().matches("<article>").count()
    };
    let count: usize = pages.map(of_page).sum();
    assert!(told.contains(&format!("发了{count}个激活码")), "{told}");
    stage.run(&args).refused(&["已经有了，没有动它"]);
}

#[test]
fn a_single_code_can_be_scanned_from_the_terminal() {
    let stage = Stage::ready();
    let told = stage.run(&["codes", "issue", "--branch", "十里村党支部", "--base-url", BASE, "--qr"]).ok();
    assert!(told.contains('▄') && told.contains(&format!("{BASE}/activate#code=")), "{told}");
}

#[test]
fn who_is_meant_has_to_be_clear() {
    let stage = Stage::empty();
    stage.run(&["codes", "issue", "--branch", SHILI]).refused(&[stage.nothing_there(), "roster import"]);
    assert!(!stage.path("b.sqlite").exists(), "a command that only reads begins no database");
    let stage = Stage::ready();
    stage.run(&["codes", "issue", "--branch", "210726117"]).refused(&["“镇安镇党委”不是支部", "--under"]);
    stage
        .run(&["codes", "issue", "--branch", "胜利村党支部"])
        .refused(&["叫“胜利村党支部”的不止一个", "填编号"]);
    stage.run(&["codes", "issue", "--under", "没有这个镇"]).refused(&["名册里没有“没有这个镇”"]);
    stage
        .run(&["codes", "issue", "--branch", SHILI, "--base-url", "biaochi.example.cn"])
        .refused(&["不是网址", "https://"]);
    assert_eq!(stage.run(&["codes", "issue"]).code, 2);
    assert_eq!(stage.run(&["codes", "issue", "--branch", SHILI, "--under", "210726117"]).code, 2);
    assert_eq!(stage.run(&["codes", "issue", "--branch", SHILI, "--slips", "x.html"]).code, 2);
}

#[tokio::test]
async fn a_lost_phone_is_revoked_and_the_other_goes_on() {
    let stage = Stage::ready();
    let server = stage.serve();
    let (lost, kept) = (server.phone(&stage, SHILI, 1).await, server.phone(&stage, SHILI, 2).await);
    assert!(lost.list().await.is_ok());
    let list = stage.run(&["device", "list", "--branch", SHILI, "--json"]).json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let id = list[0]["device"].as_str().unwrap();
    let told = stage.run(&["device", "revoke", "--branch", SHILI, "--device", &id[..8]]).ok();
    assert!(told.contains("十里村党支部：停用1部手机。手机上的资料不动"), "{told}");
    assert_eq!((lost.list().await, kept.list().await.is_ok()), (Err(401), true));
    let told = stage.run(&["device", "list", "--under", "镇安镇党委"]).ok();
    assert!(told.contains("停用") && told.contains("在用") && told.contains("共2部"), "{told}");
    stage.run(&["device", "revoke", "--branch", SHILI, "--device", "ffff"]).refused(&["没有这部手机"]);
    let told = stage.run(&["device", "revoke", "--branch", SHILI, "--all", "--json"]).json();
    assert_eq!(told["revoked"], 1);
    assert_eq!(kept.list().await, Err(401));
}

/// A slip that was lost opens nothing once another was given out, or once the branch's phones were revoked.
#[test]
fn codes_that_were_issued_before_and_never_used_are_void() {
    let stage = Stage::ready();
    let issue = || stage.run(&["codes", "issue", "--branch", SHILI]).ok();
    let said = "还没有用过的1个作废了";
    assert!(!issue().contains("作废"), "there was none before");
    assert!(issue().contains(said));
    assert!(
        stage.run(&["codes", "issue", "--under", "镇安镇党委"]).ok().contains(said),
        "no other branch had one"
    );
    // What cannot be written down has taken nothing from anybody.
    let nowhere = stage.arg("no/codes.csv");
    stage.run(&["codes", "issue", "--branch", SHILI, "--csv", &nowhere]).refused(&["写不了"]);
    let both = [stage.arg("codes.csv"), stage.arg("no/slips.html")];
    let lost = ["--csv", &both[0], "--slips", &both[1], "--base-url", BASE];
    let lost = [&["codes", "issue", "--under", "镇安镇党委"][..], &lost].concat();
    stage.run(&lost).refused(&["写不了"]);
    assert!(!stage.path("codes.csv").exists(), "nor is a list of codes left that open nothing");
    let told = stage.run(&["device", "revoke", "--branch", SHILI, "--all"]).ok();
    assert!(told.contains("还没有用过的1个激活码也作废了"), "{told}");
    assert!(!issue().contains("作废"));
}
