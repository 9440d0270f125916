//! Every call to the endpoint, typed. Answers are checked here: a hash that does not fit is no answer.

use super::{
    api::{Api, ApiError, Body, Method, Reply, Request, classify},
    clock::ClockOffset,
    store::{HeardFindings, StandardCopy},
    token::Token,
};
use crate::{
    domain::{ContentHash, FindingEntry, Open, SubmissionId, Unread},
    json::{self, FromJson},
    protocol::{
        ActivateRequest, Activated, BranchFindings, BranchInfo, DeviceCode, NewFindings, Problem,
        ProblemKind, Receipt, StampedProfile, SubmissionSummary, paths,
    },
};
use std::{cell::Cell, collections::BTreeSet};

/// The endpoint's calls over some transport. Notes on the way whether the endpoint answered at all, and its clock.
#[derive(Debug)]
pub struct Client<'a, A, N> {
    api: &'a A,
    now: N,
    clock: Cell<ClockOffset>,
    confirmed: Cell<u64>,
    reached: Cell<bool>,
}

/// What the endpoint says of the standard in force.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::large_enum_variant, reason = "one answer at a time, taken apart at once")
)]
pub enum StandardAnswer {
    /// The phone has it.
    Unchanged,
    /// None has been published yet.
    NonePublished,
    /// This one.
    Published(StandardCopy),
}

impl<'a, A: Api, N: Fn() -> u64> Client<'a, A, N> {
    /// `now` is the phone's own clock in milliseconds since 1970-01-01 UTC, `clock` how far it is off as known so far.
    pub fn new(api: &'a A, now: N, clock: ClockOffset) -> Self {
        Self { api, now, clock: Cell::new(clock), confirmed: Cell::new(0), reached: Cell::new(false) }
    }

    /// How far the phone's clock is off, as the answers so far have it.
    pub fn clock(&self) -> ClockOffset {
        self.clock.get()
    }

    /// The latest time that the endpoint has said; 0 when it has said none.
    pub fn confirmed(&self) -> u64 {
        self.confirmed.get()
    }

    /// Whether our endpoint has answered anything at all.
    pub fn reached(&self) -> bool {
        self.reached.get()
    }

    /// 启用. The token is stored before this is called, so that the same request again succeeds.
    pub async fn activate(&self, request: &ActivateRequest) -> Result<Activated, ApiError> {
        let body = serde_json::to_string(request).map_err(|error| ApiError::Unreadable(error.to_string()))?;
        read(&self.ask(Method::Post, paths::ACTIVATE, None, Some(&body)).await?)
    }

    /// A ten-minute code for another phone of the branch.
    pub async fn device_code(&self, token: &Token) -> Result<DeviceCode, ApiError> {
        read(&self.ask(Method::Post, paths::DEVICE_CODES, Some(token), None).await?)
    }

    /// Unbinds this phone. That it was unbound already is success.
    pub async fn unbind(&self, token: &Token) -> Result<(), ApiError> {
        match self.ask(Method::Delete, paths::THIS_DEVICE, Some(token), None).await {
            Err(error) if !error.token_refused() => Err(error),
            _ => Ok(()),
        }
    }

    /// What the roster says of the branch.
    pub async fn branch(&self, token: &Token) -> Result<BranchInfo, ApiError> {
        read(&self.ask(Method::Get, paths::BRANCH, Some(token), None).await?)
    }

    /// 支部基本情况 as some phone of the branch last wrote it; `None` when none has.
    pub async fn profile(&self, token: &Token) -> Result<Option<StampedProfile>, ApiError> {
        match self.ask(Method::Get, paths::PROFILE, Some(token), None).await {
            Ok(reply) => read(&reply).map(Some),
            Err(error) if error.kind() == Some(ProblemKind::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends 支部基本情况, the frozen JSON of a [`StampedProfile`]. The endpoint keeps the highest stamp: again is success.
    pub async fn put_profile(&self, token: &Token, body: &str) -> Result<(), ApiError> {
        self.ask(Method::Put, paths::PROFILE, Some(token), Some(body)).await.map(drop)
    }

    /// 问题和整改 of the branch, unless they are those of this `ETag`.
    pub async fn findings(
        &self,
        token: &Token,
        etag: Option<&str>,
    ) -> Result<Option<HeardFindings>, ApiError> {
        let request = Request {
            method: Method::Get,
            path: paths::FINDINGS,
            token: Some(token.secret()),
            body: None,
            if_none_match: etag,
        };
        let reply = self.send(request).await?;
        if reply.status == 304 { Ok(None) } else { heard(&reply).map(Some) }
    }

    /// Sends words on findings; again is success. Answers all that the endpoint has now, these among it.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Unreadable`] also when the answer lacks what was sent.
    pub async fn put_findings(
        &self,
        token: &Token,
        entries: Open<FindingEntry>,
    ) -> Result<HeardFindings, ApiError> {
        let sent = NewFindings { entries };
        let body = serde_json::to_string(&sent).map_err(|error| ApiError::Unreadable(error.to_string()))?;
        let heard = heard(&self.ask(Method::Put, paths::FINDINGS, Some(token), Some(&body)).await?)?;
        let unread: BTreeSet<&Unread> = heard.all.entries.unread().collect();
        if sent.entries.iter().all(|entry| heard.all.entries.contains(entry))
            && sent.entries.unread().all(|one| unread.contains(one))
        {
            Ok(heard)
        } else {
            Err(ApiError::Unreadable("the answer lacks some of what was sent".into()))
        }
    }

    /// 上报 of the frozen bytes. Whether they arrive for the first time (201) or again (200), the receipt is the same.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::Unreadable`] also when the receipt is for other bytes than these.
    pub async fn submit(&self, token: &Token, id: SubmissionId, body: &str) -> Result<Receipt, ApiError> {
        let path = paths::submission(id);
        let receipt: Receipt = read(&self.ask(Method::Put, &path, Some(token), Some(body)).await?)?;
        if receipt.submission == id && receipt.sha256 == ContentHash::of(body.as_bytes()) {
            Ok(receipt)
        } else {
            Err(ApiError::Unreadable("the receipt is for something else than what was sent".into()))
        }
    }

    /// 撤回; again is success.
    pub async fn withdraw(&self, token: &Token, id: SubmissionId) -> Result<(), ApiError> {
        self.ask(Method::Put, &paths::withdrawal(id), Some(token), None).await.map(drop)
    }

    /// All submissions of the branch with their reviews.
    pub async fn submissions(&self, token: &Token) -> Result<Open<SubmissionSummary>, ApiError> {
        read(&self.ask(Method::Get, paths::SUBMISSIONS, Some(token), None).await?)
    }

    /// The bytes of one submission, proven by the hash in its receipt.
    pub async fn submission_body(
        &self,
        token: &Token,
        id: SubmissionId,
        sha256: &ContentHash,
    ) -> Result<String, ApiError> {
        proven(self.ask(Method::Get, &paths::submission(id), Some(token), None).await?, sha256)
    }

    /// The standard in force, unless it is the one of this `ETag`.
    pub async fn standard(&self, etag: Option<&str>) -> Result<StandardAnswer, ApiError> {
        let request = Request {
            method: Method::Get,
            path: paths::STANDARD,
            token: None,
            body: None,
            if_none_match: etag,
        };
        match self.send(request).await {
            Ok(reply) if reply.status == 304 => Ok(StandardAnswer::Unchanged),
            Ok(reply) => {
                let published = read(&reply)?;
                Ok(StandardAnswer::Published(StandardCopy { etag: reply.etag, published }))
            }
            Err(error) if error.kind() == Some(ProblemKind::NotFound) => Ok(StandardAnswer::NonePublished),
            Err(error) => Err(error),
        }
    }

    /// The text of one checklist, proven by its hash.
    pub async fn checklist(&self, hash: &ContentHash) -> Result<String, ApiError> {
        proven(self.ask(Method::Get, &paths::checklist(hash), None, None).await?, hash)
    }

    /// The text of one document of 一编一册, proven by its hash.
    pub async fn document(&self, hash: &ContentHash) -> Result<String, ApiError> {
        proven(self.ask(Method::Get, &paths::document(hash), None, None).await?, hash)
    }

    /// Whether the endpoint has a photo of the branch.
    pub async fn has_photo(&self, token: &Token, sha256: &ContentHash) -> Result<bool, ApiError> {
        match self.ask(Method::Head, &paths::photo(sha256), Some(token), None).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == Some(ProblemKind::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Brings a photo; again is success.
    ///
    /// # Errors
    /// [`ApiError`]; without asking the endpoint, that these are not the bytes of the hash.
    pub async fn put_photo(
        &self,
        token: &Token,
        sha256: &ContentHash,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<(), ApiError> {
        if &ContentHash::of(bytes) != sha256 {
            let problem = Problem::new(ProblemKind::WrongHash, "the photo on this phone is spoilt");
            return Err(ApiError::Problem { problem, retry_after_s: None });
        }
        let (path, body) = (paths::photo(sha256), Some(Body::Photo { media_type, bytes }));
        let token = Some(token.secret());
        let request = Request { method: Method::Put, path: &path, token, body, if_none_match: None };
        self.send(request).await.map(drop)
    }

    /// The bytes of a photo of the branch, proven by their hash.
    pub async fn photo(&self, token: &Token, sha256: &ContentHash) -> Result<Vec<u8>, ApiError> {
        let reply = self.ask(Method::Get, &paths::photo(sha256), Some(token), None).await?;
        if &ContentHash::of(&reply.bytes) == sha256 {
            Ok(reply.bytes)
        } else {
            Err(ApiError::Unreadable(format!("these are not the bytes of {sha256}")))
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&Token>,
        body: Option<&str>,
    ) -> Result<Reply, ApiError> {
        let body = body.map(Body::Json);
        self.send(Request { method, path, token: token.map(Token::secret), body, if_none_match: None }).await
    }

    async fn send(&self, request: Request<'_>) -> Result<Reply, ApiError> {
        let sent = (self.now)();
        let reply = self.api.send(request).await;
        let received = (self.now)();
        if let Ok(Reply { ours: true, date_ms, .. }) = &reply {
            self.reached.set(true);
            if let Some(date_ms) = date_ms {
                self.clock.set(self.clock.get().learn(sent, *date_ms, received));
                self.confirmed.set(self.confirmed.get().max(*date_ms));
            }
        }
        classify(reply)
    }
}

fn read<T: FromJson>(reply: &Reply) -> Result<T, ApiError> {
    json::from_str(&reply.body).map_err(|error| ApiError::Unreadable(error.to_string()))
}

fn heard(reply: &Reply) -> Result<HeardFindings, ApiError> {
    let all: BranchFindings = read(reply)?;
    Ok(HeardFindings { etag: reply.etag.clone(), all })
}

fn proven(reply: Reply, sha256: &ContentHash) -> Result<String, ApiError> {
    if &ContentHash::of(reply.body.as_bytes()) == sha256 {
        Ok(reply.body)
    } else {
        Err(ApiError::Unreadable(format!("these are not the bytes of {sha256}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::testing::{device, stamp},
        protocol::ActivationCode,
        sync::testing::{FakeEndpoint, Line, NOON, info, refusal, reply, token},
    };
    use pollster::block_on;

    /// Makes one call to which the endpoint answers so.
    fn answered<T>(
        answer: Reply,
        call: impl AsyncFnOnce(&Client<'_, FakeEndpoint, fn() -> u64>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let endpoint = FakeEndpoint::with(&[]);
        endpoint.next("", Line::Says(answer));
        let client = Client::new(&endpoint, (|| NOON) as fn() -> u64, ClockOffset::default());
        block_on(call(&client))
    }

    #[test]
    fn activating_says_which_branch_or_why_not() {
        let code = ActivationCode::parse("123456789012").unwrap();
        let request = ActivateRequest { code, device: device(1), token_hash: token(1).hash() };
        let bound = reply(200, &serde_json::to_string(&Activated { branch: info(1) }).unwrap());
        let got = answered(bound, async |client| client.activate(&request).await);
        assert_eq!(got, Ok(Activated { branch: info(1) }));
        for kind in [ProblemKind::CodeWrong, ProblemKind::CodeUsed, ProblemKind::CodeExpired] {
            let got = answered(refusal(kind), async |client| client.activate(&request).await);
            assert_eq!(got.map_err(|error| error.kind()), Err(Some(kind)));
        }
        let cut_off = answered(reply(200, "{\"bra"), async |client| client.activate(&request).await);
        assert!(matches!(cut_off, Err(ApiError::Unreadable(_))), "to be asked again, not taken for bound");
    }

    #[test]
    fn unbinding_a_phone_that_is_unbound_already_is_success() {
        for answer in [reply(204, ""), refusal(ProblemKind::Revoked), refusal(ProblemKind::Unauthorised)] {
            assert_eq!(answered(answer, async |client| client.unbind(&token(1)).await), Ok(()));
        }
        let failed = answered(refusal(ProblemKind::Internal), async |client| client.unbind(&token(1)).await);
        assert_eq!(failed.map_err(|error| error.kind()), Err(Some(ProblemKind::Internal)));
    }

    #[test]
    fn a_profile_nobody_wrote_is_none() {
        let none = answered(refusal(ProblemKind::NotFound), async |client| client.profile(&token(1)).await);
        assert_eq!(none, Ok(None));
        let written = StampedProfile { stamp: stamp(5, 1), profile: crate::domain::BranchProfile::default() };
        let answer = reply(200, &serde_json::to_string(&written).unwrap());
        assert_eq!(answered(answer, async |client| client.profile(&token(1)).await), Ok(Some(written)));
    }

    #[test]
    fn a_code_for_another_phone_is_read() {
        let code = DeviceCode { code: ActivationCode::parse("123456789012").unwrap(), expires_at: NOON };
        let answer = reply(200, &serde_json::to_string(&code).unwrap());
        assert_eq!(answered(answer, async |client| client.device_code(&token(1)).await), Ok(code));
    }
}
