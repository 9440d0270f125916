//! Phones and their branches: several branches on one phone, unbinding, codes for other phones.

use crate::{
    Stage,
    common::{code, device, token},
    refused,
};
use biaochi::{
    domain::ContentHash,
    protocol::{ProblemKind, paths},
};
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

/// Phone 0 uses the code of a branch, with a token of its own for it.
async fn join(stage: &Stage, branch: usize, phone: usize, token: &str) -> Response {
    let body = json!({ "code": code(branch), "device": device(phone), "token_hash": ContentHash::of(token.as_bytes()) });
    stage.open(Method::POST, paths::ACTIVATE).json(&body).send().await.unwrap()
}

#[tokio::test]
async fn one_phone_looks_after_two_branches_and_leaves_one() {
    let stage = Stage::new(2, &[]).await;
    for branch in 0..2 {
        assert_eq!(join(&stage, branch, 0, &token(branch)).await.status(), StatusCode::OK);
    }
    let left = stage.phone(0, Method::DELETE, paths::THIS_DEVICE).send().await.unwrap();
    assert_eq!(left.status(), StatusCode::NO_CONTENT);
    let gone = stage.phone(0, Method::GET, paths::BRANCH).send().await.unwrap();
    refused(gone, ProblemKind::Revoked).await;
    let kept = stage.phone(1, Method::GET, paths::BRANCH).send().await.unwrap();
    assert_eq!(kept.status(), StatusCode::OK, "the other branch stays on the phone");
    refused(join(&stage, 0, 0, &token(0)).await, ProblemKind::Revoked).await;
}

#[tokio::test]
async fn a_token_opens_one_branch_only() {
    let stage = Stage::new(2, &[]).await;
    assert_eq!(join(&stage, 0, 0, &token(0)).await.status(), StatusCode::OK);
    refused(join(&stage, 1, 0, &token(0)).await, ProblemKind::Refused).await;
    assert_eq!(join(&stage, 1, 0, "another").await.status(), StatusCode::OK, "the code is not burnt");
}

#[tokio::test]
async fn a_phone_asks_for_ten_codes_in_ten_minutes_at_most() {
    let stage = Stage::new(2, &[]).await;
    stage.activate(0).await;
    stage.activate(1).await;
    let ask = |phone| stage.phone(phone, Method::POST, paths::DEVICE_CODES).send();
    for _ in 0..10 {
        assert_eq!(ask(0).await.unwrap().status(), StatusCode::OK);
    }
    let slowed = ask(0).await.unwrap();
    assert!(slowed.headers().contains_key("retry-after"));
    refused(slowed, ProblemKind::TooManyAttempts).await;
    assert_eq!(ask(1).await.unwrap().status(), StatusCode::OK, "another phone is not held up");
}
