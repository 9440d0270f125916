//! `DELETE /api/v1/devices/this`: the calling phone unbinds itself from this branch; its other branches stay.

use super::auth::Caller;
use crate::server::api::{Endpoint, error::Failure};
use axum::{extract::State, http::StatusCode};

/// Unbinds the calling phone from this branch.
#[utoipa::path(
    delete,
    path = crate::protocol::paths::THIS_DEVICE,
    operation_id = "this_device_delete",
    security(("token" = [])),
    responses(
        (status = 204, description = "Unbound"),
    )
)]
pub(super) async fn delete(State(endpoint): State<Endpoint>, caller: Caller) -> Result<StatusCode, Failure> {
    endpoint.database.revoke(&caller.branch, caller.device, endpoint.clock.now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}
