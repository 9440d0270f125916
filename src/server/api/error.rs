//! The one place where failures become HTTP answers (RFC 9457).

use crate::{
    protocol::{Problem, ProblemKind, problem::MEDIA_TYPE},
    server::{
        database::DatabaseError,
        office::evidence::{EvidenceError, files::PhotoStoreError},
    },
};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A refusal or failure on its way out.
#[derive(Debug)]
pub(crate) struct Failure {
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
    pub(crate) fn with_faults(mut self, faults: Vec<String>) -> Self {
        self.problem.faults = faults;
        self
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl From<DatabaseError> for Failure {
    fn from(error: DatabaseError) -> Self {
        tracing::error!(%error, "the database failed");
        Self::new(ProblemKind::Internal, "the endpoint could not store or read; try again later")
            .retry_after(30)
    }
}

impl From<PhotoStoreError> for Failure {
    fn from(error: PhotoStoreError) -> Self {
        tracing::error!(%error, "the photos' store failed");
        Self::new(ProblemKind::Internal, "the endpoint could not store or read; try again later")
            .retry_after(30)
    }
}

impl From<EvidenceError> for Failure {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::Photos(error) => error.into(),
            EvidenceError::Database(error) => error.into(),
        }
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
