//! 一编一册 as one file to print.

use super::named;
use crate::server::{
    desk::{
        Desk,
        failure::Failure,
        kit::{DOCX, download},
        visitor::Visitor,
    },
    tables::booklet::{booklet, write},
};
use axum::{
    extract::{Path, State},
    response::Response,
};

/// The file.
pub(super) async fn docx(
    _: Visitor,
    State(desk): State<Desk>,
    Path(key): Path<String>,
) -> Result<Response, Failure> {
    let (published, _) = named(&desk, &key).await?;
    if published.documents.is_empty() {
        return Err(Failure::NotHere);
    }
    let name = format!("{}{} 一编一册.docx", published.summary.title, published.summary.version);
    let notice = published.checklists.first().map(|list| list.notice.as_str()).unwrap_or_default();
    let booklet = booklet(&published.summary, notice, &published.documents);
    // A hundred pages take a while; nobody else waits for them.
    let bytes = tokio::task::spawn_blocking(move || write(&booklet)).await;
    let failed = |error: &dyn std::fmt::Display| Failure::Machine(error.to_string());
    let bytes = bytes.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
    Ok(download(&name, DOCX, bytes))
}
