//! `GET /api/v1/checklists/{hash}` and `GET /api/v1/documents/{hash}`: what was published, by content; public and immutable.

use super::revalidate;
use crate::{
    domain::ContentHash,
    protocol::ProblemKind,
    server::{
        api::{Endpoint, error::Failure},
        office::standards::{self, Content},
    },
};
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
pub(super) async fn checklist(
    State(endpoint): State<Endpoint>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    by_content(&endpoint, &headers, hash, Content::Checklist).await
}

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
pub(super) async fn document(
    State(endpoint): State<Endpoint>,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    by_content(&endpoint, &headers, hash, Content::Document).await
}

async fn by_content(
    endpoint: &Endpoint,
    asked: &HeaderMap,
    hash: String,
    of: Content,
) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "nothing of this hash was published");
    let hash = ContentHash::try_from(hash).map_err(|_| none())?;
    let body = standards::published(&endpoint.database, of, &hash).await?.ok_or_else(none)?;
    Ok(revalidate::json(asked, "public, max-age=31536000, immutable", body))
}
