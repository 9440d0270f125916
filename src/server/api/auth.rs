//! Who is calling: the bearer token of a bound phone (RFC 6750 §2.1).

use crate::{
    domain::ContentHash,
    server::{
        api::{Endpoint, error::Failure},
        office::{
            activating::{self, Refusal},
            actor::{Phone, Sender},
        },
    },
};
use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};

impl FromRequestParts<Endpoint> for Phone {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, endpoint: &Endpoint) -> Result<Self, Failure> {
        let token = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refusal::Unknown)?;
        Ok(activating::recognise(&endpoint.database, &ContentHash::of(token.as_bytes())).await?)
    }
}

impl FromRequestParts<Endpoint> for Sender {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, endpoint: &Endpoint) -> Result<Self, Failure> {
        let sender = Phone::from_request_parts(parts, endpoint).await?.sender();
        Ok(sender.map_err(Refusal::Ended)?)
    }
}
