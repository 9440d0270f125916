//! `review`: what came in, and what the upper level says of it.

use super::{
    days,
    error::CliError,
    review_items::{self, Unclear},
    review_sheet,
    standard::checklist,
    text::{moment, review_state, say, table},
    units,
};
use crate::server::office::scope::{self, Trees};
use crate::{
    domain::{
        BranchCode, Checklist, ClaimedGrade, Grading, PeriodId, SubmissionId, answer::MAX_TEXT_CHARS,
        check::is_plain_text, period::shanghai_date,
    },
    protocol::{Review as Step, ReviewItem, ReviewState},
    server::{
        database::{
            Database, Unit,
            results::{Counting, Report},
            reviews::Decision,
        },
        host::clock::SystemClock,
        office::{actor::Actor, clock::Clock as _},
    },
    words::terms,
};
use jiff::civil::Date;
use serde_json::json;
use std::{collections::BTreeSet, path::PathBuf};

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

/// A submission that counts, with what is needed to show it.
pub(super) struct Row {
    /// Its branch.
    pub(super) branch: Unit,
    /// The name of the unit it reports to.
    pub(super) above: String,
    /// How it stands.
    pub(super) counting: Counting,
    /// What it says.
    pub(super) report: Report,
    /// 申报等次
    pub(super) claimed: String,
    /// That the branch has ended since, and how: 2026-11-15撤销.
    pub(super) gone: Option<String>,
}

impl Row {
    pub(super) fn id(&self) -> SubmissionId {
        self.counting.receipt.submission
    }
}

/// 申报等次, as the standard that the report names calls it.
async fn claimed(database: &Database, report: &Report) -> Result<String, CliError> {
    let claimed = report.submission.declaration.claimed_grade;
    let grading = match claimed {
        ClaimedGrade::Own(_) => pinned(database, report).await?.grading,
        // The usual names need no standard.
        _ => Grading::default(),
    };
    Ok(terms::grade(&grading, claimed.into()).to_owned())
}

impl Review {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        match self {
            Self::List { period, under, json } => {
                list(database, period.as_ref(), under.as_deref(), json).await
            }
            Self::Begin(plain) => decide(database, &plain, ReviewState::InReview).await,
            Self::Approve(plain) => decide(database, &plain, ReviewState::Approved).await,
            Self::Return(back) => back.run(database).await,
            Self::Export { output, period, under } => {
                let rows = rows(database, period.as_ref(), under.as_deref()).await?;
                review_sheet::export(&output, &rows)
            }
            Self::Import { file, by } => review_sheet::import(database, &file, by.as_deref()).await,
        }
    }
}

/// What counts below a unit, in the order of branch codes; each with the names and the superior that its period has.
pub(super) async fn rows(
    database: &Database,
    period: Option<&PeriodIdArg>,
    under: Option<&str>,
) -> Result<Vec<Row>, CliError> {
    let above = scope::above(&database.tree().await?, under)?;
    let mut trees = Trees::new(database);
    let mut rows = Vec::new();
    for counting in database.counting(period.map(|period| &period.0)).await? {
        let tree = &trees.of(&counting.period).await?.tree;
        let lies_in = above.as_ref().is_none_or(|above| tree.lies_in(&counting.branch, above));
        let Some(member) = tree.get(&counting.branch).filter(|_| lies_in) else { continue };
        let Some(report) = database.report(counting.receipt.submission).await? else { continue };
        rows.push(Row {
            branch: member.unit.clone(),
            above: tree.above(&member.unit).map(|unit| unit.name.clone()).unwrap_or_default(),
            claimed: claimed(database, &report).await?,
            counting,
            report,
            gone: member.ended.as_ref().map(|ended| units::gone(ended, tree)),
        });
    }
    if let (true, Some(_)) = (rows.is_empty(), under) {
        // A unit with no branch below it is a slip, not an empty answer.
        scope::branches(database, under).await?;
    }
    if let Some(period) = period.filter(|_| rows.is_empty()) {
        // So is a period that no version has.
        let lists = database.ever_published().await?;
        let periods = lists.iter().flat_map(|list| &list.periods);
        let known: BTreeSet<PeriodId> = periods.map(|period| period.id.clone()).collect();
        if !known.contains(&period.0) {
            return Err(scope::Refusal::NoPeriod(period.0.clone(), known).into());
        }
    }
    Ok(rows)
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
        remarks.extend(overdue(&row.counting.reviews, today));
        remarks.extend(row.gone.clone());
        vec![
            receipt.code.clone(),
            row.branch.code.to_string(),
            row.branch.name.clone(),
            row.counting.period.to_string(),
            receipt.score.to_string(),
            row.claimed.clone(),
            review_state(&row.counting.reviews).into(),
            moment(receipt.received_at),
            remarks.join("；"),
        ]
    });
    let header = ["回执码", "支部编号", "支部", "周期", "自评得分", "申报等次", "状态", "送达", "备注"];
    say(table(&header, &shown.collect::<Vec<_>>()));
    say(format!("共{}份。", rows.len()));
    Ok(())
}

/// That a branch has not answered a return by the day that was set, if so.
fn overdue(reviews: &[Step], today: Date) -> Option<String> {
    let last = reviews
        .last()
        .filter(|last| matches!(last.state, ReviewState::Returned | ReviewState::Incomplete))?;
    last.due.filter(|due| *due < today).map(|due| format!("限{due}前改好，已逾期"))
}

fn as_json(row: &Row) -> serde_json::Value {
    json!({
        "submission": row.id(),
        "receipt": row.counting.receipt,
        "branch": row.branch.code,
        "branch_name": row.branch.name,
        "reports_to": row.above,
        "period": row.counting.period,
        "claimed_grade": row.report.submission.declaration.claimed_grade,
        "heads": row.counting.heads,
        "state": review_state(&row.counting.reviews),
        "reviews": row.counting.reviews,
        "missing_photos": row.counting.missing,
        "gone": row.gone,
    })
}

/// The submission that counts and is meant by a receipt code or the beginning of an id.
async fn find(database: &Database, text: &str) -> Result<(Counting, Report), CliError> {
    let wanted = text.trim().to_lowercase();
    let digits: String = wanted.chars().filter(|c| *c != '-' && *c != ' ').collect();
    let known = database.receipt_codes().await?;
    let meant: Vec<SubmissionId> = known
        .iter()
        .filter(|(id, code)| {
            code.replace('-', "") == digits || (digits.len() >= 4 && id.to_string().starts_with(&wanted))
        })
        .map(|(id, _)| *id)
        .collect();
    let [id] = meant[..] else {
        let problem = match meant.len() {
            0 => format!("没有“{text}”这次上报"),
            several => format!("“{text}”对得上{several}次上报"),
        };
        return Err(CliError::refused(problem, "用 review list 核对回执码，或者把编号写全一些"));
    };
    let counting = database.counting(None).await?.into_iter().find(|one| one.receipt.submission == id);
    let report = database.report(id).await?;
    counting.zip(report).ok_or_else(|| {
        CliError::refused(format!("“{text}”已经撤回，或者支部后来重新上报了"), "用 review list 看最新的一份")
    })
}

/// In whose name: as told, within the bounds that hold for every name, or the unit above the branch.
pub(super) async fn speaker(
    database: &Database,
    branch: &BranchCode,
    by: Option<&str>,
) -> Result<String, CliError> {
    Ok(Actor::Operator { by: by.map(Into::into) }.speaker(database, branch).await?)
}

async fn decide(database: &Database, plain: &Plain, to: ReviewState) -> Result<(), CliError> {
    let (counting, _) = find(database, &plain.submission).await?;
    let before = counting.reviews.last().map(|review| review.state);
    if before == Some(to) {
        say(format!("已经是“{}”，没有变化。", terms::review(Some(to))));
        return Ok(());
    }
    if to == ReviewState::InReview && before.is_some() {
        let problem = format!("这份已经是“{}”", review_state(&counting.reviews));
        return Err(CliError::refused(problem, "要改主意，直接 review approve 或 review return"));
    }
    let by = speaker(database, &counting.branch, plain.by.as_deref()).await?;
    let review =
        Step { state: to, at: SystemClock.now_ms(), by, reason: String::new(), items: Vec::new(), due: None };
    write(database, counting, review).await
}

async fn write(database: &Database, counting: Counting, review: Step) -> Result<(), CliError> {
    let told = terms::review(Some(review.state));
    let submission = counting.receipt.submission;
    let decision = Decision { submission, after: counting.reviews.len(), review };
    if !database.decide(&[decision]).await?.is_empty() {
        return Err(CliError::refused(
            "就在刚才，支部撤回了这份，或者别人审核了它",
            "用 review list 再看一眼",
        ));
    }
    let name = database.branch(&counting.branch).await?.map(|info| info.name).unwrap_or_default();
    say(format!("{name} {}（回执码{}）：{told}。", counting.period, counting.receipt.code));
    Ok(())
}

impl Return {
    async fn run(self, database: &Database) -> Result<(), CliError> {
        let (counting, report) = find(database, &self.submission).await?;
        let checklist = pinned(database, &report).await?;
        let mut items = Vec::with_capacity(self.item.len());
        for text in &self.item {
            items.extend(self::items(text, &checklist, &counting.period)?);
        }
        let reason = plain(self.reason.as_deref().unwrap_or_default())?;
        if reason.is_empty() && items.is_empty() {
            return Err(CliError::refused("退回没有写原因", "用 --reason 或 --item 写上"));
        }
        let now = SystemClock.now_ms();
        let due = self.due.as_deref().map(days::read).transpose()?;
        let by = speaker(database, &counting.branch, self.by.as_deref()).await?;
        let state = if self.incomplete { ReviewState::Incomplete } else { ReviewState::Returned };
        let review = Step { state, at: now, by, reason, items, due };
        write(database, counting, review).await?;
        days::overdue(due, shanghai_date(now)).into_iter().for_each(say);
        Ok(())
    }
}

/// The checklist that a submission answers.
pub(super) async fn pinned(database: &Database, report: &Report) -> Result<Checklist, CliError> {
    let found = checklist(database, &report.submission.checklist).await?;
    found.ok_or_else(|| CliError::refused("这份上报所用的标准不在数据库里", "恢复备份"))
}

/// What somebody typed as a reason, trimmed.
fn plain(text: &str) -> Result<String, CliError> {
    let text = text.trim();
    if is_plain_text(text, MAX_TEXT_CHARS, true) {
        return Ok(text.into());
    }
    let problem = format!("原因超过{MAX_TEXT_CHARS}个字，或者有看不见的控制字符");
    Err(CliError::refused(problem, "缩短，或者重新手工输入"))
}

/// What `--item` says: 31=缺签到表, or several of them with semicolons between.
fn items(text: &str, checklist: &Checklist, period: &PeriodId) -> Result<Vec<ReviewItem>, CliError> {
    let count = checklist.items().count();
    let has_sign = |text: &str| text.contains(['=', '＝', ':', '：']);
    let found = review_items::read(plain(text)?.as_str(), checklist, period);
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
