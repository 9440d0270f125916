//! What is stored, record by record. All of it is JSON that later versions of the app must still read: new fields are optional
//! with a default, and a meaning is never changed under an old name. `golden_tests` freezes one of each, and
//! the keys under which they lie.

use crate::{
    domain::{
        BranchCode, ContentHash, DeviceId, FindingEntry, FindingId, LedgerRecord, Open, PeriodId, SectionId,
        SectorId, Stamp, Submission, SubmissionId, photo::PhotoFacts,
    },
    json::{self, FromJson},
    protocol::{ActivationCode, BranchInfo, ProblemKind, Receipt, Review, SubmissionSummary},
    sync::{BindingState, Token},
};
use serde::{Deserialize, Serialize};

/// Facts of the phone itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct Phone {
    /// Made at the first start; names this browser profile in stamps and submissions.
    pub device: DeviceId,
    /// The branch on the screen.
    #[serde(default)]
    pub active: Option<BranchCode>,
    /// How the secretary wants it to look.
    #[serde(default)]
    pub display: Display,
    /// When the notice on privacy and secrets was agreed to, milliseconds since 1970-01-01 UTC; `None`: not yet.
    #[serde(default)]
    pub notice_read_at: Option<u64>,
    /// Written by earlier versions when a backup was offered, whether it was saved or not; read by nothing. See
    /// [`super::carried`].
    #[serde(default)]
    pub backed_up_at: Option<u64>,
    /// The section of 一编一册 that was read last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<SectionId>,
    /// 暂停上传: photos wait until she lets them go on.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub uploads_paused: bool,
}

impl Phone {
    /// At the first start.
    pub fn new(device: DeviceId) -> Self {
        Self {
            device,
            active: None,
            display: Display::default(),
            notice_read_at: None,
            backed_up_at: None,
            reading: None,
            uploads_paused: false,
        }
    }
}

/// How the secretary wants it to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
pub struct Display {
    /// 字号
    #[serde(default)]
    pub size: TextSize,
    /// 亮度
    #[serde(default)]
    pub theme: Theme,
}

/// 字号
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    /// 标准
    #[default]
    Standard,
    /// 大字 (×1.25)
    Large,
    /// 特大字 (×1.5)
    Huge,
}

/// 亮度
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// 纸色
    #[default]
    Paper,
    /// 阳光下: black on white, no greys
    Sunlight,
}

/// A branch that this phone looks after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct Binding {
    /// As the roster has it.
    pub branch: BranchInfo,
    /// The phone's secret for it.
    pub token: Token,
    /// When it was bound, milliseconds since 1970-01-01 UTC.
    pub bound_at: u64,
    /// Whether the endpoint still accepts the token. Reading and filling go on either way.
    pub state: BindingState,
}

/// Stored before the endpoint is asked, so that a lost answer burns nothing: the same triple again succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct PendingActivation {
    /// As typed.
    pub code: ActivationCode,
    /// The secret that will be the binding's.
    pub token: Token,
}

/// What a draft answers. Its answers stand apart, each under its own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct Draft {
    /// The branch.
    pub branch: BranchCode,
    /// The period.
    pub period: PeriodId,
    /// The sector it was begun in.
    pub sector: SectorId,
    /// The checklist it was begun with.
    pub checklist: ContentHash,
    /// When it was begun, milliseconds since 1970-01-01 UTC.
    pub begun_at: u64,
    /// The highest stamp that was put into a submission or a backup: a correction no longer replaces what may be elsewhere. It does
    /// not say that it has arrived there.
    #[serde(default)]
    pub shared_until: Option<Stamp>,
}

/// One version of a ledger entry as it is kept; of one that only a newer app can read, its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct KeptRecord<R = LedgerRecord> {
    /// The version.
    pub record: R,
    /// Written by earlier versions when it was put into a submission or a backup, whether that has arrived or not; read by nothing.
    /// Where it is says [`super::whereabouts`].
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub shared: bool,
}

impl From<LedgerRecord> for KeptRecord {
    fn from(record: LedgerRecord) -> Self {
        Self { record, shared: false }
    }
}

impl From<KeptRecord> for LedgerRecord {
    fn from(kept: KeptRecord) -> Self {
        kept.record
    }
}

/// A word on a finding as it is kept; of one that only a newer app can read, its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct KeptFinding<W = FindingEntry> {
    /// The word.
    pub entry: W,
    /// Written by earlier versions when a backup was offered, whether it was saved or not; read by nothing.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub backed_up: bool,
}

impl From<FindingEntry> for KeptFinding {
    fn from(entry: FindingEntry) -> Self {
        Self { entry, backed_up: false }
    }
}

impl From<KeptFinding> for FindingEntry {
    fn from(kept: KeptFinding) -> Self {
        kept.entry
    }
}

/// Why the endpoint refused words on findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct RefusedFindings {
    /// Its reason.
    pub kind: ProblemKind,
    /// Its explanation, for logs.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What is wrong, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
}

/// Names a draft.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DraftKey {
    /// The branch.
    pub branch: BranchCode,
    /// The period.
    pub period: PeriodId,
}

impl Draft {
    /// Its name.
    pub fn key(&self) -> DraftKey {
        DraftKey { branch: self.branch.clone(), period: self.period.clone() }
    }
}

/// A submission that this phone made or pulled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct LocalSubmission {
    /// The snapshot's head data, so that a list needs no parsing of bodies.
    pub id: SubmissionId,
    /// The branch.
    pub branch: BranchCode,
    /// The period.
    pub period: PeriodId,
    /// Which phone made it.
    pub device: DeviceId,
    /// What it follows.
    pub parents: Vec<SubmissionId>,
    /// When it was made, milliseconds since 1970-01-01 UTC by the corrected clock.
    pub made_at: u64,
    /// The frozen bytes; `None` while only its summary is known.
    #[serde(default)]
    pub body: Option<String>,
    /// What the endpoint said; `None` until it has it.
    #[serde(default)]
    pub receipt: Option<Receipt>,
    /// 撤回
    #[serde(default)]
    pub withdrawn: bool,
    /// What the upper level said, oldest first.
    #[serde(default)]
    pub reviews: Open<Review>,
    /// Written by earlier versions when a backup was offered, whether it was saved or not; read by nothing.
    #[serde(default)]
    pub backed_up: bool,
    /// The photos of it that the endpoint does not have yet, as last heard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<ContentHash>,
    /// The problems that the branch found itself and that go up with it: the endpoint hears of them once it has this.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingId>,
    /// Whether the endpoint's last list lacks it although there is a receipt: it was restored from an older backup.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub unlisted: bool,
}

/// A photo that belongs to something of a branch. Its bytes and its thumbnail lie in tables of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct PhotoRecord {
    /// Whose.
    pub branch: BranchCode,
    /// What it is.
    pub facts: PhotoFacts,
    /// When it came to this phone, milliseconds since 1970-01-01 UTC.
    pub added_at: u64,
    /// Whether its bytes are on this phone: not when another phone made it, nor after room was made.
    #[serde(default)]
    pub here: bool,
    /// Whether the endpoint has said, by hash, that it has it.
    #[serde(default)]
    pub uploaded: bool,
    /// Why the endpoint will not have it; it stays here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<ProblemKind>,
}

impl LocalSubmission {
    /// A submission that was just made on this phone, with its frozen bytes.
    pub fn made_here(submission: &Submission, body: String) -> Self {
        Self {
            id: submission.id,
            branch: submission.branch.clone(),
            period: submission.period.clone(),
            device: submission.device,
            parents: submission.parents.clone(),
            made_at: submission.made_at,
            body: Some(body),
            receipt: None,
            withdrawn: false,
            reviews: Open::default(),
            backed_up: false,
            missing: Vec::new(),
            findings: Vec::new(),
            unlisted: false,
        }
    }

    /// What is known of a submission from the endpoint's list alone.
    pub fn from_summary(branch: &BranchCode, summary: &SubmissionSummary) -> Self {
        Self {
            id: summary.receipt.submission,
            branch: branch.clone(),
            period: summary.period.clone(),
            device: summary.device,
            parents: summary.parents.clone(),
            made_at: summary.receipt.submission.made_at_ms(),
            body: None,
            receipt: Some(summary.receipt.clone()),
            withdrawn: summary.withdrawn,
            reviews: summary.reviews.clone(),
            backed_up: false,
            missing: summary.missing.clone(),
            findings: Vec::new(),
            unlisted: false,
        }
    }

    /// What the endpoint listed of it; `None` until it has it, and when it has it no more.
    pub fn summary(&self) -> Option<SubmissionSummary> {
        self.receipt.clone().filter(|_| !self.unlisted).map(|receipt| SubmissionSummary {
            receipt,
            period: self.period.clone(),
            device: self.device,
            parents: self.parents.clone(),
            withdrawn: self.withdrawn,
            reviews: self.reviews.clone(),
            missing: self.missing.clone(),
        })
    }

    /// Whether the endpoint has it, by the hash of its bytes.
    pub fn is_delivered(&self) -> bool {
        let is_of =
            |body: &str| self.receipt.as_ref().is_some_and(|r| r.sha256 == ContentHash::of(body.as_bytes()));
        !self.unlisted && self.body.as_deref().is_some_and(is_of)
    }

    /// The snapshot, when its bytes are here and can be read.
    pub fn snapshot(&self) -> Option<Submission> {
        self.body.as_deref().and_then(|body| json::from_str(body).ok())
    }
}
