//! 标准: which versions there are, what is in one, what changed between two, a new one, and which modules are on.

mod booklet;
mod check;
mod compare;
mod items;
mod list;
mod modules;
mod upload;

use super::{Desk, failure::Failure, links};
use crate::server::{
    database::{Edition, Published},
    office::editions,
};
use axum::{Router, extract::DefaultBodyLimit, routing::get};

/// A standard with its two books is a tenth of this.
const MAX_WORKBOOK_BYTES: usize = 8 << 20;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route(links::STANDARDS, get(list::all))
        .route(links::STANDARDS_BLANK, get(upload::blank))
        .route(
            links::STANDARDS_UPLOAD,
            get(upload::form).post(upload::look).layer(DefaultBodyLimit::max(MAX_WORKBOOK_BYTES)),
        )
        .route("/desk/standards/upload/{key}", get(upload::looked_at).post(upload::publish))
        .route("/desk/standards/modules/{module}", get(modules::ask).post(modules::switch))
        .route("/desk/standards/version/{key}", get(list::one))
        .route("/desk/standards/version/{key}/items", get(items::page))
        .route("/desk/standards/version/{key}/workbook", get(list::workbook))
        .route("/desk/standards/version/{key}/booklet", get(booklet::docx))
        .route("/desk/standards/version/{key}/since/{before}", get(compare::page))
}

/// The version that an address names.
async fn named(desk: &Desk, key: &str) -> Result<(Published, Option<Edition>), Failure> {
    editions::one(&desk.database, key).await?.ok_or(Failure::NotHere)
}
