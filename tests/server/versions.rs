//! Two versions of the standard: a submission of either is taken and scored by its own.

use crate::{
    Stage,
    common::{Program, builtin, file, honest},
    receipt, refused,
};
use biaochi::{
    domain::{Assessment, Checklist, Entry, Points, Submission, score},
    protocol::{ProblemKind, PublishedStandard, paths},
    server::database::Database,
};
use reqwest::{Method, StatusCode};

/// The next version: the first item is gone, its points are the second one's, whose question is another.
fn newer() -> Checklist {
    let mut list = builtin();
    list.version = "2026.3".into();
    let gone = list.aspects[0].items.remove(0);
    let second = &mut list.aspects[0].items[0];
    second.requirement = "另一个要求".into();
    let (points, more) = (second.parts[0].points, gone.points());
    second.parts[0].points = points.saturating_add(more);
    list
}

fn own_score(list: &Checklist, sent: &Submission) -> Points {
    let period = list.period(&sent.period).unwrap();
    score(list, period, &Assessment::new(sent.answers.iter().cloned(), None)).total()
}

/// Answered under the first version, reported under the second: what no longer fits is left out, the rest says when it was given.
fn carried_over(nonce: u64) -> Submission {
    let (old, new) = (builtin(), newer());
    let mut sent = honest(&old, 0, nonce);
    let gone = old.aspects[0].items[0].id.clone();
    sent.answers.retain(|entry| entry.key.item() != Some(&gone));
    let given: Vec<Entry> =
        sent.answers.iter().map(|entry| entry.clone().under_or(&old.hash().unwrap())).collect();
    sent.checklist = new.hash().unwrap();
    sent.answers = Submission::packed(given, &sent.checklist).into();
    sent
}

#[tokio::test]
async fn a_submission_of_any_published_version_is_taken_and_scored_by_its_own() {
    let mut stage = Stage::new(2, &[]).await;
    for number in 0..2 {
        stage.activate(number).await;
    }
    let (old, new) = (builtin(), newer());
    let before = honest(&old, 0, 1);
    let put = async |stage: &Stage, number: usize, sent: &Submission| {
        stage.put(number, &paths::submission(sent.id), serde_json::to_vec(sent).unwrap()).await
    };
    let first = receipt(put(&stage, 0, &before).await, StatusCode::CREATED).await;
    let early = carried_over(9);
    refused(put(&stage, 0, &early).await, ProblemKind::Refused).await;

    // The second version is published while the endpoint serves; another one starts on the same file as well.
    let database = Database::open(&file(&stage.folder)).await.unwrap();
    database.publish(std::slice::from_ref(&new), &[], &[]).await.unwrap();
    database.close().await;
    for restarted in [false, true] {
        if restarted {
            stage.program.kill();
            stage.program = Program::start(&file(&stage.folder), &[]);
        }
        let published = stage.open(Method::GET, paths::STANDARD).send().await.unwrap();
        let published: PublishedStandard = published.json().await.unwrap();
        assert_eq!(
            (published.version.as_str(), &published.checklists[0].hash),
            ("2026.3", &new.hash().unwrap())
        );
        for list in [&old, &new] {
            let body =
                stage.open(Method::GET, &paths::checklist(&list.hash().unwrap())).send().await.unwrap();
            assert_eq!(body.json::<Checklist>().await.unwrap(), *list);
        }
        let nonce = 10 + u64::from(restarted);
        let still_old = honest(&old, 1, nonce + 50);
        let moved = carried_over(nonce);
        let of_old = receipt(put(&stage, 1, &still_old).await, StatusCode::CREATED).await;
        let of_new = receipt(put(&stage, 0, &moved).await, StatusCode::CREATED).await;
        assert_eq!(of_old.score, own_score(&old, &still_old));
        assert_eq!(of_new.score, own_score(&new, &moved));
        let back = stage.phone(0, Method::GET, &paths::submission(moved.id)).send().await.unwrap();
        assert_eq!(back.bytes().await.unwrap(), serde_json::to_vec(&moved).unwrap(), "the same bytes");
    }
    assert_eq!(first.score, own_score(&old, &before));
    let again = receipt(put(&stage, 0, &before).await, StatusCode::OK).await;
    assert_eq!(again, first, "the first receipt, whatever is in force by now");

    // An answer to what its own version does not ask is refused, also where the other version asks it.
    let mut mixed = carried_over(20);
    mixed.answers = honest(&old, 0, 20).answers;
    let problem = refused(put(&stage, 0, &mixed).await, ProblemKind::Refused).await;
    assert!(problem.faults[0].contains("not in this checklist"), "{:?}", problem.faults);
}
