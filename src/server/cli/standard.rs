//! `standard`: check, publish and show what branches are measured by. Its workbooks are made in `standard_export.rs`, its
//! burden is told in `standard_burden.rs`, what changed in `standard_diff.rs`.

use super::{
    Needs,
    error::CliError,
    package,
    standard_burden::Burden,
    standard_diff::Diff,
    standard_export::{self, Export},
    standard_periods,
    standard_points::points,
    text::{say, table},
};
use crate::{
    authoring::{self, Package, builtin, burden, idle, reuse, template::TEMPLATE_ID},
    domain::{Aspect, Checklist, Collection, Document},
    protocol::PublishedStandard,
    server::database::{Database, Published},
    sheets::{Fault, Sheet},
    words::whole,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

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
    Publish {
        #[arg(value_name = "FILE|FOLDER", help = PACKAGE)]
        file: PathBuf,
        #[arg(long, help = YES_SAME_ITEM)]
        yes_same_item: bool,
        #[arg(long, help = "正在使用的一版里有支部的领域，确认这一版就是不要了")]
        yes_fewer_sectors: bool,
        #[arg(long, help = "正在使用的一版里没结束、或者有支部上报了的考核周期，确认这一版就是不要了")]
        yes_without_period: bool,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "发布内置的示例标准；再发布一次，什么也不变")]
    PublishBuiltin {
        #[arg(long, help = YES_SAME_ITEM)]
        yes_same_item: bool,
        #[arg(long, help = "正在使用的是另一套标准或者更新的一版，确认换成内置的示例标准")]
        yes_instead: bool,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "查看正在使用的标准")]
    Show {
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "把一套标准写成一个xlsx，改好可以再发布；不写是哪一套，就是正在使用的那一版")]
    Export(Export),
}

/// How it is to be published.
#[derive(Clone, Copy)]
struct Asked {
    yes_same_item: bool,
    json: bool,
}

/// What a version is meant to do without.
#[derive(Clone, Copy)]
struct Meant {
    yes_fewer_sectors: bool,
    yes_without_period: bool,
}

const PACKAGE: &str = "一个xlsx文件，或者装着各张CSV表（还可以有手册、制度两个子文件夹）的文件夹";
const YES_SAME_ITEM: &str = "编号以前发布过、内容差得远的条目，确认还是同一个条目";

impl Standard {
    /// What it does where there is no database.
    pub(super) fn needs(&self) -> Needs {
        let reads = match self {
            Self::Publish { .. } | Self::PublishBuiltin { .. } => return Needs::NewOrOld,
            Self::Template { .. } | Self::Check { .. } => false,
            Self::Burden(burden) => burden.reads_database(),
            Self::Export(export) => export.reads_database(),
            Self::Diff(diff) => diff.reads_database(),
            Self::Show { .. } => true,
        };
        if reads { Needs::Database } else { Needs::Nothing }
    }

    /// Refuses what can be told without a database, before an empty one is made for it.
    pub(super) fn check(&self) -> Result<(), CliError> {
        if let Self::Publish { file, .. } = self {
            package::read(file)?;
        }
        Ok(())
    }

    /// Runs the command. Without a database, there is nothing to compare with.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        match self {
            Self::Template { output } => standard_export::template(&output),
            Self::Check { file } => check(&file, database).await,
            Self::Burden(burden) => burden.run(database).await,
            Self::Diff(diff) => diff.run(database).await,
            Self::Publish { file, yes_same_item, yes_fewer_sectors, yes_without_period, json } => {
                let meant = Meant { yes_fewer_sectors, yes_without_period };
                publish(&file, Asked { yes_same_item, json }, meant, database).await
            }
            Self::PublishBuiltin { yes_same_item, yes_instead, json } => {
                publish_builtin(Asked { yes_same_item, json }, yes_instead, database).await
            }
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
    source.tell();
    later(package).into_iter().for_each(say);
    for fault in idle::limits(package, sheets) {
        say(format!("提示：{fault}"));
    }
    if package.standard.id.as_str() == TEMPLATE_ID {
        say(format!("提示：“标准编号”还是模板里的“{TEMPLATE_ID}”，换成自己的才能发布。"));
    }
    let reused = reused_ids(database, package, sheets).await?;
    for fault in &reused {
        say(format!("提示：{fault}"));
    }
    let mut refusals: Vec<String> = Vec::new();
    if !reused.is_empty() {
        refusals.push(format!("{}个编号以前发布给了别的条目", reused.len()));
    }
    match database {
        Some(database) => {
            refusals.extend(taken_version(database, package).await?);
            refusals.extend(left_out(database, package).await?);
            refusals.extend(standard_periods::left_out(database, package).await?);
        }
        None => say("提示：没有找到数据库，没有和发布过的比编号、版本、领域和考核周期。"),
    }
    for refusal in refusals {
        say(format!("提示：照这样发布会被拒绝：{refusal}。"));
    }
    Ok(())
}

/// Says that this version was published with another content: a version is immutable, and its name is what people tell it by.
async fn taken_version(database: &Database, package: &Package) -> Result<Option<String>, CliError> {
    let known = database.published_as(&package.standard.id, &package.standard.version).await?;
    let mut own = BTreeSet::new();
    for checklist in &package.checklists {
        own.insert(checklist.hash()?);
    }
    for document in &package.documents {
        own.insert(document.hash()?);
    }
    let same = |standard: &PublishedStandard| {
        let lists = standard.checklists.iter().map(|list| &list.hash);
        lists.chain(standard.documents.iter().map(|document| &document.hash)).collect::<BTreeSet<_>>()
            == own.iter().collect()
    };
    let taken = !known.is_empty() && !known.iter().any(same);
    Ok(taken.then(|| format!("版本“{}”已经发布过，内容不一样", package.standard.version)))
}

/// Says which sectors with branches would be left without a standard.
async fn left_out(database: &Database, package: &Package) -> Result<Option<String>, CliError> {
    let Some(published) = database.version_in_force().await? else { return Ok(None) };
    let branches = database.branches_by_sector().await?;
    let gone = burden::dropped(&published.checklists, &package.checklists).into_iter();
    let gone = gone.filter_map(|gone| {
        let branches = branches.get(gone.sector.as_str())?;
        Some(format!("{}（{branches}个支部）", gone.sector_name))
    });
    let gone: Vec<String> = gone.collect();
    Ok((!gone.is_empty()).then(|| format!("这一版里没有{}，这些支部就没有标准可用", gone.join("、"))))
}

async fn publish(
    file: &Path,
    asked: Asked,
    meant: Meant,
    database: Option<&Database>,
) -> Result<(), CliError> {
    let source = package::read(file)?;
    let (package, sheets) = (&source.package, &source.sheets);
    if package.standard.id.as_str() == TEMPLATE_ID {
        let problem = format!("“标准编号”还是模板里的“{TEMPLATE_ID}”");
        return Err(CliError::refused(problem, "在“标准”表里换成自己的编号；里面的例子也要换掉"));
    }
    if let Some(database) = database {
        if let Some(problem) = taken_version(database, package).await? {
            return Err(CliError::refused(problem, "在“标准”表里换一个版本；手机和上级靠它分清是哪一版"));
        }
        if let Some(problem) = left_out(database, package).await?.filter(|_| !meant.yes_fewer_sectors) {
            let remedy = "在“领域”和“条目”表里补上；确实不要了，发布时加 --yes-fewer-sectors";
            return Err(CliError::refused(problem, remedy));
        }
        let gone = standard_periods::left_out(database, package).await?;
        if let Some(problem) = gone.filter(|_| !meant.yes_without_period) {
            let remedy = "在“考核周期”表里照原样留着，编号也不改；确实不要了，发布时加 --yes-without-period";
            return Err(CliError::refused(problem, remedy));
        }
    }
    put(package, reused_ids(database, package, sheets).await?, asked, database).await?;
    if !asked.json {
        source.tell();
        later(package).into_iter().for_each(say);
        for fault in idle::limits(package, sheets) {
            say(format!("提示：{fault}"));
        }
    }
    Ok(())
}

async fn publish_builtin(
    asked: Asked,
    yes_instead: bool,
    database: Option<&Database>,
) -> Result<(), CliError> {
    let sheets = builtin::sheets().map_err(CliError::Faults)?;
    let package = authoring::parse(&sheets).map_err(CliError::Faults)?;
    if let Some(database) = database.filter(|_| !yes_instead)
        && let Some(problem) = displaced(database, &package).await?
    {
        let remedy = "要发布自己的标准，用 standard publish；确实换成示例标准的，加 --yes-instead";
        return Err(CliError::refused(problem, remedy));
    }
    let mut reused = reused_ids(database, &package, &sheets).await?;
    for fault in &mut reused {
        fault.remedy = "内置标准的编号改不了：用 standard export --builtin 写成工作簿，换一个没有用过的编号，再用 publish \
                        发布；确实是同一个条目，发布时加 --yes-same-item"
            .into();
    }
    put(&package, reused, asked, database).await
}

/// Says what the whole roster would lose with the built-in standard: another standard, or a later version of the same.
async fn displaced(database: &Database, builtin: &Package) -> Result<Option<String>, CliError> {
    let Some(Published { summary, .. }) = database.version_in_force().await? else { return Ok(None) };
    let number =
        |version: &str| version.split('.').map(|piece| piece.parse().ok()).collect::<Option<Vec<u32>>>();
    let (known, own) = (number(&summary.version), number(&builtin.standard.version));
    let is_earlier = known.zip(own).is_some_and(|(known, own)| known < own);
    let is_same = summary.version == builtin.standard.version;
    let stays = summary.standard == builtin.standard.id && (is_same || is_earlier);
    Ok((!stays).then(|| {
        format!(
            "正在使用的是《{}》{}，发布内置的示例标准《{}》{}，全部支部就都换成示例标准",
            summary.title, summary.version, builtin.standard.title, builtin.standard.version
        )
    }))
}

/// Ids of items that meant something else in every version that had them.
async fn reused_ids(
    database: Option<&Database>,
    package: &Package,
    sheets: &[Sheet],
) -> Result<Vec<Fault>, CliError> {
    let Some(database) = database else { return Ok(Vec::new()) };
    Ok(reuse::reused(&database.ever_published().await?, package, sheets))
}

async fn put(
    package: &Package,
    reused: Vec<Fault>,
    asked: Asked,
    database: Option<&Database>,
) -> Result<(), CliError> {
    if !reused.is_empty() && !asked.yes_same_item {
        return Err(CliError::Faults(reused));
    }
    let database = database.ok_or_else(nothing_published)?;
    let before = database.version_in_force().await?.map(|before| before.summary);
    let published = database.publish(&package.checklists, &package.documents).await?;
    if asked.json {
        say(serde_json::to_string_pretty(&published)?);
        return Ok(());
    }
    told(package, before.as_ref(), &published).into_iter().for_each(say);
    Ok(())
}

/// What was published and what comes of it.
fn told(package: &Package, before: Option<&PublishedStandard>, published: &PublishedStandard) -> Vec<String> {
    let name = |standard: &PublishedStandard| format!("《{}》{}", standard.title, standard.version);
    if before == Some(published) {
        return vec![format!("{}正在使用，内容一样，什么也没有变。", name(published))];
    }
    let (first, last) = match before {
        None => (
            format!("已发布{}，从现在起用这一版。", name(published)),
            "支部的手机联网就能收到；还没有激活的，导入名册、发激活码以后收到。",
        ),
        Some(before) => (
            format!("已发布{}，从现在起用这一版；在这以前用的是{}。", name(published), name(before)),
            "支部的手机联网以后会看到变了什么；正在填的草稿留在原来的版本，由书记自己换。",
        ),
    };
    vec![first, overview(&package.checklists), books(&package.documents), last.into()]
}

/// How many items a hint names.
const NAMED: usize = 5;

/// Says which items a phone can only score after an update.
fn later(package: &Package) -> Option<String> {
    let items = package.checklists.iter().flat_map(|list| list.items()).map(|(_, item)| item);
    let mut seen = BTreeSet::new();
    let items = items.filter(|item| item.needs() > 1 && seen.insert(&item.id)).map(|item| item.id.as_str());
    let items: Vec<&str> = items.collect();
    let more = if items.len() > NAMED { format!("等{}个", items.len()) } else { String::new() };
    let named = items.iter().take(NAMED).copied().collect::<Vec<_>>().join("、");
    (!items.is_empty()).then(|| {
        format!(
            "提示：条目{named}{more}用到新的算分办法。还没有更新的手机收不到这一版，停在原来的版本上，屏幕上写“请更新”；\
             更新以后就能换过来。"
        )
    })
}

/// Says that there is no standard yet.
pub(super) fn nothing_published() -> CliError {
    CliError::refused("还没有发布标准", "先运行 standard publish-builtin 或 standard publish")
}

/// The version in use.
pub(super) async fn published(database: Option<&Database>) -> Result<Published, CliError> {
    let database = database.ok_or_else(nothing_published)?;
    database.version_in_force().await?.ok_or_else(nothing_published)
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

/// What each sector's checklist says of the whole beyond four grades and a hundred points; sectors that say the same together.
pub(super) fn of_the_whole(checklists: &[Checklist]) -> Vec<String> {
    let mut groups: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for list in checklists {
        let said = whole::unusual(list);
        match groups.iter_mut().find(|(_, known)| *known == said) {
            Some((sectors, _)) => sectors.push(&list.sector_name),
            None => groups.push((vec![&list.sector_name], said)),
        }
    }
    let groups = groups.into_iter().filter(|(_, said)| !said.is_empty());
    let mut lines = Vec::new();
    for (sectors, said) in groups {
        lines.push(format!("{}，整体上的规定：", sectors.join("、")));
        lines.extend(said.into_iter().map(|line| format!("- {line}")));
    }
    if !lines.is_empty() {
        let by_people = "系统不评等次：名额、上年度等次、全年的结果由上级把握，只写给支部看；方面得分率在支部手机的自评估算里看。";
        lines.push(by_people.into());
    }
    lines
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
