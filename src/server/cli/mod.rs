//! The command line: the endpoint's start, and the upper level's tool until its own pages exist. One command group a file.

mod serve;
mod standard;

use super::database::Database;
use clap::{Parser, Subcommand};
use std::{error::Error, path::PathBuf, process::ExitCode};

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
    Serve(serve::Serve),
    /// The standard that branches are measured by.
    #[command(subcommand)]
    Standard(standard::Standard),
}

/// Runs the command line of this process.
pub async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .init();
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the command line's own voice, not a log")]
fn complain(text: &str) {
    eprintln!("{text}");
}

async fn run(cli: Cli) -> Result<(), Box<dyn Error>> {
    if let Some(folder) = cli.database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let database = Database::open(&cli.database).await?;
    match cli.command {
        Command::Serve(serve) => serve.run(&database).await?,
        Command::Standard(standard) => standard.run(&database).await?,
    }
    database.close().await;
    Ok(())
}
