//! The outbox: what has to leave the phone. A row lives until the endpoint has taken it; a refused one stays with its reason.
//!
//! The JSON of a row is a stored format, frozen by a golden test: new fields are optional and skipped when empty, unknown
//! fields are ignored, a meaning is never changed under an old name. (A request's body is frozen text: an app update cannot
//! turn a retry into a conflict.)
//!
//! The same bytes again are success: the endpoint keeps them with their SHA-256 and gives the same receipt for them, over a killed
//! process and an updated app too. Other bytes under the same id are put aside.

use super::backoff::is_due;
use crate::{
    domain::{BranchCode, ContentHash, SubmissionId},
    json::FromJson,
    protocol::ProblemKind,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The key of a row: a UUIDv7 made by the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, FromJson)]
#[serde(transparent)]
pub struct OutboxId(pub Uuid);

impl OutboxId {
    /// Makes a key from an instant (milliseconds since 1970-01-01 UTC) and ten random bytes.
    pub fn from_parts(now_ms: u64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(now_ms, random).into_uuid())
    }
}

impl core::fmt::Display for OutboxId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

/// One request on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
pub struct OutboxEntry {
    /// Its key.
    pub id: OutboxId,
    /// On whose behalf.
    pub branch: BranchCode,
    /// What to send.
    pub request: OutboxRequest,
    /// When it was put here, milliseconds since 1970-01-01 UTC by the corrected clock.
    pub made_at: u64,
    /// Where it stands.
    pub state: OutboxState,
    /// How often sending failed.
    #[serde(default)]
    pub attempts: u32,
}

impl OutboxEntry {
    /// A row that waits to be sent.
    pub fn new(id: OutboxId, branch: BranchCode, request: OutboxRequest, made_at: u64) -> Self {
        Self { id, branch, request, made_at, state: OutboxState::Queued { not_before: None }, attempts: 0 }
    }

    /// Whether it still has to leave the phone; a refused row waits for a person.
    pub fn is_waiting(&self) -> bool {
        !matches!(self.state, OutboxState::Rejected { .. })
    }

    /// Whether it may be sent now. A row found in `Sending` was left so by a crash: sending again is safe.
    pub fn is_due(&self, now: u64) -> bool {
        match self.state {
            OutboxState::Queued { not_before } => is_due(not_before, now),
            OutboxState::Sending => true,
            OutboxState::Rejected { .. } => false,
        }
    }
}

/// What to send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum OutboxRequest {
    /// 上报
    Submit {
        /// Which submission.
        submission: SubmissionId,
        /// The frozen JSON: exactly these bytes are sent, however often.
        body: String,
        /// SHA-256 of `body`; the receipt must name it.
        sha256: ContentHash,
    },
    /// 撤回
    Withdraw {
        /// Which submission.
        submission: SubmissionId,
    },
    /// 支部基本情况
    Profile {
        /// The frozen JSON of a [`crate::protocol::StampedProfile`].
        body: String,
    },
}

impl OutboxRequest {
    /// 上报 of these bytes.
    pub fn submit(submission: SubmissionId, body: String) -> Self {
        let sha256 = ContentHash::of(body.as_bytes());
        Self::Submit { submission, body, sha256 }
    }

    /// The submission concerned.
    pub fn submission(&self) -> Option<SubmissionId> {
        match self {
            Self::Submit { submission, .. } | Self::Withdraw { submission } => Some(*submission),
            Self::Profile { .. } => None,
        }
    }
}

/// Where a row stands. There is no "delivered": then the receipt is stored and the row is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// 等网络
    Queued {
        /// When the endpoint may be asked again, milliseconds since 1970-01-01 UTC by the phone's own clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        not_before: Option<u64>,
    },
    /// 正在送
    Sending,
    /// 没送成(要处理): the endpoint refused it and sending the same again would not help.
    Rejected {
        /// Why.
        kind: ProblemKind,
        /// The endpoint's explanation, for logs.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        detail: String,
        /// What is wrong, one by one.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        faults: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_kind() -> Vec<OutboxEntry> {
        let id = |n| OutboxId::from_parts(1_795_000_000_000, &[n; 10]);
        let submission = SubmissionId::from_parts(1_795_000_000_000, &[7; 10]);
        let branch = BranchCode::new("210726105203-01").unwrap();
        let at = 1_795_000_000_123;
        let submit = OutboxRequest::submit(submission, r#"{"format":1}"#.into());
        let mut postponed =
            OutboxEntry::new(id(2), branch.clone(), OutboxRequest::Withdraw { submission }, at);
        postponed.state = OutboxState::Queued { not_before: Some(1_795_000_008_000) };
        postponed.attempts = 3;
        let profile = OutboxRequest::Profile { body: r#"{"profile":{}}"#.into() };
        let mut sending = OutboxEntry::new(id(3), branch.clone(), profile, at);
        sending.state = OutboxState::Sending;
        let mut rejected = OutboxEntry::new(id(4), branch.clone(), submit.clone(), at);
        rejected.state = OutboxState::Rejected {
            kind: ProblemKind::DifferentBytes,
            detail: "this id was sent before with other bytes".into(),
            faults: vec!["one".into()],
        };
        vec![OutboxEntry::new(id(1), branch, submit, at), postponed, sending, rejected]
    }

    /// Rows lie on phones: regenerate the golden file only before the first release, afterwards only add to it.
    #[test]
    fn the_stored_format_is_frozen() {
        let golden = include_str!("golden/outbox-1.json");
        assert_eq!(serde_json::to_string_pretty(&every_kind()).unwrap(), golden.trim_end());
        assert_eq!(serde_json::from_str::<Vec<OutboxEntry>>(golden).unwrap(), every_kind());
    }

    #[test]
    fn fields_of_a_newer_app_are_ignored() {
        let golden = include_str!("golden/outbox-1.json");
        let newer = golden
            .replace("\"made_at\"", "\"unheard_of\": [1], \"made_at\"")
            .replace("\"queued\": {}", "\"queued\": {\"since\": 5}");
        assert_ne!(golden, newer);
        assert_eq!(serde_json::from_str::<Vec<OutboxEntry>>(&newer).unwrap(), every_kind());
    }
}
