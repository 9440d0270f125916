//! `GET /api/v1/branch/profile`: 支部基本情况 as the branch's phones wrote it last. `PUT`: keeps the later one.

use super::{
    auth::{Caller, Sender},
    body, revalidate,
};
use crate::{
    domain::{check::profile_fault, finding::check::LATEST_STAMP_MS, time_check::EndpointClock},
    protocol::{ProblemKind, StampedProfile},
    server::api::{Endpoint, error::Failure},
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
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "no phone of this branch has sent its profile yet");
    revalidate::private(&headers, &endpoint.database.profile(&caller.branch).await?.ok_or_else(none)?)
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
    Sender(caller): Sender,
    request: Request,
) -> Result<Json<StampedProfile>, Failure> {
    let sent: StampedProfile = body::parse(&body::json_bytes(request, MAX_BYTES).await?)?;
    let now_ms = endpoint.clock.now_ms();
    let fault = profile_fault(&sent.profile).map(|fault| fault.to_string());
    let fault = fault.or_else(|| Some(EndpointClock { now_ms }.profile_fault(&sent.profile)?.to_string()));
    // The highest stamp is kept: one that no clock can show would stay for ever.
    let is_absurd = sent.stamp.ms > LATEST_STAMP_MS;
    let fault = fault.or_else(|| is_absurd.then(|| "the stamp lies beyond the year 2100; correct it".into()));
    if let Some(fault) = fault {
        // What is kept already was taken once: the same again is success.
        if endpoint.database.profile(&caller.branch).await?.is_some_and(|kept| kept == sent) {
            return Ok(Json(sent));
        }
        let failure = Failure::new(ProblemKind::Refused, "the profile holds what cannot be; see the faults");
        return Err(failure.with_faults(vec![fault]));
    }
    Ok(Json(endpoint.database.put_profile(&caller.branch, sent).await?))
}
