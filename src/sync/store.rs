//! What the engine asks of the phone's storage. Each method is one transaction: it happens whole or not at all.

use super::{clock::KnownTime, outbox::OutboxEntry, outbox::OutboxId, token::Token};
use crate::{
    domain::{BranchCode, Checklist, ContentHash, FindingEntry, FindingId, Open, Submission, SubmissionId},
    json::FromJson,
    protocol::{BranchFindings, BranchInfo, ProblemKind, PublishedStandard, Receipt, SubmissionSummary},
};
use std::collections::{BTreeMap, BTreeSet};

/// A branch that this phone looks after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The branch, as last heard.
    pub info: BranchInfo,
    /// The phone's secret for it.
    pub token: Token,
    /// Whether the endpoint accepts it.
    pub state: BindingState,
}

/// Whether the endpoint accepts the phone's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum BindingState {
    /// As far as is known, yes.
    Bound,
    /// No: sending pauses until the phone is activated again; reading and filling go on.
    Revoked,
}

/// The standard in force, as last heard.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, FromJson)]
pub struct StandardCopy {
    /// With which the endpoint is asked whether anything changed.
    pub etag: Option<String>,
    /// What it said.
    pub published: PublishedStandard,
}

/// All that the endpoint has of a branch's findings, as last heard. What was written here and is not in it has not arrived:
/// that is worked out anew each time, so that an endpoint which lost something gets it again.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize, FromJson)]
pub struct HeardFindings {
    /// With which the endpoint is asked whether anything changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// What it said.
    pub all: BranchFindings,
}

/// A branch's findings as far as sending is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocalFindings {
    /// With which the endpoint is asked whether anything changed.
    pub etag: Option<String>,
    /// What was written here and is not among what the endpoint has.
    pub unsent: Open<FindingEntry>,
    /// The findings that the endpoint may hear of: it has heard of them before, or a report that carried them has arrived.
    pub released: BTreeSet<FindingId>,
}

/// What the phone knows, read in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Local {
    /// The branches it looks after.
    pub bindings: Vec<Binding>,
    /// What has to leave, in any order.
    pub outbox: Vec<OutboxEntry>,
    /// For each branch what the endpoint last listed.
    pub summaries: BTreeMap<BranchCode, Vec<SubmissionSummary>>,
    /// For each branch how its findings stand.
    pub findings: BTreeMap<BranchCode, LocalFindings>,
    /// The submissions whose content is here, own or pulled.
    pub bodies: BTreeSet<SubmissionId>,
    /// The standard in force.
    pub standard: Option<StandardCopy>,
    /// The checklists that are here.
    pub checklists: BTreeSet<ContentHash>,
    /// The checklists that drafts are pinned to.
    pub pinned: BTreeSet<ContentHash>,
    /// What is known of the time.
    pub clock: KnownTime,
}

impl Local {
    /// The token of a branch for which the endpoint may be asked.
    pub fn token(&self, branch: &BranchCode) -> Option<&Token> {
        let of_branch = |binding: &&Binding| &binding.info.code == branch;
        self.bindings.iter().find(of_branch).filter(|b| b.state == BindingState::Bound).map(|b| &b.token)
    }

    /// The token of a branch that may send. One that has ended is still asked about, for that may be taken back; what it has to
    /// send waits on the phone.
    pub fn sender(&self, branch: &BranchCode) -> Option<&Token> {
        let has_ended = |b: &Binding| &b.info.code == branch && b.info.ended.is_some();
        self.token(branch).filter(|_| !self.bindings.iter().any(has_ended))
    }
}

/// What the endpoint has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// A submission, proven by a receipt whose hash is that of the frozen bytes.
    Submitted(Receipt),
    /// A withdrawal.
    Withdrawn(SubmissionId),
    /// 支部基本情况
    Profile,
}

/// Why the endpoint refused for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Its reason.
    pub kind: ProblemKind,
    /// Its explanation, for logs.
    pub detail: String,
    /// What is wrong, one by one.
    pub faults: Vec<String>,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Postponement {
    /// Not before this (milliseconds, the phone's own clock). `None`: there was no answer, the next round may try.
    pub not_before: Option<u64>,
    /// How often it has failed by now.
    pub attempts: u32,
}

/// A submission made by another phone of the branch, checked against the hash in its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// Exactly what the other phone sent.
    pub body: String,
    /// The same, read.
    pub submission: Submission,
}

/// A checklist, checked against its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedChecklist {
    /// Its hash.
    pub hash: ContentHash,
    /// The canonical text that has this hash.
    pub body: String,
    /// The same, read.
    pub checklist: Checklist,
}

/// The phone's storage. Rows that have vanished meanwhile (the phone was unbound) are passed over silently.
#[expect(async_fn_in_trait, reason = "wasm has one thread: no future needs to be Send")]
pub trait Store {
    /// Why storage failed; ends the round, which loses nothing: see each method.
    type Error;

    /// Reads everything the plan needs.
    async fn local(&self) -> Result<Local, Self::Error>;

    /// The row is on its way. Committed before the request leaves, so that a crash leaves a row in `Sending`, never none.
    async fn mark_sending(&self, id: OutboxId) -> Result<(), Self::Error>;

    /// Stores the receipt (or withdrawal) with its submission **and** removes the row, in one transaction: invariant 2, a row
    /// without receipt or a receipt lost with its row must not exist.
    async fn record_delivery(&self, id: OutboxId, delivery: &Delivery) -> Result<(), Self::Error>;

    /// The row becomes `Rejected` and stays; the submission it carries stays too (invariants 2 and 3).
    async fn record_rejection(&self, id: OutboxId, rejection: &Rejection) -> Result<(), Self::Error>;

    /// The row becomes `Queued` again.
    async fn record_postponement(&self, id: OutboxId, postponement: Postponement) -> Result<(), Self::Error>;

    /// The binding becomes `Revoked` and the branch's rows in `Sending` become `Queued`, in one transaction: invariant 5, sending
    /// pauses and nothing else changes. Drafts and rows stay. A binding that has another token by now stays as it is.
    async fn record_revoked(&self, branch: &BranchCode, token: &Token) -> Result<(), Self::Error>;

    /// The endpoint accepts the token again: the binding becomes `Bound`.
    async fn record_accepted(&self, branch: &BranchCode) -> Result<(), Self::Error>;

    /// Replaces the branch's list, reviews and receipts in it. What the list lacks is not deleted elsewhere: a receipt or a body
    /// stays even if the endpoint should have forgotten it (invariant 2).
    async fn save_summaries(
        &self,
        branch: &BranchCode,
        summaries: &[SubmissionSummary],
    ) -> Result<(), Self::Error>;

    /// Stores the body **and** merges its answers into the draft of the same branch and period, in one transaction: a body that
    /// is here is not pulled again, so it must not be here unmerged (invariant 11). Its checklist is here already.
    async fn save_pulled(&self, pulled: &Pulled) -> Result<(), Self::Error>;

    /// What the endpoint has of the branch's findings from now on. What it had before and has no more stays here: the branch's own
    /// words become unsent again, the upper level's stay as they were said.
    async fn save_findings(&self, branch: &BranchCode, heard: &HeardFindings) -> Result<(), Self::Error>;

    /// The endpoint refused words on findings for good: they stay here, with its reason beside them.
    async fn record_findings_refused(
        &self,
        branch: &BranchCode,
        rejection: &Rejection,
    ) -> Result<(), Self::Error>;

    /// The standard in force; the checklists for the phone's sectors are here already. Drafts stay pinned (invariant 4).
    async fn save_standard(&self, standard: &StandardCopy) -> Result<(), Self::Error>;

    /// Stores a checklist under its hash.
    async fn save_checklist(&self, fetched: &FetchedChecklist) -> Result<(), Self::Error>;

    /// What the roster now says of a bound branch. A changed sector does not touch drafts (invariant 4).
    async fn save_branch(&self, info: &BranchInfo) -> Result<(), Self::Error>;

    /// What is known of the time from now on.
    async fn save_clock(&self, known: KnownTime) -> Result<(), Self::Error>;
}
