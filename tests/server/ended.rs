//! The phones of a branch that has ended: told plainly, refused gently, and nothing of theirs is lost.

use crate::{
    Stage,
    common::{branch, device, file, honest, token},
    receipt, refused,
};
use biaochi::{
    domain::{BranchProfile, ContentHash, FindingEntry, FindingField, FindingId, FindingValue, Stamp},
    protocol::{BranchInfo, NewFindings, ProblemKind, StampedProfile, SubmissionSummary, paths},
};
use reqwest::{Method, StatusCode};
use std::process::Command;

impl Stage {
    /// The command line over the database that is served.
    fn clerk(&self, words: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_biaochi"));
        let ran = command.arg("--database").arg(file(&self.folder).to_string()).args(words).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8(ran.stdout).unwrap()
    }

    async fn told(&self, phone: usize) -> BranchInfo {
        self.phone(phone, Method::GET, paths::BRANCH).send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn its_phones_read_on_send_no_more_and_hear_where_it_went() {
    let stage = Stage::new(3, &[]).await;
    stage.activate(0).await;
    let first = honest(&stage.checklist, 0, 1);
    let bytes = serde_json::to_vec(&first).unwrap();
    let delivered =
        receipt(stage.put(0, &paths::submission(first.id), bytes.clone()).await, StatusCode::CREATED).await;
    assert_eq!(stage.told(0).await.ended, None);

    let codes = [branch(0), branch(1)].map(|code| code.to_string());
    let merge = [
        "roster",
        "merge",
        &codes[0],
        &codes[1],
        "--code",
        "whole",
        "--name",
        "联合党支部",
        "--on",
        "2026-09-01",
    ];
    stage.clerk(&merge);
    let ended = stage.told(0).await.ended.unwrap();
    assert_eq!(
        (ended.on, ended.merged_into.unwrap().name),
        (jiff::civil::date(2026, 9, 1), "联合党支部".into())
    );

    // What was delivered stays so, to be read and to be asked for again.
    let again = receipt(stage.put(0, &paths::submission(first.id), bytes).await, StatusCode::OK).await;
    assert_eq!(again, delivered, "an answer that was lost is not lost for good");
    let listed: Vec<SubmissionSummary> =
        stage.phone(0, Method::GET, paths::SUBMISSIONS).send().await.unwrap().json().await.unwrap();
    assert_eq!(listed.len(), 1);

    // Whatever would be new is refused, of every kind that travels.
    let second = honest(&stage.checklist, 0, 2);
    let stamp = Stamp { ms: 1, count: 0, device: device(0) };
    let value = FindingValue::Text { text: "补上签到表".into() };
    let word = FindingEntry {
        finding: FindingId::from_parts(1, &[1; 10]),
        field: FindingField::Measure,
        stamp,
        value,
    };
    let photo = paths::photo(&ContentHash::of(b"x"));
    for (path, body) in [
        (paths::submission(second.id), serde_json::to_vec(&second).unwrap()),
        (paths::withdrawal(first.id), Vec::new()),
        (paths::FINDINGS.into(), serde_json::to_vec(&NewFindings { entries: vec![word].into() }).unwrap()),
        (
            paths::PROFILE.into(),
            serde_json::to_vec(&StampedProfile { stamp, profile: BranchProfile::default() }).unwrap(),
        ),
        (photo, b"x".to_vec()),
    ] {
        let problem = refused(stage.put(0, &path, body).await, ProblemKind::BranchEnded).await;
        assert_eq!(problem.status, 403, "an app that does not know the word pauses: {path}");
    }
    let more = stage.phone(0, Method::POST, paths::DEVICE_CODES).send().await.unwrap();
    refused(more, ProblemKind::BranchEnded).await;
    // A code that was handed out before is of no use either, and the phone is told why.
    let late =
        stage.open(Method::POST, paths::ACTIVATE).json(&crate::common::activation(1)).send().await.unwrap();
    refused(late, ProblemKind::BranchEnded).await;
    // The others go on.
    stage.activate(2).await;
    let other = honest(&stage.checklist, 2, 3);
    let bytes = serde_json::to_vec(&other).unwrap();
    receipt(stage.put(2, &paths::submission(other.id), bytes).await, StatusCode::CREATED).await;

    // Entered by mistake: all of it is as it was, and what waited arrives.
    stage.clerk(&["roster", "end", &codes[0], "--undo"]);
    assert_eq!(stage.told(0).await.ended, None);
    let bytes = serde_json::to_vec(&second).unwrap();
    receipt(stage.put(0, &paths::submission(second.id), bytes).await, StatusCode::CREATED).await;
    let unbound = stage.open(Method::DELETE, paths::THIS_DEVICE).bearer_auth(token(0)).send().await.unwrap();
    assert_eq!(unbound.status(), StatusCode::NO_CONTENT);
}
