//! `POST /api/v1/devices/codes`: a bound phone gets a ten-minute code for another phone of its branch.

use crate::{
    protocol::{DeviceCode, ProblemKind},
    server::{
        api::{Endpoint, error::Failure},
        host::random::SystemRandom,
        office::{activating, actor::Sender},
    },
};
use axum::{Json, extract::State};

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
    phone: Sender,
) -> Result<Json<DeviceCode>, Failure> {
    let now = endpoint.clock.now_ms();
    if let Some(seconds) = endpoint.device_codes.wait_seconds(phone.device, now) {
        let failure = Failure::new(ProblemKind::TooManyAttempts, "this phone asked for too many codes; wait");
        return Err(failure.retry_after(seconds));
    }
    endpoint.device_codes.note(phone.device, now);
    let (database, clock) = (&endpoint.database, &*endpoint.clock);
    Ok(Json(activating::code_for_another(database, clock, &mut SystemRandom, &phone).await?))
}
