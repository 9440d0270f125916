//! `PUT /api/v1/submissions/{id}/withdrawal`: 撤回, until a review has begun.

use crate::{
    domain::SubmissionId,
    server::{
        api::{Endpoint, error::Failure},
        office::{
            actor::Sender,
            submitting::{self, Refusal},
        },
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
};

/// Takes a submission back before anyone reviews it; again is success.
#[utoipa::path(
    put,
    path = crate::protocol::paths::WITHDRAWAL,
    operation_id = "withdrawal_put",
    params(("id" = SubmissionId, Path, description = "The submission, a UUIDv7 made by the phone")),
    security(("token" = [])),
    responses(
        (status = 204, description = "Withdrawn"),
    )
)]
pub(super) async fn put(
    State(endpoint): State<Endpoint>,
    phone: Sender,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let id: SubmissionId = id.parse().map_err(|_| Refusal::Unknown)?;
    submitting::withdraw(&endpoint.database, &*endpoint.clock, &phone, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
