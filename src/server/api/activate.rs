//! `POST /api/v1/activate`: binds a phone to the branch of a code.

use super::body;
use crate::{
    protocol::{ActivateRequest, Activated, ProblemKind},
    server::{
        api::{Endpoint, error::Failure},
        database::Activation,
        host::address::ClientAddress,
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
    let one_at_a_time = endpoint.trying.lock().await;
    if let Some(seconds) = endpoint.wrong_codes.wait_seconds(from, now) {
        let failure =
            Failure::new(ProblemKind::TooManyAttempts, "too many wrong codes from this address; wait");
        return Err(failure.retry_after(seconds));
    }
    let refused = match endpoint.database.activate(&request, now).await? {
        Activation::Bound(branch) => {
            drop(one_at_a_time);
            let branch = endpoint.database.branch(&branch).await?;
            let gone =
                || Failure::new(ProblemKind::NotFound, "the branch of this code is no longer in the roster");
            return Ok(Json(Activated { branch: branch.ok_or_else(gone)? }));
        }
        Activation::Wrong => Failure::new(ProblemKind::CodeWrong, "no such code; check its 12 digits"),
        Activation::Used => {
            Failure::new(ProblemKind::CodeUsed, "another phone used this code; ask for a new one")
        }
        Activation::Expired => {
            Failure::new(ProblemKind::CodeExpired, "this code has expired; ask for a new one")
        }
        Activation::Revoked => Failure::new(
            ProblemKind::Revoked,
            "this phone was unbound after it used this code; ask for a new one",
        ),
        Activation::Ended => return Err(super::auth::ended()),
        Activation::TokenTaken => {
            Failure::new(ProblemKind::Refused, "this token is bound already; make a new one for each code")
        }
    };
    endpoint.wrong_codes.note(from, now);
    Err(refused)
}
