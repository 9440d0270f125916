//! `serve`: the API and the app over one port, until interrupted.

use super::{
    api::{Endpoint, router::router},
    database::Database,
    host::{
        address::Network,
        clock::SystemClock,
        static_app::{self, App, AppError},
        tls::{self, TlsError},
    },
    office::evidence::{
        EvidenceError,
        files::{PhotoStoreError, Photos},
    },
};
use axum::{
    Router,
    extract::{ConnectInfo, Request},
    response::Response,
};
use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
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

/// How to serve.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Address and port to listen on.
    #[arg(long, env = "BIAOCHI_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The folder with the app's build; when it does not exist the API is served alone.
    #[arg(long, env = "BIAOCHI_APP", default_value = "dist")]
    pub app: PathBuf,
    /// A reverse proxy, as address or range, whose X-Forwarded-For is believed; several with commas. Without it a proxy on
    /// this machine is.
    #[arg(long, env = "BIAOCHI_TRUSTED_PROXY", value_delimiter = ',')]
    pub trusted_proxy: Vec<Network>,
    /// Serve https with this certificate (PEM), for trying on a real phone.
    #[arg(long, env = "BIAOCHI_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM).
    #[arg(long, env = "BIAOCHI_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
}

/// Why it cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}; {advice}", advice = listen_advice(.1))]
    Listen(SocketAddr, io::Error),
    /// The app cannot be served.
    #[error("the app cannot be served: {0}")]
    App(#[from] AppError),
    /// Photos cannot be kept.
    #[error("photos cannot be kept: {0}")]
    Photos(#[from] PhotoStoreError),
    /// What there is of photos cannot be looked through.
    #[error("photos cannot be looked through: {0}")]
    Evidence(#[from] EvidenceError),
    /// The certificate cannot be used.
    #[error("https cannot be served: {0}")]
    Tls(#[from] TlsError),
    /// The listening socket failed later on.
    #[error("serving failed: {0}; start it again")]
    Serve(io::Error),
}

fn listen_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program, perhaps another biaochi, has this port; stop it or name another port with --listen"
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need a privilege; name another with --listen and put a reverse proxy before it"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address; name one of its own with --listen"
        }
        _ => "name another address with --listen",
    }
}

/// Serves until Ctrl-C or SIGTERM; then requests under way are finished, within bounds.
///
/// # Errors
/// When the port is taken, the app or the certificate cannot be read, photos cannot be kept, or the socket fails.
pub async fn run(options: Options, photos: &Path, database: &Database) -> Result<(), ServeError> {
    let photos = Photos::in_folder(photos)?;
    let handle = Handle::new();
    let limits = Limits::default();
    let stop = handle.clone();
    let waiting = tokio::spawn(async move {
        interrupted().await;
        tracing::info!("stopping; requests under way are finished first");
        stop.graceful_shutdown(Some(limits.stop_within));
    });
    let served = serve(options, limits, database, photos, handle).await;
    waiting.abort();
    served
}

/// Serves until the handle is told to stop. The handle also tells the address.
pub async fn serve(
    options: Options,
    limits: Limits,
    database: &Database,
    photos: Photos,
    handle: Handle<SocketAddr>,
) -> Result<(), ServeError> {
    let tls = match (&options.tls_cert, &options.tls_key) {
        (Some(certificate), Some(key)) => Some(tls::config(certificate, key)?),
        _ => None,
    };
    let elsewhere = match App::read(&options.app)? {
        Some(app) => {
            tracing::info!(folder = %options.app.display(), "serving the app");
            app.into_service()
        }
        None => {
            tracing::warn!(folder = %options.app.display(), "no such folder, so only the API is served");
            static_app::absent(&options.app)
        }
    };
    let mut endpoint = Endpoint::new(database.clone(), photos, Arc::new(SystemClock));
    let lost = endpoint.evidence.check().await?;
    if lost > 0 {
        tracing::warn!(lost, "files of photos are not there; phones that still have them are asked again");
    }
    if !options.trusted_proxy.is_empty() {
        endpoint.trusted_proxies = options.trusted_proxy.into();
    }
    let connections = Connections {
        router: router(endpoint, elsewhere),
        places: Arc::new(Semaphore::new(limits.connections)),
    };
    let failed = |error| ServeError::Listen(options.listen, error);
    let listener = TcpListener::bind(options.listen).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    tracing::info!("listening on {scheme}://{address}");
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
    .map_err(ServeError::Serve)
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
