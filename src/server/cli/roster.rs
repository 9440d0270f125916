//! `roster`: brings the organisation tree in. What happens to units besides is in `roster_changes.rs`.

use super::{
    days,
    error::{self, CliError},
    roster_changes::{End, Freeze, Merge, can_happen},
    roster_template,
    text::say,
};
use crate::{
    domain::{SectorId, period::shanghai_date, sector},
    protocol::{Level, PublishedStandard},
    server::{
        database::{Database, From, Tree, Unit},
        host::clock::SystemClock,
        office::clock::Clock as _,
        tables::roster,
    },
    sheets::workbook,
};
use jiff::civil::Date;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

#[derive(clap::Subcommand)]
pub(super) enum Roster {
    #[command(about = "写一张空的名册：一个xlsx，有下拉和每列的说明")]
    Template {
        #[arg(short, long, value_name = "FILE", help = "写成这个xlsx；已经有的文件不覆盖")]
        output: PathBuf,
    },
    #[command(about = "导入党组织名册：有一处错误就整张不导入；再导入一次，什么也不变")]
    Import {
        #[arg(value_name = "FILE", help = "CSV或xlsx，表头：编号、上级编号、层级、名称、领域、电话")]
        file: PathBuf,
        #[arg(
            long,
            value_name = "DATE",
            help = "更名、换上级、新设从哪天起，如 2026-11-15；不写，改动从今天起，新增的算一直就有"
        )]
        on: Option<String>,
        #[arg(long, conflicts_with = "on", help = "改的是原来写错了的：以前各期的结果也照改好的")]
        correct: bool,
    },
    #[command(about = "撤销一个党组织，写明从哪天起；登记错了的可以恢复")]
    End(End),
    #[command(about = "把几个党组织合并成一个新的，写明从哪天起")]
    Merge(Merge),
    #[command(about = "一个考核周期的名称、上级、应报以哪天的为准：查看、设定")]
    Freeze(Freeze),
}

impl Roster {
    /// Refuses what can be told without a database, before an empty one is made for it.
    pub(super) fn check(&self) -> Result<(), CliError> {
        if let Self::Import { file, on, .. } = self {
            on.as_ref().map(|text| days::happened(text, shanghai_date(SystemClock.now_ms()))).transpose()?;
            workbook::read("名册", &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
        }
        Ok(())
    }

    /// Runs the command. Only a blank table is made without a database.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        if let Self::Template { output } = &self {
            return roster_template::write(output);
        }
        let Some(database) = database else { return Ok(()) };
        let today = shanghai_date(SystemClock.now_ms());
        match self {
            Self::Template { .. } => Ok(()),
            Self::Import { file, on, correct } => {
                let on = on.map(|text| days::happened(&text, today)).transpose()?;
                let changed = if correct { From::Ever } else { From::Day(on.unwrap_or(today)) };
                import(database, &file, changed, on).await
            }
            Self::End(end) => end.run(database, today).await,
            Self::Merge(merge) => merge.run(database, today).await,
            Self::Freeze(freeze) => freeze.run(database).await,
        }
    }
}

async fn import(
    database: &Database,
    file: &Path,
    changed: From,
    founded: Option<Date>,
) -> Result<(), CliError> {
    let sheets =
        workbook::read("名册", &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
    let (known, in_use) = (database.tree().await?, database.branches_in_use().await?);
    let roster = roster::read(&sheets, &known, &in_use).map_err(CliError::Faults)?;
    let stands_otherwise = stand_otherwise(&known, &roster.units);
    if let From::Day(on) = changed {
        for unit in &stands_otherwise {
            if let Some(member) = known.get(&unit.code) {
                can_happen(database, member, on).await?;
            }
        }
    }
    let imported = database.import_units(&roster.units, changed, founded).await?;
    let branches = roster.units.iter().filter(|unit| unit.level == Level::Branch);
    say(format!(
        "名册{}个党组织（其中支部{}个）：新增{}，更新{}，没有变化{}。",
        roster.units.len(),
        branches.clone().count(),
        imported.new,
        imported.changed,
        imported.same
    ));
    if let (From::Day(on), false) = (changed, stands_otherwise.is_empty()) {
        let count = stands_otherwise.len();
        say(format!("提示：{count}个的名称、上级、层级或领域从{on}起按新的，在那以前的各期仍按原来的。"));
    }
    for notice in &roster.notices {
        say(format!("提示：{notice}"));
    }
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    let published = database.standard().await?;
    let published: Option<PublishedStandard> =
        published.map(|summary| serde_json::from_str(&summary)).transpose()?;
    let covers = |sector: &str| {
        let lists = published.iter().flat_map(|standard| &standard.checklists);
        lists.map(|list| &list.sector).map(SectorId::as_str).any(|covered| covered == sector)
    };
    for branch in branches.filter(|branch| !covers(&branch.sector)) {
        *waiting.entry(&branch.sector).or_default() += 1;
    }
    for (sector, count) in waiting {
        let name = sector::name(sector);
        say(format!(
            "提示：“{name}”领域还没有发布标准，{count}个支部已收下，手机上会说明，发布以后才能自查。"
        ));
    }
    Ok(())
}

/// The units that the table has elsewhere or under another name than they are known by. Whom to phone is no matter of days.
fn stand_otherwise<'a>(known: &Tree, units: &'a [Unit]) -> Vec<&'a Unit> {
    let is_other = |unit: &&Unit| {
        let old = known.get(&unit.code).map(|member| &member.unit);
        old.is_some_and(|old| Unit { telephone: unit.telephone.clone(), ..old.clone() } != **unit)
    };
    units.iter().filter(is_other).collect()
}
