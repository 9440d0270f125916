//! `GET /api/v1/branch`: what the roster says of the caller's branch.

use super::revalidate;
use crate::{
    protocol::ProblemKind,
    server::{
        api::{Endpoint, error::Failure},
        office::{actor::Phone, profiles},
    },
};
use axum::{extract::State, http::HeaderMap, response::Response};

/// What the roster says of the caller's branch, and what the upper level gave it for the items that it judges.
#[utoipa::path(
    get,
    path = crate::protocol::paths::BRANCH,
    operation_id = "branch_get",
    security(("token" = [])),
    responses(
        (status = 200, body = crate::protocol::BranchInfo),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
    )
)]
pub(super) async fn get(
    State(endpoint): State<Endpoint>,
    phone: Phone,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let gone = || Failure::new(ProblemKind::NotFound, "this branch is no longer in the roster");
    let info = profiles::branch(&endpoint.database, &phone).await?.ok_or_else(gone)?;
    revalidate::private(&headers, &info)
}
