//! `codes`: activation codes for branches. Only their hashes are stored, so they can be shown once.

use super::{
    error::{CliError, must_be_new, write_new},
    text::{say, table},
    units,
};
use crate::server::office::scope;
use crate::{
    domain::{BranchCode, period::shanghai_date},
    protocol::ActivationCode,
    server::{
        database::{Database, Unit},
        host::clock::SystemClock,
        office::{activating::PHONE_CODE_MS, clock::Clock as _},
        tables::slips,
    },
};
use jiff::{ToSpan as _, civil::Date};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::IsTerminal as _,
    path::PathBuf,
};

const DAY_MS: u64 = 86_400_000;
/// Shanghai is eight hours ahead of UTC.
const SHANGHAI_MS: u64 = 8 * 3_600_000;

#[derive(clap::Subcommand)]
pub(super) enum Codes {
    #[command(about = "发激活码：每个支部一个新的，以前发的没有用过就作废；只显示这一次")]
    Issue(Issue),
}

/// For whom: one of the two.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Whom {
    #[arg(long, value_name = "UNIT", help = "这个党组织下面的每个支部（编号或全称）")]
    under: Option<String>,
    #[arg(long, value_name = "CODE", help = "这一个支部（编号或全称）")]
    branch: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct Issue {
    #[command(flatten)]
    whom: Whom,
    #[arg(long, value_name = "N", default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=365), help = "有效几天")]
    valid_days: u16,
    #[arg(long, value_name = "FILE", help = "写进一个新的CSV文件")]
    csv: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "base_url", help = "做成可以打印的二维码条（A4，HTML文件）")]
    slips: Option<PathBuf>,
    #[arg(long, value_name = "URL", help = "手机打开的网址，如 https://biaochi.example.cn")]
    base_url: Option<String>,
    #[arg(long, conflicts_with_all = ["under", "json"], requires = "base_url", help = "在屏幕上显示二维码")]
    qr: bool,
    #[arg(long, help = "输出JSON")]
    json: bool,
}

/// A code that was issued: shown now or never.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Issued {
    /// The branch.
    pub(crate) branch: BranchCode,
    /// Its name.
    pub(crate) name: String,
    /// Whom it reports to.
    pub(crate) reports_to: String,
    /// The 12 digits.
    pub(crate) code: ActivationCode,
    /// The link that opens the app with the code, when the address is known.
    pub(crate) link: Option<String>,
    /// The last day it works.
    #[serde(with = "crate::domain::day")]
    pub(crate) valid_until: Date,
    /// The same as an instant, milliseconds since 1970-01-01 UTC.
    pub(crate) expires_at: u64,
}

impl Codes {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let Self::Issue(issue) = self;
        for file in issue.csv.iter().chain(&issue.slips) {
            must_be_new(file)?;
        }
        let base = issue.base_url.as_deref().map(checked_base).transpose()?;
        let (units, tree) = (database.units().await?, database.tree().await?);
        let mut branches = match (&issue.whom.branch, &issue.whom.under) {
            (Some(branch), _) => vec![scope::branch(&units, branch)?.clone()],
            (None, under) => scope::branches(database, under.as_deref()).await?,
        };
        let ended = |branch: &Unit| tree.get(&branch.code).and_then(|member| member.ended.as_ref());
        if let [one] = &branches[..]
            && let Some(ended) = ended(one)
        {
            let problem = format!("“{}”已经没有了：{}", one.name, units::gone(ended, &tree));
            let remedy = "给合并以后的支部发；登记错了的，用 roster end --undo 恢复";
            return Err(CliError::refused(problem, remedy));
        }
        branches.retain(|branch| ended(branch).is_none());
        let (issued, voided) =
            draw(database, &branches, &scope::names(&units), issue.valid_days, base.as_deref()).await?;
        if let Some(file) = &issue.csv {
            write_new(file, &csv(&issued)?)?;
        }
        if let Some(file) = &issue.slips {
            write_new(file, slips::html(&issued, base.as_deref().unwrap_or_default())?.as_bytes())?;
        }
        issue.tell(&issued, voided)
    }
}

impl Issue {
    fn tell(&self, issued: &[Issued], voided: u64) -> Result<(), CliError> {
        if self.json {
            say(serde_json::to_string_pretty(issued)?);
            return Ok(());
        }
        if self.csv.is_none() && self.slips.is_none() {
            let rows = issued.iter().map(|one| {
                let link = one.link.clone().unwrap_or_default();
                vec![
                    one.branch.to_string(),
                    one.name.clone(),
                    one.code.to_string(),
                    one.valid_until.to_string(),
                    link,
                ]
            });
            say(table(&["支部编号", "支部", "激活码", "有效到", "链接"], &rows.collect::<Vec<_>>()));
        }
        if let (true, [one]) = (self.qr, issued) {
            say(slips::terminal(one.link.as_deref().unwrap_or_default(), std::io::stdout().is_terminal())?);
        }
        for file in self.csv.iter().chain(&self.slips) {
            say(format!("已写入“{}”。", file.display()));
        }
        say(format!("发了{}个激活码。系统不保存激活码，只显示这一次；丢了就再发一个。", issued.len()));
        if voided > 0 {
            say(format!("以前发的、还没有用过的{voided}个作废了：手里还有旧码条的，换成新的。"));
        }
        Ok(())
    }
}

fn checked_base(text: &str) -> Result<String, CliError> {
    let base = text.trim_end_matches('/');
    let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
    if host.is_some_and(|host| !host.is_empty() && !host.contains(['#', '?', ' ', '"', '<'])) {
        return Ok(base.into());
    }
    Err(CliError::refused(format!("“{text}”不是网址"), "写成 https://biaochi.example.cn 的样子"))
}

/// A new code for every branch, and how many older ones nobody can use any more. A code that another branch has already is drawn again.
async fn draw(
    database: &Database,
    branches: &[Unit],
    names: &BTreeMap<BranchCode, String>,
    valid_days: u16,
    base: Option<&str>,
) -> Result<(Vec<Issued>, u64), CliError> {
    let now = SystemClock.now_ms();
    let (valid_until, expires_at) = last_day(now, valid_days);
    let mut drawn: BTreeMap<BranchCode, ActivationCode> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<BranchCode> = branches.iter().map(|branch| branch.code.clone()).collect();
    let mut voided = 0;
    while !open.is_empty() {
        let mut round = Vec::with_capacity(open.len());
        for branch in open {
            let code = loop {
                let code = random_code()?;
                if seen.insert(code.clone()) {
                    break code;
                }
            };
            round.push((branch, code));
        }
        let done = database.issue_codes(&round, expires_at, now, PHONE_CODE_MS).await?;
        open = done.taken;
        voided += done.voided;
        drawn.extend(round);
    }
    let issued = branches.iter().filter_map(|branch| {
        let code = drawn.remove(&branch.code)?;
        let above = branch.parent.as_ref().and_then(|parent| names.get(parent));
        Some(Issued {
            branch: branch.code.clone(),
            name: branch.name.clone(),
            reports_to: above.cloned().unwrap_or_default(),
            link: base.map(|base| format!("{base}/activate#code={}", code.digits())),
            code,
            valid_until,
            expires_at,
        })
    });
    Ok((issued.collect(), voided))
}

fn random_code() -> Result<ActivationCode, CliError> {
    let mut random = [0; 8];
    getrandom::fill(&mut random)
        .map_err(|_| CliError::refused("系统给不出随机数", "过一会儿再试；一直这样就检查这台机器"))?;
    Ok(ActivationCode::from_random(random))
}

/// The day so many days from today, and its last millisecond: "valid until the 8th" includes the 8th.
fn last_day(now: u64, days: u16) -> (Date, u64) {
    let day = shanghai_date(now).checked_add(i32::from(days).days()).unwrap_or(Date::MAX);
    let midnight = (now + SHANGHAI_MS) / DAY_MS * DAY_MS - SHANGHAI_MS;
    (day, midnight + (u64::from(days) + 1) * DAY_MS - 1)
}

/// With a byte order mark, so that spreadsheets read the Chinese; the code as text in its three groups.
fn csv(issued: &[Issued]) -> Result<Vec<u8>, CliError> {
    let failed =
        |error: ::csv::Error| CliError::refused(format!("做不出CSV：{error}"), "把这句话告诉维护的人");
    let mut writer = ::csv::Writer::from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(["上级党组织", "支部编号", "支部", "激活码", "有效到", "链接"]).map_err(failed)?;
    for one in issued {
        let row = [
            one.reports_to.as_str(),
            one.branch.as_str(),
            &one.name,
            &one.code.to_string(),
            &one.valid_until.to_string(),
            one.link.as_deref().unwrap_or_default(),
        ];
        writer.write_record(row).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|error| CliError::refused(format!("做不出CSV：{error}"), "把这句话告诉维护的人"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_code_is_good_until_the_end_of_its_last_day() {
        // 2026-11-24 12:00 in Shanghai.
        let (day, expires_at) = last_day(1_795_492_800_000, 14);
        assert_eq!(day, date(2026, 12, 8));
        assert_eq!((shanghai_date(expires_at), shanghai_date(expires_at + 1)), (day, date(2026, 12, 9)));
    }

    #[test]
    fn an_address_is_an_address() {
        assert_eq!(checked_base("https://a.cn/").unwrap(), "https://a.cn");
        for bad in ["a.cn", "ftp://a.cn", "https://", "https://a.cn/#x", "https://a\"b"] {
            assert!(checked_base(bad).is_err(), "{bad}");
        }
    }
}
