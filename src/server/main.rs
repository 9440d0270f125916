//! The endpoint's command line.

use biaochi::server::database::Database;
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
    /// Serve the API and the app until interrupted.
    Serve(biaochi::server::serve::Options),
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
async fn main() -> ExitCode {
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
        std::fs::create_dir_all(folder).map_err(|error| {
            format!(
                "the folder {} cannot be made: {error}; name another file with --database",
                folder.display()
            )
        })?;
    }
    let database = Database::open(&cli.database).await?;
    match cli.command {
        Command::Serve(options) => biaochi::server::serve::run(options, &database).await?,
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
