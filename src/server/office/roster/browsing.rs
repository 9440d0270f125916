//! The tree as it is looked through: one level at a time, and one unit with its past.

use super::{Member, Unit};
use crate::{
    domain::{BranchCode, Submission, period::shanghai_date},
    protocol::Level,
    server::{
        database::{Database, DatabaseError, Listed, Rows},
        office::{
            actor::Actor,
            people::{
                Act, Denied,
                authority::{Refusal, must},
            },
        },
    },
};
use jiff::civil::Date;

/// A unit, looked at.
#[derive(Debug)]
pub(crate) struct Opened {
    /// It.
    pub(crate) member: Member,
    /// What it lies in, the highest first, each with its name.
    pub(crate) above: Vec<Unit>,
    /// How it stood before, each with the day from which on it was otherwise, the oldest first.
    pub(crate) past: Vec<Past>,
    /// What it was merged into.
    pub(crate) into: Option<Unit>,
    /// 书记, as the branch named them last, and on which day.
    pub(crate) secretary: Option<(String, Date)>,
    /// How many phones of it are bound.
    pub(crate) phones: usize,
}

/// How a unit stood until a day.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Past {
    /// From this day on it was otherwise.
    pub(crate) until: Date,
    /// What it was called.
    pub(crate) name: String,
    /// What it stood under, by name.
    pub(crate) above: Option<String>,
}

/// What of a level is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// A part of a name, or how a code begins; then everything below is looked through, not one level.
    pub(crate) text: &'a str,
    /// With those that have ended.
    pub(crate) with_ended: bool,
    /// Which of them.
    pub(crate) rows: Rows,
}

/// A unit with all that is told of it.
pub(crate) async fn open(
    database: &Database,
    actor: &Actor,
    code: &BranchCode,
    today: Date,
) -> Result<Opened, Refusal> {
    must(database, actor, Act::See, code, today).await?;
    let member = database.member(code).await?;
    let member = member.ok_or_else(|| Denied { act: Act::See, unit: code.clone() })?;
    let order = database.units_above(code).await?;
    let mut above: Vec<Unit> = database.members(&order).await?.into_iter().map(|above| above.unit).collect();
    above.sort_by_key(|unit| std::cmp::Reverse(order.iter().position(|code| *code == unit.code)));
    let stood = database.unit_past(code).await?;
    let into = member.ended.as_ref().and_then(|ended| ended.into.clone());
    let named: Vec<BranchCode> =
        stood.iter().filter_map(|(_, unit)| unit.parent.clone()).chain(into.clone()).collect();
    let named = database.members(&named).await?;
    let find = |code: BranchCode| named.iter().find(|known| known.unit.code == code);
    let name = |code: Option<BranchCode>| code.and_then(find).map(|known| known.unit.name.clone());
    let into = into.and_then(find).map(|known| known.unit.clone());
    let past =
        stood.into_iter().map(|(until, unit)| Past { until, name: unit.name, above: name(unit.parent) });
    let (mut secretary, mut phones) = (None, 0);
    if member.unit.level == Level::Branch {
        secretary = last_secretary(database, code).await?;
        phones = database.devices_of(code).await?.iter().filter(|phone| phone.revoked_at.is_none()).count();
    }
    Ok(Opened { above, past: past.collect(), into, secretary, phones, member })
}

/// Who confirmed the newest report as 书记, and when that was made.
async fn last_secretary(
    database: &Database,
    branch: &BranchCode,
) -> Result<Option<(String, Date)>, DatabaseError> {
    let Some(body) = database.newest_submission(branch).await? else { return Ok(None) };
    let submission: Submission =
        serde_json::from_slice(&body).map_err(|error| DatabaseError::Stored(error.to_string()))?;
    Ok(Some((submission.declaration.secretary, shanghai_date(submission.made_at))))
}

/// The units right below one, or those below it that are called so; and how many there are.
pub(crate) async fn level(
    database: &Database,
    actor: &Actor,
    code: &BranchCode,
    asked: Asked<'_>,
    today: Date,
) -> Result<(Vec<Listed>, u64), Refusal> {
    must(database, actor, Act::See, code, today).await?;
    let text = asked.text.trim();
    Ok(match text {
        "" => database.units_right_below(code, asked.with_ended, asked.rows).await?,
        _ => database.units_found(std::slice::from_ref(code), text, asked.with_ended, asked.rows).await?,
    })
}

/// The units that somebody's roles are held at.
pub(crate) async fn entrances(database: &Database, reaches: &[BranchCode]) -> Result<Vec<Member>, Refusal> {
    Ok(database.members(reaches).await?)
}
