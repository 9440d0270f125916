//! `GET /api/v1/health`: the endpoint answers and its database can be read.

use crate::server::{
    api::{Endpoint, error::Failure},
    office::standards,
};
use axum::{Json, extract::State};
use serde::Serialize;

/// The state of the endpoint.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Health {
    /// Always `biaochi`.
    service: &'static str,
    /// The endpoint's version.
    version: &'static str,
    /// Whether phones find a standard here.
    standard_published: bool,
}

/// The endpoint answers and its database can be read.
#[utoipa::path(
    get,
    path = crate::protocol::paths::HEALTH,
    operation_id = "health_get",
    responses(
        (status = 200, body = Health),
    )
)]
pub(super) async fn get(State(endpoint): State<Endpoint>) -> Result<Json<Health>, Failure> {
    let standard_published = standards::told(&endpoint.database).await?.is_some();
    Ok(Json(Health { service: "biaochi", version: env!("CARGO_PKG_VERSION"), standard_published }))
}
