//! `roster end`, `roster merge`, `roster freeze`: what happens to units, each with its day.

use super::{
    days,
    error::CliError,
    findings::{MOST_TRIES, busy, is_stored},
    review::PeriodIdArg,
    text::say,
};
use crate::server::office::scope;
use crate::{
    domain::{BranchCode, Findings, sector::SECTORS},
    protocol::Level,
    server::{
        database::{Database, Member, Tree, Unit},
        host::clock::SystemClock,
        office::clock::Clock as _,
        office::inherited::{self, is_passed_on},
        office::roster_tree::{Overlay, level_name},
        tables::roster::is_name,
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

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

impl Freeze {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database) -> Result<(), CliError> {
        let period = &self.period.0;
        let Some(before) = scope::freeze_day(database, period).await? else {
            let problem = format!("没有“{period}”这个考核周期");
            return Err(CliError::refused(problem, "用 standard show 核对；没有发布的先发布标准"));
        };
        let on = match &self.on {
            Some(text) => days::read(text)?,
            None => before,
        };
        let lists = database.ever_published().await?;
        let starts = lists.iter().filter_map(|list| list.period(period)).map(|period| period.starts).min();
        if let Some(starts) = starts.filter(|starts| self.on.is_some() && on < *starts) {
            let problem = format!("{on}在“{period}”开始以前，它从{starts}开始");
            return Err(CliError::refused(problem, "写这一期里面或者以后的一天"));
        }
        if self.on.is_some() {
            database.set_freeze(period, on).await?;
        }
        say(format!("{period}：党组织的名称、上级、撤并以{on}的为准；那天在的支部都算应报。"));
        Ok(())
    }
}

impl End {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database, today: Date) -> Result<(), CliError> {
        let tree = database.tree().await?;
        let member = find(&tree, &self.unit)?;
        let (name, code) = (&member.unit.name, &member.unit.code);
        let Some(on) = self.on else {
            if member.ended.is_none() {
                say(format!("“{name}”没有撤销，没有变化。"));
                return Ok(());
            }
            let (all, _) = database.all_findings().await?;
            let own = all.get(code).map(Findings::all).unwrap_or_default();
            let passed =
                own.iter().filter(|finding| is_passed_on(finding.id, member.ended.as_ref(), &all)).count();
            database.revive_unit(code).await?;
            say(format!(
                "已恢复“{name}”（{code}），它的手机联网以后可以再上报。原来归到别处的下级，改了名册再导入。"
            ));
            if passed > 0 {
                say(format!(
                    "转出去的{passed}个问题又由它自己改；新的那边还留着，用 findings close --yes-not-mended 销掉。"
                ));
            }
            return Ok(());
        };
        let on = days::happened(&on, today)?;
        if let Some(ended) = &member.ended {
            if ended.on == on && ended.into.is_none() {
                say(format!("“{name}”已经从{on}起撤销，没有变化。"));
                return Ok(());
            }
            return Err(is_gone(member, ended.on));
        }
        if let Some(first) = tree.below(code).next() {
            let count = tree.below(code).count();
            let problem = format!("“{name}”下面还有{count}个党组织，如“{}”", first.name);
            return Err(CliError::refused(problem, "先把它们改到别的上级（改了名册再导入），或者先撤销它们"));
        }
        can_happen(database, member, on).await?;
        database.end_unit(code, on).await?;
        say(format!(
            "“{name}”（{code}）从{on}起撤销。它以前的上报、问题都留着；不再发激活码，{on}以后截止的各期不再算未上报。"
        ));
        phones_told(database, &[code]).await
    }
}

impl Merge {
    /// Runs the command.
    pub(super) async fn run(self, database: &Database, today: Date) -> Result<(), CliError> {
        let tree = database.tree().await?;
        let on = days::happened(&self.on, today)?;
        let mut parts: BTreeMap<&BranchCode, &Member> = BTreeMap::new();
        for text in &self.units {
            let member = find(&tree, text)?;
            if let Some(ended) = &member.ended {
                return Err(is_gone(member, ended.on));
            }
            parts.insert(&member.unit.code, member);
        }
        if parts.len() < self.units.len() {
            return Err(CliError::refused("同一个党组织写了两次", "写要合并的几个党组织，每个一次"));
        }
        let whole = self.whole(&tree, &parts)?;
        let rows = [(whole.code.clone(), Some(whole.clone()))].into();
        if let Some(wrong) = Overlay::new(&rows, &tree).in_order().1.into_iter().next() {
            return Err(CliError::refused(wrong.problem, wrong.remedy));
        }
        let below: Vec<&Unit> = parts
            .keys()
            .flat_map(|code| tree.below(code))
            .filter(|unit| !parts.contains_key(&unit.code))
            .collect();
        for member in parts.values().copied().chain(below.iter().filter_map(|unit| tree.get(&unit.code))) {
            can_happen(database, member, on).await?;
        }
        let codes: Vec<BranchCode> = parts.keys().map(|code| (*code).clone()).collect();
        let moved: Vec<Unit> = below.into_iter().cloned().collect();
        let mut tries = 0;
        let passed = loop {
            let (all, seen) = database.all_findings().await?;
            let (words, count) = inherited::words(&all, parts.values().map(|part| &part.unit), &whole.code);
            let told = (words.as_slice(), seen, SystemClock.now_ms());
            if is_stored(database.merge_units(&codes, &whole, &moved, on, told).await?)? {
                break count;
            }
            tries += 1;
            if tries == MOST_TRIES {
                return Err(busy());
            }
        };
        let names: Vec<&str> = parts.values().map(|part| part.unit.name.as_str()).collect();
        say(format!("{}从{on}起合并为“{}”（{}）。", names.join("、"), whole.name, whole.code));
        if !moved.is_empty() {
            say(format!("它们下面的{}个党组织归到新的下面。", moved.len()));
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
        phones_told(database, &parts.keys().copied().collect::<Vec<_>>()).await
    }

    /// The new unit.
    fn whole(&self, tree: &Tree, parts: &BTreeMap<&BranchCode, &Member>) -> Result<Unit, CliError> {
        let code = BranchCode::new(self.code.trim()).map_err(|_| {
            CliError::refused(
                format!("“{}”不能作编号", self.code),
                "用1到64个英文字母、数字、点、横线或下划线",
            )
        })?;
        if let Some(known) = tree.get(&code) {
            let problem = format!("编号“{code}”是“{}”的", known.unit.name);
            return Err(CliError::refused(problem, "给合并后的党组织一个没有用过的新编号"));
        }
        let name = self.name.trim();
        if !is_name(name) {
            return Err(CliError::refused(
                format!("“{name}”不能作名称"),
                "写成一行，最多60个字，不要用 = + - @ 开头",
            ));
        }
        let levels: BTreeSet<Level> = parts.values().map(|part| part.unit.level).collect();
        let [level] = levels.iter().copied().collect::<Vec<_>>()[..] else {
            let named: Vec<&str> = levels.into_iter().map(level_name).collect();
            return Err(CliError::refused(
                format!("它们不是同一级：{}", named.join("、")),
                "同一级的才能合并",
            ));
        };
        let parent = match &self.under {
            Some(text) => Some(find(tree, text)?.unit.code.clone()),
            None => {
                let above = parts.values().map(|part| part.unit.parent.as_ref());
                let above: BTreeSet<_> =
                    above.filter(|above| above.is_none_or(|above| !parts.contains_key(above))).collect();
                let [parent] = above.into_iter().collect::<Vec<_>>()[..] else {
                    return Err(CliError::refused("它们的上级不是同一个", "用 --under 写上合并以后归谁"));
                };
                parent.cloned()
            }
        };
        let sector = match &self.sector {
            Some(text) => {
                let known = SECTORS.iter().find(|(name, id)| name == text || id == text);
                let known = known.filter(|_| level == Level::Branch).map(|(_, id)| (*id).to_owned());
                let names = SECTORS.map(|(name, _)| name).join("、");
                known.ok_or_else(|| {
                    CliError::refused(format!("不认识领域“{text}”"), format!("只有支部填，只能填：{names}"))
                })?
            }
            None => {
                let sectors: BTreeSet<&str> = parts.values().map(|part| part.unit.sector.as_str()).collect();
                let [sector] = sectors.into_iter().collect::<Vec<_>>()[..] else {
                    return Err(CliError::refused("它们的领域不一样", "用 --sector 写上合并以后是哪个领域"));
                };
                sector.to_owned()
            }
        };
        let first = parts.values().map(|part| &part.unit.telephone).find(|telephone| !telephone.is_empty());
        let telephone = self.telephone.clone().unwrap_or_else(|| first.cloned().unwrap_or_default());
        Ok(Unit { code, parent, level, name: name.to_owned(), sector, telephone })
    }
}

fn find<'a>(tree: &'a Tree, text: &str) -> Result<&'a Member, CliError> {
    let units: Vec<Unit> = tree.all().map(|member| member.unit.clone()).collect();
    let code = scope::find(&units, text)?.code.clone();
    tree.get(&code).ok_or_else(|| CliError::UnknownUnit(text.into()))
}

fn is_gone(member: &Member, since: Date) -> CliError {
    let problem = format!("“{}”从{since}起已经没有了", member.unit.name);
    CliError::refused(problem, "核对编号；登记错了的，用 roster end --undo 恢复以后再登记")
}

/// Whether something can have happened to a unit on a day: it was there, and nothing is known that happened later.
pub(super) async fn can_happen(database: &Database, member: &Member, on: Date) -> Result<(), CliError> {
    let changed = database.last_changes().await?.get(&member.unit.code).copied();
    if let Some(later) = member.since.max(changed).filter(|later| *later > on) {
        let problem = format!("“{}”在{later}已经有一次变动，比{on}晚", member.unit.name);
        return Err(CliError::refused(problem, "核对日期，写那一天或以后的日子"));
    }
    Ok(())
}

/// How many phones are concerned.
async fn phones_told(database: &Database, codes: &[&BranchCode]) -> Result<(), CliError> {
    let phones = database.devices().await?;
    let phones =
        phones.iter().filter(|phone| phone.revoked_at.is_none() && codes.contains(&&phone.branch)).count();
    if phones > 0 {
        say(format!("手机{phones}部：联网以后看到说明，不能再上报，手机上填过的都在。"));
    }
    Ok(())
}
