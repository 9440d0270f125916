//! `review paper`: what a branch handed in on paper, typed in.

use super::{days, error::CliError, review::PeriodIdArg, text::say};
use crate::{
    domain::{ClaimedGrade, Points, answer::MAX_TEXT_CHARS, period::shanghai_date, submission::claimable},
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{
            actor::Actor,
            clock::Clock as _,
            papers::{self, Done, Handed, Known, Refusal},
        },
    },
    words::terms,
};

#[derive(clap::Args)]
pub(super) struct Paper {
    #[arg(value_name = "BRANCH", help = "哪个支部（编号或全称）")]
    branch: String,
    #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
    period: PeriodIdArg,
    #[arg(long, value_name = "POINTS", required_unless_present = "strike", help = "自评得分，如 92.5")]
    total: Option<String>,
    #[arg(long, value_name = "GRADE", required_unless_present = "strike", help = "申报等次，如 优秀")]
    claimed: Option<String>,
    #[arg(long, value_name = "DATE", help = "哪天收到的；不写就是今天")]
    on: Option<String>,
    #[arg(long, value_name = "TEXT", help = "备注")]
    note: Option<String>,
    #[arg(long, conflicts_with_all = ["total", "claimed"], help = "撤销登记：其实没有收到")]
    strike: bool,
    #[arg(long, value_name = "NAME", help = "以谁的名义；不写就是支部的上级党组织")]
    by: Option<String>,
}

impl Paper {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let (today, actor) = (shanghai_date(SystemClock.now_ms()), Actor::Operator { by: self.by });
        let known = papers::known(database, &actor, &self.branch, &self.period.0, today).await?;
        let said = match (&self.total, &self.claimed) {
            (Some(total), Some(claimed)) => Some((points(total)?, grade(&known, claimed)?)),
            _ => None,
        };
        let received_on = self.on.as_deref().map_or(Ok(today), days::read)?;
        let note = self.note.unwrap_or_default().trim().to_owned();
        let (branch, period) = (&known.branch.name, &known.period.id);
        let handed = Handed { said, received_on, note };
        let after = known.papers.len();
        match papers::receive(database, &SystemClock, &actor, &known, after, handed).await? {
            Done::Unchanged => say(format!("{branch} {period}：已经这样登记过，没有变化。")),
            Done::Entered => match (said, &self.claimed) {
                (Some((total, _)), Some(claimed)) => {
                    say(format!("{branch} {period}：收到纸质，{total}分，申报{}，算已报。", claimed.trim()));
                }
                _ => say(format!("{branch} {period}：撤销了纸质登记。")),
            },
        }
        Ok(())
    }
}

fn points(text: &str) -> Result<Points, CliError> {
    let refused = || CliError::refused(format!("“{text}”不是得分"), "写成数字，最多两位小数，如 92.5");
    Points::parse(text.trim()).map_err(|_| refused())
}

/// 申报等次 by the name that the branch's standard gives it.
fn grade(known: &Known, text: &str) -> Result<ClaimedGrade, CliError> {
    let grading = &known.list.grading;
    let all = claimable(grading);
    let called = |claim: &ClaimedGrade| terms::grade(grading, (*claim).into()).to_owned();
    all.iter().find(|claim| called(claim) == text.trim()).copied().ok_or_else(|| {
        let names: Vec<String> = all.iter().rev().map(called).collect();
        CliError::refused(format!("不能申报“{text}”"), format!("写{}", names.join("、")))
    })
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let (problem, remedy) = match refusal {
            Refusal::Scope(refusal) => return refusal.into(),
            Refusal::Unheard(refusal) => return refusal.into(),
            Refusal::Denied(denied) => return denied.into(),
            Refusal::Database(error) => return error.into(),
            Refusal::Ended(name) => (format!("“{name}”已经撤销或者合并"), "核对是哪个支部"),
            Refusal::NoStandard(name, period) => {
                (format!("没有发布过“{name}”这个领域{period}的标准"), "核对周期，或者先发布标准")
            }
            Refusal::TooMany(most) => (format!("最多{most}分"), "核对得分"),
            Refusal::NotClaimable => ("这个标准没有这一等".into(), "核对申报等次"),
            Refusal::TooEarly(starts) => (format!("考核周期从{starts}开始，不会比它早"), "核对 --on 的年份"),
            Refusal::NotYet => ("这一天还没到".into(), "核对哪天收到的"),
            Refusal::UnfitNote => {
                let problem = format!("备注超过{MAX_TEXT_CHARS}个字，或者有看不见的控制字符");
                (problem, "缩短，或者重新手工输入")
            }
            Refusal::Nothing => ("没有登记过纸质".into(), "核对支部和周期"),
            Refusal::Overtaken => ("就在刚才，别人也登记了这个支部".into(), "再运行一次"),
        };
        Self::refused(problem, remedy)
    }
}
