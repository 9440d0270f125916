//! `POST /api/v1/devices/codes`: a bound phone gets a ten-minute code for another phone of its branch.

use super::auth::Sender;
use crate::{
    protocol::{ActivationCode, DeviceCode, ProblemKind},
    server::api::{Endpoint, error::Failure},
};
use axum::{Json, extract::State};

/// Ten minutes, in milliseconds.
pub(crate) const VALID_MS: u64 = 10 * 60 * 1000;
/// For so long an unused code is told to have expired rather than to be wrong; 30 days in milliseconds.
const REMEMBERED_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// A ten-minute code for another phone of the same branch.
#[utoipa::path(
    post,
    path = crate::protocol::paths::DEVICE_CODES,
    operation_id = "device_codes_post",
    security(("token" = [])),
    responses(
        (status = 200, body = DeviceCode),
    )
)]
pub(super) async fn post(
    State(endpoint): State<Endpoint>,
    Sender(caller): Sender,
) -> Result<Json<DeviceCode>, Failure> {
    let now = endpoint.clock.now_ms();
    if let Some(seconds) = endpoint.device_codes.wait_seconds(caller.device, now) {
        let failure = Failure::new(ProblemKind::TooManyAttempts, "this phone asked for too many codes; wait");
        return Err(failure.retry_after(seconds));
    }
    endpoint.device_codes.note(caller.device, now);
    let mut random = [0; 8];
    getrandom::fill(&mut random)
        .map_err(|_| Failure::new(ProblemKind::Internal, "no randomness to be had; try again later"))?;
    let code = ActivationCode::from_random(random);
    let expires_at = now + VALID_MS;
    endpoint.database.forget_expired_codes(&caller.branch, now.saturating_sub(REMEMBERED_MS)).await?;
    endpoint.database.issue_code(&code, &caller.branch, expires_at).await?;
    Ok(Json(DeviceCode { code, expires_at }))
}
