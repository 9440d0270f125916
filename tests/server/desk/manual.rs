//! 镇里怎么用, and that it names only what is there.

use super::{COUNTY, County};
use reqwest::StatusCode;

#[tokio::test]
async fn the_manual_is_there_for_everybody_and_leads_to_pages_that_are_there() {
    let county = County::new(1).await;
    let manual = county.visitor().get("/desk/manual").await;
    assert_eq!(manual.status, StatusCode::OK);
    assert!(manual.says("每天先看：今天要办") && manual.html.len() < 60_000);
    let entrusted = [
        county.person(COUNTY, "王芳", "wangfang", "管理,审核").await,
        county.person(COUNTY, "李强", "liqiang", "审计").await,
    ];
    // Who is signed in keeps the menu.
    let own = entrusted[0].get("/desk/manual").await;
    assert!(
        own.says("我的（王芳）") && own.links().iter().any(|link| link == "/desk/reports"),
        "{}",
        own.text()
    );
    let links = manual.links();
    let pages: Vec<&String> =
        links.iter().filter(|link| link.starts_with("/desk") && !link.contains('#')).collect();
    assert!(pages.len() > 8, "{pages:?}");
    for page in pages {
        let mut shown = Vec::new();
        for clerk in &entrusted {
            shown.push(clerk.get(page).await.status);
        }
        assert!(shown.contains(&StatusCode::OK), "{page}: {shown:?}");
    }
    for part in
        links.iter().filter_map(|link| link.strip_prefix('#')).filter(|part| part.starts_with("part-"))
    {
        assert!(manual.html.contains(&format!("id=\"{part}\"")), "{part}");
    }
}
