use super::stage::{SHILI, Stage};
use sqlx::Executor as _;

/// As by somebody who may do anything to the file.
async fn by_force(stage: &Stage, text: &'static str) {
    sqlx::any::install_default_drivers();
    let place = match stage.place() {
        biaochi::server::database::Place::File(file) => format!("sqlite:{}", file.display()),
        biaochi::server::database::Place::Postgres(url) => url,
    };
    let pool = sqlx::AnyPool::connect(&place).await.unwrap();
    for name in ["log_is_not_changed", "log_is_not_shortened", "log_has_no_gap"] {
        let on = if stage.place().to_string().starts_with("postgres") { "ON log" } else { "" };
        pool.execute(sqlx::AssertSqlSafe(format!("DROP TRIGGER IF EXISTS {name} {on}"))).await.unwrap();
    }
    pool.execute(text).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn what_was_done_is_listed_in_ids_and_whoever_edits_it_is_found_out() {
    let stage = Stage::empty();
    stage.run(&["standard", "publish-builtin"]).ok();
    assert!(stage.run(&["log", "verify"]).ok().contains("记录共1条"));
    stage.run(&["roster", "import", &super::stage::demo_roster()]).ok();
    let receipt = {
        let server = stage.serve();
        let phone = server.phone(&stage, SHILI, 1).await;
        phone.submit(&phone.submission(0, &[])).await
    };
    let said = ["review", "return", &receipt.code, "--reason", "第31条缺签到表", "--by", "张组委"];
    stage.run(&said).ok();
    stage.run(&said).ok();
    stage.run(&["roster", "freeze", "--period", "2026-H2", "--on", "2026-12-15"]).ok();

    let shown = stage.run(&["log", "show", "--under", SHILI]).ok();
    for word in ["服务器上的命令", "名册新增", "发激活码", "退回修改", "2026-11-24", SHILI, "共3条"]
    {
        assert!(shown.contains(word), "{word} is not in\n{shown}");
    }
    let all = stage.run(&["log", "show", "--json"]).json();
    let all = all.as_array().unwrap();
    assert_eq!(
        (&all[0]["deed"], &all[0]["subject"]),
        (&"period.frozen".into(), &"2026-H2 2026-12-15".into())
    );
    assert_eq!((&all[1]["deed"], &all[1]["unit"]), (&"review.returned".into(), &SHILI.into()));
    let text = serde_json::to_string(all).unwrap();
    for secret in ["张组委", "签到表", "党支部", "打虎山"] {
        assert!(!text.contains(secret), "{secret}");
    }
    stage.run(&["log", "show", "--from", "2026-11-25"]).ok();
    let none = stage.run(&["log", "show", "--to", "2026-11-23"]).ok();
    assert!(none.contains("共0条"), "{none}");
    stage.run(&["log", "show", "--under", "没有的镇"]).refused(&["名册里没有"]);

    let whole = stage.run(&["log", "verify"]).ok();
    let noted = whole.lines().find_map(|line| line.strip_prefix("最后一条：")).unwrap().to_owned();
    assert!(noted.starts_with(&format!("{}:", all.len())), "{noted}");
    assert!(stage.run(&["log", "verify", "--noted", &noted]).ok().contains("以前抄下来的"));
    let other = format!("{}:{}", all.len(), "0".repeat(64));
    let last = format!("从第{}条起", all.len());
    stage.run(&["log", "verify", "--noted", &other]).refused(&["对不上", &last]);
    let later = format!("{}:{}", all.len() + 1, "0".repeat(64));
    stage.run(&["log", "verify", "--noted", &later]).refused(&["不见了"]);

    by_force(&stage, "UPDATE log SET subject = 'another' WHERE number = 7").await;
    stage.run(&["log", "verify"]).refused(&["记录从第7条起对不上", "办法"]);
    by_force(&stage, "DELETE FROM log WHERE number = 5").await;
    stage.run(&["log", "verify"]).refused(&["记录从第5条起不见了"]);
    by_force(&stage, "DELETE FROM log WHERE number <> 1").await;
    stage.run(&["log", "verify"]).refused(&["记录从第2条起不见了"]);
}
