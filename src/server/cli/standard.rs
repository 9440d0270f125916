//! `standard`: check, publish and show what branches are measured by.

use super::{
    error::CliError,
    package,
    text::{say, table},
};
use crate::{
    authoring,
    domain::{Aspect, Checklist, Collection, ContentHash, Document},
    protocol::PublishedStandard,
    server::database::Database,
};
use std::path::{Path, PathBuf};

#[derive(clap::Subcommand)]
pub(super) enum Standard {
    #[command(about = "检查一套标准的表格，把所有错误列出来；什么也不写入")]
    Check {
        #[arg(
            value_name = "FILE|FOLDER",
            help = "一个xlsx文件，或者装着各张CSV表（还可以有手册、制度两个子文件夹）的文件夹"
        )]
        file: PathBuf,
    },
    #[command(about = "检查并发布一套标准；同样的内容再发布一次，什么也不变")]
    Publish {
        #[arg(
            value_name = "FILE|FOLDER",
            help = "一个xlsx文件，或者装着各张CSV表（还可以有手册、制度两个子文件夹）的文件夹"
        )]
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
            Self::Publish { file } => package::read(&file)?,
            Self::PublishBuiltin => authoring::builtin().map_err(CliError::Faults)?,
        };
        let published = database.publish(&package.checklists, &package.documents).await?;
        say(serde_json::to_string_pretty(&published)?);
        Ok(())
    }
}

/// Checks a package without a database.
pub(super) fn check(file: &Path) -> Result<(), CliError> {
    let package = package::read(file)?;
    say(format!("没有错误：《{}》{}。", package.standard.title, package.standard.version));
    say(overview(&package.checklists));
    say(books(&package.documents));
    Ok(())
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

/// How many documents each book has.
fn books(documents: &[Document]) -> String {
    let count = |book: Collection| {
        let of_book = documents.iter().filter(|document| document.collection == book);
        (of_book.clone().count(), of_book.map(|document| document.sections.len()).sum::<usize>())
    };
    let (chapters, sections) = count(Collection::Handbook);
    let (institutions, pieces) = count(Collection::Compilation);
    format!("手册{chapters}章{sections}节，制度{institutions}件{pieces}节。")
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
