//! Every route of the endpoint, to be read aloud.

use super::{Endpoint, error::Failure, routes};
use crate::protocol::{ProblemKind, SERVER_HEADER, SERVER_HEADER_VALUE, paths};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
    routing::{delete, get, post, put},
};
use std::time::{Duration, UNIX_EPOCH};
use tower_http::timeout::TimeoutLayer;

/// No request may take longer.
const TIME_OUT: Duration = Duration::from_secs(30);

/// The routes over this endpoint.
pub fn router(endpoint: Endpoint) -> Router {
    Router::new()
        .route(paths::HEALTH, get(routes::health::get))
        .route(paths::ACTIVATE, post(routes::activate::post))
        .route(paths::STANDARD, get(routes::standard::get))
        .route(paths::CHECKLIST, get(routes::checklist::get))
        .route(paths::BRANCH, get(routes::branch::get))
        .route(paths::DEVICE_CODES, post(routes::device_codes::post))
        .route(paths::THIS_DEVICE, delete(routes::this_device::delete))
        .route(paths::SUBMISSIONS, get(routes::submissions::get))
        .route(paths::SUBMISSION, get(routes::submission::get).put(routes::submission::put))
        .route(paths::WITHDRAWAL, put(routes::withdrawal::put))
        .fallback(|| async { Failure::new(ProblemKind::NotFound, "there is nothing at this address") })
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME_OUT))
        .layer(middleware::from_fn_with_state(endpoint.clone(), sign))
        .with_state(endpoint)
}

/// Signs every answer as ours and dates it by our clock, from which phones correct theirs.
async fn sign(State(endpoint): State<Endpoint>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let now = UNIX_EPOCH + Duration::from_millis(endpoint.clock.now_ms());
    let headers = response.headers_mut();
    headers.insert(SERVER_HEADER, HeaderValue::from_static(SERVER_HEADER_VALUE));
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(now)) {
        headers.insert(header::DATE, date);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
