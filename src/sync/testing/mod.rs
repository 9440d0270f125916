//! What the tests of the engine are told with: small values, and two doubles. The real endpoint is told as stories over HTTP in
//! [`crate::server`].

mod endpoint;
mod store;

pub(crate) use endpoint::{FakeEndpoint, Line, refusal, reply};
pub(crate) use store::MemoryStore;

use super::{OutboxEntry, OutboxId, OutboxRequest, Token};
use crate::{
    domain::{
        BranchCode, Checklist, ClaimedGrade, ContentHash, Declaration, FindingEntry, FindingField, FindingId,
        FindingValue, Open, SectorId, Submission, SubmissionId,
        submission::{ConsideredBy, FORMAT},
        testing::{checklist, device, full_assessment, period, stamp},
    },
    protocol::BranchInfo,
};
use jiff::civil::date;

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
        ended: None,
        judged: Open::default(),
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
        answers: full_assessment(&checklist, &period()).winners().into(),
        ledger: Open::default(),
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

/// A newer edition of the checklist.
pub(crate) fn newer_checklist() -> Checklist {
    Checklist { version: "2".into(), ..checklist() }
}

/// A word on a finding, by a phone.
pub(crate) fn finding_word(finding: u8, text: &str, ms: u64, phone: u8) -> FindingEntry {
    FindingEntry {
        finding: FindingId::from_parts(NOON, &[finding; 10]),
        field: FindingField::Problem,
        stamp: stamp(ms, phone),
        value: FindingValue::Text { text: text.into() },
    }
}
