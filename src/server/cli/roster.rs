//! `roster`: brings the organisation tree in.

use super::{
    error::{self, CliError},
    text::say,
};
use crate::{
    authoring::workbook,
    domain::{SectorId, sector},
    protocol::{Level, PublishedStandard},
    server::{database::Database, roster},
};
use std::{collections::BTreeMap, path::PathBuf};

#[derive(clap::Subcommand)]
pub(super) enum Roster {
    #[command(about = "导入党组织名册：有一处错误就整张不导入；再导入一次，什么也不变")]
    Import {
        #[arg(value_name = "FILE", help = "CSV或xlsx，表头：编号、上级编号、层级、名称、领域、电话")]
        file: PathBuf,
    },
}

impl Roster {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let Self::Import { file } = self;
        let sheets =
            workbook::read("名册", &error::read(&file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
        let Some(sheet) = sheets.first() else {
            return Err(CliError::refused("这个文件里没有表", "核对文件"));
        };
        let (known, in_use) = (database.units().await?, database.branches_in_use().await?);
        let roster = roster::read(sheet, &known, &in_use).map_err(CliError::Faults)?;
        let imported = database.import_units(&roster.units).await?;
        let branches = roster.units.iter().filter(|unit| unit.level == Level::Branch);
        say(format!(
            "名册{}个党组织（其中支部{}个）：新增{}，更新{}，没有变化{}。",
            roster.units.len(),
            branches.clone().count(),
            imported.new,
            imported.changed,
            imported.same
        ));
        if sheets.len() > 1 {
            say(format!("提示：这个文件有{}张表，只读了第一张“{}”。", sheets.len(), sheet.name));
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
}
