//! 示例县: an invented county of thirty branches in the midst of a half-year's work, for whoever wants to look at the desk before real
//! branches report. Nothing in it is or was anybody's: its names say 示例, and its codes are no division's.
//!
//! Everything comes in by the ways on which it comes in earnest (a phone's report, the upper level's reviews and problems), only faster.

mod answers;
#[cfg(test)]
mod tests;

pub use answers::honest;

use super::{
    actor::{Actor, Phone},
    clock::Clock,
    log::Deed,
    mending::adding::{self, Found},
    modules::{self, Module},
    orders,
    reviewing::{self, Opinion},
    roster::{
        Unit,
        importing::{self, Standing},
    },
    standards::checklists_in_force,
    submitting::Inbox,
    words_of_phones,
};
use crate::{
    domain::{
        BranchCode, Checklist, DeviceId, FindingEntry, FindingField, FindingValue, ItemId, Period, Progress,
        Stamp, SubmissionId, day,
        order::OrderStep,
        period::{current, shanghai_date, shanghai_midnight},
    },
    protocol::{Level, ReviewItem, ReviewState},
    server::database::{Database, DatabaseError, moves::Move},
};
use answers::Pattern;
use jiff::{ToSpan as _, civil::Date};

/// The code of the invented city; all others begin so. No division of the country has it (GB/T 2260).
pub(crate) const CITY: &str = "990000";
/// The invented county.
pub(crate) const COUNTY: &str = "990100";
/// The township whose desk is shown first.
pub(crate) const TOWN: &str = "990101";

/// So long ago came the reports that should have been mended by now: eight days.
const AGO_MS: u64 = 8 * 24 * 60 * 60 * 1000;

/// What is found, of the item whose title holds this.
const FOUND: [(&str, &str); 3] = [
    ("党员大会", "会议记录没有写清决议"),
    ("党费", "党费收缴没有当面核对的签字"),
    ("财务公开", "公开栏还是去年的内容"),
];

/// The clock of an instant that has passed.
struct Then(u64);

impl Clock for Then {
    fn now_ms(&self) -> u64 {
        self.0
    }
}

/// Whoever asked for it.
const OPERATOR: Actor = Actor::Operator { by: None };

/// The villages of each township, by the township's name.
const TOWNS: [(&str, &str, [&str; 10]); 3] = [
    (TOWN, "示例镇", ["前进", "向阳", "柳河", "东沟", "西岭", "河湾", "新民", "双井", "大榆", "石桥"]),
    ("990102", "演练镇", ["红旗", "团结", "北山", "南屯", "青松", "白塔", "上营", "下营", "泉眼", "长岗"]),
    ("990103", "试点乡", ["胜利", "永安", "平房", "榆树", "杏树", "桃园", "后山", "头道", "二道", "三道"]),
];

/// Why there is no invented county.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Branches have reported here in earnest: what is invented does not belong among them.
    #[error("somebody reports here in earnest")]
    InEarnest,
    /// Units that are not invented are in the roster, and nobody said that it may stand beside them.
    #[error("others are in the roster")]
    AmongOthers,
    /// No standard for villages is published, so nobody can report.
    #[error("no standard for villages is in force")]
    NoStandard,
    /// Something that was invented was not taken.
    #[error("what was invented was not taken: {0}")]
    Refused(String),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

fn refused(error: impl core::fmt::Display) -> Refusal {
    Refusal::Refused(error.to_string())
}

/// Makes the county, unless it is there: then nothing changes, and `false` is answered.
/// Beside other units it comes only where that was said.
pub(crate) async fn invent(
    database: &Database,
    clock: &dyn Clock,
    beside_others: bool,
) -> Result<bool, Refusal> {
    let tree = database.tree().await?;
    if tree.get(&code(CITY)).is_some() {
        return Ok(false);
    }
    if !database.reports_by_period().await?.is_empty() {
        return Err(Refusal::InEarnest);
    }
    if !beside_others && tree.all().next().is_some() {
        return Err(Refusal::AmongOthers);
    }
    let lists = checklists_in_force(database).await?;
    let list = lists.get("rural").ok_or(Refusal::NoStandard)?;
    let today = shanghai_date(clock.now_ms());
    // The one that the desk shows first.
    let period = current(&list.periods, today).ok_or(Refusal::NoStandard)?;
    let units = units();
    importing::import(database, clock, &OPERATOR, &units, Standing::Always).await.map_err(refused)?;
    let branches: Vec<&Unit> = units.iter().filter(|unit| unit.level == Level::Branch).collect();
    let inbox = Inbox::start(database.clone());
    for (number, branch) in branches.iter().enumerate() {
        report(database, &inbox, clock, list, period, &branch.code, number).await?;
    }
    problems(database, clock, list, &branches, today).await?;
    for module in Module::ALL {
        modules::switch(database, clock, &OPERATOR, module, true).await.map_err(refused)?;
    }
    to_be_answered(database, clock, today).await?;
    Ok(true)
}

/// Whether a unit is one of the invented city, whose figures are nobody's.
pub(crate) fn is_invented(unit: &BranchCode) -> bool {
    unit.as_str().starts_with("99")
}

fn code(text: &str) -> BranchCode {
    BranchCode::new(text).unwrap_or_else(|_| unreachable!("the codes above are codes"))
}

fn units() -> Vec<Unit> {
    let unit = |own: &str, above: Option<&str>, level, name: String| Unit {
        code: code(own),
        parent: above.map(code),
        level,
        name,
        sector: if level == Level::Branch { "rural".into() } else { String::new() },
        telephone: if level == Level::Branch { String::new() } else { "0000-0000000".into() },
    };
    let mut units = vec![
        unit(CITY, None, Level::City, "示例市委组织部".into()),
        unit(COUNTY, Some(CITY), Level::County, "示例县委组织部".into()),
    ];
    for (town, name, villages) in TOWNS {
        units.push(unit(town, Some(COUNTY), Level::Township, format!("{name}党委")));
        for (number, village) in villages.iter().enumerate() {
            let name = format!("{name}{village}村党支部");
            units.push(unit(&format!("{town}{:03}", 201 + number), Some(town), Level::Branch, name));
        }
    }
    units
}

/// The phone of a branch.
fn phone(branch: &BranchCode, number: usize) -> Phone {
    let mut bytes = [0x9e; 16];
    bytes[15] = u8::try_from(number).unwrap_or(u8::MAX);
    Phone { branch: branch.clone(), device: DeviceId::from_random(bytes), has_ended: false }
}

/// What becomes of a branch's report, one branch of five after the other.
async fn report(
    database: &Database,
    inbox: &Inbox,
    clock: &dyn Clock,
    list: &Checklist,
    period: &Period,
    branch: &BranchCode,
    number: usize,
) -> Result<(), Refusal> {
    let pattern = match number % 6 {
        // Has not reported yet.
        5 => return Ok(()),
        0 => Pattern::All,
        other => Pattern::Short(other),
    };
    let phone = phone(branch, number);
    // Of some the day until which they were to be mended has passed: those came, and were read, some days ago.
    let now = clock.now_ms();
    let begun = shanghai_midnight(period.starts).max(now.saturating_sub(AGO_MS)).min(now);
    let clock: &dyn Clock = if number % 12 == 9 { &Then(begun) } else { clock };
    let id = send(inbox, clock, list, period, &phone, (number, 0), pattern, Vec::new()).await?;
    let known = reviewing::find(database, &id.to_string()).await.map_err(refused)?;
    let by = |name: &str| Actor::Operator { by: Some(name.into()) };
    let town = by("示例乡镇党委（演练）");
    match number % 6 {
        1 => drop(reviewing::approve(database, clock, &town, &known).await.map_err(refused)?),
        2 => drop(reviewing::begin(database, clock, &town, &known).await.map_err(refused)?),
        3 => {
            let items: Vec<ItemId> = list.items().take(2).map(|(_, item)| item.id.clone()).collect();
            let items =
                items.into_iter().map(|item| ReviewItem { item, reason: "缺签到表".into() }).collect();
            let due = shanghai_date(clock.now_ms()).saturating_add(5.days());
            let opinion = Opinion {
                state: ReviewState::Returned,
                reason: "有两条看不出做没做到".into(),
                items,
                due: Some(due),
            };
            reviewing::give_back(database, clock, &town, &known, opinion).await.map_err(refused)?;
            if number.is_multiple_of(2) {
                // Mended, and sent again.
                send(inbox, clock, list, period, &phone, (number, 1), Pattern::All, vec![id]).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one call of one invented report")]
async fn send(
    inbox: &Inbox,
    clock: &dyn Clock,
    list: &Checklist,
    period: &Period,
    phone: &Phone,
    (number, time): (usize, u8),
    pattern: Pattern,
    parents: Vec<SubmissionId>,
) -> Result<SubmissionId, Refusal> {
    let mut submission = honest(list, period, phone, clock.now_ms());
    answers::worsen(list, &mut submission, pattern);
    let mut random = [time; 10];
    random[9] = u8::try_from(number).unwrap_or(u8::MAX);
    submission.id = SubmissionId::from_parts(clock.now_ms(), &random);
    submission.parents = parents;
    let bytes = serde_json::to_vec(&submission).map_err(refused)?;
    let id = submission.id;
    inbox.submit(clock, phone, submission, bytes).await.map_err(refused)?;
    Ok(id)
}

/// What an inspection found at every third branch, and what they did about it.
async fn problems(
    database: &Database,
    clock: &dyn Clock,
    list: &Checklist,
    branches: &[&Unit],
    today: Date,
) -> Result<(), Refusal> {
    let item = |title: &str| {
        let mut items = list.items().map(|(_, item)| item);
        items.find(|item| item.title.contains(title)).map(|item| item.id.clone())
    };
    let found: Vec<Found> = branches
        .iter()
        .enumerate()
        .filter(|(number, _)| number.is_multiple_of(3))
        .map(|(number, branch)| {
            let (title, problem) = FOUND[number / 3 % FOUND.len()];
            Found {
                branch: branch.code.clone(),
                item: item(title),
                problem: problem.into(),
                deadline: Some(today.saturating_add((i64::try_from(number).unwrap_or(0) - 9).days())),
                source: "示例县委组织部第一轮检查".into(),
            }
        })
        .collect();
    adding::add(database, clock, &OPERATOR, &found).await.map_err(refused)?;
    for (number, branch) in branches.iter().enumerate().filter(|(number, _)| number.is_multiple_of(6)) {
        let sender = phone(&branch.code, number).sender().map_err(refused)?;
        let findings = database.findings(&branch.code).await?;
        for finding in findings.all() {
            // Later than what was found, also where the clock stands still.
            let stamp = |count| Stamp { ms: clock.now_ms() + 1, count, device: sender.device };
            let write =
                |count, field, value| FindingEntry { finding: finding.id, field, stamp: stamp(count), value };
            let far = if number.is_multiple_of(4) { Progress::Mended } else { Progress::UnderWay };
            let mut words = vec![
                write(
                    0,
                    FindingField::Measure,
                    FindingValue::Text {
                        text: "支委会上讲清楚，今后照要求办；过去的不补记".into()
                    },
                ),
                write(1, FindingField::Responsible, FindingValue::Text { text: "王文书（演练）".into() }),
                write(2, FindingField::Progress, findings.progress(finding.id, far)),
            ];
            if far == Progress::UnderWay {
                let until = today.saturating_add(10.days());
                let why = "要等下次党员大会议定".to_owned();
                words.push(write(3, FindingField::Deadline, FindingValue::Day { day: Some(until) }));
                words.push(write(4, FindingField::DelayReason, FindingValue::Text { text: why }));
            }
            words_of_phones::add(database, &sender, &words.into()).await.map_err(refused)?;
        }
    }
    Ok(())
}

/// What waits for the first township: 转隶 that another one asks of it, and an order of the county.
async fn to_be_answered(database: &Database, clock: &dyn Clock, today: Date) -> Result<(), Refusal> {
    let now = clock.now_ms();
    let (unit, comes_from, goes_to) = (code("990102210"), code("990102"), code(TOWN));
    let record =
        OPERATOR.record(now, Deed::MoveAsked, Some(&unit), format!("{goes_to} {}", day::text(today)));
    let asked = Move {
        number: 0,
        unit,
        comes_from,
        goes_to,
        on: today,
        asked_at: now,
        asked_by: None,
        declined: None,
    };
    let tree = database.tree().await?;
    let is_asked = database.ask_for_move(&tree, &asked, record).await?;
    is_asked.ok_or_else(|| refused("somebody changed the roster meanwhile"))?;
    let step = OrderStep::Given {
        reason: "第一轮检查发现的问题，到期没有改好的多".into(),
        decision: String::new(),
        done_when: "到期的问题都改好，经镇里验收".into(),
        due: today.saturating_add(15.days()),
    };
    orders::give(database, clock, &OPERATOR, &code(TOWN), step).await.map_err(refused)?;
    Ok(())
}
