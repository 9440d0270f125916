//! Every route of the endpoint, to be read aloud.

use super::{
    Endpoint, activate, branch, device_codes, error::Failure, findings, health, openapi, photo, profile,
    published, standard, submission, submissions, this_device, withdrawal,
};
use crate::protocol::{ProblemKind, SERVER_HEADER, SERVER_HEADER_VALUE, paths};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::Response,
    routing::{MethodRouter, delete, get, post, put},
};
use std::time::{Duration, UNIX_EPOCH};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer, Predicate as _,
        predicate::{NotForContentType, SizeAbove},
    },
    timeout::TimeoutLayer,
};

/// No request may take longer,
const TIME_OUT: Duration = Duration::from_secs(30);
/// unless it brings a photo: 300 KB take a minute and more where there is one bar of signal.
const PHOTO_TIME_OUT: Duration = Duration::from_secs(180);
/// A receipt fits into one packet anyway; smaller answers than this, in bytes, are not worth compressing.
const WORTH_COMPRESSING: u16 = 1_000;
/// Brotli's and gzip's quality: near their best for JSON, at a small part of its cost.
const QUALITY: CompressionLevel = CompressionLevel::Precise(5);

/// Sent with every answer unless it says otherwise.
const HEADERS: [(HeaderName, HeaderValue); 8] = [
    (HeaderName::from_static(SERVER_HEADER), HeaderValue::from_static(SERVER_HEADER_VALUE)),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        // The camera reads the QR code of an activation.
        HeaderValue::from_static("camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// The API, path by path. Each is described in the OpenAPI document, which a test compares with this list.
pub(super) fn routes() -> [(&'static str, MethodRouter<Endpoint>); 17] {
    [
        (paths::HEALTH, get(health::get)),
        (paths::ACTIVATE, post(activate::post)),
        (paths::STANDARD, get(standard::get)),
        (paths::CHECKLIST, get(published::checklist)),
        (paths::DOCUMENT, get(published::document)),
        (paths::BRANCH, get(branch::get)),
        (paths::PROFILE, get(profile::get).put(profile::put)),
        (paths::FINDINGS, get(findings::get).put(findings::put)),
        (paths::DEVICE_CODES, post(device_codes::post)),
        (paths::THIS_DEVICE, delete(this_device::delete)),
        (paths::SUBMISSIONS, get(submissions::get)),
        (paths::SUBMISSION, get(submission::get).put(submission::put)),
        (paths::WITHDRAWAL, put(withdrawal::put)),
        (paths::PHOTO, get(photo::get).head(photo::head).put(photo::put)),
        (paths::OPENAPI, get(openapi::document)),
        (paths::DOCS, get(openapi::page)),
        (paths::DOCS_STYLE, get(openapi::style)),
    ]
}

/// The API over this endpoint; `elsewhere` answers what is not under `/api/`.
pub fn router(endpoint: Endpoint, elsewhere: MethodRouter) -> Router {
    let mut api = Router::new();
    for (path, methods) in routes() {
        let within = if path == paths::PHOTO { PHOTO_TIME_OUT } else { TIME_OUT };
        let time_out = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, within);
        api = api.route(path, methods.layer(time_out));
    }
    let worth_it = SizeAbove::new(WORTH_COMPRESSING).and(NotForContentType::IMAGES);
    let compression = CompressionLayer::new().quality(QUALITY).compress_when(worth_it);
    api.route("/api/{*nothing}", axum::routing::any(nothing))
        .layer(compression)
        .fallback_service(elsewhere)
        .layer(middleware::from_fn_with_state(endpoint.clone(), sign))
        .with_state(endpoint)
}

async fn nothing() -> Failure {
    Failure::new(ProblemKind::NotFound, "there is nothing at this address")
}

/// Signs every answer as ours and dates it by our clock, from which phones correct theirs.
async fn sign(State(endpoint): State<Endpoint>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let now = UNIX_EPOCH + Duration::from_millis(endpoint.clock.now_ms());
    let headers = response.headers_mut();
    if let Ok(date) = HeaderValue::from_str(&httpdate::fmt_http_date(now)) {
        headers.insert(header::DATE, date);
    }
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    response
}
