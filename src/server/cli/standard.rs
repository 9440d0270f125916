//! `standard`: check, publish and show what branches are measured by.

use crate::server::database::Database;
use std::error::Error;

/// The standard that branches are measured by.
#[derive(clap::Subcommand)]
pub(super) enum Standard {
    /// Publish the built-in example standard; again changes nothing.
    PublishBuiltin,
}

impl Standard {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), Box<dyn Error>> {
        match self {
            Self::PublishBuiltin => {
                let package = crate::authoring::builtin().map_err(|faults| {
                    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
                })?;
                let published = database.publish(&package.checklists).await?;
                println!("{}", serde_json::to_string_pretty(&published)?);
            }
        }
        Ok(())
    }
}
