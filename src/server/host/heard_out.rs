//! Hearing a sender out: a browser shows an answer only once it has sent everything, so what is refused half-way is read to its end,
//! within bounds, and thrown away. Otherwise the connection breaks, and nobody learns why.

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    middleware::Next,
    response::Response,
};
use http_body::Frame;
use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

/// So much is read of what was refused; who sends more than this is cut off.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// So long.
const WITHIN: Duration = Duration::from_secs(30);

/// A request's body, of which somebody else may read the rest.
struct Shared(Arc<Mutex<Body>>);

impl HttpBody for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(context)
    }
}

/// Answers when the sender has sent everything, where the answer is a refusal.
pub(crate) async fn heard_out(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = Arc::new(Mutex::new(body));
    let response = next.run(Request::from_parts(parts, Body::new(Shared(body.clone())))).await;
    if response.status().is_client_error() {
        let mut rest = Shared(body);
        let read = async {
            let mut bytes = 0;
            while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut rest).poll_frame(context)).await {
                bytes += frame.data_ref().map_or(0, Bytes::len);
                if bytes > MOST_BYTES {
                    break;
                }
            }
        };
        // Whoever takes longer is answered all the same.
        let _ = tokio::time::timeout(WITHIN, read).await;
    }
    response
}
