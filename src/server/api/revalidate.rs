//! `ETag` and `If-None-Match` (RFC 9110 §8.8.3, §13.1.2) for everything a phone pulls.

use crate::{
    domain::ContentHash,
    server::{api::error::Failure, host::etag::is_known},
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

/// A value with its tag, for the caller's branch only.
pub(super) fn private(asked: &HeaderMap, value: &impl Serialize) -> Result<Response, Failure> {
    let body = serde_json::to_vec(value).map_err(|error| Failure::unwritable(&error))?;
    let mut response = json(asked, PRIVATE, body);
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("authorization"));
    Ok(response)
}
