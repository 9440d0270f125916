//! `log`: what was done above the branches, and whether nobody has changed that since.

use super::{
    days,
    error::CliError,
    text::{moment, say, table},
};
use crate::server::{
    database::Database,
    host::clock::SystemClock,
    office::{
        actor::OPERATOR,
        log::{self, Asked, Entry, Misfit, Refusal, Verdict},
        scope,
    },
    tables::log::{deed, who},
};
use serde_json::json;

/// So many entries are asked for at once.
const PAGE: usize = 1_000;

#[derive(clap::Subcommand)]
pub(super) enum Log {
    #[command(about = "核对记录：有没有人改过、删过、插过")]
    Verify {
        #[arg(
            long,
            value_name = "NUMBER:HASH",
            help = "以前核对时抄下来的最后一条，如 120:3fa9…：连它也对一遍"
        )]
        noted: Option<Noted>,
    },
    #[command(about = "列出记录，新的在前")]
    Show {
        #[arg(long, value_name = "UNIT", help = "只看这个党组织和它下面的（编号或全称）")]
        under: Option<String>,
        #[arg(long, value_name = "DATE", help = "从哪天起，如 2026-11-15")]
        from: Option<String>,
        #[arg(long, value_name = "DATE", help = "到哪天止，那天也算")]
        to: Option<String>,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
}

/// An entry that somebody wrote down.
#[derive(Debug, Clone)]
pub(super) struct Noted(u64, String);

impl core::str::FromStr for Noted {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let noted = text.split_once([':', '：']).and_then(|(number, hash)| {
            let hash = hash.trim().to_lowercase();
            let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
            Some(Self(number.trim().parse().ok().filter(|number| *number > 0)?, is_hash.then_some(hash)?))
        });
        noted.ok_or_else(|| "照核对时写的抄全：第几条、冒号、64位的校验码".into())
    }
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Scope(refusal) => refusal.into(),
            Refusal::Denied(denied) => denied.into(),
            Refusal::Database(error) => error.into(),
        }
    }
}

impl Log {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        match self {
            Self::Verify { noted } => verify(database, noted.as_ref()).await,
            Self::Show { under, from, to, json } => {
                let asked = Asked {
                    under: under.as_deref(),
                    from: from.as_deref().map(days::read).transpose()?,
                    to: to.as_deref().map(days::read).transpose()?,
                    ..Asked::default()
                };
                show(database, asked, json).await
            }
        }
    }
}

async fn verify(database: &Database, noted: Option<&Noted>) -> Result<(), CliError> {
    let noted = noted.map(|Noted(number, hash)| (*number, hash.as_str()));
    match log::verify(database, &SystemClock, &OPERATOR, noted).await? {
        Verdict::Whole { entries: 0, .. } => say("还没有记录。"),
        Verdict::Whole { entries, hash } => {
            say(format!("记录共{entries}条，前后都对得上。"));
            if let Some((number, _)) = noted {
                say(format!("以前抄下来的第{number}条也对得上。"));
            }
            say(format!("最后一条：{entries}:{hash}"));
            say("把最后一条抄下来，存到别处；下次核对写在 --noted 后面，整套换过也看得出来。");
        }
        Verdict::Broken { number, how } => {
            let problem = match how {
                Misfit::Missing => format!("记录从第{number}条起不见了"),
                Misfit::Other => format!("记录从第{number}条起对不上：有人在数据库里改过、删过或者插过"),
            };
            let remedy = "恢复过备份的，备份以后的记录不在里面；不是的，把数据库原样留好，报告管理的人";
            return Err(CliError::refused(problem, remedy));
        }
    }
    Ok(())
}

async fn show(database: &Database, asked: Asked<'_>, json: bool) -> Result<(), CliError> {
    let (mut entries, mut before) = (Vec::new(), None);
    loop {
        let asked = Asked { before, ..asked };
        let mut page = log::page(database, &SystemClock, &OPERATOR, asked, PAGE).await?;
        entries.append(&mut page.entries);
        before = page.before;
        if before.is_none() {
            break;
        }
    }
    if json {
        let list: Vec<_> = entries.iter().map(as_json).collect();
        say(serde_json::to_string_pretty(&list)?);
        return Ok(());
    }
    let names = scope::names(&database.units().await?);
    let rows = entries.iter().map(|Entry { number, record, .. }| {
        vec![
            number.to_string(),
            moment(record.at),
            who(record.who),
            deed(record.deed).to_owned(),
            record.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
            record.unit.as_ref().and_then(|unit| names.get(unit)).cloned().unwrap_or_default(),
            record.subject.clone(),
        ]
    });
    let header = ["序号", "时间", "谁", "做了什么", "党组织编号", "党组织", "对象"];
    say(table(&header, &rows.collect::<Vec<_>>()));
    say(format!("共{}条。", entries.len()));
    Ok(())
}

fn as_json(Entry { number, record, hash }: &Entry) -> serde_json::Value {
    json!({
        "number": number,
        "at": record.at,
        "who": who(record.who),
        "deed": record.deed.code(),
        "unit": record.unit,
        "subject": record.subject,
        "hash": hash,
    })
}
