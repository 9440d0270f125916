//! `backup`: a consistent copy of the database, also while the endpoint serves.

use super::{
    error::{CliError, write_new},
    text::say,
};
use crate::server::database::Database;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Backup {
    #[arg(value_name = "FILE", help = "备份到哪个新文件；已经有的不会覆盖")]
    file: PathBuf,
}

impl Backup {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database, photos: &Path) -> Result<(), CliError> {
        if !database.is_one_file() {
            return Err(CliError::refused(
                "PostgreSQL的数据库不用这个命令备份",
                format!(
                    "运行 pg_dump --format=custom --file=备份文件 数据库地址，再把照片的文件夹“{}”一起复制走，先备份数据库、后复制照片",
                    photos.display()
                ),
            ));
        }
        let shown = self.file.display().to_string();
        // Its owner's alone from the first byte on: it holds names and scores. SQLite fills an empty file as it does a new one.
        write_new(&self.file, &[])?;
        let copied = self.copy(database, &shown).await;
        if copied.is_err() {
            // Half a backup is none, and its name would be taken; what cannot be removed either is told by the failure itself.
            std::fs::remove_file(&self.file).ok();
        }
        let bytes = copied?;
        say(format!("已备份到“{shown}”（{}KB）。恢复的办法见管理员手册第八节。", bytes.div_ceil(1024)));
        let (count, bytes) = database.photos_stored().await?;
        if count > 0 {
            let (folder, size) = (photos.display(), bytes.div_ceil(1024 * 1024));
            say(format!(
                "照片不在这个文件里：{count}张（{size}MB）在文件夹“{folder}”，要一起复制走，先备份数据库、后复制照片。"
            ));
        }
        Ok(())
    }

    /// Copies the database and answers the bytes that are on disk.
    async fn copy(&self, database: &Database, shown: &str) -> Result<u64, CliError> {
        database.back_up(&self.file).await?;
        // SQLite does not wait for the disk here; a backup that a power cut can take back is none.
        let on_disk =
            std::fs::File::open(&self.file).and_then(|file| file.sync_all().and_then(|()| file.metadata()));
        Ok(on_disk.map_err(|error| CliError::Write(shown.to_owned(), error))?.len())
    }
}
