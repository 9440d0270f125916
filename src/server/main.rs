//! The endpoint's command line.

use biaochi::server::{Endpoint, clock::SystemClock, database::Database, router::router};
use clap::{Parser, Subcommand};
use std::{error::Error, net::SocketAddr, path::PathBuf, sync::Arc};

/// 支部标尺: the small endpoint that branches report to.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The SQLite file; it is made if it does not exist.
    #[arg(long, env = "BIAOCHI_DATABASE", default_value = "data/biaochi.sqlite", global = true)]
    database: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API until interrupted.
    Serve {
        /// Address and port to listen on.
        #[arg(long, env = "BIAOCHI_LISTEN", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// The standard that branches are measured by.
    #[command(subcommand)]
    Standard(StandardCommand),
}

#[derive(Subcommand)]
enum StandardCommand {
    /// Publish the built-in example standard; again changes nothing.
    PublishBuiltin,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .init();
    let cli = Cli::parse();
    if let Some(folder) = cli.database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let database = Database::open(&cli.database).await?;
    match cli.command {
        Command::Serve { listen } => {
            let listener = tokio::net::TcpListener::bind(listen).await?;
            tracing::info!(address = %listener.local_addr()?, "listening");
            let app = router(Endpoint::new(database.clone(), Arc::new(SystemClock)));
            axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
                .with_graceful_shutdown(interrupted())
                .await?;
        }
        Command::Standard(StandardCommand::PublishBuiltin) => {
            let package = biaochi::authoring::builtin()
                .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
            let published = database.publish(&package.checklists).await?;
            println!("{}", serde_json::to_string_pretty(&published)?);
        }
    }
    database.close().await;
    Ok(())
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
