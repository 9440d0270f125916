//! `GET /api/v1/documents/{hash}`: one document of 一编一册 by content; public and immutable.

use super::revalidate;
use crate::server::api::{Endpoint, error::Failure};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};

/// One document of 一编一册 by content; public, never changes.
#[utoipa::path(
    get,
    path = crate::protocol::paths::DOCUMENT,
    operation_id = "document_get",
    params(("hash" = String, Path, description = "SHA-256 of the document, 64 hexadecimal digits")),
    responses(
        (status = 200, body = crate::domain::Document),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
    )
)]
pub(super) async fn get(
    State(endpoint): State<Endpoint>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    revalidate::by_content(&headers, hash, async |hash| endpoint.database.document(hash).await).await
}
