//! Evidence photos, by the SHA-256 of their bytes: `HEAD` asks whether one is here, `PUT` brings it, `GET` fetches it. Only for
//! the phones of the branch; a hash that another branch has is as unknown as any other.

use super::{auth::Caller, body, is_known};
use crate::{
    domain::{
        ContentHash,
        photo::{self, MAX_BYTES, MediaType, PhotoFault},
    },
    protocol::ProblemKind,
    server::{Endpoint, error::Failure, photos::PhotoStoreError},
};
use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};

/// Whatever stands in a photo, no browser shows it as a page of ours.
const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

impl From<PhotoStoreError> for Failure {
    fn from(error: PhotoStoreError) -> Self {
        tracing::error!(%error, "the photos' store failed");
        Self::new(ProblemKind::Internal, "the endpoint could not store or read; try again later")
            .retry_after(30)
    }
}

fn none() -> Failure {
    Failure::new(ProblemKind::NotFound, "this branch has no such photo here")
}

/// The media type of a photo whose bytes are here too: a row whose file was lost does not count.
async fn here(
    endpoint: &Endpoint,
    caller: &Caller,
    sha256: &ContentHash,
) -> Result<Option<MediaType>, Failure> {
    let noted = endpoint.database.photo(&caller.branch, sha256).await?;
    let lies_there = noted.is_some() && endpoint.photos.has(&caller.branch, sha256).await?;
    Ok(noted.filter(|_| lies_there))
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
pub(in crate::server) async fn head(
    State(endpoint): State<Endpoint>,
    caller: Caller,
    Path(sha256): Path<String>,
) -> Result<StatusCode, Failure> {
    let sha256 = ContentHash::try_from(sha256).map_err(|_| none())?;
    here(&endpoint, &caller, &sha256).await?.map(|_| StatusCode::OK).ok_or_else(none)
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
pub(in crate::server) async fn get(
    State(endpoint): State<Endpoint>,
    caller: Caller,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let sha256 = ContentHash::try_from(sha256).map_err(|_| none())?;
    let media_type = endpoint.database.photo(&caller.branch, &sha256).await?.ok_or_else(none)?;
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
    let bytes = endpoint.photos.get(&caller.branch, &sha256).await?.ok_or_else(none)?;
    Ok((said, bytes).into_response())
}

/// Stores a photo; answers when it is on disk. The same again is success.
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
pub(in crate::server) async fn put(
    State(endpoint): State<Endpoint>,
    caller: Caller,
    Path(sha256): Path<String>,
    request: Request,
) -> Result<StatusCode, Failure> {
    let _place = endpoint.photos.place().await;
    let (said, bytes) = body::photo_bytes(request, MAX_BYTES).await?;
    let length = bytes.len();
    if ContentHash::of(&bytes).as_str() != sha256 {
        return Err(Failure::new(
            ProblemKind::WrongHash,
            "the bytes are not those of the hash in the address",
        ));
    }
    let sha256 = ContentHash::of(&bytes);
    let finished = photo::finished(&bytes).map_err(|fault| refusal(&fault))?;
    if finished.media_type != said {
        return Err(Failure::new(ProblemKind::NotAPhoto, "the content type is not that of the bytes"));
    }
    let too_many = || {
        Failure::new(ProblemKind::TooManyPhotos, "the branch has too many photos here; ask the upper level")
    };
    let known = here(&endpoint, &caller, &sha256).await?.is_some();
    if !known {
        if !endpoint.database.has_room_for_photos(&caller.branch).await? {
            return Err(too_many());
        }
        endpoint.photos.put(&caller.branch, &sha256, bytes).await?;
    }
    let by = (&caller.branch, caller.device);
    let now = endpoint.clock.now_ms();
    match endpoint.database.add_photo(by, (&sha256, length), &finished, now).await? {
        Some(true) => {
            tracing::info!(photo = %sha256, branch = %caller.branch, "stored");
            Ok(StatusCode::CREATED)
        }
        Some(false) => Ok(StatusCode::OK),
        None => Err(too_many()),
    }
}

fn refusal(fault: &PhotoFault) -> Failure {
    let kind = match fault {
        PhotoFault::TooLarge(_) => ProblemKind::TooLarge,
        _ => ProblemKind::NotAPhoto,
    };
    Failure::new(kind, fault.to_string())
}
