//! Who is calling: the bearer token of a bound phone (RFC 6750 §2.1).

use crate::{
    domain::{BranchCode, ContentHash, DeviceId},
    protocol::ProblemKind,
    server::{Endpoint, error::Failure},
};
use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};

/// A bound phone.
pub(in crate::server) struct Caller {
    pub(super) branch: BranchCode,
    pub(super) device: DeviceId,
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
            Some((_, _, true)) => {
                Err(Failure::new(ProblemKind::Revoked, "this phone was unbound; ask for a new code"))
            }
            Some((branch, device, false)) => Ok(Self { branch, device }),
        }
    }
}
