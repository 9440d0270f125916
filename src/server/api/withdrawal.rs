//! `PUT /api/v1/submissions/{id}/withdrawal`: 撤回, until a review has begun.

use super::auth::Sender;
use crate::{
    domain::SubmissionId,
    protocol::ProblemKind,
    server::api::{Endpoint, error::Failure},
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
    Sender(caller): Sender,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "this branch has no such submission");
    let id: SubmissionId = id.parse().map_err(|_| none())?;
    match endpoint.database.withdraw(&caller.branch, id, endpoint.clock.now_ms()).await? {
        None => Err(none()),
        Some(true) => Ok(StatusCode::NO_CONTENT),
        Some(false) => {
            Err(Failure::new(ProblemKind::ReviewBegun, "a review has begun; ask for a return instead"))
        }
    }
}
