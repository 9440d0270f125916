//! The endpoint in memory, whose line can be cut, tapped and hijacked.

use super::{
    super::{Api, Body, Method, NoAnswer, Reply, Request},
    NOON, checklist_body, info, submission_id, token,
};
use crate::{
    domain::{
        BranchCode, ContentHash, Document, Findings, Open, Points, SectorId, StandardId, Submission,
        SubmissionId,
    },
    protocol::{
        BranchFindings, BranchInfo, NewFindings, Problem, ProblemKind, PublishedChecklist, PublishedDocument,
        PublishedStandard, Receipt, Review, SubmissionSummary, paths, receipt::receipt_code,
    },
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
};

/// What happens to a request on its way.
#[derive(Debug, Clone)]
pub(crate) enum Line {
    /// Nothing gets through.
    Cut,
    /// The request arrives, the answer is lost.
    AnswerLost,
    /// A captive portal answers 200 with its own page.
    Portal,
    /// The endpoint answers this instead.
    Says(Reply),
}

/// The endpoint in memory.
#[derive(Default)]
pub(crate) struct FakeEndpoint {
    pub(crate) tokens: RefCell<BTreeMap<String, (BranchInfo, bool)>>,
    pub(crate) stored: RefCell<BTreeMap<SubmissionId, (String, SubmissionSummary)>>,
    pub(crate) published: RefCell<Option<PublishedStandard>>,
    pub(crate) findings: RefCell<BTreeMap<BranchCode, Findings>>,
    /// Checklists and documents, by content.
    pub(crate) checklists: RefCell<BTreeMap<ContentHash, String>>,
    pub(crate) date: Cell<u64>,
    /// What happens to the next requests whose `METHOD path` begins so.
    pub(crate) line: RefCell<VecDeque<(String, Line)>>,
    pub(crate) heard: RefCell<Vec<String>>,
    pub(crate) photos: RefCell<BTreeMap<(BranchCode, ContentHash), Vec<u8>>>,
}

impl FakeEndpoint {
    /// Knows these tokens, and has published the checklist of the tests.
    pub(crate) fn with(tokens: &[(u8, u8)]) -> Self {
        let endpoint = Self::default();
        endpoint.date.set(NOON);
        for (byte, of) in tokens {
            let secret = token(*byte).secret().to_owned();
            endpoint.tokens.borrow_mut().insert(secret, (info(*of), false));
        }
        endpoint.publish(checklist_body());
        endpoint
    }

    pub(crate) fn publish(&self, body: String) {
        let hash = ContentHash::of(body.as_bytes());
        let sector = SectorId::new("rural").unwrap();
        let bytes = body.len() as u64;
        self.checklists.borrow_mut().insert(hash.clone(), body);
        *self.published.borrow_mut() = Some(PublishedStandard {
            standard: StandardId::new("test").unwrap(),
            version: hash.as_str()[..8].into(),
            title: "标准".into(),
            checklists: vec![PublishedChecklist { sector, hash, bytes }].into(),
            documents: Open::default(),
            modules: None,
        });
    }

    /// Publishes these documents beside the checklist.
    pub(crate) fn publish_documents(&self, documents: &[Document]) {
        let mut published = self.published.borrow_mut();
        let published = published.as_mut().unwrap();
        published.documents = documents
            .iter()
            .map(|document| {
                let body = String::from_utf8(document.canonical_json().unwrap()).unwrap();
                let (hash, bytes) = (ContentHash::of(body.as_bytes()), body.len() as u64);
                self.checklists.borrow_mut().insert(hash.clone(), body);
                let Document { id, collection, number, title, .. } = document.clone();
                PublishedDocument { id, collection, number, title, hash, bytes }
            })
            .collect();
    }

    pub(crate) fn next(&self, request: &str, line: Line) {
        self.line.borrow_mut().push_back((request.into(), line));
    }

    pub(crate) fn revoke(&self, byte: u8) {
        if let Some(known) = self.tokens.borrow_mut().get_mut(token(byte).secret()) {
            known.1 = true;
        }
    }

    pub(crate) fn reinstate(&self, byte: u8) {
        if let Some(known) = self.tokens.borrow_mut().get_mut(token(byte).secret()) {
            known.1 = false;
        }
    }

    pub(crate) fn review(&self, number: u8, review: Review) {
        if let Some((_, summary)) = self.stored.borrow_mut().get_mut(&submission_id(number)) {
            summary.reviews.push(review);
        }
    }

    pub(crate) fn heard(&self, request: &str) -> usize {
        self.heard.borrow().iter().filter(|heard| heard.starts_with(request)).count()
    }

    fn answer(&self, request: Request<'_>) -> Reply {
        match (request.method, request.path) {
            (Method::Get, paths::STANDARD) => {
                let published = self.published.borrow();
                let Some(published) = published.as_ref() else { return refusal(ProblemKind::NotFound) };
                let body = serde_json::to_string(published).unwrap();
                let etag = Some(format!("\"{}\"", ContentHash::of(body.as_bytes())));
                if request.if_none_match == etag.as_deref() {
                    return Reply { etag, ..reply(304, "") };
                }
                return Reply { etag, ..reply(200, &body) };
            }
            (Method::Get, path)
                if ["/api/v1/checklists/", "/api/v1/documents/"]
                    .iter()
                    .any(|begin| path.starts_with(begin)) =>
            {
                let hash = ContentHash::try_from(path.rsplit('/').next().unwrap().to_owned()).unwrap();
                let found = self.checklists.borrow().get(&hash).map(|body| reply(200, body));
                return found.unwrap_or_else(|| refusal(ProblemKind::NotFound));
            }
            _ => {}
        }
        let caller = self.tokens.borrow().get(request.token.unwrap_or("")).cloned();
        let branch = match caller {
            None => return refusal(ProblemKind::Unauthorised),
            Some((_, true)) => return refusal(ProblemKind::Revoked),
            Some((branch, false)) => branch,
        };
        // What was delivered before it ended may still be made whole.
        let makes_whole = || {
            let photo = request.path.strip_prefix("/api/v1/photos/");
            let stored = self.stored.borrow();
            photo.is_some_and(|sha256| stored.values().any(|(body, _)| body.contains(sha256)))
        };
        if branch.ended.is_some() && request.method == Method::Put && !makes_whole() {
            return refusal(ProblemKind::BranchEnded);
        }
        match (request.method, request.path) {
            (Method::Get, paths::BRANCH) => reply(200, &serde_json::to_string(&branch).unwrap()),
            (Method::Put, paths::PROFILE) => reply(200, json(&request)),
            (method, paths::FINDINGS) => {
                let mut kept = self.findings.borrow_mut();
                let kept = kept.entry(branch.code).or_default();
                if method == Method::Put {
                    let sent: NewFindings = serde_json::from_str(json(&request)).unwrap();
                    kept.merge(BranchFindings { entries: sent.entries, verdicts: Open::default() }.into());
                }
                let body = serde_json::to_string(&BranchFindings::from(kept.clone())).unwrap();
                let etag = Some(format!("\"{}\"", ContentHash::of(body.as_bytes())));
                if method == Method::Get && request.if_none_match == etag.as_deref() {
                    return Reply { etag, ..reply(304, "") };
                }
                Reply { etag, ..reply(200, &body) }
            }
            (method, path) if path.starts_with("/api/v1/photos/") => {
                let sha256 = ContentHash::try_from(path.rsplit('/').next().unwrap().to_owned()).unwrap();
                self.photo(method, &branch.code, sha256, request.body)
            }
            (Method::Get, paths::SUBMISSIONS) => {
                let stored = self.stored.borrow();
                let of_branch = |body: &str| {
                    serde_json::from_str::<Submission>(body).is_ok_and(|found| found.branch == branch.code)
                };
                let listed = stored.values().filter(|(body, _)| of_branch(body));
                let list: Vec<_> = listed
                    .map(|(body, summary)| {
                        let photos = serde_json::from_str::<Submission>(body).unwrap().photos();
                        let here = self.photos.borrow();
                        let missing = photos
                            .into_iter()
                            .filter(|sha256| !here.contains_key(&(branch.code.clone(), sha256.clone())));
                        SubmissionSummary { missing: missing.collect(), ..summary.clone() }
                    })
                    .collect();
                reply(200, &serde_json::to_string(&list).unwrap())
            }
            (Method::Put, path) if path.ends_with("/withdrawal") => {
                let id = path.trim_end_matches("/withdrawal").rsplit('/').next().unwrap().parse().unwrap();
                match self.stored.borrow_mut().get_mut(&id) {
                    Some((_, summary)) => {
                        summary.withdrawn = true;
                        reply(204, "")
                    }
                    None => refusal(ProblemKind::NotFound),
                }
            }
            (method, path) => {
                let id: SubmissionId = path.rsplit('/').next().unwrap().parse().unwrap();
                match method {
                    Method::Put => self.store(id, json(&request)),
                    _ => reply(200, &self.stored.borrow()[&id].0),
                }
            }
        }
    }

    fn photo(
        &self,
        method: Method,
        branch: &BranchCode,
        sha256: ContentHash,
        body: Option<Body<'_>>,
    ) -> Reply {
        let at = (branch.clone(), sha256);
        let known = self.photos.borrow().get(&at).cloned();
        match (method, body, known) {
            (Method::Put, Some(Body::Photo { bytes, .. }), known) if ContentHash::of(bytes) == at.1 => {
                self.photos.borrow_mut().insert(at, bytes.into());
                reply(if known.is_some() { 200 } else { 201 }, "")
            }
            (Method::Put, ..) => refusal(ProblemKind::WrongHash),
            (Method::Head, _, Some(_)) => reply(200, ""),
            (Method::Get, _, Some(bytes)) => Reply { bytes, ..reply(200, "") },
            // A HEAD's answer has no body to say why.
            (Method::Head, _, None) => reply(404, ""),
            _ => refusal(ProblemKind::NotFound),
        }
    }

    pub(crate) fn store(&self, id: SubmissionId, body: &str) -> Reply {
        let mut stored = self.stored.borrow_mut();
        if let Some((first, summary)) = stored.get(&id) {
            if first != body {
                return refusal(ProblemKind::DifferentBytes);
            }
            return reply(200, &serde_json::to_string(&summary.receipt).unwrap());
        }
        let submission: Submission = serde_json::from_str(body).unwrap();
        let sha256 = ContentHash::of(body.as_bytes());
        let receipt = Receipt {
            submission: id,
            code: receipt_code(&sha256),
            sha256,
            received_at: self.date.get(),
            score: Points::HUNDRED,
            engine: 1,
            late: false,
        };
        let answer = reply(201, &serde_json::to_string(&receipt).unwrap());
        let summary = SubmissionSummary {
            receipt,
            period: submission.period,
            device: submission.device,
            parents: submission.parents,
            withdrawn: false,
            reviews: Open::default(),
            missing: Vec::new(),
        };
        stored.insert(id, (body.into(), summary));
        answer
    }
}

fn json<'a>(request: &Request<'a>) -> &'a str {
    match request.body {
        Some(Body::Json(text)) => text,
        _ => "",
    }
}

pub(crate) fn reply(status: u16, body: &str) -> Reply {
    Reply { status, ours: true, body: body.into(), ..Reply::default() }
}

pub(crate) fn refusal(kind: ProblemKind) -> Reply {
    reply(kind.status(), &serde_json::to_string(&Problem::new(kind, "refused in a test")).unwrap())
}

impl Api for FakeEndpoint {
    async fn send(&self, request: Request<'_>) -> Result<Reply, NoAnswer> {
        let words = format!("{} {}", request.method.as_str(), request.path);
        let line = {
            let mut line = self.line.borrow_mut();
            let hit = line.iter().position(|(begins, _)| words.starts_with(begins.as_str()));
            hit.and_then(|index| line.remove(index)).map(|(_, line)| line)
        };
        if matches!(line, Some(Line::Cut)) {
            return Err(NoAnswer("no network".into()));
        }
        if matches!(line, Some(Line::Portal)) {
            let body = "<html>欢迎使用免费上网".into();
            return Ok(Reply { status: 200, date_ms: Some(7), body, ..Reply::default() });
        }
        self.heard.borrow_mut().push(words);
        let mut answer = match line {
            Some(Line::Says(ref reply)) => reply.clone(),
            _ => self.answer(request),
        };
        answer.date_ms = Some(self.date.get() / 1000 * 1000);
        if matches!(line, Some(Line::AnswerLost)) { Err(NoAnswer("time-out".into())) } else { Ok(answer) }
    }
}
