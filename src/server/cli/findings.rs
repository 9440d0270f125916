//! `findings`: problems and their mending as the upper level sees them.

use super::{
    days,
    error::{self, CliError, must_be_new_workbook, write_new_workbook},
    text::{say, table},
};
use crate::{
    domain::{
        FindingState, answer::MAX_TEXT_CHARS, finding::check::MAX_FINDING_ENTRIES, period::shanghai_date,
    },
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{
            actor::{Actor, OPERATOR, Unheard},
            clock::Clock as _,
            mending::{
                self, Refusal, Row, Unsaid,
                adding::{self, Added, Known},
                counts::Common,
                items::Items,
                kinds,
            },
        },
        tables::{
            findings::{Missing, NAME, read},
            mending_ledger::{Book, named},
        },
    },
    sheets::workbook,
    words::{
        findings::{source, standing},
        terms::finding_state,
        units,
    },
};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(clap::Subcommand)]
pub(super) enum Findings {
    #[command(about = "列出问题和整改情况")]
    List {
        #[arg(long, value_name = "UNIT", help = "只看这个党组织下面的（编号或全称）")]
        under: Option<String>,
        #[arg(long, help = "只看支部说整改好了、等着验收的")]
        mended: bool,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "导入上级检查发现的问题：有一处错误就整张不导入；再导入一次，什么也不变")]
    Import {
        #[arg(
            value_name = "FILE",
            help = "xlsx或CSV，表头：支部编号（或支部、乡镇）、条目、存在问题、整改时限、问题来源"
        )]
        file: PathBuf,
    },
    #[command(about = "验收销号：上级检查发现的；支部自己查出来的由支部自己销号")]
    Close {
        #[arg(value_name = "NUMBER", required = true, help = "问题编号，可以写几个：findings list 的第一列")]
        finding: Vec<String>,
        #[arg(long, help = "支部还没有说整改好，也销号")]
        yes_not_mended: bool,
        #[arg(long, value_name = "NAME", help = "验收人；不写就是支部的上级党组织")]
        by: Option<String>,
    },
    #[command(about = "退回支部再整改；已经销号的重新打开")]
    Return {
        #[arg(value_name = "NUMBER", help = "问题编号：findings list 的第一列")]
        finding: String,
        #[arg(long, value_name = "TEXT", help = "原因")]
        reason: String,
        #[arg(long, value_name = "DATE", help = "新的整改时限，如 2026-11-27")]
        due: Option<String>,
        #[arg(long, value_name = "NAME", help = "以谁的名义；不写就是支部的上级党组织")]
        by: Option<String>,
    },
    #[command(about = "导出整改台账（xlsx），分共性、个性问题，按条目、按乡镇计数")]
    Export {
        #[arg(short, long, value_name = "FILE", help = "写到哪个新文件")]
        output: PathBuf,
        #[arg(long, value_name = "UNIT", help = "只要这个党组织下面的（编号或全称）")]
        under: Option<String>,
        #[arg(
            long,
            value_name = "N",
            default_value_t = 3,
            value_parser = clap::value_parser!(u32).range(2..),
            help = "同一条目有几个支部存在问题，算共性问题"
        )]
        common: u32,
    },
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let (problem, remedy) = match refusal {
            Refusal::Scope(refusal) => return refusal.into(),
            Refusal::Denied(denied) => return denied.into(),
            Refusal::Unheard(refusal) => return refusal.into(),
            Refusal::Unsaid(unsaid) => return unsaid.into(),
            Refusal::Database(error) => return error.into(),
            Refusal::Unknown(text) => (format!("没有“{text}”这个问题"), "用 findings list 核对编号"),
            Refusal::Ambiguous(text, several) => (
                format!("“{text}”对得上{several}个问题"),
                "用 findings list 核对，照第一列把编号写全；还是不止一个的，前面写上支部编号和冒号，如 210726117203:1a2b3c4d",
            ),
            Refusal::NotMended { branch, number, state } => (
                format!("{branch}的“{number}”还是“{}”，支部没有说整改好", finding_state(state)),
                "等支部整改；确实验收过了，加 --yes-not-mended",
            ),
            // The operator may whatever the server's owner may, and has no desk.
            Refusal::NoKind | Refusal::KindName => ("这里不能这样做".into(), "在桌面上由有权限的人办"),
            Refusal::Day(day) => (format!("{day}不像是要写的日子"), "核对年份"),
            Refusal::Own { branch, number } => (
                format!("“{number}”是{branch}自己查出来的，由支部自己销号"),
                "上级认为没有改好，另写一个问题，用 findings import 导入",
            ),
            Refusal::PassedOn { branch, into } => {
                (format!("{branch}并入了{into}，这个问题由{into}接着改"), "用 findings list 找接着改的那一个")
            }
            Refusal::Reason => (
                format!("退回的原因空着、超过{MAX_TEXT_CHARS}个字，或者有看不见的控制字符"),
                "用 --reason 写清缺什么",
            ),
        };
        Self::refused(problem, remedy)
    }
}

impl From<Unsaid> for CliError {
    fn from(unsaid: Unsaid) -> Self {
        match unsaid {
            Unsaid::Overtaken => {
                Self::refused("就在刚才，另外有人也在写这些问题，什么也没有写入", "过一会儿再做一次")
            }
            // Each command looks at its own texts first, and says which one it is; this is the last door.
            Unsaid::Faulty(fault) => Self::refused(
                format!("有一处写不进去，什么也没有写入（{fault}）"),
                format!(
                    "每处文字不超过{MAX_TEXT_CHARS}个字，不要有看不见的控制字符；不是文字的事，就把这句话告诉维护的人"
                ),
            ),
            Unsaid::Full(branch) => Self::refused(
                format!("支部{branch}的整改记录要超过{MAX_FINDING_ENTRIES}条了，什么也没有写入"),
                "把这个支部的行从表里拿掉再做；它的问题打电话说",
            ),
        }
    }
}

impl From<Unheard> for CliError {
    fn from(refusal: Unheard) -> Self {
        match refusal {
            Unheard::UnfitName => Self::refused(
                format!("--by 写的名字空着、超过{MAX_TEXT_CHARS}个字，或者有换行、看不见的控制字符"),
                "写单位或者人的名字；不写 --by 就是支部的上级党组织",
            ),
            Unheard::Phone => Self::refused("手机不能替上级说话", "由上级党组织来做"),
            Unheard::Database(error) => error.into(),
        }
    }
}

impl Findings {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        match self {
            Self::List { under, mended, json } => list(database, under.as_deref(), mended, json).await,
            Self::Import { file } => import(database, &file).await,
            Self::Close { finding, yes_not_mended, by } => {
                let actor = Actor::Operator { by };
                let decided =
                    mending::close(database, &SystemClock, &actor, &finding, yes_not_mended).await?;
                for one in decided {
                    let told = if one.is_new { "已销号。" } else { "已经销号，没有变化。" };
                    say(format!("{} {}：{told}", one.branch, one.number));
                }
                Ok(())
            }
            Self::Return { finding, reason, due, by } => {
                let until = due.as_deref().map(days::read).transpose()?;
                let actor = Actor::Operator { by };
                let one =
                    mending::send_back(database, &SystemClock, &actor, &finding, &reason, until).await?;
                let (name, number) = (one.branch, one.number);
                if one.is_new {
                    say(format!("{name} {number}：已退回，支部的手机联网以后就看到。"));
                    let today = shanghai_date(SystemClock.now_ms());
                    days::overdue(until, today).into_iter().for_each(say);
                } else {
                    say(format!("{name} {number}：已经这样退回，没有变化。"));
                }
                Ok(())
            }
            Self::Export { output, under, common } => {
                export(database, &output, under.as_deref(), common).await
            }
        }
    }
}

/// That the branch has ended, and how: 2026-11-15撤销.
fn gone(row: &Row) -> Option<String> {
    row.gone.as_ref().map(|gone| units::gone(gone.on, gone.into.as_deref()))
}

async fn list(database: &Database, under: Option<&str>, mended: bool, json: bool) -> Result<(), CliError> {
    let today = shanghai_date(SystemClock.now_ms());
    let mut rows = mending::list(database, under).await?;
    rows.retain(|row| !mended || row.finding.state == FindingState::Mended);
    if json {
        let list: Vec<_> = rows.iter().map(as_json).collect();
        say(serde_json::to_string_pretty(&list)?);
        return Ok(());
    }
    let items = Items::read(database).await?;
    let shown = rows.iter().map(|row| {
        let finding = &row.finding;
        vec![
            row.number.clone(),
            row.branch.code.to_string(),
            match gone(row) {
                Some(gone) => format!("{}（{gone}）", row.branch.name),
                None => row.branch.name.clone(),
            },
            standing(finding, today),
            finding.due().map(|due| due.to_string()).unwrap_or_default(),
            named(&items, &row.branch.sector, finding.item.as_ref()),
            finding.problem.replace('\n', " ").chars().take(30).collect(),
        ]
    });
    let header = ["编号", "支部编号", "支部", "整改情况", "整改时限", "条目", "存在问题"];
    say(table(&header, &shown.collect::<Vec<_>>()));
    say(format!("共{}个问题。", rows.len()));
    Ok(())
}

fn as_json(row: &Row) -> serde_json::Value {
    let finding = &row.finding;
    json!({
        "finding": finding.id,
        "number": row.number,
        "branch": row.branch.code,
        "branch_name": row.branch.name,
        "reports_to": row.above,
        "state": finding_state(finding.state),
        "origin": source(finding),
        "item": finding.item,
        "problem": finding.problem,
        "measure": finding.measure,
        "responsible": finding.responsible,
        "due": finding.due().map(|due| due.to_string()),
        "delay_reason": finding.delay_reason,
        "verdict": finding.verdict,
        "gone": gone(row),
    })
}

/// Takes a table, all or nothing.
async fn import(database: &Database, file: &Path) -> Result<(), CliError> {
    let sheets = workbook::read(NAME, &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
    let (found, notices) = read(&sheets, &Known::read(database).await?, MISSING).map_err(CliError::Faults)?;
    let Added { branches, new, changed, same, closed, overdue } =
        adding::add(database, &SystemClock, &OPERATOR, &found).await?;
    let all = found.len();
    say(format!(
        "{branches}个支部的{all}个问题：新增{new}，更新{changed}，没有变化{same}。支部的手机联网以后就看到。"
    ));
    if closed > 0 {
        say(format!("提示：其中{closed}个已经销号，没有动；问题又出现了，用 findings return 重新打开。"));
    }
    if overdue > 0 {
        say(format!("提示：其中{overdue}个的整改时限已经过了，照实记作逾期。"));
    }
    for notice in notices {
        say(format!("提示：{notice}"));
    }
    Ok(())
}

/// Of a branch that is not known.
pub(super) const MISSING: Missing =
    Missing { or: "", remedy: "填支部的编号；没有导入的先 roster import" };

/// Writes 整改台账.
async fn export(
    database: &Database,
    output: &Path,
    under: Option<&str>,
    common: u32,
) -> Result<(), CliError> {
    must_be_new_workbook(output)?;
    let rows = mending::list(database, under).await?;
    let items = Items::read(database).await?;
    let (common_items, today) = (Common::of(&rows, common), shanghai_date(SystemClock.now_ms()));
    let kinds = kinds::of_findings(database, None).await?;
    let book = Book { rows: &rows, common: &common_items, kinds: &kinds, items: &items, today };
    write_new_workbook(output, |to| book.save(to))?;
    let closed = rows.iter().filter(|row| row.finding.state == FindingState::Closed).count();
    say(format!(
        "已写入“{}”：{}个问题，已销号{closed}个。有{common}个以上支部存在问题的条目算共性问题，共{}条（--common 可以改）。",
        output.display(),
        rows.len(),
        common_items.len(),
    ));
    Ok(())
}
