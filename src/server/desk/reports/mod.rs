//! 上报一览, 一份上报, 收到纸质: what branches reported, read, and answered.

mod filter;
mod item;
mod list;
mod one;
mod paper;
mod sheet;
mod words;

pub(super) use filter::Query;

use super::{Desk, failure::Failure, links, visitor::Visitor};
use crate::{
    domain::SubmissionId,
    server::{
        office::{
            reading,
            results::Reports,
            reviewing::{self, browsing},
        },
        tables::results::Book,
    },
};
use axum::{
    Router,
    extract::{self, State},
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use maud::Markup;
use rust_xlsxwriter::XlsxError;

/// The list as a table.
const XLSX: &str = "/desk/reports.xlsx";
/// 收到纸质
const PAPER: &str = "/desk/reports/paper";

/// Where a report stands.
fn address(id: SubmissionId) -> String {
    format!("{}/{id}", links::REPORTS)
}

/// Where something is said of it.
fn review_address(id: SubmissionId) -> String {
    format!("{}/{id}/review", links::REPORTS)
}

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route(links::REPORTS, get(list))
        .route(XLSX, get(xlsx))
        .route(PAPER, get(paper::ask).post(paper::enter))
        .route("/desk/reports/{id}", get(one::show))
        .route("/desk/reports/{id}/review", post(one::review))
        .route("/desk/reports/{id}/photos/{photo}", get(one::photo))
}

async fn list(
    visitor: Visitor,
    State(desk): State<Desk>,
    extract::Query(query): extract::Query<Query>,
) -> Result<Markup, Failure> {
    let filter = query.filter(visitor.today);
    let actor = visitor.actor();
    let browsed = browsing::browse(&desk.database, &actor, filter, query.number(), visitor.today);
    Ok(list::page(&visitor, &query, &browsed.await?))
}

async fn xlsx(
    visitor: Visitor,
    State(desk): State<Desk>,
    extract::Query(query): extract::Query<Query>,
) -> Result<Response, Failure> {
    let (actor, filter) = (visitor.actor(), query.filter(visitor.today));
    let results = browsing::results(&desk.database, &actor, filter, visitor.today);
    let (results, [unit, period]) = results.await?;
    let failed = |error: XlsxError| Failure::Machine(error.to_string());
    let (mut book, mut reports) =
        (Book::summary(&results).map_err(failed)?, Reports::of(&desk.database, &results));
    loop {
        let some = reports.next().await?;
        if some.is_empty() {
            break;
        }
        for (branch, report) in some {
            book.add(branch, report.as_ref()).map_err(failed)?;
        }
    }
    let mut table = Vec::new();
    book.save(&mut table).map_err(failed)?;
    let name = links::escaped(&format!("{unit}汇总表 {period}.xlsx"));
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, table).into_response())
}

impl From<browsing::Refusal> for Failure {
    fn from(refusal: browsing::Refusal) -> Self {
        match refusal {
            browsing::Refusal::Denied(_) => Self::NotHere,
            browsing::Refusal::Unlisted(refusal) => refusal.into(),
            browsing::Refusal::Database(error) => error.into(),
        }
    }
}

impl From<reviewing::Refusal> for Failure {
    fn from(refusal: reviewing::Refusal) -> Self {
        match refusal {
            reviewing::Refusal::Database(error) => error.into(),
            // Whatever cannot be meant by somebody who may see it is nowhere.
            _ => Self::NotHere,
        }
    }
}

impl From<reading::Refusal> for Failure {
    fn from(refusal: reading::Refusal) -> Self {
        match refusal {
            reading::Refusal::Unknown | reading::Refusal::Denied(_) => Self::NotHere,
            reading::Refusal::Database(error) => error.into(),
        }
    }
}
