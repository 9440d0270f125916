//! `GET /api/v1/branch/findings`: 问题和整改 of the caller's branch. `PUT`: adds what a phone wrote.

use super::{
    auth::{Caller, Sender},
    body, revalidate,
};
use crate::{
    domain::{
        FindingEntry,
        finding::check::{MAX_FINDING_ENTRIES, finding_fault, impossible_deadlines, is_to_be_kept},
        time_check::{TimeCode, TimeFault},
    },
    protocol::{BranchFindings, MAX_BODY_BYTES, MAX_FINDINGS_PER_REQUEST, NewFindings, ProblemKind},
    server::api::{Endpoint, error::Failure},
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
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let all = BranchFindings::from(endpoint.database.findings(&caller.branch).await?);
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
    Sender(caller): Sender,
    request: Request,
) -> Result<Response, Failure> {
    let bytes = body::json_bytes(request, MAX_BODY_BYTES).await?;
    let mut sent: NewFindings = body::parse(&bytes)?;
    if sent.entries.unread().any(|one| !is_to_be_kept(one)) {
        // An entry that cannot be read does not make the list unreadable, so its numbers are looked at here.
        sent = body::read_whole(&bytes).unwrap_or(sent);
    }
    let refuse = |detail: String| Failure::new(ProblemKind::Refused, detail);
    if sent.entries.len() + sent.entries.unread().count() > MAX_FINDINGS_PER_REQUEST {
        let detail = format!("a request carries at most {MAX_FINDINGS_PER_REQUEST} entries; send several");
        return Err(refuse(detail));
    }
    let mut faults = faults_of(&sent.entries);
    if !faults.is_empty() {
        // What is here already was taken once, whatever is asked of a word today: the same again is success.
        let known = endpoint.database.findings(&caller.branch).await?;
        let new = sent.entries.iter().filter(|entry| !known.entries().contains(*entry));
        faults = faults_of(&new.cloned().collect::<Vec<_>>());
    }
    // Words of a kind that came later, from a phone whose app is newer than this endpoint, are kept and given to the other phones:
    // refused, they would hold up every other word of their branch until the endpoint is brought up to date.
    let unfit = sent.entries.unread().filter(|one| !is_to_be_kept(one)).count();
    if unfit > 0 {
        faults.push(format!(
            "{unfit} entries are of no kind known here, and lack a finding and a phone's stamp, or are too long"
        ));
    }
    if !faults.is_empty() {
        let detail = "some entries hold what cannot be; see the faults, nothing was stored".into();
        return Err(refuse(detail).with_faults(faults));
    }
    let Some(all) = endpoint.database.add_findings(&caller.branch, &sent.entries).await? else {
        let detail = format!(
            "the branch would have more than {MAX_FINDING_ENTRIES} entries of findings; ask the upper level"
        );
        return Err(refuse(detail));
    };
    tracing::info!(branch = %caller.branch, entries = sent.entries.len(), "findings stored");
    revalidate::private(&HeaderMap::new(), &BranchFindings::from(all))
}

/// Everything wrong with what a phone wrote.
fn faults_of(entries: &[FindingEntry]) -> Vec<String> {
    let impossible = impossible_deadlines(entries).into_iter().map(|(_, day)| {
        let remedy = "correct the year of the deadline";
        TimeFault { code: TimeCode::DeadlineImpossible, day, remedy }.to_string()
    });
    let mut faults: Vec<String> = impossible.collect();
    faults.extend(entries.iter().filter_map(finding_fault).map(|fault| fault.to_string()));
    let forged = entries.iter().filter(|entry| entry.is_from_above());
    faults.extend(forged.map(|entry| {
        format!("finding {}: only the endpoint writes in the upper level's name", entry.finding)
    }));
    faults
}
