//! 问题台账: the problems that were found from above, followed to their end; kinds that they are of; writing down new ones.

mod kinds;
mod list;
mod new;
mod one;
mod refused;
mod table;

use super::Desk;
use axum::Router;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .merge(list::routes())
        .merge(one::routes())
        .merge(new::routes())
        .merge(table::routes())
        .merge(kinds::routes())
}
