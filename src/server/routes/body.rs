//! Bodies: JSON, or a photo, of bounded size.

use crate::{domain::photo::MediaType, protocol::ProblemKind, server::error::Failure};
use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
    http::header::CONTENT_TYPE,
};
use serde::de::DeserializeOwned;

/// A body up to so many times too large is still read to its end before it is refused: a client that is hung up on while it
/// sends sees a broken connection instead of the reason, and a phone would try again for ever.
const READ_OUT: usize = 4;

/// The bytes of a JSON body.
pub(super) async fn json_bytes(request: Request, max_bytes: usize) -> Result<Bytes, Failure> {
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = content_type.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Failure::new(ProblemKind::WrongContentType, "send application/json"));
    }
    bounded(request, max_bytes).await
}

async fn bounded(request: Request, max_bytes: usize) -> Result<Bytes, Failure> {
    let too_large = || {
        Failure::new(ProblemKind::TooLarge, format!("a body has at most {max_bytes} bytes and arrives whole"))
    };
    let bytes =
        to_bytes(request.into_body(), max_bytes.saturating_mul(READ_OUT)).await.map_err(|_| too_large())?;
    if bytes.len() > max_bytes { Err(too_large()) } else { Ok(bytes) }
}

/// The bytes of a photo, with the media type that they are said to be of.
pub(super) async fn photo_bytes(request: Request, max_bytes: usize) -> Result<(MediaType, Bytes), Failure> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = MediaType::parse(&content_type.unwrap_or("").trim().to_ascii_lowercase());
    let wrong = || Failure::new(ProblemKind::WrongContentType, "send image/jpeg or image/webp");
    Ok((media_type.ok_or_else(wrong)?, bounded(request, max_bytes).await?))
}

/// Reads JSON.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::new(ProblemKind::Malformed, format!("the body is not what is expected: {error}"))
    })
}
