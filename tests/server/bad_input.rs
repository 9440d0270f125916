//! Bad input: each is refused with its reason, and nothing of it is stored.

use crate::{Stage, common::honest, refused};
use biaochi::{
    domain::{AnswerKey, AnswerValue, Entry, ItemId, PartAnswer, PartId, Submission},
    protocol::{ProblemKind, SubmissionSummary, paths},
};
use reqwest::Method;

#[tokio::test]
async fn answers_that_do_not_fit_are_refused_one_by_one() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    fn note(sent: &mut Submission, text: String) {
        let item = sent.answers.last().and_then(|entry| entry.key.item()).unwrap().clone();
        let stamp = sent.answers[0].stamp;
        let value = AnswerValue::Text { text };
        sent.answers.push(Entry { key: AnswerKey::Note { item }, stamp, value, under: None });
    }
    fn answered(sent: &mut Submission) -> &mut Entry {
        sent.answers.iter_mut().find(|entry| matches!(entry.key, AnswerKey::Part { .. })).unwrap()
    }
    type Break = fn(&mut Submission);
    let cases: [(&str, Break, ProblemKind); 6] = [
        ("1 MB note", |s| note(s, "记".repeat(350_000)), ProblemKind::TooLarge),
        ("long note", |s| note(s, "记".repeat(501)), ProblemKind::Refused),
        ("control characters", |s| note(s, "响\u{7}铃\u{0}".into()), ProblemKind::Refused),
        (
            "unknown item",
            |s| {
                let (item, part) = (ItemId::new("NC-Z9").unwrap(), PartId::new("p1").unwrap());
                answered(s).key = AnswerKey::Part { item, part };
            },
            ProblemKind::Refused,
        ),
        (
            "out of range",
            |s| {
                let absurd = PartAnswer::Share { numerator: 5, denominator: 4 };
                answered(s).value = AnswerValue::part(Some(absurd));
            },
            ProblemKind::Refused,
        ),
        ("wrong kind", |s| answered(s).value = AnswerValue::Text { text: "是".into() }, ProblemKind::Refused),
    ];
    for (name, break_it, kind) in cases {
        let mut sent = honest(&stage.checklist, 0, 1);
        break_it(&mut sent);
        let answer = stage.put(0, &paths::submission(sent.id), serde_json::to_vec(&sent).unwrap()).await;
        let problem = refused(answer, kind).await;
        assert_eq!(problem.faults.len(), usize::from(kind == ProblemKind::Refused), "{name}: {problem:?}");
    }
    nothing_is_stored(&stage).await;
}

#[tokio::test]
async fn what_is_no_submission_is_refused_before_it_is_looked_at() {
    let stage = Stage::new(1, &[]).await;
    stage.activate(0).await;
    let sent = honest(&stage.checklist, 0, 1);
    let path = paths::submission(sent.id);
    let whole = serde_json::to_vec(&sent).unwrap();
    for (name, body) in [
        ("empty", Vec::new()),
        ("cut off", whole[..whole.len() / 2].to_vec()),
        ("no UTF-8", [&whole[..20], b"\xff\xfe", &whole[20..]].concat()),
        ("deep", [vec![b'['; 200_000], vec![b']'; 200_000]].concat()),
        ("a list", b"[]".to_vec()),
        ("HTML", b"<html>".to_vec()),
    ] {
        let problem = refused(stage.put(0, &path, body).await, ProblemKind::Malformed).await;
        assert!(!problem.detail.is_empty(), "{name}");
    }
    let future = br#"{"format":2,"answers":"in quite another shape"}"#.to_vec();
    refused(stage.put(0, &path, future).await, ProblemKind::UnknownFormat).await;
    let typed = stage.phone(0, Method::PUT, &path).header("content-type", "text/plain").body(whole.clone());
    refused(typed.send().await.unwrap(), ProblemKind::WrongContentType).await;
    let untyped = stage.phone(0, Method::PUT, &path).body(whole.clone());
    refused(untyped.send().await.unwrap(), ProblemKind::WrongContentType).await;
    refused(stage.put(0, "/api/v1/submissions/no-uuid", whole).await, ProblemKind::Refused).await;
    let activation = stage.open(Method::POST, paths::ACTIVATE).header("content-type", "application/json");
    refused(activation.body(vec![b' '; 5_000]).send().await.unwrap(), ProblemKind::TooLarge).await;
    nothing_is_stored(&stage).await;
}

async fn nothing_is_stored(stage: &Stage) {
    let list = stage.phone(0, Method::GET, paths::SUBMISSIONS).send().await.unwrap();
    assert!(list.json::<Vec<SubmissionSummary>>().await.unwrap().is_empty());
}
