//! Puts the endpoint together: the API over its database and photos, the desk over the same, and the app's own files, on one port or the desk on its own.

use super::{
    api::{Endpoint, router::router},
    database::{Database, DatabaseError},
    desk::{self, Desk},
    host::{
        address::Network,
        clock::SystemClock,
        listen::{self, Limits, ListenError, listen},
        static_app::{self, App, AppError},
        tls::{self, TlsError},
    },
    office::evidence::{
        EvidenceError,
        files::{PhotoStoreError, Photos},
    },
};
use axum_server::Handle;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What is served, and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The folder with the app's build; when it does not exist the API is served alone.
    pub app: PathBuf,
    /// Reverse proxies that are believed; without any, one on this machine is.
    pub trusted_proxy: Vec<Network>,
    /// Certificate and key (PEM) for https.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Address and port of the desk alone, which is then nowhere else.
    pub desk: Option<SocketAddr>,
    /// Where phones open the app, where that is told.
    pub phone_url: Option<String>,
    /// 备案号 as the desk shows it; without it the desk says 试用.
    pub filing: Option<String>,
}

/// Why it cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database cannot be written.
    #[error("the database cannot be written: {0}")]
    Unwritable(DatabaseError),
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
    /// Nobody is listened to.
    #[error(transparent)]
    Listen(#[from] ListenError),
}

/// Serves until Ctrl-C or SIGTERM; then requests under way are finished, within bounds.
///
/// # Errors
/// When the port is taken, the app or the certificate cannot be read, the database cannot be written, photos cannot be kept, or the
/// socket fails.
pub async fn run(options: Options, photos: &Path, database: &Database) -> Result<(), ServeError> {
    database.must_take_writes().await.map_err(ServeError::Unwritable)?;
    let photos = Photos::in_folder(photos)?;
    let handle = Handle::new();
    let limits = Limits::default();
    let waiting = tokio::spawn(listen::stop_when_interrupted(handle.clone(), limits));
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
    let tls = options.tls.map(|(certificate, key)| tls::config(&certificate, &key)).transpose()?;
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
    let (evidence, clock) = (endpoint.evidence.clone(), endpoint.clock.clone());
    let mut desk = Desk::new(endpoint.database.clone(), evidence, clock, endpoint.trusted_proxies.clone());
    desk.filing = options.filing.map(Into::into);
    desk.phone_url = options.phone_url.map(Into::into);
    let phones = router(endpoint, elsewhere);
    match options.desk {
        None => {
            let all = phones.merge(desk::router::router(desk));
            listen(all, options.listen, tls, limits, handle).await?;
        }
        Some(address) => {
            desk.is_apart = true;
            tracing::info!(phones = %options.listen, desk = %address, "the desk has an address of its own");
            let phones = listen(
                phones.merge(desk::router::elsewhere()),
                options.listen,
                tls.clone(),
                limits,
                handle.clone(),
            );
            let desk = listen(desk::router::alone(desk), address, tls, limits, handle);
            tokio::try_join!(phones, desk)?;
        }
    }
    Ok(())
}
