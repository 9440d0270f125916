//! `If-None-Match` (RFC 9110 §13.1.2).

use axum::http::{HeaderMap, header};

/// Whether the client named this tag, or any; weak comparison, as `If-None-Match` asks for.
pub(in crate::server) fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    asked
        .get_all(header::IF_NONE_MATCH)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}
