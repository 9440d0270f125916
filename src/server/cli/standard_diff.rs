//! `standard diff`: what changed between two versions, in the words that a phone uses, and in the documents.

use super::{
    error::CliError,
    standard_version::{is_in_force, version},
    text::say,
};
use crate::{server::database::Database, words::versions};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Diff {
    #[arg(value_name = "OLD", help = "原来的：xlsx或者文件夹；写“在用”就是正在使用的那一版")]
    old: PathBuf,
    #[arg(value_name = "NEW", help = "现在的：xlsx或者文件夹；写“在用”就是正在使用的那一版")]
    new: PathBuf,
}

impl Diff {
    /// Whether it needs a published standard.
    pub(super) fn reads_database(&self) -> bool {
        [&self.old, &self.new].into_iter().any(|one| is_in_force(one))
    }

    /// Runs the command.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        let (old, new) = (version(&self.old, database).await?, version(&self.new, database).await?);
        let said = versions::said((&old.0, &old.1), (&new.0, &new.1));
        if said.is_empty() {
            say("没有变化。");
        }
        for line in said {
            say(line);
        }
        Ok(())
    }
}
