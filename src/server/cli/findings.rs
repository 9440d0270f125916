//! `findings`: problems and their mending as the upper level sees them. Its table comes in by `findings_table.rs` and
//! `findings_import.rs`, and goes out by `findings_export.rs`.

use super::{
    days,
    error::CliError,
    findings_import,
    review::speaker,
    text::{say, table},
    units,
};
use crate::server::office::scope;
use crate::{
    domain::{
        BranchCode, Finding, FindingId, FindingState, Ruling, answer::MAX_TEXT_CHARS, check::is_plain_text,
        finding::check::MAX_FINDING_ENTRIES, period::shanghai_date,
    },
    server::{
        database::{
            Database, Unit,
            findings::{FromAbove, Said, SoFar, Word},
        },
        host::clock::SystemClock,
        office::{clock::Clock as _, inherited::is_passed_on, items::Items},
        tables::mending_ledger,
    },
    words::{
        findings::{source, standing},
        terms::finding_state,
    },
};
use serde_json::json;
use std::{collections::BTreeMap, path::PathBuf};

/// So many digits a number has at least.
const NUMBER_DIGITS: usize = 8;
/// Phones may add something while a command works something out from what it has read: then it reads once more, so often.
pub(super) const MOST_TRIES: usize = 5;

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
    #[command(about = "验收销号")]
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

/// A finding with what is needed to show it.
pub(crate) struct Row {
    /// Its branch.
    pub(crate) branch: Unit,
    /// The name of the unit that the branch reports to.
    pub(crate) above: String,
    /// 编号: see [`numbers`].
    pub(crate) number: String,
    /// The finding.
    pub(crate) finding: Finding,
    /// That the branch has ended, and how: 2026-11-15撤销.
    pub(crate) gone: Option<String>,
}

/// The hexadecimal digits of an id, without dashes.
fn digits(id: FindingId) -> String {
    id.0.simple().to_string()
}

/// 编号 of findings, by which every command knows them: the last eight digits of the id, which are not of its time; more of them
/// where another finding ends the same way, so that what is printed always tells which one is meant.
fn numbers(ids: impl Iterator<Item = FindingId>) -> BTreeMap<FindingId, String> {
    let backwards = |id: FindingId| digits(id).chars().rev().collect::<String>();
    let ends: BTreeMap<String, FindingId> = ids.map(|id| (backwards(id), id)).collect();
    let shared = |one: &str, other: &str| one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let mut numbers = BTreeMap::new();
    let (mut before, mut after) = (0, ends.keys().skip(1));
    for (end, id) in &ends {
        // In this order, an end has most in common with its neighbours.
        let next = after.next().map_or(0, |next| shared(end, next));
        let length = NUMBER_DIGITS.max(before.max(next) + 1);
        numbers.insert(*id, end.chars().take(length).collect::<Vec<_>>().into_iter().rev().collect());
        before = next;
    }
    numbers
}

impl Findings {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        match self {
            Self::List { under, mended, json } => list(database, under.as_deref(), mended, json).await,
            Self::Import { file } => findings_import::import(database, &file).await,
            Self::Close { finding, yes_not_mended, by } => {
                close(database, &finding, yes_not_mended, by.as_deref()).await
            }
            Self::Return { finding, reason, due, by } => {
                give_back(database, &finding, &reason, due.as_deref(), by.as_deref()).await
            }
            Self::Export { output, under, common } => {
                mending_ledger::export(database, &output, under.as_deref(), common).await
            }
        }
    }
}

/// All findings below a unit, by branch, the oldest of each first.
pub(crate) async fn rows(database: &Database, under: Option<&str>) -> Result<Vec<Row>, CliError> {
    let tree = database.tree().await?;
    let (all, _) = database.all_findings().await?;
    let mut rows = Vec::new();
    let ids = all.values().flat_map(|findings| findings.entries().iter().map(|entry| entry.finding));
    let numbers = numbers(ids);
    let only = scope::above(&tree, under)?;
    for branch in scope::branches(database, under).await? {
        let Some(findings) = all.get(&branch.code) else { continue };
        let above = tree.above(&branch).map(|unit| unit.name.clone()).unwrap_or_default();
        let ended = tree.get(&branch.code).and_then(|member| member.ended.as_ref());
        let gone = ended.map(|ended| units::gone(ended, &tree));
        // What the branch wrote by mistake concerns nobody.
        let shown = findings.all().into_iter().filter(|finding| finding.state != FindingState::Withdrawn);
        // What went over to another branch is listed there; here only where somebody asks for this one.
        let asked = only.as_ref() == Some(&branch.code);
        let shown = shown.filter(|finding| asked || !is_passed_on(finding.id, ended, &all));
        rows.extend(shown.map(|finding| Row {
            branch: branch.clone(),
            above: above.clone(),
            number: numbers.get(&finding.id).cloned().unwrap_or_else(|| digits(finding.id)),
            finding,
            gone: gone.clone(),
        }));
    }
    Ok(rows)
}

async fn list(database: &Database, under: Option<&str>, mended: bool, json: bool) -> Result<(), CliError> {
    let today = shanghai_date(SystemClock.now_ms());
    let mut rows = rows(database, under).await?;
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
            match &row.gone {
                Some(gone) => format!("{}（{gone}）", row.branch.name),
                None => row.branch.name.clone(),
            },
            standing(finding, today),
            finding.due().map(|due| due.to_string()).unwrap_or_default(),
            items.named(finding.item.as_ref(), &row.branch.sector),
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
        "gone": row.gone,
    })
}

/// The finding that is meant by its number, or by more of the end of its id, up to the whole.
fn find<'a>(rows: &'a [Row], text: &str) -> Result<&'a Row, CliError> {
    let wanted = text.trim().to_lowercase().replace('-', "");
    let is_meant = |row: &&Row| wanted.len() >= NUMBER_DIGITS && digits(row.finding.id).ends_with(&wanted);
    let meant: Vec<&Row> = rows.iter().filter(is_meant).collect();
    match meant[..] {
        [row] => Ok(row),
        [] => Err(CliError::refused(format!("没有“{text}”这个问题"), "用 findings list 核对编号")),
        [..] => Err(CliError::refused(
            format!("“{text}”对得上{}个问题", meant.len()),
            "用 findings list 核对，照第一列把编号写全",
        )),
    }
}

async fn close(
    database: &Database,
    wanted: &[String],
    yes_not_mended: bool,
    by: Option<&str>,
) -> Result<(), CliError> {
    for _ in 0..MOST_TRIES {
        let (_, seen) = database.all_findings().await?;
        let rows = rows(database, None).await?;
        let (mut words, mut told) = (BTreeMap::new(), Vec::new());
        for text in wanted {
            let row = find(&rows, text)?;
            let finding = &row.finding;
            if finding.state == FindingState::Closed {
                told.push(format!("{} {}：已经销号，没有变化。", row.branch.name, row.number));
                continue;
            }
            if finding.state != FindingState::Mended && !yes_not_mended {
                let problem = format!(
                    "{}的“{text}”还是“{}”，支部没有说整改好",
                    row.branch.name,
                    finding_state(finding.state)
                );
                return Err(CliError::refused(problem, "等支部整改；确实验收过了，加 --yes-not-mended"));
            }
            let by = speaker(database, &row.branch.code, by).await?;
            words.insert(finding.id, decided(&row.branch.code, finding, by, Ruling::Closed));
            told.push(format!("{} {}：已销号。", row.branch.name, row.number));
        }
        if said(database, words.into_values().collect(), seen).await? {
            told.iter().for_each(say);
            return Ok(());
        }
    }
    Err(busy())
}

async fn give_back(
    database: &Database,
    wanted: &str,
    reason: &str,
    due: Option<&str>,
    by: Option<&str>,
) -> Result<(), CliError> {
    let reason = reason.trim();
    if reason.is_empty() || !is_plain_text(reason, MAX_TEXT_CHARS, true) {
        let problem = format!("退回的原因空着、超过{MAX_TEXT_CHARS}个字，或者有看不见的控制字符");
        return Err(CliError::refused(problem, "用 --reason 写清缺什么"));
    }
    let now = SystemClock.now_ms();
    let until = due.map(days::read).transpose()?;
    let ruling = Ruling::Returned { reason: reason.into(), until };
    for _ in 0..MOST_TRIES {
        let (_, seen) = database.all_findings().await?;
        let rows = rows(database, None).await?;
        let row = find(&rows, wanted)?;
        let finding = &row.finding;
        let is_said = finding.state == FindingState::Returned
            && finding.verdict.as_ref().is_some_and(|verdict| verdict.ruling == ruling);
        let (name, number) = (&row.branch.name, &row.number);
        if is_said {
            say(format!("{name} {number}：已经这样退回，没有变化。"));
            return Ok(());
        }
        let by = speaker(database, &row.branch.code, by).await?;
        let words = vec![decided(&row.branch.code, finding, by, ruling.clone())];
        if said(database, words, seen).await? {
            say(format!("{name} {number}：已退回，支部的手机联网以后就看到。"));
            days::overdue(until, shanghai_date(now)).into_iter().for_each(say);
            return Ok(());
        }
    }
    Err(busy())
}

fn decided(branch: &BranchCode, finding: &Finding, by: String, ruling: Ruling) -> FromAbove {
    FromAbove { branch: branch.clone(), finding: finding.id, word: Word::Decide(by, ruling) }
}

/// Whether it was stored; not if something was written since.
pub(super) async fn said(database: &Database, words: Vec<FromAbove>, seen: SoFar) -> Result<bool, CliError> {
    if words.is_empty() {
        return Ok(true);
    }
    is_stored(database.say_from_above(&words, seen, SystemClock.now_ms()).await?)
}

/// Whether words were stored; `false` when something was written since they were worked out.
pub(super) fn is_stored(said: Said) -> Result<bool, CliError> {
    match said {
        Said::Stored => Ok(true),
        Said::Overtaken => Ok(false),
        // Each command looks at its own texts first, and says which one it is; this is the last door.
        Said::Faulty(fault) => Err(CliError::refused(
            format!("有一处写不进去，什么也没有写入（{fault}）"),
            format!(
                "每处文字不超过{MAX_TEXT_CHARS}个字，不要有看不见的控制字符；不是文字的事，就把这句话告诉维护的人"
            ),
        )),
        Said::Full(branch) => Err(CliError::refused(
            format!("支部{branch}的整改记录要超过{MAX_FINDING_ENTRIES}条了，什么也没有写入"),
            "把这个支部的行从表里拿掉再做；它的问题打电话说",
        )),
    }
}

/// Phones write faster than this command reads.
pub(super) fn busy() -> CliError {
    CliError::refused("支部的手机正在不停地送整改情况，什么也没有写入", "过一会儿再做一次")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_of_an_id_tells_it_from_every_other() {
        let ids: Vec<FindingId> = [
            "019ab000-0000-7000-8000-00001a2b3c4d",
            "019ab000-0000-7000-8000-00021a2b3c4d",
            "019ab000-0000-7000-9000-00001a2b3c4d",
            "019ab000-0000-7000-8000-0000ffffffff",
        ]
        .map(|id| id.parse().unwrap())
        .into();
        let numbers = numbers(ids.iter().chain(&ids).copied());
        let expected = ["800000001a2b3c4d", "21a2b3c4d", "900000001a2b3c4d", "ffffffff"];
        assert_eq!(ids.iter().map(|id| numbers[id].as_str()).collect::<Vec<_>>(), expected);
        for (id, number) in &numbers {
            assert!(ids.iter().all(|other| other == id || !digits(*other).ends_with(number)), "{number}");
        }
    }
}
