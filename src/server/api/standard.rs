//! `GET /api/v1/standard`: what is in force; public, revalidated by `ETag`.

use super::revalidate;
use crate::{
    protocol::ProblemKind,
    server::{
        api::{Endpoint, error::Failure},
        office::standards,
    },
};
use axum::{extract::State, http::HeaderMap, response::Response};

/// The version of the standard in force; public.
#[utoipa::path(
    get,
    path = crate::protocol::paths::STANDARD,
    operation_id = "standard_get",
    responses(
        (status = 200, body = crate::protocol::PublishedStandard),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
    )
)]
pub(super) async fn get(State(endpoint): State<Endpoint>, headers: HeaderMap) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "no standard is published yet; publish one first");
    let body = standards::told(&endpoint.database).await?.ok_or_else(none)?;
    Ok(revalidate::json(&headers, "public, no-cache", body))
}
