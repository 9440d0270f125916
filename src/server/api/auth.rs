//! Who is calling: the bearer token of a bound phone (RFC 6750 §2.1).

use crate::{
    domain::{BranchCode, ContentHash, DeviceId},
    protocol::ProblemKind,
    server::{
        api::{Endpoint, error::Failure},
        database::Bound,
    },
};
use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};

/// A bound phone.
pub(super) struct Caller {
    pub(super) branch: BranchCode,
    pub(super) device: DeviceId,
    pub(super) has_ended: bool,
}

impl FromRequestParts<Endpoint> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, endpoint: &Endpoint) -> Result<Self, Failure> {
        let token = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer "));
        let refuse =
            || Failure::new(ProblemKind::Unauthorised, "activate this phone with a code of its branch");
        let token = token.ok_or_else(refuse)?;
        match endpoint.database.device(&ContentHash::of(token.as_bytes())).await? {
            None => Err(refuse()),
            Some(bound) if bound.is_revoked => {
                Err(Failure::new(ProblemKind::Revoked, "this phone was unbound; ask for a new code"))
            }
            Some(Bound { branch, device, has_ended, .. }) => Ok(Self { branch, device, has_ended }),
        }
    }
}

/// A bound phone whose branch may still send. Reading goes on after a branch has ended: its phones learn so by it.
pub(super) struct Sender(pub(super) Caller);

impl FromRequestParts<Endpoint> for Sender {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, endpoint: &Endpoint) -> Result<Self, Failure> {
        let caller = Caller::from_request_parts(parts, endpoint).await?;
        if caller.has_ended { Err(ended()) } else { Ok(Self(caller)) }
    }
}

/// The branch has ended.
pub(super) fn ended() -> Failure {
    let detail = "this branch has ended; its phones keep what they have: ask for a code of the branch that it went into";
    Failure::new(ProblemKind::BranchEnded, detail)
}
