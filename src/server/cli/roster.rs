//! `roster`: brings the organisation tree in. What happens to units besides is in `roster_changes.rs`.

use super::{
    days,
    error::{self, CliError, must_be_new_workbook, write_new},
    roster_changes::{End, Freeze, Merge},
    text::say,
};
use crate::{
    domain::{period::shanghai_date, sector},
    protocol::Level,
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{
            actor::OPERATOR,
            clock::Clock as _,
            roster::{
                has_come,
                importing::{self, Imported, Standing},
            },
        },
        tables::{
            roster::{NAME, read},
            roster_template::blank,
        },
    },
    sheets::{Sheet, workbook},
};
use jiff::civil::Date;
use std::path::{Path, PathBuf};

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
            if let Some(day) = day(on.as_deref())? {
                has_come(day, shanghai_date(SystemClock.now_ms()))?;
            }
            sheets(file)?;
        }
        Ok(())
    }

    /// Runs the command. Only a blank table is made without a database.
    pub(super) async fn run(self, database: Option<&Database>) -> Result<(), CliError> {
        if let Self::Template { output } = &self {
            return template(output);
        }
        let Some(database) = database else { return Ok(()) };
        match self {
            Self::Template { .. } => Ok(()),
            Self::Import { file, on, correct } => {
                let standing = match day(on.as_deref())? {
                    _ if correct => Standing::Always,
                    Some(day) => Standing::Since(day),
                    None => Standing::Now,
                };
                import(database, &file, standing).await
            }
            Self::End(end) => end.run(database).await,
            Self::Merge(merge) => merge.run(database).await,
            Self::Freeze(freeze) => freeze.run(database).await,
        }
    }
}

fn day(text: Option<&str>) -> Result<Option<Date>, CliError> {
    text.map(days::read).transpose()
}

fn sheets(file: &Path) -> Result<Vec<Sheet>, CliError> {
    workbook::read(NAME, &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))
}

fn template(output: &Path) -> Result<(), CliError> {
    must_be_new_workbook(output)?;
    write_new(output, &blank("填好存成xlsx，用 roster import 导入。有错误会一次列全，什么也不写入。")?)?;
    say(format!("空的名册写在“{}”。填好以后用 roster import 导入。", output.display()));
    Ok(())
}

async fn import(database: &Database, file: &Path, standing: Standing) -> Result<(), CliError> {
    let known = importing::Known::read(database).await?;
    let roster = read(&sheets(file)?, &known).map_err(CliError::Faults)?;
    let Imported { counts, from_then_on, waiting } =
        importing::import(database, &SystemClock, &OPERATOR, &roster.units, standing).await?;
    say(format!(
        "名册{}个党组织（其中支部{}个）：新增{}，更新{}，没有变化{}。",
        roster.units.len(),
        roster.units.iter().filter(|unit| unit.level == Level::Branch).count(),
        counts.new,
        counts.changed,
        counts.same
    ));
    if let Some((count, on)) = from_then_on {
        say(format!("提示：{count}个的名称、上级、层级或领域从{on}起按新的，在那以前的各期仍按原来的。"));
    }
    for notice in &roster.notices {
        say(format!("提示：{notice}"));
    }
    for (sector, count) in waiting {
        let name = sector::name(&sector);
        say(format!(
            "提示：“{name}”领域还没有发布标准，{count}个支部已收下，手机上会说明，发布以后才能自查。"
        ));
    }
    Ok(())
}
