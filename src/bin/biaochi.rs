//! The endpoint's command line; everything of it is in `server/cli`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    biaochi::server::cli::main().await
}
