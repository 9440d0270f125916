//! The endpoint as a phone meets it: the real program over real HTTP, with a real file.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a story that cannot go on fails here"
)]

#[path = "../common/mod.rs"]
mod common;

mod app;
mod bad_input;
mod burst;
mod desk;
mod ended;
mod findings;
mod frozen_phone;
mod https;
mod killed;
mod limits;
mod meanwhile;
mod phones;
mod photos;
mod profile;
mod proxies;
mod pull;
mod start;
mod today;
mod versions;

use biaochi::{
    domain::Checklist,
    protocol::{Problem, ProblemKind, Receipt, SERVER_HEADER, paths},
};
use common::{Program, activation, file, token};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use tempfile::TempDir;

/// A running program over a prepared file.
struct Stage {
    folder: TempDir,
    program: Program,
    client: Client,
    checklist: Checklist,
}

impl Stage {
    async fn new(branches: usize, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        common::prepare(&file(&folder), branches).await;
        let program = Program::start(&file(&folder), options);
        Self { folder, program, client: Client::new(), checklist: common::builtin() }
    }

    /// Over a folder with a prepared file, at this time.
    fn of(folder: TempDir, now_ms: u64) -> Self {
        let program = Program::start_at(now_ms, &file(&folder), &[]);
        Self { folder, program, client: Client::new(), checklist: common::builtin() }
    }

    /// A request without a token.
    fn open(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.program.base))
    }

    /// A request of the phone with this number.
    fn phone(&self, number: usize, method: Method, path: &str) -> RequestBuilder {
        self.open(method, path).bearer_auth(token(number))
    }

    /// Binds the phone with this number to the branch with this number.
    async fn activate(&self, number: usize) {
        let answer = self.open(Method::POST, paths::ACTIVATE).json(&activation(number)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }

    async fn put(&self, number: usize, path: &str, body: impl Into<reqwest::Body>) -> Response {
        let request = self.phone(number, Method::PUT, path).header("content-type", "application/json");
        request.body(body).send().await.unwrap()
    }
}

/// The answer is a refusal of this kind.
async fn refused(answer: Response, kind: ProblemKind) -> Problem {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    assert_eq!(headers["content-type"], "application/problem+json", "{text}");
    assert_eq!(headers[SERVER_HEADER], "1");
    let problem: Problem = serde_json::from_str(&text).unwrap();
    assert_eq!((problem.kind, problem.status), (kind, status.as_u16()), "{text}");
    problem
}

/// The answer is a receipt with this status.
async fn receipt(answer: Response, status: StatusCode) -> Receipt {
    let (got, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(got, status, "{text}");
    serde_json::from_str(&text).unwrap()
}
