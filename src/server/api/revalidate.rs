//! `ETag` and `If-None-Match` (RFC 9110 §8.8.3, §13.1.2) for everything a phone pulls.

use crate::{
    domain::ContentHash,
    protocol::ProblemKind,
    server::{api::error::Failure, database::DatabaseError, host::etag::is_known},
};
use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// What belongs to one branch stays in its phone's own cache, and is asked for again each time.
pub(super) const PRIVATE: &str = "private, no-cache";

/// A JSON body with its tag; 304 without it when the phone has it already.
///
/// The tag is weak, because the same content travels compressed or not as the phone wishes.
pub(super) fn json(asked: &HeaderMap, cache_control: &'static str, body: impl Into<Vec<u8>>) -> Response {
    let body = body.into();
    let tag = format!("W/\"{}\"", ContentHash::of(&body));
    let headers = [(header::CACHE_CONTROL, cache_control.to_owned()), (header::ETAG, tag.clone())];
    if is_known(asked, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// What is published under the hash in the address; public, never changes.
pub(super) async fn by_content(
    asked: &HeaderMap,
    hash: String,
    read: impl AsyncFnOnce(&ContentHash) -> Result<Option<Vec<u8>>, DatabaseError>,
) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "nothing of this hash was published");
    let hash = ContentHash::try_from(hash).map_err(|_| none())?;
    let body = read(&hash).await?.ok_or_else(none)?;
    Ok(json(asked, "public, max-age=31536000, immutable", body))
}

/// The same for a value, for the caller's branch only.
pub(super) fn private(asked: &HeaderMap, value: &impl Serialize) -> Result<Response, Failure> {
    let body = serde_json::to_vec(value).map_err(|error| Failure::unwritable(&error))?;
    let mut response = json(asked, PRIVATE, body);
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("authorization"));
    Ok(response)
}
