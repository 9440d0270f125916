//! `GET /api/v1/submissions`: all submissions of the caller's branch with their reviews.

use super::revalidate;
use crate::server::{
    api::{Endpoint, error::Failure},
    office::{actor::Phone, submitting},
};
use axum::{extract::State, http::HeaderMap, response::Response};

/// All submissions of the branch with their reviews, oldest first.
#[utoipa::path(
    get,
    path = crate::protocol::paths::SUBMISSIONS,
    operation_id = "submissions_get",
    security(("token" = [])),
    responses(
        (status = 200, body = [crate::protocol::SubmissionSummary]),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
    )
)]
pub(super) async fn get(
    State(endpoint): State<Endpoint>,
    phone: Phone,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    revalidate::private(&headers, &submitting::all(&endpoint.database, &phone).await?)
}
