//! `serve`: the API, until interrupted.

use crate::server::{Endpoint, clock::SystemClock, database::Database, router::router};
use std::{error::Error, net::SocketAddr, sync::Arc};

/// How to serve.
#[derive(clap::Args)]
pub(super) struct Serve {
    /// Address and port to listen on.
    #[arg(long, env = "BIAOCHI_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Serve {
    /// Serves until interrupted.
    pub(super) async fn run(self, database: &Database) -> Result<(), Box<dyn Error>> {
        let listener = tokio::net::TcpListener::bind(self.listen).await?;
        tracing::info!(address = %listener.local_addr()?, "listening");
        let app = router(Endpoint::new(database.clone(), Arc::new(SystemClock)));
        axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(interrupted())
            .await?;
        Ok(())
    }
}

/// Resolves on Ctrl-C or SIGTERM; requests under way are finished first.
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
