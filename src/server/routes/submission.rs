//! `PUT /api/v1/submissions/{id}`: stores the frozen bytes of a submission and answers with its receipt.
//! `GET`: the same bytes back, for another phone of the branch.

use super::{auth::Caller, body};
use crate::{
    domain::{
        Assessment, Checklist, ContentHash, ENGINE_VERSION, Submission, SubmissionId,
        check::submission_faults,
        period::{Period, shanghai_date},
        score,
        submission::FORMAT,
    },
    protocol::{ProblemKind, Receipt, ReviewState, SubmissionSummary, receipt::receipt_code},
    server::{
        Endpoint,
        database::{Arrival, Stored},
        error::Failure,
    },
};
use axum::{
    Json,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

pub(in crate::server) async fn get(
    State(endpoint): State<Endpoint>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let none = || Failure::new(ProblemKind::NotFound, "this branch has no such submission");
    let id: SubmissionId = id.parse().map_err(|_| none())?;
    let bytes = endpoint.database.submission(&caller.branch, id).await?.ok_or_else(none)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

pub(in crate::server) async fn put(
    State(endpoint): State<Endpoint>,
    caller: Caller,
    Path(id): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Receipt>), Failure> {
    let bytes = body::json_bytes(request).await?;
    let submission: Submission = body::parse(&bytes)?;
    let refuse = |detail: &str| Failure::new(ProblemKind::Refused, detail);
    if submission.format > FORMAT {
        let detail =
            format!("this endpoint reads format {FORMAT}, not {}; it has to be updated", submission.format);
        return Err(Failure::new(ProblemKind::UnknownFormat, detail));
    }
    if submission.id.to_string() != id {
        return Err(refuse("the id in the address is not the one in the body"));
    }
    if submission.branch != caller.branch {
        return Err(refuse("this phone is bound to another branch"));
    }
    if !submission.attachments.is_empty() {
        return Err(refuse("this endpoint takes no photos yet; send the answers without attachments"));
    }
    let (checklist, period) = pinned(&endpoint, &submission).await?;
    let faults = submission_faults(&checklist, &period, &submission);
    if !faults.is_empty() {
        let faults = faults.iter().map(ToString::to_string).collect();
        return Err(refuse("some answers do not fit their checklist; see the faults").with_faults(faults));
    }
    let others = endpoint.database.submissions(&caller.branch).await?;
    if is_closed(&others, &submission) {
        let detail = "this assessment was approved; ask the upper level to return it";
        return Err(Failure::new(ProblemKind::Closed, detail));
    }
    let sheet = score(&checklist, &period, &Assessment::new(submission.answers.iter().cloned(), None));
    let sha256 = ContentHash::of(&bytes);
    let receipt = Receipt {
        submission: submission.id,
        code: receipt_code(&sha256),
        sha256,
        received_at: endpoint.clock.now_ms(),
        score: sheet.total(),
        engine: ENGINE_VERSION,
        // By the day it was made: a branch is not late because its network was.
        late: period.is_late(shanghai_date(submission.made_at)),
    };
    let sheet = serde_json::to_string(&sheet)
        .map_err(|_| Failure::new(ProblemKind::Internal, "the score could not be stored; try again later"))?;
    let arrival =
        Arrival { branch: &caller.branch, bytes: &bytes, submission: &submission, receipt: &receipt, sheet };
    match endpoint.database.store(&arrival).await? {
        Stored::New => {
            tracing::info!(submission = %submission.id, branch = %caller.branch, "stored");
            Ok((StatusCode::CREATED, Json(receipt)))
        }
        Stored::Same(first) => Ok((StatusCode::OK, Json(first))),
        Stored::Different => {
            let detail =
                "this id was sent before with other bytes; they were put aside, make a new submission";
            Err(Failure::new(ProblemKind::DifferentBytes, detail))
        }
        Stored::Foreign => Err(refuse("this id belongs to a submission of another branch")),
    }
}

/// The checklist and period that the submission names.
async fn pinned(endpoint: &Endpoint, submission: &Submission) -> Result<(Checklist, Period), Failure> {
    let refuse = |detail: &str| Failure::new(ProblemKind::Refused, detail);
    let unknown = || refuse("the checklist it answers was never published here");
    let body = endpoint.database.checklist(&submission.checklist).await?.ok_or_else(unknown)?;
    let checklist: Checklist = serde_json::from_slice(&body).map_err(|error| {
        tracing::error!(%error, hash = %submission.checklist, "a published checklist cannot be read");
        Failure::new(
            ProblemKind::Internal,
            "a published checklist cannot be read; the endpoint needs mending",
        )
    })?;
    if checklist.sector != submission.sector {
        return Err(refuse("the checklist is for another sector"));
    }
    let period = checklist.period(&submission.period).cloned();
    Ok((checklist, period.ok_or_else(|| refuse("the checklist has no such period"))?))
}

/// Whether the assessment was approved and not returned since. What was stored before may always be sent again.
fn is_closed(others: &[SubmissionSummary], submission: &Submission) -> bool {
    if others.iter().any(|other| other.receipt.submission == submission.id) {
        return false;
    }
    let of_period = others.iter().filter(|other| other.period == submission.period && !other.withdrawn);
    let newest = of_period.max_by_key(|other| other.receipt.submission);
    let last = newest.and_then(|newest| newest.reviews.last());
    last.is_some_and(|review| review.state == ReviewState::Approved)
}
