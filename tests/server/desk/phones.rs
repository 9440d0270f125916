//! What the branches of the county do meanwhile, on their phones.

use super::County;
use crate::common::{activation, builtin, honest, token};
use biaochi::{
    domain::{ContentHash, Submission, SubmissionId},
    protocol::{SubmissionSummary, paths},
};
use reqwest::{Client, Method, StatusCode};

impl County {
    async fn phone(&self, number: usize, method: Method, path: &str, body: Vec<u8>) -> reqwest::Response {
        let request = Client::new().request(method, format!("{}{path}", self.program.base));
        let request = request.bearer_auth(token(number)).header("content-type", "application/json");
        request.body(body).send().await.unwrap()
    }

    /// The branch with this number submits for the first time, all that it can say changed by this.
    pub(crate) async fn submits(&self, number: usize, change: impl FnOnce(&mut Submission)) -> SubmissionId {
        let activate = Client::new().post(format!("{}{}", self.program.base, paths::ACTIVATE));
        let activated = activate.json(&activation(number)).send().await.unwrap();
        assert_eq!(activated.status(), StatusCode::OK);
        self.sends(number, number as u64, change).await
    }

    /// It submits.
    pub(crate) async fn sends(
        &self,
        number: usize,
        nonce: u64,
        change: impl FnOnce(&mut Submission),
    ) -> SubmissionId {
        let mut submission = honest(&builtin(), number, nonce);
        change(&mut submission);
        let (id, bytes) = (submission.id, serde_json::to_vec(&submission).unwrap());
        let answer = self.phone(number, Method::PUT, &paths::submission(id), bytes).await;
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::CREATED, "{text}");
        id
    }

    /// It brings a photo.
    pub(crate) async fn brings(&self, number: usize, photo: Vec<u8>) -> StatusCode {
        let path = paths::photo(&ContentHash::of(&photo));
        let request = Client::new().put(format!("{}{path}", self.program.base)).bearer_auth(token(number));
        let request = request.header("content-type", "image/jpeg").body(photo);
        request.send().await.unwrap().status()
    }

    /// It takes one back.
    pub(crate) async fn withdraws(&self, number: usize, id: SubmissionId) -> StatusCode {
        self.phone(number, Method::PUT, &paths::withdrawal(id), Vec::new()).await.status()
    }

    /// What its phone is told of what it sent.
    pub(crate) async fn submissions(&self, number: usize) -> Vec<SubmissionSummary> {
        self.phone(number, Method::GET, paths::SUBMISSIONS, Vec::new()).await.json().await.unwrap()
    }
}
