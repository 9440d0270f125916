//! `DELETE /api/v1/devices/this`: the calling phone unbinds itself.

use super::auth::Caller;
use crate::server::{Endpoint, error::Failure};
use axum::{extract::State, http::StatusCode};

pub(in crate::server) async fn delete(
    State(endpoint): State<Endpoint>,
    caller: Caller,
) -> Result<StatusCode, Failure> {
    endpoint.database.revoke(caller.device, endpoint.clock.now_ms()).await?;
    Ok(StatusCode::NO_CONTENT)
}
