//! What no table and no command line stands before.

use super::{
    Refusal,
    adding::{Added, Found, add},
    close, list, send_back,
};
use crate::{
    domain::{
        DeviceId, FindingEntry, FindingField, FindingId, FindingOrigin, FindingState, FindingValue, Stamp,
        finding::endpoint_device,
    },
    server::office::{
        actor::{Actor, Phone, Unheard},
        roster::changes,
        scope,
        testing::{NOW, OPERATOR, code, town},
    },
};
use jiff::civil::date;

fn found(branch: &str, problem: &str) -> Found {
    Found {
        branch: code(branch),
        item: None,
        problem: problem.into(),
        deadline: Some(date(2026, 11, 20)),
        source: String::new(),
    }
}

#[tokio::test]
async fn what_inspectors_found_is_added_all_or_not_at_all_and_once() {
    let (_folder, database) = town().await;
    let all = [found("a", "缺签到表"), found("b", "缺签到表")];
    let added = add(&database, &NOW, &OPERATOR, &all).await.unwrap();
    assert_eq!(added, Added { branches: 2, new: 2, overdue: 2, ..Added::default() });
    let again = add(&database, &NOW, &OPERATOR, &all).await.unwrap();
    assert_eq!(again, Added { branches: 2, same: 2, ..Added::default() });
    changes::end(&database, &NOW, &OPERATOR, "b", date(2026, 11, 24)).await.unwrap();
    for lost in ["b", "t", "x"] {
        let more = [found("a", "缺记录"), found(lost, "缺记录")];
        let refused = add(&database, &NOW, &OPERATOR, &more).await;
        assert!(matches!(refused, Err(Refusal::Scope(scope::Refusal::UnknownUnit(_)))), "{lost}");
    }
    assert_eq!(list(&database, Some("a")).await.unwrap().len(), 1, "nothing of it");
}

#[tokio::test]
async fn several_are_closed_together_or_not_at_all_and_only_from_above() {
    let (_folder, database) = town().await;
    add(&database, &NOW, &OPERATOR, &[found("a", "缺签到表"), found("b", "缺签到表")]).await.unwrap();
    let states = async || {
        let rows = list(&database, None).await.unwrap();
        rows.iter().map(|row| row.finding.state).collect::<Vec<_>>()
    };
    let rows = list(&database, None).await.unwrap();
    let numbers: Vec<String> = rows.iter().map(|row| row.number.clone()).collect();
    let unknown = [numbers[0].clone(), "00000000".into()];
    assert!(matches!(close(&database, &NOW, &OPERATOR, &unknown, true).await, Err(Refusal::Unknown(_))));
    let refused = close(&database, &NOW, &OPERATOR, &numbers, false).await;
    assert!(matches!(refused, Err(Refusal::NotMended { state: FindingState::Open, .. })));
    let device = DeviceId::from_random([1; 16]);
    let phone = Actor::Phone(Phone { branch: code("a"), device, has_ended: false });
    let refused = close(&database, &NOW, &phone, &numbers, true).await;
    assert!(matches!(refused, Err(Refusal::Denied(_))));
    let by = |by: &str| Actor::Operator { by: Some(by.into()) };
    let refused = send_back(&database, &NOW, &by(" \n"), &numbers[0], "照片看不清", None).await;
    assert!(matches!(refused, Err(Refusal::Unheard(Unheard::UnfitName))));
    assert_eq!(states().await, [FindingState::Open; 2]);
    let decided = close(&database, &NOW, &by("张组委"), &numbers, true).await.unwrap();
    assert!(decided.iter().all(|one| one.is_new));
    assert_eq!(states().await, [FindingState::Closed; 2]);
    let verdict = list(&database, None).await.unwrap().remove(0).finding.verdict.unwrap();
    assert_eq!((verdict.by.as_str(), verdict.given_at), ("张组委", NOW.0));
    send_back(&database, &NOW, &OPERATOR, &numbers[0], "照片看不清", None).await.unwrap();
    assert_eq!(states().await, [FindingState::Returned, FindingState::Closed]);
    let verdict = list(&database, None).await.unwrap().remove(0).finding.verdict.unwrap();
    assert_eq!(verdict.by, "镇安镇党委", "whoever is above the branch");
}

/// No honest phone makes an id twice; whoever does must not keep the township from either of them.
#[tokio::test]
async fn of_two_branches_with_one_id_the_branch_tells_which_is_meant() {
    let (_folder, database) = town().await;
    let id = FindingId::from_parts(NOW.0, &[7; 10]);
    let at = endpoint_device();
    for branch in ["a", "b"] {
        let word = |field, value, count| FindingEntry {
            finding: id,
            field,
            stamp: Stamp { ms: NOW.0, count, device: at },
            value,
        };
        let problem = FindingValue::Text { text: "灯不亮".into() };
        let origin = FindingValue::Origin { origin: FindingOrigin::Inspection, detail: String::new() };
        let words = vec![word(FindingField::Problem, problem, 0), word(FindingField::Origin, origin, 1)];
        database.add_findings(&code(branch), &words.into()).await.unwrap().unwrap();
    }
    let number = list(&database, None).await.unwrap().remove(0).number;
    let refused = close(&database, &NOW, &OPERATOR, std::slice::from_ref(&number), true).await;
    assert!(matches!(refused, Err(Refusal::Ambiguous(_, 2))));
    let decided = close(&database, &NOW, &OPERATOR, &[format!("b:{number}")], true).await.unwrap();
    assert_eq!(decided[0].branch, "大岭村党支部");
    send_back(&database, &NOW, &OPERATOR, &format!("a：{number}"), "照片看不清", None).await.unwrap();
    let states: Vec<_> = list(&database, None).await.unwrap().iter().map(|row| row.finding.state).collect();
    assert_eq!(states, [FindingState::Returned, FindingState::Closed]);
    let refused = close(&database, &NOW, &OPERATOR, &[format!("t:{number}")], true).await;
    assert!(matches!(refused, Err(Refusal::Unknown(_))));
}
