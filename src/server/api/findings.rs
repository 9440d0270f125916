//! `GET /api/v1/branch/findings`: 问题和整改 of the caller's branch. `PUT`: adds what a phone wrote.

use super::{body, revalidate};
use crate::{
    domain::finding::check::is_to_be_kept,
    protocol::{BranchFindings, MAX_BODY_BYTES, NewFindings},
    server::{
        api::{Endpoint, error::Failure},
        office::{
            actor::{Phone, Sender},
            words_of_phones,
        },
    },
};
use axum::{
    extract::{Request, State},
    http::HeaderMap,
    response::Response,
};

/// All findings of the branch: what its phones and the upper level wrote, and what was decided.
#[utoipa::path(
    get,
    path = crate::protocol::paths::FINDINGS,
    operation_id = "findings_get",
    security(("token" = [])),
    responses(
        (status = 200, body = BranchFindings),
        (status = 304, description = "Unchanged since the ETag in If-None-Match"),
    )
)]
pub(super) async fn get(
    State(endpoint): State<Endpoint>,
    phone: Phone,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let all = BranchFindings::from(words_of_phones::all(&endpoint.database, &phone).await?);
    revalidate::private(&headers, &all)
}

/// Adds what a phone wrote and answers, when it is on disk, with all that is there now and its ETag; what is there already
/// changes nothing, so the same again is success. Nothing is ever removed.
#[utoipa::path(
    put,
    path = crate::protocol::paths::FINDINGS,
    operation_id = "findings_put",
    request_body = NewFindings,
    security(("token" = [])),
    responses(
        (status = 200, body = BranchFindings),
    )
)]
pub(super) async fn put(
    State(endpoint): State<Endpoint>,
    phone: Sender,
    request: Request,
) -> Result<Response, Failure> {
    let bytes = body::json_bytes(request, MAX_BODY_BYTES).await?;
    let mut sent: NewFindings = body::parse(&bytes)?;
    if sent.entries.unread().any(|one| !is_to_be_kept(one)) {
        // An entry that cannot be read does not make the list unreadable, so its numbers are looked at here.
        sent = body::read_whole(&bytes).unwrap_or(sent);
    }
    let all = words_of_phones::add(&endpoint.database, &phone, &sent.entries).await?;
    tracing::info!(branch = %phone.branch, entries = sent.entries.len(), "findings stored");
    revalidate::private(&HeaderMap::new(), &BranchFindings::from(all))
}
