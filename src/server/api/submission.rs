//! `PUT /api/v1/submissions/{id}`: stores the frozen bytes of a submission and answers with its receipt.
//! `GET`: the same bytes back, for another phone of the branch.

use super::{body, revalidate};
use crate::{
    domain::{Submission, SubmissionId, submission::FORMAT},
    protocol::{MAX_BODY_BYTES, ProblemKind, Receipt},
    server::{
        api::{Endpoint, error::Failure},
        office::{
            actor::Phone,
            submitting::{self, Submitted},
        },
    },
};
use axum::{
    Json,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};

/// The bytes of a submission as they were sent.
#[utoipa::path(
    get,
    path = crate::protocol::paths::SUBMISSION,
    operation_id = "submission_get",
    params(("id" = SubmissionId, Path, description = "The submission, a UUIDv7 made by the phone")),
    security(("token" = [])),
    responses(
        (status = 200, body = Submission),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
    )
)]
pub(super) async fn get(
    State(endpoint): State<Endpoint>,
    phone: Phone,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "this branch has no such submission");
    let id: SubmissionId = id.parse().map_err(|_| none())?;
    let bytes = submitting::sent(&endpoint.database, &phone, id).await?.ok_or_else(none)?;
    Ok(revalidate::json(&headers, revalidate::PRIVATE, bytes))
}

/// Stores a submission and answers with its receipt when it is on disk; the same bytes again get the same receipt.
#[utoipa::path(
    put,
    path = crate::protocol::paths::SUBMISSION,
    operation_id = "submission_put",
    params(("id" = SubmissionId, Path, description = "The submission, a UUIDv7 made by the phone")),
    request_body = Submission,
    security(("token" = [])),
    responses(
        (status = 201, body = Receipt, description = "Stored now"),
        (status = 200, body = Receipt, description = "These bytes were stored before"),
    )
)]
pub(super) async fn put(
    State(endpoint): State<Endpoint>,
    phone: Phone,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Receipt>), Failure> {
    let bytes = body::json_bytes(request, MAX_BODY_BYTES).await?;
    // The format first: what a newer phone writes may not even look like a submission of today.
    let Versioned { format } = body::parse(&bytes)?;
    if format > FORMAT {
        let detail = format!("this endpoint reads format {FORMAT}, not {format}; it has to be updated");
        return Err(Failure::new(ProblemKind::UnknownFormat, detail));
    }
    let submission: Submission = body::parse_kept(&bytes)?;
    if submission.id.to_string() != id {
        let detail = "the id in the address is not the one in the body";
        return Err(Failure::new(ProblemKind::Refused, detail));
    }
    let id = submission.id;
    let Submitted { receipt, is_new } =
        endpoint.inbox.submit(&*endpoint.clock, &phone, submission, bytes).await?;
    if !is_new {
        return Ok((StatusCode::OK, Json(receipt)));
    }
    tracing::info!(submission = %id, branch = %phone.branch, "stored");
    Ok((StatusCode::CREATED, Json(receipt)))
}

/// What every format has.
#[derive(serde::Deserialize)]
struct Versioned {
    format: u16,
}
