//! Which address leads where, and what holds for every page.

use super::{
    Desk, codes, entry, failure::Failure, filing, findings, links, log, manual, me, orders, people, reports,
    roster, standards, today,
};
use crate::server::host::heard_out::heard_out;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};

/// Forms are small; what is larger has a route with a bound of its own.
const MAX_FORM_BYTES: usize = 256 * 1024;

/// What every page says of itself: nothing comes from elsewhere, nothing inline, no other site frames it, nobody keeps it.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    // What is on a page is for whoever is signed in: it must not be seen after signing out.
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// The desk's pages, beside what else is served.
pub fn router(desk: Desk) -> Router {
    around(pages(), desk)
}

/// The desk's pages at an address where nothing else is.
pub fn alone(desk: Desk) -> Router {
    let first = || async { Redirect::to(links::TODAY) };
    around(pages().route("/", get(first)).fallback(nothing), desk)
}

/// What stands in their place where the desk is at another address: not the app's page, which answers for every path.
pub fn elsewhere() -> Router {
    let gone = || async { StatusCode::NOT_FOUND };
    Router::new()
        .route(links::TODAY, any(gone))
        .route("/desk/", any(gone))
        .route("/desk/{*nothing}", any(gone))
}

fn pages() -> Router<Desk> {
    Router::new()
        .route(links::STYLE, get(style))
        .route(links::ICON, get(icon))
        .merge(entry::routes())
        .merge(me::routes())
        .merge(findings::routes())
        .merge(orders::routes())
        .merge(people::routes())
        .merge(today::routes())
        .merge(reports::routes())
        .merge(roster::routes())
        .merge(codes::routes())
        .merge(standards::routes())
        .merge(log::routes())
        .merge(manual::routes())
        .route("/desk/{*nothing}", any(nothing))
}

/// What holds for every page.
fn around(pages: Router<Desk>, desk: Desk) -> Router {
    pages
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(middleware::from_fn(plain))
        .layer(middleware::from_fn(in_our_words))
        .layer(middleware::from_fn(headers))
        .layer(middleware::from_fn(heard_out))
        .layer(middleware::from_fn_with_state(desk.clone(), filing::told))
        .with_state(desk)
}

async fn nothing() -> Failure {
    Failure::NotHere
}

/// Nothing lies at an address with a NUL in it, and PostgreSQL takes it in no text.
async fn plain(request: Request, next: Next) -> Response {
    if request.uri().to_string().contains("%00") {
        return Failure::NotHere.into_response();
    }
    next.run(request).await
}

/// What is refused before a handler has it (a query or a path that cannot be read, a form's address that is opened by hand) is told as
/// everything else is, not in the framework's English.
async fn in_our_words(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    match response.status() {
        status if is_page || !status.is_client_error() => response,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Failure::NotHere.into_response(),
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge.into_response(),
        _ => Failure::Unreadable.into_response(),
    }
}

async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

async fn style() -> impl IntoResponse {
    const STYLE: &str =
        concat!(include_str!("../../../style/tokens.css"), include_str!("../../../style/desk.css"));
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], STYLE)
}

async fn icon() -> impl IntoResponse {
    const ICON: &str = include_str!("../../../public/favicon.svg");
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "no-cache")], ICON)
}
