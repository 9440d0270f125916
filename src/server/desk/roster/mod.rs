//! 名册: the tree one level at a time, what happens to a unit, and bringing a whole roster in.

mod acts;
mod bring;
mod form;
mod list;
mod merging;
mod moves;
mod words;

use super::{Desk, failure::Failure, links};
use crate::domain::BranchCode;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

/// A roster of a whole city is smaller.
const MAX_ROSTER_BYTES: usize = 4 << 20;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route(links::ROSTER, get(list::entrance))
        .route("/desk/roster/unit/{code}", get(list::unit))
        .route("/desk/roster/unit/{code}/change", get(acts::form))
        .route("/desk/roster/unit/{code}/name", post(acts::rename))
        .route("/desk/roster/unit/{code}/above", post(acts::transfer))
        .route(links::MOVES, get(moves::list))
        .route("/desk/roster/moves/{number}/take", post(moves::take))
        .route("/desk/roster/moves/{number}/leave", post(moves::leave))
        .route("/desk/roster/moves/{number}/read", post(moves::read_decline))
        .route("/desk/roster/unit/{code}/telephone", post(acts::telephone))
        .route("/desk/roster/unit/{code}/use", get(acts::ask_use).post(acts::set_use))
        .route("/desk/roster/unit/{code}/end", get(acts::ask_end).post(acts::end))
        .route("/desk/roster/unit/{code}/back", post(acts::revive))
        .route(links::ROSTER_MERGE, get(merging::form).post(merging::merge))
        .route(links::ROSTER_BLANK, get(bring::blank))
        .route(
            links::ROSTER_IMPORT,
            get(bring::form).post(bring::look).layer(DefaultBodyLimit::max(MAX_ROSTER_BYTES)),
        )
        .route("/desk/roster/import/{key}", get(bring::preview).post(bring::import))
}

/// The unit that an address names.
fn named(code: &str) -> Result<BranchCode, Failure> {
    BranchCode::new(code).map_err(|_| Failure::NotHere)
}
