//! `GET /api/v1/branch`: what the roster says of the caller's branch.

use super::auth::Caller;
use crate::{
    protocol::{BranchInfo, ProblemKind},
    server::{Endpoint, error::Failure},
};
use axum::{Json, extract::State};

pub(in crate::server) async fn get(
    State(endpoint): State<Endpoint>,
    caller: Caller,
) -> Result<Json<BranchInfo>, Failure> {
    let gone = || Failure::new(ProblemKind::NotFound, "this branch is no longer in the roster");
    Ok(Json(endpoint.database.branch(&caller.branch).await?.ok_or_else(gone)?))
}
