//! `GET /api/v1/checklists/{hash}`: one checklist by content; public and immutable.

use super::revalidate;
use crate::server::api::{Endpoint, error::Failure};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

/// One checklist by content; public, never changes.
#[utoipa::path(
    get,
    path = crate::protocol::paths::CHECKLIST,
    operation_id = "checklist_get",
    params(("hash" = String, Path, description = "SHA-256 of the checklist, 64 hexadecimal digits")),
    responses(
        (status = 200, body = crate::domain::Checklist),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
    )
)]
pub(super) async fn get(
    State(endpoint): State<Endpoint>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    revalidate::by_content(&headers, hash, async |hash| endpoint.database.checklist(hash).await).await
}
