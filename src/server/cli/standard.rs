//! `standard`: check and show what branches are measured by. It is published in `standard_publish.rs`, its workbooks are made in
//! `standard_export.rs`, its burden is told in `standard_burden.rs`, what changed in `standard_diff.rs`.

use super::{
    Needs,
    error::CliError,
    package::{self, PACKAGE},
    standard_burden::Burden,
    standard_diff::Diff,
    standard_export::{self, Export},
    standard_modules::Modules,
    standard_overview::{books, of_the_whole, overview},
    standard_points::points,
    standard_publish::{OWN, Publish, PublishBuiltin, faults, hints, problem, refused},
    standard_version::{nothing_published, published},
    text::{say, table},
};
use crate::{
    authoring::template::TEMPLATE_ID,
    server::{
        database::{Database, Published},
        host::clock::SystemClock,
        office::publishing::{self, Objection},
    },
};
use std::path::{Path, PathBuf};

#[derive(clap::Subcommand)]
pub(super) enum Standard {
    #[command(about = "写一个空的标准模板：一个xlsx，有下拉、每列的说明和例子")]
    Template {
        #[arg(short, long, value_name = "FILE", help = "写成这个xlsx；已经有的文件不覆盖")]
        output: PathBuf,
    },
    #[command(about = "检查一套标准的表格，把所有错误列出来；什么也不写入")]
    Check {
        #[arg(value_name = "FILE|FOLDER", help = PACKAGE)]
        file: PathBuf,
    },
    #[command(about = "算一套标准要支部填多少、大约多少分钟；还可以和另一版比")]
    Burden(Burden),
    #[command(about = "用话说清两版标准之间变了什么")]
    Diff(Diff),
    #[command(about = "检查并发布一套标准；同样的内容再发布一次，什么也不变")]
    Publish(Publish),
    #[command(about = "发布内置的示例标准；再发布一次，什么也不变")]
    PublishBuiltin(PublishBuiltin),
    #[command(about = "自查以外的模块（台账、照片、问题和整改）：哪些开着，各要支部多做什么；打开或者关上")]
    Modules(Modules),
    #[command(about = "查看正在使用的标准")]
    Show {
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "把一套标准写成一个xlsx，改好可以再发布；不写是哪一套，就是正在使用的那一版")]
    Export(Export),
}

impl Standard {
    /// What it does where there is no database.
    pub(super) fn needs(&self) -> Needs {
        let reads = match self {
            Self::Publish(_) | Self::PublishBuiltin(_) => return Needs::NewOrOld,
            Self::Template { .. } | Self::Check { .. } => false,
            Self::Burden(burden) => burden.reads_database(),
            Self::Export(export) => export.reads_database(),
            Self::Diff(diff) => diff.reads_database(),
            Self::Show { .. } | Self::Modules(_) => true,
        };
        if reads { Needs::Database } else { Needs::Nothing }
    }

    /// Refuses what can be told without a database, before an empty one is made for it.
    pub(super) fn check(&self) -> Result<(), CliError> {
        match self {
            Self::Publish(publish) => publish.check(),
            _ => Ok(()),
        }
    }

    /// Runs the command. Without a database, there is nothing to compare with.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        match self {
            Self::Template { output } => standard_export::template(&output),
            Self::Check { file } => check(&file, database).await,
            Self::Burden(burden) => burden.run(database).await,
            Self::Diff(diff) => diff.run(database).await,
            Self::Modules(modules) => modules.run(database).await,
            Self::Publish(publish) => publish.run(database.ok_or_else(nothing_published)?).await,
            Self::PublishBuiltin(publish) => publish.run(database.ok_or_else(nothing_published)?).await,
            Self::Show { json } => show(database, json).await,
            Self::Export(export) => export.run(database).await,
        }
    }
}

/// Checks a package, and its item ids against what is published.
async fn check(file: &Path, database: Option<&Database>) -> Result<(), CliError> {
    let source = package::read(file)?;
    let (package, sheets) = (&source.package, &source.sheets);
    say(format!("没有错误：《{}》{}。", package.standard.title, package.standard.version));
    say(overview(&package.checklists));
    of_the_whole(&package.checklists).into_iter().for_each(say);
    say(books(&package.documents));
    points(&package.checklists).into_iter().for_each(say);
    hints(&source).into_iter().for_each(say);
    if package.standard.id.as_str() == TEMPLATE_ID {
        say(format!("提示：“标准编号”还是模板里的“{TEMPLATE_ID}”，换成自己的才能发布。"));
    }
    let Some(database) = database else {
        say("提示：没有找到数据库，没有和发布过的比编号、版本、领域和考核周期。");
        return Ok(());
    };
    let objections = publishing::objections(database, &SystemClock, package).await;
    let objections = objections.map_err(|refusal| refused(refusal, package, sheets, &OWN))?;
    let mut refusals = Vec::new();
    for objection in &objections {
        if let Objection::ItemsReused(items) = objection {
            faults(items, sheets, OWN.items).into_iter().for_each(|fault| say(format!("提示：{fault}")));
            refusals.insert(0, format!("{}个编号以前发布给了别的条目", items.len()));
        } else {
            refusals.push(problem(objection, package));
        }
    }
    for refusal in refusals {
        say(format!("提示：照这样发布会被拒绝：{refusal}。"));
    }
    Ok(())
}

async fn show(database: Option<&Database>, json: bool) -> Result<(), CliError> {
    let Published { summary, checklists, .. } = published(database).await?;
    if json {
        say(serde_json::to_string_pretty(&summary)?);
        return Ok(());
    }
    say(format!("《{}》 {} {}", summary.title, summary.standard, summary.version));
    if let Some(first) = checklists.first().filter(|first| !first.notice.is_empty()) {
        say(&first.notice);
    }
    say(overview(&checklists));
    of_the_whole(&checklists).into_iter().for_each(say);
    say("");
    points(&checklists).into_iter().for_each(say);
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
