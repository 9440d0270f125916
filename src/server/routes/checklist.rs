//! `GET /api/v1/checklists/{hash}`: one checklist by content; public and immutable.

use crate::{
    domain::ContentHash,
    protocol::ProblemKind,
    server::{Endpoint, error::Failure},
};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

pub(in crate::server) async fn get(
    State(endpoint): State<Endpoint>,
    Path(hash): Path<String>,
) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "no checklist of this hash was published");
    let hash = ContentHash::try_from(hash).map_err(|_| none())?;
    let body = endpoint.database.checklist(&hash).await?.ok_or_else(none)?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::ETAG, format!("\"{hash}\"")),
    ];
    Ok((headers, body).into_response())
}
