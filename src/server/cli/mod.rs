//! The command line: the endpoint's start, and the upper level's tool. One command group a file.
//!
//! What these commands print is interface, and therefore Chinese; data goes to standard output, refusals and logs to standard
//! error, and whatever refuses ends with exit code 1 without having written anything, but for tables that are taken row by row: of those
//! the sound rows are written, and the others are what is refused.

mod account;
mod backup;
mod codes;
mod days;
mod demo;
mod device;
mod error;
mod findings;
mod judge;
mod log;
mod orders;
mod package;
mod progress;
mod restore;
mod results;
mod review;
mod review_paper;
mod roster;
mod roster_changes;
mod row_by_row;
mod serve;
mod sessions;
mod standard;
mod standard_burden;
mod standard_diff;
mod standard_export;
mod standard_modules;
mod standard_overview;
mod standard_points;
mod standard_publish;
mod standard_version;
mod text;
mod units;

#[cfg(test)]
mod fuzz_tests;

use super::database::{Database, Place};
use clap::{Parser, Subcommand};
use error::CliError;
use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// 支部标尺: the small endpoint that branches report to.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The SQLite file, which serve, publish and import make if it does not exist; or a PostgreSQL database, as
    /// postgres://user@host/name.
    #[arg(
        long,
        env = "BIAOCHI_DATABASE",
        hide_env_values = true,
        default_value = "data/biaochi.sqlite",
        global = true
    )]
    database: Place,
    /// The folder for evidence photos; without it `photos` beside the SQLite file, or data/photos.
    #[arg(long, env = "BIAOCHI_PHOTOS", global = true)]
    photos: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the app until interrupted.
    Serve(serve::Serve),
    #[command(subcommand, about = "标准：做模板、检查、算负担、发布、查看、导出")]
    Standard(standard::Standard),
    #[command(subcommand, about = "党组织名册：做空表、导入、撤销、合并")]
    Roster(roster::Roster),
    #[command(subcommand, about = "激活码：发放")]
    Codes(codes::Codes),
    #[command(subcommand, about = "手机：查看、停用")]
    Device(device::Device),
    #[command(subcommand, about = "上报：查看、审核、退回、通过，以及用表格批量审核")]
    Review(review::Review),
    #[command(subcommand, about = "上级评的条目：打分、查看，以及用表格批量打分")]
    Judge(judge::Judge),
    #[command(subcommand, about = "问题和整改：查看、导入、验收销号、退回、导出台账")]
    Findings(findings::Findings),
    #[command(subcommand, about = "限期整改：查看")]
    Orders(orders::Orders),
    #[command(subcommand, about = "结果：导出汇总表")]
    Results(results::Results),
    #[command(subcommand, about = "记录：上级做过的每一件事，查看、核对有没有被改过")]
    Log(log::Log),
    #[command(subcommand, about = "账号：给各级党组织的人开工作台的账号、列出、再给链接、关")]
    Account(account::AccountCommand),
    #[command(about = "备份数据库；服务运行时也可以")]
    Backup(backup::Backup),
    #[command(about = "演练：造一个示例市，给出各级工作台的登录链接")]
    Demo(demo::Demo),
    #[command(about = "用备份恢复数据库：原来的要先移开；所有人重新登录")]
    Restore(restore::Restore),
    #[command(subcommand, about = "登录：让所有人退出")]
    Sessions(sessions::Sessions),
    // What lists are read from is kept as things change; this is for whoever doubts it, or has changed the file by hand.
    #[command(hide = true, about = "把列表用的数据从原始记录重新算一遍")]
    Derive,
}

/// What a command does where there is no database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// It does without.
    Nothing,
    /// It refuses: out of an empty database it would answer wrongly, and leave the empty one behind.
    Database,
    /// It begins one.
    NewOrOld,
}

impl Command {
    /// What is told of it when it takes long; `None` for what runs until it is stopped.
    fn takes(&self) -> Option<&'static str> {
        match self {
            Self::Serve(_) => None,
            Self::Standard(_) => Some("正在处理标准"),
            Self::Roster(_) => Some("正在导入名册"),
            Self::Codes(_) => Some("正在发激活码"),
            Self::Device(_) => Some("正在查手机"),
            Self::Review(_) => Some("正在查上报"),
            Self::Judge(_) => Some("正在查上级评的条目"),
            Self::Findings(_) => Some("正在查问题和整改"),
            Self::Orders(_) => Some("正在查限期整改"),
            Self::Results(_) => Some("正在汇总结果"),
            Self::Log(_) => Some("正在查记录"),
            Self::Account(_) => Some("正在查账号"),
            Self::Backup(_) => Some("正在备份"),
            Self::Demo(_) => Some("正在造示例市"),
            Self::Restore(_) => Some("正在恢复"),
            Self::Sessions(_) => Some("正在让所有人退出"),
            Self::Derive => Some("正在重新算"),
        }
    }

    fn needs(&self) -> Needs {
        match self {
            Self::Serve(_) | Self::Roster(roster::Roster::Import { .. }) => Needs::NewOrOld,
            Self::Roster(roster::Roster::Template { .. }) | Self::Restore(_) => Needs::Nothing,
            Self::Standard(command) => command.needs(),
            Self::Roster(_)
            | Self::Codes(_)
            | Self::Device(_)
            | Self::Review(_)
            | Self::Judge(_)
            | Self::Findings(_)
            | Self::Orders(_)
            | Self::Results(_)
            | Self::Log(_)
            | Self::Account(_)
            | Self::Demo(_)
            | Self::Backup(_)
            | Self::Sessions(_)
            | Self::Derive => Needs::Database,
        }
    }
}

/// The endpoint's log. Only `serve` keeps one: a clerk's terminal belongs to the commands' own words, not to the English of
/// libraries.
fn keep_log() {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .init();
}

/// Runs the command line of this process.
pub async fn main() -> ExitCode {
    let cli = Cli::parse();
    let work = match cli.command.takes() {
        None => {
            keep_log();
            None
        }
        Some(what) => Some(progress::begin(what)),
    };
    let done = run(cli).await;
    drop(work);
    match done {
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
    let photos = cli.photos.unwrap_or_else(|| match &cli.database {
        Place::File(file) => file.with_file_name("photos"),
        Place::Postgres(_) => "data/photos".into(),
    });
    if let Command::Restore(command) = cli.command {
        return Ok(command.run(&cli.database, &photos).await?);
    }
    let is_new = !cli.database.has_database().await.map_err(CliError::from)?;
    if is_new {
        match cli.command.needs() {
            Needs::Nothing => {
                return match cli.command {
                    Command::Standard(command) => Ok(command.run(None).await?),
                    Command::Roster(command) => Ok(command.run(None).await?),
                    _ => Ok(()),
                };
            }
            Needs::Database => return Err(CliError::NoDatabase(cli.database).into()),
            Needs::NewOrOld => {
                match &cli.command {
                    Command::Standard(command) => command.check()?,
                    Command::Roster(command) => command.check()?,
                    _ => {}
                }
                if let Place::File(file) = &cli.database {
                    make_folder(file)?;
                }
            }
        }
    }
    let database = Database::open(&cli.database).await.map_err(CliError::from)?;
    if let (true, Place::File(file)) = (is_new, &cli.database) {
        tell_of_new(file, &cli.command);
    }
    let done = match cli.command {
        Command::Serve(command) => command.run(&database, &photos).await.map_err(Into::into),
        Command::Standard(command) => command.run(Some(&database)).await.map_err(Into::into),
        Command::Roster(command) => command.run(Some(&database)).await.map_err(Into::into),
        Command::Codes(command) => command.run(&database).await.map_err(Into::into),
        Command::Device(command) => command.run(&database).await.map_err(Into::into),
        Command::Review(command) => command.run(&database).await.map_err(Into::into),
        Command::Judge(command) => command.run(&database).await.map_err(Into::into),
        Command::Findings(command) => command.run(&database).await.map_err(Into::into),
        Command::Orders(command) => command.run(&database).await.map_err(Into::into),
        Command::Results(command) => command.run(&database).await.map_err(Into::into),
        Command::Log(command) => command.run(&database).await.map_err(Into::into),
        Command::Demo(command) => command.run(&database).await.map_err(Into::into),
        Command::Account(command) => command.run(&database).await.map_err(Into::into),
        Command::Backup(command) => command.run(&database, &photos).await.map_err(Into::into),
        Command::Sessions(command) => command.run(&database).await.map_err(Into::into),
        // It opens no database but the one that it makes.
        Command::Restore(_) => Ok(()),
        Command::Derive => derive(&database).await.map_err(Into::into),
    };
    database.close().await;
    done
}

/// Says that there is a new database: whoever mistyped the name of an old one would not notice otherwise.
fn tell_of_new(file: &Path, command: &Command) {
    let file = file.display();
    match command {
        Command::Serve(_) => tracing::info!(%file, "there was no database, so a new one was made"),
        _ => progress::aside(|| complain(&format!("新建了数据库“{file}”。以前有过的，核对 --database。"))),
    }
}

/// Works out anew what lists are read from.
async fn derive(database: &Database) -> Result<(), CliError> {
    database.derive_again().await?;
    text::say("列表用的数据重新算过了。");
    Ok(())
}

/// Makes the folder of a new database.
fn make_folder(database: &Path) -> Result<(), Box<dyn Error>> {
    let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| CliError::Write(folder.display().to_string(), error).into())
}
