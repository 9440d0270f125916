//! `POST /api/v1/devices/codes`: a bound phone gets a ten-minute code for another phone of its branch.

use super::auth::Caller;
use crate::{
    protocol::{ActivationCode, DeviceCode, ProblemKind},
    server::{Endpoint, error::Failure},
};
use axum::{Json, extract::State};

/// Ten minutes, in milliseconds.
const VALID_MS: u64 = 10 * 60 * 1000;

pub(in crate::server) async fn post(
    State(endpoint): State<Endpoint>,
    caller: Caller,
) -> Result<Json<DeviceCode>, Failure> {
    let mut random = [0; 8];
    getrandom::fill(&mut random)
        .map_err(|_| Failure::new(ProblemKind::Internal, "no randomness to be had; try again later"))?;
    let code = ActivationCode::from_random(random);
    let expires_at = endpoint.clock.now_ms() + VALID_MS;
    endpoint.database.issue_code(&code, &caller.branch, expires_at).await?;
    Ok(Json(DeviceCode { code, expires_at }))
}
