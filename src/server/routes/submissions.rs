//! `GET /api/v1/submissions`: all submissions of the caller's branch with their reviews.

use super::auth::Caller;
use crate::{
    protocol::SubmissionSummary,
    server::{Endpoint, error::Failure},
};
use axum::{Json, extract::State};

pub(in crate::server) async fn get(
    State(endpoint): State<Endpoint>,
    caller: Caller,
) -> Result<Json<Vec<SubmissionSummary>>, Failure> {
    Ok(Json(endpoint.database.submissions(&caller.branch).await?))
}
