//! `DELETE /api/v1/devices/this`: the calling phone unbinds itself from this branch; its other branches stay.

use crate::server::{
    api::{Endpoint, error::Failure},
    office::{activating, actor::Phone},
};
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
pub(super) async fn delete(State(endpoint): State<Endpoint>, phone: Phone) -> Result<StatusCode, Failure> {
    activating::unbind(&endpoint.database, &*endpoint.clock, &phone).await?;
    Ok(StatusCode::NO_CONTENT)
}
