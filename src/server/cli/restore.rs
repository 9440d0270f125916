//! `restore`: brings a backup back, where no database is in its way.

use super::{
    error::{CliError, fill_new, read_error},
    text::say,
};
use crate::server::{
    database::{Database, Place},
    host::clock::SystemClock,
    office::{
        actor::Actor,
        log::{self, Verdict},
        people::sessions,
    },
};
use std::{
    ffi::OsString,
    fs::File,
    io,
    path::{Path, PathBuf},
};

#[derive(clap::Args)]
pub(super) struct Restore {
    #[arg(value_name = "FILE", help = "backup 写的文件")]
    file: PathBuf,
}

/// What SQLite keeps beside a database's file.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// A file beside another: its name with an ending more.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    name.into()
}

impl Restore {
    /// Runs the command.
    pub(super) async fn run(self, place: &Place, photos: &Path) -> Result<(), CliError> {
        let target = match place {
            Place::File(target) => target,
            Place::Postgres(_) => {
                return Err(CliError::refused(
                    "PostgreSQL的数据库不用这个命令恢复",
                    "停下服务，运行 pg_restore --clean --if-exists --dbname=数据库地址 备份文件，再运行 biaochi sessions end，让所有人重新登录",
                ));
            }
        };
        for known in BESIDE.map(|ending| beside(target, ending)).iter().chain([target]) {
            if known.exists() {
                let problem = format!("“{}”还在，没有动它", known.display());
                let remedy = "先停下服务，把它和旁边的 -wal、-shm 移到别处（不要删），再恢复";
                return Err(CliError::refused(problem, remedy));
            }
        }
        // Under another name until it is whole: half a database would be taken for one.
        let copy = beside(target, ".restoring");
        let restored = self.restore(&copy).await;
        if restored.is_err() {
            for left in BESIDE.map(|ending| beside(&copy, ending)).iter().chain([&copy]) {
                // What failed first is what is told.
                std::fs::remove_file(left).ok();
            }
        }
        let (ended, verdict) = restored?;
        std::fs::rename(&copy, target)
            .map_err(|error| CliError::Write(target.display().to_string(), error))?;
        say(format!(
            "已恢复成“{}”。所有人都要重新登录（退出了{ended}处），以前发的设密码的链接不能再用。",
            target.display()
        ));
        match verdict {
            Verdict::Whole { entries, .. } => say(format!("记录共{entries}条，前后都对得上。")),
            Verdict::Broken { number, .. } => say(format!(
                "注意：备份里的记录从第{number}条起对不上。运行 log verify 看怎么办，把备份原样留好。"
            )),
        }
        say(format!("照片不在备份里：把备份时复制的照片放回“{}”，再启动服务。", photos.display()));
        Ok(())
    }

    /// Makes a database of the backup; how many sessions were ended, and how its log is.
    async fn restore(&self, copy: &Path) -> Result<(u64, Verdict), CliError> {
        let mut from = File::open(&self.file).map_err(|error| read_error(&self.file, error))?;
        if let Some(folder) = copy.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|error| CliError::Write(folder.display().to_string(), error))?;
        }
        fill_new(copy, |to| io::copy(&mut from, to).map(drop))?;
        let database = Database::open(copy).await?;
        let operator = Actor::Operator { by: None };
        let ended = sessions::end_all_restored(&database, &SystemClock, &operator).await;
        let verdict = log::verify(&database, &SystemClock, &operator, None).await;
        database.close().await;
        Ok((ended?, verdict?))
    }
}
