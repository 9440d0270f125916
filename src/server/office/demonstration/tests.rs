use super::*;
use crate::server::database::From;
use crate::server::office::testing::{At, NOW};

/// An empty database with the built-in standard.
async fn published() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = crate::server::database::testing::database(&folder).await;
    let package = crate::authoring::builtin().unwrap();
    database.publish(&package.checklists, &package.documents, &[]).await.unwrap();
    (folder, database)
}

#[tokio::test]
async fn it_has_every_state_that_a_desk_can_meet_and_is_made_once() {
    let (_folder, database) = published().await;
    assert!(invent(&database, &NOW, false).await.unwrap());
    assert!(!invent(&database, &NOW, false).await.unwrap());
    let rows = reviewing::list(&database, None, Some(COUNTY)).await.unwrap();
    assert_eq!(rows.len(), 25, "five have not reported");
    for state in [None, Some(ReviewState::InReview), Some(ReviewState::Returned), Some(ReviewState::Approved)]
    {
        assert!(rows.iter().any(|row| row.state() == state), "{state:?}");
    }
    let today = shanghai_date(NOW.0);
    assert!(
        rows.iter().any(|row| row
            .counting
            .reviews
            .last()
            .and_then(|said| said.due)
            .is_some_and(|due| due < today))
    );
    let said = rows.iter().flat_map(|row| &row.counting.reviews);
    assert!(
        said.into_iter().all(|said| said.due.is_none_or(|due| due > shanghai_date(said.at))),
        "no day before its return"
    );
    assert!(database.move_of(&code("990102210")).await.unwrap().is_some());
    let told = orders::list(&database, &OPERATOR, &code(COUNTY), today).await.unwrap();
    assert_eq!(told.len(), 1);
    let problems = super::super::mending::list(&database, Some(COUNTY)).await.unwrap();
    assert_eq!(problems.len(), 10);
    assert!(problems.iter().any(|row| row.finding.state == crate::domain::FindingState::Mended));
    assert!(problems.iter().any(|row| row.finding.deadline.is_some_and(|day| day < today)));
    assert!(problems.iter().any(|row| row.finding.asks_until().is_some()));
    assert!(problems.iter().all(|row| row.finding.item.is_some()), "what was found is of an item");
}

#[tokio::test]
async fn its_reports_are_of_the_period_that_the_desk_shows() {
    let (_folder, database) = published().await;
    let list = checklists_in_force(&database).await.unwrap().remove("rural").unwrap();
    // The first day of the next half-year, when the last one's reports are still in time.
    let at = At(shanghai_midnight(jiff::civil::date(2026, 12, 1)));
    assert!(invent(&database, &at, false).await.unwrap());
    let shown = current(&list.periods, shanghai_date(at.0)).unwrap();
    let periods = database.reports_by_period().await.unwrap();
    assert_eq!(periods.into_keys().collect::<Vec<_>>(), std::slice::from_ref(&shown.id));
    assert!(is_invented(&code(TOWN)) && !is_invented(&code("210726105")));
}

#[tokio::test]
async fn it_is_not_made_among_branches_that_report_in_earnest() {
    let (_folder, database) = published().await;
    let list = checklists_in_force(&database).await.unwrap().remove("rural").unwrap();
    let branch = Unit { parent: None, ..units().pop().unwrap() };
    let branch = Unit { code: code("210726105201"), ..branch };
    let tree = database.tree().await.unwrap();
    database
        .import_units(&tree, std::slice::from_ref(&branch), From::Ever, None, &[])
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(invent(&database, &NOW, false).await, Err(Refusal::AmongOthers)));
    let inbox = Inbox::start(database.clone());
    let phone = phone(&branch.code, 0);
    send(&inbox, &NOW, &list, &list.periods[0], &phone, (0, 0), Pattern::All, Vec::new()).await.unwrap();
    assert!(matches!(invent(&database, &NOW, true).await, Err(Refusal::InEarnest)));
    assert_eq!(database.tree().await.unwrap().all().count(), 1);
}
