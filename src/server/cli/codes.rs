//! `codes`: activation codes for branches. Only their hashes are stored, so they can be shown once.

use super::{
    error::{CliError, must_be_new, write_new},
    progress,
    text::{say, table},
};
use crate::{
    server::{
        database::Database,
        host::{clock::SystemClock, random::SystemRandom},
        office::{
            actor::OPERATOR,
            codes::{self, Issued, Refusal},
        },
        tables::{
            codes as list,
            slips::{self, QUIET},
        },
    },
    words::units::gone,
};
use qrcodegen::{DataTooLong, QrCode};
use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

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
    #[arg(
        long,
        value_name = "FILE",
        requires = "base_url",
        help = "做成可以打印的二维码条（A4，HTML文件）；几个乡镇的，写成一个文件夹，每个乡镇一个文件"
    )]
    slips: Option<PathBuf>,
    #[arg(long, value_name = "URL", help = "手机打开的网址，如 https://biaochi.example.cn")]
    base_url: Option<String>,
    #[arg(long, conflicts_with_all = ["under", "json"], requires = "base_url", help = "在屏幕上显示二维码")]
    qr: bool,
    #[arg(long, help = "输出JSON")]
    json: bool,
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Scope(refusal) => refusal.into(),
            Refusal::Gone(name, how) => Self::refused(
                format!("“{name}”已经没有了：{}", gone(how.on, how.into.as_deref())),
                "给合并以后的支部发；登记错了的，用 roster end --undo 恢复",
            ),
            Refusal::OffSystem(name, since) => Self::refused(
                format!("“{name}”从{since}起不用本系统"),
                "它在纸上自查，乡镇代为登记；要用系统，先在名册里改过来",
            ),
            Refusal::Denied(denied) => denied.into(),
            // Nothing was looked at before here.
            Refusal::Overtaken | Refusal::Before { .. } => {
                Self::refused("抽到的激活码里有一个刚刚发给了别人，一个也没有发", "再发一次")
            }
            Refusal::Name => Self::refused("没有这样的名字", "写成一行"),
            Refusal::NoRandomness => {
                Self::refused("系统给不出随机数", "过一会儿再试；一直这样就检查这台机器")
            }
            Refusal::Database(error) => error.into(),
        }
    }
}

impl Codes {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let Self::Issue(issue) = self;
        let folder = issue.slips.as_deref().filter(|_| issue.whom.under.is_some()).map(folder);
        for file in issue.csv.iter().chain(&issue.slips).chain(&folder) {
            must_be_new(file)?;
        }
        let base = issue.base_url.as_deref().map(checked_base).transpose()?;
        let whom = match (&issue.whom.branch, &issue.whom.under) {
            (Some(branch), _) => codes::Whom::Branch(branch),
            (None, under) => codes::Whom::Below(under.as_deref().unwrap_or_default()),
        };
        let (clock, mut random) = (SystemClock, SystemRandom);
        let drawn =
            codes::draw(database, &clock, &mut random, whom, issue.valid_days, base.as_deref()).await?;
        // Before they are good for anything: what fails here has taken nothing from anybody, and a code in no file is lost.
        let mut written = Written::default();
        let pages = issue.write(&drawn, base.as_deref().unwrap_or_default(), &mut written)?;
        let voided = codes::issue(database, &clock, &OPERATOR, &drawn, None).await?;
        written.stays();
        issue.tell(&drawn, voided, pages)
    }
}

/// What was written; it is removed again unless it is said to stay.
#[derive(Default)]
struct Written {
    folder: Option<PathBuf>,
    files: Vec<PathBuf>,
}

impl Written {
    fn file(&mut self, file: &Path, bytes: &[u8]) -> Result<(), CliError> {
        write_new(file, bytes)?;
        self.files.push(file.to_owned());
        Ok(())
    }

    fn folder(&mut self, folder: &Path) -> Result<(), CliError> {
        std::fs::create_dir(folder).map_err(|error| CliError::Write(folder.display().to_string(), error))?;
        self.folder = Some(folder.to_owned());
        Ok(())
    }

    fn stays(mut self) {
        self.files.clear();
        self.folder = None;
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        // What went wrong is what is told.
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

impl Issue {
    /// Writes the files that are asked for; answers the folder of the slips and how many are in it, where they are not one page.
    fn write(
        &self,
        drawn: &[Issued],
        base: &str,
        written: &mut Written,
    ) -> Result<Option<(PathBuf, usize)>, CliError> {
        if let Some(file) = &self.csv {
            let csv = list::csv(drawn);
            let csv =
                csv.map_err(|error| CliError::refused(format!("做不出CSV：{error}"), "把这句话告诉维护的人"));
            written.file(file, &csv?)?;
        }
        match &self.slips {
            Some(file) => write_slips(file, drawn, base, written),
            None => Ok(None),
        }
    }

    /// What came of it; with the folder and how many pages are in it, where the slips are not one page.
    fn tell(&self, issued: &[Issued], voided: u64, pages: Option<(PathBuf, usize)>) -> Result<(), CliError> {
        if self.json {
            say(serde_json::to_string_pretty(issued)?);
            return Ok(());
        }
        if self.csv.is_none() && self.slips.is_none() {
            let (headers, rows) = list::shown(issued);
            say(table(&headers, &rows));
        }
        if let (true, [one]) = (self.qr, issued) {
            let code = slips::code(one.link.as_deref().unwrap_or_default())?;
            say(terminal(&code, std::io::stdout().is_terminal()));
        }
        for file in self.csv.iter().chain(self.slips.iter().filter(|_| pages.is_none())) {
            say(format!("已写入“{}”。", file.display()));
        }
        if let Some((folder, count)) = pages {
            say(format!("已写入文件夹“{}”：{count}个乡镇，每个一个文件。", folder.display()));
        }
        say(format!("发了{}个激活码。系统不保存激活码，只显示这一次；丢了就再发一个。", issued.len()));
        if voided > 0 {
            say(format!("以前发的、还没有用过的{voided}个作废了：手里还有旧码条的，换成新的。"));
        }
        Ok(())
    }
}

/// Where the slips of several towns go.
fn folder(file: &Path) -> PathBuf {
    match file.extension() {
        Some(ending) if ending.eq_ignore_ascii_case("html") => file.with_extension(""),
        _ => file.to_owned(),
    }
}

/// One page where all report to one unit; else a folder with one for each of them, which is answered with how many they are.
fn write_slips(
    file: &Path,
    issued: &[Issued],
    base: &str,
    written: &mut Written,
) -> Result<Option<(PathBuf, usize)>, CliError> {
    let towns = slips::by_town(issued);
    let folder = (towns.len() > 1).then(|| folder(file));
    if let Some(folder) = &folder {
        written.folder(folder)?;
    }
    let mut done = 0;
    for (town, of_town) in &towns {
        let so_far = |slips| progress::so_far("正在做二维码条", done + slips, issued.len());
        let page = slips::html(of_town, base, so_far)?;
        done += of_town.len();
        let named = folder.as_ref().map(|folder| folder.join(slips::name(*town, of_town)));
        written.file(named.as_deref().unwrap_or(file), page.as_bytes())?;
    }
    Ok(folder.map(|folder| (folder, towns.len())))
}

pub(super) fn checked_base(text: &str) -> Result<String, CliError> {
    let base = text.trim_end_matches('/');
    let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
    if host.is_some_and(|host| !host.is_empty() && !host.contains(['#', '?', ' ', '"', '<'])) {
        return Ok(base.into());
    }
    Err(CliError::refused(format!("“{text}”不是网址"), "写成 https://biaochi.example.cn 的样子"))
}

impl From<DataTooLong> for CliError {
    fn from(error: DataTooLong) -> Self {
        Self::refused(format!("做不出二维码：{error}"), "把网址改短一些")
    }
}

/// The QR code in half blocks; on a terminal with colours of its own, so that it reads on dark and light ones.
fn terminal(code: &QrCode, is_terminal: bool) -> String {
    let light = |x, y| !code.get_module(x, y);
    let mut lines = Vec::new();
    for y in (-QUIET..code.size() + QUIET).step_by(2) {
        let line: String = (-QUIET..code.size() + QUIET)
            .map(|x| match (light(x, y), light(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect();
        lines.push(if is_terminal { format!("\u{1b}[97;40m{line}\u{1b}[0m") } else { line });
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_address() {
        assert_eq!(checked_base("https://a.cn/").unwrap(), "https://a.cn");
        for bad in ["a.cn", "ftp://a.cn", "https://", "https://a.cn/#x", "https://a\"b"] {
            assert!(checked_base(bad).is_err(), "{bad}");
        }
    }
}
