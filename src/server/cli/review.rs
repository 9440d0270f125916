//! `review`: what came in, and what the upper level says of it.

use super::{
    days,
    error::{self, CliError, must_be_new_workbook, write_new},
    review_paper::Paper,
    row_by_row,
    text::{moment, say, table},
};
use crate::{
    domain::{Checklist, PeriodId, answer::MAX_TEXT_CHARS, period::shanghai_date},
    protocol::{ReviewItem, ReviewState},
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{
            actor::Actor,
            clock::Clock as _,
            reviewing::{self, Done, Known, Opinion, Refusal, Row, Unsound},
            scope,
        },
        tables::{
            items::{self, Unclear},
            review,
        },
    },
    sheets::workbook,
    words::{terms, units},
};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(clap::Subcommand)]
pub(super) enum Review {
    #[command(about = "列出各支部最新的上报")]
    List {
        #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
        period: Option<PeriodIdArg>,
        #[arg(long, value_name = "UNIT", help = "只看这个党组织下面的（编号或全称）")]
        under: Option<String>,
        #[arg(long, help = "输出JSON")]
        json: bool,
    },
    #[command(about = "开始审核：支部从此不能自己撤回")]
    Begin(Plain),
    #[command(about = "审核通过")]
    Approve(Plain),
    #[command(about = "退回修改，或者要求补材料")]
    Return(Return),
    #[command(about = "登记收到的纸质自评：总分和申报等次，算已报")]
    Paper(Paper),
    #[command(about = "导出审核表（xlsx），填好以后用 review import 导回")]
    Export {
        #[arg(short, long, value_name = "FILE", help = "写到哪个新文件")]
        output: PathBuf,
        #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
        period: Option<PeriodIdArg>,
        #[arg(long, value_name = "UNIT", help = "只要这个党组织下面的（编号或全称）")]
        under: Option<String>,
    },
    #[command(about = "导入填好的审核表：写对的行写入，有错误的列出来；再导入一次，什么也不变")]
    Import {
        #[arg(value_name = "FILE", help = "review export 导出、填好的表")]
        file: PathBuf,
        #[arg(long, value_name = "NAME", help = "以谁的名义；不写就是支部的上级党组织")]
        by: Option<String>,
    },
}

/// How the table comes back.
const BACK: &str =
    "填好存成xlsx，交给管系统的人用 review import 导入。导出以后又有了变化的，导入时会说出来。";
/// Where there is a right one.
const AGAIN: &str = "或者用 review export 重新导出审核表";

#[derive(clap::Args)]
pub(super) struct Plain {
    #[arg(value_name = "SUBMISSION", help = "回执码，或者上报编号的开头几位")]
    submission: String,
    #[arg(long, value_name = "NAME", help = "以谁的名义；不写就是支部的上级党组织")]
    by: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct Return {
    #[arg(value_name = "SUBMISSION", help = "回执码，或者上报编号的开头几位")]
    submission: String,
    #[arg(long, value_name = "TEXT", required_unless_present = "item", help = "原因")]
    reason: Option<String>,
    #[arg(long, value_name = "ITEM=TEXT", help = "哪一条、什么原因，可以写多次：--item 31=缺签到表")]
    item: Vec<String>,
    #[arg(long, value_name = "DATE", help = "截止日期，如 2026-11-27")]
    due: Option<String>,
    #[arg(long, help = "需补材料（不写就是退回修改）")]
    incomplete: bool,
    #[arg(long, value_name = "NAME", help = "以谁的名义；不写就是支部的上级党组织")]
    by: Option<String>,
}

/// A period as typed.
#[derive(Debug, Clone)]
pub(super) struct PeriodIdArg(pub(super) PeriodId);

impl core::str::FromStr for PeriodIdArg {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        PeriodId::new(text).map(Self).map_err(|_| "考核周期写成 2026-H2 或 2026 的样子".into())
    }
}

impl Review {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        match self {
            Self::List { period, under, json } => {
                list(database, period.as_ref(), under.as_deref(), json).await
            }
            Self::Begin(plain) => plain.run(database, ReviewState::InReview).await,
            Self::Approve(plain) => plain.run(database, ReviewState::Approved).await,
            Self::Return(back) => back.run(database).await,
            Self::Paper(paper) => paper.run(database).await,
            Self::Export { output, period, under } => {
                must_be_new_workbook(&output)?;
                let rows = rows(database, period.as_ref(), under.as_deref()).await?;
                write_new(&output, &review::write(&rows, BACK)?)?;
                let (file, many) = (output.display(), rows.len());
                say(format!("已写入“{file}”，{many}份。填好以后用 review import 导入。"));
                Ok(())
            }
            Self::Import { file, by } => import(database, &file, by).await,
        }
    }
}

async fn rows(
    database: &Database,
    period: Option<&PeriodIdArg>,
    under: Option<&str>,
) -> Result<Vec<Row>, Refusal> {
    reviewing::list(database, period.map(|period| &period.0), under).await
}

async fn list(
    database: &Database,
    period: Option<&PeriodIdArg>,
    under: Option<&str>,
    json: bool,
) -> Result<(), CliError> {
    let rows = rows(database, period, under).await?;
    let today = shanghai_date(SystemClock.now_ms());
    if json {
        let list: Vec<_> = rows.iter().map(as_json).collect();
        say(serde_json::to_string_pretty(&list)?);
        return Ok(());
    }
    let shown = rows.iter().map(|row| {
        let receipt = &row.counting.receipt;
        let mut remarks = Vec::new();
        if receipt.late {
            remarks.push("迟报".to_owned());
        }
        if row.counting.heads > 1 {
            remarks.push(format!("两部手机各报了一份（共{}份），以最新的为准", row.counting.heads));
        }
        if row.counting.missing > 0 {
            remarks.push(format!("照片还差{}张没有传上来", row.counting.missing));
        }
        remarks.extend(row.overdue(today).map(|due| format!("限{due}前改好，已逾期")));
        remarks.extend(gone(row));
        vec![
            receipt.code.clone(),
            row.branch.code.to_string(),
            row.branch.name.clone(),
            row.counting.period.to_string(),
            receipt.score.to_string(),
            row.claimed.clone(),
            terms::review(row.state()).into(),
            moment(receipt.received_at),
            remarks.join("；"),
        ]
    });
    let header = ["回执码", "支部编号", "支部", "周期", "自评得分", "申报等次", "状态", "送达", "备注"];
    say(table(&header, &shown.collect::<Vec<_>>()));
    say(format!("共{}份。", rows.len()));
    Ok(())
}

fn gone(row: &Row) -> Option<String> {
    row.gone.as_ref().map(|gone| units::gone(gone.on, gone.into.as_deref()))
}

fn as_json(row: &Row) -> serde_json::Value {
    json!({
        "submission": row.counting.receipt.submission,
        "receipt": row.counting.receipt,
        "branch": row.branch.code,
        "branch_name": row.branch.name,
        "reports_to": row.above,
        "period": row.counting.period,
        "claimed_grade": row.counting.claimed,
        "heads": row.counting.heads,
        "state": terms::review(row.state()),
        "reviews": row.counting.reviews,
        "missing_photos": row.counting.missing,
        "gone": gone(row),
    })
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Scope(refusal) => refusal.into(),
            Refusal::Denied(denied) => denied.into(),
            Refusal::Unheard(refusal) => refusal.into(),
            Refusal::Database(error) => error.into(),
            Refusal::NotOne(text, many) => {
                let problem = match many {
                    0 => format!("没有“{text}”这次上报"),
                    several => format!("“{text}”对得上{several}次上报"),
                };
                Self::refused(problem, "用 review list 核对回执码，或者把编号写全一些")
            }
            Refusal::Replaced(text) => {
                let problem = format!("“{text}”已经撤回，或者支部后来重新上报了");
                Self::refused(problem, "用 review list 看最新的一份")
            }
            Refusal::Reviewed(state) => {
                let problem = format!("这份已经是“{}”", terms::review(Some(state)));
                Self::refused(problem, "要改主意，直接 review approve 或 review return")
            }
            Refusal::Unsound(Unsound::NoReason) => {
                Self::refused("退回没有写原因", "用 --reason 或 --item 写上")
            }
            Refusal::Unsound(Unsound::UnfitReason | Unsound::UnfitItem) => {
                let problem = format!("原因超过{MAX_TEXT_CHARS}个字，或者有看不见的控制字符");
                Self::refused(problem, "缩短，或者重新手工输入")
            }
            Refusal::Overtaken | Refusal::Unsound(_) => {
                let problem = "就在刚才，支部撤回了这份，或者别人审核了它";
                Self::refused(problem, "用 review list 再看一眼")
            }
        }
    }
}

impl Plain {
    async fn run(self, database: &Database, to: ReviewState) -> Result<(), CliError> {
        let known = reviewing::find(database, &self.submission).await?;
        let by = Actor::Operator { by: self.by };
        let done = match to {
            ReviewState::InReview => reviewing::begin(database, &SystemClock, &by, &known).await?,
            _ => reviewing::approve(database, &SystemClock, &by, &known).await?,
        };
        tell(&known, to, &done);
        Ok(())
    }
}

/// What came of a review.
fn tell(known: &Known, to: ReviewState, done: &Done) {
    let to = terms::review(Some(to));
    match done {
        Done::Unchanged => say(format!("已经是“{to}”，没有变化。")),
        Done::Said { branch } => {
            say(format!("{branch} {}（回执码{}）：{to}。", known.period, known.receipt));
        }
    }
}

impl Return {
    async fn run(self, database: &Database) -> Result<(), CliError> {
        let known = reviewing::find(database, &self.submission).await?;
        let mut items = Vec::with_capacity(self.item.len());
        for text in &self.item {
            items.extend(self::items(text, &known.checklist, &known.period)?);
        }
        let reason = self.reason.as_deref().unwrap_or_default().trim().to_owned();
        let due = self.due.as_deref().map(days::read).transpose()?;
        let state = if self.incomplete { ReviewState::Incomplete } else { ReviewState::Returned };
        let opinion = Opinion { state, reason, items, due };
        let by = Actor::Operator { by: self.by };
        let done = reviewing::give_back(database, &SystemClock, &by, &known, opinion).await?;
        tell(&known, state, &done);
        days::overdue(due, shanghai_date(SystemClock.now_ms())).into_iter().for_each(say);
        Ok(())
    }
}

/// Takes a filled-in table. Each row is an act of its own: what is sound is written, the rest is named.
async fn import(database: &Database, file: &Path, by: Option<String>) -> Result<(), CliError> {
    let sheets =
        workbook::read(review::NAME, &error::read(file)?).map_err(|fault| CliError::Faults(vec![fault]))?;
    let (table, faults) = review::table(&sheets, AGAIN);
    let known = reviewing::known(database, review::submissions(&table)).await?;
    let mut rows =
        review::read(&table, &known, faults).sound(&table, review::NAME).map_err(CliError::Faults)?;
    let sound: Vec<_> = rows.acts.iter().map(|(_, sound)| sound).collect();
    let overtaken = reviewing::say(database, &SystemClock, &Actor::Operator { by }, &sound).await?;
    let mut written = Vec::new();
    for (place, (line, sound)) in rows.acts.iter().enumerate() {
        if overtaken.contains(&place) {
            let problem = "就在刚才，支部撤回了这份，或者别人审核了它";
            line.fault(review::ID, problem, "重新导出审核表，看过以后再填", &mut rows.faults);
        } else {
            written.push(sound);
        }
    }
    say(format!("写入{}份审核意见，没有变化{}份。", written.len(), rows.unchanged.len()));
    let names = scope::names(&database.units().await?);
    for (word, state) in review::OPINIONS {
        let of_state = written.iter().filter(|sound| sound.opinion().state == state);
        let named: Vec<&str> =
            of_state.filter_map(|sound| names.get(sound.branch())).map(String::as_str).collect();
        if !named.is_empty() {
            say(format!("{word}：{}。", named.join("、")));
        }
    }
    let today = shanghai_date(SystemClock.now_ms());
    let overdue = written.iter().filter(|sound| sound.opinion().overdue(today).is_some()).count();
    if overdue > 0 {
        say(format!("提示：其中{overdue}份的截止日期已经过了，照实记作逾期。"));
    }
    row_by_row::end(rows.faults)
}

/// What `--item` says: 31=缺签到表, or several of them with semicolons between.
fn items(text: &str, checklist: &Checklist, period: &PeriodId) -> Result<Vec<ReviewItem>, CliError> {
    let text = text.trim();
    if !reviewing::is_reason(text) {
        return Err(Refusal::from(Unsound::UnfitReason).into());
    }
    let count = checklist.items().count();
    let has_sign = |text: &str| text.contains(['=', '＝', ':', '：']);
    let found = items::read(text, checklist, period);
    let found = found.map_err(|unclear| match unclear.into_iter().next() {
        Some(Unclear::NoItem(piece)) if has_sign(&piece) => {
            let item = piece.split(['=', '＝', ':', '：']).next().unwrap_or_default().trim();
            let remedy = format!("写第几条（1到{count}），或者条目编号");
            CliError::refused(format!("标准里没有“{item}”这一条"), remedy)
        }
        Some(unclear @ Unclear::NotTheirs { .. }) => {
            let (problem, remedy) = unclear.told(count);
            CliError::refused(problem, remedy)
        }
        Some(unclear @ Unclear::Another(_)) if has_sign(text) => {
            let (problem, _) = unclear.told(count);
            CliError::refused(problem, "几条就写几次 --item，各写各的原因；是接着说的，去掉前面的数字")
        }
        _ => CliError::refused(format!("“{text}”没有写原因"), "写成 --item 31=缺签到表"),
    })?;
    if found.is_empty() {
        return Err(CliError::refused(format!("“{text}”没有写原因"), "写成 --item 31=缺签到表"));
    }
    Ok(found)
}
