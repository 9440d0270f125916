//! Behind a reverse proxy all connections come from one address: who guesses is told apart by what the proxy says.

use crate::{
    Stage,
    common::{activation, device},
    refused,
};
use biaochi::{
    domain::ContentHash,
    protocol::{ProblemKind, paths},
};
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

async fn guess(stage: &Stage, number: usize, from: &str) -> Response {
    let body = json!({
        "code": format!("9999{number:08}"), "device": device(0), "token_hash": ContentHash::of(b"guess"),
    });
    let request = stage.open(Method::POST, paths::ACTIVATE).header("x-forwarded-for", from);
    request.json(&body).send().await.unwrap()
}

async fn honest(stage: &Stage, number: usize, from: &str) -> Response {
    let request = stage.open(Method::POST, paths::ACTIVATE).header("x-forwarded-for", from);
    request.json(&activation(number)).send().await.unwrap()
}

#[tokio::test]
async fn who_guesses_locks_out_nobody_else_and_cannot_hide() {
    let stage = Stage::new(2, &[]).await;
    for number in 0..30 {
        // What a client writes in front of its own address is not believed.
        let from = format!("10.9.8.{number}, 203.0.113.9");
        refused(guess(&stage, number, &from).await, ProblemKind::CodeWrong).await;
    }
    let next = guess(&stage, 31, "1.1.1.1, 203.0.113.9").await;
    assert!(next.headers().contains_key("retry-after"));
    refused(next, ProblemKind::TooManyAttempts).await;
    assert_eq!(honest(&stage, 0, "198.51.100.7").await.status(), StatusCode::OK);
    assert_eq!(honest(&stage, 1, "").await.status(), StatusCode::OK, "nor who comes without a proxy");
}

#[tokio::test]
async fn a_header_from_anywhere_else_is_not_believed() {
    let stage = Stage::new(1, &["--trusted-proxy", "10.0.0.0/8,192.0.2.1"]).await;
    for number in 0..30 {
        let from = format!("203.0.113.{number}");
        refused(guess(&stage, number, &from).await, ProblemKind::CodeWrong).await;
    }
    refused(honest(&stage, 0, "198.51.100.7").await, ProblemKind::TooManyAttempts).await;
}

#[tokio::test]
async fn a_burst_of_guesses_gets_no_further_than_one_after_another() {
    let stage = Stage::new(0, &[]).await;
    let guesses = (0..60).map(|number| {
        let (client, url) = (stage.client.clone(), format!("{}{}", stage.program.base, paths::ACTIVATE));
        let body = json!({
            "code": format!("9999{number:08}"), "device": device(0), "token_hash": ContentHash::of(b"guess"),
        });
        tokio::spawn(async move { client.post(url).json(&body).send().await.unwrap().status() })
    });
    let mut tried = 0;
    for task in guesses.collect::<Vec<_>>() {
        tried += usize::from(task.await.unwrap() == StatusCode::NOT_FOUND);
    }
    assert_eq!(tried, 30);
}
