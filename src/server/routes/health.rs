//! `GET /api/v1/health`: the endpoint answers and its database can be read.

use crate::server::{Endpoint, error::Failure};
use axum::{Json, extract::State};
use serde_json::{Value, json};

pub(in crate::server) async fn get(State(endpoint): State<Endpoint>) -> Result<Json<Value>, Failure> {
    let published = endpoint.database.standard().await?.is_some();
    Ok(Json(
        json!({ "service": "biaochi", "version": env!("CARGO_PKG_VERSION"), "standard_published": published }),
    ))
}
