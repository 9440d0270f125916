//! Problems (RFC 9457): the one list of everything the endpoint refuses, with status and whether trying again helps.

use crate::json::FromJson;
use serde::{Deserialize, Serialize};

/// The media type of a problem document (RFC 9457 §3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong. The names are part of the wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// The body is not the JSON that is expected.
    Malformed,
    /// The content type is not `application/json`.
    WrongContentType,
    /// The body is larger than [`super::MAX_BODY_BYTES`], or a photo's than [`crate::domain::photo::MAX_BYTES`].
    TooLarge,
    /// The submission's format is newer than this endpoint reads.
    UnknownFormat,
    /// No such code.
    CodeWrong,
    /// The code was used by another phone.
    CodeUsed,
    /// The code has expired.
    CodeExpired,
    /// Too many wrong codes from this address; the header `Retry-After` says how long to wait.
    TooManyAttempts,
    /// No token, or an unknown one.
    Unauthorised,
    /// The phone's token was revoked.
    Revoked,
    /// The branch is there no more; [`super::BranchInfo::ended`] says since when, and where it went.
    BranchEnded,
    /// No such thing, or not this branch's.
    NotFound,
    /// The same id was sent before with other bytes.
    DifferentBytes,
    /// The submission does not fit the branch, its period or its checklist.
    Refused,
    /// Reviewed already: it can be returned by the upper level, not withdrawn.
    ReviewBegun,
    /// The assessment was approved; the upper level can return it.
    Closed,
    /// The bytes are no finished photo: another kind of file, cut off, or with more in it than a picture.
    NotAPhoto,
    /// The bytes are not those of the hash in the address.
    WrongHash,
    /// The branch has as many photos here as it may have.
    TooManyPhotos,
    /// The endpoint's own fault; trying again later helps.
    Internal,
}

impl ProblemKind {
    /// The HTTP status it travels with.
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthorised | Self::Revoked => 401,
            // Of apps that do not know it, 403 pauses sending, with the words to ask for a new code: nothing is lost by it.
            Self::BranchEnded => 403,
            Self::NotFound | Self::CodeWrong => 404,
            Self::CodeUsed
            | Self::DifferentBytes
            | Self::ReviewBegun
            | Self::Closed
            | Self::TooManyPhotos => 409,
            Self::CodeExpired => 410,
            Self::TooLarge => 413,
            Self::WrongContentType => 415,
            Self::UnknownFormat | Self::Refused | Self::NotAPhoto | Self::WrongHash => 422,
            Self::TooManyAttempts => 429,
            Self::Internal => 500,
        }
    }

    /// Whether sending the same again later can succeed; that a branch ended may have been entered by mistake, and be taken back.
    pub fn retry_helps(self) -> bool {
        matches!(self, Self::Internal | Self::TooManyAttempts | Self::BranchEnded)
    }
}

/// The problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromJson)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Problem {
    /// What went wrong; a relative reference as RFC 9457 §3.1.1 allows.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong here and what would mend it, in English for logs; phones show their own words.
    pub detail: String,
    /// For a refused submission: each fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, status: kind.status(), detail: detail.into(), faults: Vec::new() }
    }
}
