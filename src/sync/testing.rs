//! Doubles for the tests of the engine: storage in memory that can fail at any step, and an endpoint in memory whose line can be
//! cut, tapped and hijacked. The real endpoint is told as stories over HTTP in [`crate::server`].

use super::{
    Api, Binding, BindingState, Body, Delivery, FetchedChecklist, Local, Method, NoAnswer, OutboxEntry,
    OutboxId, OutboxRequest, OutboxState, Postponement, Pulled, Rejection, Reply, Request, StandardCopy,
    Store, Token,
};
use crate::{
    domain::{
        Assessment, BranchCode, Checklist, ClaimedGrade, ContentHash, Declaration, Document, Points,
        SectorId, StandardId, Submission, SubmissionId,
        submission::{ConsideredBy, FORMAT},
        testing::{checklist, device, full_assessment, period},
    },
    protocol::{
        BranchInfo, Problem, ProblemKind, PublishedChecklist, PublishedDocument, PublishedStandard, Receipt,
        Review, SubmissionSummary, paths, receipt::receipt_code,
    },
    sync::ClockOffset,
};
use jiff::civil::date;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
};

pub(crate) const NOON: u64 = 1_795_000_000_000;

pub(crate) fn branch(number: u8) -> BranchCode {
    BranchCode::new(format!("branch-{number}")).unwrap()
}

pub(crate) fn info(number: u8) -> BranchInfo {
    BranchInfo {
        code: branch(number),
        name: format!("{number}号党支部"),
        sector: SectorId::new("rural").unwrap(),
        reports_to: None,
        telephone: String::new(),
    }
}

pub(crate) fn token(byte: u8) -> Token {
    Token::from_random([byte; 32])
}

pub(crate) fn submission_id(number: u8) -> SubmissionId {
    SubmissionId::from_parts(NOON + u64::from(number), &[number; 10])
}

pub(crate) fn outbox_id(number: u8) -> OutboxId {
    OutboxId::from_parts(NOON + u64::from(number), &[number; 10])
}

pub(crate) fn checklist_body() -> String {
    serde_json::to_string(&checklist()).unwrap()
}

/// A full submission of the branch by the phone.
pub(crate) fn submission(number: u8, of: u8, phone: u8) -> Submission {
    let checklist = checklist();
    Submission {
        format: FORMAT,
        id: submission_id(number),
        parents: Vec::new(),
        branch: branch(of),
        period: period().id,
        sector: checklist.sector.clone(),
        checklist: ContentHash::of(checklist_body().as_bytes()),
        device: device(phone),
        made_at: NOON,
        declaration: Declaration {
            reporter: format!("填报人{phone}"),
            reporter_post: "文书".into(),
            considered_on: date(2026, 11, 20),
            considered_by: ConsideredBy::Committee,
            secretary: "书记".into(),
            claimed_grade: ClaimedGrade::Qualified,
        },
        answers: full_assessment(&checklist, &period()).winners(),
        ledger: Vec::new(),
        attachments: Vec::new(),
    }
}

pub(crate) fn row(number: u8, of: u8, request: OutboxRequest) -> OutboxEntry {
    OutboxEntry::new(outbox_id(number), branch(of), request, NOON + u64::from(number))
}

pub(crate) fn submit(number: u8, of: u8, phone: u8) -> OutboxEntry {
    let submission = submission(number, of, phone);
    row(number, of, OutboxRequest::submit(submission.id, serde_json::to_string(&submission).unwrap()))
}

pub(crate) fn withdraw(number: u8, of: u8, submission: u8) -> OutboxEntry {
    row(number, of, OutboxRequest::Withdraw { submission: submission_id(submission) })
}

/// Storage in memory.
#[derive(Default)]
pub(crate) struct MemoryStore {
    pub(crate) local: RefCell<Local>,
    pub(crate) receipts: RefCell<BTreeMap<SubmissionId, Receipt>>,
    pub(crate) pulled: RefCell<BTreeMap<SubmissionId, String>>,
    pub(crate) draft: RefCell<Assessment>,
    /// The next call of this name fails, as if the page had been closed before its commit.
    pub(crate) fails_at: Cell<Option<&'static str>>,
}

impl MemoryStore {
    /// A phone that looks after these branches, each with the token of the same number as the phone plus the branch's.
    pub(crate) fn phone(phone: u8, branches: &[u8]) -> Self {
        let store = Self::default();
        let bound = |number: &u8| Binding {
            info: info(*number),
            token: token(phone + number),
            state: BindingState::Bound,
        };
        store.local.borrow_mut().bindings = branches.iter().map(bound).collect();
        store
    }

    /// 上报: the submission and its row.
    pub(crate) fn put(&self, entry: OutboxEntry) {
        let mut local = self.local.borrow_mut();
        if let OutboxRequest::Submit { submission, .. } = entry.request {
            local.bodies.insert(submission);
        }
        local.outbox.push(entry);
    }

    pub(crate) fn states(&self) -> Vec<OutboxState> {
        self.local.borrow().outbox.iter().map(|entry| entry.state.clone()).collect()
    }

    fn step(&self, name: &'static str) -> Result<(), &'static str> {
        if self.fails_at.get() == Some(name) {
            self.fails_at.set(None);
            return Err(name);
        }
        Ok(())
    }

    fn change(&self, id: OutboxId, change: impl FnOnce(&mut OutboxEntry)) {
        if let Some(entry) = self.local.borrow_mut().outbox.iter_mut().find(|entry| entry.id == id) {
            change(entry);
        }
    }
}

impl Store for MemoryStore {
    type Error = &'static str;

    async fn local(&self) -> Result<Local, Self::Error> {
        self.step("local")?;
        Ok(self.local.borrow().clone())
    }

    async fn mark_sending(&self, id: OutboxId) -> Result<(), Self::Error> {
        self.step("mark_sending")?;
        self.change(id, |entry| entry.state = OutboxState::Sending);
        Ok(())
    }

    async fn record_delivery(&self, id: OutboxId, delivery: &Delivery) -> Result<(), Self::Error> {
        self.step("record_delivery")?;
        if let Delivery::Submitted(receipt) = delivery {
            self.receipts.borrow_mut().insert(receipt.submission, receipt.clone());
        }
        self.local.borrow_mut().outbox.retain(|entry| entry.id != id);
        Ok(())
    }

    async fn record_rejection(&self, id: OutboxId, rejection: &Rejection) -> Result<(), Self::Error> {
        self.step("record_rejection")?;
        let Rejection { kind, detail, faults } = rejection.clone();
        self.change(id, |entry| entry.state = OutboxState::Rejected { kind, detail, faults });
        Ok(())
    }

    async fn record_postponement(&self, id: OutboxId, to: Postponement) -> Result<(), Self::Error> {
        self.step("record_postponement")?;
        self.change(id, |entry| {
            entry.state = OutboxState::Queued { not_before: to.not_before };
            entry.attempts = to.attempts;
        });
        Ok(())
    }

    async fn record_revoked(&self, branch: &BranchCode, token: &Token) -> Result<(), Self::Error> {
        self.step("record_revoked")?;
        let mut local = self.local.borrow_mut();
        for binding in local.bindings.iter_mut() {
            if &binding.info.code == branch && &binding.token == token {
                binding.state = BindingState::Revoked;
            }
        }
        for entry in local.outbox.iter_mut().filter(|entry| &entry.branch == branch) {
            if entry.state == OutboxState::Sending {
                entry.state = OutboxState::Queued { not_before: None };
            }
        }
        Ok(())
    }

    async fn record_accepted(&self, branch: &BranchCode) -> Result<(), Self::Error> {
        self.step("record_accepted")?;
        let mut local = self.local.borrow_mut();
        for binding in local.bindings.iter_mut().filter(|binding| &binding.info.code == branch) {
            binding.state = BindingState::Bound;
        }
        Ok(())
    }

    async fn save_summaries(
        &self,
        branch: &BranchCode,
        list: &[SubmissionSummary],
    ) -> Result<(), Self::Error> {
        self.step("save_summaries")?;
        self.local.borrow_mut().summaries.insert(branch.clone(), list.to_vec());
        Ok(())
    }

    async fn save_pulled(&self, pulled: &Pulled) -> Result<(), Self::Error> {
        self.step("save_pulled")?;
        self.local.borrow_mut().bodies.insert(pulled.submission.id);
        self.draft.borrow_mut().merge(pulled.submission.answers.iter().cloned());
        self.pulled.borrow_mut().insert(pulled.submission.id, pulled.body.clone());
        Ok(())
    }

    async fn save_standard(&self, standard: &StandardCopy) -> Result<(), Self::Error> {
        self.step("save_standard")?;
        self.local.borrow_mut().standard = Some(standard.clone());
        Ok(())
    }

    async fn save_checklist(&self, fetched: &FetchedChecklist) -> Result<(), Self::Error> {
        self.step("save_checklist")?;
        self.local.borrow_mut().checklists.insert(fetched.hash.clone());
        Ok(())
    }

    async fn save_branch(&self, info: &BranchInfo) -> Result<(), Self::Error> {
        self.step("save_branch")?;
        let mut local = self.local.borrow_mut();
        for binding in local.bindings.iter_mut().filter(|binding| binding.info.code == info.code) {
            binding.info = info.clone();
        }
        Ok(())
    }

    async fn save_clock_offset(&self, offset: ClockOffset) -> Result<(), Self::Error> {
        self.step("save_clock_offset")?;
        self.local.borrow_mut().clock = offset;
        Ok(())
    }
}

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
            checklists: vec![PublishedChecklist { sector, hash, bytes }],
            documents: Vec::new(),
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
        match (request.method, request.path) {
            (Method::Get, paths::BRANCH) => reply(200, &serde_json::to_string(&branch).unwrap()),
            (Method::Put, paths::PROFILE) => reply(200, json(&request)),
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
            reviews: Vec::new(),
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

/// A newer edition of the checklist.
pub(crate) fn newer_checklist() -> Checklist {
    Checklist { version: "2".into(), ..checklist() }
}
