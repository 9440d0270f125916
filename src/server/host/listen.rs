//! Listening: as many connections as there are places, with TLS or without, until told to stop. Knows nothing of what is served but
//! that it is a router.

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    response::Response,
};
use axum_server::{Handle, tls_rustls::RustlsConfig};
use hyper_util::rt::TokioTimer;
use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a client or a crowd may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A client sends the head of its next request within this time, or loses its connection.
    pub head_within: Duration,
    /// So many connections are held at once; more are refused until one ends. Each costs some tens of kilobytes.
    pub connections: usize,
    /// Requests under way have this long to finish when the endpoint is stopped.
    pub stop_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_within: Duration::from_secs(20),
            connections: 1_024,
            stop_within: Duration::from_secs(10),
        }
    }
}

/// Why nobody is listened to.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Address(SocketAddr, io::Error),
    /// The listening socket failed later on.
    #[error("serving failed: {0}")]
    Socket(io::Error),
}

/// Serves this router until the handle is told to stop. The handle also tells the address.
pub(crate) async fn listen(
    router: Router,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
    limits: Limits,
    handle: Handle<SocketAddr>,
) -> Result<(), ListenError> {
    let places = Arc::new(Semaphore::new(limits.connections));
    let connections = Connections { router, places };
    let failed = |error| ListenError::Address(address, error);
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    tracing::info!("listening on {scheme}://{bound}");
    match tls {
        None => {
            let mut server = axum_server::from_tcp(listener).map_err(failed)?.handle(handle).http1_only();
            server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(limits.head_within);
            server.serve(connections).await
        }
        Some(tls) => {
            let server = axum_server::from_tcp_rustls(listener, tls).map_err(failed)?;
            let mut server = server.handle(handle).http1_only();
            server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(limits.head_within);
            server.serve(connections).await
        }
    }
    .map_err(ListenError::Socket)
}

/// Gives each connection its place, as long as there are any.
#[derive(Clone)]
struct Connections {
    router: Router,
    places: Arc<Semaphore>,
}

/// There is no place left.
#[derive(Debug, thiserror::Error)]
#[error("too many connections at once")]
struct Full;

impl tower_service::Service<SocketAddr> for Connections {
    type Response = Connection;
    type Error = Full;
    type Future = std::future::Ready<Result<Connection, Full>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Full>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, peer: SocketAddr) -> Self::Future {
        let place = self.places.clone().try_acquire_owned().map_err(|_| Full);
        std::future::ready(place.map(|place| Connection {
            router: self.router.clone(),
            peer,
            _place: Arc::new(place),
        }))
    }
}

/// One connection: it tells the routes who is at its other end, and keeps its place until it ends.
#[derive(Clone)]
struct Connection {
    router: Router,
    peer: SocketAddr,
    _place: Arc<OwnedSemaphorePermit>,
}

impl<B> tower_service::Service<axum::http::Request<B>> for Connection
where
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: axum::http::Request<B>) -> Self::Future {
        let mut request: Request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        Box::pin(self.router.call(request))
    }
}

/// Tells the handle to stop upon Ctrl-C or SIGTERM; requests under way are finished, within bounds.
pub(crate) async fn stop_when_interrupted(handle: Handle<SocketAddr>, limits: Limits) {
    interrupted().await;
    tracing::info!("stopping; requests under way are finished first");
    handle.graceful_shutdown(Some(limits.stop_within));
}

/// Resolves on Ctrl-C or SIGTERM.
async fn interrupted() {
    let ctrl_c = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = ctrl_c => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = ctrl_c.await;
        }
    }
}
