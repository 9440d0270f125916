//! `standard publish` and `standard publish-builtin`: what branches are measured by from now on, and what speaks against it.

use super::{
    error::CliError,
    package::{self, PACKAGE, Source},
    standard_overview::{books, overview},
    text::say,
};
use crate::{
    authoring::{self, Package, builtin, idle, reuse::Reused, template::TEMPLATE_ID},
    domain::Period,
    protocol::PublishedStandard,
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{
            actor::OPERATOR,
            publishing::{self, Confirmed, InForce, Objection, PeriodLeftOut, Refusal},
        },
    },
    sheets::{Fault, Sheet},
};
use std::{collections::BTreeSet, path::PathBuf};

/// What is confirmed whichever standard it is.
#[derive(clap::Args)]
struct Yes {
    #[arg(long, help = "编号以前发布过、内容差得远的条目，确认还是同一个条目")]
    yes_same_item: bool,
    #[arg(long, help = "正在使用的一版里有支部的领域，确认这一版就是不要了")]
    yes_fewer_sectors: bool,
    #[arg(long, help = "正在使用的一版里没结束、或者有支部上报了的考核周期，确认这一版就是不要了")]
    yes_without_period: bool,
    #[arg(long, help = "输出JSON")]
    json: bool,
}

#[derive(clap::Args)]
pub(super) struct Publish {
    #[arg(value_name = "FILE|FOLDER", help = PACKAGE)]
    file: PathBuf,
    #[command(flatten)]
    yes: Yes,
}

#[derive(clap::Args)]
pub(super) struct PublishBuiltin {
    #[arg(long, help = "正在使用的是另一套标准或者更新的一版，确认换成内置的示例标准")]
    yes_instead: bool,
    #[command(flatten)]
    yes: Yes,
}

impl Yes {
    fn confirmed(&self, instead: bool) -> Confirmed {
        Confirmed {
            same_item: self.yes_same_item,
            fewer_sectors: self.yes_fewer_sectors,
            without_period: self.yes_without_period,
            instead,
        }
    }
}

impl Publish {
    /// Refuses what can be told without a database.
    pub(super) fn check(&self) -> Result<(), CliError> {
        package::read(&self.file).map(drop)
    }

    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let source = package::read(&self.file)?;
        let (package, sheets) = (&source.package, &source.sheets);
        let done =
            publishing::publish(database, &SystemClock, &OPERATOR, package, self.yes.confirmed(false)).await;
        let done = done.map_err(|refusal| refused(refusal, package, sheets, &OWN))?;
        if self.yes.json {
            say(serde_json::to_string_pretty(&done.published)?);
            return Ok(());
        }
        told(package, &done).into_iter().chain(hints(&source)).for_each(say);
        Ok(())
    }
}

impl PublishBuiltin {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let sheets = builtin::sheets().map_err(CliError::Faults)?;
        let package = authoring::parse(&sheets).map_err(CliError::Faults)?;
        let confirmed = self.yes.confirmed(self.yes_instead);
        let done = publishing::publish_builtin(database, &SystemClock, &OPERATOR, &package, confirmed).await;
        let done = done.map_err(|refusal| refused(refusal, &package, &sheets, &BUILT_IN))?;
        if self.yes.json {
            say(serde_json::to_string_pretty(&done.published)?);
            return Ok(());
        }
        told(&package, &done).into_iter().for_each(say);
        Ok(())
    }
}

/// What is to be done where something speaks against it: the author of a standard can change it.
pub(super) struct Remedies {
    sectors: &'static str,
    periods: &'static str,
    pub(super) items: &'static str,
}

const SAME_ITEM: &str =
    "换一个没有用过的编号；确实是同一个条目，只是改写了或者换了方面，发布时加 --yes-same-item";

pub(super) const OWN: Remedies = Remedies {
    sectors: "在“领域”和“条目”表里补上；确实不要了，发布时加 --yes-fewer-sectors",
    periods: "在“考核周期”表里照原样留着，编号也不改；确实不要了，发布时加 --yes-without-period",
    items: SAME_ITEM,
};

const BUILT_IN: Remedies = Remedies {
    sectors: "内置标准的领域改不了：用 standard export --builtin 写成工作簿，在“领域”和“条目”表里补上，再用 publish 发布；确实不要了，\
              发布时加 --yes-fewer-sectors",
    periods: "内置标准的考核周期改不了：用 standard export --builtin 写成工作簿，在“考核周期”表里照原样补上，再用 publish 发布；\
              确实不要了，发布时加 --yes-without-period",
    items: "内置标准的编号改不了：用 standard export --builtin 写成工作簿，换一个没有用过的编号，再用 publish 发布；确实是同一个条目，\
            发布时加 --yes-same-item",
};

/// Says why a version is not published.
pub(super) fn refused(
    refusal: Refusal,
    package: &Package,
    sheets: &[Sheet],
    remedies: &Remedies,
) -> CliError {
    let objection = match refusal {
        Refusal::Objected(objection) => objection,
        Refusal::Displaces(in_force) => {
            let problem = format!(
                "正在使用的是{}，发布内置的示例标准《{}》{}，全部支部就都换成示例标准",
                name(&in_force),
                package.standard.title,
                package.standard.version
            );
            let remedy = "要发布自己的标准，用 standard publish；确实换成示例标准的，加 --yes-instead";
            return CliError::refused(problem, remedy);
        }
        Refusal::Template => {
            let problem = format!("“标准编号”还是模板里的“{TEMPLATE_ID}”");
            return CliError::refused(problem, "在“标准”表里换成自己的编号；里面的例子也要换掉");
        }
        Refusal::Denied(denied) => return denied.into(),
        Refusal::Unwritable(error) => return error.into(),
        Refusal::Database(error) => return error.into(),
    };
    let remedy = match &objection {
        Objection::VersionTaken => "在“标准”表里换一个版本；手机和上级靠它分清是哪一版",
        Objection::SectorsLeftOut(_) => remedies.sectors,
        Objection::PeriodsLeftOut(_) => remedies.periods,
        Objection::ItemsReused(items) => return CliError::Faults(faults(items, sheets, remedies.items)),
    };
    CliError::refused(problem(&objection, package), remedy)
}

/// What speaks against publishing a version.
pub(super) fn problem(objection: &Objection, package: &Package) -> String {
    match objection {
        Objection::VersionTaken => {
            format!("版本“{}”已经发布过，内容不一样", package.standard.version)
        }
        Objection::SectorsLeftOut(gone) => {
            let gone = gone.iter().map(|gone| format!("{}（{}个支部）", gone.name, gone.branches));
            format!("这一版里没有{}，这些支部就没有标准可用", gone.collect::<Vec<_>>().join("、"))
        }
        Objection::PeriodsLeftOut(gone) => {
            let gone: Vec<String> = gone.iter().map(period).collect();
            format!("这一版里没有正在用的考核周期{}", gone.join("、"))
        }
        Objection::ItemsReused(items) => format!("{}个编号以前发布给了别的条目", items.len()),
    }
}

/// 2026-H2“下半年”（2026-06-01至2026-11-30，上报截止2026-12-05，还没有支部上报）
fn period(PeriodLeftOut { period, reports }: &PeriodLeftOut) -> String {
    let Period { id, name, starts, ends, submit_by } = period;
    let told = match reports {
        0 => "还没有支部上报".to_owned(),
        reports => format!("已经有{reports}个支部上报"),
    };
    format!("{id}“{name}”（{starts}至{ends}，上报截止{submit_by}，{told}）")
}

/// Ids that were published for something else, at their rows.
pub(super) fn faults(items: &[Reused], sheets: &[Sheet], remedy: &str) -> Vec<Fault> {
    items.iter().map(|item| item.fault(sheets, remedy)).collect()
}

fn name(standard: &PublishedStandard) -> String {
    format!("《{}》{}", standard.title, standard.version)
}

/// What was published and what comes of it.
fn told(package: &Package, InForce { before, published }: &InForce) -> Vec<String> {
    if before.as_ref() == Some(published) {
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

/// What the author of a package should know though it is no fault.
pub(super) fn hints(source: &Source) -> Vec<String> {
    let (package, sheets) = (&source.package, &source.sheets);
    let notices = source.notices.iter().map(|notice| format!("提示：{notice}"));
    let idle = idle::limits(package, sheets).into_iter().map(|fault| format!("提示：{fault}"));
    notices.chain(later(package)).chain(idle).collect()
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
