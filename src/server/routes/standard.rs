//! `GET /api/v1/standard`: what is in force; public, revalidated by `ETag` (RFC 9110 §13.1.2).

use crate::{
    domain::ContentHash,
    protocol::ProblemKind,
    server::{Endpoint, error::Failure},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

pub(in crate::server) async fn get(
    State(endpoint): State<Endpoint>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "no standard is published yet; publish one first");
    let body = endpoint.database.standard().await?.ok_or_else(none)?;
    let etag = format!("\"{}\"", ContentHash::of(body.as_bytes()));
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or("");
    let known = asked.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag);
    let common = [(header::ETAG, etag), (header::CACHE_CONTROL, "public, no-cache".to_owned())];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    Ok((common, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}
