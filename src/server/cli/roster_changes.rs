//! `roster end`, `roster merge`, `roster freeze`: what happens to units, each with its day.

use super::{days, error::CliError, review::PeriodIdArg, text::say};
use crate::{
    domain::sector::SECTORS,
    protocol::Level,
    server::{
        database::Database,
        host::clock::SystemClock,
        office::{
            actor::OPERATOR,
            roster::{
                Refusal,
                changes::{self, Merged, Merging},
                freezing,
            },
        },
        tables::roster::{level_name, told},
    },
};

#[derive(clap::Args)]
pub(super) struct End {
    #[arg(value_name = "UNIT", help = "哪个党组织（编号或全称）")]
    unit: String,
    #[arg(long, value_name = "DATE", required_unless_present = "undo", help = "从哪天起撤销，如 2026-11-15")]
    on: Option<String>,
    #[arg(long, conflicts_with = "on", help = "撤销、合并登记错了，恢复它")]
    undo: bool,
}

#[derive(clap::Args)]
pub(super) struct Merge {
    #[arg(value_name = "UNIT", required = true, num_args = 2.., help = "合并哪几个党组织（编号或全称）")]
    units: Vec<String>,
    #[arg(long, value_name = "CODE", help = "合并后的新编号，没有用过的")]
    code: String,
    #[arg(long, value_name = "NAME", help = "合并后的名称")]
    name: String,
    #[arg(long, value_name = "DATE", help = "从哪天起，如 2026-11-15")]
    on: String,
    #[arg(long, value_name = "UNIT", help = "上级（编号或全称）；不写就是它们共同的上级")]
    under: Option<String>,
    #[arg(long, value_name = "SECTOR", help = "领域，如 农村；不写就是它们共同的领域")]
    sector: Option<String>,
    #[arg(long, value_name = "TEXT", help = "电话；不写就用其中第一个的")]
    telephone: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct Freeze {
    #[arg(long, value_name = "ID", help = "考核周期，如 2026-H2")]
    period: PeriodIdArg,
    #[arg(long, value_name = "DATE", help = "以哪天的为准，如 2026-12-15；不写就只看")]
    on: Option<String>,
}

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        let (problem, remedy) = match refusal {
            Refusal::Scope(refusal) => return refusal.into(),
            Refusal::Unsaid(unsaid) => return unsaid.into(),
            Refusal::Denied(denied) => return denied.into(),
            Refusal::Database(error) => return error.into(),
            Refusal::NotABranch(name) => (format!("“{name}”不是支部"), "只有支部可以不用本系统"),
            Refusal::Misplaced(misplaced) => told(&misplaced.wrong),
            Refusal::NotYet(day) => (format!("{day}还没有到"), "到了那一天再做；已经生效的，写生效的日子"),
            Refusal::Overtaken => {
                ("就在刚才，另外有人改了名册，什么也没有写入".into(), "看看改成了什么样，需要的话再做一次")
            }
            Refusal::Meanwhile { now, .. } => {
                (format!("就在刚才，另外有人把它改成了“{now}”，什么也没有写入"), "还要改的，再做一次")
            }
            Refusal::Frozen { period, frozen, on } => (
                format!("{on}太早：“{period}”的名册{frozen}已经定下来了，报过的不再变"),
                "写那一天以后的日子；名册本来就写错了的，用 roster import --correct 改正",
            ),
            Refusal::Waits | Refusal::NoMove | Refusal::Why => {
                ("这件转隶在工作台上等对方答复，或者已经办过了".into(), "在工作台的名册里看")
            }
            Refusal::Later { name, change, on } => {
                (format!("“{name}”在{change}已经有一次变动，比{on}晚"), "核对日期，写那一天或以后的日子")
            }
            Refusal::Gone { name, since } => (
                format!("“{name}”从{since}起已经没有了"),
                "核对编号；登记错了的，用 roster end --undo 恢复以后再登记",
            ),
            Refusal::NotEmpty { name, count, first } => (
                format!("“{name}”下面还有{count}个党组织，如“{first}”"),
                "先把它们改到别的上级（改了名册再导入），或者先撤销它们",
            ),
            Refusal::NoPeriod(period) => {
                (format!("没有“{period}”这个考核周期"), "用 standard show 核对；没有发布的先发布标准")
            }
            Refusal::BeforePeriod { period, on, starts } => {
                (format!("{on}在“{period}”开始以前，它从{starts}开始"), "写这一期里面或者以后的一天")
            }
            Refusal::Twice => ("同一个党组织写了两次".into(), "写要合并的几个党组织，每个一次"),
            Refusal::Code(text) => {
                (format!("“{text}”不能作编号"), "用1到64个英文字母、数字、点、横线或下划线")
            }
            Refusal::CodeTaken { code, name } => {
                (format!("编号“{code}”是“{name}”的"), "给合并后的党组织一个没有用过的新编号")
            }
            Refusal::Name(name) => {
                (format!("“{name}”不能作名称"), "写成一行，最多60个字，不要用 = + - @ 开头")
            }
            Refusal::Telephone(text) => (format!("“{text}”不能作电话"), "只留一个电话，写成一行"),
            Refusal::Levels(levels) => {
                let named: Vec<&str> = levels.into_iter().map(level_name).collect();
                (format!("它们不是同一级：{}", named.join("、")), "同一级的才能合并")
            }
            Refusal::NoCommonParent => ("它们的上级不是同一个".into(), "用 --under 写上合并以后归谁"),
            Refusal::NoCommonSector => ("它们的领域不一样".into(), "用 --sector 写上合并以后是哪个领域"),
            Refusal::Sector(text) => {
                let names = SECTORS.map(|(name, _)| name).join("、");
                let remedy = format!("只有支部填，只能填：{names}");
                return Self::refused(format!("不认识领域“{text}”"), remedy);
            }
        };
        Self::refused(problem, remedy)
    }
}

impl Freeze {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let period = &self.period.0;
        let on = match &self.on {
            Some(text) => {
                let on = days::read(text)?;
                freezing::freeze(database, &SystemClock, &OPERATOR, period, on).await?;
                on
            }
            None => freezing::frozen_on(database, period).await?,
        };
        say(format!("{period}：党组织的名称、上级、撤并以{on}的为准；那天在的支部都算应报。"));
        Ok(())
    }
}

impl End {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let Some(on) = &self.on else { return self.undo(database).await };
        let on = days::read(on)?;
        let end = changes::end(database, &SystemClock, &OPERATOR, &self.unit, on).await?;
        let (name, code) = (&end.unit.name, &end.unit.code);
        if !end.is_new {
            say(format!("“{name}”已经从{on}起撤销，没有变化。"));
            return Ok(());
        }
        say(format!(
            "“{name}”（{code}）从{on}起撤销。它以前的上报、问题都留着；不再发激活码，{on}以后截止的各期不再算未上报。"
        ));
        phones_told(end.phones);
        Ok(())
    }

    async fn undo(&self, database: &Database) -> Result<(), CliError> {
        let revival = changes::revive(database, &SystemClock, &OPERATOR, &self.unit).await?;
        let (name, code) = (&revival.unit.name, &revival.unit.code);
        if !revival.is_new {
            say(format!("“{name}”没有撤销，没有变化。"));
            return Ok(());
        }
        say(format!(
            "已恢复“{name}”（{code}），它的手机联网以后可以再上报。原来归到别处的下级，改了名册再导入。"
        ));
        let passed = revival.passed;
        if passed > 0 {
            say(format!(
                "转出去的{passed}个问题又由它自己改；新的那边还留着，用 findings close --yes-not-mended 销掉。"
            ));
        }
        Ok(())
    }
}

impl Merge {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let on = days::read(&self.on)?;
        let merging = Merging {
            units: &self.units,
            code: &self.code,
            name: &self.name,
            on,
            under: self.under.as_deref(),
            sector: self.sector.as_deref(),
            telephone: self.telephone.as_deref(),
        };
        let merged = changes::merge(database, &SystemClock, &OPERATOR, &merging).await?;
        let Merged { parts, whole, moved, passed, phones } = merged;
        say(format!("{}从{on}起合并为“{}”（{}）。", parts.join("、"), whole.name, whole.code));
        if moved > 0 {
            say(format!("它们下面的{moved}个党组织归到新的下面。"));
        }
        say("原来几个的上报、问题都留着，不再发激活码。");
        if passed > 0 {
            say(format!(
                "没有销号的{passed}个问题由新的接着改，写明接自哪个支部；原来写过的、拍过的留在原来的支部：findings list --under 它的编号。"
            ));
        }
        if whole.level == Level::Branch {
            say(format!("给新支部发激活码：biaochi codes issue --branch {}", whole.code));
        }
        phones_told(phones);
        Ok(())
    }
}

/// How many phones are concerned.
fn phones_told(phones: usize) {
    if phones > 0 {
        say(format!("手机{phones}部：联网以后看到说明，不能再上报，手机上填过的都在。"));
    }
}
