//! The one place where failures become HTTP answers (RFC 9457).

use crate::{
    domain::photo::PhotoFault,
    protocol::{Problem, ProblemKind, problem::MEDIA_TYPE},
    server::{
        database::DatabaseError,
        office::{
            activating,
            evidence::{self, EvidenceError},
            profiles, submitting, words_of_phones,
        },
    },
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A refusal or failure on its way out.
#[derive(Debug)]
pub struct Failure {
    problem: Problem,
    retry_after: Option<u64>,
}

impl Failure {
    /// A failure of this kind.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { problem: Problem::new(kind, detail), retry_after: None }
    }

    /// Something of ours that cannot be written as JSON; it happens only when the code is wrong.
    pub(super) fn unwritable(error: &serde_json::Error) -> Self {
        tracing::error!(%error, "a value cannot be written as JSON");
        Self::new(ProblemKind::Internal, "the endpoint needs mending; try again later")
    }

    /// Adds what is wrong, one by one.
    #[must_use]
    fn with_faults(mut self, faults: &[impl ToString]) -> Self {
        self.problem.faults = faults.iter().map(ToString::to_string).collect();
        self
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

/// Something of the storage failed: nothing that the phone could mend.
fn failed(error: impl core::fmt::Display) -> Failure {
    tracing::error!(%error, "the storage failed");
    Failure::new(ProblemKind::Internal, "the endpoint could not store or read; try again later")
        .retry_after(30)
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        failed(error)
    }
}

impl From<EvidenceError> for Failure {
    fn from(error: EvidenceError) -> Self {
        failed(error)
    }
}

impl From<activating::Refusal> for Failure {
    fn from(refusal: activating::Refusal) -> Self {
        use activating::Refusal as Why;
        let kind = match &refusal {
            Why::Wrong => ProblemKind::CodeWrong,
            Why::Used => ProblemKind::CodeUsed,
            Why::Expired => ProblemKind::CodeExpired,
            Why::UnboundSince | Why::Unbound => ProblemKind::Revoked,
            Why::TokenTaken => ProblemKind::Refused,
            Why::Ended(_) => ProblemKind::BranchEnded,
            Why::NotInRoster => ProblemKind::NotFound,
            Why::Unknown => ProblemKind::Unauthorised,
            Why::NoRandomness => ProblemKind::Internal,
            Why::Database(_) => return failed(refusal),
        };
        Self::new(kind, refusal.to_string())
    }
}

impl From<submitting::Refusal> for Failure {
    fn from(refusal: submitting::Refusal) -> Self {
        use submitting::Refusal as Why;
        let kind = match &refusal {
            Why::Unfit(faults) => {
                return Self::new(ProblemKind::Refused, refusal.to_string()).with_faults(faults);
            }
            Why::AfterToday(faults) => {
                return Self::new(ProblemKind::Refused, refusal.to_string()).with_faults(faults);
            }
            Why::DifferentBytes => ProblemKind::DifferentBytes,
            Why::Closed => ProblemKind::Closed,
            Why::Ended(_) => ProblemKind::BranchEnded,
            Why::Unknown => ProblemKind::NotFound,
            Why::ReviewBegun => ProblemKind::ReviewBegun,
            Why::OtherBranch
            | Why::UnknownChecklist
            | Why::OtherSector
            | Why::UnknownPeriod
            | Why::Foreign
            | Why::TooMany => ProblemKind::Refused,
            Why::Unwritable(error) => return Self::unwritable(error),
            Why::Database(_) => return failed(refusal),
        };
        Self::new(kind, refusal.to_string())
    }
}

impl From<words_of_phones::Refusal> for Failure {
    fn from(refusal: words_of_phones::Refusal) -> Self {
        use words_of_phones::Refusal as Why;
        let failure = Self::new(ProblemKind::Refused, refusal.to_string());
        match &refusal {
            Why::TooManyAtOnce | Why::Full => failure,
            Why::Faulty(faults) => failure.with_faults(faults),
            Why::Database(_) => failed(refusal),
        }
    }
}

impl From<profiles::Refusal> for Failure {
    fn from(refusal: profiles::Refusal) -> Self {
        match &refusal {
            profiles::Refusal::Faulty(fault) => {
                Self::new(ProblemKind::Refused, refusal.to_string()).with_faults(&[fault])
            }
            profiles::Refusal::Database(_) => failed(refusal),
        }
    }
}

impl From<evidence::Refusal> for Failure {
    fn from(refusal: evidence::Refusal) -> Self {
        use evidence::Refusal as Why;
        let kind = match &refusal {
            Why::Ended(_) => ProblemKind::BranchEnded,
            Why::WrongHash => ProblemKind::WrongHash,
            Why::Unfit(PhotoFault::TooLarge(_)) => ProblemKind::TooLarge,
            Why::Unfit(_) | Why::OtherKind => ProblemKind::NotAPhoto,
            Why::TooMany => ProblemKind::TooManyPhotos,
            Why::Failed(_) => return failed(refusal),
        };
        Self::new(kind, refusal.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
