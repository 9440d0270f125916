//! `GET /api/v1/branch/profile`: 支部基本情况 as the branch's phones wrote it last. `PUT`: keeps the later one.

use super::{body, revalidate};
use crate::{
    protocol::{ProblemKind, StampedProfile},
    server::{
        api::{Endpoint, error::Failure},
        office::{
            actor::{Phone, Sender},
            profiles,
        },
    },
};
use axum::{
    Json,
    extract::{Request, State},
    http::HeaderMap,
    response::Response,
};

/// A profile has a handful of figures.
const MAX_BYTES: usize = 4 * 1024;

/// The profile of the caller's branch, as its phones wrote it last.
#[utoipa::path(
    get,
    path = crate::protocol::paths::PROFILE,
    operation_id = "profile_get",
    security(("token" = [])),
    responses(
        (status = 200, body = StampedProfile),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
    )
)]
pub(super) async fn get(
    State(endpoint): State<Endpoint>,
    phone: Phone,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "no phone of this branch has sent its profile yet");
    revalidate::private(&headers, &profiles::kept(&endpoint.database, &phone).await?.ok_or_else(none)?)
}

/// Keeps the profile unless one with a higher stamp is there; answers with the one that is kept.
#[utoipa::path(
    put,
    path = crate::protocol::paths::PROFILE,
    operation_id = "profile_put",
    request_body = StampedProfile,
    security(("token" = [])),
    responses(
        (status = 200, body = StampedProfile),
    )
)]
pub(super) async fn put(
    State(endpoint): State<Endpoint>,
    phone: Sender,
    request: Request,
) -> Result<Json<StampedProfile>, Failure> {
    let sent: StampedProfile = body::parse(&body::json_bytes(request, MAX_BYTES).await?)?;
    Ok(Json(profiles::keep(&endpoint.database, &*endpoint.clock, &phone, sent).await?))
}
