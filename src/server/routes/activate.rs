//! `POST /api/v1/activate`: binds a phone to the branch of a code.

use super::body;
use crate::{
    protocol::{ActivateRequest, Activated, ProblemKind},
    server::{Endpoint, database::Activation, error::Failure},
};
use axum::{
    Json,
    extract::{ConnectInfo, Request, State},
};
use std::net::SocketAddr;

pub(in crate::server) async fn post(
    State(endpoint): State<Endpoint>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Json<Activated>, Failure> {
    let now = endpoint.clock.now_ms();
    if let Some(seconds) = endpoint.throttle.wait_seconds(from.ip(), now) {
        let failure =
            Failure::new(ProblemKind::TooManyAttempts, "too many wrong codes from this address; wait");
        return Err(failure.retry_after(seconds));
    }
    let request: ActivateRequest = body::parse(&body::json_bytes(request).await?)?;
    let refused = match endpoint.database.activate(&request, now).await? {
        Activation::Bound(branch) => {
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
    };
    endpoint.throttle.failed(from.ip(), now);
    Err(refused)
}
