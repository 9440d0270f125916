//! Evidence photos, by the SHA-256 of their bytes: `HEAD` asks whether one is here, `PUT` brings it, `GET` fetches it. Only for
//! the phones of the branch; a hash that another branch has is as unknown as any other.

use super::body;
use crate::{
    domain::{ContentHash, photo::MAX_BYTES},
    protocol::ProblemKind,
    server::{
        api::{Endpoint, error::Failure},
        host::etag::is_known,
        office::actor::Phone,
    },
};
use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};

/// Whatever stands in a photo, no browser shows it as a page of ours.
const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

fn none() -> Failure {
    Failure::new(ProblemKind::NotFound, "this branch has no such photo here")
}

/// Whether the photo is here.
#[utoipa::path(
    head,
    path = crate::protocol::paths::PHOTO,
    operation_id = "photo_head",
    params(("sha256" = String, Path, description = "SHA-256 of the photo's bytes, 64 hexadecimal digits")),
    security(("token" = [])),
    responses((status = 200, description = "It is here, on disk"))
)]
pub(super) async fn head(
    State(endpoint): State<Endpoint>,
    phone: Phone,
    Path(sha256): Path<String>,
) -> Result<StatusCode, Failure> {
    let sha256 = ContentHash::try_from(sha256).map_err(|_| none())?;
    if endpoint.evidence.has(&phone.branch, &sha256).await? { Ok(StatusCode::OK) } else { Err(none()) }
}

/// The bytes of a photo of the branch.
#[utoipa::path(
    get,
    path = crate::protocol::paths::PHOTO,
    operation_id = "photo_get",
    params(("sha256" = String, Path, description = "SHA-256 of the photo's bytes, 64 hexadecimal digits")),
    security(("token" = [])),
    responses(
        (status = 200, content(([u8] = "image/jpeg"), ([u8] = "image/webp"))),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
    )
)]
pub(super) async fn get(
    State(endpoint): State<Endpoint>,
    phone: Phone,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let sha256 = ContentHash::try_from(sha256).map_err(|_| none())?;
    let media_type = endpoint.evidence.media_type(&phone.branch, &sha256).await?.ok_or_else(none)?;
    let tag = format!("\"{sha256}\"");
    let said = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, super::revalidate::PRIVATE.to_owned()),
        (header::VARY, "authorization".to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{sha256}.{}\"", media_type.ending())),
        (header::CONTENT_TYPE, media_type.into()),
    ];
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, said).into_response());
    }
    let bytes = endpoint.evidence.read(&phone.branch, &sha256).await?.ok_or_else(none)?;
    Ok((said, bytes).into_response())
}

/// Stores a photo; answers when it is on disk. The same again is success. Of a branch that has ended only what a submission of it
/// lacks.
#[utoipa::path(
    put,
    path = crate::protocol::paths::PHOTO,
    operation_id = "photo_put",
    params(("sha256" = String, Path, description = "SHA-256 of the photo's bytes, 64 hexadecimal digits")),
    request_body(content(([u8] = "image/jpeg"), ([u8] = "image/webp")), description = "A picture and nothing else: no Exif"),
    security(("token" = [])),
    responses(
        (status = 201, description = "Stored now"),
        (status = 200, description = "It was here before"),
    )
)]
pub(super) async fn put(
    State(endpoint): State<Endpoint>,
    phone: Phone,
    Path(sha256): Path<String>,
    request: Request,
) -> Result<StatusCode, Failure> {
    endpoint.evidence.may_bring(&phone, &sha256).await?;
    let _place = endpoint.evidence.place().await;
    let (said, bytes) = body::photo_bytes(request, MAX_BYTES).await?;
    let is_new = endpoint.evidence.take(&*endpoint.clock, &phone, (&sha256, said), bytes).await?;
    if !is_new {
        return Ok(StatusCode::OK);
    }
    tracing::info!(photo = %sha256, branch = %phone.branch, "stored");
    Ok(StatusCode::CREATED)
}
