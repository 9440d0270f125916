//! `results export`: the township's table, the points item by item, and what is short.

use super::{
    error::{CliError, must_be_new_workbook, write_new_workbook},
    review::PeriodIdArg,
    text::say,
};
use crate::server::{
    database::Database,
    office::results::{self, Reports},
    tables,
};
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(super) enum Results {
    #[command(about = "导出一个考核周期的镇汇总表、条目得分和扣分明细（xlsx）")]
    Export {
        #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
        period: PeriodIdArg,
        #[arg(long, value_name = "UNIT", help = "只要这个党组织下面的（编号或全称）")]
        under: Option<String>,
        #[arg(short, long, value_name = "FILE", help = "写到哪个新文件")]
        output: PathBuf,
    },
}

impl Results {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let Self::Export { period, under, output } = self;
        must_be_new_workbook(&output)?;
        let results = results::of(database, &period.0, under.as_deref()).await?;
        let (mut book, mut reports) =
            (tables::results::Book::whole(&results)?, Reports::of(database, &results));
        loop {
            let some = reports.next().await?;
            if some.is_empty() {
                break;
            }
            for (branch, report) in some {
                book.add(branch, report.as_ref())?;
            }
        }
        write_new_workbook(&output, |to| book.save(to))?;
        let (all, reported) = (results.branches.len(), results.have_reported());
        say(format!(
            "已写入“{}”：{all}个支部，已上报{reported}个，未上报{}个。",
            output.display(),
            all - reported
        ));
        Ok(())
    }
}
