//! `PUT /api/v1/submissions/{id}`: stores the frozen bytes of a submission and answers with its receipt.
//! `GET`: the same bytes back, for another phone of the branch.

use super::{
    auth::{self, Caller},
    body, revalidate,
};
use crate::{
    domain::{
        Assessment, Checklist, ContentHash, Submission, SubmissionId,
        check::submission_faults,
        period::{Period, shanghai_date},
        score,
        submission::FORMAT,
        time_check::EndpointClock,
    },
    protocol::{MAX_BODY_BYTES, ProblemKind, Receipt, receipt::receipt_code},
    server::{
        api::{Endpoint, error::Failure},
        database::{Arrival, Stored},
    },
};
use axum::{
    Json,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use std::sync::Arc;

/// So many parsed checklists are kept in memory; more than a department has in use at once.
const MAX_CACHED: usize = 32;

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
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "this branch has no such submission");
    let id: SubmissionId = id.parse().map_err(|_| none())?;
    let bytes = endpoint.database.submission(&caller.branch, id).await?.ok_or_else(none)?;
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
    caller: Caller,
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
    let refuse = |detail: &str| Failure::new(ProblemKind::Refused, detail);
    if submission.id.to_string() != id {
        return Err(refuse("the id in the address is not the one in the body"));
    }
    if submission.branch != caller.branch {
        return Err(refuse("this phone is bound to another branch"));
    }
    let sha256 = ContentHash::of(&bytes);
    let now_ms = endpoint.clock.now_ms();
    let (checklist, period) = match judged(&endpoint, &submission, now_ms).await {
        Ok(pinned) => pinned,
        // What is here already was taken once, whatever is asked of a submission today: the same bytes again are success.
        Err(failure) => match endpoint.database.receipt(&caller.branch, submission.id).await? {
            Some(first) if first.sha256 == sha256 => return Ok((StatusCode::OK, Json(first))),
            _ => return Err(failure),
        },
    };
    let sheet = score(&checklist, &period, &Assessment::new(submission.answers.iter().cloned(), None));
    let receipt = Receipt {
        submission: submission.id,
        code: receipt_code(&sha256),
        sha256,
        received_at: now_ms,
        score: sheet.total(),
        engine: checklist.engine,
        // By the day it was made: a branch is not late because its network was; nor because its clock was ahead.
        late: period.is_late(shanghai_date(submission.made_at.min(now_ms))),
    };
    let sheet = serde_json::to_string(&sheet).map_err(|error| Failure::unwritable(&error))?;
    let (id, branch) = (submission.id, caller.branch.clone());
    let arrival =
        Arrival { branch: caller.branch, bytes: bytes.into(), submission, receipt: receipt.clone(), sheet };
    match endpoint.writer.store(arrival).await? {
        Stored::New => {
            tracing::info!(submission = %id, %branch, "stored");
            Ok((StatusCode::CREATED, Json(receipt)))
        }
        Stored::Same(first) => Ok((StatusCode::OK, Json(first))),
        Stored::Different => {
            let detail =
                "this id was sent before with other bytes; they were put aside, make a new submission";
            Err(Failure::new(ProblemKind::DifferentBytes, detail))
        }
        Stored::Foreign => Err(refuse("this id belongs to a submission of another branch")),
        Stored::Closed => {
            let detail = "this assessment was approved; ask the upper level to return it";
            Err(Failure::new(ProblemKind::Closed, detail))
        }
        Stored::Ended => Err(auth::ended()),
        Stored::TooMany => {
            Err(refuse("the branch has sent too many submissions for this period; ask the upper level"))
        }
    }
}

/// What every format has.
#[derive(serde::Deserialize)]
struct Versioned {
    format: u16,
}

/// The checklist and period that the submission names, if it fits them and today.
async fn judged(
    endpoint: &Endpoint,
    submission: &Submission,
    now_ms: u64,
) -> Result<(Arc<Checklist>, Period), Failure> {
    let (checklist, period) = pinned(endpoint, submission).await?;
    let refuse =
        |detail: &str, faults: Vec<String>| Failure::new(ProblemKind::Refused, detail).with_faults(faults);
    let faults = submission_faults(&checklist, &period, submission);
    if !faults.is_empty() {
        let faults = faults.iter().map(ToString::to_string).collect();
        return Err(refuse("some answers do not fit their checklist; see the faults", faults));
    }
    let faults = EndpointClock { now_ms }.submission_faults(&period, submission);
    if !faults.is_empty() {
        let faults = faults.iter().map(ToString::to_string).collect();
        return Err(refuse("something in it lies after today; see the faults", faults));
    }
    Ok((checklist, period))
}

/// The checklist and period that the submission names.
async fn pinned(endpoint: &Endpoint, submission: &Submission) -> Result<(Arc<Checklist>, Period), Failure> {
    let refuse = |detail: &str| Failure::new(ProblemKind::Refused, detail);
    let unknown = || refuse("the checklist it answers was never published here");
    let checklist = parsed(endpoint, &submission.checklist).await?.ok_or_else(unknown)?;
    if checklist.sector != submission.sector {
        return Err(refuse("the checklist is for another sector"));
    }
    let period = checklist.period(&submission.period).cloned();
    Ok((checklist, period.ok_or_else(|| refuse("the checklist has no such period"))?))
}

/// A published checklist, read once: a hundred kilobytes of JSON would cost more than all the rest of a submission.
async fn parsed(endpoint: &Endpoint, hash: &ContentHash) -> Result<Option<Arc<Checklist>>, Failure> {
    let cache = || endpoint.checklists.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let known = cache().get(hash).cloned();
    if known.is_some() {
        return Ok(known);
    }
    let Some(body) = endpoint.database.checklist(hash).await? else { return Ok(None) };
    let checklist: Arc<Checklist> = Arc::new(serde_json::from_slice(&body).map_err(|error| {
        tracing::error!(%error, %hash, "a published checklist cannot be read");
        Failure::new(
            ProblemKind::Internal,
            "a published checklist cannot be read; the endpoint needs mending",
        )
    })?);
    let mut cache = cache();
    if cache.len() >= MAX_CACHED {
        cache.clear();
    }
    cache.insert(hash.clone(), checklist.clone());
    Ok(Some(checklist))
}
