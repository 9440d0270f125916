//! `standard`: check, publish and show what branches are measured by.

use super::{
    error::{self, CliError},
    text::{say, table},
};
use crate::{
    authoring::{self, Package, workbook},
    domain::{Aspect, Checklist, ContentHash},
    protocol::PublishedStandard,
    server::database::Database,
};
use std::path::{Path, PathBuf};

#[derive(clap::Subcommand)]
pub(super) enum Standard {
    #[command(about = "检查一套标准的表格，把所有错误列出来；什么也不写入")]
    Check {
        #[arg(value_name = "FILE|FOLDER", help = "一个xlsx文件，或者装着各张CSV表的文件夹")]
        file: PathBuf,
    },
    #[command(about = "检查并发布一套标准；同样的内容再发布一次，什么也不变")]
    Publish {
        #[arg(value_name = "FILE|FOLDER", help = "一个xlsx文件，或者装着各张CSV表的文件夹")]
        file: PathBuf,
    },
    #[command(about = "发布内置的示例标准；再发布一次，什么也不变")]
    PublishBuiltin,
    #[command(about = "查看正在使用的标准")]
    Show {
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
}

impl Standard {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let package = match self {
            Self::Check { file } => return check(&file),
            Self::Show { json } => return show(database, json).await,
            Self::Publish { file } => read(&file)?,
            Self::PublishBuiltin => authoring::builtin().map_err(CliError::Faults)?,
        };
        let published = database.publish(&package.checklists, &package.documents).await?;
        say(serde_json::to_string_pretty(&published)?);
        Ok(())
    }
}

/// Checks a package without a database.
pub(super) fn check(file: &Path) -> Result<(), CliError> {
    let package = read(file)?;
    say(format!("没有错误：《{}》{}。", package.standard.title, package.standard.version));
    say(overview(&package.checklists));
    Ok(())
}

fn read(file: &Path) -> Result<Package, CliError> {
    let mut sheets = Vec::new();
    let mut faults = Vec::new();
    for (name, bytes) in files(file)? {
        match workbook::read(&name, &bytes) {
            Ok(read) => sheets.extend(read),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(CliError::Faults(faults));
    }
    authoring::parse(&sheets).map_err(CliError::Faults)
}

/// The one file, or every CSV file of the folder, each with its name without the ending.
fn files(path: &Path) -> Result<Vec<(String, Vec<u8>)>, CliError> {
    let failed = |error| CliError::Read(path.display().to_string(), error);
    let stem =
        |file: &Path| file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if !path.is_dir() {
        return Ok(vec![(stem(path), error::read(path)?)]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            files.push((stem(&file), error::read(&file)?));
        }
    }
    files.sort();
    Ok(files)
}

async fn show(database: &Database, json: bool) -> Result<(), CliError> {
    let Some(summary) = database.standard().await? else {
        return Err(CliError::refused(
            "还没有发布标准",
            "先运行 standard publish-builtin 或 standard publish",
        ));
    };
    let published: PublishedStandard = serde_json::from_str(&summary)?;
    if json {
        say(serde_json::to_string_pretty(&published)?);
        return Ok(());
    }
    say(format!("《{}》 {} {}", published.title, published.standard, published.version));
    let mut checklists = Vec::with_capacity(published.checklists.len());
    for one in &published.checklists {
        checklists.extend(checklist(database, &one.hash).await?);
    }
    if let Some(first) = checklists.first().filter(|first| !first.notice.is_empty()) {
        say(&first.notice);
    }
    say(overview(&checklists));
    if let Some(first) = checklists.first() {
        let periods = first.periods.iter().map(|period| {
            vec![
                period.id.to_string(),
                period.name.clone(),
                format!("{} 至 {}", period.starts, period.ends),
                period.submit_by.to_string(),
            ]
        });
        say("");
        say(table(&["考核周期", "名称", "起止", "上报截止"], &periods.collect::<Vec<_>>()));
    }
    Ok(())
}

/// A published checklist.
pub(super) async fn checklist(
    database: &Database,
    hash: &ContentHash,
) -> Result<Option<Checklist>, CliError> {
    let body = database.checklist(hash).await?;
    Ok(body.map(|body| serde_json::from_slice(&body)).transpose()?)
}

fn overview(checklists: &[Checklist]) -> String {
    let rows = checklists.iter().map(|list| {
        let points: crate::domain::Points = list.aspects.iter().map(Aspect::points).sum();
        let above = list.items().filter(|(_, item)| item.judged_above).count();
        vec![
            list.sector_name.clone(),
            list.sector.to_string(),
            list.items().count().to_string(),
            above.to_string(),
            points.to_string(),
        ]
    });
    table(&["领域", "编号", "条目", "其中由上级评", "总分"], &rows.collect::<Vec<_>>())
}
