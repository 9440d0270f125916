//! `POST /api/v1/activate`: binds a phone to the branch of a code.

use super::body;
use crate::{
    protocol::{ActivateRequest, Activated, ProblemKind},
    server::{
        api::{Endpoint, error::Failure},
        host::address::ClientAddress,
        office::activating::{self, Refusal},
    },
};
use axum::{
    Json,
    extract::{Request, State},
};

/// The body has a code and two ids; nobody has shown a token yet, so nothing larger is read.
const MAX_BYTES: usize = 4 * 1024;

/// Binds a phone to the branch of a code; the same triple again succeeds.
#[utoipa::path(
    post,
    path = crate::protocol::paths::ACTIVATE,
    operation_id = "activate_post",
    request_body = ActivateRequest,
    responses(
        (status = 200, body = Activated),
    )
)]
pub(super) async fn post(
    State(endpoint): State<Endpoint>,
    from: ClientAddress,
    request: Request,
) -> Result<Json<Activated>, Failure> {
    let request: ActivateRequest = body::parse(&body::json_bytes(request, MAX_BYTES).await?)?;
    let now = endpoint.clock.now_ms();
    let _one_at_a_time = endpoint.trying.lock().await;
    if let Some(seconds) = endpoint.wrong_codes.wait_seconds(from, now) {
        let failure =
            Failure::new(ProblemKind::TooManyAttempts, "too many wrong codes from this address; wait");
        return Err(failure.retry_after(seconds));
    }
    let activated = activating::activate(&endpoint.database, &*endpoint.clock, &request).await;
    if activated.as_ref().is_err_and(Refusal::is_of_code) {
        endpoint.wrong_codes.note(from, now);
    }
    Ok(Json(Activated { branch: activated? }))
}
