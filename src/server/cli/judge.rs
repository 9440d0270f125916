//! `judge`: what the upper level gives for the items that it judges itself (由上级评).

use super::{
    error::{self, CliError, must_be_new_workbook, write_new},
    review::PeriodIdArg,
    row_by_row,
    text::{moment, say, table},
};
use crate::{
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{
            actor::Actor,
            judging::{self, Refusal, Row, Value},
            results,
        },
        tables::{
            items::find_item,
            judge::{self, held, standing},
        },
    },
    sheets::workbook,
};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(clap::Subcommand)]
pub(super) enum Judge {
    #[command(about = "列出各支部由上级评的条目，评了几分、谁评的、什么时候")]
    List {
        #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
        period: PeriodIdArg,
        #[arg(long, value_name = "UNIT", help = "只看这个党组织下面的（编号或全称）")]
        under: Option<String>,
        #[arg(long, help = "输出JSON，改过的每一次都在里面")]
        json: bool,
    },
    #[command(about = "给一个支部的一个条目打分；改分就再打一次，原来的留着")]
    Give(Give),
    #[command(about = "导出打分表（xlsx），填好以后用 judge import 导回")]
    Export {
        #[arg(short, long, value_name = "FILE", help = "写到哪个新文件")]
        output: PathBuf,
        #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
        period: PeriodIdArg,
        #[arg(long, value_name = "UNIT", help = "只要这个党组织下面的（编号或全称）")]
        under: Option<String>,
    },
    #[command(about = "导入填好的打分表：写对的行写入，有错误的列出来；再导入一次，什么也不变")]
    Import {
        #[arg(value_name = "FILE", help = "judge export 导出、填好的表")]
        file: PathBuf,
        #[arg(long, value_name = "NAME", help = "以谁的名义；不写就是支部的上级党组织")]
        by: Option<String>,
    },
}

/// How the table comes back.
const BACK: &str = "填好存成xlsx，交给管系统的人用 judge import 导入。改分就再填一次，原来的留着。";
/// Where there is a right one.
const AGAIN: &str = "或者用 judge export 重新导出打分表";

#[derive(clap::Args)]
pub(super) struct Give {
    #[arg(long, value_name = "UNIT", help = "支部的编号或全称")]
    branch: String,
    #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
    period: PeriodIdArg,
    #[arg(long, value_name = "ITEM", help = "第几条，或者条目编号")]
    item: String,
    #[arg(long, value_name = "POINTS", help = "得几分，如 3.5")]
    points: String,
    #[arg(long, value_name = "LIMIT", help = "成立的限制的编号，可以写多次；都不成立的写 无")]
    limit: Vec<String>,
    #[arg(long, value_name = "TEXT", help = "说明")]
    reason: Option<String>,
    #[arg(long, value_name = "NAME", help = "以谁的名义；不写就是支部的上级党组织")]
    by: Option<String>,
}

impl Judge {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        match self {
            Self::List { period, under, json } => {
                let results = results::of(database, &period.0, under.as_deref()).await?;
                list(&judging::rows(&results).collect::<Vec<_>>(), json)
            }
            Self::Give(give) => give.run(database).await,
            Self::Export { output, period, under } => {
                must_be_new_workbook(&output)?;
                let results = results::of(database, &period.0, under.as_deref()).await?;
                let rows: Vec<Row<'_>> = judging::rows(&results).collect();
                write_new(&output, &judge::write(&rows, BACK)?)?;
                let (file, many) = (output.display(), rows.len());
                say(format!("已写入“{file}”，{many}行。填好以后用 judge import 导入。"));
                Ok(())
            }
            Self::Import { file, by } => import(database, &file, by).await,
        }
    }
}

fn list(rows: &[Row<'_>], json: bool) -> Result<(), CliError> {
    if json {
        let list = rows.iter().map(|row| {
            json!({
                "branch": row.branch.code,
                "branch_name": row.branch.name,
                "item": row.asked.item.id,
                "number": row.asked.number,
                "of": row.asked.most(),
                "counting": row.counting(),
                "given": row.given,
            })
        });
        say(serde_json::to_string_pretty(&list.collect::<Vec<_>>())?);
        return Ok(());
    }
    let shown = rows.iter().map(|row| {
        let last = row.given.last();
        vec![
            row.branch.code.to_string(),
            row.branch.name.clone(),
            format!("第{}条", row.asked.number),
            row.asked.item.title.clone(),
            row.asked.most().to_string(),
            standing(row),
            row.counting().map(|value| held(row.asked.item, &value.holds)).unwrap_or_default(),
            last.map(|value| value.by.clone()).unwrap_or_default(),
            last.map(|value| moment(value.at)).unwrap_or_default(),
            remark(row),
        ]
    });
    let header =
        ["支部编号", "支部", "条目", "内容", "满分", "得分", "成立的限制", "谁评的", "什么时候", "备注"];
    say(table(&header, &shown.collect::<Vec<_>>()));
    let judged = rows.iter().filter(|row| row.counting().is_some()).count();
    say(format!("共{}处，评了{judged}处。", rows.len()));
    Ok(())
}

/// Its reason, and how often it was changed.
fn remark(row: &Row<'_>) -> String {
    let reason = row.given.last().map(|value| value.reason.clone()).filter(|reason| !reason.is_empty());
    let changed = row.given.len().checked_sub(1).filter(|times| *times > 0);
    let changed = changed.map(|times| format!("改过{times}次"));
    reason.into_iter().chain(changed).collect::<Vec<_>>().join("；")
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Results(refusal) => refusal.into(),
            Refusal::NotJudged { title, judged } => {
                let judged: Vec<String> =
                    judged.into_iter().map(|(number, title)| format!("第{number}条{title}")).collect();
                let remedy = if judged.is_empty() {
                    "这一期没有由上级评的条目".into()
                } else {
                    format!("这一期由上级评的是：{}", judged.join("、"))
                };
                Self::refused(format!("“{title}”这一期不由上级评"), remedy)
            }
            Refusal::Denied(denied) => denied.into(),
            Refusal::NoStandard(branch) => {
                Self::refused(format!("“{branch}”的领域还没有发布标准"), "先发布这个领域的标准")
            }
        }
    }
}

impl Give {
    async fn run(self, database: &Database) -> Result<(), CliError> {
        let judged = judging::branch(database, &self.period.0, &self.branch).await?;
        let list = judged.checklist()?;
        let item = find_item(list, &self.item).ok_or_else(|| {
            let remedy = format!("写第几条（1到{}），或者条目编号", list.items().count());
            CliError::refused(format!("标准里没有“{}”这一条", self.item), remedy)
        })?;
        let row = &judged.row(&item)?;
        let refused = |(problem, remedy): judge::Told| CliError::refused(problem, remedy);
        let points = judge::points(self.points.trim(), &row.asked).map_err(refused)?;
        let holds = judge::holds(self.limit.iter().map(String::as_str), &row.asked).map_err(refused)?;
        let reason = self.reason.as_deref().unwrap_or_default().trim().to_owned();
        let (number, most) = (row.asked.number, row.asked.most());
        let held = held(row.asked.item, holds.limits());
        let sound = judging::check_now(row, Value { points, holds, reason });
        let Some(sound) = sound.map_err(|unsound| refused(judge::told(&unsound, &row.asked)))? else {
            say(format!("第{number}条已经是{points}分，没有变化。"));
            return Ok(());
        };
        let by = Actor::Operator { by: self.by };
        let given = judging::give(database, &SystemClock, &by, &[&sound]).await?;
        let [Some(by)] = &given[..] else {
            return Err(CliError::refused("就在刚才，别人也给这一条打了分", "用 judge list 再看一眼"));
        };
        let (branch, period, title) = (&row.branch.name, &self.period.0, &row.asked.item.title);
        let held = if held.is_empty() { held } else { format!("，限制成立：{held}") };
        say(format!("{branch} {period} 第{number}条{title}：{by}评{points}分（满分{most}分）{held}。"));
        Ok(())
    }
}

/// Takes a filled-in table. Each row is an act of its own: what is sound is written, the rest is named.
async fn import(database: &Database, file: &Path, by: Option<String>) -> Result<(), CliError> {
    let sheets =
        workbook::read(judge::NAME, &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
    let (table, faults) = judge::table(&sheets, AGAIN);
    let periods = judging::Periods::of(database, judge::periods(&table)).await?;
    let rows = judge::read(&table, &periods.rows(), faults);
    let mut rows = rows.sound(&table, judge::NAME).map_err(CliError::Faults)?;
    let sound: Vec<_> = rows.acts.iter().map(|(_, sound)| sound).collect();
    let given = judging::give(database, &SystemClock, &Actor::Operator { by }, &sound).await?;
    for ((line, _), _) in rows.acts.iter().zip(&given).filter(|(_, by)| by.is_none()) {
        let remedy = "重新导出打分表，看过以后再填";
        line.fault(judge::TIMES, "就在刚才，别人给这一条打了分", remedy, &mut rows.faults);
    }
    let written = given.iter().flatten().count();
    say(format!("写入{written}处得分，没有变化{}处。", rows.unchanged.len()));
    row_by_row::end(rows.faults)
}
