//! 一份上报: reading it, saying something of it, and its photos.

use super::{
    Query, address,
    sheet::{self, Shown, Typed, noted},
    words,
};
use crate::{
    domain::{ContentHash, ItemId, SubmissionId},
    protocol::{ReviewItem, ReviewState},
    server::{
        desk::{
            Desk,
            failure::Failure,
            kit::some_day_typed,
            links, moved,
            posted::{Fields, Posted},
            visitor::Visitor,
        },
        office::{
            evidence::EvidenceError,
            reading::{
                self,
                deciding::{self, Refusal},
            },
            reviewing::{self, Opinion},
        },
    },
};
use axum::{
    extract::{self, Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

/// Whatever stands in a photo, no browser shows it as a page of ours.
const POLICY: &str = "default-src 'none'; style-src 'none'; frame-ancestors 'none'; sandbox";

fn read_id(text: &str) -> Result<SubmissionId, Failure> {
    text.parse().map_err(|_| Failure::NotHere)
}

pub(super) async fn show(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path(id): Path<String>,
    extract::Query(query): extract::Query<Query>,
) -> Result<Response, Failure> {
    shown(&desk, &visitor, read_id(&id)?, &query, &Typed::default(), StatusCode::OK).await
}

async fn shown(
    desk: &Desk,
    visitor: &Visitor,
    id: SubmissionId,
    query: &Query,
    typed: &Typed,
    status: StatusCode,
) -> Result<Response, Failure> {
    let actor = visitor.actor();
    let reading = reading::read(&desk.database, &actor, id, visitor.today).await?;
    let filter = query.filter(visitor.today);
    let beside = reading::beside(&desk.database, &actor, filter, id, visitor.today).await?;
    let shown = Shown { visitor, reading: &reading, query, beside, typed };
    Ok((status, sheet::page(&shown)).into_response())
}

pub(super) async fn review(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    extract::Query(query): extract::Query<Query>,
    Posted(visitor, fields): Posted<Fields>,
) -> Result<Response, Failure> {
    let id = read_id(&id)?;
    let (mut typed, mut act, mut after) = (Typed::default(), String::new(), None);
    for (name, value) in fields {
        // A browser ends lines its own way.
        let text = value.replace("\r\n", "\n").trim().to_owned();
        match name.as_str() {
            "act" => act = text,
            "after" => after = text.parse().ok(),
            "reason" => typed.reason = text,
            "due" => typed.due = text,
            _ => {
                if let Some(item) = noted(&name).filter(|_| !text.is_empty()) {
                    typed.notes.insert(item.to_owned(), text);
                }
            }
        }
    }
    let state = match act.as_str() {
        "approved" => ReviewState::Approved,
        "in_review" => ReviewState::InReview,
        "returned" => ReviewState::Returned,
        "incomplete" => ReviewState::Incomplete,
        _ => return Err(Failure::Unreadable),
    };
    let after = after.ok_or(Failure::Unreadable)?;
    let items = typed.notes.iter().map(|(item, reason)| {
        let item = ItemId::new(item.as_str()).map_err(|_| Failure::Unreadable)?;
        Ok(ReviewItem { item, reason: reason.clone() })
    });
    let items = items.collect::<Result<Vec<_>, Failure>>()?;
    let due = match some_day_typed(&typed.due) {
        Ok(due) => due,
        Err(text) => {
            (typed.is_wrong_day, typed.fault) = (true, Some(text));
            return shown(&desk, &visitor, id, &query, &typed, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let opinion = Opinion { state, reason: typed.reason.clone(), items, due };
    match deciding::decide(&desk.database, &*desk.clock, &visitor.actor(), id, after, opinion).await {
        Ok(_) => Ok(Redirect::to(&next(&desk, &visitor, id, &query, state, &act).await?).into_response()),
        Err(
            Refusal::Unread(reading::Refusal::Denied(denied))
            | Refusal::Review(reviewing::Refusal::Denied(denied)),
        ) => {
            let notes = typed.notes.values().map(|note| ("对条目的意见", note.as_str()));
            let rest = [("原因", typed.reason.as_str()), ("哪天以前改好", typed.due.as_str())];
            moved::answer(&desk, &visitor, &denied, &notes.chain(rest).collect::<Vec<_>>()).await
        }
        Err(Refusal::Unread(refusal)) => Err(refusal.into()),
        Err(Refusal::Review(refusal @ reviewing::Refusal::Database(_))) => Err(refusal.into()),
        Err(refusal) => {
            let status = match refusal {
                Refusal::Newer(_) | Refusal::Replaced => StatusCode::CONFLICT,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            typed.is_wrong_day = matches!(refusal, Refusal::NoDay | Refusal::NoSuchDay | Refusal::PastDay);
            typed.fault = Some(words::refusal(&refusal, visitor.today));
            shown(&desk, &visitor, id, &query, &typed, status).await
        }
    }
}

/// Where to go on: to the next one that waits, from the first on again, or to the list when none does.
async fn next(
    desk: &Desk,
    visitor: &Visitor,
    id: SubmissionId,
    query: &Query,
    state: ReviewState,
    said: &str,
) -> Result<String, Failure> {
    if state == ReviewState::InReview {
        return Ok(query.after(&address(id), said, ""));
    }
    let actor = visitor.actor();
    let filter = query.filter(visitor.today);
    let [before, after] = reading::beside(&desk.database, &actor, filter, id, visitor.today).await?;
    Ok(match after.or(before) {
        Some(next) => query.after(&address(next), said, &id.to_string()),
        None => query.after(links::REPORTS, said, ""),
    })
}

pub(super) async fn photo(
    visitor: Visitor,
    State(desk): State<Desk>,
    Path((id, photo)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (id, photo) = (read_id(&id)?, ContentHash::try_from(photo).map_err(|_| Failure::NotHere)?);
    let actor = visitor.actor();
    let branch = reading::photo_of(&desk.database, &actor, id, &photo, visitor.today).await?;
    let broken = |error: EvidenceError| Failure::Machine(error.to_string());
    let media_type = desk.evidence.media_type(&branch, &photo).await.map_err(broken)?;
    let media_type = media_type.ok_or(Failure::NotHere)?;
    let bytes = desk.evidence.read(&branch, &photo).await.map_err(broken)?.ok_or(Failure::NotHere)?;
    let headers = [(header::CONTENT_TYPE, media_type.as_str()), (header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((headers, bytes).into_response())
}
