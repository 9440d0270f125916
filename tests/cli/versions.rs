//! Two versions of the standard in one period, in what the township exports.

use super::stage::{DALING, SHILI, Stage, rural};
use biaochi::domain::{Checklist, ContentHash};
use calamine::{Reader as _, open_workbook};

const BUILTIN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/authoring/builtin");

/// The built-in tables as version 2026.3, in which the first item has another name.
fn second_version(stage: &Stage) -> String {
    std::fs::create_dir(stage.path("second")).unwrap();
    for entry in std::fs::read_dir(BUILTIN).unwrap() {
        let entry = entry.unwrap();
        if entry.path().is_dir() {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let text = text.replace("版本,2026.2", "版本,2026.3").replace("组织设置与规模", "支部设置");
        std::fs::write(stage.path("second").join(entry.file_name()), text).unwrap();
    }
    stage.arg("second")
}

async fn in_force(stage: &Stage) -> Checklist {
    let shown = stage.run(&["standard", "show", "--json"]).json();
    let hash = ContentHash::try_from(shown["checklists"][0]["hash"].as_str().unwrap().to_owned()).unwrap();
    let database = stage.database().await;
    let body = database.checklist(&hash).await.unwrap().unwrap();
    database.close().await;
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test]
async fn each_branch_stands_under_the_version_it_reported_with() {
    let stage = Stage::ready();
    let server = stage.serve();
    let (shili, daling) = (server.phone(&stage, SHILI, 1).await, server.phone(&stage, DALING, 2).await);
    shili.submit(&shili.submission(0, &[])).await;
    stage.run(&["standard", "publish", &second_version(&stage)]).ok();
    let new = in_force(&stage).await;
    assert_eq!(new.version, "2026.3");
    let mut sent = daling.submission(0, &[]);
    sent.checklist = new.hash().unwrap();
    daling.submit(&sent).await;

    let file = stage.path("results.xlsx");
    let args =
        ["results", "export", "--period", "2026-H2", "--under", "镇安镇党委", "-o", file.to_str().unwrap()];
    stage.run(&args).ok();
    let mut book: calamine::Xlsx<_> = open_workbook(&file).unwrap();
    assert_eq!(
        book.sheet_names(),
        ["镇汇总表", "条目得分 农村 2026.2", "条目得分 农村 2026.3", "扣分明细", "与台账不同"]
    );
    let table = book.worksheet_range("镇汇总表").unwrap();
    let version = |code: &str| {
        let row = table.rows().find(|row| row.iter().any(|cell| *cell == *code)).unwrap();
        row[12].to_string()
    };
    assert_eq!((version(SHILI).as_str(), version(DALING).as_str()), (rural().version.as_str(), "2026.3"));
    let first = book.worksheet_range("条目得分 农村 2026.2").unwrap();
    assert_eq!(first.height(), 2, "only who reported under it");
    assert!(first.get((0, 3)).unwrap().to_string().contains("组织设置与规模"));
    let second = book.worksheet_range("条目得分 农村 2026.3").unwrap();
    assert_eq!(second.height(), 1 + 21, "who has not reported stands under what is in force");
    assert!(second.get((0, 3)).unwrap().to_string().contains("支部设置"));
}
