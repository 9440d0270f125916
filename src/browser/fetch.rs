//! The way to the endpoint: `fetch()` on our own origin.
//!
//! <https://developer.mozilla.org/en-US/docs/Web/API/Window/fetch>

use super::{BrowserError, js, timer};
use crate::{
    protocol::{SERVER_HEADER, SERVER_HEADER_VALUE},
    sync::{Api, Body, Method, NoAnswer, Reply, Request},
};
use js_sys::Uint8Array;
use wasm_bindgen::JsCast as _;
use web_sys::{
    AbortController, Headers, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
};

/// How long to wait for a whole answer, in milliseconds.
pub const TIME_OUT_MS: u64 = 20_000;
/// The same for a photo: 300 KB take a minute and more where there is one bar of signal.
pub const PHOTO_TIME_OUT_MS: u64 = 170_000;

/// How the paths of photos begin.
const PHOTOS: &str = "/api/v1/photos/";

/// The endpoint that serves this app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FetchApi;

impl Api for FetchApi {
    async fn send(&self, request: Request<'_>) -> Result<Reply, NoAnswer> {
        exchange(request).await.map_err(|error| NoAnswer(error.0))
    }
}

async fn exchange(request: Request<'_>) -> Result<Reply, BrowserError> {
    let said = |error| js::said(&error);
    let headers = Headers::new().map_err(said)?;
    if let Some(token) = request.token {
        headers.set("Authorization", &format!("Bearer {token}")).map_err(said)?;
    }
    if let Some(etag) = request.if_none_match {
        headers.set("If-None-Match", etag).map_err(said)?;
    }
    let init = RequestInit::new();
    let mut time_out = if request.path.starts_with(PHOTOS) { PHOTO_TIME_OUT_MS } else { TIME_OUT_MS };
    match request.body {
        Some(Body::Json(text)) => {
            headers.set("Content-Type", "application/json").map_err(said)?;
            init.set_body(&text.into());
        }
        Some(Body::Photo { media_type, bytes }) => {
            headers.set("Content-Type", media_type).map_err(said)?;
            init.set_body(&Uint8Array::from(bytes));
        }
        None => {}
    }
    if request.method == Method::Head {
        time_out = TIME_OUT_MS;
    }
    init.set_headers_headers(&headers);
    init.set_method(request.method.as_str());
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    // Our endpoint redirects nowhere: who does is a captive portal.
    init.set_redirect(RequestRedirect::Error);
    let abort = AbortController::new().map_err(said)?;
    init.set_signal(Some(&abort.signal()));
    // Covers the body too; dropped, and so cancelled, when the exchange is over.
    let _time_out = timer::after(time_out, move || abort.abort());
    let response: Response = js::wait(js::window()?.fetch_with_str_and_init(request.path, &init))
        .await?
        .dyn_into()
        .map_err(|_| BrowserError("fetch gave no response".into()))?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let mut reply = Reply {
        status: response.status(),
        ours: header(SERVER_HEADER).as_deref() == Some(SERVER_HEADER_VALUE),
        date_ms: header("Date").and_then(|date| parse_date(&date)),
        etag: header("ETag"),
        retry_after_s: header("Retry-After").and_then(|seconds| seconds.trim().parse().ok()),
        ..Reply::default()
    };
    // Nobody else's page is worth its bytes.
    let is_picture = header("Content-Type").is_some_and(|media_type| media_type.starts_with("image/"));
    if reply.ours && is_picture {
        let bytes = js::wait(response.array_buffer().map_err(said)?).await?;
        reply.bytes = Uint8Array::new(&bytes).to_vec();
    } else if reply.ours {
        let text = js::wait(response.text().map_err(said)?).await?;
        reply.body = text.as_string().unwrap_or_default();
    }
    Ok(reply)
}

fn parse_date(text: &str) -> Option<u64> {
    let ms = js_sys::Date::parse(text);
    (ms >= 0.0).then_some(ms as u64)
}
