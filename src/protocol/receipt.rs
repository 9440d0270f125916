//! What a phone gets for a submission.

use super::review::Review;
use crate::{
    domain::{ContentHash, DeviceId, Open, PeriodId, Points, SubmissionId},
    json::FromJson,
};
use serde::{Deserialize, Serialize};

/// The endpoint has it on disk. The same bytes again give the same receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Of which submission.
    pub submission: SubmissionId,
    /// 回执码, readable over the phone; see [`receipt_code`].
    pub code: String,
    /// SHA-256 of the bytes stored.
    pub sha256: ContentHash,
    /// When it arrived, milliseconds since 1970-01-01 UTC by the endpoint's clock.
    pub received_at: u64,
    /// The score as the endpoint computed it.
    pub score: Points,
    /// With which version of scoring: the one that the checklist asks for.
    pub engine: u16,
    /// Whether it came after the period's 上报截止.
    pub late: bool,
}

/// One submission in the list of a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SubmissionSummary {
    /// Its receipt.
    pub receipt: Receipt,
    /// Of which period.
    pub period: PeriodId,
    /// From which phone.
    pub device: DeviceId,
    /// Whom it follows.
    pub parents: Vec<SubmissionId>,
    /// 撤回
    pub withdrawn: bool,
    /// What the upper level has said, oldest first; the last one counts.
    #[serde(default, skip_serializing_if = "Open::is_empty")]
    #[cfg_attr(feature = "server", schema(value_type = Vec<Review>))]
    pub reviews: Open<Review>,
    /// The photos of it that the endpoint does not have yet: it is complete when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<ContentHash>,
}

/// 回执码: the first 48 bits of the SHA-256 modulo 10^8, in two groups of four digits.
pub fn receipt_code(sha256: &ContentHash) -> String {
    let number = u64::from_str_radix(sha256.as_str().get(..12).unwrap_or("0"), 16).unwrap_or(0) % 100_000_000;
    format!("{:04}-{:04}", number / 10_000, number % 10_000)
}
