//! `backup`: a consistent copy of the database, also while the endpoint serves.

use super::{
    error::{CliError, must_be_new},
    text::say,
};
use crate::server::database::Database;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(super) struct Backup {
    #[arg(value_name = "FILE", help = "备份到哪个新文件；已经有的不会覆盖")]
    file: PathBuf,
}

impl Backup {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        must_be_new(&self.file)?;
        let shown = self.file.display().to_string();
        database.back_up(&self.file).await?;
        private(&self.file).map_err(|error| CliError::Write(shown.clone(), error))?;
        // SQLite does not wait for the disk here; a backup that a power cut can take back is none.
        let on_disk =
            std::fs::File::open(&self.file).and_then(|file| file.sync_all().and_then(|()| file.metadata()));
        let bytes = on_disk.map_err(|error| CliError::Write(shown.clone(), error))?.len();
        say(format!("已备份到“{shown}”（{}KB）。恢复的办法见管理员手册第八节。", bytes.div_ceil(1024)));
        Ok(())
    }
}

/// It holds names and scores: for its owner only.
fn private(file: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
}
